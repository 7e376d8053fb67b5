using Millwright.Applications;
using Millwright.Numerics;
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
public readonly record struct LatencySummary(double Mean, double P50, double P90, double P99, double P999, double Greatest)
{
    /// <summary>The figures of sorted latencies: a percentile is the value at rank ceil(share x count), as that of a sketch.</summary>
    /// <param name="picoseconds">The latencies, ascending, ps.</param>
    /// <returns>The figures, s; all 0 without any.</returns>
    internal static LatencySummary OfSorted(ReadOnlySpan<long> picoseconds)
    {
        if (picoseconds.Length == 0)
        {
            return default;
        }

        WideInteger sum = WideInteger.Zero;
        foreach (long value in picoseconds)
        {
            sum += value;
        }

        return new LatencySummary(
            (double)sum / picoseconds.Length / SimulatedTime.PerSecond,
            At(picoseconds, 0.5),
            At(picoseconds, 0.9),
            At(picoseconds, 0.99),
            At(picoseconds, 0.999),
            SimulatedTime.ToSeconds(picoseconds[^1]));
    }

    private static double At(ReadOnlySpan<long> sorted, double share) => SimulatedTime.ToSeconds(sorted[Math.Max(1, (int)Math.Ceiling(share * sorted.Length)) - 1]);
}

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
public readonly record struct ServiceLimits(double TimeToFirstTokenSeconds = double.PositiveInfinity, double TimePerOutputTokenSeconds = double.PositiveInfinity)
{
    /// <summary>No limits. (The default of a struct is 0, which nothing meets.)</summary>
    public static ServiceLimits None => new(double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>The longest whole time that a limit allows.</summary>
    /// <param name="seconds">The limit, s.</param>
    /// <returns>Picoseconds; -1 where not even 0 is within it.</returns>
    internal static long LongestWithin(double seconds)
    {
        if (!(seconds >= 0))
        {
            return -1;
        }

        if (seconds >= SimulatedTime.MostSeconds)
        {
            return long.MaxValue;
        }

        // the product is rounded: to the last time that reads as no more seconds
        long longest = (long)(seconds * SimulatedTime.PerSecond);
        while (longest > 0 && SimulatedTime.ToSeconds(longest) > seconds)
        {
            longest--;
        }

        while (SimulatedTime.ToSeconds(longest + 1) <= seconds)
        {
            longest++;
        }

        return longest;
    }
}

/// <summary>The figures of a simulation.</summary>
public sealed record SimulationReport
{
    /// <summary>Finished requests up to which percentiles are exact without being asked for.</summary>
    public const int MostExact = 200_000;


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

    /// <summary>Requests that found too many others waiting; they count as refused.</summary>
    public required long Shed { get; init; }

    /// <summary>Requests that waited too long; they count as refused.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Prompt tokens that a cache held, those of tiers behind it included.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>Those of them that came from tiers behind the cache.</summary>
    public required long FetchedTokens { get; init; }

    /// <summary>Prompt tokens that a cache held, over all that were asked for.</summary>
    public double CachedShare => PromptTokens + CachedTokens == 0 ? 0 : (double)CachedTokens / (PromptTokens + CachedTokens);

    /// <summary>Chips times the time for which they were there, s: all of them all of the time, but where replicas come and go.</summary>
    public required double PaidChipSeconds { get; init; }

    /// <summary>Chips times the time for which their replica was in a step, s.</summary>
    public required double BusyChipSeconds { get; init; }

    /// <summary>What each pool did.</summary>
    public required IReadOnlyList<PoolReport> Pools { get; init; }

    /// <summary>Makes the figures of a run of one fleet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="exact">True for exact percentiles of any number of requests, none of which is forgotten.</param>
    /// <returns>The figures.</returns>
    public static SimulationReport Of(FleetRun run, FleetPlan plan, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Of(run, new ServicePlan([plan]) { Concurrency = plan.Concurrency }, exact);
    }

    /// <summary>Makes the figures of a run of several fleets.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="exact">True for exact percentiles of any number of requests, none of which is forgotten.</param>
    /// <returns>The figures.</returns>
    public static SimulationReport Of(FleetRun run, ServicePlan plan, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(plan);
        ReplicaMonitor monitor = run.Monitor;
        RequestTable table = run.Requests;
        long start = plan.Concurrency is null ? table.FirstArrivalPicoseconds : 0;
        double seconds = SimulatedTime.ToSeconds(Math.Max(0, monitor.LastPicoseconds - start));

        // rows that are forgotten leave their latencies in the sketches alone
        bool isExact = table.First == 0 && (exact || monitor.Finished <= MostExact);
        ExactLatencies? columns = isExact ? new ExactLatencies(table, (int)monitor.Finished) : null;
        PoolReport[] pools = [.. run.Pools.Select(pool => PoolReport.Of(pool, seconds))];
        PhaseEnergy energy = new(pools.Sum(static pool => pool.Joules.Prompts), pools.Sum(static pool => pool.Joules.Decode), pools.Sum(static pool => pool.Joules.Idle));
        double saturation = SaturationOf(plan, table, monitor);
        double arrived = table.Count > 1 ? SimulatedTime.ToSeconds(table.LastArrivalPicoseconds - table.FirstArrivalPicoseconds) : 0;
        double busy = pools.Sum(static pool => pool.BusyReplicaSeconds);
        double there = pools.Sum(static pool => pool.PresentReplicaSeconds);
        return new SimulationReport
        {
            Requests = table.Count,
            Finished = monitor.Finished,
            Refused = monitor.Refused,
            Shed = monitor.Shed,
            GivenUp = monitor.GivenUp,
            IsPartial = run.IsPartial,
            Seconds = seconds,
            TimeToFirstToken = columns?.TimeToFirstToken() ?? Summary(monitor.TimeToFirstToken),
            TimePerOutputToken = columns?.TimePerOutputToken() ?? Summary(monitor.TimePerOutputToken),
            InterTokenLatency = Summary(monitor.InterTokenLatency),
            EndToEnd = columns?.EndToEnd() ?? Summary(monitor.EndToEnd),
            Queueing = columns?.Queueing() ?? Summary(monitor.Queueing),
            QuantileError = isExact ? 0 : QuantileSketch.RelativeError,
            RequestsPerSecond = Rate(monitor.Finished),
            OutputTokensPerSecond = Rate(monitor.FinishedOutputTokens),
            InputTokensPerSecond = Rate(monitor.FinishedInputTokens),
            GoodRequestsPerSecond = Rate(monitor.Good),
            Chips = pools.Sum(static pool => pool.Chips),
            PaidChipSeconds = pools.Sum(static pool => pool.PresentReplicaSeconds * pool.ChipsOfReplica),
            BusyChipSeconds = pools.Sum(static pool => pool.BusyReplicaSeconds * pool.ChipsOfReplica),
            Utilisation = there > 0 ? busy / there : 0,
            MeanRunning = seconds > 0 ? SimulatedTime.ToSeconds(monitor.RunningPicoseconds) / seconds : 0,
            CacheUse = busy > 0 ? pools.Sum(static pool => pool.CacheUse * pool.BusyReplicaSeconds) / busy : 0,
            GreatestCacheUse = pools.Max(static pool => pool.GreatestCacheUse),
            MostWaiting = monitor.MostWaiting,
            Preemptions = monitor.Preemptions,
            Steps = monitor.StepCount,
            PromptTokens = monitor.PromptTokens,
            CachedTokens = monitor.CachedTokens,
            FetchedTokens = monitor.FetchedTokens,
            Pools = pools,
            Joules = energy,
            JoulesPerOutputToken = monitor.FinishedOutputTokens > 0 ? energy.Total / monitor.FinishedOutputTokens : 0,
            SaturationRequestsPerSecond = saturation,
            OfferedOverSaturation = plan.Concurrency is null && arrived > 0 ? (table.Count - 1) / arrived / saturation : double.NaN,
        };

        double Rate(long count) => seconds > 0 ? count / seconds : 0;
    }

    internal static LatencySummary Summary(QuantileSketch sketch)
    {
        return new LatencySummary(sketch.Mean / SimulatedTime.PerSecond, At(0.5), At(0.9), At(0.99), At(0.999), SimulatedTime.ToSeconds(sketch.Greatest));

        double At(double share) => sketch.Quantile(share) / SimulatedTime.PerSecond;
    }

    // the mean replicas with their fullest batches, for requests of the mean lengths of these, of which a cache holds as much as it did
    internal static double SaturationOf(ServicePlan plan, RequestTable table, ReplicaMonitor? monitor = null)
    {
        if (table.Count == 0)
        {
            return 0;
        }

        double asked = monitor is null ? 0 : (double)monitor.PromptTokens + monitor.CachedTokens;
        double cached = asked > 0 ? Math.Min(0.999, monitor!.CachedTokens / asked) : 0;
        RequestLengths lengths = RequestLengths.FromMeans((double)table.AllInputTokens / table.Count, (double)table.AllOutputTokens / table.Count, cached);
        return plan.Fleets.Sum(fleet => SaturationOf(fleet, lengths));
    }

    /// <summary>Requests a second of given lengths that a fleet takes with its fullest batches, without bursts.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="lengths">Lengths of the requests.</param>
    /// <returns>Requests a second; 0 where memory does not hold one.</returns>
    public static double SaturationOf(FleetPlan fleet, RequestLengths lengths)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        StepModel step = fleet.Clock.Step;
        if (fleet.Decode is { } decode)
        {
            StepModel next = decode.Clock.Step;
            SplitPools split = new(fleet.Replicas, step.Deployment.Layout, decode.Replicas, next.Deployment.Layout);
            MeanPools pools = new(step, next, split, lengths, decode.Policy.Drafted?.Drafted, 0);
            return pools.MostPerWorker < 1 || !pools.PrefillFits ? 0 : pools.At(pools.MostPerWorker).RequestsPerSecond;
        }

        MeanReplica replica = new(step, lengths, fleet.Policy.Drafted?.Drafted);
        double most = Math.Min(replica.MostByMemory, replica.MostByEngine);
        return most < 1 ? 0 : fleet.Replicas * replica.RateOf(replica.At(most));
    }

    /// <summary>Latencies of finished requests, one after another put into a column of its own and sorted.</summary>
    private sealed class ExactLatencies(RequestTable table, int finished)
    {
        private readonly long[] _values = new long[finished];
        private readonly long[] _spare = new long[finished];
        private int _count;

        public LatencySummary TimeToFirstToken()
        {
            for (int i = Start(); Next(ref i); i++)
            {
                _values[_count++] = table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i];
            }

            return Summary();
        }

        public LatencySummary EndToEnd()
        {
            for (int i = Start(); Next(ref i); i++)
            {
                _values[_count++] = table.LastTokenPicoseconds[i] - table.ArrivalPicoseconds[i];
            }

            return Summary();
        }

        public LatencySummary Queueing()
        {
            for (int i = Start(); Next(ref i); i++)
            {
                _values[_count++] = table.ScheduledPicoseconds[i] - table.ArrivalPicoseconds[i];
            }

            return Summary();
        }

        public LatencySummary TimePerOutputToken()
        {
            for (int i = Start(); Next(ref i); i++)
            {
                if (table.OutputTokens[i] > 1)
                {
                    _values[_count++] = (table.LastTokenPicoseconds[i] - table.FirstTokenPicoseconds[i]) / (table.OutputTokens[i] - 1);
                }
            }

            return Summary();
        }

        private int Start()
        {
            _count = 0;
            return 0;
        }

        private bool Next(ref int i)
        {
            while (i < table.Count && table.Status[i] != RequestStatus.Finished)
            {
                i++;
            }

            return i < table.Count;
        }

        private LatencySummary Summary()
        {
            WholeSort.Sort(_values, _count, _spare);
            return LatencySummary.OfSorted(_values.AsSpan(0, _count));
        }
    }
}
