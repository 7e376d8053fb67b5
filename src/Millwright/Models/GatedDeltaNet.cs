namespace Millwright.Models;

/// <summary>Linear attention with a gated delta rule (Yang et al., arXiv 2412.06464), as in Qwen3.5: a constant state instead of a cache.</summary>
/// <param name="KeyHeads">Heads of queries and keys.</param>
/// <param name="KeyDimension">Width of a key.</param>
/// <param name="ValueHeads">Heads of values, each with its own state.</param>
/// <param name="ValueDimension">Width of a value.</param>
/// <param name="ConvolutionTokens">Length of the short convolution.</param>
/// <param name="StateElementBytes">Bytes of one element of the state.</param>
public sealed record GatedDeltaNet(
    int KeyHeads, int KeyDimension, int ValueHeads, int ValueDimension, int ConvolutionTokens, double StateElementBytes) : TokenMixer
{
    /// <summary>Tokens that a prompt is cut into; the chunk of the published kernels.</summary>
    internal const double ChunkTokens = 64;

    private double KeyWidth => (double)KeyHeads * KeyDimension;

    private double ValueWidth => (double)ValueHeads * ValueDimension;

    private double ConvolutionWidth => 2 * KeyWidth + ValueWidth;

    private double StateElements => (double)ValueHeads * KeyDimension * ValueDimension;

    /// <inheritdoc/>
    internal override double StateBytes =>
        StateElements * StateElementBytes + (ConvolutionTokens - 1) * ConvolutionWidth * WeightFormat.KeptBytes;

    // convolution, decay and step bias of each head, norm of the output
    /// <inheritdoc/>
    internal override double VectorParameters => ConvolutionWidth * ConvolutionTokens + 2 * ValueHeads + ValueDimension;

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize) =>
    [
        new("linear-attention-input", WeightRole.Matrix, hiddenSize, ConvolutionWidth + ValueWidth, ProjectionCut.Columns),
        new("linear-attention-gates", WeightRole.Kept, hiddenSize, 2 * ValueHeads, ProjectionCut.Columns),
        new("linear-attention-output", WeightRole.Matrix, ValueWidth, hiddenSize, ProjectionCut.Rows),
    ];

    /// <inheritdoc/>
    internal override double CacheElements(double contextTokens) => 0;

    /// <inheritdoc/>
    internal override int CacheHeads => ValueHeads;

    /// <inheritdoc/>
    internal override void AddMixing(StepOperatorBuilder builder, double calls)
    {
        // convolution in and out; gated norm reads output and gate and writes their product
        builder.Elementwise("linear-attention-convolution", builder.Tokens * ActivationElements, calls, VectorParameters);

        builder.StateUpdate(
            "linear-attention-state", DecodeFlopsPerToken, PrefillFlopsPerToken, StateBytes, ChunkTokens, 2 * KeyWidth + 2 * ValueWidth, calls);
    }

    // decay 1, read of the old value 2, rank-one write 2, read by the query 2 (gated delta rule of arXiv 2412.06464)
    /// <summary>FLOPs of the state for one decoded token.</summary>
    internal double DecodeFlopsPerToken => 7 * StateElements;

    // within a chunk, tiles computed whole: key-key and query-key products, the solve for keys and values, the weighted sum of values
    /// <summary>FLOPs of the state for one prompt token.</summary>
    internal double PrefillFlopsPerToken => DecodeFlopsPerToken + ValueHeads * 2 * ChunkTokens * (3.0 * KeyDimension + 2.0 * ValueDimension);

    /// <summary>Activation elements that convolution, gate and norm read and write for each token.</summary>
    internal double ActivationElements => 2 * ConvolutionWidth + 3 * ValueWidth;
}
