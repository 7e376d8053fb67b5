using System.Diagnostics.CodeAnalysis;
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

/// <summary>
/// Requests of a simulation, a column each: what they ask, and what became of them. Times in picoseconds. Numbers of requests grow without end; the columns are
/// rings that hold the requests from <see cref="First"/> on, so that those which are done can be forgotten and a load of any length goes through bounded memory.
/// </summary>
/// <param name="keys">What the prompts hold, where another table with the same requests knows it; null for nothing yet.</param>
public sealed class RequestTable(PromptKeys? keys = null)
{
    private const int FirstCapacity = 1024;

    // lengths are powers of two: a request lies at its number modulo the length
    private long[] _arrival = new long[FirstCapacity];
    private int[] _input = new int[FirstCapacity];
    private int[] _output = new int[FirstCapacity];
    private long[] _scheduled = new long[FirstCapacity];
    private long[] _first = new long[FirstCapacity];
    private long[] _last = new long[FirstCapacity];
    private int[] _preemptions = new int[FirstCapacity];
    private RequestStatus[] _status = new RequestStatus[FirstCapacity];

    // of some loads only
    private int[]? _cached;
    private int[]? _priority;
    private byte[]? _class;
    private long[]? _session;

    /// <summary>Number of requests, those that are forgotten included.</summary>
    public int Count { get; private set; }

    /// <summary>The first request that is not forgotten: rows below it are gone.</summary>
    public int First { get; private set; }

    /// <summary>Input tokens of all requests.</summary>
    public long AllInputTokens { get; private set; }

    /// <summary>Output tokens that all requests ask for.</summary>
    public long AllOutputTokens { get; private set; }

    /// <summary>Time at which the first request arrived, ps; 0 without any.</summary>
    public long FirstArrivalPicoseconds { get; private set; }

    /// <summary>Time at which the last request arrived, ps; 0 without any.</summary>
    public long LastArrivalPicoseconds { get; private set; }

    /// <summary>Times of arrival, ps.</summary>
    public RequestColumn<long> ArrivalPicoseconds => new(_arrival, First, Count);

    /// <summary>Input tokens.</summary>
    public RequestColumn<int> InputTokens => new(_input, First, Count);

    /// <summary>Output tokens.</summary>
    public RequestColumn<int> OutputTokens => new(_output, First, Count);

    /// <summary>Times at which a step first took the request, ps; never for those that none took.</summary>
    public RequestColumn<long> ScheduledPicoseconds => new(_scheduled, First, Count);

    /// <summary>Times of the first token, ps; never for those without.</summary>
    public RequestColumn<long> FirstTokenPicoseconds => new(_first, First, Count);

    /// <summary>Times of the last token, ps; never for those without.</summary>
    public RequestColumn<long> LastTokenPicoseconds => new(_last, First, Count);

    /// <summary>How often each was set back.</summary>
    public RequestColumn<int> Preemptions => new(_preemptions, First, Count);

    /// <summary>What became of each.</summary>
    public RequestColumn<RequestStatus> Status => new(_status, First, Count);

    /// <summary>What the prompts hold, for prefix caches; requests that tell nothing share nothing.</summary>
    public PromptKeys Keys { get; } = keys ?? new PromptKeys();

    private int Mask => _arrival.Length - 1;

    /// <summary>Input tokens that a cache held when the request was first scheduled.</summary>
    /// <param name="id">The request.</param>
    /// <returns>Tokens.</returns>
    public int CachedTokens(int id) => _cached is null ? 0 : _cached[id & Mask];

    /// <summary>Priority: lower numbers go first.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The priority; 0 where none was stated.</returns>
    public int PriorityOf(int id) => _priority is null ? 0 : _priority[id & Mask];

    /// <summary>Number of the class of a request.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The class; 0 where none was stated.</returns>
    public int ClassOf(int id) => _class is null ? 0 : _class[id & Mask];

    /// <summary>Session of a request.</summary>
    /// <param name="id">The request.</param>
    /// <returns>The session; a number of its own where none was stated.</returns>
    public long SessionOf(int id) => _session is not null && _session[id & Mask] != 0 ? _session[id & Mask] : ~(long)id;

