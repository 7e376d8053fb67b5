using Millwright.Numerics;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Runs fleets whose replicas depend on each other, in order of time: what comes, is routed, handed over, lost and repaired. A replica goes on by itself up to the first moment at
/// which something of it could reach others, or something of others it. At one time: what ended, transfers, failures, decisions on the number of replicas, arrivals, then steps.
/// </summary>
internal sealed class ServiceLoop
{
    private static readonly ulong s_route = RandomStream.KeyOf("simulator.route");
    private static readonly ulong s_second = RandomStream.KeyOf("simulator.route.second");
    private static readonly ulong s_failure = RandomStream.KeyOf("simulator.failure");

    private readonly ServicePlan _plan;
    private readonly RequestTable _table;
    private readonly RequestSource _source;
    private readonly DoneCount? _done;
    private readonly CancellationToken _cancellation;
    private readonly Pool[] _entries;
    private readonly List<Pool> _pools = [];
    private readonly PriorityQueue<Entry, (long Time, EventKind Kind, long Order)> _events = new();
    private readonly List<int> _come = [];
    private readonly List<int> _lost = [];
    private long _order;
    private long _time;
    private long _open;

    // of requests whose prompt was done apart: where
    private readonly Dictionary<int, Replica> _prefill = [];

    public ServiceLoop(ServicePlan plan, RequestTable table, RequestSource source, DoneCount? done, CancellationToken cancellation)
    {
        _plan = plan;
        _table = table;
        _source = source;
        _done = done;
        _cancellation = cancellation;
        _entries = [.. plan.Fleets.Select(MakeFleet)];
    }

    private enum EventKind
    {
        Ended,
        HandedOver,
        Pulled,
        Taken,
        Fails,
        Starts,
        Decides,
        Step,
    }

    /// <summary>Runs to the end of all requests.</summary>
    /// <returns>What each pool did.</returns>
    public IReadOnlyList<PoolRun> Run()
    {
        foreach (Pool pool in _pools)
        {
            Prepare(pool);
        }

        while (!_cancellation.IsCancellationRequested)
        {
            long next = _events.TryPeek(out Entry entry, out (long Time, EventKind Kind, long Order) at) ? at.Time : SimulatedTime.Never;
            long arrival = _source.NextTime;
            if (arrival != SimulatedTime.Never && (arrival < next || (arrival == next && at.Kind == EventKind.Step)))
            {
                _time = Math.Max(_time, arrival);
                _source.Advance(arrival, _come);
                foreach (int id in _come)
                {
                    _open++;
                    Arrive(id);
                }

                _come.Clear();
                continue;
            }

            // failures and decisions go on for as long as there are requests
            if (next == SimulatedTime.Never || (_open == 0 && arrival == SimulatedTime.Never))
            {
                break;
            }

            _events.Dequeue();
            _time = Math.Max(_time, next);
            Handle(entry, at.Kind);
        }

        return [.. _pools.Select(pool => pool.Result(_time))];
    }

    private Pool MakeFleet(FleetPlan fleet)
    {
        Pool pool = MakePool(fleet, fleet.Decode is null ? ReplicaRole.Whole : ReplicaRole.Prefill);
        if (fleet.Decode is { } decode)
        {
            if (fleet.Failures is not null || decode.Failures is not null)
            {
                throw new ArgumentException("failures of prefill and decode replicas apart are not simulated", nameof(fleet));
            }

            pool.Next = MakePool(decode, ReplicaRole.Decode);
        }

        return pool;
    }

    private Pool MakePool(FleetPlan fleet, ReplicaRole role)
    {
        Pool pool = new(fleet with { Policy = fleet.Policy with { Role = role } });
        for (int i = 0; i < fleet.Replicas; i++)
        {
            ReplicaMonitor monitor = FleetSimulator.MonitorOf(fleet);
            LoopFeed feed = new(this, pool, i);
            ISimulatedReplica engine = FleetSimulator.ReplicaOf(pool.Plan, _table, feed, monitor, _done, _cancellation);
            pool.Replicas.Add(new Replica(pool, i, engine, feed, monitor));
        }

        _pools.Add(pool);
        return pool;
    }

