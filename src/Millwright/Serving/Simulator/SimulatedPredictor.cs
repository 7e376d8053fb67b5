using System.Collections.Concurrent;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Predicts measured runs in the mean, and what a mean cannot tell of a closed loop by replaying it: its first tokens, which wait for the prompts that
/// come with them, at the start of the loop above all. Runs with pools apart, drafted tokens or cached prefixes are predicted in the mean alone. Safe to
/// use from many threads.
/// </summary>
/// <param name="mean">Predicts in the mean.</param>
public sealed class SimulatedPredictor(ServingPredictor mean) : IServingPredictor
{
    private readonly ConcurrentDictionary<Key, StepClock> _clocks = new();
    private readonly ServerReplay _servers = new(mean);

    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (mean.Predict(run, out reason) is not { } estimate)
        {
            return null;
        }

        if (run.Load == LoadKind.OpenLoop && (run.TimeToFirstTokenLimitSeconds ?? run.TimePerOutputTokenLimitSeconds) is not null)
        {
            return _servers.Of(run, estimate);
        }

        if (run is { Load: LoadKind.ClosedLoop, Sessions: not null, Layout: { } layout, Pools: null, Speculation: null })
        {
            return mean.FittedStepOf(run, layout) is { } step && SessionReplay.Run(run, step) is { } sessions ? With(estimate, run, layout, sessions) : estimate;
        }

        if (!LoopReplay.Can(run) || Replay(run, run.Layout!.Value) is not { } replay)
        {
            return estimate;
        }

        ReplicaMonitor monitor = replay.Monitor;
        return estimate with
        {
            TimeToFirstTokenSeconds = monitor.TimeToFirstToken.Mean / SimulatedTime.PerSecond,
            TimeToFirstTokenMedianSeconds = monitor.TimeToFirstToken.Quantile(0.5) / SimulatedTime.PerSecond,
            TimeToFirstTokenP99Seconds = monitor.TimeToFirstToken.Quantile(0.99) / SimulatedTime.PerSecond,
        };
    }

    private static ServingEstimate With(ServingEstimate estimate, ServingCase run, ParallelLayout layout, SessionReplayResult sessions)
    {
        double band = sessions.StepSeconds / estimate.TimePerOutputTokenSeconds;
        IReadOnlyList<double> first = sessions.FirstTokenSeconds;
        return estimate with
        {
            TimePerOutputTokenSeconds = sessions.StepSeconds,
            TimePerOutputTokenLowSeconds = estimate.TimePerOutputTokenLowSeconds * band,
            TimePerOutputTokenHighSeconds = estimate.TimePerOutputTokenHighSeconds * band,
            TimeToFirstTokenSeconds = first.Average(),
            TimeToFirstTokenMedianSeconds = Percentiles.OfSorted([.. first], 0.5),
            TimeToFirstTokenP99Seconds = Percentiles.OfSorted([.. first], 0.99),
            OutputTokensPerChipSecond = sessions.OutputTokensPerSecond / layout.Chips,
            TotalTokensPerChipSecond = (sessions.InputTokensPerSecond + sessions.OutputTokensPerSecond) / layout.Chips,
            MaxRequestsPerSecond = sessions.RequestsPerSecond * run.Replicas,
        };
    }

    // one replica with its share of the loop; null where a request does not fit
    private FleetRun? Replay(ServingCase run, ParallelLayout layout) =>
        mean.FittedStepOf(run, layout) is { } step ? LoopReplay.Run(run, step, (_, sequences, longest) => ClockOf(run, layout, step, sequences, longest)) : null;

    private StepClock ClockOf(ServingCase run, ParallelLayout layout, StepModel step, int sequences, int longest)
    {
        // rows that differ in lengths and budgets alone share the costs of their steps
        int context = 4096;
        while (context < longest)
        {
            context *= 2;
        }

        // host and chip one after another, as the factors of the engine were fitted; simulate lets the host of an engine that schedules ahead work beside the chip
        return _clocks.GetOrAdd(
            new Key(run.Model.Id, run.System.Id, layout, run.Precision, run.Engine.Family, run.Engine.GeneralExperts, mean.CalibrationOf(run), sequences, context),
            _ => new StepClock(step, sequences, context));
    }

    private readonly record struct Key(
        string Model, string System, ParallelLayout Layout, PrecisionPlan Precision, EngineFamily Engine, bool GeneralExperts, EngineCalibration Calibration, int Sequences, int Context);
}
