namespace Millwright.Serving.Simulator;

/// <summary>The requests that come to one replica, in order of arrival.</summary>
internal abstract class RequestFeed
{
    /// <summary>When the engine can look at the next request, ps; never when none is known now.</summary>
    public abstract long NextArrival { get; }

    /// <summary>Takes the next request.</summary>
    public abstract int Take();

    /// <summary>Tells that a request is done, which may let another one come.</summary>
    public virtual void Done(int id, long time)
    {
    }

    /// <summary>Tells that the prompt of a request is done and its cache can be taken elsewhere.</summary>
    public virtual void HandOver(int id, long time) => throw new InvalidOperationException("a prefill replica needs a decode replica");

    /// <summary>Asks for the cache of a request from where its prompt was done.</summary>
    public virtual void Pull(int id, int tokens, long time) => throw new InvalidOperationException("a decode replica needs a prefill replica");
}

/// <summary>Requests with known times of arrival; more may be added while the replica runs.</summary>
/// <param name="table">The requests.</param>
/// <param name="policy">How long a request takes to reach the engine; none passes one that came before it.</param>
internal sealed class OpenFeed(RequestTable table, EnginePolicy policy) : RequestFeed
{
    private readonly ReadyLine _requests = new();
    private long _last;

    public override long NextArrival => _requests.NextReady;

    /// <summary>Requests that have not come yet.</summary>
    public int Count => _requests.Count;

    public void Add(int id)
    {
        _last = Math.Max(_last, policy.ReadyAt(table.ArrivalPicoseconds[id], table.InputTokens[id]));
        _requests.Add(id, _last);
    }

    public override int Take() => _requests.Take();
}

/// <summary>A closed loop: so many requests are under way, and each that is done lets the next one come at once.</summary>
internal sealed class ClosedFeed : RequestFeed
{
    private readonly RequestTable _table;
    private readonly IEnumerator<int> _requests;
    private readonly EnginePolicy _policy;
    private readonly ReadyLine _released = new();
    private long _last;

    /// <summary>Starts a loop at time 0.</summary>
    /// <param name="table">The requests.</param>
    /// <param name="policy">How long a request takes to reach the engine.</param>
    /// <param name="requests">Those of this loop, in order.</param>
    /// <param name="concurrency">Requests under way at once.</param>
    public ClosedFeed(RequestTable table, EnginePolicy policy, IEnumerable<int> requests, int concurrency)
    {
        _table = table;
        _policy = policy;
        _requests = requests.GetEnumerator();
        for (int i = 0; i < concurrency; i++)
        {
            Done(-1, 0);
        }
    }

    public override long NextArrival => _released.NextReady;

    public override int Take() => _released.Take();

    public override void Done(int id, long time)
    {
        if (_requests.MoveNext())
        {
            _table.Arrive(_requests.Current, time);
            _last = Math.Max(_last, _policy.ReadyAt(time, _table.InputTokens[_requests.Current]));
            _released.Add(_requests.Current, _last);
        }
    }
}
