using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Applications.Tasks;

/// <summary>How far a model may think before it answers.</summary>
public enum ReasoningBudget
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Little.</summary>
    Low,

    /// <summary>As the figures of the workload have it.</summary>
    Medium,

    /// <summary>Long.</summary>
    High,
}

/// <summary>How tasks of a named workload are drawn.</summary>
public sealed record TaskOptions
{
    /// <summary>Reasoning budget.</summary>
    public ReasoningBudget Budget { get; init; } = ReasoningBudget.Medium;

    /// <summary>Reasoning tokens of a call at most, at least 0; null for no such end.</summary>
    public int? MostReasoningTokens { get; init; }

    /// <summary>Input tokens beyond which an agent goes on with a summary, such as the context of the model less an answer; it counts where it is below that of the workload. Null for the workload's.</summary>
    public int? MostContextTokens { get; init; }

    /// <summary>Sub-agents are left out, and nothing takes their place.</summary>
    public bool WithoutSubAgents { get; init; }
}

/// <summary>A named workload made ready to draw from: call k of task n depends on the seed, n and k alone.</summary>
public sealed class TaskLaw
{
    // 16 bits of the draw's number are for the call, the others for the task
    private const int CallBits = 16;

    private readonly AgentLaw _main;
    private readonly AgentLaw? _sub;
    private readonly DrawnValue? _subAgents;
    private readonly bool _together;
    private readonly double _success;
    private readonly double _personShare;
    private readonly DrawnValue? _think;
    private readonly int _mostContext;
    private readonly int _summary;
    private readonly bool _drops;
    private readonly int _priority;
    private readonly double _budget;
    private readonly int _mostReasoning;
    private readonly string[] _toolNames;

    private TaskLaw(WorkloadRecord workload, TaskOptions options)
    {
        Workload = workload;
        _toolNames = [.. workload.Main.Tools.Concat(workload.Sub?.Tools ?? []).Select(static t => t.Name).Distinct(StringComparer.Ordinal)];
        ulong key = RandomStream.KeyOf(workload.Id);
        _main = new AgentLaw(workload.Main, _toolNames, TaskKey.Of(key, 0));
        bool hasSub = workload.Sub is not null && workload.SubAgents is not null && !options.WithoutSubAgents;
        _sub = hasSub ? new AgentLaw(workload.Sub!, _toolNames, TaskKey.Of(key, 1)) : null;
        _subAgents = hasSub ? DrawnValue.Of(workload.SubAgents!) : null;
        _together = workload.SubAgentsTogether;
        _personShare = workload.PersonShare.Value ?? 0;
        _think = workload.ThinkSeconds is { } think ? DrawnValue.Of(think) : null;
        _mostContext = (int)Math.Min(options.MostContextTokens ?? int.MaxValue, workload.MostContextTokens is { } most ? DrawnValue.Of(most).Mean : int.MaxValue);
        _summary = (int)(workload.SummaryTokens?.Value ?? _mostContext / 4);
        _drops = workload.DropsReasoning;
        _priority = workload.Priority;
        _mostReasoning = options.MostReasoningTokens ?? int.MaxValue;
        string level = options.Budget.ToString().ToLowerInvariant();
        var budget = workload.Budgets.FirstOrDefault(b => b.Level == level);
        if (budget is null && options.Budget != ReasoningBudget.Medium)
        {
            throw new ArgumentException(
                $"the workload {workload.Id} has no reasoning budget '{level}'; it has {(workload.Budgets.Count == 0 ? "none" : string.Join(", ", workload.Budgets.Select(static b => b.Level)))}", nameof(options));
        }

        _budget = budget?.Tokens.Value ?? 1;
        _success = Math.Min(1, (workload.Success.Value ?? 1) * (budget?.Success.Value ?? 1));
        int least = Math.Max(_main.Prefix, _sub?.Prefix ?? 0) + _summary;
        if (_mostContext <= least)
        {
            throw new ArgumentException($"a context of {_mostContext} tokens has no room for the prefix and the summary of the workload {workload.Id}, {least} tokens", nameof(options));
        }
    }

    /// <summary>The workload.</summary>
    public WorkloadRecord Workload { get; }

    /// <summary>Names of the kinds of tools.</summary>
    public IReadOnlyList<string> ToolNames => _toolNames;

    /// <summary>Probability that a finished task is a success.</summary>
    public double SuccessProbability => _success;

