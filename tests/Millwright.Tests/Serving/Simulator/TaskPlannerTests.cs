using Millwright.Applications;
using Millwright.Applications.Tasks;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Tasks led through a server that is known: each call takes a time of its own, as many at once as come.</summary>
public sealed class TaskPlannerTests
{
    private const long Second = SimulatedTime.PerSecond;

    private static readonly CatalogData Shipped = ShippedCatalog.Load();

    [Fact]
    public void A_chain_takes_the_sum_of_calls_tools_and_thinking()
    {
        AgentTask task = Task(0, 5 * Second);
        int tool = task.AddTool(new ToolUse(0, 3 * Second, 2, 2));
        task.AddTool(new ToolUse(0, 4 * Second, 1));
        Call(task, -1);
        Call(task, 0, tools: 2, firstTool: tool);
        Call(task, 1, think: 30 * Second);
        TaskPlanner planner = new();
        Assert.Equal([5, 5 + 2 + 4, 5 + 2 + 4 + 2 + 30], Serve(planner, [task], static _ => 2 * Second).Select(c => c.Comes / Second));
        Assert.Equal(3 * 2 + 4 + 30, planner.Monitor.Finished.Mean / Second, 1e-9);
        TaskSpending spent = planner.Monitor.OfFinished;
        Assert.Equal((3L, 300L, 30L, 9L), (spent.Calls, spent.InputTokens, spent.OutputTokens, spent.ReasoningTokens));
        Assert.Equal((7.0, 10.0, 1L, 30.0), (spent.Tools.BusySeconds, spent.Tools.CoreSeconds, spent.Tools.Retries, SimulatedTime.ToSeconds(spent.ThinkPicoseconds)));
        Assert.Equal(spent.Tools, planner.Tools.Total);
    }

    [Fact]
    public void A_parent_waits_for_its_slowest_agent()
    {
        // 0 sends out 2 and 3 (then 4), and 1 takes their reports
        AgentTask task = Task(0, 0);
        Call(task, -1);
        Call(task, 0);
        Call(task, 0);
        Call(task, 0);
        Call(task, 3);
        task.AddJoin(1, 2);
        task.AddJoin(1, 4);
        task.Check();
        var came = Serve(new TaskPlanner(), [task], static c => c.Call switch { 2 => 10 * Second, 3 => 4 * Second, 4 => 5 * Second, _ => Second });
        Assert.Equal([(0, 0L), (2, 1), (3, 1), (4, 5), (1, 11)], came.Select(c => (c.Call, c.Comes / Second)));
    }

    [Fact]
    public void Tools_of_several_tasks_wait_for_one_sandbox()
    {
        AgentTask[] tasks = [.. Enumerable.Range(0, 3).Select(i => Task(i, i * Second / 10))];
        foreach (AgentTask task in tasks)
        {
            task.AddTool(new ToolUse(0, 10 * Second, 1));
            Call(task, -1);
            Call(task, 0, tools: 1);
        }

        TaskPlanner planner = new(new ToolPool(1));
        var came = Serve(planner, tasks, static _ => Second);
        Assert.Equal([11.0, 21.0, 31.0], came.Where(c => c.Call == 1).Select(c => SimulatedTime.ToSeconds(c.Comes)));
        Assert.Equal(0 + 9.9 + 19.8, planner.Monitor.OfFinished.Tools.WaitingSeconds, 1e-9);
    }

    [Fact]
    public void A_refused_call_ends_its_task_and_nothing_is_lost_in_the_counts()
    {
        // three branches at once: one is refused while another runs and the third has not come yet
        AgentTask task = Task(0, 0);
        Call(task, -1);
        Call(task, 0);
        Call(task, 0);
        Call(task, 0, think: 100 * Second);
        Call(task, 2);
        TaskPlanner planner = new();
        planner.Admit(task);
        Assert.True(planner.TryRelease(out ReleasedCall first));
        planner.CallEnded(first.Id, Second, 40);
        ReleasedCall[] branches = [Next(planner), Next(planner), Next(planner)];
        Assert.Equal(101 * Second, branches[2].TimePicoseconds);
        planner.CallRefused(branches[0].Id, 2 * Second);
        Assert.Equal((0L, 1L, 1L), (planner.OpenTasks, planner.Monitor.Refused, planner.RefusedCalls));
        Assert.Equal((1L, 2L), (planner.DroppedCalls, planner.OpenCalls));
        Assert.False(planner.IsWanted(branches[2].Id));
        planner.CallEnded(branches[1].Id, 3 * Second);
        planner.Drop(branches[2].Id);
        Assert.False(planner.TryRelease(out _));
        Assert.Equal((5L, 2L, 1L, 2L, 0L), (planner.Calls, planner.FinishedCalls, planner.RefusedCalls, planner.DroppedCalls, planner.OpenCalls));
        Assert.Equal((2L, 200L, 40L), (planner.Monitor.OfRefused.Calls, planner.Monitor.OfRefused.InputTokens, planner.Monitor.OfRefused.CachedTokens));
        Assert.Equal(0, planner.ReleasedCalls);
        Assert.Equal(0, planner.Monitor.Finished.Count);
    }

