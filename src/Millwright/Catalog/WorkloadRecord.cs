namespace Millwright.Catalog;

/// <summary>How the values of a <see cref="DrawnFigure"/> scatter.</summary>
public enum DrawnLaw
{
    /// <summary>Always the same.</summary>
    Fixed,

    /// <summary>Lognormal.</summary>
    Lognormal,

    /// <summary>Geometric: whole numbers from 0 or 1, each next one as much less likely as the last.</summary>
    Geometric,
}

/// <summary>A figure that differs from one task, call or use to the next, with its provenance. Of the parameters, those are set that its law takes: the value for a fixed one, two of median, 90th
/// percentile, mean and coefficient of variation for a lognormal one, the mean for a geometric one.</summary>
public sealed record DrawnFigure
{
    /// <summary>How values scatter.</summary>
    public required DrawnLaw Law { get; init; }

    /// <summary>Value of a fixed figure, or null.</summary>
    public double? Value { get; init; }

    /// <summary>Median, or null.</summary>
    public double? P50 { get; init; }

    /// <summary>90th percentile, or null.</summary>
    public double? P90 { get; init; }

    /// <summary>Mean, or null: beside a median the one after <see cref="Least"/> and <see cref="Most"/> cut the values, else the one before.</summary>
    public double? Mean { get; init; }

    /// <summary>Standard deviation over mean, or null.</summary>
    public double? Variation { get; init; }

    /// <summary>Least value: what is drawn lower counts as this; null for 0, and for 1 where the law is geometric.</summary>
    public double? Least { get; init; }

    /// <summary>Greatest value: what is drawn higher counts as this; null for none.</summary>
    public double? Most { get; init; }

    /// <summary>Tenth percentile of what the value, the mean or the median may be in truth, or null for the band of the evidence.</summary>
    public double? Low { get; init; }

    /// <summary>90th percentile of what the value, the mean or the median may be in truth, or null for the band of the evidence.</summary>
    public double? High { get; init; }

    /// <summary>What stands behind it.</summary>
    public required Evidence Evidence { get; init; }

    /// <summary>Source, or the file and row of a recalled or assumed figure.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the figure.</summary>
    public string Date { get; init; } = "";

    /// <summary>Anything a reader should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>What the band is of: the value, else the mean, else the median.</summary>
    public double? Anchor => Value ?? Mean ?? P50;

    /// <summary>The range of the value, the mean or the median: as stated, else the default band of the evidence.</summary>
    public FigureBand? Band => EvidenceBand.Of(Low, Anchor, High, Evidence);
}

/// <summary>A kind of tool that an agent uses.</summary>
/// <param name="Name">Name: "shell", "browser", "pdf-reader", "search".</param>
/// <param name="Share">Share of the agent's tool uses that are of this kind; shares need not sum to 1.</param>
/// <param name="Seconds">Time of one try on its sandbox, s.</param>
/// <param name="Cores">CPU cores that it keeps busy meanwhile.</param>
/// <param name="Failure">Probability that a try fails.</param>
/// <param name="Tries">Tries at most, at least 1; after the last one the agent goes on without a result.</param>
public sealed record ToolRecord(string Name, DrawnFigure Share, DrawnFigure Seconds, DrawnFigure Cores, DrawnFigure Failure, int Tries);

/// <summary>Calls of one agent in a row: each goes on from the context of the one before.</summary>
public sealed record AgentRecord
{
    /// <summary>Tokens of system prompt and tool definitions, the same for all tasks of the workload.</summary>
    public required DrawnFigure PrefixTokens { get; init; }

    /// <summary>Tokens that the first call adds to the prefix: the question, files, memory.</summary>
    public required DrawnFigure OpeningTokens { get; init; }

    /// <summary>Model calls.</summary>
    public required DrawnFigure Calls { get; init; }

    /// <summary>Tokens that each later call adds beside the kept output of the one before: a message of the user or results of tools.</summary>
    public required DrawnFigure NewTokens { get; init; }

    /// <summary>Output tokens of a call, reasoning included.</summary>
    public required DrawnFigure OutputTokens { get; init; }

    /// <summary>Share of the output that is reasoning.</summary>
    public required DrawnFigure ReasoningShare { get; init; }

    /// <summary>Tools used between two calls, side by side; null for an agent without tools.</summary>
    public DrawnFigure? ToolUses { get; init; }

