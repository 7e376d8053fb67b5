using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Performance;

namespace Millwright.Serving.Simulator;

/// <summary>How requests are spread over replicas.</summary>
public enum RouterKind
{
    /// <summary>One after another.</summary>
    RoundRobin,

    /// <summary>By a seeded draw.</summary>
    Random,

    /// <summary>To the replica with the fewest requests that wait or run; the first of those.</summary>
    LeastLoaded,

    /// <summary>To the less loaded of two that are drawn (Mitzenmacher, IEEE TPDS 2001).</summary>
    PowerOfTwo,

    /// <summary>All requests of a session to one replica, by rendezvous hashing (Thaler and Ravishankar, IEEE/ACM ToN 1998).</summary>
    Session,

    /// <summary>To the replica whose cache holds most of the prompt, unless loads are too uneven or too little is held: then as least loaded. Source:
    /// sgl-project/sglang sgl-router, cache_aware policy, with its thresholds.</summary>
    Prefix,

    /// <summary>To the replica with the fewest blocks in use and still to be computed of the prompt. Source: ai-dynamo/dynamo, KV router cost.</summary>
    CacheAware,
}

/// <summary>Replicas that are added and taken away with the load.</summary>
/// <param name="Least">Fewest replicas, at least 1.</param>
/// <param name="TargetOutstanding">Requests that wait or run at a replica in the mean, which the number of replicas is chosen for.</param>
/// <param name="IntervalPicoseconds">Time between two decisions, ps.</param>
/// <param name="StartPicoseconds">Time from a decision to a replica that serves: machine, engine, weights, ps.</param>
/// <param name="CalmPicoseconds">A replica is taken away when fewer were wanted all this time, ps.</param>
public sealed record ScalingRule(int Least, double TargetOutstanding, long IntervalPicoseconds, long StartPicoseconds, long CalmPicoseconds);

/// <summary>Replicas that fail and are repaired; what they held is lost and their requests start anew elsewhere.</summary>
/// <param name="MeanSecondsBetween">Mean time of a replica between failures, s, exponential.</param>
/// <param name="RepairPicoseconds">Time until it serves again, ps.</param>
public sealed record FailureRule(double MeanSecondsBetween, long RepairPicoseconds);

/// <summary>How the cache of a prompt goes from a prefill replica to a decode replica.</summary>
/// <param name="PicosecondsPerToken">Time of a token on the link, ps.</param>
/// <param name="LatencyPicoseconds">Time until the first byte comes, ps.</param>
public sealed record HandOverLink(double PicosecondsPerToken, long LatencyPicoseconds);

/// <summary>Replicas of one deployment behind a router.</summary>
/// <param name="Clock">What its steps cost.</param>
/// <param name="Policy">The rules of its engine.</param>
/// <param name="Replicas">Number of replicas, at least 1; the most where they are scaled.</param>
/// <param name="Router">How requests are spread.</param>
/// <param name="Seed">Seed of routers that draw, and of failures.</param>
public sealed record FleetPlan(StepClock Clock, EnginePolicy Policy, int Replicas = 1, RouterKind Router = RouterKind.RoundRobin, ulong Seed = 0)
{
    /// <summary>Name, where there are several fleets.</summary>
    public string Name { get; init; } = "";

    /// <summary>Requests under way at once over all replicas in a closed loop; null where requests come at their own times.</summary>
    public int? Concurrency { get; init; }

    /// <summary>
    /// Engines of a replica that step together, one for each attention rank, each with its own queue and with the policy's rules for itself; 1 where the
    /// policy is that of the whole replica. The monitor of a replica then adds up its engines: their times are those of engines.
    /// </summary>
    public int Engines { get; init; } = 1;

    /// <summary>Replicas that go on with the prompts of these; null where a replica does all of a request.</summary>
    public FleetPlan? Decode { get; init; }

    /// <summary>How the cache of a prompt gets there.</summary>
    public HandOverLink? Link { get; init; }

    /// <summary>How replicas come and go; null where all serve all of the time.</summary>
    public ScalingRule? Scaling { get; init; }

    /// <summary>How replicas fail; null where none does.</summary>
    public FailureRule? Failures { get; init; }

    /// <summary>Time on the network from the user and back, ps: added before a request reaches an engine.</summary>
    public long NetworkPicoseconds { get; init; }

    /// <summary>Limits of the requests that count as good; null for none.</summary>
    public ServiceLimits? Limits { get; init; }

    /// <summary>Limits by class, where requests have classes; empty for <see cref="Limits"/> of all.</summary>
    public IReadOnlyList<ServiceLimits> ClassLimits { get; init; } = [];

