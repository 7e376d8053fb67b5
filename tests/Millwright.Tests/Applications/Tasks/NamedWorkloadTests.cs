using Millwright.Applications;
using Millwright.Applications.Tasks;
using Millwright.Catalog;

namespace Millwright.Tests.Applications.Tasks;

/// <summary>The named workloads of the catalog, drawn.</summary>
public sealed class NamedWorkloadTests
{
    private static readonly CatalogData Shipped = ShippedCatalog.Load();

    public static TheoryData<string> Names => ["chat", "reasoning", "research", "browser-agent", "coding-agent"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_figure_has_a_source_and_a_band(string name)
    {
        WorkloadRecord workload = Shipped.FindWorkload(name)!;
        foreach ((string figure, DrawnFigure drawn) in workload.Figures())
        {
            Assert.True(drawn.Source.Length > 0 && drawn.Band is { } band && band.Low <= band.Mid && band.Mid <= band.High, figure);
        }

        // one call alone is not marked as a measurement
        Assert.All(workload.Figures().Where(f => f.Figure.Evidence is Evidence.Read or Evidence.Derived), f => Assert.DoesNotContain("catalog/", f.Figure.Source, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Drawn_tasks_can_be_carried_out(string name)
    {
        TaskLaw law = Law(name);
        foreach (AgentTask task in Draw(law, 500))
        {
            task.Check();
            Assert.Equal(0, task.Calls[0].Agent);
            Assert.Equal(law.Workload.Main.PrefixTokens.Value, task.SharedPrefixTokens);
            for (int i = 0; i < task.Calls.Length; i++)
            {
                TaskCall call = task.Calls[i];
                if (call.ContextFrom >= 0)
                {
                    TaskCall from = task.Calls[call.ContextFrom];
                    int kept = law.Workload.DropsReasoning ? from.OutputTokens - from.ReasoningTokens : from.OutputTokens;
                    Assert.Equal(from.InputTokens + kept + call.NewTokens, call.InputTokens);
                    Assert.Equal(call.ContextFrom, call.Follows);
                }
                else
                {
                    Assert.Equal(task.Contexts[call.Context].FromTokens + call.NewTokens, call.InputTokens);
                }

                Assert.True(call.InputTokens <= (law.Workload.MostContextTokens?.Value ?? int.MaxValue));
                Assert.True(task.ToolsOf(i).Length == 0 || call.ThinkPicoseconds == 0, "a call is started by tools or by a person");
            }
        }
    }

    [Fact]
    public void A_task_is_the_same_however_many_are_drawn_and_other_seeds_make_others()
    {
        AgentTask last = Draw(Law("research"), 40).Last();
        AgentTask alone = new();
        Law("research").Draw(alone, new(5), Millwright.Numerics.RandomStream.KeyOf("tasks"), 39, last.ArrivalPicoseconds);
        Assert.Equal(last.Calls, alone.Calls);
        Assert.Equal(last.Tools, alone.Tools);
        Assert.Equal(last.Joins, alone.Joins);
        Assert.Equal(last.Contexts, alone.Contexts);
        Assert.Equal((last.Succeeds, last.SessionKey), (alone.Succeeds, alone.SessionKey));
        AgentTask other = new();
        Law("research").Draw(other, new(6), Millwright.Numerics.RandomStream.KeyOf("tasks"), 39, last.ArrivalPicoseconds);
        Assert.NotEqual(last.Calls.ToArray(), other.Calls.ToArray());
    }

    /// <summary>Figures of the AgentX sessions, computed from the table of their lengths, calls below 2,000 tokens that only name a session left out: 134 root sessions and 80 sub-agents, 3,654 calls.</summary>
    [Fact]
    public void Coding_agents_meet_the_means_of_the_trace()
    {
        Tally main = new(), sub = new();
        long tasks = 0, succeeded = 0;
        foreach (AgentTask task in Draw(Law("coding-agent"), 20_000))
        {
            tasks++;
            succeeded += task.Succeeds ? 1 : 0;
            foreach (ref readonly TaskCall call in task.Calls)
            {
                Tally to = call.Agent == 0 ? main : sub;
                to.Calls++;
                to.Agents += call.IsLast ? 1 : 0;
                to.Input += call.InputTokens;
                to.Output += call.OutputTokens;
                int before = call.Follows >= 0 && task.Calls[call.Follows].Agent == call.Agent ? task.Calls[call.Follows].InputTokens : 0;
                if (before > 0)
                {
                    to.Pairs++;
                    to.Paired += call.InputTokens;
                    to.Repeated += Math.Min(before, call.InputTokens);
                    to.Grown += Math.Max(0, call.InputTokens - before);
                }
            }
        }

        Assert.Equal(21.4, main.Calls / (double)main.Agents, 0.04 * 21.4);
        Assert.Equal(9.84, sub.Calls / (double)sub.Agents, 0.04 * 9.84);
        Assert.Equal(0.6, sub.Agents / (double)tasks, 0.03);
        Assert.Equal(913, main.Output / (double)main.Calls, 0.03 * 913);
        Assert.Equal(448, sub.Output / (double)sub.Calls, 0.03 * 448);
        Assert.Equal(0.9707, main.Repeated / main.Paired, 0.005);
        Assert.Equal(0.9401, sub.Repeated / sub.Paired, 0.015);
        Assert.Equal(0.9672, (main.Repeated + sub.Repeated) / (main.Paired + sub.Paired), 0.005);
        Assert.Equal(102_609, main.Input / main.Calls, 0.06 * 102_609);

        // a summary hides what a call brings: growth is a little lower than the 3,044 and 3,082 of the trace, where sessions that long bring less
        Assert.Equal(3_052, (main.Grown + sub.Grown) / (main.Pairs + sub.Pairs), 0.12 * 3_052);
        Assert.Equal(0.746, succeeded / (double)tasks, 0.01);
    }

    [Fact]
    public void Talks_and_questions_meet_the_means_of_their_sources()
    {
        AgentTask[] chats = [.. Draw(Law("chat"), 20_000)];
        Assert.Equal(2.5, chats.Average(t => t.Calls.Length), 0.05);
        Assert.Equal(211, chats.SelectMany(t => t.Calls.ToArray()).Average(c => c.OutputTokens), 6.0);
        Assert.All(chats.SelectMany(t => t.Calls.ToArray()), c => Assert.True(c.ReasoningTokens == 0 && c.OutputContext == c.Context));
        AgentTask[] questions = [.. Draw(Law("reasoning"), 20_000)];
        Assert.Equal(1527, questions.Average(t => t.Calls[0].OutputTokens), 40.0);
        Assert.Equal(1268, questions.Average(t => t.Calls[0].NewTokens), 120.0);
        Assert.Equal(0.70, questions.Sum(t => (double)t.Calls[0].ReasoningTokens) / questions.Sum(t => (double)t.Calls[0].OutputTokens), 0.01);
    }

    [Fact]
    public void Budgets_change_reasoning_and_leave_the_answer()
    {
        AgentTask[] medium = [.. Draw(Law("reasoning"), 2000)];
        AgentTask[] none = [.. Draw(Law("reasoning", new() { Budget = ReasoningBudget.None }), 2000)];
        AgentTask[] high = [.. Draw(Law("reasoning", new() { Budget = ReasoningBudget.High }), 2000)];
        AgentTask[] capped = [.. Draw(Law("reasoning", new() { MostReasoningTokens = 500 }), 2000)];
        for (int i = 0; i < medium.Length; i++)
        {
            TaskCall call = medium[i].Calls[0];
            int answer = call.OutputTokens - call.ReasoningTokens;
            Assert.Equal(Math.Max(1, answer), none[i].Calls[0].OutputTokens);
            Assert.Equal(0, none[i].Calls[0].ReasoningTokens);
            Assert.Equal(Math.Round(2.5 * call.ReasoningTokens), high[i].Calls[0].ReasoningTokens);
            Assert.Equal(Math.Min(500, call.ReasoningTokens), capped[i].Calls[0].ReasoningTokens);
            Assert.True(capped[i].Calls[0].OutputTokens == Math.Max(1, answer + capped[i].Calls[0].ReasoningTokens));
        }

        Assert.True(none.Count(t => t.Succeeds) < medium.Count(t => t.Succeeds) && medium.Count(t => t.Succeeds) < high.Count(t => t.Succeeds));
        Assert.Throws<ArgumentException>(() => Law("chat", new() { Budget = ReasoningBudget.High }));
        Assert.Throws<ArgumentException>(() => Law("coding-agent", new() { MostContextTokens = 20_000 }));
    }

    [Fact]
    public void Research_waits_for_all_the_agents_that_it_sends_out_together()
    {
        double agents = 0, tools = 0, retries = 0, uses = 0;
        AgentTask[] tasks = [.. Draw(Law("research"), 5000)];
        foreach (AgentTask task in tasks)
        {
            int[] senders = [.. task.Calls.ToArray().Where(c => c.Agent > 0 && task.Calls[c.Follows].Agent == 0).Select(c => c.Follows).Distinct()];
            Assert.True(senders.Length <= 1);
            agents += task.Joins.Length;
            foreach (TaskJoin join in task.Joins)
            {
                Assert.True(join.Call == senders[0] + 1 && task.Calls[join.Follows].IsLast && task.Calls[join.Follows].Agent > 0 && task.Calls[join.Call].Agent == 0);
                Assert.Equal(0, task.Calls[join.Call].ToolUses);
            }

            tools += task.Tools.Length;
            foreach (ToolUse use in task.Tools)
            {
                retries += use.Tries - 1;
                uses++;
                Assert.InRange(use.Tries, 1, 3);
            }
        }

        // most of 20 cuts the geometric law a little
        Assert.Equal(3, agents / tasks.Length, 0.12);
        Assert.True(tools > 0 && retries / uses is > 0.03 and < 0.08, $"{retries / uses}");
        Assert.Equal(["search", "browser", "pdf-reader"], Law("research").ToolNames);
        Assert.All(Draw(Law("research", new() { WithoutSubAgents = true }), 100), t => Assert.Equal(0, t.Joins.Length));
    }

    [Fact]
    public void Arrivals_follow_a_ramp_and_the_shape_of_a_day()
    {
        GeneratedTasks ramp = new(Law("chat"), ArrivalProcess.Poisson, RateProfile.Ramp(0, 20, 1000), 3, durationSeconds: 1000);
        long[] times = [.. Read(ramp).Select(t => t.ArrivalPicoseconds)];
        Assert.InRange(times.Length, 10_000 - 400, 10_000 + 400);
        Assert.Equal(0.25, times.Count(t => t < 500 * TraceText.Second) / (double)times.Length, 0.02);
        GeneratedTasks day = new(Law("chat"), ArrivalProcess.Poisson, RateProfile.Day(0.5, [1, 3]), 3, durationSeconds: 86_400);
        times = [.. Read(day).Select(t => t.ArrivalPicoseconds)];
        Assert.Equal(43_200, times.Length, 900.0);
        Assert.True(times.Count(t => Math.Abs(t / 1e12 - 43_200) < 3600) > 2 * times.Count(t => t / 1e12 < 3600));
        Assert.Throws<ArgumentException>(() => new GeneratedTasks(Law("chat"), ArrivalProcess.Poisson, RateProfile.Constant(1), 3));
    }

    [Fact]
    public void Tasks_given_back_are_filled_anew_without_new_memory()
    {
        GeneratedTasks tasks = new(Law("coding-agent"), ArrivalProcess.Poisson, RateProfile.Constant(1), 4, 60_000);
        for (int i = 0; i < 30_000; i++)
        {
            tasks.TryRead(out AgentTask task);
            task.Release();
        }

        long least = long.MaxValue;
        for (int pass = 0; pass < 5; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5000; i++)
            {
                tasks.TryRead(out AgentTask task);
                task.Release();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    internal static TaskLaw Law(string name, TaskOptions? options = null) => TaskLaw.Of(Shipped.FindWorkload(name)!, options);

    internal static IEnumerable<AgentTask> Draw(TaskLaw law, long tasks) =>
        Read(new GeneratedTasks(law, ArrivalProcess.Poisson, RateProfile.Constant(1), 5, tasks));

    private static IEnumerable<AgentTask> Read(GeneratedTasks stream)
    {
        while (stream.TryRead(out AgentTask task))
        {
            yield return task;
        }
    }

    private sealed class Tally
    {
        public long Calls;
        public long Agents;
        public long Pairs;
        public double Input;
        public double Output;
        public double Paired;
        public double Repeated;
        public double Grown;
    }
}
