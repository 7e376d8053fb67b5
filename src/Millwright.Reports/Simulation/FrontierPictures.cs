using Millwright.Reports.Charts;
using Millwright.Reports.Html;
using Millwright.Serving.Simulator;

namespace Millwright.Reports.Simulation;

/// <summary>Pictures of a frontier: what comes of each rate on the way to saturation.</summary>
public static class FrontierPictures
{
    private const double Thousand = 1000;

    /// <summary>Adds goodput, latencies, energy and cost over the rate.</summary>
    /// <param name="section">Where to.</param>
    /// <param name="points">The rates, ascending.</param>
    /// <param name="saturation">The rate that saturates, 1/s.</param>
    /// <param name="found">The rate that meets the limits, 1/s; null without one.</param>
    /// <param name="limits">The limits; null without any.</param>
    /// <param name="usdPerMillion">Dollars for a million output tokens; null without a price.</param>
    /// <returns>The section.</returns>
    public static HtmlSection Frontier(
        this HtmlSection section, IReadOnlyList<FrontierPoint> points, double saturation, double? found, ServiceLimits? limits, Func<SimulationReport, double?>? usdPerMillion)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(points);

        // beyond saturation latencies are those of the run's length, and would dwarf all others
        FrontierPoint[] steady = [.. points.Where(static p => p.OverSaturation <= 1)];
        double[] rates = [.. points.Select(static p => p.RequestsPerSecond)];
        ChartMarker[] markers = found is > 0 and var rate ? [new("meets the limits", rate), new("saturates", saturation)] : [new("saturates", saturation)];
        List<ChartLine> served = [new("finished", rates, [.. points.Select(static p => p.Report.RequestsPerSecond)])];
        if (limits is not null)
        {
            served.Add(new ChartLine("within the limits (goodput)", rates, [.. points.Select(static p => p.Report.GoodRequestsPerSecond)], Filled: true));
        }

        section.Picture("Requests served", "Requests finished a second, and those of them within the limits, over the requests a second that come.", Draw("Requests served over the rate", served, "1/s"));
        section.Pictures(
        [
            ("Time to first token", Limit("p50 and p99.", limits?.TimeToFirstTokenSeconds), Draw(
                "Time to first token over the rate", [Line("p50", static r => r.TimeToFirstToken.P50), Line("p99", static r => r.TimeToFirstToken.P99)], "s")),
            ("Time per output token", Limit("p50 and p99.", limits?.TimePerOutputTokenSeconds), Draw(
                "Time per output token over the rate", [Line("p50", static r => r.TimePerOutputToken.P50 * Thousand), Line("p99", static r => r.TimePerOutputToken.P99 * Thousand)], "ms")),
        ]);
        List<(string, string, Func<double, string>)> costs = [];
        if (points.All(static p => double.IsFinite(p.Report.JoulesPerOutputToken)))
        {
            costs.Add(("Energy of an output token", "J, of the chips.", Draw("Energy of an output token over the rate", [Line("energy", static r => r.JoulesPerOutputToken)], "J")));
        }

        if (usdPerMillion is not null)
        {
            costs.Add(("Cost of a million output tokens", "$, all chips paid for all of the time.", Draw(
                "Cost of a million output tokens over the rate", [Line("cost", r => usdPerMillion(r) ?? double.NaN)], "$/Mtok")));
        }

        return costs.Count > 0 ? section.Pictures(costs) : section;

        ChartLine Line(string name, Func<SimulationReport, double> value) => new(name, [.. steady.Select(static p => p.RequestsPerSecond)], [.. steady.Select(p => value(p.Report))]);

        Func<double, string> Draw(string description, IReadOnlyList<ChartLine> lines, string unit) =>
            width => Svg.Lines(description, lines, unit, "requests/s that come", markers, width, inMonths: false);

        static string Limit(string text, double? seconds) => seconds is { } limit && double.IsFinite(limit) ? $"{text} The limit is {Humanize.Value(limit, "s")}." : text;
    }
}
