using System.Text.Json;
using Millwright.Cli.Output;
using Millwright.Serving.Simulator;
using static Millwright.Cli.Simulation.SimulationDocument;

namespace Millwright.Cli.Simulation;

/// <summary>Shows what a finished task took, beside one that succeeded.</summary>
internal static class SimulationTasks
{
    public static DocumentTable Table(TaskReport report)
    {
        List<IReadOnlyList<DocumentCell>> rows =
        [
            ["tasks", Say($"{report.Finished:#,0}"), Say($"{report.Succeeded:#,0}")],
            ["of those that ended", Share(report.Finished, report.Finished + report.Refused), Share(report.Succeeded, report.Finished + report.Refused)],
            Times("time, mean", static times => times.Mean),
            Times("time, p50", static times => times.P50),
            Times("time, p90", static times => times.P90),
            Times("time, p99", static times => times.P99),
        ];
        foreach ((string name, Func<TaskFigures, double> value) in Amounts)
        {
            rows.Add([name, Amount(report.PerFinished, value), Amount(report.PerSucceeded, value)]);
        }

        foreach ((string name, Func<TaskFigures, double> value) in Durations)
        {
            rows.Add([name, Duration(report.PerFinished, value), Duration(report.PerSucceeded, value)]);
        }

        rows.Add(["energy", Energy(report.PerFinished), Energy(report.PerSucceeded)]);
        rows.Add(["cost", Dollars(report.PerFinished), Dollars(report.PerSucceeded)]);
        return new DocumentTable("tasks", "", [new("figure", "a task"), new("finished", "finished", true), new("succeeded", "succeeded", true)], rows);

        IReadOnlyList<DocumentCell> Times(string name, Func<TaskTimes, double> value) =>
        [
            name,
            report.FinishedTimes is { } finished ? Time(value(finished)) : "n/a",
            report.SucceededTimes is { } succeeded ? Time(value(succeeded)) : "n/a",
        ];
    }

    public static void Write(Utf8JsonWriter json, TaskReport report)
    {
        json.WriteStartObject("tasks");
        json.WriteNumber("finished", report.Finished);
        json.WriteNumber("succeeded", report.Succeeded);
        json.WriteNumber("refused", report.Refused);
        json.WriteNumber("open", report.Open);
        One("per_finished", report.FinishedTimes, report.PerFinished);
        One("per_succeeded", report.SucceededTimes, report.PerSucceeded);
        json.WriteEndObject();

        void One(string name, TaskTimes? times, TaskFigures? figures)
        {
            json.WriteStartObject(name);
            SimulationJson.Number(json, "mean_s", times?.Mean ?? double.NaN);
            SimulationJson.Number(json, "p50_s", times?.P50 ?? double.NaN);
            SimulationJson.Number(json, "p90_s", times?.P90 ?? double.NaN);
            SimulationJson.Number(json, "p99_s", times?.P99 ?? double.NaN);
            SimulationJson.Number(json, "calls", figures?.Calls ?? double.NaN);
            SimulationJson.Number(json, "input_tokens", figures?.InputTokens ?? double.NaN);
            SimulationJson.Number(json, "cached_tokens", figures?.CachedTokens ?? double.NaN);
            SimulationJson.Number(json, "output_tokens", figures?.OutputTokens ?? double.NaN);
            SimulationJson.Number(json, "reasoning_tokens", figures?.ReasoningTokens ?? double.NaN);
            SimulationJson.Number(json, "think_s", figures?.ThinkSeconds ?? double.NaN);
            SimulationJson.Number(json, "tool_uses", figures?.ToolUses ?? double.NaN);
            SimulationJson.Number(json, "tool_s", figures?.ToolSeconds ?? double.NaN);
            SimulationJson.Number(json, "tool_wait_s", figures?.ToolWaitSeconds ?? double.NaN);
            SimulationJson.Number(json, "core_s", figures?.CoreSeconds ?? double.NaN);
            SimulationJson.Number(json, "retries", figures?.Retries ?? double.NaN);
            SimulationJson.Number(json, "failed_tool_uses", figures?.FailedToolUses ?? double.NaN);
            SimulationJson.Number(json, "joules", figures?.Joules ?? double.NaN);
            SimulationJson.Number(json, "serving_usd", figures?.ServingDollars ?? double.NaN);
            SimulationJson.Number(json, "sandbox_usd", figures?.SandboxDollars ?? double.NaN);
            json.WriteEndObject();
        }
    }

    private static IReadOnlyList<(string Name, Func<TaskFigures, double> Value)> Amounts { get; } =
    [
        ("calls", static figures => figures.Calls),
        ("input tokens", static figures => figures.InputTokens),
        ("of them in the cache", static figures => figures.CachedTokens),
        ("output tokens", static figures => figures.OutputTokens),
        ("of them reasoning", static figures => figures.ReasoningTokens),
        ("tool uses", static figures => figures.ToolUses),
        ("retries of tools", static figures => figures.Retries),
    ];

    private static IReadOnlyList<(string Name, Func<TaskFigures, double> Value)> Durations { get; } =
    [
        ("time of persons", static figures => figures.ThinkSeconds),
        ("time of tools", static figures => figures.ToolSeconds),
        ("waiting for sandboxes", static figures => figures.ToolWaitSeconds),
        ("core-seconds", static figures => figures.CoreSeconds),
    ];

    private static DocumentCell Amount(TaskFigures? figures, Func<TaskFigures, double> value) => figures is null ? new("n/a") : new(Say($"{value(figures):#,0.##}"), value(figures));

    private static DocumentCell Duration(TaskFigures? figures, Func<TaskFigures, double> value) => figures is null ? new("n/a") : Time(value(figures));

    private static DocumentCell Energy(TaskFigures? figures) =>
        figures is null || !double.IsFinite(figures.Joules) ? new("n/a") : new(Say($"{figures.Joules / 3600:#,0.###} Wh"), figures.Joules / 3600);

    private static DocumentCell Dollars(TaskFigures? figures) => figures?.Dollars is { } dollars ? new(Say($"{dollars:0.####} $"), dollars) : new("n/a");
}
