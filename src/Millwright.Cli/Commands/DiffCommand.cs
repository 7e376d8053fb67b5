using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Planning;
using Millwright.Reports;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Compares two scenarios: which input differs, and which figures it alone moves.</summary>
internal static class DiffCommand
{
    private static readonly string[] Watched =
    [
        "capex.per_gw", "chips.count", "annual_cost.total", "break_even.usd_per_gpu_hour", "tokens.output_per_second", "cost.per_million_output_tokens",
        "revenue.per_year", "finance.debt", "finance.project_irr", "finance.equity_irr", "schedule.first_power",
    ];

    public static Command Create(Session session)
    {
        Argument<string> first = CommonOptions.Scenario("a");
        Argument<string> second = CommonOptions.Scenario("b");
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("diff", "Compare two scenarios: which input differs, and which figures it moves.") { first, second, catalog, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            ScenarioInput a = Session.ReadScenario(parsed.GetValue(first)!, null, data);
            ScenarioInput b = Session.ReadScenario(parsed.GetValue(second)!, null, data);
            session.Show(Compare(a, b, data), jsonFile, htmlFile);
            return 0;
        });
        return command;
    }

    private static TableDocument Compare(ScenarioInput a, ScenarioInput b, CatalogData catalog)
    {
        FigureBook bookA = Run(a, catalog);
        FigureBook bookB = Run(b, catalog);
        List<IReadOnlyList<DocumentCell>> inputs = [];
        foreach (InputDifference difference in ScenarioDiff.Compare(a, b))
        {
            inputs.Add([difference.Key, difference.A ?? "not stated", difference.B ?? "not stated", Moves(a, difference, bookA, catalog)]);
        }

        List<IReadOnlyList<DocumentCell>> figures = [];
        foreach (string name in Watched)
        {
            if (bookA.Find(name) is { } before && bookB.Find(name) is { } after && before.Value != after.Value)
            {
                figures.Add([name, Number(before), Number(after), Change(before.Value, after.Value, before.Unit)]);
            }
        }

        return new TableDocument(
            "diff",
            $"{a.Name} against {b.Name}",
            inputs.Count == 0 ? ["The two scenarios ask the same: no input differs."] : [$"{inputs.Count} inputs differ. Each line says what that input alone moves in the first scenario."],
            [
                new DocumentTable("inputs", "Inputs that differ", [new("key", "input"), new("a", a.Name), new("b", b.Name), new("moves", "moves alone")], inputs),
                new DocumentTable("figures", "All of them together", [new("figure", "figure"), new("a", a.Name, true), new("b", b.Name, true), new("change", "change")], figures),
            ],
            []);
    }

    private static string Moves(ScenarioInput a, InputDifference difference, FigureBook before, CatalogData catalog)
    {
        FigureBook after;
        try
        {
            after = Run(ScenarioEdit.Set(a, difference.Key, difference.B ?? "default", catalog), catalog);
        }
        catch (Exception problem) when (problem is MissingInputException or InputException)
        {
            return "cannot change alone: " + problem.Message;
        }

        List<string> moved = [];
        foreach (string name in Watched)
        {
            if (before.Find(name) is { } x && after.Find(name) is { } y && x.Value != y.Value)
            {
                moved.Add($"{name} {Change(x.Value, y.Value, x.Unit)}");
            }
        }

        return moved.Count == 0 ? "nothing that is watched here" : string.Join(", ", moved);
    }

    private static FigureBook Run(ScenarioInput scenario, CatalogData catalog) =>
        new Planner(scenario, catalog, Session.Search).Run(static (_, value) => value.Distribution.Mid, recording: true).Book;

    private static DocumentCell Number(FigureNode node) =>
        double.IsFinite(node.Value) ? new(Humanize.Value(node.Value, Humanize.UnitOf(node.Name, node.Unit)), node.Value) : new(node.Reason ?? "no value");

    private static string Change(double before, double after, string unit) => unit == "1/yr"
        ? $"{(after - before) * 100:+0.0;-0.0} points"
        : before != 0 && double.IsFinite(before) && double.IsFinite(after) ? $"{(after - before) / Math.Abs(before) * 100:+0.0;-0.0} %" : "changes";
}