    [Fact]
    public void Wrong_uses_are_refused()
    {
        TaskPlanner planner = new();
        Assert.Throws<ArgumentException>(() => planner.CallEnded(0, 0));
        AgentTask circle = Task(0, 0);
        Call(circle, 1);
        Call(circle, 0);
        Assert.Contains("circle", Assert.Throws<ArgumentException>(() => planner.Admit(circle)).Message, StringComparison.Ordinal);
        AgentTask later = Task(1, 10);
        Call(later, -1);
        planner.Admit(later);
        ReleasedCall call = Next(planner);
        Assert.Throws<InvalidOperationException>(() => planner.Drop(call.Id));
        Assert.Throws<ArgumentException>(() => planner.CallEnded(call.Id, 9));
        AgentTask earlier = Task(2, 9);
        Call(earlier, -1);
        Assert.Throws<ArgumentException>(() => planner.Admit(earlier));
        planner.CallEnded(call.Id, 10);
        Assert.Throws<ArgumentException>(() => planner.CallEnded(call.Id, 10));
    }

    [Theory]
    [InlineData("chat", null)]
    [InlineData("research", 200)]
    [InlineData("coding-agent", 100)]
    public void Named_workloads_run_to_the_end_and_obey_Littles_law(string name, int? sandboxes)
    {
        TaskLaw law = TaskLaw.Of(Shipped.FindWorkload(name)!);
        ToolPool tools = new(sandboxes, null, law.ToolNames.Count);
        TaskPlanner planner = new(tools);
        RandomStream random = new(8);
        GeneratedTasks stream = new(law, ArrivalProcess.Poisson, RateProfile.Constant(0.2), 21, 3000);
        WideInteger inside = 0;
        long last = 0, open = 0;
        Serve(
            planner,
            Read(stream),
            call => Second / 2 + (long)(random.Uniform(1, (call.Task.Number * 4096) + call.Call) * Second) + call.Task.Calls[call.Call].OutputTokens * (Second / 100),
            now =>
            {
                inside += WideInteger.Product(open, now - last);
                (last, open) = (now, planner.OpenTasks);

                // conservation at every event
                Assert.Equal(planner.Calls, planner.FinishedCalls + planner.RefusedCalls + planner.DroppedCalls + planner.OpenCalls);
                Assert.Equal(planner.Tasks, planner.Monitor.Finished.Count + planner.Monitor.Refused + planner.OpenTasks);
                Assert.True(planner.ReleasedCalls <= planner.OpenCalls);
            });

        // tasks inside x time is the sum of their times, to the last picosecond
        Assert.Equal(planner.Monitor.Finished.Sum, inside);
        Assert.Equal((3000L, 0L, 0L, 0), (planner.Monitor.Finished.Count, planner.OpenTasks, planner.OpenCalls, planner.ReleasedCalls));
        TaskSpending spent = planner.Monitor.OfFinished;
        Assert.Equal((planner.Calls, tools.Total), (spent.Calls, spent.Tools));
        Assert.Equal(law.SuccessProbability, planner.Monitor.Succeeded.Count / 3000.0, 0.035);
        Assert.True(sandboxes is null || tools.MostBusy <= sandboxes);
    }

    [Fact]
    public void Monitors_of_parts_add_up_and_the_report_shares_all_out()
    {
        TaskMonitor whole = new(), odd = new(), even = new();
        for (int i = 1; i <= 1000; i++)
        {
            TaskOutcome outcome = (TaskOutcome)(i % 10 == 0 ? 2 : i % 4 == 0 ? 1 : 0);
            EndedTask task = new(i, i + i * Second, outcome, new TaskSpending(2, 100, 40, 10, 4, Second, new ToolTally(1, 2, 1, 0, Second, WideInteger.Product(2000, Second), 0)));
            whole.Add(task);
            (i % 2 == 0 ? even : odd).Add(task);
        }

        even.Merge(odd);
        TaskCosts costs = new(1e6, 500, 0.36);
        TaskReport report = TaskReport.Of(whole, 7, costs);
        Assert.Equal(report, TaskReport.Of(even, 7, costs));
        Assert.Equal((900L, 700L, 100L, 7L), (report.Finished, report.Succeeded, report.Refused, report.Open));
        Assert.Equal(0.7, report.SuccessShare!.Value, 1e-12);

        // 1,000 tasks' calls, tokens, joules and dollars over those that finished, and over those that succeeded
        Assert.Equal(2000.0 / 900, report.PerFinished!.Calls, 1e-12);
        Assert.Equal(100_000.0 / 700, report.PerSucceeded!.InputTokens, 1e-9);
        Assert.Equal((1e6 / 900, 1e6 / 700), (report.PerFinished.Joules, report.PerSucceeded.Joules));
        Assert.Equal(500.0 / 700 + 0.36 * 2000 / 3600 / 700, report.PerSucceeded.Dollars!.Value, 1e-12);
        Assert.Equal(SimulatedTime.ToSeconds(whole.Finished.Sum) / 900, report.FinishedTimes!.Mean, 1e-6);
        Assert.Equal(500, report.FinishedTimes.P50, 0.006 * 500);
        Assert.True(report.SucceededTimes!.P90 < report.SucceededTimes.P99);

        TaskReport empty = TaskReport.Of(new TaskMonitor(), 0, new TaskCosts(5));
        Assert.Null(empty.PerFinished);
        Assert.Null(empty.SuccessShare);
        Assert.Null(TaskReport.Of(whole, 0, new TaskCosts(5)).PerFinished!.Dollars);
    }

