using Millwright.Applications;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>A latency over requests or tokens, s.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile.</param>
/// <param name="Greatest">The greatest.</param>
public readonly record struct LatencySummary(double Mean, double P50, double P90, double P99, double P999, double Greatest);

/// <summary>Energy of all chips by what they did, J.</summary>
/// <param name="Prompts">Steps with prompts.</param>
/// <param name="Decode">Steps that only decode.</param>
/// <param name="Idle">Waiting for requests.</param>
public readonly record struct PhaseEnergy(double Prompts, double Decode, double Idle)
{
    /// <summary>All of it, J.</summary>
    public double Total => Prompts + Decode + Idle;
}

/// <summary>Limits that a request is to meet.</summary>
/// <param name="TimeToFirstTokenSeconds">Longest time to first token, s.</param>
/// <param name="TimePerOutputTokenSeconds">Longest mean time per output token, s.</param>
public readonly record struct ServiceLimits(double TimeToFirstTokenSeconds = double.PositiveInfinity, double TimePerOutputTokenSeconds = double.PositiveInfinity);

/// <summary>The figures of a simulation.</summary>
public sealed record SimulationReport
{
    private const int MostExact = 200_000;

    /// <summary>Requests.</summary>
    public required long Requests { get; init; }

    /// <summary>Finished ones.</summary>
    public required long Finished { get; init; }

    /// <summary>Refused ones.</summary>
    public required long Refused { get; init; }

    /// <summary>Those that still waited or ran when a partial run ended.</summary>
    public long Open => Requests - Finished - Refused;

    /// <summary>True when the run was stopped before its end.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>From the first arrival to the last token, s.</summary>
    public required double Seconds { get; init; }

    /// <summary>Time to first token of finished requests.</summary>
    public required LatencySummary TimeToFirstToken { get; init; }

    /// <summary>Mean time per output token after the first of finished requests with two tokens or more.</summary>
    public required LatencySummary TimePerOutputToken { get; init; }

    /// <summary>Time between two tokens of a request, over all tokens.</summary>
    public required LatencySummary InterTokenLatency { get; init; }

    /// <summary>From arrival to last token.</summary>
    public required LatencySummary EndToEnd { get; init; }

    /// <summary>From arrival to the first step.</summary>
    public required LatencySummary Queueing { get; init; }

    /// <summary>Relative error of percentiles: 0 where they are exact.</summary>
    public required double QuantileError { get; init; }

    /// <summary>Finished requests a second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Output tokens of finished requests a second.</summary>
    public required double OutputTokensPerSecond { get; init; }

    /// <summary>Input tokens of finished requests a second.</summary>
    public required double InputTokensPerSecond { get; init; }

    /// <summary>Finished requests a second that met the limits.</summary>
    public required double GoodRequestsPerSecond { get; init; }

    /// <summary>Chips of all replicas.</summary>
    public required int Chips { get; init; }

    /// <summary>Share of the time that replicas were in a step.</summary>
    public required double Utilisation { get; init; }

    /// <summary>Requests that ran, mean over time, all replicas together.</summary>
    public required double MeanRunning { get; init; }

    /// <summary>Tokens of running requests over those that the cache holds, mean over the time in steps.</summary>
    public required double CacheUse { get; init; }

    /// <summary>Greatest use of the cache of a replica, as a share.</summary>
    public required double GreatestCacheUse { get; init; }

    /// <summary>Most requests that waited at one replica.</summary>
    public required int MostWaiting { get; init; }

    /// <summary>How often a request was set back.</summary>
    public required long Preemptions { get; init; }

    /// <summary>Steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Prompt tokens computed, those computed again included.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Energy of the chips; not a number without a rated power.</summary>
    public required PhaseEnergy Joules { get; init; }

    /// <summary>Mean power of a chip, W.</summary>
    public double ChipWatts => Seconds > 0 ? Joules.Total / Seconds / Chips : 0;

    /// <summary>Energy of the chips for an output token, J.</summary>
    public required double JoulesPerOutputToken { get; init; }

    /// <summary>Most requests a second of like lengths that the replicas take, without bursts: what the load is measured against.</summary>
    public required double SaturationRequestsPerSecond { get; init; }

    /// <summary>Requests a second that came, over those that saturate; not a number for a closed loop.</summary>
    public required double OfferedOverSaturation { get; init; }

