using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>Who pays, and what they get.</summary>
internal static class MoneySections
{
    public static void Money(HtmlSection section, PlanView plan)
    {
        SourcesAndUses(section, plan);
        List<ChartMarker> milestones = SiteSections.Milestones(plan);
        var pictures = new List<(string, string, Func<double, string>)>();
        List<ChartLine> flows = Lines(plan, ("Project", "finance.cash_flow_project"), ("Equity", "finance.cash_flow_equity"));
        if (flows.Count > 0)
        {
            List<ChartLine> running = [.. flows.Select(line => line with { Y = Running(line.Y) })];
            pictures.Add((
                "Cash position",
                "Cash flows summed from the start, nominal: where a line crosses zero, the money is back.",
                width => Svg.Lines("Lines of the summed cash flow of the project and of equity by month.", running, "USD", "month", milestones, width)));
        }
        else
        {
            section.Note("The plan has no cash flows by month.");
        }

        List<ChartLine> operation = Lines(plan, ("Revenue", "finance.revenue"), ("Operating cost", "finance.opex"), ("Debt service", "finance.debt_service"), ("Distributions", "finance.distributions"));
        if (operation.Count > 0)
        {
            // Debt is served by the quarter, so months would show spikes that mean nothing.
            List<ChartLine> quarters = [.. operation.Select(ByQuarter)];
            pictures.Add(("Cash by quarter", "What comes in and who gets it, nominal.", width => Svg.Lines("Lines of revenue, operating cost, debt service and distributions by quarter.", quarters, "USD", "month", milestones, width)));
        }

        List<ChartLine> debt = Lines(plan, ("Debt", "finance.debt_balance"));
        if (debt.Count > 0)
        {
            pictures.Add(("Debt outstanding", "At the end of each month.", width => Svg.Lines("Line of the debt balance by month.", [debt[0] with { Filled = true }], "USD", "month", milestones, width)));
        }

        if (plan.Series("finance.dscr") is PlanSeries tested)
        {
            ChartLine ratio = new("DSCR", tested.X, tested.Y);
            pictures.Add((
                "Debt service cover (DSCR)",
                "Cash after tax over debt service of the last twelve months, at each quarterly test.",
                width => Svg.Lines("Line of the debt service cover ratio by quarterly test.", [ratio], "1", "month", [], width)));
        }

        section.Pictures(pictures);
        SiteSections.Listed(section, plan, ["finance.min_dscr", "finance.status", "finance.moic", "finance.payback"]);
    }

    public static void Returns(HtmlSection section, PlanView plan, PlanPageOptions options)
    {
        if (options.Returns.Count > 0)
        {
            section.Table(new HtmlTable(
                "Returns at several contract prices and terms",
                [new("Contract"), new("Term", true), new("IRR of the project", true), new("IRR of equity", true), new("Lowest DSCR", true), new("Debt")],
                [.. options.Returns.Select(c => new HtmlRow([
                    new HtmlCell(Humanize.Value(c.ContractUsdPerWattYear, "USD/(W yr)")) { Flag = c.IsPlanned ? "planned" : null },
                    Humanize.Value(c.TermYears, "years"), Share(c.ProjectIrr), Share(c.EquityIrr), c.MinDscr is double dscr ? Humanize.Value(dscr, "1") : "none",
                    c.Status]) { Strong = c.IsPlanned })]));
        }

        SiteSections.Listed(section, plan, ["finance.project_irr", "finance.equity_irr"]);
        List<Swing> swings = [.. plan.Plan.Swings.Take(12)];
        if (swings.Count > 0 && plan.Value("finance.project_irr") is double planned)
        {
            section.Picture(
                "What moves the return most",
                "IRR of the project with one input at its p10 and at its p90, all others as planned. Where an input has no range of its own, plus and minus 10 % is used.",
                width => Svg.Tornado(
                    "Tornado of the inputs that move the return of the project: " + string.Join(", ", swings.Take(3).Select(swing => FigureTitles.Of(swing.Input))) + " first.",
                    planned,
                    [.. swings.Select(swing => new TornadoBar(FigureTitles.Of(swing.Input), swing.Low, swing.High, swing.AssumedRange ? "\u00b110 %" : ""))],
                    "share",
                    width));
        }
        else
        {
            section.Note(swings.Count > 0 ? "The project has no internal rate of return, so nothing can be said about what moves it." : "The plan has no study of what moves the return.");
        }
    }

    private static void SourcesAndUses(HtmlSection section, PlanView plan)
    {
        List<ChartPart> sources = Parts(plan, "finance.debt", "finance.supplier_equity", "finance.equity");
        List<ChartPart> uses = [.. CostSections.Capex(plan), .. Parts(plan, "finance.idc", "finance.fees")];
        if (plan.Value("finance.uses_total") is double total)
        {
            Fill(sources, total, "Other sources");
            Fill(uses, total, "Other uses");
        }

        var pictures = new List<(string, string, Func<double, string>)>();
        if (sources.Count > 0)
        {
            pictures.Add(("Sources of funds", "Who pays, until full power.", width => Svg.StackedBars($"Sources of funds: {CostSections.Said(sources)}.", [new ChartBar("", sources)], "USD", width)));
        }

        if (uses.Count > 0)
        {
            pictures.Add(("Uses of funds", "Interest and fees included, nominal dollars.", width => Svg.StackedBars($"Uses of funds: {CostSections.Said(uses)}.", [new ChartBar("", uses)], "USD", width)));
        }

        section.Pictures(pictures);
        if (pictures.Count == 0)
        {
            section.Note("The plan has no sources and uses of funds.");
        }
    }

    private static HtmlCell Share(double? value) => value is double number ? Humanize.Value(number, "share") : "none";

    private static List<ChartPart> Parts(PlanView plan, params string[] names) =>
        [.. names.Where(name => plan.Value(name) is > 0).Select(name => new ChartPart(FigureTitles.Of(name), plan.Value(name)!.Value))];

    private static void Fill(List<ChartPart> parts, double total, string label)
    {
        double rest = total - parts.Sum(part => part.Value);
        if (parts.Count > 0 && rest > total * 1e-6)
        {
            parts.Add(new ChartPart(label, rest));
        }
    }

    private static List<ChartLine> Lines(PlanView plan, params (string Label, string Name)[] series) =>
        [.. series.Where(entry => plan.Series(entry.Name) is not null).Select(entry => new ChartLine(entry.Label, plan.Series(entry.Name)!.X, plan.Series(entry.Name)!.Y))];

    private static ChartLine ByQuarter(ChartLine line)
    {
        int months = Math.Min(line.X.Count, line.Y.Count);
        int quarters = (months + 2) / 3;
        double[] x = new double[quarters];
        double[] y = new double[quarters];
        for (int month = 0; month < months; month++)
        {
            x[month / 3] = line.X[month];
            y[month / 3] += double.IsFinite(line.Y[month]) ? line.Y[month] : 0;
        }

        return line with { X = x, Y = y };
    }

    private static double[] Running(IReadOnlyList<double> values)
    {
        double[] sums = new double[values.Count];
        double sum = 0;
        for (int i = 0; i < values.Count; i++)
        {
            sum += double.IsFinite(values[i]) ? values[i] : 0;
            sums[i] = sum;
        }

        return sums;
    }
}
