namespace Millwright.Applications.Tasks;

/// <summary>A call of a model within a task. When it comes depends on the calls before it, all else is fixed when the task is drawn.</summary>
public readonly record struct TaskCall
{
    /// <summary>Number of the call that it follows; -1 where it starts with the task. More that it waits for stand in <see cref="AgentTask.Joins"/>.</summary>
    public int Follows { get; init; }

    /// <summary>Number of the call whose context it goes on from; -1 for one that starts behind a prefix.</summary>
    public int ContextFrom { get; init; }

    /// <summary>The context that its input lies on, an index of <see cref="AgentTask.Contexts"/>.</summary>
    public int Context { get; init; }

    /// <summary>The context that its output goes on with: the same where the output stays in the talk, one of its own where reasoning is dropped from it.</summary>
    public int OutputContext { get; init; }

    /// <summary>All input tokens: the prefix, what came before and what is new. At least 1.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens that this call brings: those that stand neither in the prefix nor in the input and kept output of the call that it goes on from.</summary>
    public int NewTokens { get; init; }

    /// <summary>Output tokens, reasoning included. At least 1.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Output tokens that are reasoning.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>Time of a person before the call, ps: from the end of the last call and tool that it waits for.</summary>
    public long ThinkPicoseconds { get; init; }

    /// <summary>First of its tool uses in <see cref="AgentTask.Tools"/>.</summary>
    public int FirstTool { get; init; }

    /// <summary>Number of tool uses before the call. They start side by side when the last call that it waits for ends; the call comes when the last of them has ended.</summary>
    public int ToolUses { get; init; }

    /// <summary>The agent that makes the call: 0 for the main one.</summary>
    public int Agent { get; init; }

    /// <summary>True for the last call of its agent.</summary>
    public bool IsLast { get; init; }

    /// <summary>Priority; what is greater and what is smaller is for the engine to say.</summary>
    public int Priority { get; init; }
}

/// <summary>A call that waits for another beside the one that it follows: a parent for its sub-agents.</summary>
/// <param name="Call">Number of the call that waits.</param>
/// <param name="Follows">Number of the call that it waits for.</param>
public readonly record struct TaskJoin(int Call, int Follows);

/// <summary>A use of a tool, with all tries drawn.</summary>
/// <param name="Kind">Kind of the tool, an index of <see cref="ITaskStream.ToolNames"/>.</param>
/// <param name="Picoseconds">Time on its sandbox over all tries, ps.</param>
/// <param name="Cores">CPU cores that it keeps busy meanwhile, at least 0.</param>
/// <param name="Tries">Tries, at least 1.</param>
/// <param name="Failed">True where the last try failed too; the agent goes on with the error.</param>
public readonly record struct ToolUse(int Kind, long Picoseconds, double Cores, int Tries = 1, bool Failed = false)
{
    /// <summary>Tries that failed.</summary>
    public int Failures => Failed ? Tries : Tries - 1;
}

/// <summary>A line of tokens: those up to a place are its parent's, those beyond are its own. Contexts only grow by appending; what differs from a place on is a context of its own.</summary>
/// <param name="Parent">Index of the parent; -1 for none.</param>
/// <param name="FromTokens">Place from which tokens are its own.</param>
/// <param name="Key">Key of its own tokens: two contexts hold the same tokens at a place where their key is the same.</param>
public readonly record struct TaskContext(int Parent, int FromTokens, ulong Key);
