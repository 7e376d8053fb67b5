using System.Collections.Concurrent;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// Curves that deployments of one model on one chip have in common: dense work hangs on TP and precision alone, experts on how they are cut, exchanges on
/// the layout. Safe to use from many threads; whoever comes second takes what the first has made.
/// </summary>
internal sealed class StepCurveCache
{
    private readonly ConcurrentDictionary<(int TensorWays, OperandPrecision Dense), (StepCurve ByToken, StepCurve ByEmitting)> _dense = new();
    private readonly ConcurrentDictionary<(int TensorWays, int ExpertWays, bool Exchanged, OperandPrecision Experts), StepCurve> _experts = new();
    private readonly ConcurrentDictionary<(ParallelLayout Layout, OperandPrecision Experts), StepCurve> _exchange = new();

    /// <summary>Curves of a deployment: those that are known are full, and take nothing more.</summary>
    public (StepCurve ByToken, StepCurve ByEmitting, StepCurve Experts, StepCurve Exchange) Find(ParallelLayout layout, PrecisionPlan precision)
    {
        (StepCurve byToken, StepCurve byEmitting) = _dense.TryGetValue(DenseKey(layout, precision), out (StepCurve ByToken, StepCurve ByEmitting) dense)
            ? dense
            : (new StepCurve(), new StepCurve());
        return (
            byToken,
            byEmitting,
            _experts.GetValueOrDefault(ExpertKey(layout, precision)) ?? new StepCurve(),
            _exchange.GetValueOrDefault((layout, precision.Experts)) ?? new StepCurve());
    }

    /// <summary>Keeps the curves of a compiled deployment.</summary>
    public void Keep(ParallelLayout layout, PrecisionPlan precision, StepCurve byToken, StepCurve byEmitting, StepCurve experts, StepCurve exchange)
    {
        byToken.IsFull = true;
        byEmitting.IsFull = true;
        experts.IsFull = true;
        exchange.IsFull = true;
        _dense.TryAdd(DenseKey(layout, precision), (byToken, byEmitting));
        _experts.TryAdd(ExpertKey(layout, precision), experts);
        _exchange.TryAdd((layout, precision.Experts), exchange);
    }

    private static (int, OperandPrecision) DenseKey(ParallelLayout layout, PrecisionPlan precision) => (layout.TensorWays, precision.Dense);

    private static (int, int, bool, OperandPrecision) ExpertKey(ParallelLayout layout, PrecisionPlan precision) =>
        (layout.ExpertTensorWays, layout.ExpertWays, layout.AttentionRanks > 1, precision.Experts);
}
