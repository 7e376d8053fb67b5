using System.Collections.Concurrent;

namespace Millwright.Performance;

/// <summary>
/// Curves that deployments of one model on one chip have in common: dense work hangs on TP and precision alone, experts on how they are cut, exchanges on
/// the layout; each on the part of the layers that the chips hold. Safe to use from many threads; whoever comes second takes what the first has made.
/// </summary>
internal sealed class StepCurveCache
{
    private readonly ConcurrentDictionary<DenseKey, DenseCurves> _dense = new();
    private readonly ConcurrentDictionary<ExpertKey, StepCurve> _experts = new();
    private readonly ConcurrentDictionary<ExchangeKey, StepCurve> _exchange = new();

    /// <summary>Curves of a deployment: those that are known are full, and take nothing more.</summary>
    public (StepCurve ByToken, StepCurve ByEmitting, StepCurve Experts, StepCurve Exchange) Find(Deployment deployment)
    {
        (StepCurve byToken, StepCurve byEmitting) = _dense.TryGetValue(DenseKeyOf(deployment), out DenseCurves? dense) ? dense : new DenseCurves(new StepCurve(), new StepCurve());
        return (
            byToken,
            byEmitting,
            _experts.TryGetValue(ExpertKeyOf(deployment), out StepCurve? experts) ? experts : new StepCurve(),
            _exchange.TryGetValue(ExchangeKeyOf(deployment), out StepCurve? exchange) ? exchange : new StepCurve());
    }

    /// <summary>Keeps the curves of a compiled deployment.</summary>
    public void Keep(Deployment deployment, StepCurve byToken, StepCurve byEmitting, StepCurve experts, StepCurve exchange)
    {
        byToken.IsFull = true;
        byEmitting.IsFull = true;
        experts.IsFull = true;
        exchange.IsFull = true;
        _dense.TryAdd(DenseKeyOf(deployment), new DenseCurves(byToken, byEmitting));
        _experts.TryAdd(ExpertKeyOf(deployment), experts);
        _exchange.TryAdd(ExchangeKeyOf(deployment), exchange);
    }

    private static DenseKey DenseKeyOf(Deployment deployment) => new(deployment.Layout.TensorWays, (int)deployment.Precision.Dense, (int)deployment.Part);

    private static ExpertKey ExpertKeyOf(Deployment deployment) => new(
        deployment.Layout.ExpertTensorWays,
        deployment.Layout.ExpertWays,
        deployment.Layout.AttentionRanks > 1,
        (int)deployment.Precision.Experts,
        BitConverter.DoubleToInt64Bits(deployment.RoutingSkew),
        (int)deployment.Part);

    private static ExchangeKey ExchangeKeyOf(Deployment deployment) => new(
        deployment.Layout.TensorWays,
        deployment.Layout.PipelineStages,
        deployment.Layout.AttentionRanks,
        deployment.Layout.ExpertWays,
        deployment.Layout.ContextWays,
        (int)deployment.Precision.Experts,
        BitConverter.DoubleToInt64Bits(deployment.RoutingSkew),
        (int)deployment.Part);

    // objects of whole numbers, since a table of keys that are values, or of others within, would be compiled anew at each start of the program
    private sealed record DenseKey(int TensorWays, int Dense, int Part);

    private sealed record DenseCurves(StepCurve ByToken, StepCurve ByEmitting);

    private sealed record ExpertKey(int TensorWays, int ExpertWays, bool Exchanged, int Experts, long SkewBits, int Part);

    private sealed record ExchangeKey(int TensorWays, int PipelineStages, int AttentionRanks, int ExpertWays, int ContextWays, int Experts, long SkewBits, int Part);
}
