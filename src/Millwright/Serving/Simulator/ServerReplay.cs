using System.Collections.Concurrent;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Finds by simulation the greatest rate of a run whose load is to be found: at which 99 of 100 requests meet its limits. Requests come as a Poisson process that is dealt round the replicas, so that
/// each sees every nth of its arrivals; one replica stands for all. Safe to use from many threads.
/// </summary>
/// <param name="mean">Predicts in the mean: which layout, and where the search begins.</param>
internal sealed class ServerReplay(ServingPredictor mean)
{
    // as server benchmarks run: ten minutes of arrivals at most, whose 99th percentile counts; a replica's 5,000 requests tell it within the tolerance
    private const double RunSeconds = 600;
    private const double Percentile = 0.99;
    private const int LeastRequests = 1_000;
    private const int MostRequests = 5_000;
    private const double Tolerance = 0.02;

    // a run that is shorter than so many stays of a request says nothing of a full service
    private const double StaysOfRun = 5;

    // a layout whose rate in the mean is that much below the best rate found is not simulated: percentiles fall below the mean, and hardly ever rise above it
    private const double LeastOfBest = 0.9;

    private const double FirstStep = 1.12;

    private readonly ConcurrentDictionary<Key, Lazy<Found?>> _found = new();

    /// <summary>The estimate of a run with the rate that is found.</summary>
    /// <param name="run">An open loop with limits, a number of chips and lengths to draw from.</param>
    /// <param name="estimate">What the mean says of it.</param>
    /// <returns>The estimate; that of the mean where the run cannot be simulated.</returns>
    public ServingEstimate Of(ServingCase run, ServingEstimate estimate)
    {
        if (run is not { Load: LoadKind.OpenLoop, Layout: null, Pools: null, Speculation: null, Chips: { } chips, Histogram: { } histogram, RequestRatePerSecond: 0 } || run.Lengths.CachedShare > 0)
        {
            return estimate;
        }

        Key key = new(
            run.Model.Id, run.System.Id, chips, run.Precision, run.Engine, histogram.Id, run.Lengths.MeanOutputTokens,
            run.TimeToFirstTokenLimitSeconds, run.TimePerOutputTokenLimitSeconds, mean.CalibrationOf(run));
        return _found.GetOrAdd(key, _ => new Lazy<Found?>(() => BestOf(run, histogram))).Value is { } found ? With(estimate, run, found) : estimate;
    }

    private static ServingEstimate With(ServingEstimate estimate, ServingCase run, Found found)
    {
        double perChip = found.RequestsPerSecond / found.Layout.Chips;
        double band = found.StepSeconds / estimate.TimePerOutputTokenSeconds;
        return estimate with
        {
            Layout = found.Layout,
            ChipWatts = found.ChipWatts,
            TimePerOutputTokenSeconds = found.StepSeconds,
            TimePerOutputTokenLowSeconds = estimate.TimePerOutputTokenLowSeconds * band,
            TimePerOutputTokenHighSeconds = estimate.TimePerOutputTokenHighSeconds * band,
            TimeToFirstTokenSeconds = found.FirstMeanSeconds,
            TimeToFirstTokenMedianSeconds = found.FirstMedianSeconds,
            TimeToFirstTokenP99Seconds = found.FirstP99Seconds,
            OutputTokensPerChipSecond = perChip * run.Lengths.MeanOutputTokens,
            TotalTokensPerChipSecond = perChip * (run.Lengths.MeanInputTokens + run.Lengths.MeanOutputTokens),
            MaxRequestsPerSecond = perChip * run.Chips!.Value,
        };
    }

    // the layout that takes the greatest rate on the chips
    private Found? BestOf(ServingCase run, LengthHistogram histogram)
    {
        Found? best = null;
        foreach (ServingEstimate layout in mean.LayoutsOf(run))
        {
            if (best is not null && layout.MaxRequestsPerSecond < LeastOfBest * best.RequestsPerSecond / best.Layout.Chips * run.Chips!.Value)
            {
                break;
            }

            // another layout is searched only where it takes more than the best so far
            best = Search(run, layout, histogram, run.Chips!.Value / layout.Layout.Chips, best is null ? 0 : best.RequestsPerSecond / best.Layout.Chips * layout.Layout.Chips) ?? best;
        }

        return best;
    }

