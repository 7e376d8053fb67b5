using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Planning;
using Millwright.Reports;
using Millwright.Reports.Pages;
using Millwright.Scenarios;
using Millwright.Studies;

namespace Millwright.Cli.Commands;

/// <summary>Plans a scenario: one screen, and files for machines and eyes; or several variants side by side.</summary>
internal static class PlanCommand
{
    public static Command Create(Session session)
    {
        Argument<string> scenario = CommonOptions.Scenario();
        Option<string[]> set = CommonOptions.Set();
        Option<string?> compare = new("--compare")
        {
            Description = "Plan the scenario once for each value of a key, side by side, such as chips.system=gb200-nvl72,gb300-nvl72,vr200-nvl72.",
            HelpName = "KEY=A,B,C",
        };
        Option<bool> confirm = new("--confirm")
        {
            Description = "Simulate the deployment of each workload in its peak hour, and say beside the plan whether its limits hold where requests wait for one another.",
        };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("plan", "Plan an AI factory: power, racks, tokens, dollars.") { scenario, set, compare, confirm, catalog, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            ScenarioInput input = Session.ReadScenario(parsed.GetValue(scenario)!, parsed.GetValue(set), data);
            if (parsed.GetValue(compare) is { } comparison)
            {
                if (parsed.GetValue(confirm))
                {
                    throw new InputException("", 0, 0, "--confirm simulates one plan, and --compare makes several: leave one out.");
                }

                Compare(session, input, comparison, data, jsonFile, htmlFile, cancellation);
            }
            else
            {
                One(session, input, data, parsed.GetValue(scenario)!, parsed.GetValue(confirm), jsonFile, htmlFile, cancellation);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static void One(
        Session session, ScenarioInput input, CatalogData catalog, string path, bool confirms, OutputFile? json, OutputFile? html, CancellationToken cancellation)
    {
        Plan plan;
        using (ProgressLine progress = new(session.Errors, "planning"))
        {
            Planner planner = new(input, catalog, Session.Search);
            plan = PlanStudy.Make(planner, CommandLine.Tool, progress: progress, cancellation: cancellation);
            plan = confirms ? plan with { Confirmations = planner.Confirm(plan, cancellation) } : plan;
        }

        new PlanScreen(plan, catalog, path).Write(session.Output, session.IsTerminal, session.Width);
        if (plan.Confirmations.Count > 0)
        {
            TerminalTables.Write(ConfirmationScreen.Of(plan.Confirmations), session.Output, session.IsTerminal);
        }

        json?.Write(JsonOutput.Write(plan));
        html?.Write(PlanPage.Write(plan, new PlanPageOptions
        {
            SystemName = catalog.FindSystem(input.Chips.System)?.Name,
            LocationName = catalog.FindLocation(input.Site.Location)?.Name,
            Returns = ReturnCases.Of(plan),
            Command = $"millwright plan {path}{(confirms ? " --confirm" : "")} --html FILE",
            NextSteps =
            [
                $"millwright plan {path} {PlanScreen.ComparisonOf(plan)}",
                $"millwright explain {path} {PlanStudy.SwingFigure}",
            ],
        }));
        RequireClosed(plan);
    }

    private static void Compare(
        Session session, ScenarioInput input, string comparison, CatalogData catalog, OutputFile? json, OutputFile? html, CancellationToken cancellation)
    {
        (string key, IReadOnlyList<string> values) = ScenarioEdit.SplitComparison(comparison);
        List<(string Label, Plan Plan)> plans = [];
        using (ProgressLine progress = new(session.Errors, "planning"))
        {
            foreach (string value in values)
            {
                ScenarioInput variant = ScenarioEdit.Set(input, key, value, catalog, "--compare");
                try
                {
                    plans.Add((value, PlanStudy.Make(new Planner(variant, catalog, Session.Search), CommandLine.Tool, progress: progress, cancellation: cancellation)));
                }
                catch (MissingInputException missing)
                {
                    throw new MissingInputException(missing.Key, $"with {key}={value}: {missing.Message}");
                }
            }
        }

        CompareTable table = CompareTable.Of(plans);
        TableDocument document = new(
            "plan --compare",
            $"{input.Name} by {key}",
            [$"{input.Name}, by {key}"],
            [
                new DocumentTable(
                    "figures",
                    "",
                    [new("figure", "figure"), new("unit", "unit"), .. table.Columns.Select(static c => new DocumentColumn(c, c, true))],
                    [.. table.Rows.Select(static row => (IReadOnlyList<DocumentCell>)[row.Name, row.Unit, .. row.Cells.Select(static cell => new DocumentCell(cell.Text, cell.Value))])]),
            ],
            [$"{CommandLine.Tool}, catalog {catalog.Hash}, seed {input.Seed}"]);
        TerminalTables.Write(document, session.Output, session.IsTerminal);
        json?.Write(DocumentJson.Write(document));
        html?.Write(table.ToHtml(document.Title));
        foreach ((_, Plan plan) in plans)
        {
            RequireClosed(plan);
        }
    }

    // A ledger that does not close is an error of ours, told after the outputs are safe.
    private static void RequireClosed(Plan plan)
    {
        if (plan.Checks.FirstOrDefault(static c => !c.Ok) is { } open)
        {
            throw new InvalidOperationException($"A check of the plan on itself failed: {open.Name} ({open.Detail}).");
        }
    }
}
