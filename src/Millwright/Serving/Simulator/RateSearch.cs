using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>What a deployment did at a rate.</summary>
/// <param name="RequestsPerSecond">Requests a second that came.</param>
/// <param name="TimeToFirstTokenSeconds">Time to first token at the percentile asked for, s; infinite where so many requests were not finished.</param>
/// <param name="TimePerOutputTokenSeconds">Mean time per output token of a request at the percentile, s; likewise.</param>
/// <param name="Growth">Requests that the backlog grew by, for each that came, in the last quarter of the arrivals against the quarter before.</param>
public readonly record struct RateOutcome(double RequestsPerSecond, double TimeToFirstTokenSeconds, double TimePerOutputTokenSeconds, double Growth);

/// <summary>
/// Finds the rate that a fleet takes: the greatest at which a percentile of the latencies meets its limits, and the greatest at which the backlog does not grow. The same requests with the
/// same order of gaps come at every rate, faster or slower, so that rates are compared with nothing else changed. Each rate is a run of its own; results do
/// not depend on the number of threads. Safe to use from many threads.
/// </summary>
public sealed class RateSearch
{
    /// <summary>Relative width of the span between the rate found and the one beyond.</summary>
    public const double DefaultTolerance = 0.01;

    /// <summary>Growth of the backlog, for each request that comes, up to which throughput counts as keeping up.</summary>
    public const double DefaultGrowth = 0.02;

    private readonly FleetPlan _plan;
    private readonly RequestTable _pattern;
    private readonly long _first;

    /// <summary>A search.</summary>
    /// <param name="plan">The fleet; each of its runs takes one thread.</param>
    /// <param name="pattern">Requests in order of arrival, at any rate: gaps keep their proportions.</param>
    /// <exception cref="ArgumentException">A closed loop, or requests that all come at once.</exception>
    public RateSearch(FleetPlan plan, RequestTable pattern)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(pattern);
        if (plan.Concurrency is not null)
        {
            throw new ArgumentException("a closed loop has no rate to look for", nameof(plan));
        }

        if (pattern.Count < 2 || pattern.ArrivalPicoseconds[^1] <= pattern.ArrivalPicoseconds[0])
        {
            throw new ArgumentException("requests that all come at once have no rate", nameof(pattern));
        }

