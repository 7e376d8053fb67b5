using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>The requests that come to one replica, in order of arrival.</summary>
internal abstract class RequestFeed
{
    /// <summary>Time of the next arrival, ps; never when none is known now.</summary>
    public abstract long NextArrival { get; }

    /// <summary>Takes the next request.</summary>
    public abstract int Take();

    /// <summary>Tells that a request is done, which may let another one come.</summary>
    public virtual void Done(int id, long time)
    {
    }
}

/// <summary>Requests with known times of arrival; more may be added while the replica runs.</summary>
internal sealed class OpenFeed(RequestTable table) : RequestFeed
{
    private readonly Queue<int> _requests = new();

    public override long NextArrival => _requests.TryPeek(out int id) ? table.ArrivalPicoseconds[id] : SimulatedTime.Never;

    /// <summary>Requests that have not come yet.</summary>
    public int Count => _requests.Count;

    public void Add(int id) => _requests.Enqueue(id);

    public override int Take() => _requests.Dequeue();
}

/// <summary>A closed loop: so many requests are under way, and each that is done lets the next one come at once.</summary>
internal sealed class ClosedFeed : RequestFeed
{
    private readonly RequestTable _table;
    private readonly IEnumerator<int> _requests;
    private readonly Queue<int> _released = new();

    /// <summary>Starts a loop at time 0.</summary>
    /// <param name="table">The requests.</param>
    /// <param name="requests">Those of this loop, in order.</param>
    /// <param name="concurrency">Requests under way at once.</param>
    public ClosedFeed(RequestTable table, IEnumerable<int> requests, int concurrency)
    {
        _table = table;
        _requests = requests.GetEnumerator();
        for (int i = 0; i < concurrency; i++)
        {
            Done(-1, 0);
        }
    }

    public override long NextArrival => _released.TryPeek(out int id) ? _table.ArrivalPicoseconds[id] : SimulatedTime.Never;

    public override int Take() => _released.Dequeue();

    public override void Done(int id, long time)
    {
        if (_requests.MoveNext())
        {
            _table.Arrive(_requests.Current, time);
            _released.Enqueue(_requests.Current);
        }
    }
}
