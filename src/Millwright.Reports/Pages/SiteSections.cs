using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>Power and schedule.</summary>
internal static class SiteSections
{
    public static void Power(HtmlSection section, PlanView plan)
    {
        List<SankeyFlow> watts = PlanFlows.Power(plan, out string caption);
        if (watts.Count > 0)
        {
            section.Picture(
                "Where the watts go",
                caption,
                width => Svg.Sankey("Sankey diagram of power: " + CostSections.Said(watts, "W") + ".", watts, "W", width));
        }
        else
        {
            section.Note(caption);
        }

        Listed(section, plan, ["site.power_utility", "site.power_facility", "site.power_it", "pue", "energy.per_year", "carbon.per_year", "water.per_year", "network.switches", "network.transceivers"]);
    }

    public static void Schedule(HtmlSection section, PlanView plan)
    {
        List<RangeRow> rows = [];
        foreach (string name in (string[])["schedule.first_power", "schedule.full_power"])
        {
            if (plan.Months(name) is double months)
            {
                PlanFigure figure = plan.Figure(name)!;
                rows.Add(new RangeRow(FigureTitles.Of(name), months, Months(figure.Low), Months(figure.High), "", Outside: false));
                double? Months(double? value) => value is double number ? PlanView.InMonths(number, figure.Unit) : null;
            }
        }

        var pictures = new List<(string, string, Func<double, string>)>();
        if (rows.Count > 0)
        {
            section.Picture("When power comes", "Months from ground-break: p10, as planned, and p90.", width => Svg.Ranges("Ranges of the months to first and to full power.", rows, "months", width));
        }

        if (plan.Series("ramp.energised_share") is PlanSeries ramp)
        {
            pictures.Add((
                "How the site ramps",
                "Share of the site that stands and is under power.",
                width => Svg.Lines("Line of the share of the site under power by month.", [new ChartLine("Under power", ramp.X, ramp.Y, Filled: true)], "share", ramp.XName, Milestones(plan), width)));
        }

        if (plan.Series("capex.draws") is PlanSeries draws)
        {
            pictures.Add((
                "How the capital is drawn",
                "By month of construction.",
                width => Svg.Lines("Line of capital drawn by month.", [new ChartLine("Drawn", draws.X, draws.Y, Filled: true)], draws.Unit, draws.XName, Milestones(plan), width)));
        }

        section.Pictures(pictures);
        if (pictures.Count == 0 && rows.Count == 0)
        {
            section.Note("The plan has no schedule.");
        }
    }

    public static List<ChartMarker> Milestones(PlanView plan)
    {
        var markers = new List<ChartMarker>();
        foreach (string name in (string[])["schedule.first_power", "schedule.full_power"])
        {
            if (plan.Months(name) is double months)
            {
                markers.Add(new ChartMarker(FigureTitles.Of(name).ToLowerInvariant(), months));
            }
        }

        return markers;
    }

    public static void Listed(HtmlSection section, PlanView plan, string[] names)
    {
        List<(string, HtmlCell)> entries = [];
        foreach (string name in names)
        {
            if (plan.Figure(name) is PlanFigure figure)
            {
                string range = Humanize.Range(figure) is string text ? $" (p10 to p90: {text})" : "";
                entries.Add((FigureTitles.Of(name), new HtmlCell(Humanize.Value(figure) + range) { Evidence = figure.Evidence, Link = "#f-" + name }));
            }
        }

        if (entries.Count > 0)
        {
            section.Definitions(entries);
        }
    }
}
