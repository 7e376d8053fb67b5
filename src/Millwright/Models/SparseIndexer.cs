namespace Millwright.Models;

/// <summary>Choice of the cached tokens that attention reads (DeepSeek sparse attention, DeepSeek-V3.2 technical report).</summary>
/// <param name="TopTokens">Entries that each token attends to at most.</param>
/// <param name="Heads">Heads of the indexer; 0 when the layer uses the choice of the layer before it.</param>
/// <param name="HeadDimension">Width of a head of the indexer, and of its one cached key per entry.</param>
public sealed record SparseIndexer(int TopTokens, int Heads, int HeadDimension)
{
    /// <summary>True when the layer scores the context itself.</summary>
    internal bool Scores => Heads > 0;

    /// <summary>Elements of an index key in the cache, for one entry.</summary>
    internal double KeyElements => Scores ? HeadDimension : 0;

    /// <summary>FLOPs of the score of one entry: a product of each head with the one key, and the weighted sum over heads.</summary>
    internal double FlopsPerEntry => 2.0 * Heads * (HeadDimension + 1);

    /// <summary>Adds the scoring of all entries of the context.</summary>
    internal void AddScoring(StepOperatorBuilder builder, double tokensPerEntry, double calls)
    {
        if (!Scores)
        {
            return;
        }

        builder.Attention(
            "index-scores",
            new AttendedContext(double.PositiveInfinity, TokensPerEntry: tokensPerEntry),
            FlopsPerEntry,
            KeyElements,
            KeyElements / tokensPerEntry,
            (double)Heads * (HeadDimension + 1),
            calls);
    }
}