        _plan = plan with { Threads = 1 };
        _pattern = pattern;
        _first = pattern.ArrivalPicoseconds[0];
        PatternRate = (pattern.Count - 1) / SimulatedTime.ToSeconds(pattern.ArrivalPicoseconds[^1] - _first);
    }

    /// <summary>Rate of the requests as they were given, 1/s.</summary>
    public double PatternRate { get; }

    /// <summary>Least rate at which the last request still comes within the time that can be simulated, 1/s; none is looked for below it.</summary>
    public double LeastRate => (_pattern.Count - 1) / SimulatedTime.MostSeconds;

    /// <summary>Requests a second of the mean lengths that the fleet takes with its fullest batches, without bursts: where a search may begin.</summary>
    public double MeanSaturation => SimulationReport.SaturationOf(new ServicePlan([_plan]), _pattern);

    /// <summary>Runs the requests at a rate.</summary>
    /// <param name="requestsPerSecond">The rate, 1/s, at least <see cref="LeastRate"/>.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>What happened.</returns>
    public FleetRun Run(double requestsPerSecond, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requestsPerSecond);
        double stretch = PatternRate / requestsPerSecond;
        RequestTable table = new(_pattern.Keys);
        for (int i = 0; i < _pattern.Count; i++)
        {
            double picoseconds = (_pattern.ArrivalPicoseconds[i] - _first) * stretch;
            table.Add(SimulatedTime.FromSeconds(picoseconds / SimulatedTime.PerSecond), _pattern.InputTokens[i], _pattern.OutputTokens[i]);
            table.TakeClass(i, _pattern);
        }

        return FleetSimulator.Run(_plan, table, cancellation: cancellation);
    }

    /// <summary>Looks at a run.</summary>
    /// <param name="requests">Requests with what became of them.</param>
    /// <param name="percentile">Share of the requests whose latencies count, in (0, 1].</param>
    /// <returns>What happened.</returns>
    public static RateOutcome Outcome(RequestTable requests, double percentile)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfNotEqual(percentile is > 0 and <= 1, true, nameof(percentile));
        int count = requests.Count;
        long[] first = new long[count];
        long[] perToken = new long[count];
        int several = 0;
        for (int i = 0; i < count; i++)
        {
            bool finished = requests.Status[i] == RequestStatus.Finished;
            first[i] = finished ? requests.FirstTokenPicoseconds[i] - requests.ArrivalPicoseconds[i] : long.MaxValue;
            if (requests.OutputTokens[i] > 1)
            {
                perToken[several++] = finished ? (requests.LastTokenPicoseconds[i] - requests.FirstTokenPicoseconds[i]) / (requests.OutputTokens[i] - 1) : long.MaxValue;
            }
        }

        double span = SimulatedTime.ToSeconds(requests.ArrivalPicoseconds[^1] - requests.ArrivalPicoseconds[0]);
        return new RateOutcome((count - 1) / span, At(first), At(perToken.AsSpan(0, several)), GrowthOf(requests));

        double At(Span<long> values)
        {
            if (values.Length == 0)
            {
                return 0;
            }

            values.Sort();
            long value = values[Math.Max(1, (int)Math.Ceiling(percentile * values.Length)) - 1];
            return value == long.MaxValue ? double.PositiveInfinity : SimulatedTime.ToSeconds(value);
        }
    }

    /// <summary>True where a percentile of both latencies meets its limits at a rate; requests that are refused meet none.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="percentile">The percentile, such as 0.99.</param>
    /// <param name="requestsPerSecond">The rate, 1/s.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>Whether it does; never below <see cref="LeastRate"/>.</returns>
    public bool Meets(ServiceLimits limits, double percentile, double requestsPerSecond, CancellationToken cancellation = default)
    {
        if (requestsPerSecond < LeastRate)
        {
            return false;
        }

        RateOutcome outcome = Outcome(Run(requestsPerSecond, cancellation).Requests, percentile);
        return outcome.TimeToFirstTokenSeconds <= limits.TimeToFirstTokenSeconds && outcome.TimePerOutputTokenSeconds <= limits.TimePerOutputTokenSeconds;
    }

    /// <summary>Finds the greatest rate at which a percentile of both latencies meets its limits; requests that are refused meet none.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="percentile">The percentile, such as 0.99.</param>
    /// <param name="guess">A rate near it, 1/s.</param>
    /// <param name="tolerance">Relative width of the span between the rate found and the one beyond.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>The rate, 1/s; 0 where not even one far below the guess meets them.</returns>
    public FoundRate Find(
        ServiceLimits limits, double percentile, double guess, double tolerance = DefaultTolerance, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        RateBisection.Find(
            rate => Meets(limits, percentile, rate, cancellation),
            guess,
            tolerance,
            threads,
            progress,
            cancellation);

    /// <summary>Finds the greatest rate at which throughput keeps up with the requests that come: the backlog, of requests that have come and are not finished, grows by no more than a share of them.</summary>
    /// <param name="guess">A rate near it, 1/s.</param>
    /// <param name="growth">The share.</param>
    /// <param name="tolerance">Relative width of the span between the rate found and the one beyond.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>The rate, 1/s. It is that of the run's length: a run that ends before its first requests do never saturates.</returns>
    public FoundRate FindSaturation(
        double guess, double growth = DefaultGrowth, double tolerance = DefaultTolerance, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        RateBisection.Find(rate => rate >= LeastRate && GrowthOf(Run(rate, cancellation).Requests) <= growth, guess, tolerance, threads, progress, cancellation);

    // mean backlog of the last quarter of the arrivals less that of the quarter before, over the requests of a quarter
    private static double GrowthOf(RequestTable requests)
    {
        long begin = requests.ArrivalPicoseconds[0];
        long quarter = (requests.ArrivalPicoseconds[^1] - begin) / 4;
        (long from, long middle, long to) = (begin + 2 * quarter, begin + 3 * quarter, begin + 4 * quarter);
        Int128 before = 0;
        Int128 after = 0;
        for (int i = 0; i < requests.Count; i++)
        {
            long arrival = requests.ArrivalPicoseconds[i];
            long end = requests.Status[i] switch { RequestStatus.Finished => requests.LastTokenPicoseconds[i], RequestStatus.Refused => arrival, _ => long.MaxValue };
            before += Math.Max(0, Math.Min(end, middle) - Math.Max(arrival, from));
            after += Math.Max(0, Math.Min(end, to) - Math.Max(arrival, middle));
        }

        return quarter == 0 ? 0 : (double)(after - before) / quarter / (requests.Count / 4.0);
    }
}
