using Millwright.Performance;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Engines of one replica, one for each attention rank, each with its own queue and cache, whose steps wait for each other since their experts work on the
/// tokens of all. A request goes to the engine with the least of running and four times waiting ones when it is seen. Each step by itself: what any of them does changes
/// the length of all.
/// </summary>
internal sealed class LockstepReplica : ISimulatedReplica
{
    private readonly StepClock _clock;
    private readonly RequestFeed _feed;
    private readonly ReplicaSimulator[] _engines;
    private readonly RankStep[] _steps;
    private readonly bool _ahead;
    private readonly CancellationToken _cancellation;
    private long _now;
    private long _seen;
    private int _turn;

    public LockstepReplica(StepClock clock, EnginePolicy policy, RequestFeed feed, ReplicaSimulator[] engines, CancellationToken cancellation)
    {
        if (policy.Batching == BatchingKind.PromptsFirst)
        {
            throw new ArgumentException("engines that step together mix prompts and decoding", nameof(policy));
        }

        if (policy.Role != ReplicaRole.Whole || policy.Tiers.Count > 0)
        {
            throw new ArgumentException("engines that step together have neither tiers behind their cache nor a part of a request", nameof(policy));
        }

        _clock = clock;
        _feed = feed;
        _engines = engines;
        _steps = new RankStep[engines.Length];
        _ahead = policy.Asynchronous;
        _cancellation = cancellation;
    }

    public int Outstanding => _engines.Sum(static engine => engine.Outstanding);

    public long UsedBlocks => _engines.Sum(static engine => engine.UsedBlocks);

    public long NextStep => Outstanding > 0 ? _now : Math.Max(_now, _feed.NextArrival);

    public int PrefixTokens(int id) => _engines.Max(engine => engine.PrefixTokens(id));

    public void Come(int id, long ready) => throw new NotSupportedException();

    public void GiveBack(int id) => throw new NotSupportedException();

    public void Fail(List<int> lost)
    {
        foreach (ReplicaSimulator engine in _engines)
        {
            engine.Fail(lost);
        }
    }

    public void WaitUntil(long time)
    {
        _now = Math.Max(_now, time);
        _seen = _now;
        foreach (ReplicaSimulator engine in _engines)
        {
            engine.WaitUntil(_now);
        }
    }

    public void RunUntil(long limit)
    {
        while (!_cancellation.IsCancellationRequested)
        {
            TakeArrivals();
            if (!AnyRuns())
            {
                long start = Outstanding > 0 ? _now : Math.Max(_now, _feed.NextArrival);
                if (start >= limit)
                {
                    return;
                }

                WaitUntil(start);
                TakeArrivals();
            }

            if (_now >= limit)
            {
                return;
            }

            Step();
        }
    }

    private void Step()
    {
        for (int i = 0; i < _engines.Length; i++)
        {
            _steps[i] = _engines[i].Plan();
        }

        long duration = _clock.Together(_steps);
        for (int i = 0; i < _engines.Length; i++)
        {
            _engines[i].Do(_steps[i], duration);
        }

        _seen = _ahead ? _now : _now + duration;
        _now += duration;
    }

    private void TakeArrivals()
    {
        while (_feed.NextArrival <= _seen)
        {
            int chosen = _turn;
            for (int i = 1; i < _engines.Length; i++)
            {
                int other = (_turn + i) % _engines.Length;
                chosen = _engines[other].Score < _engines[chosen].Score ? other : chosen;
            }

            _turn = (chosen + 1) % _engines.Length;
            long ready = _feed.NextArrival;
            _engines[chosen].Offer(_feed.Take(), ready);
        }
    }

    private bool AnyRuns()
    {
        foreach (ReplicaSimulator engine in _engines)
        {
            if (engine.IsRunning)
            {
                return true;
            }
        }

        return false;
    }
}
