using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>What became of a request.</summary>
public enum RequestStatus : byte
{
    /// <summary>Not yet arrived, waiting or running when the simulation ended.</summary>
    Open,

    /// <summary>All of its tokens were made.</summary>
    Finished,

    /// <summary>Longer than the model's context or than the whole cache: refused when it arrived.</summary>
    Refused,

    /// <summary>Refused because too many waited already.</summary>
    Shed,

    /// <summary>Given up because it had waited too long.</summary>
    GivenUp,
}

/// <summary>Requests of a simulation, a column each: what they ask, and what became of them. Times in picoseconds.</summary>
public sealed class RequestTable
{
    private const int FirstCapacity = 1024;

    private long[] _arrival = new long[FirstCapacity];
    private int[] _input = new int[FirstCapacity];
    private int[] _output = new int[FirstCapacity];
    private long[] _scheduled = new long[FirstCapacity];
    private long[] _first = new long[FirstCapacity];
    private long[] _last = new long[FirstCapacity];
    private int[] _preemptions = new int[FirstCapacity];
    private RequestStatus[] _status = new RequestStatus[FirstCapacity];

    // of some loads only
    private int[] _cached = [];
    private int[] _priority = [];
    private byte[] _class = [];
    private long[] _session = [];

    /// <summary>Number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Times of arrival, ps.</summary>
    public ReadOnlySpan<long> ArrivalPicoseconds => _arrival.AsSpan(0, Count);

    /// <summary>Input tokens.</summary>
    public ReadOnlySpan<int> InputTokens => _input.AsSpan(0, Count);

    /// <summary>Output tokens.</summary>
    public ReadOnlySpan<int> OutputTokens => _output.AsSpan(0, Count);

    /// <summary>Times at which a step first took the request, ps; never for those that none took.</summary>
    public ReadOnlySpan<long> ScheduledPicoseconds => _scheduled.AsSpan(0, Count);

    /// <summary>Times of the first token, ps; never for those without.</summary>
    public ReadOnlySpan<long> FirstTokenPicoseconds => _first.AsSpan(0, Count);

    /// <summary>Times of the last token, ps; never for those without.</summary>
    public ReadOnlySpan<long> LastTokenPicoseconds => _last.AsSpan(0, Count);

    /// <summary>How often each was set back.</summary>
    public ReadOnlySpan<int> Preemptions => _preemptions.AsSpan(0, Count);

    /// <summary>What became of each.</summary>
    public ReadOnlySpan<RequestStatus> Status => _status.AsSpan(0, Count);

    /// <summary>What the prompts hold, for prefix caches; requests that tell nothing share nothing.</summary>
    public PromptKeys Keys { get; } = new();

    /// <summary>Input tokens that a cache held when the request was first scheduled.</summary>
    /// <param name="id">The request.</param>
    /// <returns>Tokens.</returns>
    public int CachedTokens(int id) => id < _cached.Length ? _cached[id] : 0;

    /// <summary>Priority: lower numbers go first.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The priority; 0 where none was stated.</returns>
    public int PriorityOf(int id) => id < _priority.Length ? _priority[id] : 0;

    /// <summary>Number of the class of a request.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The class; 0 where none was stated.</returns>
    public int ClassOf(int id) => id < _class.Length ? _class[id] : 0;

    /// <summary>Session of a request.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The session; a number of its own where none was stated.</returns>
    public long SessionOf(int id) => id < _session.Length && _session[id] != 0 ? _session[id] : ~(long)id;

    /// <summary>Puts a request into a session.</summary>
    /// <param name="id">The request.</param>
    /// <param name="session">Number of the session, at least 1.</param>
    public void SetSession(int id, long session)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(session, 1);
        Reach(ref _session, id);
        _session[id] = session;
    }

    /// <summary>Puts a request into a class.</summary>
    /// <param name="id">The request.</param>
    /// <param name="number">Number of the class, at most 255.</param>
    /// <param name="priority">Its priority: lower numbers go first.</param>
    public void SetClass(int id, int number, int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, byte.MaxValue);
        Reach(ref _class, id);
        _class[id] = (byte)number;
        Reach(ref _priority, id);
        _priority[id] = priority;
    }

    /// <summary>Adds a request.</summary>
    /// <param name="arrivalPicoseconds">Time of arrival, ps.</param>
    /// <param name="inputTokens">Input tokens, at least 1.</param>
    /// <param name="outputTokens">Output tokens, at least 1.</param>
    /// <returns>Its number.</returns>
    public int Add(long arrivalPicoseconds, int inputTokens, int outputTokens)
    {
        if (Count == _arrival.Length)
        {
            int capacity = 2 * Count;
            Array.Resize(ref _arrival, capacity);
            Array.Resize(ref _input, capacity);
            Array.Resize(ref _output, capacity);
            Array.Resize(ref _scheduled, capacity);
            Array.Resize(ref _first, capacity);
            Array.Resize(ref _last, capacity);
            Array.Resize(ref _preemptions, capacity);
            Array.Resize(ref _status, capacity);
        }

        int id = Count++;
        _arrival[id] = arrivalPicoseconds;
        _input[id] = inputTokens;
        _output[id] = outputTokens;
        _scheduled[id] = SimulatedTime.Never;
        _first[id] = SimulatedTime.Never;
        _last[id] = SimulatedTime.Never;
        return id;
    }

    internal void Arrive(int id, long time) => _arrival[id] = time;

    internal void Schedule(int id, long time) => _scheduled[id] = Math.Min(_scheduled[id], time);

    internal void MakeFirst(int id, long time) => _first[id] = Math.Min(_first[id], time);

    internal void Finish(int id, long time)
    {
        _last[id] = time;
        _status[id] = RequestStatus.Finished;
    }

    internal void Refuse(int id, RequestStatus status) => _status[id] = status;

    internal void Cache(int id, int tokens)
    {
        Reach(ref _cached, id);
        _cached[id] = tokens;
    }

    private static void Reach<T>(ref T[] column, int id)
    {
        if (id >= column.Length)
        {
            Array.Resize(ref column, Math.Max(id + 1, Math.Max(FirstCapacity, 2 * column.Length)));
        }
    }

    internal void Preempt(int id) => _preemptions[id]++;
}
