using System.Globalization;
using Millwright.Cli.Output;
using Millwright.Reports;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Shows a simulation: what the reader must know first, what ran, latencies, and the other figures.</summary>
internal static class SimulationDocument
{
    /// <summary>The answer as a short document.</summary>
    public static TableDocument Of(SimulationAnswer answer, IReadOnlyList<string> more) =>
        new("simulate", $"{answer.Deployment.Step.Deployment.Model.Id} on {answer.Deployment.Step.Deployment.System.Id}", Summary(answer), [Latency(answer), Figures(answer), Energy(answer)], [.. Notes(answer), .. more]);

    /// <summary>Key, name and figures of each latency.</summary>
    public static IReadOnlyList<LatencyFigures> Latencies(SimulationReport report) =>
    [
        new("ttft", "time to first token", report.TimeToFirstToken),
        new("tpot", "time per output token", report.TimePerOutputToken),
        new("itl", "between two tokens", report.InterTokenLatency),
        new("e2e", "end to end", report.EndToEnd),
        new("queueing", "queueing", report.Queueing),
    ];

    public static string NameOf(BatchingKind kind) => kind switch { BatchingKind.Mixed => "mixed", BatchingKind.PromptsFirst => "prompts-first", _ => "static" };

    public static string NameOf(RouterKind kind) => kind switch
    {
        RouterKind.RoundRobin => "round-robin",
        RouterKind.Random => "random",
        RouterKind.LeastLoaded => "least-loaded",
        _ => "power-of-two",
    };

    private static List<string> Summary(SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        EnginePolicy policy = answer.Plan.Policy;
        List<string> lines = [];
        if (report.IsPartial)
        {
            lines.Add(Say($"PARTIAL: stopped with {report.Open:#,0} of {report.Requests:#,0} requests not finished; all figures are of the part that ran."));
        }

        if (answer.IsAboveSaturation)
        {
            lines.Add(Say($"ABOVE SATURATION: {Offered(report):0.###} requests/s come, and {report.SaturationRequestsPerSecond:0.###} can be served; queues grow for as long as the load lasts, and latencies with them."));
        }

        if (report.Refused > 0)
        {
            lines.Add(Say($"REFUSED: {report.Refused:#,0} of {report.Requests:#,0} requests are longer than {policy.MaxContextTokens:#,0} tokens or than the cache of {policy.CacheBlocks * policy.BlockTokens:#,0}."));
        }

        lines.AddRange(What(answer.Deployment, answer.Plan));
        lines.Add(Say($"{report.Requests:#,0} requests, {answer.MeanInputTokens:#,0.#} tokens in and {answer.MeanOutputTokens:#,0.#} out in the mean, {answer.Load.Text}"));
        lines.Add(answer.Plan.Concurrency is null && double.IsFinite(report.OfferedOverSaturation)
            ? Say($"Load: {Offered(report):0.###} requests/s, {answer.SaturationShare * 100:0.#} % of the {report.SaturationRequestsPerSecond:0.###} that saturate")
            : Say($"Load: {report.RequestsPerSecond:0.###} requests/s finished, {answer.SaturationShare * 100:0.#} % of the {report.SaturationRequestsPerSecond:0.###} that saturate"));
        return lines;
    }

    /// <summary>Two lines: what runs, and by which rules.</summary>
    internal static IReadOnlyList<string> What(SimulatedDeployment deployment, FleetPlan plan)
    {
        EnginePolicy policy = plan.Policy;
        return
        [
            Say($"{deployment.Name}; {deployment.Chips} chip{(deployment.Chips == 1 ? "" : "s")}"),
            Say($"{NameOf(policy.Batching)} batching, {policy.MaxBatchedTokens:#,0} tokens and {policy.MaxSequences:#,0} sequences a step, {policy.CacheBlocks:#,0} cache blocks of {policy.BlockTokens} tokens{(policy.NoEvict ? ", whole requests reserved" : "")}{(policy.Asynchronous ? ", steps scheduled ahead" : "")}{(plan.Replicas > 1 ? ", " + NameOf(plan.Router) : "")}"),
        ];
    }

    private static DocumentTable Latency(SimulationAnswer answer) => new(
        "latency",
        "",
        [new("latency", ""), new("mean_s", "mean", true), new("p50_s", "p50", true), new("p90_s", "p90", true), new("p99_s", "p99", true), new("p999_s", "p99.9", true), new("greatest_s", "greatest", true)],
        [.. Latencies(answer.Report).Select(static row => (IReadOnlyList<DocumentCell>)
        [
            row.Key is "e2e" or "queueing" ? row.Name : $"{row.Name} ({row.Key.ToUpperInvariant()})",
            Time(row.Figures.Mean), Time(row.Figures.P50), Time(row.Figures.P90), Time(row.Figures.P99), Time(row.Figures.P999), Time(row.Figures.Greatest),
        ])]);

