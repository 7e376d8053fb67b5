namespace Millwright.Models;

/// <summary>A feed-forward of two matrices (up, down) or, gated, of three (gate, up, down; Shazeer, arXiv 2002.05202).</summary>
/// <param name="IntermediateSize">Width inside.</param>
/// <param name="Gated">True for three matrices.</param>
/// <param name="Bias">True when each matrix has a bias.</param>
public sealed record DenseFeedForward(int IntermediateSize, bool Gated, bool Bias) : FeedForward
{
    private int UpOutputs => (Gated ? 2 : 1) * IntermediateSize;

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize) =>
    [
        new("ffn-up", WeightRole.Matrix, hiddenSize, UpOutputs, ProjectionCut.Columns, Vectors: Bias ? UpOutputs : 0),
        new("ffn-down", WeightRole.Matrix, IntermediateSize, hiddenSize, ProjectionCut.Rows, Vectors: Bias ? hiddenSize : 0),
    ];

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> ExpertProjections(int hiddenSize) => [];

    /// <inheritdoc/>
    internal override void AddRest(StepOperatorBuilder builder, int hiddenSize, double calls) =>
        builder.Elementwise("ffn-activation", builder.Tokens * (UpOutputs + IntermediateSize), calls);
}