    /// <summary>Makes the figures of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="power">Power of the chip's kernels.</param>
    /// <param name="limits">Limits that count for goodput.</param>
    /// <param name="exact">True for exact percentiles of any number of requests.</param>
    /// <returns>The figures.</returns>
    public static SimulationReport Of(FleetRun run, FleetPlan plan, OperatorClock power, ServiceLimits limits, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(power);
        ReplicaMonitor monitor = run.Monitor;
        StepModel step = plan.Clock.Step;
        int chips = step.Deployment.Layout.Chips * plan.Replicas;
        RequestTable table = run.Requests;
        long start = table.Count == 0 ? 0 : plan.Concurrency is null ? table.ArrivalPicoseconds[0] : 0;
        double seconds = SimulatedTime.ToSeconds(Math.Max(0, monitor.LastPicoseconds - start));
        bool isExact = exact || monitor.Finished <= MostExact;
        long good = 0;
        Columns? columns = isExact ? new Columns((int)monitor.Finished) : null;
        for (int i = 0; i < table.Count; i++)
        {
            if (table.Status[i] != RequestStatus.Finished)
            {
                continue;
            }

            long first = table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i];
            long whole = table.LastTokenPicoseconds[i] - table.ArrivalPicoseconds[i];
            int output = table.OutputTokens[i];
            long perToken = output > 1 ? (whole - first) / (output - 1) : 0;
            good += SimulatedTime.ToSeconds(first) <= limits.TimeToFirstTokenSeconds && SimulatedTime.ToSeconds(perToken) <= limits.TimePerOutputTokenSeconds ? 1 : 0;
            columns?.Add(first, whole, table.ScheduledPicoseconds[i] - table.ArrivalPicoseconds[i], output > 1 ? perToken : -1);
        }

        PhaseEnergy energy = EnergyOf(run, plan, power, seconds);
        double saturation = SaturationOf(step, table, plan.Replicas);
        double arrived = table.Count > 1 ? SimulatedTime.ToSeconds(table.ArrivalPicoseconds[^1] - table.ArrivalPicoseconds[0]) : 0;
        double busy = SimulatedTime.ToSeconds(monitor.BusyPicoseconds);
        double capacity = plan.Policy.CacheBlocks;
        return new SimulationReport
        {
            Requests = table.Count,
            Finished = monitor.Finished,
            Refused = monitor.Refused,
            IsPartial = run.IsPartial,
            Seconds = seconds,
            TimeToFirstToken = columns is not null ? Columns.Summary(columns.First) : Summary(monitor.TimeToFirstToken),
            TimePerOutputToken = columns is not null ? Columns.Summary(columns.PerToken) : Summary(monitor.TimePerOutputToken),
            InterTokenLatency = Summary(monitor.InterTokenLatency),
            EndToEnd = columns is not null ? Columns.Summary(columns.Whole) : Summary(monitor.EndToEnd),
            Queueing = columns is not null ? Columns.Summary(columns.Queue) : Summary(monitor.Queueing),
            QuantileError = isExact ? 0 : QuantileSketch.RelativeError,
            RequestsPerSecond = Rate(monitor.Finished),
            OutputTokensPerSecond = Rate(monitor.FinishedOutputTokens),
            InputTokensPerSecond = Rate(monitor.FinishedInputTokens),
            GoodRequestsPerSecond = Rate(good),
            Chips = chips,
            Utilisation = seconds > 0 ? busy / (seconds * plan.Replicas) : 0,
            MeanRunning = seconds > 0 ? SimulatedTime.ToSeconds(monitor.RunningPicoseconds) / seconds : 0,
            CacheUse = busy > 0 ? SimulatedTime.ToSeconds(monitor.TokenPicoseconds) / busy / (capacity * plan.Policy.BlockTokens) : 0,
            GreatestCacheUse = monitor.MostBlocks / capacity,
            MostWaiting = monitor.MostWaiting,
            Preemptions = monitor.Preemptions,
            Steps = monitor.StepCount,
            PromptTokens = monitor.PromptTokens,
            Joules = energy,
            JoulesPerOutputToken = monitor.FinishedOutputTokens > 0 ? energy.Total / monitor.FinishedOutputTokens : 0,
            SaturationRequestsPerSecond = saturation,
            OfferedOverSaturation = plan.Concurrency is null && arrived > 0 ? (table.Count - 1) / arrived / saturation : double.NaN,
        };

