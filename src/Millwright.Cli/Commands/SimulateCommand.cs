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

    // steps of all replicas that a timeline holds: some tens of megabytes
    private const int TimelineSteps = 200_000;
    private const int LeastSteps = 1000;

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
                Dictionary<string, OutputFile> outputs = CommonOptions.Files(parsed, json, csv, timeline, html);
                SimulateInput input = new(parsed, keys, parsed.GetValue(file));
                CheckInput(input, outputs);
                if (RateStudyCommand.IsAsked(input))
                {
                    RateStudyCommand.Answer(session, input, Session.LoadCatalog(parsed.GetValue(catalog)), outputs, cancellation);
                    return 0;
                }

                Answer(session, input, Session.LoadCatalog(parsed.GetValue(catalog)), outputs, cancellation);
                return 0;
            },
            CancellationToken.None));
        return command;
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
        ServiceLimits limits = LimitsOf(input);
        double? usd = input.Quantity("chip-hour", QuantityKind.MoneyPerChipHour);
        SimulatedDeployment deployment = SimulatedDeployment.Of(input, catalog, ShippedOperators.Load(), ShippedCalibration.Load());
        SimulatedLoad load = SimulatedLoad.Of(input, deployment.Policy.MaxContextTokens, seed, session.Errors);
        FleetPlan plan = Plan(input, deployment, load.Concurrency, seed, outputs) with { Limits = limits };
        FleetRun run = Run(input, load, plan, outputs, cancellation);
        SimulationReport report = SimulationReport.Of(run, plan, input.Switch("exact"));
        SimulationAnswer answer = new(deployment, load, plan, run, report, usd, catalog.Hash);
        List<string> notes = [];
        Write(outputs, "--timeline", stream =>
        {
            long leftOut = StepTimeline.Write(run.Replicas, deployment.Name, plan.Policy.CacheBlocks, stream);
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

    // rows are written as requests are done, in the order in which they came
    private static FleetRun Run(SimulateInput input, SimulatedLoad load, FleetPlan plan, IReadOnlyDictionary<string, OutputFile> outputs, CancellationToken cancellation)
    {
        bool keepsAll = input.Switch("exact");
        if (!outputs.TryGetValue("--requests-csv", out OutputFile? rows))
        {
            return load.Run(plan, keepsAll, null, cancellation);
        }

        FleetRun? run = null;
        rows.Write(stream =>
        {
            RequestsCsv csv = new(stream);
            run = load.Run(plan, keepsAll, AddRow, cancellation);
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
        return run!;
    }

    internal static ulong SeedOf(SimulateInput input) => (ulong)(input.Whole("seed", 0) ?? 0);

    internal static ServiceLimits LimitsOf(SimulateInput input) => new(
        input.Quantity("ttft", QuantityKind.Duration) ?? double.PositiveInfinity, input.Quantity("tpot", QuantityKind.Duration) ?? double.PositiveInfinity);

    internal static FleetPlan Plan(SimulateInput input, SimulatedDeployment deployment, int? concurrency, ulong seed, IReadOnlyDictionary<string, OutputFile> outputs)
    {
        RouterKind router = input.Word("router", "round-robin", "random", "least-loaded", "power-of-two") switch
        {
            "random" => RouterKind.Random,
            "least-loaded" => RouterKind.LeastLoaded,
            "power-of-two" => RouterKind.PowerOfTwo,
            _ => RouterKind.RoundRobin,
        };
        if (concurrency is not null && router != RouterKind.RoundRobin)
        {
            throw input.Wrong("router", "with --concurrency each replica keeps its own share under way: leave --router out");
        }

        EnginePolicy policy = deployment.Policy;
        return new FleetPlan(deployment.MakeClock(), policy, deployment.Replicas, router, seed)
        {
            Engines = deployment.Engines,
            Concurrency = concurrency,
            Power = deployment.Times.Clock,
            EachStep = input.Switch("each-step"),
            KeepsSeries = outputs.ContainsKey("--html"),
            KeptSteps = outputs.ContainsKey("--timeline") ? Math.Max(LeastSteps, TimelineSteps / deployment.Replicas) : 0,
            Threads = input.Whole("threads") ?? Environment.ProcessorCount,
        };
    }

    // inputs that the options name indirectly are inputs, too
    private static void CheckInput(SimulateInput input, Dictionary<string, OutputFile> outputs)
    {
        if (input.Path("trace") is { } trace && outputs.Values.Any(output => output.FullPath == Path.GetFullPath(trace)))
        {
            throw input.Wrong("trace", "this input would be replaced by an output; give the output another path");
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
