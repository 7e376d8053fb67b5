using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>What it costs to build and to run.</summary>
internal static class CostSections
{
    private static readonly string[] CapexParts = ["capex.chips", "capex.servers", "capex.network", "capex.storage", "capex.building"];

    public static void Cost(HtmlSection section, PlanView plan)
    {
        List<ChartPart> capex = Capex(plan);
        if (capex.Count > 0)
        {
            string total = plan.NumberText("capex.total") is string text ? $" of {text}" : "";
            section.Picture(
                "What it costs to build",
                "Overnight, by part: without interest and fees during construction.",
                width => Svg.StackedBars($"Bar of the capital cost{total} by part: {Said(capex)}.", [new ChartBar("", capex)], "USD", width));
        }
        else
        {
            section.Note("The plan has no capital cost by part.");
        }

        AddYearly(section, plan);
        List<SankeyFlow> dollars = PlanFlows.Dollars(plan, out string caption);
        if (dollars.Count > 0)
        {
            section.Picture(
                "Where a year's dollars go",
                caption,
                width => Svg.Sankey("Sankey diagram of a year's dollars: " + Said(dollars, "USD/yr") + ".", dollars, "USD/yr", width));
        }
        else
        {
            section.Note("The plan has no revenue and cost by part from which to draw a year's dollars.");
        }

        AddByYear(section, plan);
    }

    /// <summary>Capital cost by part: from the amounts, or from the shares where only those are known.</summary>
    public static List<ChartPart> Capex(PlanView plan)
    {
        var parts = new List<ChartPart>();
        foreach (string name in CapexParts)
        {
            double? value = plan.Value(name) ?? (plan.Value("capex.share." + name["capex.".Length..]) is double share && plan.Value("capex.total") is double total ? share * total : null);
            if (value is > 0)
            {
                parts.Add(new ChartPart(FigureTitles.Of(name), value.Value));
            }
        }

        if (parts.Count > 0 && plan.Value("capex.total") is double all && all - parts.Sum(part => part.Value) > all * 1e-6)
        {
            parts.Add(new ChartPart("Other", all - parts.Sum(part => part.Value)));
        }

        return parts;
    }

    public static string Said(IEnumerable<ChartPart> parts) => string.Join(", ", parts.Select(part => $"{part.Label} {Humanize.Value(part.Value, "USD")}"));

    public static string Said(IEnumerable<SankeyFlow> flows, string unit) =>
        string.Join(", ", flows.Where(flow => flow.Value > 0).Select(flow => $"{flow.From} to {flow.To} {Humanize.Value(flow.Value, unit)}"));

    private static void AddYearly(HtmlSection section, PlanView plan)
    {
        var steps = new List<WaterfallStep>();
        foreach (string name in (string[])["annual_cost.capital_it", "annual_cost.capital_building"])
        {
            if (plan.Value(name) is double value)
            {
                steps.Add(new WaterfallStep(FigureTitles.Of(name), value));
            }
        }

        steps.AddRange(PlanFlows.Opex(plan).Select(part => new WaterfallStep(part.Label, part.Value)));
        if (steps.Count == 0)
        {
            section.Note("The plan has no yearly cost by part.");
            return;
        }

        double need = steps.Sum(step => step.Value);
        steps.Add(new WaterfallStep("Yearly need", 0, IsTotal: true));
        string against = "";
        if (plan.Value("revenue.per_year") is double revenue)
        {
            string gap = Humanize.Value(Math.Abs(revenue - need), "USD/yr");
            against = $" Revenue is {Humanize.Value(revenue, "USD/yr")}, {gap} {(revenue < need ? "short of it" : "above it")}.";
            if (revenue < need)
            {
                steps.Add(new WaterfallStep("Revenue", -revenue));
                steps.Add(new WaterfallStep("Not earned", 0, IsTotal: true));
            }
        }

        section.Picture(
            "What it needs a year",
            "Recovery of capital at the cost of capital over the lives, plus operating cost; real dollars." + against,
            width => Svg.Waterfall("Waterfall of the yearly need by part.", steps, "USD/yr", width));
    }

    private static void AddByYear(HtmlSection section, PlanView plan)
    {
        (string Label, string Name)[] series = [("Operating cost", "finance.opex"), ("Debt service", "finance.debt_service"), ("Distributions to equity", "finance.distributions")];
        PlanSeries[] known = [.. series.Select(entry => plan.Series(entry.Name)).OfType<PlanSeries>()];
        if (known.Length == 0)
        {
            return;
        }

        int years = (int)Math.Ceiling((known.Max(s => s.X.Where(double.IsFinite).DefaultIfEmpty(0).Max()) + 1) / 12);
        if (years is < 1 or > 60)
        {
            return;
        }

        string[] columns = [.. Enumerable.Range(1, years).Select(year => Humanize.Value(year, "1"))];
        List<ChartLayer> layers = [.. series.Where(entry => plan.Series(entry.Name) is not null).Select(entry => new ChartLayer(entry.Label, ByYear(plan.Series(entry.Name)!, years)))];
        section.Picture(
            "Cash paid, by year",
            "From the start of construction, nominal dollars.",
            width => Svg.StackedColumns("Columns of operating cost, debt service and distributions by year.", columns, layers, "USD/yr", width, "year from the start of construction"));
    }

    private static double[] ByYear(PlanSeries series, int years)
    {
        double[] sums = new double[years];
        for (int i = 0; i < Math.Min(series.X.Count, series.Y.Count); i++)
        {
            int year = (int)(series.X[i] / 12);
            if (year >= 0 && year < years && double.IsFinite(series.Y[i]))
            {
                sums[year] += Math.Abs(series.Y[i]);
            }
        }

        return sums;
    }
}
