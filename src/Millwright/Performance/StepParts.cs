using Millwright.Chips;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>The operators of a deployment, timed and gathered: what does not depend on the engine's factors.</summary>
internal sealed class StepParts(
    Deployment deployment,
    MemoryPlan memory,
    int tokensPerSequence,
    StepCurve byToken,
    StepCurve byEmitting,
    StepCurve experts,
    StepCurve exchange,
    Func<double, double, CallTime>[] decodeMixers,
    Func<double, double, double, CallTime>[] prefillMixers)
{
    public Deployment Deployment => deployment;

    public MemoryPlan Memory => memory;

    public int TokensPerSequence => tokensPerSequence;

    public StepCurve Experts => experts;

    /// <summary>FLOPs of one token over all layers: two for each active parameter of the part.</summary>
    public double FlopsPerToken { get; } = 2 * ActiveParametersOf(deployment);

    /// <summary>Share of the routed experts that one token leaves untouched; 0 for a dense model.</summary>
    public double UntouchedPerToken { get; } = deployment.Model.RoutedExperts is > 0 and var routed ? 1 - (double)deployment.Model.ExpertsPerToken / routed : 0;

    public StepParts With(Deployment other, MemoryPlan otherMemory) =>
        new(other, otherMemory, tokensPerSequence, byToken, byEmitting, experts, exchange, decodeMixers, prefillMixers);

    /// <summary>Products, norms and activations of the tokens of one rank, and the head for those that emit.</summary>
    public CallTime Dense(double tokens, double emitting) => byToken.At(tokens) + byEmitting.At(emitting * tokensPerSequence);

    public CallTime Exchange(double tokens) => exchange.At(tokens);

    /// <summary>Attention and states of decoding sequences of one rank at a mean context.</summary>
    public CallTime DecodeAttention(double sequences, double context)
    {
        CallTime sum = default;
        foreach (Func<double, double, CallTime> mixer in decodeMixers)
        {
            sum += mixer(sequences, context);
        }

        return sum;
    }

    /// <summary>Attention and states of prompts of one rank.</summary>
    public CallTime PrefillAttention(double prompts, double tokensOfEach, double prefix)
    {
        CallTime sum = default;
        foreach (Func<double, double, double, CallTime> mixer in prefillMixers)
        {
            sum += mixer(prompts, tokensOfEach, prefix);
        }

        return sum;
    }

    private static double ActiveParametersOf(Deployment deployment)
    {
        ModelArchitecture model = deployment.Model;
        if (deployment.Part == LayerPart.Whole)
        {
            return model.ActiveParameters;
        }

        double feedForward = 0;
        foreach ((FeedForward layer, int layers, IReadOnlyList<Projection> projections) in model.FeedForwardGroups)
        {
            double routed = layer is MixtureOfExperts mixture ? mixture.TopExperts * layer.ExpertProjections(model.HiddenSize).Sum(static p => p.MatrixParameters) : 0;
            feedForward += layers * (projections.Where(static p => p.Cut != ProjectionCut.Whole).Sum(static p => p.MatrixParameters) + routed);
        }

        return deployment.Part == LayerPart.FeedForward ? feedForward : model.ActiveParameters - feedForward;
    }
}
