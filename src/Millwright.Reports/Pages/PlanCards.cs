using Millwright.Planning;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>The headline cards.</summary>
internal static class PlanCards
{
    private const int MostOutside = 3;

    public static void Add(HtmlSection section, PlanView plan, PlanPageOptions options)
    {
        List<Card> cards = [];
        AddSize(cards, plan, options);
        AddFigure(cards, plan, "capex.total", null, More(plan, ("capex.per_gw", "a GW, {0}")), "capex.per_gw");
        AddFigure(cards, plan, "annual_cost.total", null, More(plan, ("opex.per_year", "of which operating cost {0}")), null);
        AddFigure(
            cards,
            plan,
            "break_even.usd_per_gw_year",
            "Break-even",
            More(plan, ("break_even.usd_per_gpu_hour", "{0} sold out"), ("break_even.utilisation", "at {0} of its hours sold")),
            "revenue.per_gw_year");
        AddFigure(cards, plan, "cost.per_gpu_hour", null, [], null);
        AddFigure(cards, plan, "tokens.output_per_second", null, More(plan, ("tokens.output_per_year", "{0}"), ("cost.per_million_output_tokens", "cost {0} of output")), "tokens.output_per_year");
        AddFigure(cards, plan, "margin.token", null, More(plan, ("margin.gross", "gross {0}"), ("margin.operating", "operating {0}")), null);
        AddFigure(cards, plan, "finance.project_irr", null, More(plan, ("finance.equity_irr", "equity {0}"), ("finance.min_dscr", "lowest DSCR {0}"), ("finance.payback", "payback {0}")), null);
        AddFigure(cards, plan, "schedule.first_power", null, More(plan, ("schedule.full_power", "full power {0}")), null);
        AddFigure(cards, plan, "energy.per_year", null, More(plan, ("carbon.per_year", "{0} of CO2"), ("water.per_year", "{0} of water")), null);
        if (plan.Figure("binding") is PlanFigure binding)
        {
            cards.Add(new Card(FigureTitles.Of("binding"), binding.Reason ?? Humanize.Value(binding)) { Evidence = binding.Evidence, Link = "#f-binding" });
        }

        if (cards.Count == 0)
        {
            section.Paragraph("The plan holds none of the headline figures.");
        }

        section.Cards(cards);
        if (plan.Figure("finance.status") is PlanFigure status && (status.Reason ?? "").Contains("default", StringComparison.OrdinalIgnoreCase))
        {
            section.Callout(Tone.Bad, "The debt is not repaid.", status.Reason!);
        }

        string[] failed = [.. plan.Plan.Checks.Where(check => !check.Ok).Select(check => check.Name)];
        if (failed.Length > 0)
        {
            section.Callout(Tone.Bad, "A check does not hold:", string.Join("; ", failed));
        }

        if (options.NextSteps.Count > 0)
        {
            section.Heading("What to run next").Points(options.NextSteps);
        }
    }

    private static void AddSize(List<Card> cards, PlanView plan, PlanPageOptions options)
    {
        if (plan.Figure("racks.count") is not PlanFigure racks)
        {
            return;
        }

        var more = new List<string> { PlanHeadlines.System(plan, options) };
        if (plan.NumberText("chips.count") is string chips)
        {
            more.Add(plan.NumberText("chips.dies") is string dies ? $"{chips} GPUs, {dies} dies" : $"{chips} GPUs");
        }

        if (plan.NumberText("site.power_it") is string it)
        {
            more.Add($"{it} of IT power");
        }

        cards.Add(new Card("Racks", Humanize.Value(racks)) { Evidence = racks.Evidence, Range = RangeText(racks), More = more, Outside = Outside(plan, "chips.count", "racks.count"), Link = "#f-racks.count" });
    }

    private static void AddFigure(List<Card> cards, PlanView plan, string name, string? title, IReadOnlyList<string> more, string? alsoAnchored)
    {
        if (plan.Figure(name) is PlanFigure figure)
        {
            cards.Add(new Card(title ?? FigureTitles.Of(name), Humanize.Value(figure))
            {
                Evidence = figure.Evidence,
                Range = RangeText(figure),
                More = more,
                Outside = Outside(plan, name, alsoAnchored),
                Link = "#f-" + name,
            });
        }
    }

    private static List<string> More(PlanView plan, params (string Name, string Words)[] lines)
    {
        var more = new List<string>();
        foreach ((string name, string words) in lines)
        {
            if (plan.NumberText(name) is string text)
            {
                more.Add(words.Replace("{0}", text, StringComparison.Ordinal));
            }
        }

        return more;
    }

    private static List<CardOutside> Outside(PlanView plan, string name, string? also)
    {
        var outside = new List<CardOutside>();
        foreach (string figure in new[] { name, also }.OfType<string>())
        {
            string unit = plan.Figure(figure) is PlanFigure own ? Humanize.UnitOf(figure, own.Unit) : "1";
            foreach (MarketAnchor anchor in plan.Anchors(figure))
            {
                string label = anchor.Date.Length > 0 ? $"{anchor.Label}, {anchor.Date}" : anchor.Label;
                outside.Add(new CardOutside(label, Humanize.Value(anchor.Value, unit), anchor.OutsideMarket));
            }
        }

        return [.. outside.Distinct().Take(MostOutside)];
    }

    private static string? RangeText(PlanFigure figure) => Humanize.Range(figure) is string range ? "p10\u2013p90: " + range : null;
}
