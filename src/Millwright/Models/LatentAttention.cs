namespace Millwright.Models;

/// <summary>
/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): keys and values come from one low-rank latent, which alone is cached,
/// once for all heads, beside a rotary key.
/// </summary>
/// <param name="Heads">Heads.</param>
/// <param name="QueryRank">Rank of the query latent; 0 when queries come straight from the hidden state.</param>
/// <param name="KeyValueRank">Rank of the key-value latent.</param>
/// <param name="ContentDimension">Width of a head's key without its rotary part.</param>
/// <param name="RotaryDimension">Width of the rotary part of a key.</param>
/// <param name="ValueDimension">Width of a head's value.</param>
/// <param name="Bias">True when the down and output projections have a bias.</param>
/// <param name="Indexer">Sparse choice of context; null for all of it.</param>
public sealed record LatentAttention(
    int Heads,
    int QueryRank,
    int KeyValueRank,
    int ContentDimension,
    int RotaryDimension,
    int ValueDimension,
    bool Bias = false,
    SparseIndexer? Indexer = null) : TokenMixer
{
    /// <summary>Name of the projection that expands the latent to keys and values.</summary>
    internal const string ExpansionName = "key-value-up";

    private double CachedWidth => KeyValueRank + RotaryDimension;

    private double QueryWidth => (double)Heads * (ContentDimension + RotaryDimension);

    private double ValueWidth => (double)Heads * ValueDimension;

    private Projection KeyValueUp =>
        new(ExpansionName, WeightRole.Matrix, KeyValueRank, (double)Heads * (ContentDimension + ValueDimension), ProjectionCut.Columns);

    // the layer norm of the index key has a weight and a bias
    /// <inheritdoc/>
    internal override double VectorParameters => QueryRank + KeyValueRank + (Indexer is { Scores: true } ? 2 * Indexer.HeadDimension : 0);

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize)
    {
        var projections = new List<Projection>();
        if (QueryRank > 0)
        {
            var down = QueryRank + CachedWidth;
            projections.Add(new("query-key-value-down", WeightRole.Matrix, hiddenSize, down, ProjectionCut.Whole, Vectors: Bias ? down : 0));
            projections.Add(new("query-up", WeightRole.Matrix, QueryRank, QueryWidth, ProjectionCut.Columns));
        }
        else
        {
            projections.Add(new("query", WeightRole.Matrix, hiddenSize, QueryWidth, ProjectionCut.Columns));
            projections.Add(new("key-value-down", WeightRole.Matrix, hiddenSize, CachedWidth, ProjectionCut.Whole, Vectors: Bias ? CachedWidth : 0));
        }

        projections.Add(KeyValueUp);
        projections.Add(new("attention-output", WeightRole.Matrix, ValueWidth, hiddenSize, ProjectionCut.Rows, Vectors: Bias ? hiddenSize : 0));
        if (Indexer is { Scores: true })
        {
            projections.Add(new("index-query", WeightRole.Matrix, QueryRank, (double)Indexer.Heads * Indexer.HeadDimension, ProjectionCut.Whole));
            projections.Add(new("index-key", WeightRole.Matrix, hiddenSize, Indexer.HeadDimension, ProjectionCut.Whole));
            projections.Add(new("index-weights", WeightRole.Kept, hiddenSize, Indexer.Heads, ProjectionCut.Whole));
        }

        return projections;
    }

    /// <inheritdoc/>
    internal override double CacheElements(double contextTokens) => contextTokens * (CachedWidth + (Indexer?.KeyElements ?? 0));

    /// <inheritdoc/>
    internal override int CacheHeads => 1;

    /// <inheritdoc/>
    internal override void AddMixing(StepOperatorBuilder builder, double calls)
    {
        builder.Elementwise("rotary", builder.Tokens * 2 * (Heads * (double)RotaryDimension + CachedWidth + QueryRank), calls, VectorParameters);
        Indexer?.AddScoring(builder, tokensPerEntry: 1, calls);

        // absorbed: each head's query meets the latent itself, of rank + rotary for scores and rank for values (arXiv 2405.04434, section 2.1.2)
        var everything = new AttendedContext(double.PositiveInfinity);
        var absorbedFlops = 2.0 * Heads * (CachedWidth + KeyValueRank);
        var absorbedActivations = Heads * (CachedWidth + KeyValueRank);
        if (Indexer is not null)
        {
            var chosen = new AttendedContext(Indexer.TopTokens, Chosen: true);
            builder.Attention("attention-sparse", chosen, absorbedFlops, CachedWidth, CachedWidth, absorbedActivations, calls);
            return;
        }

        builder.DecodeAttention("attention-latent", everything, absorbedFlops, CachedWidth, CachedWidth, absorbedActivations, calls);

        // prompts expand the latent to heads, which costs fewer FLOPs for each pair of tokens; a cached prefix is expanded anew
        builder.PrefillAttention(
            "attention-latent-expanded",
            everything,
            2.0 * Heads * (ContentDimension + RotaryDimension + ValueDimension),
            CachedWidth,
            CachedWidth,
            2 * QueryWidth + 2 * ValueWidth,
            calls);
        builder.PrefixProjection("prefix-key-value-up", KeyValueUp, calls);
    }
}