        double Rate(long count) => seconds > 0 ? count / seconds : 0;
    }

    private static LatencySummary Summary(QuantileSketch sketch)
    {
        return new LatencySummary(sketch.Mean / SimulatedTime.PerSecond, At(0.5), At(0.9), At(0.99), At(0.999), SimulatedTime.ToSeconds(sketch.Greatest));

        double At(double share) => sketch.Quantile(share) / SimulatedTime.PerSecond;
    }

    // the power model is not linear in batch and context, so that each number of sequences counts by itself, at its mean context
    private static PhaseEnergy EnergyOf(FleetRun run, FleetPlan plan, OperatorClock power, double seconds)
    {
        StepModel step = plan.Clock.Step;
        ParallelLayout layout = step.Deployment.Layout;
        double decode = 0;
        double prompts = 0;
        ReadOnlySpan<StepTally> steps = run.Monitor.DecodeSteps;
        for (int i = 1; i < steps.Length; i++)
        {
            decode += Joules(steps[i]);
        }

        foreach (StepTally tally in run.Monitor.PromptSteps)
        {
            prompts += Joules(tally);
        }

        double waiting = Math.Max(0, seconds * plan.Replicas - SimulatedTime.ToSeconds(run.Monitor.BusyPicoseconds));
        return new PhaseEnergy(prompts, decode, waiting * layout.Chips * power.IdleWatts);

        double Joules(in StepTally tally)
        {
            if (tally.Steps == 0)
            {
                return 0;
            }

            // with stages, each micro-batch is a part of the sequences
            double count = tally.Steps;
            double time = SimulatedTime.ToSeconds(tally.Picoseconds);
            StepShape shape = new(
                (double)tally.Sequences / count / layout.PipelineStages,
                (double)tally.ContextTokens / count / layout.PipelineStages,
                tally.PromptTokens / count,
                0,
                tally.Prompts / count);
            return time * layout.Chips * step.MeanWatts(power, shape, time / count);
        }
    }

    // the mean replica with its fullest batch, for requests of the mean lengths of these
    internal static double SaturationOf(StepModel step, RequestTable table, int replicas)
    {
        if (table.Count == 0)
        {
            return 0;
        }

        double input = 0;
        double output = 0;
        for (int i = 0; i < table.Count; i++)
        {
            input += table.InputTokens[i];
            output += table.OutputTokens[i];
        }

        return SaturationOf(step, input / table.Count, output / table.Count, replicas);
    }

    /// <summary>Requests a second of given mean lengths that replicas take with their fullest batch, without bursts.</summary>
    /// <param name="step">Step of a replica.</param>
    /// <param name="inputTokens">Mean input tokens, above 0.</param>
    /// <param name="outputTokens">Mean output tokens, above 0.</param>
    /// <param name="replicas">Replicas.</param>
    /// <returns>Requests a second; 0 where memory does not hold one.</returns>
    public static double SaturationOf(StepModel step, double inputTokens, double outputTokens, int replicas)
    {
        MeanReplica replica = new(step, RequestLengths.FromMeans(inputTokens, outputTokens), null);
        double most = Math.Min(replica.MostByMemory, replica.MostByEngine);
        return most < 1 ? 0 : replicas * replica.RateOf(replica.At(most));
    }

    private sealed class Columns(int capacity)
    {
        public List<long> First { get; } = new(capacity);

        public List<long> Whole { get; } = new(capacity);

        public List<long> Queue { get; } = new(capacity);

        public List<long> PerToken { get; } = new(capacity);

        public void Add(long first, long whole, long queue, long perToken)
        {
            First.Add(first);
            Whole.Add(whole);
            Queue.Add(queue);
            if (perToken >= 0)
            {
                PerToken.Add(perToken);
            }
        }

        // the value at rank ceil(share x count), as the sketch
        public static LatencySummary Summary(List<long> values)
        {
            if (values.Count == 0)
            {
                return default;
            }

            values.Sort();
            Int128 sum = 0;
            foreach (long value in values)
            {
                sum += value;
            }

            double At(double share) => SimulatedTime.ToSeconds(values[Math.Max(1, (int)Math.Ceiling(share * values.Count)) - 1]);
            return new LatencySummary((double)sum / values.Count / SimulatedTime.PerSecond, At(0.5), At(0.9), At(0.99), At(0.999), SimulatedTime.ToSeconds(values[^1]));
        }
    }
}
