using System.Globalization;
using Millwright.Catalog;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Makes a named workload from a row. Each figure of it is a mapping with its own law, evidence and source.</summary>
internal static class CatalogWorkloadReader
{
    private static readonly string[] WorkloadKeys =
    [
        "id", "name", "success", "person_share", "think_seconds", "most_context_tokens", "summary_tokens", "drops_reasoning", "priority", "main", "sub", "sub_agents", "sub_agents_together",
        "reasoning_budgets", "note",
    ];

    private static readonly string[] AgentKeys =
        ["prefix_tokens", "opening_tokens", "calls", "new_tokens", "output_tokens", "reasoning_share", "tool_uses", "tools"];

    private static readonly string[] ToolKeys = ["name", "share", "seconds", "cores", "failure", "tries"];
    private static readonly string[] BudgetKeys = ["level", "tokens", "success"];

    private static readonly string[] FigureKeys =
        ["law", "value", "p50", "p90", "mean", "cv", "least", "most", "low", "high", "evidence", "date", "source", "note"];

    private static readonly string[] Laws = ["fixed", "lognormal", "geometric"];
    private static readonly string[] Levels = ["none", "low", "medium", "high"];

    /// <summary>A named workload.</summary>
    /// <param name="node">The row.</param>
    /// <returns>The workload.</returns>
    /// <exception cref="InputException">A key is unknown or missing, or a figure cannot be drawn.</exception>
    public static WorkloadRecord Workload(YamlNode node)
    {
        var row = new CatalogRow("workload", node, WorkloadKeys);
        string id = row.Required("id");
        AgentRecord? sub = row.Map("sub", AgentKeys) is { } agent ? Agent(agent, id) : null;
        DrawnFigure? subAgents = Optional(row, "sub_agents", id, 0, 1000);
        if (sub is null != subAgents is null)
        {
            throw row.Wrong($"workload \"{id}\" needs both \"sub\" and \"sub_agents\", or neither");
        }

        DrawnFigure personShare = Share(row, "person_share", id);
        DrawnFigure? think = Optional(row, "think_seconds", id, 0, 1e6);
        if (personShare.Value > 0 && think is null)
        {
            throw row.Wrong($"workload \"{id}\" needs \"think_seconds\", since persons come in between its calls");
        }

        DrawnFigure? most = Optional(row, "most_context_tokens", id, 1, 1e8);
        DrawnFigure? summary = Optional(row, "summary_tokens", id, 1, 1e8);
        if (most is null != summary is null)
        {
            throw row.Wrong($"workload \"{id}\" needs both \"most_context_tokens\" and \"summary_tokens\", or neither");
        }

        return new WorkloadRecord
        {
            Id = id,
            Name = row.Required("name"),
            Success = Share(row, "success", id),
            PersonShare = personShare,
            ThinkSeconds = think,
            MostContextTokens = most,
            SummaryTokens = summary,
            DropsReasoning = row.Flag("drops_reasoning"),
            Priority = (int)(row.Number("priority") ?? 0),
            Main = Agent(row.Map("main", AgentKeys) ?? throw row.Wrong($"workload \"{id}\" needs a \"main\" agent"), id),
            Sub = sub,
            SubAgents = subAgents,
            SubAgentsTogether = row.Flag("sub_agents_together"),
            Budgets = [.. Items(row, "reasoning_budgets").Select(n => Budget(n, id))],
            Note = row.Text("note"),
        };
    }

    private static AgentRecord Agent(CatalogRow row, string id)
    {
        ToolRecord[] tools = [.. Items(row, "tools").Select(n => Tool(n, id))];
        DrawnFigure? uses = Optional(row, "tool_uses", id, 0, 1000);
        if (uses is null != (tools.Length == 0))
        {
            throw row.Wrong($"an agent of workload \"{id}\" needs both \"tool_uses\" and \"tools\", or neither");
        }

        return new AgentRecord
        {
            PrefixTokens = Fixed(row, "prefix_tokens", id, 0, 1e7),
            OpeningTokens = Figure(row, "opening_tokens", id, 1, 1e7),
            Calls = Figure(row, "calls", id, 1, 1e4),
            NewTokens = Figure(row, "new_tokens", id, 0, 1e7),
            OutputTokens = Figure(row, "output_tokens", id, 1, 1e7),
            ReasoningShare = Share(row, "reasoning_share", id),
            ToolUses = uses,
            Tools = tools,
        };
    }