    [Fact]
    public void Nothing_is_allocated_but_for_a_task_that_is_greater_than_any_before()
    {
        TaskLaw law = TaskLaw.Of(Shipped.FindWorkload("research")!);
        GeneratedTasks stream = new(law, ArrivalProcess.Poisson, RateProfile.Constant(1), 3, 60_000);
        TaskPlanner planner = new(new ToolPool(400));
        PriorityQueue<int, (long, int)> events = new(1 << 14);
        for (int i = 0; i < 40_000; i++)
        {
            Drain(stream, planner, events);
        }

        long least = long.MaxValue;
        for (int pass = 0; pass < 5; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 3000; i++)
            {
                Drain(stream, planner, events);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // less than a byte a task, of some 24 calls
        Assert.InRange(least, 0, 3000);
    }

    // one task, to its end
    private static void Drain(GeneratedTasks stream, TaskPlanner planner, PriorityQueue<int, (long Time, int Id)> events)
    {
        stream.TryRead(out AgentTask task);
        while (events.TryPeek(out int id, out (long Time, int Id) at) && at.Time <= task.ArrivalPicoseconds)
        {
            events.Dequeue();
            planner.CallEnded(id, at.Time);
            Take();
        }

        planner.Admit(task);
        Take();

        void Take()
        {
            while (planner.TryRelease(out ReleasedCall call))
            {
                events.Enqueue(call.Id, (call.TimePicoseconds + Second, call.Id));
            }
        }
    }

    private static List<(int Call, long Comes)> Serve(TaskPlanner planner, IEnumerable<AgentTask> tasks, Func<ReleasedCall, long> service, Action<long>? after = null)
    {
        List<(int, long)> came = [];
        PriorityQueue<ReleasedCall, (long Time, int Id)> ends = new();
        foreach (AgentTask task in tasks)
        {
            Run(task.ArrivalPicoseconds);
            planner.Admit(task);
            Take();
            after?.Invoke(task.ArrivalPicoseconds);
        }

        Run(long.MaxValue);
        return came;

        void Run(long until)
        {
            while (ends.TryPeek(out ReleasedCall call, out (long Time, int Id) at) && at.Time <= until)
            {
                ends.Dequeue();
                planner.CallEnded(call.Id, at.Time);
                Take();
                after?.Invoke(at.Time);
            }
        }

        void Take()
        {
            while (planner.TryRelease(out ReleasedCall call))
            {
                came.Add((call.Call, call.TimePicoseconds));
                ends.Enqueue(call, (call.TimePicoseconds + service(call), call.Id));
            }
        }
    }

    private static IEnumerable<AgentTask> Read(GeneratedTasks stream)
    {
        while (stream.TryRead(out AgentTask task))
        {
            yield return task;
        }
    }

    private static AgentTask Task(long number, long arrival)
    {
        AgentTask task = new();
        task.Begin(number, arrival, (ulong)number, succeeds: true);
        task.AddContext(new TaskContext(-1, 0, (ulong)number));
        return task;
    }

    private static void Call(AgentTask task, int follows, long think = 0, int tools = 0, int firstTool = 0) => task.AddCall(new TaskCall
    {
        Follows = follows,
        ContextFrom = -1,
        InputTokens = 100,
        NewTokens = 100,
        OutputTokens = 10,
        ReasoningTokens = 3,
        ThinkPicoseconds = think,
        FirstTool = firstTool,
        ToolUses = tools,
    });

    private static ReleasedCall Next(TaskPlanner planner) => planner.TryRelease(out ReleasedCall call) ? call : throw new InvalidOperationException("nothing was released");
}