    /// <summary>Kinds of tools.</summary>
    public IReadOnlyList<ToolRecord> Tools { get; init; } = [];
}

/// <summary>How far a model may think: what a level does to reasoning tokens and to success.</summary>
/// <param name="Level">"none", "low", "medium" or "high"; the figures of the workload are those of medium.</param>
/// <param name="Tokens">Factor on reasoning tokens.</param>
/// <param name="Success">Factor on the probability of success.</param>
public sealed record ReasoningBudgetRecord(string Level, DrawnFigure Tokens, DrawnFigure Success);

/// <summary>A named workload: tasks that are drawn, such as talks, questions or jobs of an agent.</summary>
public sealed record WorkloadRecord
{
    /// <summary>Unique id, such as "coding-agent".</summary>
    public required string Id { get; init; }

    /// <summary>Name in full.</summary>
    public required string Name { get; init; }

    /// <summary>Probability that a finished task is a success.</summary>
    public required DrawnFigure Success { get; init; }

    /// <summary>Share of the main agent's later calls that a message of a person starts; the others are started by tools.</summary>
    public required DrawnFigure PersonShare { get; init; }

    /// <summary>Time between an answer and the next message of the person, s; null where no person comes in between.</summary>
    public DrawnFigure? ThinkSeconds { get; init; }

    /// <summary>Tokens of input beyond which an agent goes on with a summary in place of its talk; null for never.</summary>
    public DrawnFigure? MostContextTokens { get; init; }

    /// <summary>Tokens of that summary; null where there is none.</summary>
    public DrawnFigure? SummaryTokens { get; init; }

    /// <summary>True where reasoning is left out of the input of later calls.</summary>
    public bool DropsReasoning { get; init; }

    /// <summary>Priority of its requests.</summary>
    public int Priority { get; init; }

    /// <summary>The agent that the user talks to.</summary>
    public required AgentRecord Main { get; init; }

    /// <summary>An agent that the main one sends out; null for none.</summary>
    public AgentRecord? Sub { get; init; }

    /// <summary>Sub-agents of a task; null for none.</summary>
    public DrawnFigure? SubAgents { get; init; }

    /// <summary>True where all sub-agents are sent out by the same call, false where each is by a call of its own.</summary>
    public bool SubAgentsTogether { get; init; }

    /// <summary>Reasoning budgets.</summary>
    public IReadOnlyList<ReasoningBudgetRecord> Budgets { get; init; } = [];

    /// <summary>Anything a reader should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>Every figure with its name.</summary>
    /// <returns>Names such as "main.calls", and figures.</returns>
    public IEnumerable<(string Name, DrawnFigure Figure)> Figures()
    {
        IEnumerable<(string Name, DrawnFigure? Figure)> all =
        [
            ("success", Success), ("person_share", PersonShare), ("think_seconds", ThinkSeconds), ("most_context_tokens", MostContextTokens), ("summary_tokens", SummaryTokens),
            .. OfAgent("main", Main), .. Sub is null ? [] : OfAgent("sub", Sub), ("sub_agents", SubAgents),
            .. Budgets.SelectMany(static b => (IEnumerable<(string, DrawnFigure?)>)[($"budget {b.Level} tokens", b.Tokens), ($"budget {b.Level} success", b.Success)]),
        ];
        return all.Where(static f => f.Figure is not null).Select(static f => (f.Name, f.Figure!));
    }

    private static IEnumerable<(string Name, DrawnFigure? Figure)> OfAgent(string role, AgentRecord agent) =>
    [
        (role + ".prefix_tokens", agent.PrefixTokens), (role + ".opening_tokens", agent.OpeningTokens), (role + ".calls", agent.Calls), (role + ".new_tokens", agent.NewTokens),
        (role + ".output_tokens", agent.OutputTokens), (role + ".reasoning_share", agent.ReasoningShare), (role + ".tool_uses", agent.ToolUses),
        .. agent.Tools.SelectMany(t => (IEnumerable<(string, DrawnFigure?)>)
        [
            ($"{role}.{t.Name}.share", t.Share), ($"{role}.{t.Name}.seconds", t.Seconds), ($"{role}.{t.Name}.cores", t.Cores), ($"{role}.{t.Name}.failure", t.Failure),
        ]),
    ];
}