    private static ToolRecord Tool(YamlNode node, string id)
    {
        var row = new CatalogRow("tool", node, ToolKeys);
        return new ToolRecord(
            row.Required("name"),
            Fixed(row, "share", id, 0, 1),
            Figure(row, "seconds", id, 0, 1e6),
            Fixed(row, "cores", id, 0, 1000),
            Share(row, "failure", id),
            row.Count("tries") ?? 1);
    }

    private static ReasoningBudgetRecord Budget(YamlNode node, string id)
    {
        var row = new CatalogRow("reasoning budget", node, BudgetKeys);
        return new ReasoningBudgetRecord(row.Choice("level", Levels), Fixed(row, "tokens", id, 0, 100), Fixed(row, "success", id, 0, 100));
    }

    private static DrawnFigure Share(CatalogRow row, string key, string id) => Fixed(row, key, id, 0, 1);

    private static DrawnFigure Fixed(CatalogRow row, string key, string id, double least, double most)
    {
        DrawnFigure figure = Figure(row, key, id, least, most);
        return figure.Law == DrawnLaw.Fixed ? figure : throw row.Find(key)!.Wrong($"\"{key}\" must be one value: law fixed");
    }

    private static DrawnFigure? Optional(CatalogRow row, string key, string id, double least, double most) =>
        row.Find(key) is null ? null : Figure(row, key, id, least, most);

    private static DrawnFigure Figure(CatalogRow owner, string key, string id, double least, double most)
    {
        CatalogRow row = owner.Map(key, FigureKeys) ?? throw owner.Wrong($"a {owner.What} of workload \"{id}\" needs \"{key}\"");
        DrawnLaw law = row.Find("law") is null ? DrawnLaw.Fixed : (DrawnLaw)Array.IndexOf(Laws, row.Choice("law", Laws));
        Evidence evidence = row.Evidence("evidence");
        DrawnFigure figure = new()
        {
            Law = law,
            Value = row.Number("value"),
            P50 = row.Positive("p50"),
            P90 = row.Positive("p90"),
            Mean = row.Positive("mean"),
            Variation = row.Positive("cv"),
            Least = row.NotNegative("least"),
            Most = row.NotNegative("most"),
            Low = row.NotNegative("low"),
            High = row.NotNegative("high"),
            Evidence = evidence,
            Source = row.Source(evidence, $"{id} {key}"),
            Date = row.Text("date"),
            Note = row.Text("note"),
        };
        CheckParameters(row, key, figure);
        if (figure.Anchor is not { } anchor || anchor < least || anchor > most)
        {
            throw row.Wrong(string.Create(CultureInfo.InvariantCulture, $"\"{key}\" is {figure.Anchor}; allowed: {least} to {most}"));
        }

        if (figure.Least > figure.Most || figure.Low > anchor || figure.High < anchor)
        {
            throw row.Wrong($"\"{key}\": least, most and low, high must ascend, with the value, mean or median between low and high");
        }

        return figure;
    }

    private static void CheckParameters(CatalogRow row, string key, DrawnFigure f)
    {
        bool fits = f.Law switch
        {
            DrawnLaw.Fixed => f is { Value: not null, P50: null, P90: null, Mean: null, Variation: null },
            DrawnLaw.Geometric => f is { Mean: not null, Value: null, P50: null, P90: null, Variation: null, Least: null or 0 or 1 } && f.Mean > (f.Least == 0 ? 0 : 1),
            _ => f.Value is null && ((f is { P50: not null, P90: not null, Mean: null, Variation: null } && f.P90 > f.P50)
                || (f is { P50: not null, Mean: not null, P90: null, Variation: null } && f.Mean > f.P50)
                || f is { Mean: not null, Variation: not null, P50: null, P90: null }),
        };
        if (!fits)
        {
            throw row.Wrong($"\"{key}\" takes value (fixed), p50 and p90, p50 and mean, or mean and cv (lognormal), or a mean above its least of 0 or 1 (geometric)");
        }
    }

    private static IReadOnlyList<YamlNode> Items(CatalogRow row, string key) => row.Find(key) switch
    {
        null => [],
        YamlSequence list => list.Items,
        var other => throw other.Wrong($"\"{key}\" must be a list"),
    };
}
