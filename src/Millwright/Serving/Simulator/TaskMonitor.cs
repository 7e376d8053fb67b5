using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>What a task that has ended took.</summary>
/// <param name="ArrivalPicoseconds">Arrival, ps.</param>
/// <param name="EndPicoseconds">End of its last call, or the refusal that ended it, ps.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Spent">Calls, tokens and tools of it.</param>
public readonly record struct EndedTask(long ArrivalPicoseconds, long EndPicoseconds, TaskOutcome Outcome, TaskSpending Spent);

/// <summary>How a task ended.</summary>
public enum TaskOutcome
{
    /// <summary>All of its calls were done, and its result is right.</summary>
    Succeeded,

    /// <summary>All of its calls were done, and its result is wrong.</summary>
    Missed,

    /// <summary>One of its calls was refused, so that it could not go on.</summary>
    Refused,
}

/// <summary>What tasks take, summed. Tokens are those of calls that were done.</summary>
/// <param name="Calls">Calls of the model.</param>
/// <param name="InputTokens">Input tokens, cached ones included.</param>
/// <param name="CachedTokens">Input tokens that were read from a prefix cache.</param>
/// <param name="OutputTokens">Output tokens, reasoning included.</param>
/// <param name="ReasoningTokens">Output tokens that are reasoning.</param>
/// <param name="ThinkPicoseconds">Time of persons before calls, ps.</param>
/// <param name="Tools">Tool uses.</param>
public readonly record struct TaskSpending(long Calls, long InputTokens, long CachedTokens, long OutputTokens, long ReasoningTokens, WideInteger ThinkPicoseconds, ToolTally Tools)
{
    /// <summary>Both together.</summary>
    public static TaskSpending operator +(TaskSpending left, TaskSpending right) => new(
        left.Calls + right.Calls, left.InputTokens + right.InputTokens, left.CachedTokens + right.CachedTokens, left.OutputTokens + right.OutputTokens,
        left.ReasoningTokens + right.ReasoningTokens, left.ThinkPicoseconds + right.ThinkPicoseconds, left.Tools + right.Tools);
}

/// <summary>Sums and quantiles of tasks that have ended, in whole numbers: monitors of parts of a run add up to that of the whole, in any order.</summary>
public sealed class TaskMonitor
{
    /// <summary>Times of finished tasks from arrival to end, ps.</summary>
    public QuantileSketch Finished { get; } = new();

    /// <summary>Times of successful tasks from arrival to end, ps.</summary>
    public QuantileSketch Succeeded { get; } = new();

    /// <summary>Tasks that ended with a refusal.</summary>
    public long Refused { get; private set; }

    /// <summary>What finished tasks took.</summary>
    public TaskSpending OfFinished { get; private set; }

    /// <summary>What successful tasks took.</summary>
    public TaskSpending OfSucceeded { get; private set; }

    /// <summary>What tasks took that ended with a refusal.</summary>
    public TaskSpending OfRefused { get; private set; }

    /// <summary>Takes in a task that has ended.</summary>
    /// <param name="task">The task.</param>
    public void Add(in EndedTask task)
    {
        if (task.Outcome == TaskOutcome.Refused)
        {
            Refused++;
            OfRefused += task.Spent;
            return;
        }

        long time = task.EndPicoseconds - task.ArrivalPicoseconds;
        Finished.Add(time);
        OfFinished += task.Spent;
        if (task.Outcome == TaskOutcome.Succeeded)
        {
            Succeeded.Add(time);
            OfSucceeded += task.Spent;
        }
    }

    /// <summary>Adds to what a task took that has ended before: calls that were under way when another call of it was refused.</summary>
    /// <param name="spent">What they took.</param>
    public void AddAfterRefusal(in TaskSpending spent) => OfRefused += spent;

    /// <summary>Adds what another monitor holds.</summary>
    /// <param name="other">The other.</param>
    public void Merge(TaskMonitor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Finished.Merge(other.Finished);
        Succeeded.Merge(other.Succeeded);
        Refused += other.Refused;
        OfFinished += other.OfFinished;
        OfSucceeded += other.OfSucceeded;
        OfRefused += other.OfRefused;
    }
}