    private Found? Search(ServingCase run, ServingEstimate estimate, LengthHistogram histogram, int replicas, double atLeast)
    {
        if (mean.FittedStepOf(run, estimate.Layout) is not { } step)
        {
            return null;
        }

        double guess = estimate.MaxRequestsPerSecond / replicas;
        double stay = run.Lengths.MeanOutputTokens * Math.Min(run.TimePerOutputTokenLimitSeconds ?? double.PositiveInfinity, 2 * estimate.TimePerOutputTokenSeconds);
        int requests = (int)Math.Max(Math.Clamp(guess * RunSeconds, LeastRequests, MostRequests), guess * StaysOfRun * stay);
        GeneratedRequests drawn = new(
            ArrivalProcess.GammaOfShape(replicas), RateProfile.Constant(1), LengthDistribution.FromHistogram(histogram, run.Lengths.MeanInputTokens, run.Lengths.MeanOutputTokens), 0, requests);
        RequestTable table = new();
        int longest = 1;
        while (table.Count < requests && drawn.TryRead(out TraceRequest request))
        {
            table.Add(request.ArrivalPicoseconds, request.InputTokens, request.OutputTokens);
            longest = Math.Max(longest, request.InputTokens + request.OutputTokens);
        }

        if (step.Memory.CachePoolBytes * estimate.Layout.AttentionRanks < step.SequenceBytes(longest))
        {
            return null;
        }

        EnginePolicy policy = EnginePolicy.Of(step, longest);
        ServiceLimits limits = new(run.TimeToFirstTokenLimitSeconds ?? double.PositiveInfinity, run.TimePerOutputTokenLimitSeconds ?? double.PositiveInfinity);
        RateSearch search = new(new FleetPlan(new StepClock(step, policy.MaxSequences, longest), policy), table);
        if (Greatest(rate => search.Meets(limits, Percentile, rate), guess, atLeast * (1 + Tolerance)) is not { } rate)
        {
            return null;
        }

        ReplicaMonitor monitor = search.Run(rate).Monitor;
        return new Found(estimate.Layout, estimate.ChipWatts, rate, monitor.TimePerOutputToken.Mean / SimulatedTime.PerSecond, monitor.TimeToFirstToken.Mean / SimulatedTime.PerSecond, Seconds(0.5), Seconds(Percentile));

        double Seconds(double share) => monitor.TimeToFirstToken.Quantile(share) / SimulatedTime.PerSecond;
    }

    // the rate of the mean is near: a few runs one after another do, where a search that knows nothing takes more of them beside each other
    private static double? Greatest(Func<double, bool> meets, double guess, double atLeast)
    {
        double low = atLeast;
        if (atLeast > 0 && !meets(atLeast))
        {
            return null;
        }

        double high = double.PositiveInfinity;
        double rate = Math.Max(guess, low * FirstStep);
        while (double.IsPositiveInfinity(high) || low == 0)
        {
            if (meets(rate))
            {
                low = rate;
                rate *= FirstStep;
            }
            else
            {
                high = rate;
                rate = low > 0 ? low : rate / FirstStep;
            }

            if (rate > guess * RateBisection.MostOverGuess || rate < guess * RateBisection.LeastOverGuess)
            {
                return null;
            }
        }

        while (high > low * (1 + Tolerance))
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = meets(middle) ? (middle, high) : (low, middle);
        }

        return low;
    }

    private sealed record Found(ParallelLayout Layout, double ChipWatts, double RequestsPerSecond, double StepSeconds, double FirstMeanSeconds, double FirstMedianSeconds, double FirstP99Seconds);

    private readonly record struct Key(
        string Model, string System, int Chips, PrecisionPlan Precision, EngineSettings Engine, string Lengths, double OutputTokens,
        double? FirstLimit, double? TokenLimit, EngineCalibration Calibration);
}
