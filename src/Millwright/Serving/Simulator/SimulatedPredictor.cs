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
    /// <summary>Rounds of a closed loop whose number of requests is not told: an assumption, which holds for the loops of InferenceX (10 requests for each in flight).</summary>
    private const int RoundsOfLoop = 10;

    private const int MostRequests = 20_000;

    private static readonly ulong s_bin = RandomStream.KeyOf("replay.lengths");

    private readonly ConcurrentDictionary<Key, StepClock> _clocks = new();

    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (mean.Predict(run, out reason) is not { } estimate)
        {
            return null;
        }

        if (run is not { Load: LoadKind.ClosedLoop, Layout: { } layout, Pools: null, Speculation: null } || run.Lengths.CachedShare > 0 || Replay(run, layout) is not { } replay)
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

    // one replica with its share of the loop; null where a request does not fit
    private FleetRun? Replay(ServingCase run, ParallelLayout layout)
    {
        if (mean.FittedStepOf(run, layout) is not { } step)
        {
            return null;
        }

        int concurrency = Math.Max(1, (int)Math.Round(run.Concurrency / run.Replicas));
        int requests = (int)Math.Clamp((run.Requests ?? RoundsOfLoop * run.Concurrency) / run.Replicas, 1, MostRequests);
        RandomStream random = new(0);
        RequestTable table = new();
        int longest = 1;
        for (int i = 0; i < requests; i++)
        {
            (double input, double output) = (run.Lengths.MeanInputTokens, run.Lengths.MeanOutputTokens);
            if (run.Histogram is { } bins)
            {
                int bin = Math.Min(bins.InputTokens.Count - 1, (int)(random.Uniform(s_bin, i) * bins.InputTokens.Count));
                (input, output) = (bins.InputTokens[bin], bins.OutputTokens[bin]);
            }

            int id = table.Add(0, Math.Max(1, (int)Math.Round(input)), Math.Max(1, (int)Math.Round(output)));
            longest = Math.Max(longest, table.InputTokens[id] + table.OutputTokens[id]);
        }

        if (step.Memory.CachePoolBytes * layout.AttentionRanks < step.SequenceBytes(longest))
        {
            return null;
        }

        EnginePolicy policy = EnginePolicy.Of(step, longest);
        FleetRun done = FleetSimulator.Run(new FleetPlan(ClockOf(run, layout, step, policy.MaxSequences, longest), policy) { Concurrency = concurrency }, table);
        return done.Monitor.Refused > 0 ? null : done;
    }

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