    private void Prepare(Pool pool)
    {
        int serving = pool.Plan.Scaling?.Least ?? pool.Plan.Replicas;
        for (int i = 0; i < serving; i++)
        {
            pool.Start(pool.Replicas[i], 0);
            Serve(pool.Replicas[i]);
        }

        if (pool.Plan.Scaling is { } scaling)
        {
            Push(scaling.IntervalPicoseconds, EventKind.Decides, new Entry(pool.Replicas[0], 0, 0));
        }
    }

    private void Serve(Replica replica)
    {
        replica.IsServing = true;
        if (replica.Pool.Plan.Failures is { } failures)
        {
            double seconds = -Math.Log(new RandomStream(replica.Pool.Plan.Seed).Uniform(s_failure ^ RandomStream.Mix((ulong)replica.Number), replica.Failures)) * failures.MeanSecondsBetween;
            long gap = seconds >= SimulatedTime.ToSeconds(SimulatedTime.Never - _time) ? SimulatedTime.Never : SimulatedTime.FromSeconds(seconds);
            if (gap != SimulatedTime.Never)
            {
                Push(_time + gap, EventKind.Fails, new Entry(replica, 0, replica.Starts));
            }
        }

        while (replica.Pool.Parked.TryDequeue(out int id))
        {
            Route(id, replica.Pool);
        }
    }

    private void Handle(in Entry entry, EventKind kind)
    {
        Replica replica = entry.Replica;
        switch (kind)
        {
            case EventKind.Step:
                if (entry.Version == replica.Version)
                {
                    replica.Due = SimulatedTime.Never;
                    replica.Engine.RunUntil(_time + 1);
                    Refresh(replica);
                }

                break;
            case EventKind.Ended:
                _open--;
                _source.Ended(entry.Request, _time);
                if (replica.IsDraining && replica.Outstanding == 0)
                {
                    replica.Pool.Stop(replica, _time);
                }

                break;
            case EventKind.HandedOver:
                _prefill[entry.Request] = replica;
                Route(entry.Request, replica.Pool.Next!);
                break;
            case EventKind.Pulled:
                Transfer(entry.Request, replica, (int)entry.Version);
                break;
            case EventKind.Taken:
                replica.Engine.RunUntil(_time);
                replica.Engine.GiveBack(entry.Request);
                Refresh(replica);
                break;
            case EventKind.Fails:
                if (replica.IsServing && entry.Version == replica.Starts)
                {
                    Fail(replica);
                }

                break;
            case EventKind.Starts:
                replica.Engine.WaitUntil(_time);
                Serve(replica);
                break;
            default:
                Decide(replica.Pool);
                break;
        }
    }

    private void Arrive(int id)
    {
        Pool pool = Door(id);
        Route(id, pool);
    }

    // the fleet that takes a request: its first choice, or the next ones while that is loaded
    private Pool Door(int id)
    {
        if (_entries.Length == 1)
        {
            return _entries[0];
        }

        int number = _table.ClassOf(id);
        IReadOnlyList<int> choices = number < _plan.FleetsOfClass.Count && _plan.FleetsOfClass[number].Count > 0 ? _plan.FleetsOfClass[number] : [.. Enumerable.Range(0, _entries.Length)];
        Pool best = _entries[choices[0]];
        double least = LoadOf(best);
        if (_plan.SpillOutstanding is { } spill && least < spill)
        {
            return best;
        }

        for (int i = 1; i < choices.Count; i++)
        {
            Pool pool = _entries[choices[i]];
            double load = LoadOf(pool);
            if (load < least)
            {
                (best, least) = (pool, load);
            }
        }

        return best;
    }

