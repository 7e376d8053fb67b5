namespace Millwright.Serving.Simulator;

/// <summary>A rate of a frontier.</summary>
/// <param name="RequestsPerSecond">Requests a second that were asked for.</param>
/// <param name="OverSaturation">Over the rate that saturates.</param>
/// <param name="Report">The figures at that rate.</param>
public sealed record FrontierPoint(double RequestsPerSecond, double OverSaturation, SimulationReport Report);

/// <summary>What comes of each rate on the way to saturation and a little beyond: goodput, latencies, energy.</summary>
public static class RateFrontier
{
    /// <summary>Shares of the saturation rate that a frontier shows: closer together where latencies bend.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.1];

    /// <summary>Runs a ladder of rates.</summary>
    /// <param name="search">The fleet and its requests.</param>
    /// <param name="plan">The plan of that fleet.</param>
    /// <param name="rates">The rates, 1/s.</param>
    /// <param name="saturation">The rate that saturates, 1/s.</param>
    /// <param name="threads">Threads; results do not depend on it.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A point a rate, in the order of the rates.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FrontierPoint[] Of(
        RateSearch search, FleetPlan plan, IReadOnlyList<double> rates, double saturation,
        int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(rates);
        FrontierPoint[] points = new FrontierPoint[rates.Count];
        int done = 0;
        Parallel.For(0, points.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellation }, i =>
        {
            SimulationReport report = SimulationReport.Of(search.Run(rates[i], cancellation), plan);
            points[i] = new FrontierPoint(rates[i], rates[i] / saturation, report);
            progress?.Report((double)Interlocked.Increment(ref done) / points.Length);
        });
        cancellation.ThrowIfCancellationRequested();
        return points;
    }
}