    /// <summary>Makes a workload ready.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="options">How its tasks are drawn; null for as it stands.</param>
    /// <returns>The law.</returns>
    /// <exception cref="ArgumentException">A budget that the workload does not have, or a context without room for its prefix.</exception>
    public static TaskLaw Of(WorkloadRecord workload, TaskOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var how = options ?? new TaskOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(how.MostReasoningTokens ?? 0, nameof(options));
        return new TaskLaw(workload, how);
    }

    /// <summary>Draws a task.</summary>
    /// <param name="task">Where it goes; what it held is lost.</param>
    /// <param name="random">The run's random numbers.</param>
    /// <param name="variable">Key of the load, see <see cref="RandomStream.KeyOf"/>.</param>
    /// <param name="number">Number of the task, from 0.</param>
    /// <param name="arrivalPicoseconds">Its arrival, ps.</param>
    public void Draw(AgentTask task, RandomStream random, ulong variable, long number, long arrivalPicoseconds)
    {
        ArgumentNullException.ThrowIfNull(task);
        var draws = new Draws(random, variable, number);
        ulong session = TaskKey.Of(variable ^ 0x5E55_1040UL, (ulong)number);
        task.Begin(number, arrivalPicoseconds, session, draws.At(Variable.Success, 0, 0) < _success);
        int subAgents = _sub is null ? 0 : (int)_subAgents!.At(draws.At(Variable.SubAgents, 0, 0));

        // one call sends them out, another takes their reports
        int calls = Math.Max(_main.CallsOf(draws, 0), subAgents > 0 ? 2 : 1);
        AddAgent(task, draws, 0, -1, calls, subAgents);
        int next = calls;
        for (int agent = 1; agent <= subAgents; agent++)
        {
            int subCalls = _sub!.CallsOf(draws, agent);
            int sender = Sender(draws, agent, calls);
            AddAgent(task, draws, agent, sender, subCalls, 0);
            next += subCalls;
            task.AddJoin(sender + 1, next - 1);
        }
    }

    // the main agent's call that sends a sub-agent out: never its last
    private int Sender(Draws draws, int agent, int calls) => Math.Min(calls - 2, (int)(draws.At(Variable.Sender, _together ? 1 : agent, 0) * (calls - 1)));

    private void AddAgent(AgentTask task, Draws draws, int agent, int follows, int calls, int subAgents)
    {
        var law = agent == 0 ? _main : _sub!;
        int prefix = law.Prefix;
        int shared = task.AddContext(new TaskContext(-1, 0, law.PrefixKey));
        ulong own = TaskKey.Of(task.SessionKey, (ulong)agent);
        int context = task.AddContext(new TaskContext(shared, prefix, own));
        int opening = (int)Math.Round(law.Opening.At(draws.At(Variable.Opening, agent, 0)));
        int input = (int)Math.Min(_mostContext, (long)prefix + Math.Max(1, opening));
        int added = input - prefix;
        int kept = 0;
        for (int k = 0; k < calls; k++)
        {
            int from = k == 0 ? -1 : task.Calls.Length - 1;
            bool reports = false;
            if (k > 0)
            {
                long brought = (long)Math.Round(law.New.At(draws.At(Variable.New, agent, k)));
                for (int other = 1; other <= subAgents; other++)
                {
                    if (Sender(draws, other, calls) == k - 1)
                    {
                        brought += Report(draws, other);
                        reports = true;
                    }
                }

                long grown = (long)input + kept + brought;
                if (grown > _mostContext)
                {
                    // the talk is summed up: nothing but the prefix is as it was
                    from = -1;
                    context = task.AddContext(new TaskContext(shared, prefix, TaskKey.Of(own, (ulong)k)));
                    grown = Math.Min(_mostContext, prefix + (long)_summary + brought);
                    brought = grown - prefix;
                }

                (input, added) = ((int)grown, (int)brought);
            }

            var (output, reasoning) = Output(law, draws, agent, k);
            kept = _drops ? output - reasoning : output;
            int outputContext = _drops && reasoning > 0 ? task.AddContext(new TaskContext(context, input, TaskKey.Of(own ^ 0xD407UL, (ulong)k))) : context;
            int firstTool = task.Tools.Length;
            long think = 0;
            if (k > 0 && !reports)
            {
                if (agent == 0 && _personShare > 0 && draws.At(Variable.Person, agent, k) < _personShare)
                {
                    think = Picoseconds(_think!.At(draws.At(Variable.Think, agent, k)));
                }
                else
                {
                    law.AddTools(task, draws, agent, k);
                }
            }

            task.AddCall(new TaskCall
            {
                Follows = k == 0 ? follows : task.Calls.Length - 1,
                ContextFrom = from,
                Context = context,
                OutputContext = outputContext,
                InputTokens = input,
                NewTokens = added,
                OutputTokens = output,
                ReasoningTokens = reasoning,
                ThinkPicoseconds = think,
                FirstTool = firstTool,
                ToolUses = task.Tools.Length - firstTool,
                Agent = agent,
                IsLast = k == calls - 1,
                Priority = _priority,
            });
        }
    }

