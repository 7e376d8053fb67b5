namespace Millwright.Models;

/// <summary>
/// Attention of DeepSeek-V4: one key-value head shared by all query heads, whose key is its value; the last tokens in full, the older ones
/// as one entry for each few tokens; output through low-rank groups.
/// </summary>
/// <param name="Heads">Query heads.</param>
/// <param name="HeadDimension">Width of a head and of a cached entry.</param>
/// <param name="QueryRank">Rank of the query latent.</param>
/// <param name="OutputRank">Rank of each output group.</param>
/// <param name="OutputGroups">Output groups.</param>
/// <param name="WindowTokens">Last tokens kept in full.</param>
/// <param name="CompressionRatio">Tokens that share one compressed entry; 0 when only the window is kept.</param>
/// <param name="CompressorWidth">Widths of an entry that the compressor works on: 2 where neighbouring groups overlap, else 1.</param>
/// <param name="Indexer">Choice among compressed entries; null for all of them.</param>
public sealed record CompressedAttention(
    int Heads,
    int HeadDimension,
    int QueryRank,
    int OutputRank,
    int OutputGroups,
    int WindowTokens,
    int CompressionRatio,
    int CompressorWidth,
    SparseIndexer? Indexer) : TokenMixer
{
    private double QueryWidth => (double)Heads * HeadDimension;

    /// <inheritdoc/>
    internal override double VectorParameters =>
        QueryRank + HeadDimension + Heads + CompressorVectors(HeadDimension) + (Indexer is null ? 0 : CompressorVectors(Indexer.HeadDimension));

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize)
    {
        var projections = new List<Projection>
        {
            new("query-key-value-down", WeightRole.Matrix, hiddenSize, QueryRank + HeadDimension, ProjectionCut.Whole),
            new("query-up", WeightRole.Matrix, QueryRank, QueryWidth, ProjectionCut.Columns),
            new("attention-output-down", WeightRole.Matrix, QueryWidth / OutputGroups, OutputRank, ProjectionCut.Columns, OutputGroups),
            new("attention-output-up", WeightRole.Matrix, (double)OutputGroups * OutputRank, hiddenSize, ProjectionCut.Rows),
        };
        if (CompressionRatio > 0)
        {
            projections.Add(Compressor("compressor", hiddenSize, HeadDimension));
        }

        if (Indexer is not null)
        {
            projections.Add(Compressor("index-compressor", hiddenSize, Indexer.HeadDimension));
            projections.Add(new("index-query", WeightRole.Matrix, QueryRank, (double)Indexer.Heads * Indexer.HeadDimension, ProjectionCut.Whole));
            projections.Add(new("index-weights", WeightRole.Kept, hiddenSize, Indexer.Heads, ProjectionCut.Whole));
        }

        return projections;
    }

    /// <inheritdoc/>
    internal override double CacheElements(double contextTokens)
    {
        var compressed = CompressionRatio > 0 ? contextTokens / CompressionRatio : 0;
        return Math.Min(contextTokens, WindowTokens) * HeadDimension + compressed * (HeadDimension + (Indexer?.KeyElements ?? 0));
    }

    /// <inheritdoc/>
    internal override int CacheHeads => 1;

    /// <inheritdoc/>
    internal override void AddMixing(StepOperatorBuilder builder, double calls)
    {
        builder.Elementwise("rotary", builder.Tokens * 2 * (QueryWidth + HeadDimension + QueryRank), calls, VectorParameters);
        builder.Attention(
            "attention-window", new AttendedContext(WindowTokens), 4 * QueryWidth, HeadDimension, HeadDimension, 2 * QueryWidth, calls);
        if (CompressionRatio == 0)
        {
            return;
        }

        Indexer?.AddScoring(builder, CompressionRatio, calls);
        builder.Attention(
            "attention-compressed",
            new AttendedContext(Indexer?.TopTokens ?? double.PositiveInfinity, Indexer is not null, CompressionRatio),
            4 * QueryWidth,
            HeadDimension,
            (double)HeadDimension / CompressionRatio,
            2 * QueryWidth,
            calls);
    }

    // an entry and a gate for each, both wide
    private Projection Compressor(string name, int hiddenSize, int width) =>
        new(name, WeightRole.Kept, hiddenSize, 2.0 * CompressorWidth * width, ProjectionCut.Whole);

    // a position bias for each place in a group, and a norm
    private double CompressorVectors(int width) => CompressionRatio > 0 ? (double)CompressionRatio * CompressorWidth * width + width : 0;
}
