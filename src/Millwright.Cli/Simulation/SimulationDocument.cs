using System.Globalization;
using Millwright.Cli.Output;
using Millwright.Reports;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Shows a simulation: what the reader must know first, what ran, latencies, and the other figures.</summary>
internal static class SimulationDocument
{
    private const double SecondsPerHour = 3600;

    /// <summary>The answer as a short document.</summary>
    public static TableDocument Of(SimulationAnswer answer, IReadOnlyList<string> more) =>
        new("simulate", $"{answer.Deployment.Step.Deployment.Model.Id} on {answer.Deployment.Step.Deployment.System.Id}", Summary(answer), Tables(answer), [.. Notes(answer), .. more]);

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
        RouterKind.PowerOfTwo => "power-of-two",
        RouterKind.Session => "session",
        RouterKind.Prefix => "prefix",
        _ => "kv",
    };

    public static string NameOf(SchedulingOrder order) => order switch { SchedulingOrder.FirstCome => "fcfs", SchedulingOrder.Priority => "priority", _ => "lpm" };

    public static string NameOf(ReplicaRole role) => role switch { ReplicaRole.Whole => "whole", ReplicaRole.Prefill => "prefill", _ => "decode" };

    private static IReadOnlyList<DocumentTable> Tables(SimulationAnswer answer)
    {
        List<DocumentTable> tables = [Latency(answer), Figures(answer), Energy(answer)];
        if (answer.Report.Pools.Count > 1)
        {
            tables.Add(Pools(answer));
        }

        if (answer.Classes.Count > 0)
        {
            tables.Add(Classes(answer));
        }

        if (answer.Tasks is { } tasks)
        {
            tables.Add(SimulationTasks.Table(tasks));
        }

        return tables;
    }

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

        if (report.Refused > report.Shed + report.GivenUp)
        {
            lines.Add(Say($"REFUSED: {report.Refused - report.Shed - report.GivenUp:#,0} of {report.Requests:#,0} requests are longer than {policy.MaxContextTokens:#,0} tokens or than the cache of {policy.CacheBlocks * policy.BlockTokens:#,0}."));
        }

        if (report.Shed + report.GivenUp > 0)
        {
            lines.Add(Say($"TURNED AWAY: {report.Shed:#,0} requests found too many waiting, {report.GivenUp:#,0} waited too long."));
        }

        for (int i = 0; i < answer.Service.Fleets.Count; i++)
        {
            lines.AddRange(What(answer.Service.Fleets[i], answer.ServicePlan.Fleets[i]));
        }

        lines.Add(Say($"{report.Requests:#,0} requests, {answer.MeanInputTokens:#,0.#} tokens in and {answer.MeanOutputTokens:#,0.#} out in the mean, {answer.LoadText}"));
        lines.Add(answer.Plan.Concurrency is null && double.IsFinite(report.OfferedOverSaturation)
            ? Say($"Load: {Offered(report):0.###} requests/s, {answer.SaturationShare * 100:0.#} % of the {report.SaturationRequestsPerSecond:0.###} that saturate")
            : Say($"Load: {report.RequestsPerSecond:0.###} requests/s finished, {answer.SaturationShare * 100:0.#} % of the {report.SaturationRequestsPerSecond:0.###} that saturate"));
        return lines;
    }

    /// <summary>What runs, and by which rules.</summary>
    internal static IReadOnlyList<string> What(SimulatedFleet fleet, FleetPlan plan)
    {
        string name = plan.Name.Length > 0 ? plan.Name + ": " : "";
        if (fleet.Decode is not { } decode)
        {
            return [Say($"{name}{fleet.Deployment.Name}; {Chips(fleet.Deployment.Chips)}"), Rules(plan)];
        }

        return
        [
            Say($"{name}prompts: {fleet.Deployment.Name}; {Chips(fleet.Deployment.Chips)}"),
            Rules(plan),
            Say($"{name}decoding: {decode.Name}; {Chips(decode.Chips)}"),
            Rules(plan.Decode!),
        ];
    }

    private static string Chips(int chips) => Say($"{chips:#,0} chip{(chips == 1 ? "" : "s")}");

    private static string Rules(FleetPlan plan)
    {
        EnginePolicy policy = plan.Policy;
        List<string> rules = [Say($"{NameOf(policy.Batching)} batching"), Say($"{policy.MaxBatchedTokens:#,0} tokens and {policy.MaxSequences:#,0} sequences a step"), Say($"{policy.CacheBlocks:#,0} cache blocks of {policy.BlockTokens} tokens")];
        Add(policy.NoEvict, "whole requests reserved");
        Add(policy.CachesPrefixes, "prefix cache");
        Add(policy.Tiers.Count > 0, string.Join(" and ", policy.Tiers.Select(static tier => tier.Name)) + " behind it");
        Add(policy.Order != SchedulingOrder.FirstCome, NameOf(policy.Order));
        Add(policy.Drafted is not null, policy.Drafted is { } drafted ? Say($"{drafted.Drafted.AcceptedTokens:0.##} of {drafted.Drafted.DraftTokens} drafted tokens accepted") : "");
        Add(policy.Asynchronous, "steps scheduled ahead");
        Add(plan.Replicas > 1, NameOf(plan.Router));
        Add(plan.Scaling is not null, plan.Scaling is { } scaling ? Say($"from {scaling.Least} to {plan.Replicas} replicas") : "");
        return string.Join(", ", rules);

        void Add(bool holds, string rule)
        {
            if (holds)
            {
                rules.Add(rule);
            }
        }
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
        if (answer.ServicePlan.Fleets.Any(static fleet => fleet.Pools.Any(static pool => pool.Policy.CachesPrefixes)))
        {
            rows.Add(["prefixes", Say($"{report.CachedTokens:#,0} prompt tokens were in the cache, {report.CachedShare * 100:0.#} % of those asked for; {report.FetchedTokens:#,0} came from behind it")]);
        }

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
        double seconds = answer.Phases.Sum(static p => p.ChipSeconds);
        return new DocumentTable(
            "phases",
            "",
            [new("phase", "chips do"), new("time_share", "time", true), new("chip_watts", "power of a chip", true), new("kwh", "energy", true), new("energy_share", "of all", true)],
            [.. answer.Phases.Select(phase => (IReadOnlyList<DocumentCell>)
            [
                phase.Name, Share(phase.ChipSeconds, seconds), Watts(phase.ChipWatts), KilowattHours(phase.Joules), Share(phase.Joules, answer.Report.Joules.Total),
            ])]);
    }

    private static DocumentTable Pools(SimulationAnswer answer) => new(
        "pools",
        "",
        [
            new("pool", "replicas"), new("chips", "chips", true), new("utilisation", "in steps", true), new("cache_share", "cache in use", true), new("finished", "finished", true),
            new("present", "chips paid", true), new("failures", "failures", true), new("transfer", "links busy", true),
        ],
        [.. answer.Report.Pools.Select(pool => (IReadOnlyList<DocumentCell>)
        [
            (pool.Name.Length > 0 ? pool.Name + " " : "") + (pool.Role == ReplicaRole.Whole ? Say($"x {pool.Replicas}") : Say($"{NameOf(pool.Role)} x {pool.Replicas}")),
            new DocumentCell(Say($"{pool.Chips:#,0}"), pool.Chips),
            Share(pool.BusyReplicaSeconds, pool.PresentReplicaSeconds),
            Say($"{pool.CacheUse * 100:0.#} %"),
            new DocumentCell(Say($"{pool.Finished:#,0}"), pool.Finished),
            Say($"{pool.PresentReplicaSeconds * pool.ChipsOfReplica / SecondsPerHour:#,0.##} h"),
            new DocumentCell(Say($"{pool.Failures:#,0}"), pool.Failures),
            pool.TransferSeconds > 0 ? Share(pool.TransferSeconds, pool.PresentReplicaSeconds) : "",
        ])]);

    private static DocumentTable Classes(SimulationAnswer answer) => new(
        "classes",
        "",
        [
            new("class", "class"), new("requests", "requests", true), new("finished", "finished", true), new("ttft_p50", "TTFT p50", true), new("ttft_p99", "p99", true),
            new("tpot_p50", "TPOT p50", true), new("tpot_p99", "p99", true), new("good", "within limits", true),
        ],
        [.. answer.Classes.Select(static one => (IReadOnlyList<DocumentCell>)
        [
            one.Class.Name,
            new DocumentCell(Say($"{one.Requests:#,0}"), one.Requests),
            new DocumentCell(Say($"{one.Finished:#,0}"), one.Finished),
            Time(one.TimeToFirstToken.P50), Time(one.TimeToFirstToken.P99), Time(one.TimePerOutputToken.P50), Time(one.TimePerOutputToken.P99),
            Share(one.Good, one.Requests),
        ])]);

    private static List<string> Notes(SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        List<string> notes = [];
        if (report.QuantileError > 0)
        {
            notes.Add(Say($"Percentiles lie within {report.QuantileError * 100:0.#} %; --exact makes them exact."));
        }

        if (answer.AllReplicas is { } all)
        {
            notes.Add(Say($"{answer.Plan.Replicas:#,0} of {all:#,0} replicas were simulated with their share of the requests: latencies are those of all, amounts times {(double)all / answer.Plan.Replicas:0.##}."));
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
