namespace Millwright.Models;

/// <summary>A router, routed experts and shared experts (Shazeer et al., arXiv 1701.06538; shared experts: DeepSeekMoE, arXiv 2401.06066).</summary>
/// <param name="Experts">Routed experts.</param>
/// <param name="TopExperts">Routed experts that one token uses.</param>
/// <param name="ExpertIntermediateSize">Width inside one routed expert.</param>
/// <param name="Gated">True for three matrices in an expert, false for two.</param>
/// <param name="ExpertBias">True when each expert matrix has a bias (gpt-oss).</param>
/// <param name="RouterBias">True when the router has one bias or correction for each expert.</param>
/// <param name="SharedIntermediateSize">Width of all shared experts together; 0 for none.</param>
/// <param name="SharedGate">True when a gate of one output scales the shared expert (Qwen).</param>
/// <param name="LatentSize">Width that the routed experts work in where it is not the hidden size (Nemotron 3 Super, Ultra); else 0.</param>
public sealed record MixtureOfExperts(
    int Experts,
    int TopExperts,
    int ExpertIntermediateSize,
    bool Gated,
    bool ExpertBias,
    bool RouterBias,
    int SharedIntermediateSize,
    bool SharedGate,
    int LatentSize) : FeedForward
{
    private int UpMatrices => Gated ? 2 : 1;

    /// <inheritdoc/>
    internal override int RoutedExperts => Experts;

    /// <inheritdoc/>
    internal override int ExpertsPerToken => TopExperts;

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> Projections(int hiddenSize)
    {
        var projections = new List<Projection>
        {
            new("router", WeightRole.Kept, hiddenSize, Experts, ProjectionCut.Whole, Vectors: RouterBias ? Experts : 0),
        };
        if (LatentSize > 0)
        {
            projections.Add(new("expert-latent-down", WeightRole.Matrix, hiddenSize, LatentSize, ProjectionCut.Whole));
            projections.Add(new("expert-latent-up", WeightRole.Matrix, LatentSize, hiddenSize, ProjectionCut.Whole));
        }

        if (SharedIntermediateSize > 0)
        {
            projections.Add(new("shared-expert-up", WeightRole.Matrix, hiddenSize, UpMatrices * SharedIntermediateSize, ProjectionCut.Columns));
            projections.Add(new("shared-expert-down", WeightRole.Matrix, SharedIntermediateSize, hiddenSize, ProjectionCut.Rows));
        }

        if (SharedGate)
        {
            projections.Add(new("shared-expert-gate", WeightRole.Kept, hiddenSize, 1, ProjectionCut.Whole));
        }

        return projections;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<Projection> ExpertProjections(int hiddenSize)
    {
        var width = ExpertWidth(hiddenSize);
        var upOutputs = (double)UpMatrices * ExpertIntermediateSize;
        return
        [
            new("routed-experts-up", WeightRole.Expert, width, upOutputs, ProjectionCut.Columns, Vectors: ExpertBias ? upOutputs : 0),
            new("routed-experts-down", WeightRole.Expert, ExpertIntermediateSize, width, ProjectionCut.Rows, Vectors: ExpertBias ? width : 0),
        ];
    }

    /// <summary>
    /// Distinct experts that a number of tokens is expected to touch when each token draws its experts uniformly and without repetition:
    /// E (1 - (1 - k/E)^tokens). One token touches exactly k; a fraction of a token, as in a mean over steps, that fraction of k.
    /// </summary>
    /// <param name="tokens">Tokens of the step.</param>
    /// <returns>Expected number of experts, at most all.</returns>
    public double ExpectedTouchedExperts(double tokens) =>
        tokens <= 1 ? TopExperts * tokens : Experts * (1 - Math.Pow(1 - (double)TopExperts / Experts, tokens));

    /// <inheritdoc/>
    internal override void AddRest(StepOperatorBuilder builder, int hiddenSize, double calls)
    {
        var pairs = builder.Tokens * TopExperts;
        var width = ExpertWidth(hiddenSize);
        foreach (var projection in ExpertProjections(hiddenSize))
        {
            builder.Experts(projection, pairs, ExpectedTouchedExperts(builder.Tokens), calls);
        }

        var activated = pairs * ExpertIntermediateSize + builder.Tokens * SharedIntermediateSize;
        builder.Elementwise("expert-activation", activated * (UpMatrices + 1), calls);

        // tokens are copied to their experts' rows, and the experts' answers summed back
        builder.Elementwise("expert-scatter-gather", 2 * (pairs + builder.Tokens) * width, calls);
    }

    private int ExpertWidth(int hiddenSize) => LatentSize > 0 ? LatentSize : hiddenSize;
}
