using Millwright.Applications.Tasks;
using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>A call that may come, and when.</summary>
/// <param name="Id">Number of the call for the planner; it is used anew when the call has ended.</param>
/// <param name="TimePicoseconds">When it comes, ps: not before the event that released it, and perhaps much later.</param>
/// <param name="Task">Its task.</param>
/// <param name="Call">Its number in the task.</param>
public readonly record struct ReleasedCall(int Id, long TimePicoseconds, AgentTask Task, int Call);

/// <summary>
/// Leads tasks through a simulation: tells which calls may come when others have ended. It has no clock of its own: times are given to it, in order, and it allocates nothing once it has seen as many tasks at
/// once as there will be. A loop takes the released calls after each event:
/// <code>
/// planner.Admit(task);                       // at the task's arrival
/// planner.CallEnded(id, now, cachedTokens);  // when a call is done
/// planner.CallRefused(id, now);              // when a call cannot be served: its task ends
/// while (planner.TryRelease(out call)) ...   // to come at call.TimePicoseconds; if !IsWanted(id) by then: Drop(id)
/// </code>
/// Tools before a call start when the last call that it waits for ends, side by side, through the <see cref="ToolPool"/>; then a person may think; then the call comes.
/// </summary>
public sealed class TaskPlanner
{
    private readonly ToolPool _tools;
    private readonly TaskMonitor _monitor;
    private readonly Queue<ReleasedCall> _released = new();
    private readonly Stack<TaskState> _idle = new();
    private readonly Stack<int> _freeIds = new();
    private readonly List<(TaskState Task, int Call)> _calls = [];
    private long _now;

    /// <summary>A planner without tasks.</summary>
    /// <param name="tools">Where tools run; null for sandboxes without end.</param>
    /// <param name="monitor">Where ended tasks go; null for a new one.</param>
    public TaskPlanner(ToolPool? tools = null, TaskMonitor? monitor = null)
    {
        _tools = tools ?? new ToolPool();
        _monitor = monitor ?? new TaskMonitor();
    }

    /// <summary>Tasks that have ended.</summary>
    public TaskMonitor Monitor => _monitor;

    /// <summary>Where tools run.</summary>
    public ToolPool Tools => _tools;

    /// <summary>Tasks admitted.</summary>
    public long Tasks { get; private set; }

    /// <summary>Tasks under way.</summary>
    public long OpenTasks { get; private set; }

    /// <summary>Calls of all tasks admitted.</summary>
    public long Calls { get; private set; }

    /// <summary>Calls done.</summary>
    public long FinishedCalls { get; private set; }

    /// <summary>Calls refused.</summary>
    public long RefusedCalls { get; private set; }

    /// <summary>Calls that never came, since their task had ended with a refusal.</summary>
    public long DroppedCalls { get; private set; }

    /// <summary>Calls that have not come yet or are under way.</summary>
    public long OpenCalls => Calls - FinishedCalls - RefusedCalls - DroppedCalls;

    /// <summary>Calls released and not yet done, refused or dropped.</summary>
    public int ReleasedCalls => _calls.Count - _freeIds.Count;

    /// <summary>Admits a task at its arrival.</summary>
    /// <param name="task">The task; the planner gives it back when it has ended.</param>
    /// <exception cref="ArgumentException">The task comes before what the planner has been told of, or no call of it can start.</exception>
    public void Admit(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Advance(task.ArrivalPicoseconds);
        if (!_idle.TryPop(out TaskState? state))
        {
            state = new TaskState();
        }

        state.Begin(task);
        Tasks++;
        OpenTasks++;
        Calls += task.Calls.Length;
        for (int call = 0; call < task.Calls.Length; call++)
        {
            if (state.Waits[call] == 0)
            {
                Release(state, call);
            }
        }

        RequireProgress(state);
    }

    /// <summary>Takes the next call that was released.</summary>
    /// <param name="call">The call.</param>
    /// <returns>False where none is left.</returns>
    public bool TryRelease(out ReleasedCall call) => _released.TryDequeue(out call);

    /// <summary>True while the task of a call goes on; false where another call of it was refused, so that this one need not come.</summary>
    /// <param name="id">Number of a released call.</param>
    public bool IsWanted(int id) => !StateOf(id).HasEnded;

    /// <summary>Gives up a call that is not wanted any more, in place of <see cref="CallEnded"/>.</summary>
    /// <param name="id">Number of a released call.</param>
    /// <exception cref="InvalidOperationException">Its task goes on.</exception>
    public void Drop(int id)
    {
        TaskState state = StateOf(id);
        if (!state.HasEnded)
        {
            throw new InvalidOperationException($"call {id} is wanted: its task goes on");
        }

        DroppedCalls++;
        Close(id, state);
    }

    /// <summary>A call is done.</summary>
    /// <param name="id">Number of the call.</param>
    /// <param name="timePicoseconds">When its last token was made, ps.</param>
    /// <param name="cachedTokens">Input tokens that were read from a prefix cache.</param>
    /// <exception cref="ArgumentException">A time before what the planner has been told of, or a number that is not under way.</exception>
    public void CallEnded(int id, long timePicoseconds, int cachedTokens = 0)
    {
        TaskState state = StateOf(id);
        Advance(timePicoseconds);
        int call = _calls[id].Call;
        ref readonly TaskCall done = ref state.Task.Calls[call];
        TaskSpending spent = new(1, done.InputTokens, cachedTokens, done.OutputTokens, done.ReasoningTokens, 0, default);
        FinishedCalls++;
        if (state.HasEnded)
        {
            _monitor.AddAfterRefusal(spent);
            Close(id, state);
            return;
        }

        state.Spent += spent;
        state.Left--;
        for (int i = state.First[call]; i < state.First[call + 1]; i++)
        {
            int next = state.Successors[i];
            if (--state.Waits[next] == 0)
            {
                Release(state, next);
            }
        }

        if (state.Left == 0)
        {
            End(state, state.Task.Succeeds ? TaskOutcome.Succeeded : TaskOutcome.Missed);
        }

        Close(id, state);
        if (!state.HasEnded)
        {
            RequireProgress(state);
        }
    }

