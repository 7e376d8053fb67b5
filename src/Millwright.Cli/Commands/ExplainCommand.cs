using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Reports;
using Millwright.Reports.Html;
using Millwright.Scenarios;
using Millwright.Studies;

namespace Millwright.Cli.Commands;

/// <summary>Shows where a figure comes from: formula, inputs, source and date of each, down to the catalog and the scenario.</summary>
internal static class ExplainCommand
{
    public static Command Create(Session session)
    {
        Argument<string> scenario = CommonOptions.Scenario();
        Argument<string> figure = new("figure") { Description = "Name of the figure, such as capex.per_gw." };
        Option<string[]> set = CommonOptions.Set();
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("explain", "Show where a figure comes from: its formula, its inputs, and the source and date of each.") { scenario, figure, set, catalog, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            string path = parsed.GetValue(scenario)!;
            Plan plan = PlanStudy.Make(Session.Prepare(path, parsed.GetValue(set), data), CommandLine.Tool);
            string name = parsed.GetValue(figure)!;
            ExplainTree tree = ExplainTree.Of(plan, name) ?? throw Unknown(plan, name);
            List<IReadOnlyList<DocumentCell>> rows = [];
            Collect(tree, 0, rows);
            TableDocument document = new(
                "explain",
                $"Where {name} comes from",
                [$"{name} of {plan.Scenario.Name}: {tree.Value}{(tree.Range is null ? "" : $" ({tree.Range})")}"],
                [
                    new DocumentTable(
                        "tree",
                        "",
                        [
                            new("figure", "figure"), new("value", "value"), new("range", "p10 to p90"), new("formula", "formula, or what stands behind it"), new("source", "source"), new("date", "date"),
                        ],
                        rows),
                ],
                [$"{plan.Tool}, catalog {plan.CatalogHash}, seed {plan.Scenario.Seed}"]);
            foreach (string line in document.Summary)
            {
                session.Output.WriteLine(line);
            }

            Print(session.Output, tree, "", "");
            jsonFile?.Write(DocumentJson.Write(document));
            htmlFile?.Write(new HtmlPage(document.Title).Kicker("Millwright · explain").Lead(document.Summary[0])
                .Section("tree", "From the figure down to its sources", section => section.Tree(tree)).Foot(document.Notes[0]).Write());
            return 0;
        });
        return command;
    }

    private static InputException Unknown(Plan plan, string name)
    {
        string[] names = [.. plan.Figures.Select(static f => f.Name)];
        string? nearest = Spelling.Nearest(name, names);
        return new InputException(
            "", 0, 0, $"The plan has no figure called \"{name}\"." + (nearest is null ? " Run plan --json FILE for the list." : $" Did you mean {nearest}?"));
    }

    private static void Print(TextWriter output, ExplainTree tree, string lead, string below)
    {
        string range = tree.Range is null ? "" : $"  ({tree.Range})";
        string what = tree.Evidence is { } evidence
            ? $"  [{evidence.ToString().ToLowerInvariant()}] {tree.Source}{(string.IsNullOrEmpty(tree.Date) ? "" : ", " + tree.Date)}"
            : tree.Formula.Length > 0 ? $"  = {tree.Formula}{(tree.ShownAbove ? "  (shown above)" : "")}" : "";
        output.WriteLine($"{lead}{tree.Name}: {tree.Value}{range}{what}");
        for (int i = 0; i < tree.Children.Count; i++)
        {
            bool last = i == tree.Children.Count - 1;
            Print(output, tree.Children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
        }
    }

    private static void Collect(ExplainTree tree, int depth, List<IReadOnlyList<DocumentCell>> rows)
    {
        string behind = tree.Evidence is { } evidence ? evidence.ToString().ToLowerInvariant() : tree.Formula + (tree.ShownAbove ? " (shown above)" : "");
        rows.Add([new string(' ', 2 * depth) + tree.Name, tree.Value, tree.Range ?? "", behind, tree.Source ?? "", tree.Date ?? ""]);
        foreach (ExplainTree child in tree.Children)
        {
            Collect(child, depth + 1, rows);
        }
    }
}