    // what a sub-agent's last call says, without its reasoning
    private int Report(Draws draws, int agent)
    {
        var (output, reasoning) = Output(_sub!, draws, agent, _sub!.CallsOf(draws, agent) - 1);
        return output - reasoning;
    }

    private (int Output, int Reasoning) Output(AgentLaw law, Draws draws, int agent, int call)
    {
        int drawn = (int)Math.Max(1, Math.Round(law.Output.At(draws.At(Variable.Output, agent, call))));
        int reasoning = (int)Math.Round(drawn * law.ReasoningShare);
        int answer = drawn - reasoning;
        int budgeted = (int)Math.Min(_mostReasoning, Math.Round(reasoning * _budget));
        return (Math.Max(1, answer + budgeted), budgeted);
    }

    private static long Picoseconds(double seconds) => (long)Math.Round(seconds * TraceStamp.SecondPicoseconds);

    // names of the random variables of a task
    private enum Variable : ulong
    {
        Success = 1,
        SubAgents,
        Sender,
        Calls,
        Opening,
        New,
        Output,
        Person,
        Think,
        Uses,
        Kind,
        Seconds,
        Failure,
    }

    private readonly struct Draws(RandomStream random, ulong variable, long task)
    {
        public double At(Variable name, int agent, int call, int part = 0) =>
            random.Uniform(TaskKey.Of(variable, ((ulong)name << 56) | ((ulong)(uint)agent << 32) | (uint)part), (task << CallBits) + call);
    }

    private sealed class AgentLaw
    {
        private const int MostCalls = 1 << CallBits;

        private readonly DrawnValue _calls;
        private readonly DrawnValue? _uses;
        private readonly (int Kind, double UpTo, DrawnValue Seconds, double Cores, double Failure, int Tries)[] _tools;

        public AgentLaw(AgentRecord agent, string[] toolNames, ulong prefixKey)
        {
            PrefixKey = prefixKey;
            Prefix = (int)DrawnValue.Of(agent.PrefixTokens).Mean;
            Opening = DrawnValue.Of(agent.OpeningTokens);
            New = DrawnValue.Of(agent.NewTokens);
            Output = DrawnValue.Of(agent.OutputTokens);
            ReasoningShare = agent.ReasoningShare.Value ?? 0;
            _calls = DrawnValue.Of(agent.Calls);
            _uses = agent.ToolUses is { } uses ? DrawnValue.Of(uses) : null;
            double whole = agent.Tools.Sum(static t => t.Share.Value ?? 0);
            double sum = 0;
            _tools =
            [
                .. agent.Tools.Select(t => (Array.IndexOf(toolNames, t.Name), sum += (t.Share.Value ?? 0) / whole, DrawnValue.Of(t.Seconds), t.Cores.Value ?? 0, t.Failure.Value ?? 0, t.Tries)),
            ];
        }

        public ulong PrefixKey { get; }

        public int Prefix { get; }

        public DrawnValue Opening { get; }

        public DrawnValue New { get; }

        public DrawnValue Output { get; }

        public double ReasoningShare { get; }

        public int CallsOf(Draws draws, int agent) => (int)Math.Clamp(Math.Round(_calls.At(draws.At(Variable.Calls, agent, 0))), 1, MostCalls);

        public void AddTools(AgentTask task, Draws draws, int agent, int call)
        {
            int uses = _uses is null ? 0 : (int)Math.Round(_uses.At(draws.At(Variable.Uses, agent, call)));
            for (int use = 0; use < uses; use++)
            {
                double place = draws.At(Variable.Kind, agent, call, use);
                int kind = 0;
                while (kind < _tools.Length - 1 && place > _tools[kind].UpTo)
                {
                    kind++;
                }

                ref readonly var tool = ref _tools[kind];
                long time = 0;
                int tries = 0;
                bool failed = true;
                while (failed && tries < tool.Tries)
                {
                    int part = (use << 8) + tries;
                    time += Picoseconds(tool.Seconds.At(draws.At(Variable.Seconds, agent, call, part)));
                    failed = draws.At(Variable.Failure, agent, call, part) < tool.Failure;
                    tries++;
                }

                task.AddTool(new ToolUse(tool.Kind, time, tool.Cores, tries, failed));
            }
        }
    }
}
