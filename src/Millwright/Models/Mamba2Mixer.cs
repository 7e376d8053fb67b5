namespace Millwright.Models;

/// <summary>State-space layer Mamba-2 (Dao and Gu, arXiv 2405.21060), as in Nemotron 3: a constant state instead of a cache.</summary>
/// <param name="Heads">Heads, each with its own state.</param>
/// <param name="HeadDimension">Width of a head.</param>
/// <param name="StateDimension">States of each channel.</param>
/// <param name="Groups">Groups of heads that share input and output maps.</param>
/// <param name="ConvolutionTokens">Length of the short convolution.</param>
/// <param name="ChunkTokens">Tokens that a prompt is cut into.</param>
/// <param name="Bias">True when the projections have a bias.</param>
/// <param name="ConvolutionBias">True when the convolution has a bias.</param>
/// <param name="StateElementBytes">Bytes of one element of the state.</param>
public sealed record Mamba2Mixer(
    int Heads,
    int HeadDimension,
    int StateDimension,
    int Groups,
    int ConvolutionTokens,
    int ChunkTokens,
    bool Bias,
    bool ConvolutionBias,
    double StateElementBytes) : TokenMixer
{
    private double InnerWidth => (double)Heads * HeadDimension;

    private double ConvolutionWidth => InnerWidth + 2.0 * Groups * StateDimension;

    private double StateElements => InnerWidth * StateDimension;

    /// <inheritdoc/>
    internal override double StateBytes =>
        StateElements * StateElementBytes + (ConvolutionTokens - 1) * ConvolutionWidth * WeightFormat.KeptBytes;

    // convolution, decay, skip and step bias of each head, norm of the output
    /// <inheritdoc/>
    internal override double VectorParameters => ConvolutionWidth * (ConvolutionTokens + (ConvolutionBias ? 1 : 0)) + 3 * Heads + InnerWidth;

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize)
    {
        var inputs = InnerWidth + ConvolutionWidth + Heads;
        return
        [
            new("state-space-input", WeightRole.Matrix, hiddenSize, inputs, ProjectionCut.Columns, Vectors: Bias ? inputs : 0),
            new("state-space-output", WeightRole.Matrix, InnerWidth, hiddenSize, ProjectionCut.Rows, Vectors: Bias ? hiddenSize : 0),
        ];
    }

    /// <inheritdoc/>
    internal override double CacheElements(double contextTokens) => 0;

    /// <inheritdoc/>
    internal override int CacheHeads => Heads;

    /// <inheritdoc/>
    internal override void AddMixing(StepOperatorBuilder builder, double calls)
    {
        builder.Elementwise("state-space-convolution", builder.Tokens * ActivationElements, calls, VectorParameters);

        builder.StateUpdate(
            "state-space-state", DecodeFlopsPerToken, PrefillFlopsPerToken, StateBytes, ChunkTokens, ConvolutionWidth + InnerWidth, calls);
    }

    // decay 1, rank-one write 2, read 2 (arXiv 2405.21060, equation 1)
    /// <summary>FLOPs of the state for one decoded token.</summary>
    internal double DecodeFlopsPerToken => 5 * StateElements;

    // within a chunk: map-map products by group and the weighted sum of inputs (arXiv 2405.21060, section 6)
    /// <summary>FLOPs of the state for one prompt token.</summary>
    internal double PrefillFlopsPerToken => DecodeFlopsPerToken + 2.0 * ChunkTokens * ((double)Groups * StateDimension + InnerWidth);

    /// <summary>Activation elements that convolution, gate and norm read and write for each token.</summary>
    internal double ActivationElements => 2 * ConvolutionWidth + 3 * InnerWidth;
}
