using Millwright.Applications.Tasks;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Calls of tasks: they come when the calls, tools and persons before them are done.</summary>
internal sealed class TaskSource : RequestSource
{
    private readonly RequestTable _table;
    private readonly ITaskStream _tasks;
    private readonly TaskPlanner _planner;
    private readonly TaskLoad _load;
    private readonly IProgress<double>? _progress;
    private readonly PriorityQueue<ReleasedCall, (long Time, long Order)> _due = new();
    private readonly List<int> _calls = [];
    private AgentTask? _next;
    private long _order;
    private long _freed;

    public TaskSource(RequestTable table, ITaskStream tasks, TaskPlanner planner, TaskLoad load, IProgress<double>? progress)
    {
        _table = table;
        _tasks = tasks;
        _planner = planner;
        _load = load;
        _progress = progress;
        ReadNext();
    }

    public override long NextTime
    {
        get
        {
            long call = _due.TryPeek(out _, out (long Time, long Order) first) ? first.Time : SimulatedTime.Never;
            return _next is not null && MayCome ? Math.Min(call, _load.Concurrency is null ? _next.ArrivalPicoseconds : _freed) : call;
        }
    }

    private bool MayCome => _load.Concurrency is not { } most || _planner.OpenTasks < most;

    public override void Advance(long time, List<int> come)
    {
        while (_next is { } task && MayCome && (_load.Concurrency is not null || task.ArrivalPicoseconds <= time))
        {
            if (_load.Concurrency is not null)
            {
                task.ArriveAt(time);
            }

            _planner.Admit(task);
            ReadNext();
            TakeReleased();
        }

        while (_due.TryPeek(out ReleasedCall call, out (long Time, long Order) first) && first.Time <= time)
        {
            _due.Dequeue();
            if (!_planner.IsWanted(call.Id))
            {
                _planner.Drop(call.Id);
                continue;
            }

            come.Add(Add(call));
        }
    }

    public override void Ended(int id, long time)
    {
        _freed = time;
        if (_table.Status[id] == RequestStatus.Finished)
        {
            _planner.CallEnded(_calls[id], time, _table.CachedTokens(id));
        }
        else
        {
            _planner.CallRefused(_calls[id], time);
        }

        TakeReleased();
        if (_load.Tasks > 0)
        {
            _progress?.Report((double)(_planner.Tasks - _planner.OpenTasks) / _load.Tasks);
        }
    }

    private int Add(in ReleasedCall released)
    {
        ref readonly TaskCall call = ref released.Task.Calls[released.Call];
        int id = _table.Add(released.TimePicoseconds, call.InputTokens, call.OutputTokens);
        _table.Keys.Add(id, released.Task, released.Call);
        _table.SetSession(id, (long)(released.Task.SessionKey >> 1) | 1);
        if (call.Priority != 0)
        {
            _table.SetClass(id, 0, call.Priority);
        }

        _calls.Add(released.Id);
        return id;
    }

    private void TakeReleased()
    {
        while (_planner.TryRelease(out ReleasedCall call))
        {
            _due.Enqueue(call, (call.TimePicoseconds, _order++));
        }
    }

    private void ReadNext() => _next = (_load.Tasks == 0 || _planner.Tasks < _load.Tasks) && _tasks.TryRead(out AgentTask task) ? task : null;
}

/// <summary>How tasks come.</summary>
/// <param name="Tasks">Tasks at most; 0 for as many as there are.</param>
/// <param name="Concurrency">Tasks under way at once, each that ends lets the next one come; null where they come at their own times.</param>
public readonly record struct TaskLoad(long Tasks = 0, int? Concurrency = null);
