using Millwright.Numerics;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Reports.Simulation;

/// <summary>Pictures of a simulation for a page: how latencies are distributed, and how queue, batch and cache went over time.</summary>
public static class SimulationPictures
{
    private const int MostBins = 60;
    private const int LeastBins = 8;

    /// <summary>Share of the values up to the place where the picture ends.</summary>
    private const double Drawn = 0.999;

    /// <summary>Adds the distributions of latencies, two in a row.</summary>
    /// <param name="section">Where to.</param>
    /// <param name="latencies">Name, figures and values in picoseconds of each; one without values is left out.</param>
    /// <returns>The section.</returns>
    public static HtmlSection Distributions(this HtmlSection section, IEnumerable<(string Name, LatencySummary Figures, QuantileSketch Values)> latencies)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(latencies);
        return section.Pictures([.. latencies.Where(static l => l.Values.Count > 0).Select(static l => Distribution(l.Name, l.Figures, l.Values))]);
    }

    /// <summary>Adds the course of requests and of the cache over time.</summary>
    /// <param name="section">Where to.</param>
    /// <param name="series">The course over all replicas.</param>
    /// <param name="cacheBlocks">Cache blocks of all replicas.</param>
    /// <param name="replicas">Replicas.</param>
    /// <returns>The section.</returns>
    public static HtmlSection Course(this HtmlSection section, StateSeries series, double cacheBlocks, int replicas)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(series);
        StatePoint[] points = [.. series.Points()];
        if (points.Length == 0)
        {
            return section;
        }

        (double unit, string name) = UnitOf(points[^1].Seconds);
        double[] times = [.. points.Select(p => p.Seconds / unit)];
        string axis = $"time, {name}";
        return section
            .Picture("Requests that run and wait", "Means over spans of time, all replicas together.", width => Svg.Lines(
                "Requests that run and wait over time",
                [new("running", times, [.. points.Select(static p => p.Running)], Filled: true), new("waiting", times, [.. points.Select(static p => p.Waiting)])],
                "1", axis, [], width, inMonths: false))
            .Picture("Cache in use and replicas at work", "Shares of all cache blocks and of all replicas.", width => Svg.Lines(
                "Cache in use and replicas at work over time",
                [
                    new("cache", times, [.. points.Select(p => cacheBlocks > 0 ? p.Blocks / cacheBlocks : 0)], Filled: true),
                    new("at work", times, [.. points.Select(p => p.Busy / replicas)]),
                ],
                "share", axis, [], width, inMonths: false));
    }

    private static (string Heading, string Caption, Func<double, string> Draw) Distribution(string name, LatencySummary figures, QuantileSketch values)
    {
        double low = values.Quantile(0) / SimulatedTime.PerSecond;
        double high = Math.Max(values.Quantile(Drawn) / SimulatedTime.PerSecond, low * (1 + QuantileSketch.RelativeError));
        (double unit, string unitName) = UnitOf(high);

        // no finer than the bins of the sketch, which would show as stairs
        int bins = high > low ? Math.Clamp((int)((high - low) / (2 * QuantileSketch.RelativeError * high)), LeastBins, MostBins) : 1;
        double width = high > low ? (high - low) / bins : Math.Max(high, 1e-12);
        double[] shares = Shares(values, low, width, bins);
        double[] x = [low / unit, .. Enumerable.Range(0, bins).Select(i => (low + (i + 0.5) * width) / unit), (low + bins * width) / unit];
        double[] y = [0, .. shares, 0];
        ChartMarker[] markers = [MarkerAt("p50", figures.P50), MarkerAt("p90", figures.P90), MarkerAt("p99", figures.P99)];
        string caption = $"Mean {Humanize.Value(figures.Mean, "s")}, p99.9 {Humanize.Value(figures.P999, "s")}, where the picture ends; greatest {Humanize.Value(figures.Greatest, "s")}.";
        return (name, caption, w => Svg.Lines($"Distribution of {name}: share in each of {bins} spans", [new ChartLine(name, x, y, Filled: true)], "share", unitName, markers, w, inMonths: false));

        ChartMarker MarkerAt(string word, double value) => new($"{word} {Humanize.Value(value, "s")}", value / unit);
    }

    // a bin of the sketch spreads evenly over the spans that it crosses
    internal static double[] Shares(QuantileSketch values, double low, double width, int bins)
    {
        double[] shares = new double[bins];
        foreach ((long upper, long count) in values.Bins())
        {
            double to = Math.Min(upper, values.Greatest) / (double)SimulatedTime.PerSecond;
            double from = Math.Min(to, Math.Max(low, to * (1 - QuantileSketch.RelativeError) / (1 + QuantileSketch.RelativeError)));
            double share = (double)count / values.Count;
            int first = Math.Clamp((int)((from - low) / width), 0, bins);
            int last = Math.Clamp((int)((to - low) / width), first, bins);
            for (int i = first; i <= Math.Min(last, bins - 1); i++)
            {
                double inside = to > from ? Math.Max(0, Math.Min(to, low + (i + 1) * width) - Math.Max(from, low + i * width)) / (to - from) : i == first ? 1 : 0;
                shares[i] += share * inside;
            }
        }

        return shares;
    }

    private static (double Unit, string Name) UnitOf(double seconds) => seconds switch
    {
        < 1e-3 => (1e-6, "us"),
        < 1 => (1e-3, "ms"),
        < 600 => (1, "s"),
        < 36_000 => (60, "min"),
        _ => (3600, "h"),
    };
}
