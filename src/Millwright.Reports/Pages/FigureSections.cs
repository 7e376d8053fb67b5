using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>Checks, and every figure with where it comes from.</summary>
internal static class FigureSections
{
    // A row stays readable; "millwright explain" lists all.
    private const int MostInputs = 5;

    private static readonly string[] Explained =
        ["capex.per_gw", "annual_cost.total", "break_even.usd_per_gw_year", "cost.per_million_output_tokens", "tokens.output_per_second", "finance.project_irr"];

    public static void Checks(HtmlSection section, PlanView plan)
    {
        IReadOnlyList<PlanCheck> checks = plan.Plan.Checks;
        if (checks.Count == 0)
        {
            section.Note("The plan made no checks on itself.");
            return;
        }

        int failed = checks.Count(check => !check.Ok);
        section.Callout(failed == 0 ? Tone.Good : Tone.Bad, failed == 0 ? $"All {checks.Count} checks hold." : $"{failed} of {checks.Count} checks do not hold.", "");
        section.Table(new HtmlTable(
            "What the plan checked on itself",
            [new("Check"), new("Result"), new("Figures compared")],
            [.. checks.Select(check => new HtmlRow([
                check.Name, new HtmlCell("") { Flag = check.Ok ? "holds" : "does not hold", FlagTone = check.Ok ? Tone.Good : Tone.Bad }, check.Detail]))]));
    }

    public static void Figures(HtmlSection section, PlanView plan)
    {
        IReadOnlyList<ExplainTree> trees = ExplainTree.Of(plan.Plan, Explained);
        if (trees.Count > 0)
        {
            section.Heading("How the headline figures come about").Note("Each figure is opened once, in the first tree that needs it; its name leads to its row in the table below, with its formula and inputs.");
            foreach (ExplainTree tree in trees)
            {
                section.Collapsible($"{FigureTitles.Of(tree.Name)}: {tree.Value}", inner => inner.Tree(tree, linked: true));
            }
        }

        if (plan.Plan.Figures.Count == 0)
        {
            section.Note("The plan holds no figures.");
            return;
        }

        var nodes = new Dictionary<string, FigureNode>(StringComparer.Ordinal);
        foreach (FigureNode node in plan.Plan.Nodes)
        {
            nodes[node.Name] = node;
        }

        var rows = plan.Plan.Figures.Select(figure => Row(plan.Plan, figure, nodes.GetValueOrDefault(figure.Name))).ToList();
        section.Table(new HtmlTable(
            $"All {rows.Count} figures",
            [new("Figure"), new("Value", true), new("p10", true), new("p90", true), new("Unit in JSON"), new("Evidence"), new("Formula, inputs or source")],
            rows)
        {
            Filterable = true,
        });
    }

    private static HtmlRow Row(Plan plan, PlanFigure figure, FigureNode? node)
    {
        string unit = Humanize.UnitOf(figure.Name, figure.Unit);
        string basis = figure.Basis switch
        {
            PowerBasis.It => " (IT)",
            PowerBasis.Facility => " (facility)",
            PowerBasis.Utility => " (utility)",
            _ => "",
        };
        int dot = figure.Name.IndexOf('.', StringComparison.Ordinal);
        return new HtmlRow([
            new HtmlCell(figure.Name) { Code = true, Note = FigureTitles.Knows(figure.Name) ? FigureTitles.Of(figure.Name) : null },
            figure.Value is double value && double.IsFinite(value) ? Humanize.Value(value, unit) : "none",
            figure.Low is double low && figure.Low != figure.High ? Humanize.Value(low, unit) : "",
            figure.High is double high && figure.Low != figure.High ? Humanize.Value(high, unit) : "",
            figure.Unit + basis,
            new HtmlCell("") { Evidence = figure.Evidence },
            Origin(plan, figure, node)])
        {
            Id = "f-" + figure.Name,
            Group = dot < 0 ? figure.Name : figure.Name[..dot],
        };
    }

    private static HtmlCell Origin(Plan plan, PlanFigure figure, FigureNode? node)
    {
        string? reason = figure.Reason;
        if (node is null)
        {
            return new HtmlCell(reason ?? "");
        }

        if (node.Input is UncertainValue input)
        {
            string date = input.Date.Length > 0 ? ", " + input.Date : "";
            string row = input.CatalogId is null ? "" : $"{input.CatalogId}: ";
            string source = Markup.IsAddress(input.Source) ? new Uri(input.Source).Host : input.Source;
            return new HtmlCell(row + source + date) { Link = input.Source, Note = reason };
        }

        string[] names = [.. node.Inputs.Where(i => i >= 0 && i < plan.Nodes.Count).Select(i => plan.Nodes[i].Name).Distinct(StringComparer.Ordinal)];
        string inputs = string.Join(", ", names.Take(MostInputs)) + (names.Length > MostInputs ? $" and {names.Length - MostInputs} more" : "");
        string note = string.Join("; ", new[] { inputs.Length > 0 ? "from " + inputs : null, reason }.OfType<string>());
        return new HtmlCell(node.Formula.Length > 0 ? node.Formula : note) { Note = node.Formula.Length > 0 ? note : null };
    }
}
