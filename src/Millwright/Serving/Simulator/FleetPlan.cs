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
}

/// <summary>Replicas of one deployment behind a router.</summary>
/// <param name="Clock">What its steps cost.</param>
/// <param name="Policy">The rules of its engine.</param>
/// <param name="Replicas">Number of replicas, at least 1.</param>
/// <param name="Router">How requests are spread.</param>
/// <param name="Seed">Seed of routers that draw.</param>
public sealed record FleetPlan(StepClock Clock, EnginePolicy Policy, int Replicas = 1, RouterKind Router = RouterKind.RoundRobin, ulong Seed = 0)
{
    /// <summary>Requests under way at once over all replicas in a closed loop; null where requests come at their own times.</summary>
    public int? Concurrency { get; init; }

    /// <summary>
    /// Engines of a replica that step together, one for each attention rank, each with its own queue and with the policy's rules for itself; 1 where the
    /// policy is that of the whole replica. The monitor of a replica then adds up its engines: their times are those of engines.
    /// </summary>
    public int Engines { get; init; } = 1;

    /// <summary>Limits of the requests that count as good; null for none.</summary>
    public ServiceLimits? Limits { get; init; }

    /// <summary>True to step through every iteration instead of summing them: the same results, far slower.</summary>
    public bool EachStep { get; init; }

    /// <summary>True to keep the course of queue, batch and cache.</summary>
    public bool KeepsSeries { get; init; }

    /// <summary>Steps of each replica to keep one by one; 0 for none.</summary>
    public int KeptSteps { get; init; }

    /// <summary>Threads for replicas that share nothing; results do not depend on it.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>What a simulation left: the requests, and what the replicas did.</summary>
/// <param name="Requests">Requests with what became of them.</param>
/// <param name="Monitor">What all replicas did together.</param>
/// <param name="Replicas">What each did.</param>
/// <param name="IsPartial">True when it was stopped before its end.</param>
public sealed record FleetRun(RequestTable Requests, ReplicaMonitor Monitor, IReadOnlyList<ReplicaMonitor> Replicas, bool IsPartial);