    private double LoadOf(Pool pool)
    {
        long outstanding = pool.Parked.Count;
        int serving = 0;
        foreach (Replica replica in pool.Replicas)
        {
            if (replica.TakesRequests)
            {
                Catch(replica);
                outstanding += replica.Outstanding;
                serving++;
            }
        }

        return serving == 0 ? double.PositiveInfinity : (double)outstanding / serving;
    }

    private void Route(int id, Pool pool)
    {
        Replica? chosen = Choose(id, pool);
        if (chosen is null)
        {
            pool.Parked.Enqueue(id);
            return;
        }

        chosen.Feed.Add(id, pool.Plan.Policy.Role == ReplicaRole.Decode ? _time : pool.Plan.Policy.ReadyAt(_time, _table.InputTokens[id]) + pool.Plan.NetworkPicoseconds);
        Refresh(chosen);
    }

    private Replica? Choose(int id, Pool pool)
    {
        List<Replica> serving = pool.Serving();
        if (serving.Count <= 1)
        {
            return serving.Count == 1 ? serving[0] : null;
        }

        RandomStream random = new(pool.Plan.Seed);
        switch (pool.Plan.Router)
        {
            case RouterKind.RoundRobin:
                return serving[(int)(pool.Routed++ % serving.Count)];
            case RouterKind.Random:
                return serving[FleetSimulator.Drawn(random, s_route, id, serving.Count)];
            case RouterKind.Session:
                ulong session = (ulong)_table.SessionOf(id);
                return serving.MaxBy(replica => RandomStream.Mix(session ^ RandomStream.Mix((ulong)replica.Number + 1)));
            case RouterKind.PowerOfTwo:
                int one = FleetSimulator.Drawn(random, s_route, id, serving.Count);
                int two = (one + 1 + FleetSimulator.Drawn(random, s_second, id, serving.Count - 1)) % serving.Count;
                (Replica first, Replica second) = (serving[Math.Min(one, two)], serving[Math.Max(one, two)]);
                Catch(first);
                Catch(second);
                return second.Outstanding < first.Outstanding ? second : first;
            default:
                foreach (Replica replica in serving)
                {
                    Catch(replica);
                }

                return pool.Plan.Router switch
                {
                    RouterKind.Prefix => ByPrefix(id, serving),
                    RouterKind.CacheAware => serving.MinBy(replica => CacheCost(id, replica)),
                    _ => serving.MinBy(static replica => replica.Outstanding),
                };
        }
    }

    private Replica ByPrefix(int id, List<Replica> serving)
    {
        const int UnevenBy = 32;
        const double UnevenTimes = 1.1;
        const double LeastHeld = 0.3;
        Replica least = serving.MinBy(static replica => replica.Outstanding)!;
        int most = serving.Max(static replica => replica.Outstanding);
        if (most - least.Outstanding > UnevenBy && most > UnevenTimes * least.Outstanding)
        {
            return least;
        }

        Replica best = serving.MaxBy(replica => replica.Engine.PrefixTokens(id))!;
        return best.Engine.PrefixTokens(id) > LeastHeld * _table.InputTokens[id] ? best : least;
    }

    // blocks of the prompt that are still to be computed, here and of those on their way, and blocks in use
    private long CacheCost(int id, Replica replica)
    {
        long wanted = _table.InputTokens[id] - replica.Engine.PrefixTokens(id) + replica.Feed.WaitingTokens;
        return wanted / replica.Pool.Plan.Policy.BlockTokens + replica.Engine.UsedBlocks;
    }

    // lets a replica go on to now, so that it can be looked at
    private void Catch(Replica replica)
    {
        replica.Engine.RunUntil(_time);
        Refresh(replica);
    }

    private void Refresh(Replica replica)
    {
        long effect = replica.Engine.NextStep;
        if (effect == replica.Due)
        {
            return;
        }

        replica.Due = effect;
        replica.Version++;
        if (effect != SimulatedTime.Never)
        {
            Push(effect, EventKind.Step, new Entry(replica, 0, replica.Version));
        }
    }