    /// <summary>Puts a request into a session.</summary>
    /// <param name="id">The request.</param>
    /// <param name="session">Number of the session, at least 1.</param>
    public void SetSession(int id, long session)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(session, 1);
        (_session ??= new long[_arrival.Length])[id & Mask] = session;
    }

    /// <summary>Puts a request into a class.</summary>
    /// <param name="id">The request, which was added.</param>
    /// <param name="number">Number of the class, at most 255.</param>
    /// <param name="priority">Its priority: lower numbers go first.</param>
    public void SetClass(int id, int number, int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(id, First);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        (_class ??= new byte[_arrival.Length])[id & Mask] = (byte)number;
        (_priority ??= new int[_arrival.Length])[id & Mask] = priority;
    }

    // class and session of the same request in another table
    internal void TakeClass(int id, RequestTable other)
    {
        if (other._class is not null)
        {
            SetClass(id, other.ClassOf(id), other.PriorityOf(id));
        }

        if (other._session is not null && other.SessionOf(id) > 0)
        {
            SetSession(id, other.SessionOf(id));
        }
    }

    /// <summary>Adds a request.</summary>
    /// <param name="arrivalPicoseconds">Time of arrival, ps.</param>
    /// <param name="inputTokens">Input tokens, at least 1.</param>
    /// <param name="outputTokens">Output tokens, at least 1.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">There are two thousand million of them.</exception>
    public int Add(long arrivalPicoseconds, int inputTokens, int outputTokens)
    {
        if (Count - First == _arrival.Length)
        {
            Grow();
        }

        if (Count == int.MaxValue)
        {
            throw new InvalidOperationException($"a simulation takes no more than {int.MaxValue:#,0} requests");
        }

        int id = Count++;
        int row = id & Mask;
        _arrival[row] = arrivalPicoseconds;
        _input[row] = inputTokens;
        _output[row] = outputTokens;
        _scheduled[row] = SimulatedTime.Never;
        _first[row] = SimulatedTime.Never;
        _last[row] = SimulatedTime.Never;
        _preemptions[row] = 0;
        _status[row] = RequestStatus.Open;
        if (_cached is not null)
        {
            _cached[row] = 0;
        }

        if (_session is not null)
        {
            _session[row] = 0;
        }

        if (_class is not null)
        {
            _class[row] = 0;
            _priority![row] = 0;
        }

        AllInputTokens += inputTokens;
        AllOutputTokens += outputTokens;
        FirstArrivalPicoseconds = id == 0 ? arrivalPicoseconds : FirstArrivalPicoseconds;
        LastArrivalPicoseconds = arrivalPicoseconds;
        return id;
    }

    /// <summary>Forgets the requests up to the first one that is still open.</summary>
    internal void ForgetDone()
    {
        while (First < Count && _status[First & Mask] != RequestStatus.Open)
        {
            First++;
        }

        Keys.Forget(First);
    }

    internal void Arrive(int id, long time)
    {
        _arrival[id & Mask] = time;
        FirstArrivalPicoseconds = id == 0 ? time : FirstArrivalPicoseconds;
    }

    internal void Schedule(int id, long time)
    {
        ref long scheduled = ref _scheduled[id & Mask];
        scheduled = Math.Min(scheduled, time);
    }

    internal void MakeFirst(int id, long time)
    {
        ref long first = ref _first[id & Mask];
        first = Math.Min(first, time);
    }

    internal void Finish(int id, long time)
    {
        _last[id & Mask] = time;
        _status[id & Mask] = RequestStatus.Finished;
    }

    internal void Refuse(int id, RequestStatus status) => _status[id & Mask] = status;

    internal void Cache(int id, int tokens)
    {
        // replicas beside each other may find the column missing at once
        int[] cached = _cached ?? Interlocked.CompareExchange(ref _cached, new int[_arrival.Length], null) ?? _cached;
        cached[id & Mask] = tokens;
    }

    internal void Preempt(int id) => _preemptions[id & Mask]++;

    private void Grow()
    {
        Move(ref _arrival);
        Move(ref _input);
        Move(ref _output);
        Move(ref _scheduled);
        Move(ref _first);
        Move(ref _last);
        Move(ref _preemptions);
        Move(ref _cached);
        Move(ref _priority);
        Move(ref _class);
        Move(ref _session);
        Move(ref _status);
    }

    private void Move<TValue>([NotNullIfNotNull(nameof(column))] ref TValue[]? column)
    {
        if (column is null)
        {
            return;
        }

        // what lay in front of the ring's seam goes on behind it
        TValue[] larger = new TValue[2 * column.Length];
        int from = First & (column.Length - 1);
        int to = First & (larger.Length - 1);
        int tail = column.Length - from;
        Array.Copy(column, from, larger, to, tail);
        Array.Copy(column, 0, larger, (to + tail) & (larger.Length - 1), from);
        column = larger;
    }
}
