namespace Millwright.Models;

/// <summary>
/// Attention with fewer key-value heads than query heads (Ainslie et al., arXiv 2305.13245); equal numbers make multi-head attention
/// (Vaswani et al., arXiv 1706.03762).
/// </summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key-value heads.</param>
/// <param name="HeadDimension">Width of one head.</param>
/// <param name="WindowTokens">Tokens that a token can look back on, itself included; 0 for all.</param>
/// <param name="OutputGate">True when the query projection is doubled by a gate on the output (Qwen3.5).</param>
/// <param name="InputBias">True when the query, key and value projections have a bias.</param>
/// <param name="OutputBias">True when the output projection has a bias.</param>
/// <param name="NormParameters">Parameters of the query and key norms.</param>
/// <param name="SinkParameters">Parameters of attention sinks.</param>
public sealed record GroupedQueryAttention(
    int Heads,
    int KeyValueHeads,
    int HeadDimension,
    int WindowTokens = 0,
    bool OutputGate = false,
    bool InputBias = false,
    bool OutputBias = false,
    double NormParameters = 0,
    int SinkParameters = 0) : TokenMixer
{
    private double QueryWidth => (double)Heads * HeadDimension;

    private double KeyValueWidth => 2.0 * KeyValueHeads * HeadDimension;

    /// <inheritdoc/>
    internal override double VectorParameters => NormParameters + SinkParameters;

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize)
    {
        var inputs = (OutputGate ? 2 : 1) * QueryWidth + KeyValueWidth;
        return
        [
            new("qkv", WeightRole.Matrix, hiddenSize, inputs, ProjectionCut.Columns, Vectors: InputBias ? inputs : 0),
            new("attention-output", WeightRole.Matrix, QueryWidth, hiddenSize, ProjectionCut.Rows, Vectors: OutputBias ? hiddenSize : 0),
        ];
    }

    /// <inheritdoc/>
    internal override double CacheElements(double contextTokens) =>
        KeyValueWidth * (WindowTokens > 0 ? Math.Min(contextTokens, WindowTokens) : contextTokens);

    /// <inheritdoc/>
    internal override double WholeCacheElements(double contextTokens) => KeyValueWidth * contextTokens;

    /// <inheritdoc/>
    internal override int CacheHeads => KeyValueHeads;

    /// <inheritdoc/>
    internal override void AddMixing(StepOperatorBuilder builder, double calls)
    {
        // rotary embedding reads and writes query and key; a gate reads itself and the output and writes the product
        var gate = OutputGate ? 3 * QueryWidth : 0;
        builder.Elementwise("rotary", builder.Tokens * (2 * QueryWidth + KeyValueWidth + gate), calls, VectorParameters);

        // a query-key product and a weighted sum of values: two multiply-adds for each element of each query head
        builder.Attention(
            WindowTokens > 0 ? "attention-window" : "attention",
            new AttendedContext(WindowTokens > 0 ? WindowTokens : double.PositiveInfinity),
            flopsPerAttendedToken: 4 * QueryWidth,
            elementsPerCachedToken: KeyValueWidth,
            elementsPerNewToken: KeyValueWidth,
            activationElementsPerToken: 2 * QueryWidth,
            calls);
    }
}
