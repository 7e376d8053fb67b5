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
