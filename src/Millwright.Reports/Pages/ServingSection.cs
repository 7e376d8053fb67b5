using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>What each workload gets, makes, costs and brings.</summary>
internal static class ServingSection
{
    private const string PerMillion = "USD/Mtok";

    public static void Add(HtmlSection section, PlanView plan)
    {
        IReadOnlyList<PlanWorkload> workloads = plan.Plan.Workloads;
        if (workloads.Count == 0)
        {
            section.Note("The scenario names no workloads, so nothing is served.");
            return;
        }

        section.Table(new HtmlTable(
            "What each workload gets and makes",
            [new("Workload"), new("Model"), new("Share of chips", true), new("Output tokens/s", true), new("TTFT", true), new("TPOT", true), new("Bound by")],
            [.. workloads.Select(w => new HtmlRow([
                w.Name, new HtmlCell(w.Model) { Code = true }, Humanize.Value(w.ChipShare, "share"), Humanize.Value(w.OutputTokensPerSecond, "1"),
                Humanize.Value(w.TimeToFirstTokenSeconds, "s"), Humanize.Value(w.TimePerOutputTokenSeconds, "s"), w.BoundBy]))]));
        section.Table(new HtmlTable(
            "Cost against price, $ per million tokens",
            [new("Workload"), new("Uncached input: cost", true), new("price", true), new("Cached input: cost", true), new("price", true), new("Output: cost", true), new("price", true)],
            [.. workloads.Select(w => new HtmlRow([
                w.Name,
                Money(w.CostPerMillionUncachedInput), Price(w.CostPerMillionUncachedInput, w.PricePerMillionUncachedInput),
                Money(w.CostPerMillionCachedInput), Price(w.CostPerMillionCachedInput, w.PricePerMillionCachedInput),
                Money(w.CostPerMillionOutput), Price(w.CostPerMillionOutput, w.PricePerMillionOutput)]))]));
        Confirmations(section, plan.Plan.Confirmations);
        PlanWorkload[] served = [.. workloads.Where(w => double.IsFinite(w.ChipShare) && w.ChipShare > 0)];
        if (served.Length > 0)
        {
            section.Picture(
                "Who gets the chips",
                "Share of the chips at full power.",
                width => Svg.StackedBars("Bar of the share of chips by workload.", [new ChartBar("", Parts(served))], "share", width));
        }

        SiteSections.Listed(section, plan, ["tokens.output_per_second", "tokens.input_per_second", "tokens.output_per_year", "margin.token", "margin.gross", "margin.operating"]);
    }

    private static void Confirmations(HtmlSection section, IReadOnlyList<WorkloadConfirmation> confirmations)
    {
        if (confirmations.Count == 0)
        {
            return;
        }

        section.Table(new HtmlTable(
            "Simulated in the peak hour: one replica, requests that come at random",
            [
                new("Workload"), new("Requests/s", true), new("TTFT, mean", true), new("p50", true), new("p99", true), new("TPOT, mean", true), new("p50", true), new("p99", true),
                new("Within both limits", true), new("Rate that holds", true), new("Verdict"),
            ],
            [.. confirmations.Select(c => new HtmlRow([
                c.Workload,
                Simulated(c.RequestsPerSecond, "1"),
                Simulated(c.TimeToFirstToken.Mean, "s"), Simulated(c.TimeToFirstToken.P50, "s"), Simulated(c.TimeToFirstToken.P99, "s"),
                Simulated(c.TimePerOutputToken.Mean, "s"), Simulated(c.TimePerOutputToken.P50, "s"), Simulated(c.TimePerOutputToken.P99, "s"),
                Simulated(c.WithinLimits, "share"),
                Simulated(c.HoldingShare, "share"),
                new HtmlCell(c.Verdict) { Note = c.Deployment.Length == 0 ? null : c.Deployment },
            ]))]));
        section.Note("The mean latencies are what the plan promises; the queue of requests that come at random is its price. No figure of the plan depends on the simulation.");
    }

    private static HtmlCell Simulated(double value, string unit) => double.IsFinite(value) ? Humanize.Value(value, unit) : "n/a";

    private static List<ChartPart> Parts(PlanWorkload[] served)
    {
        List<ChartPart> parts = [.. served.Select(w => new ChartPart(w.Name, w.ChipShare))];
        double idle = 1 - parts.Sum(part => part.Value);
        if (idle > 1e-6)
        {
            parts.Add(new ChartPart("Idle", idle));
        }

        return parts;
    }

    private static HtmlCell Money(double value) => double.IsFinite(value) ? Humanize.Scale(PerMillion, value).Number(value) : "n/a";

    private static HtmlCell Price(double cost, double price) => Money(price) with
    {
        Flag = double.IsFinite(cost) && double.IsFinite(price) && price < cost ? "below cost" : null,
        FlagTone = Tone.Bad,
    };
}
