using Millwright.Numerics;

namespace Millwright.Applications.Tasks;

/// <summary>Tasks of a named workload, one after another: arrivals from a clock of any process and rate, such as ramps and shapes of a day. Task n depends on the seed and n alone, not on how many are
/// asked for, but for its arrival.</summary>
public sealed class GeneratedTasks : ITaskStream
{
    private readonly ArrivalClock _clock;
    private readonly TaskLaw _law;
    private readonly RandomStream _random;
    private readonly ulong _variable;
    private readonly long _tasks;
    private readonly long _untilPicoseconds;
    private readonly Stack<AgentTask> _home = new();
    private bool _ended;

    /// <summary>Sets up a load.</summary>
    /// <param name="law">The workload.</param>
    /// <param name="process">How tasks follow each other.</param>
    /// <param name="rates">Their rate, tasks/s.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="tasks">Tasks at most, at least 0; null for no such end.</param>
    /// <param name="durationSeconds">Time at which tasks cease to come, s, above 0 and at most 105 days; null for no such end.</param>
    /// <param name="name">Name of the load: loads of one seed and unlike names are independent.</param>
    /// <exception cref="ArgumentException">Neither end is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An end outside its range.</exception>
    public GeneratedTasks(
        TaskLaw law, ArrivalProcess process, RateProfile rates, ulong seed, long? tasks = null, double? durationSeconds = null, string name = "tasks")
    {
        ArgumentNullException.ThrowIfNull(law);
        if (tasks is null && durationSeconds is null)
        {
            throw new ArgumentException("a load must end: give a number of tasks or a time", nameof(tasks));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(tasks ?? 0, nameof(tasks));
        _law = law;
        _clock = new ArrivalClock(process, rates, seed, name + ".arrivals");
        _random = new RandomStream(seed);
        _variable = RandomStream.KeyOf(name);
        _tasks = tasks ?? long.MaxValue;
        _untilPicoseconds = LoadTime.Until(durationSeconds);
    }

    /// <summary>Tasks given so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ToolNames => _law.ToolNames;

    /// <inheritdoc/>
    public bool TryRead(out AgentTask task)
    {
        if (_ended || Count >= _tasks || !_clock.TryNext(out long arrival) || arrival >= _untilPicoseconds)
        {
            _ended = true;
            task = null!;
            return false;
        }

        task = AgentTask.Rent(_home);
        _law.Draw(task, _random, _variable, Count, arrival);
        Count++;
        return true;
    }
}
