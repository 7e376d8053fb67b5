using System.CommandLine;
using System.Globalization;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Cli.Simulation;
using Millwright.Quantities;
using Millwright.Reports.Simulation;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Commands;

/// <summary>Simulates the requests of a deployment one by one: latencies and their percentiles, throughput, energy and cost.</summary>
internal static class SimulateCommand
{
    /// <summary>Name of the command.</summary>
    public const string Name = "simulate";

    private const double SecondsPerHour = 3600;

    public static Command Create(Session session)
    {
        Argument<string?> file = new("file") { Description = "File of options, one \"key: value\" a line. Options that are typed go over its own.", Arity = ArgumentArity.ZeroOrOne };
        Option[] keys = [.. SimulateKey.All.Select(static k => k.Option())];
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> csv = new("--requests-csv") { Description = "Write what became of each request to this file.", HelpName = "FILE" };
        Option<string?> timeline = new("--timeline") { Description = "Write the steps as a trace for Perfetto and chrome://tracing to this file.", HelpName = "FILE" };
        Option<string?> html = CommonOptions.Html();
        Command command = new(Name, "Simulate a deployment under a load, request by request: latencies, throughput, energy, cost.") { file };
        foreach (Option option in (Option[])[.. keys, catalog, json, csv, timeline, html])
        {
            command.Options.Add(option);
        }

        // on a thread of its own: signals reach only an action that has handed the first thread back
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                Run(session, TypedOptions.Of(parsed, parsed.GetValue(file), [.. keys, json, csv, timeline, html], catalog), cancellation);
                return 0;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs what was typed.</summary>
    /// <param name="session">Where results go.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="cancellation">Ends the run: what ran until then is shown, marked as a part.</param>
    public static void Run(Session session, TypedOptions typed, CancellationToken cancellation)
    {
        Dictionary<string, OutputFile> outputs = CommonOptions.Files(typed.OutputPaths(), typed.Words);
        SimulateInput input = new(typed, SimulateKey.Names);
        CheckInput(input, outputs);
        CatalogData catalog = Session.LoadCatalog(typed.Catalog);
        if (RateStudyCommand.IsAsked(input))
        {
            RateStudyCommand.Answer(session, input, catalog, outputs, cancellation);
        }
        else
        {
            Answer(session, input, catalog, outputs, cancellation);
        }
    }

    /// <summary>Runs a simulation and shows it.</summary>
    /// <param name="session">Where results go.</param>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputs">Files by their option.</param>
    /// <param name="cancellation">Ends the run: what ran until then is shown, marked as a part.</param>
    private static void Answer(
        Session session, SimulateInput input, CatalogData catalog, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        ulong seed = SeedOf(input);
        double? usd = input.Quantity("chip-hour", QuantityKind.MoneyPerChipHour);
        SimulatedService service = SimulatedService.Of(input, catalog, seed, outputs.Keys.ToArray());
        SimulationAnswer answer = SimulatedTasks.IsAsked(input)
            ? OfTasks(session, input, catalog, service, seed, usd, outputs, cancellation)
            : OfRequests(session, input, catalog, service, seed, usd, outputs, cancellation);
        List<string> notes = [];
        Write(outputs, "--timeline", stream =>
        {
            FleetPlan plan = answer.Plan;
            long leftOut = StepTimeline.Write(answer.Run.Replicas, answer.Deployment.Name, plan.Policy.CacheBlocks, stream);
            if (leftOut > 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"The timeline holds the first {plan.KeptSteps:#,0} steps of each replica, steps without a change between them as one; {leftOut:#,0} more are left out."));
            }
        });
        TableDocument document = SimulationDocument.Of(answer, notes);
        PlainTables.Write(document, session.Output);
        Write(outputs, "--json", stream => SimulationJson.Write(answer, stream));
        if (outputs.TryGetValue("--html", out OutputFile? page))
        {
            page.Write(SimulationPage.Write(answer, document));
        }
    }

    private static SimulationAnswer OfRequests(
        Session session, SimulateInput input, CatalogData catalog, SimulatedService service, ulong seed, double? usd, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        foreach (string key in input.Given(["tasks", "task-rate", "task-concurrency", "gap", "reasoning-budget", "sandboxes", "core-hour"]))
        {
            throw input.Wrong(key, "is for tasks: state a --workload or --sessions, or leave it out");
        }

        SimulatedLoad load = SimulatedLoad.Of(input, service.MaxContextTokens, seed, session.Errors);
        ClassDraw? classes = service.Classes.Count > 0 ? new ClassDraw([.. service.Classes.Select(static one => one.Class)], seed) : null;
        (FleetRun run, ServicePlan plan) = Run(input, load, service.Plan, classes, outputs, cancellation);
        SimulationReport report = SimulationReport.Of(run, plan, input.Switch("exact"));
        return new SimulationAnswer(service, plan, load.Kind, load.Text, run, report, usd, catalog.Hash)
        {
            Classes = classes is null ? [] : ClassReport.Of(run.Requests, classes.Classes),
            AllReplicas = input.Has("sample-replicas") ? SimulatedService.AllReplicas(input, plan) : null,
        };
    }

    private static SimulationAnswer OfTasks(
        Session session, SimulateInput input, CatalogData catalog, SimulatedService service, ulong seed, double? usd, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        SimulatedTasks tasks = SimulatedTasks.Of(input, catalog, seed);

        // calls of a task go on from what those before have left in the cache
        ServicePlan plan = input.Has("prefix-cache") ? service.Plan : service.Plan.WithPrefixes();
        TaskPlanner planner = new(new ToolPool(input.Whole("sandboxes")));
        FleetRun run = tasks.Run(plan, service.MaxContextTokens, session.Errors, planner, cancellation);
        SimulationReport report = SimulationReport.Of(run, plan, input.Switch("exact"));
        if (outputs.TryGetValue("--requests-csv", out OutputFile? rows))
        {
            rows.Write(stream => RequestsCsv.Write(run.Requests, stream));
        }

        double? dollars = usd * report.PaidChipSeconds / SecondsPerHour;
        return new SimulationAnswer(service, plan, "tasks", tasks.Text, run, report, usd, catalog.Hash)
        {
            Tasks = TaskReport.Of(planner.Monitor, planner.OpenTasks, new TaskCosts(report.Joules.Total, dollars, input.Number("core-hour"))),
        };
    }

    // rows are written as requests are done, in the order in which they came
    private static (FleetRun Run, ServicePlan Plan) Run(
        SimulateInput input, SimulatedLoad load, ServicePlan plan, ClassDraw? classes, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        // figures by class are made of all requests
        bool keepsAll = input.Switch("exact") || classes is not null;
        if (!outputs.TryGetValue("--requests-csv", out OutputFile? rows))
        {
            return load.Run(plan, keepsAll, classes, null, cancellation);
        }

        (FleetRun, ServicePlan) run = default;
        rows.Write(stream =>
        {
            RequestsCsv csv = new(stream);
            run = load.Run(plan, keepsAll, classes, AddRow, cancellation);
            csv.End();

            // the run may be within the reading of a trace, which would take the fault for its own
            void AddRow(RequestTable requests, int id)
            {
                try
                {
                    csv.Add(requests, id);
                }
                catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
                {
                    throw rows.Failed(problem);
                }
            }
        });
        return run;
    }

    internal static ulong SeedOf(SimulateInput input) => (ulong)(input.Whole("seed", 0) ?? 0);

    // inputs that the options name indirectly are inputs, too
    private static void CheckInput(SimulateInput input, Dictionary<string, OutputFile> outputs)
    {
        foreach (string key in input.Given(["trace", "sessions", "lengths", "beside"]))
        {
            foreach (string path in key == "beside" ? input.Paths(key) : [input.Path(key)!])
            {
                if (outputs.Values.Any(output => output.FullPath == Path.GetFullPath(path)))
                {
                    throw input.Wrong(key, "this input would be replaced by an output; give the output another path");
                }
            }
        }
    }

    internal static void Write(IReadOnlyDictionary<string, OutputFile> outputs, string option, Action<Stream> write)
    {
        if (outputs.TryGetValue(option, out OutputFile? output))
        {
            output.Write(write);
        }
    }
}