    private static DocumentTable Figures(SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        double total = report.InputTokensPerSecond + report.OutputTokensPerSecond;
        List<IReadOnlyList<DocumentCell>> rows =
        [
            ["requests", Say($"{report.Finished:#,0} finished, {report.Refused:#,0} refused, {report.Open:#,0} open, in {Humanize.Value(report.Seconds, "s")}")],
            ["throughput", Say($"{report.RequestsPerSecond:0.###} requests/s; {report.OutputTokensPerSecond:#,0.#} output and {total:#,0.#} total tok/s; {report.OutputTokensPerSecond / report.Chips:#,0.#} and {total / report.Chips:#,0.#} a chip")],
        ];
        if (answer.HasLimits)
        {
            rows.Add(["goodput", Say($"{report.GoodRequestsPerSecond:0.###} requests/s within {Limits(answer.Limits)}, {Share(report.GoodRequestsPerSecond, report.RequestsPerSecond)} of those finished")]);
        }

        rows.Add(["replicas", Say($"in steps {report.Utilisation * 100:0.#} % of the time, {report.MeanRunning:0.##} requests running in the mean, at most {report.MostWaiting:#,0} waiting at one")]);
        rows.Add(["cache", Say($"{report.CacheUse * 100:0.##} % in use during steps, at most {report.GreatestCacheUse * 100:0.##} %; {report.Preemptions:#,0} preemptions")]);
        rows.Add(["steps", Say($"{report.Steps:#,0}, {report.PromptTokens:#,0} prompt tokens computed")]);
        rows.Add(["energy", double.IsFinite(report.JoulesPerOutputToken)
            ? Say($"{report.JoulesPerOutputToken:0.###} J for an output token, {report.ChipWatts:0.#} W a chip in the mean")
            : "no rated power is published"]);
        rows.Add(["cost", answer.UsdPerMillionReserved is { } reserved
            ? Say($"{reserved:0.000} $/Mtok output reserved, {answer.UsdPerMillionUsed:0.000} used, at {answer.UsdPerChipHour:0.00##} $ a chip-hour")
            : "no price stated: --chip-hour"]);
        return new DocumentTable("figures", "", [new("figure", ""), new("value", "")], rows);
    }

    private static DocumentTable Energy(SimulationAnswer answer)
    {
        double seconds = answer.Phases.Sum(static p => p.ReplicaSeconds);
        return new DocumentTable(
            "phases",
            "",
            [new("phase", "chips do"), new("time_share", "time", true), new("chip_watts", "power of a chip", true), new("kwh", "energy", true), new("energy_share", "of all", true)],
            [.. answer.Phases.Select(phase => (IReadOnlyList<DocumentCell>)
            [
                phase.Name, Share(phase.ReplicaSeconds, seconds), Watts(phase.ChipWatts), KilowattHours(phase.Joules), Share(phase.Joules, answer.Report.Joules.Total),
            ])]);
    }

    private static List<string> Notes(SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        List<string> notes = [];
        if (report.QuantileError > 0)
        {
            notes.Add(Say($"Percentiles lie within {report.QuantileError * 100:0.#} %; --exact makes them exact."));
        }

        notes.Add(answer.Deployment.ProfileFolder is { } folder
            ? $"Steps take the layer timings of {folder}."
            : Say($"Measured times of deployments of this kind were {answer.Deployment.Band.Low:0.00} to {answer.Deployment.Band.High:0.00} of those predicted (p10 to p90)."));
        notes.Add(Say($"{CommandLine.Tool}, catalog {answer.CatalogHash}, seed {answer.Plan.Seed}"));
        return notes;
    }

    // what came between the first and the last arrival
    private static double Offered(SimulationReport report) => report.OfferedOverSaturation * report.SaturationRequestsPerSecond;

    internal static string Limits(ServiceLimits limits)
    {
        string first = double.IsFinite(limits.TimeToFirstTokenSeconds) ? $"TTFT {Humanize.Value(limits.TimeToFirstTokenSeconds, "s")}" : "";
        string perToken = double.IsFinite(limits.TimePerOutputTokenSeconds) ? $"TPOT {Humanize.Value(limits.TimePerOutputTokenSeconds, "s")}" : "";
        return first + (first.Length > 0 && perToken.Length > 0 ? " and " : "") + perToken;
    }

    internal static DocumentCell Time(double seconds) => new(Humanize.Value(seconds, "s"), seconds);

    private static DocumentCell Watts(double watts) => double.IsFinite(watts) ? new(Say($"{watts:0.#} W"), watts) : new("n/a");

    private static DocumentCell KilowattHours(double joules) => double.IsFinite(joules) ? new(Say($"{joules / 3.6e6:0.####} kWh"), joules / 3.6e6) : new("n/a");

    internal static string Share(double part, double whole) => whole > 0 && double.IsFinite(part) ? Say($"{part / whole * 100:0.#} %") : "n/a";

    internal static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
