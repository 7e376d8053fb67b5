using Millwright.Numerics;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>What a run cost in all.</summary>
/// <param name="Joules">Energy of serving, J, of all chips over the run.</param>
/// <param name="Dollars">Cost of serving, USD, of all chips over the run; null where none is stated.</param>
/// <param name="DollarsPerCoreHour">Price of a sandbox's CPU core, USD per hour; null where none is stated, and then sandboxes are left out of the cost.</param>
public readonly record struct TaskCosts(double Joules, double? Dollars = null, double? DollarsPerCoreHour = null);

/// <summary>What one task takes in the mean.</summary>
/// <param name="Calls">Calls of the model.</param>
/// <param name="InputTokens">Input tokens, cached ones included.</param>
/// <param name="CachedTokens">Input tokens read from a prefix cache.</param>
/// <param name="OutputTokens">Output tokens, reasoning included.</param>
/// <param name="ReasoningTokens">Output tokens that are reasoning.</param>
/// <param name="ThinkSeconds">Time of persons, s.</param>
/// <param name="ToolUses">Tool uses.</param>
/// <param name="ToolSeconds">Time of tools on sandboxes, s.</param>
/// <param name="ToolWaitSeconds">Time of waiting for sandboxes, s.</param>
/// <param name="CoreSeconds">Core-seconds of tools.</param>
/// <param name="Retries">Tries of tools after the first of a use.</param>
/// <param name="FailedToolUses">Tool uses without a result.</param>
/// <param name="Joules">Energy of serving, J.</param>
/// <param name="ServingDollars">Cost of serving, USD; null where none is stated.</param>
/// <param name="SandboxDollars">Cost of sandboxes, USD; null where none is stated.</param>
public sealed record TaskFigures(
    double Calls,
    double InputTokens,
    double CachedTokens,
    double OutputTokens,
    double ReasoningTokens,
    double ThinkSeconds,
    double ToolUses,
    double ToolSeconds,
    double ToolWaitSeconds,
    double CoreSeconds,
    double Retries,
    double FailedToolUses,
    double Joules,
    double? ServingDollars,
    double? SandboxDollars)
{
    /// <summary>Cost of serving and sandboxes as far as stated, USD; null where neither is.</summary>
    public double? Dollars => ServingDollars is null && SandboxDollars is null ? null : (ServingDollars ?? 0) + (SandboxDollars ?? 0);
}

/// <summary>Times of tasks from arrival to end, persons and tools included, s.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
public sealed record TaskTimes(double Mean, double P50, double P90, double P99);

/// <summary>
/// Figures per finished and per successful task. Both share out all that the run spent, on tasks that failed or were refused too: energy and cost of the run over finished tasks, and over successful ones. So a
/// success carries the cost of the failures beside it. Times are those of the tasks themselves. A figure is null where no task is there to carry it.
/// </summary>
public sealed record TaskReport
{
    /// <summary>Tasks whose calls were all done.</summary>
    public required long Finished { get; init; }

    /// <summary>Of those, with a right result.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Tasks that ended with a refusal.</summary>
    public required long Refused { get; init; }

    /// <summary>Tasks that had not ended when the run did.</summary>
    public required long Open { get; init; }

    /// <summary>Successful tasks over finished and refused ones.</summary>
    public double? SuccessShare => Finished + Refused == 0 ? null : (double)Succeeded / (Finished + Refused);

    /// <summary>Times of finished tasks.</summary>
    public required TaskTimes? FinishedTimes { get; init; }

    /// <summary>Times of successful tasks.</summary>
    public required TaskTimes? SucceededTimes { get; init; }

    /// <summary>All that was spent, over finished tasks.</summary>
    public required TaskFigures? PerFinished { get; init; }

    /// <summary>All that was spent, over successful tasks.</summary>
    public required TaskFigures? PerSucceeded { get; init; }

    /// <summary>Makes the report of a run.</summary>
    /// <param name="monitor">Tasks that ended.</param>
    /// <param name="open">Tasks that had not ended, at least 0.</param>
    /// <param name="costs">What the run cost in all.</param>
    /// <returns>The report.</returns>
    public static TaskReport Of(TaskMonitor monitor, long open, in TaskCosts costs)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        ArgumentOutOfRangeException.ThrowIfNegative(open);
        TaskSpending all = monitor.OfFinished + monitor.OfRefused;
        return new TaskReport
        {
            Finished = monitor.Finished.Count,
            Succeeded = monitor.Succeeded.Count,
            Refused = monitor.Refused,
            Open = open,
            FinishedTimes = Times(monitor.Finished),
            SucceededTimes = Times(monitor.Succeeded),
            PerFinished = Figures(all, monitor.Finished.Count, costs),
            PerSucceeded = Figures(all, monitor.Succeeded.Count, costs),
        };
    }

    private static TaskTimes? Times(QuantileSketch times) => times.Count == 0 ? null : new(
        times.Mean / SimulatedTime.PerSecond, times.Quantile(0.5) / SimulatedTime.PerSecond, times.Quantile(0.9) / SimulatedTime.PerSecond, times.Quantile(0.99) / SimulatedTime.PerSecond);

    private static TaskFigures? Figures(in TaskSpending spent, long tasks, in TaskCosts costs)
    {
        if (tasks == 0)
        {
            return null;
        }

        const double SecondsPerHour = 3600;
        double each = 1.0 / tasks;
        ToolTally tools = spent.Tools;
        return new TaskFigures(
            spent.Calls * each,
            spent.InputTokens * each,
            spent.CachedTokens * each,
            spent.OutputTokens * each,
            spent.ReasoningTokens * each,
            SimulatedTime.ToSeconds(spent.ThinkPicoseconds) * each,
            tools.Uses * each,
            tools.BusySeconds * each,
            tools.WaitingSeconds * each,
            tools.CoreSeconds * each,
            tools.Retries * each,
            tools.FailedUses * each,
            costs.Joules * each,
            costs.Dollars * each,
            costs.DollarsPerCoreHour * (tools.CoreSeconds / SecondsPerHour) * each);
    }
}
