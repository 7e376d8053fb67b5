using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>The figures of a pool of replicas.</summary>
public sealed record PoolReport
{
    /// <summary>Name of its fleet; empty where there is one.</summary>
    public required string Name { get; init; }

    /// <summary>What its replicas do of a request.</summary>
    public required ReplicaRole Role { get; init; }

    /// <summary>Replicas, the most of them where they come and go.</summary>
    public required int Replicas { get; init; }

    /// <summary>Chips of a replica.</summary>
    public required int ChipsOfReplica { get; init; }

    /// <summary>Chips of all replicas.</summary>
    public int Chips => Replicas * ChipsOfReplica;

    /// <summary>Requests that finished here.</summary>
    public required long Finished { get; init; }

    /// <summary>Time for which replicas were there, summed, s.</summary>
    public required double PresentReplicaSeconds { get; init; }

    /// <summary>Time in steps, summed, s.</summary>
    public required double BusyReplicaSeconds { get; init; }

    /// <summary>Share of their time that replicas were in a step.</summary>
    public double Utilisation => PresentReplicaSeconds > 0 ? BusyReplicaSeconds / PresentReplicaSeconds : 0;

    /// <summary>Tokens of running requests over those that the cache holds, mean over the time in steps.</summary>
    public required double CacheUse { get; init; }

    /// <summary>Greatest use of the cache of a replica, as a share.</summary>
    public required double GreatestCacheUse { get; init; }

    /// <summary>Energy of its chips; not a number where the pool has no power model.</summary>
    public required PhaseEnergy Joules { get; init; }

    /// <summary>Failures of replicas.</summary>
    public required long Failures { get; init; }

    /// <summary>Requests that lost their replica and started anew.</summary>
    public required long Restarts { get; init; }

    /// <summary>Time that caches took to come to this pool, summed, s.</summary>
    public required double TransferSeconds { get; init; }

    /// <summary>Makes the figures of a pool.</summary>
    /// <param name="pool">What it did.</param>
    /// <param name="seconds">Length of the run, s.</param>
    /// <returns>The figures.</returns>
    public static PoolReport Of(PoolRun pool, double seconds)
    {
        ArgumentNullException.ThrowIfNull(pool);
        EnginePolicy policy = pool.Plan.Policy;
        double busy = SimulatedTime.ToSeconds(pool.Monitor.BusyPicoseconds);
        double present = pool.PresentPicoseconds is { } there ? Math.Max(busy, SimulatedTime.ToSeconds(there)) : seconds * pool.Plan.Replicas;
        double capacity = policy.CacheBlocks;
        return new PoolReport
        {
            Name = pool.Plan.Name,
            Role = policy.Role,
            Replicas = pool.PresentPicoseconds is null ? pool.Plan.Replicas : pool.MostReplicas,
            ChipsOfReplica = pool.Plan.Clock.Step.Deployment.Layout.Chips,
            Finished = pool.Monitor.Finished,
            PresentReplicaSeconds = present,
            BusyReplicaSeconds = busy,
            CacheUse = busy > 0 ? SimulatedTime.ToSeconds(pool.Monitor.TokenPicoseconds) / busy / (capacity * policy.BlockTokens) : 0,
            GreatestCacheUse = pool.Monitor.MostBlocks / capacity,
            Joules = EnergyOf(pool, Math.Max(0, present - busy)),
            Failures = pool.Failures,
            Restarts = pool.Restarts,
            TransferSeconds = SimulatedTime.ToSeconds(pool.TransferPicoseconds),
        };
    }

    // the power model is not linear in batch and context, so that each number of sequences counts by itself, at its mean context
    private static PhaseEnergy EnergyOf(PoolRun pool, double idleSeconds)
    {
        if (pool.Plan.Power is not { } power)
        {
            return new PhaseEnergy(double.NaN, double.NaN, double.NaN);
        }

        StepModel step = pool.Plan.Clock.Step;
        ParallelLayout layout = step.Deployment.Layout;
        double decode = 0;
        double prompts = 0;
        ReadOnlySpan<StepTally> steps = pool.Monitor.DecodeSteps;
        for (int i = 1; i < steps.Length; i++)
        {
            decode += JoulesOf(step, power, steps[i]);
        }

        foreach (StepTally tally in pool.Monitor.PromptSteps)
        {
            prompts += JoulesOf(step, power, tally);
        }

        return new PhaseEnergy(prompts, decode, idleSeconds * layout.Chips * power.IdleWatts);
    }

    private static double JoulesOf(StepModel step, OperatorClock power, in StepTally tally)
    {
        if (tally.Steps == 0)
        {
            return 0;
        }

        // with stages, each micro-batch is a part of the sequences
        ParallelLayout layout = step.Deployment.Layout;
        double count = tally.Steps;
        double time = SimulatedTime.ToSeconds(tally.Picoseconds);
        StepShape shape = new(
            (double)tally.Sequences / count / layout.PipelineStages,
            (double)tally.ContextTokens / count / layout.PipelineStages,
            tally.PromptTokens / count,
            0,
            tally.Prompts / count);
        return time * layout.Chips * step.MeanWatts(power, shape, time / count);
    }
}