    /// <summary>Power of the chip's kernels; null where energy is not asked for.</summary>
    public OperatorClock? Power { get; init; }

    /// <summary>True to step through every iteration instead of summing them: the same results, far slower.</summary>
    public bool EachStep { get; init; }

    /// <summary>True to keep the course of queue, batch and cache.</summary>
    public bool KeepsSeries { get; init; }

    /// <summary>Steps of each replica to keep one by one; 0 for none.</summary>
    public int KeptSteps { get; init; }

    /// <summary>Threads for replicas that share nothing; results do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The same replicas with a prefix cache.</summary>
    /// <returns>The plan.</returns>
    public FleetPlan WithPrefixes() => this with { Policy = Policy with { CachesPrefixes = true }, Decode = Decode?.WithPrefixes() };

    /// <summary>This pool, and the one that goes on with its prompts.</summary>
    public IReadOnlyList<FleetPlan> Pools => Decode is null ? [this] : [this, Decode];

    /// <summary>True where what one replica does can be known without the others.</summary>
    internal bool SharesNothing =>
        (Replicas == 1 || Router is RouterKind.RoundRobin or RouterKind.Random) && Decode is null && Scaling is null && Failures is null && NetworkPicoseconds == 0;
}

/// <summary>Several fleets behind one door: models, sites, unlike systems.</summary>
/// <param name="Fleets">The fleets, at least 1.</param>
public sealed record ServicePlan(IReadOnlyList<FleetPlan> Fleets)
{
    /// <summary>Numbers of the fleets that take a class, by class, the first choice first; empty where all fleets take all.</summary>
    public IReadOnlyList<IReadOnlyList<int>> FleetsOfClass { get; init; } = [];

    /// <summary>
    /// Requests at a replica in the mean of a fleet at which the next choice takes over, while it is less loaded; with none, the least loaded of all choices is taken.
    /// </summary>
    public double? SpillOutstanding { get; init; }

    /// <summary>Requests under way at once in a closed loop over all fleets; null where they come at their own times.</summary>
    public int? Concurrency { get; init; }

    /// <summary>The same fleets with prefix caches.</summary>
    /// <returns>The plan.</returns>
    public ServicePlan WithPrefixes() => this with { Fleets = [.. Fleets.Select(static fleet => fleet.WithPrefixes())] };

    /// <summary>Replicas of all pools.</summary>
    internal int Replicas => Fleets.Sum(static fleet => fleet.Pools.Sum(static pool => pool.Replicas));

    /// <summary>True where some replica looks up what prompts begin with.</summary>
    internal bool CachesPrefixes => Fleets.Any(static fleet => fleet.Pools.Any(static pool => pool.Policy.CachesPrefixes));

    /// <summary>True where some router sends a session to one replica.</summary>
    internal bool RoutesSessions => Fleets.Any(static fleet => fleet.Pools.Any(static pool => pool.Router == RouterKind.Session));

    /// <summary>True where what one replica does can be known without the others.</summary>
    internal bool IsApart => Fleets is [{ SharesNothing: true }];
}

/// <summary>What the replicas of a pool did.</summary>
/// <param name="Plan">The pool.</param>
/// <param name="Monitor">All of its replicas together.</param>
/// <param name="Replicas">Each by itself.</param>
public sealed record PoolRun(FleetPlan Plan, ReplicaMonitor Monitor, IReadOnlyList<ReplicaMonitor> Replicas)
{
    /// <summary>Time that replicas were there, starting, serving or in repair, summed, ps; null for all of the time.</summary>
    public WideInteger? PresentPicoseconds { get; init; }

    /// <summary>Greatest number of replicas that were there at once.</summary>
    public int MostReplicas { get; init; }

    /// <summary>Failures of replicas.</summary>
    public long Failures { get; init; }

    /// <summary>Requests that lost their replica and started anew.</summary>
    public long Restarts { get; init; }

    /// <summary>Time on the links towards this pool, summed, ps.</summary>
    public WideInteger TransferPicoseconds { get; init; }
}

/// <summary>What a simulation left: the requests, and what the replicas did.</summary>
/// <param name="Requests">Requests with what became of them.</param>
/// <param name="Monitor">What all replicas did together.</param>
/// <param name="Pools">What each pool did.</param>
/// <param name="IsPartial">True when it was stopped before its end.</param>
public sealed record FleetRun(RequestTable Requests, ReplicaMonitor Monitor, IReadOnlyList<PoolRun> Pools, bool IsPartial)
{
    /// <summary>What each replica did, pool by pool.</summary>
    public IReadOnlyList<ReplicaMonitor> Replicas => [.. Pools.SelectMany(static pool => pool.Replicas)];
}