    private void Push(long time, EventKind kind, in Entry entry) => _events.Enqueue(entry, (Math.Max(time, _time), kind, _order++));

    // one cache after another leaves a prefill replica, and comes to a decode replica
    private void Transfer(int id, Replica decode, int tokens)
    {
        _prefill.Remove(id, out Replica? prefill);
        HandOverLink link = prefill!.Pool.Plan.Link ?? throw new InvalidOperationException("prompts are handed over without a link");
        long start = Math.Max(_time, Math.Max(prefill.SendsUntil, decode.ReceivesUntil));
        long duration = (long)Math.Round(tokens * link.PicosecondsPerToken);
        prefill.SendsUntil = start + duration;
        decode.ReceivesUntil = start + duration;
        decode.Pool.TransferPicoseconds += duration;
        decode.Engine.Come(id, start + duration + link.LatencyPicoseconds);
        Refresh(decode);
        Push(start + duration, EventKind.Taken, new Entry(prefill, id, 0));
    }

    private void Fail(Replica replica)
    {
        Catch(replica);
        Pool pool = replica.Pool;
        replica.IsServing = false;
        replica.Failures++;
        replica.Starts++;
        replica.Engine.Fail(_lost);
        replica.Feed.TakeAll(_lost);
        Refresh(replica);
        if (replica.IsDraining)
        {
            pool.Stop(replica, _time);
        }
        else
        {
            Push(_time + pool.Plan.Failures!.RepairPicoseconds, EventKind.Starts, new Entry(replica, 0, 0));
        }

        _lost.Sort();
        pool.Restarts += _lost.Count;
        foreach (int id in _lost)
        {
            Route(id, pool);
        }

        _lost.Clear();
    }

    private void Decide(Pool pool)
    {
        ScalingRule rule = pool.Plan.Scaling!;
        long outstanding = pool.Parked.Count;
        int present = 0;
        foreach (Replica replica in pool.Replicas)
        {
            if (replica.TakesRequests)
            {
                Catch(replica);
                outstanding += replica.Outstanding;
            }

            present += replica.IsPresent && !replica.IsDraining ? 1 : 0;
        }

        int wanted = (int)Math.Clamp(Math.Ceiling(outstanding / rule.TargetOutstanding), rule.Least, pool.Replicas.Count);
        pool.Wanted.Enqueue((_time, wanted));
        while (pool.Wanted.Peek().Time < _time - rule.CalmPicoseconds)
        {
            pool.Wanted.Dequeue();
        }

        // no fewer than were wanted at any time of late
        int most = pool.Wanted.Max(static entry => entry.Wanted);
        for (int i = 0; i < pool.Replicas.Count && present < wanted; i++)
        {
            Replica replica = pool.Replicas[i];
            if (replica.IsDraining)
            {
                replica.IsDraining = false;
                present++;
            }
            else if (!replica.IsPresent)
            {
                pool.Start(replica, _time);
                replica.Starts++;
                Push(_time + rule.StartPicoseconds, EventKind.Starts, new Entry(replica, 0, 0));
                present++;
            }
        }

        for (int i = pool.Replicas.Count - 1; i >= 0 && present > most; i--)
        {
            Replica replica = pool.Replicas[i];
            if (replica.TakesRequests)
            {
                replica.IsDraining = true;
                present--;
                if (replica.Outstanding == 0)
                {
                    pool.Stop(replica, _time);
                }
            }
        }

        Push(_time + rule.IntervalPicoseconds, EventKind.Decides, new Entry(pool.Replicas[0], 0, 0));
    }

    private readonly record struct Entry(Replica Replica, int Request, long Version);

    private sealed class Replica(Pool pool, int number, ISimulatedReplica engine, LoopFeed feed, ReplicaMonitor monitor)
    {
        public Pool Pool { get; } = pool;

        public int Number { get; } = number;

        public ISimulatedReplica Engine { get; } = engine;

        public LoopFeed Feed { get; } = feed;

        public ReplicaMonitor Monitor { get; } = monitor;

