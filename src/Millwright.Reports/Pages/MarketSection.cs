using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>Our figures beside those of others.</summary>
internal static class MarketSection
{
    public static void Add(HtmlSection section, PlanView plan)
    {
        IGrouping<string, MarketAnchor>[] groups = [.. plan.Plan.Anchors.Where(a => double.IsFinite(a.Value)).GroupBy(a => a.Figure)];
        if (groups.Length == 0)
        {
            section.Note("The catalog holds no outside figure to set beside this plan.");
            return;
        }

        section.Paragraph("Each figure of this plan beside dated figures of others. More than twice, or less than half, is marked OUTSIDE MARKET.");
        int outside = plan.Plan.Anchors.Count(a => a.OutsideMarket);
        section.Callout(
            outside == 0 ? Tone.Good : Tone.Bad,
            outside == 0 ? "All within a factor of two of the market." : $"OUTSIDE MARKET: {outside} of {plan.Plan.Anchors.Count} comparisons.",
            "");
        section.Pictures([.. groups.Where(group => plan.Value(group.Key) is not null).Select(group => Picture(plan, group))]);
        section.Table(new HtmlTable(
            "Outside figures and their sources",
            [new("Figure"), new("Ours", true), new("Whose"), new("Theirs", true), new("Ours over theirs", true), new("Date"), new("Source")],
            [.. plan.Plan.Anchors.Select(anchor => Row(plan, anchor))]));
    }

    private static (string, string, Func<double, string>) Picture(PlanView plan, IGrouping<string, MarketAnchor> group)
    {
        PlanFigure figure = plan.Figure(group.Key)!;
        List<RangeRow> rows = [new("This plan", figure.Value!.Value, figure.Low, figure.High, "", Outside: false)];
        rows.AddRange(group.Select(anchor => new RangeRow(anchor.Label, anchor.Value, null, null, anchor.Date, Outside: true)));
        string title = FigureTitles.Of(group.Key);
        return (title, "", width => Svg.Ranges($"{title}: this plan beside {rows.Count - 1} outside figures.", rows, Humanize.UnitOf(figure.Name, figure.Unit), width));
    }

    private static HtmlRow Row(PlanView plan, MarketAnchor anchor)
    {
        string unit = plan.Figure(anchor.Figure) is PlanFigure figure ? Humanize.UnitOf(anchor.Figure, figure.Unit) : "1";
        double? ratio = plan.Value(anchor.Figure) is double own && anchor.Value != 0 ? own / anchor.Value : null;
        return new HtmlRow([
            new HtmlCell(FigureTitles.Of(anchor.Figure)) { Link = "#f-" + anchor.Figure },
            plan.NumberText(anchor.Figure) ?? "no value",
            anchor.Label,
            Humanize.Value(anchor.Value, unit),
            new HtmlCell(ratio is double x ? Humanize.Value(x, "1") : "") { Flag = anchor.OutsideMarket ? "OUTSIDE MARKET" : null, FlagTone = Tone.Bad },
            anchor.Date,
            new HtmlCell(Markup.IsAddress(anchor.Source) ? new Uri(anchor.Source).Host : anchor.Source) { Link = anchor.Source, Note = anchor.CatalogId },
        ]);
    }
}