    /// <summary>A call is refused, such as one that is longer than the context: its task ends here. Other calls of it that are under way may still be done.</summary>
    /// <param name="id">Number of the call.</param>
    /// <param name="timePicoseconds">When it was refused, ps.</param>
    /// <exception cref="ArgumentException">A time before what the planner has been told of, or a number that is not under way.</exception>
    public void CallRefused(int id, long timePicoseconds)
    {
        TaskState state = StateOf(id);
        Advance(timePicoseconds);
        RefusedCalls++;
        if (!state.HasEnded)
        {
            // calls that were not released will never be
            DroppedCalls += state.Left - state.UnderWay;
            End(state, TaskOutcome.Refused);
        }

        Close(id, state);
    }

    private void Release(TaskState state, int call)
    {
        ref readonly TaskCall released = ref state.Task.Calls[call];
        long comes = _now;
        foreach (ref readonly ToolUse use in state.Task.ToolsOf(call))
        {
            long end = _tools.Start(_now, use);
            long waited = end - use.Picoseconds - _now;
            comes = Math.Max(comes, end);
            state.Spent += new TaskSpending(
                0, 0, 0, 0, 0, 0, new ToolTally(1, use.Tries, use.Failures, use.Failed ? 1 : 0, use.Picoseconds, WideInteger.Product(ToolPool.Millicores(use.Cores), use.Picoseconds), waited));
        }

        comes += released.ThinkPicoseconds;
        state.Spent += new TaskSpending(0, 0, 0, 0, 0, released.ThinkPicoseconds, default);
        state.UnderWay++;
        if (!_freeIds.TryPop(out int id))
        {
            id = _calls.Count;
            _calls.Add(default);
        }

        _calls[id] = (state, call);
        _released.Enqueue(new ReleasedCall(id, comes, state.Task, call));
    }

    private void End(TaskState state, TaskOutcome outcome)
    {
        state.HasEnded = true;
        OpenTasks--;
        _monitor.Add(new EndedTask(state.Task.ArrivalPicoseconds, _now, outcome, state.Spent));
    }

    private void Close(int id, TaskState state)
    {
        _calls[id] = default;
        _freeIds.Push(id);
        state.UnderWay--;
        if (state.HasEnded && state.UnderWay == 0)
        {
            state.Task.Release();
            state.Task = null!;
            _idle.Push(state);
        }
    }

    private TaskState StateOf(int id) =>
        (uint)id < (uint)_calls.Count && _calls[id].Task is { } state ? state : throw new ArgumentException($"call {id} is not under way", nameof(id));

    private void Advance(long time)
    {
        if (time < _now)
        {
            throw new ArgumentException($"an event at {time} ps comes after one at {_now} ps; events must come in order of time", nameof(time));
        }

        _now = time;
    }

    private static void RequireProgress(TaskState state)
    {
        if (state.UnderWay == 0)
        {
            throw new ArgumentException($"no call of task {state.Task.Number} can come: {(state.Left == 0 ? "it has none" : "they wait for each other in a circle")}", nameof(state));
        }
    }

    private sealed class TaskState
    {
        public AgentTask Task = null!;
        public TaskSpending Spent;
        public int Left;
        public int UnderWay;
        public bool HasEnded;

        /// <summary>Calls that each call still waits for.</summary>
        public int[] Waits = [];

        /// <summary>First place of each call in <see cref="Successors"/>, and of the one after the last.</summary>
        public int[] First = [];

        /// <summary>Calls that wait for each call.</summary>
        public int[] Successors = [];

        public void Begin(AgentTask task)
        {
            (Task, Spent, Left, UnderWay, HasEnded) = (task, default, task.Calls.Length, 0, false);
            int calls = task.Calls.Length;
            if (Waits.Length < calls)
            {
                Waits = new int[Math.Max(calls, 2 * Waits.Length)];
                First = new int[Waits.Length + 2];
            }

            if (Successors.Length < calls + task.Joins.Length)
            {
                Successors = new int[Math.Max(calls + task.Joins.Length, 2 * Successors.Length)];
            }

            // counts one place further on, so that after filling each stands at its own beginning
            Array.Clear(Waits, 0, calls);
            Array.Clear(First, 0, calls + 2);
            for (int call = 0; call < calls; call++)
            {
                Count(call, task.Calls[call].Follows, calls);
            }

            foreach (TaskJoin join in task.Joins)
            {
                Count(join.Call, join.Follows, calls);
            }

            for (int call = 1; call < calls + 2; call++)
            {
                First[call] += First[call - 1];
            }

            for (int call = 0; call < calls; call++)
            {
                Put(call, task.Calls[call].Follows);
            }

            foreach (TaskJoin join in task.Joins)
            {
                Put(join.Call, join.Follows);
            }
        }

        private void Count(int call, int follows, int calls)
        {
            if ((uint)call >= (uint)calls || follows < -1 || follows >= calls)
            {
                throw new ArgumentException($"task {Task.Number} has a call {call} that follows call {follows}, and {calls} calls in all", nameof(follows));
            }

            if (follows >= 0)
            {
                Waits[call]++;
                First[follows + 2]++;
            }
        }

        private void Put(int call, int follows)
        {
            if (follows >= 0)
            {
                Successors[First[follows + 1]++] = call;
            }
        }
    }
}