        public long Version { get; set; }

        public long Due { get; set; } = SimulatedTime.Never;

        public bool IsServing { get; set; }

        public bool IsDraining { get; set; }

        public bool IsPresent { get; set; }

        public long PresentSince { get; set; }

        public long Starts { get; set; }

        public long Failures { get; set; }

        public long SendsUntil { get; set; }

        public long ReceivesUntil { get; set; }

        public bool TakesRequests => IsServing && !IsDraining;

        public int Outstanding => Engine.Outstanding + Feed.Count;
    }

    private sealed class Pool(FleetPlan plan)
    {
        private readonly List<Replica> _serving = [];
        private int _present;
        private WideInteger _presentPicoseconds;

        public FleetPlan Plan { get; } = plan;

        public Pool? Next { get; set; }

        public List<Replica> Replicas { get; } = [];

        public Queue<int> Parked { get; } = new();

        public Queue<(long Time, int Wanted)> Wanted { get; } = new();

        public long Routed { get; set; }

        public long Restarts { get; set; }

        public WideInteger TransferPicoseconds { get; set; }

        public int MostPresent { get; private set; }

        public List<Replica> Serving()
        {
            _serving.Clear();
            foreach (Replica replica in Replicas)
            {
                if (replica.TakesRequests)
                {
                    _serving.Add(replica);
                }
            }

            return _serving;
        }

        public void Start(Replica replica, long time)
        {
            replica.IsPresent = true;
            replica.PresentSince = time;
            MostPresent = Math.Max(MostPresent, ++_present);
        }

        public void Stop(Replica replica, long time)
        {
            replica.IsPresent = false;
            replica.IsServing = false;
            replica.IsDraining = false;
            replica.Starts++;
            _present--;
            _presentPicoseconds += time - replica.PresentSince;
        }

        public PoolRun Result(long end)
        {
            WideInteger present = _presentPicoseconds;
            foreach (Replica replica in Replicas)
            {
                present += replica.IsPresent ? end - replica.PresentSince : 0;
            }

            ReplicaMonitor[] monitors = [.. Replicas.Select(static replica => replica.Monitor)];
            return new PoolRun(Plan, FleetSimulator.Merged(monitors), monitors)
            {
                PresentPicoseconds = Plan.Scaling is null ? null : present,
                MostReplicas = MostPresent,
                Failures = Replicas.Sum(static replica => replica.Failures),
                Restarts = Restarts,
                TransferPicoseconds = TransferPicoseconds,
            };
        }
    }

    // what comes to a replica, and what goes from it to the loop
    private sealed class LoopFeed(ServiceLoop loop, Pool pool, int number) : RequestFeed
    {
        private readonly Queue<(int Id, long Ready)> _requests = new();
        private long _last;

        public int Count => _requests.Count;

        /// <summary>Input tokens of those that have not reached the engine.</summary>
        public long WaitingTokens { get; private set; }

        public override long NextArrival => _requests.TryPeek(out (int Id, long Ready) next) ? next.Ready : SimulatedTime.Never;

        public void Add(int id, long ready)
        {
            // none passes one that came before it
            _last = Math.Max(_last, ready);
            _requests.Enqueue((id, _last));
            WaitingTokens += loop._table.InputTokens[id];
        }

        public override int Take()
        {
            int id = _requests.Dequeue().Id;
            WaitingTokens -= loop._table.InputTokens[id];
            return id;
        }

        public void TakeAll(List<int> requests)
        {
            while (_requests.Count > 0)
            {
                requests.Add(Take());
            }
        }

        public override void Done(int id, long time) => loop.Push(time, EventKind.Ended, new Entry(pool.Replicas[number], id, 0));

        public override void HandOver(int id, long time) => loop.Push(time, EventKind.HandedOver, new Entry(pool.Replicas[number], id, 0));

        public override void Pull(int id, int tokens, long time) => loop.Push(time, EventKind.Pulled, new Entry(pool.Replicas[number], id, tokens));
    }
}
