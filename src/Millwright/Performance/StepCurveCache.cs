using System.Collections.Concurrent;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// Curves that deployments of one model on one chip have in common: dense work hangs on TP and precision alone, experts on how they are cut, exchanges on
/// the layout; each on the part of the layers that the chips hold. Safe to use from many threads; whoever comes second takes what the first has made.
/// </summary>
internal sealed class StepCurveCache
{
    private readonly ConcurrentDictionary<(int TensorWays, OperandPrecision Dense, LayerPart Part), (StepCurve ByToken, StepCurve ByEmitting)> _dense = new();
    private readonly ConcurrentDictionary<(int TensorWays, int ExpertWays, bool Exchanged, OperandPrecision Experts, double Skew, LayerPart Part), StepCurve> _experts = new();
    private readonly ConcurrentDictionary<(ParallelLayout Layout, OperandPrecision Experts, double Skew, LayerPart Part), StepCurve> _exchange = new();

    /// <summary>Curves of a deployment: those that are known are full, and take nothing more.</summary>
    public (StepCurve ByToken, StepCurve ByEmitting, StepCurve Experts, StepCurve Exchange) Find(Deployment deployment)
    {
        (StepCurve byToken, StepCurve byEmitting) = _dense.TryGetValue(DenseKey(deployment), out (StepCurve ByToken, StepCurve ByEmitting) dense)
            ? dense
            : (new StepCurve(), new StepCurve());
        return (
            byToken,
            byEmitting,
            _experts.GetValueOrDefault(ExpertKey(deployment)) ?? new StepCurve(),
            _exchange.GetValueOrDefault(ExchangeKey(deployment)) ?? new StepCurve());
    }

    /// <summary>Keeps the curves of a compiled deployment.</summary>
    public void Keep(Deployment deployment, StepCurve byToken, StepCurve byEmitting, StepCurve experts, StepCurve exchange)
    {
        byToken.IsFull = true;
        byEmitting.IsFull = true;
        experts.IsFull = true;
        exchange.IsFull = true;
        _dense.TryAdd(DenseKey(deployment), (byToken, byEmitting));
        _experts.TryAdd(ExpertKey(deployment), experts);
        _exchange.TryAdd(ExchangeKey(deployment), exchange);
    }

    private static (int, OperandPrecision, LayerPart) DenseKey(Deployment deployment) =>
        (deployment.Layout.TensorWays, deployment.Precision.Dense, deployment.Part);

    private static (int, int, bool, OperandPrecision, double, LayerPart) ExpertKey(Deployment deployment) => (
        deployment.Layout.ExpertTensorWays,
        deployment.Layout.ExpertWays,
        deployment.Layout.AttentionRanks > 1,
        deployment.Precision.Experts,
        deployment.RoutingSkew,
        deployment.Part);

    private static (ParallelLayout, OperandPrecision, double, LayerPart) ExchangeKey(Deployment deployment) =>
        (deployment.Layout, deployment.Precision.Experts, deployment.RoutingSkew, deployment.Part);
}
