using System.CommandLine;
using System.Globalization;
using Millwright.Catalog;
using Millwright.Cli.Measured;
using Millwright.Cli.Output;
using Millwright.Cli.Simulation;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Commands;

/// <summary>Replays a measured run request by request, and says how far off the simulator is.</summary>
internal static class ValidateRequestsCommand
{
    // what a measured run tells itself, or what this command does not show
    private static readonly string[] s_told = ["trace", "rate", "concurrency", "requests", "isl", "osl", "arrivals", "ttft", "tpot", "chip-hour", "exact", "router", "replicas", "chips", "seed", "threads"];

    public static Command Create(Session session)
    {
        Argument<string> file = new("run") { Description = "Measured run: CSV with input_tokens, output_tokens, arrival_s, scheduled_s, first_token_s and last_token_s of each request, plain or .gz." };
        Option<string?> deployment = new("--deployment") { Description = "File of options, one \"key: value\" a line. Options that are typed go over its own.", HelpName = "FILE" };
        Option[] keys = [.. SimulateKey.All.Where(static k => !s_told.Contains(k.Name, StringComparer.Ordinal)).Select(static k => k.Option())];
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("requests", "Replay a measured run at its own arrival times, and compare each request with what was measured.") { file, deployment };
        foreach (Option option in (Option[])[.. keys, catalog, json, html])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            string path = parsed.GetValue(file)!;
            SimulateInput input = new(TypedOptions.Of(parsed, parsed.GetValue(deployment), keys, catalog), [.. keys.Select(static key => key.Name[2..])]);
            IReadOnlyList<MeasuredRequest> measured = MeasuredRequestReader.Read(path);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            SimulatedDeployment simulated = SimulatedDeployment.Of(input, data, ShippedOperators.Load(), ShippedCalibration.Load());

            // a measured request arrives where the engine takes it in: what comes before is not in its times
            EnginePolicy policy = simulated.Policy with { RequestPicoseconds = 0, RequestPicosecondsPerToken = 0 };
            FleetPlan plan = new(simulated.MakeClock(), policy) { Engines = simulated.Engines, EachStep = input.Switch("each-step") };
            RequestTable table = RequestComparison.TableOf(measured);
            FleetRun run = FleetSimulator.Run(plan, table, cancellation: cancellation);
            cancellation.ThrowIfCancellationRequested();
            session.Show(Document(path, simulated, run, RequestComparison.Of(measured, table), data.Hash), jsonFile, htmlFile);
            return Task.FromResult(0);
        });
        return command;
    }

    private static TableDocument Document(string path, SimulatedDeployment deployment, FleetRun run, IReadOnlyList<LatencyComparison> latencies, string catalogHash)
    {
        string behind = deployment.Profile is not null ? "layer timings of a profile"
            : deployment.Times.Clock.Lender.Distance == Millwright.Chips.CurveDistance.Measured ? "shipped operator grids"
            : $"shipped operator grids borrowed from {deployment.Times.Clock.Lender.SystemId}";
        List<string> notes =
        [
            "error: simulated over measured mean, less 1. Per request: distance of both over the measured one; for queueing over its mean.",
        ];
        if (run.Monitor.Refused > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{run.Monitor.Refused} requests are longer than the context or the cache of this deployment and take no part."));
        }

        return new TableDocument(
            "validate requests",
            "A measured run, replayed",
            [
                string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: {run.Requests.Count} requests on {deployment.Name}."),
                $"Steps by {behind}; {(deployment.Policy.Asynchronous ? "asynchronous" : "synchronous")} scheduling; {CommandLine.Tool}, catalog {catalogHash}.",
            ],
            [
                new DocumentTable(
                    "latencies",
                    "Simulated against measured",
                    [
                        new("what", "what"), new("requests", "requests", true), new("measured_s", "measured mean s", true), new("simulated_s", "simulated mean s", true), new("error", "error", true),
                        new("request_error_p50", "per request p50", true), new("request_error_p90", "p90", true),
                    ],
                    [
                        .. latencies.Select(static l => (IReadOnlyList<DocumentCell>)
                        [
                            l.Name,
                            new(l.Requests.ToString(CultureInfo.InvariantCulture), l.Requests),
                            Seconds(l.MeasuredSeconds), Seconds(l.SimulatedSeconds), Percent(l.Error, "+0.0;-0.0;0.0"), Percent(l.MedianError, "0.0"), Percent(l.NinetiethError, "0.0"),
                        ]),
                    ]),
            ],
            notes);
    }

    private static DocumentCell Seconds(double value) => new(value.ToString(value < 1 ? "0.00000" : "0.000", CultureInfo.InvariantCulture), value);

    private static DocumentCell Percent(double value, string format) =>
        double.IsFinite(value) ? new DocumentCell((100 * value).ToString(format, CultureInfo.InvariantCulture) + " %", value) : new DocumentCell("");
}
