using Millwright.Operators;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>How an engine fills its steps.</summary>
public enum BatchingKind
{
    /// <summary>Prompts and decoding sequences share steps, the running ones first (vLLM V1, TensorRT-LLM in-flight batching with chunked context).</summary>
    Mixed,

    /// <summary>A step does prompts alone while there are any to start, else it decodes (SGLang without mixed chunks, vLLM V0).</summary>
    PromptsFirst,

    /// <summary>A batch is filled, runs to the end of its longest request, and only then the next one starts.</summary>
    Static,
}

/// <summary>Which waiting request is looked at first.</summary>
public enum SchedulingOrder
{
    /// <summary>The one that came first; those that were set back go in front.</summary>
    FirstCome,

    /// <summary>The one of the lowest priority number, then the one that came first; the newest of the highest number is set back. Source: vllm-project/vllm
    /// vllm/v1/core/sched/request_queue.py.</summary>
    Priority,

    /// <summary>The one that the cache holds most of, among the first 128 that wait. Source: sgl-project/sglang python/sglang/srt/managers/schedule_policy.py (lpm).</summary>
    LongestPrefix,
}

/// <summary>What a replica does of a request.</summary>
public enum ReplicaRole
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Its prompt; the cache then goes to another replica.</summary>
    Prefill,

    /// <summary>All tokens but those of the prompt, whose cache comes from another replica.</summary>
    Decode,
}

/// <summary>The rules by which a replica admits and runs requests.</summary>
/// <param name="Batching">How steps are filled.</param>
/// <param name="MaxBatchedTokens">Most tokens of one step of the replica.</param>
/// <param name="MaxSequences">Most requests that run at once on the replica.</param>
/// <param name="BlockTokens">Tokens of a cache block.</param>
/// <param name="CacheBlocks">Cache blocks of the replica.</param>
/// <param name="NoEvict">True when a request starts only once the cache holds its whole length.</param>
/// <param name="MaxContextTokens">Longest request, input and output.</param>
public sealed record EnginePolicy(
    BatchingKind Batching, int MaxBatchedTokens, int MaxSequences, int BlockTokens, long CacheBlocks, bool NoEvict, int MaxContextTokens)
{
    /// <summary>Time that a request takes before an engine can look at it: connection, tokenising, hand-over, ps.</summary>
    public long RequestPicoseconds { get; init; }

    /// <summary>The same for each input token, ps.</summary>
    public long RequestPicosecondsPerToken { get; init; }

    /// <summary>When an engine can look at a request.</summary>
    /// <param name="arrivalPicoseconds">When it came, ps.</param>
    /// <param name="inputTokens">Its input, tokens.</param>
    /// <returns>The time, ps.</returns>
    public long ReadyAt(long arrivalPicoseconds, int inputTokens) => arrivalPicoseconds + RequestPicoseconds + RequestPicosecondsPerToken * inputTokens;

    /// <summary>
    /// True when the engine decides on a step while the one before runs: a request that comes or ends during a step is then reckoned with two steps later.
    /// Source: vllm-project/vllm vllm/v1/engine/core.py step_with_batch_queue and vllm/v1/core/sched/async_scheduler.py.
    /// </summary>
    public bool Asynchronous { get; init; }

    /// <summary>True when blocks keep what they hold for prompts that begin alike.</summary>
    public bool CachesPrefixes { get; init; }

    /// <summary>Memory behind the cache, the nearest first; empty for none.</summary>
    public IReadOnlyList<CacheTier> Tiers { get; init; } = [];

    /// <summary>Bytes of a block over all chips that hold a part of it.</summary>
    public double BlockBytes { get; init; }

    /// <summary>Which waiting request is looked at first.</summary>
    public SchedulingOrder Order { get; init; }

    /// <summary>What the replica does of a request.</summary>
    public ReplicaRole Role { get; init; }

    /// <summary>Drafted tokens; null for none.</summary>
    public DraftedTokens? Drafted { get; init; }

    /// <summary>Requests that may wait at the replica: one more is refused.</summary>
    public int MostWaiting { get; init; } = int.MaxValue;

    /// <summary>Longest wait before the first step, ps: a request that has waited longer when its turn comes is given up.</summary>
    public long PatiencePicoseconds { get; init; } = SimulatedTime.Never;

    /// <summary>Tokens of a cache block where an engine has no other: vLLM and SGLang pages of 16, TensorRT-LLM of 32.</summary>
    /// <param name="family">The engine.</param>
    /// <returns>Tokens.</returns>
    public static int DefaultBlockTokens(EngineFamily family) => family == EngineFamily.TensorRtLlm ? 32 : 16;

    /// <summary>The rules of a deployment's engine, with the cache that its memory leaves.</summary>
    /// <param name="step">The deployment.</param>
    /// <param name="maxContextTokens">Longest request, tokens.</param>
    /// <param name="batching">How steps are filled; null for the engine's own.</param>
    /// <param name="blockTokens">Tokens of a cache block; null for the engine's own.</param>
    /// <returns>The rules.</returns>
    /// <exception cref="ArgumentException">The model leaves no room for a block.</exception>
    public static EnginePolicy Of(StepModel step, int maxContextTokens, BatchingKind? batching = null, int? blockTokens = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        EngineSettings engine = step.Deployment.Engine;
        int ranks = step.Deployment.Layout.AttentionRanks;
        int block = blockTokens ?? DefaultBlockTokens(engine.Family);

        // windows and states make a sequence smaller than its tokens: a block is that part of the longest one
        double sequence = step.SequenceBytes(maxContextTokens);
        double blocksOfSequence = Math.Ceiling((double)maxContextTokens / block);
        double pool = Math.Max(0, step.Memory.CachePoolBytes) * ranks;
        long blocks = sequence > 0 ? (long)Math.Min(long.MaxValue / 2, pool / (sequence / blocksOfSequence)) : long.MaxValue / 2;
        if (blocks < 1)
        {
            throw new ArgumentException("the weights leave no memory for a block of the cache", nameof(step));
        }

        return new EnginePolicy(
            batching ?? (engine.ChunkedPrefill ? BatchingKind.Mixed : BatchingKind.PromptsFirst),
            engine.MaxBatchedTokens * ranks,
            engine.MaxSequences * ranks,
            block,
            blocks,
            engine.NoEvict,
            maxContextTokens)
        {
            RequestPicoseconds = SimulatedTime.FromSeconds(step.Factors.RequestSeconds),
            RequestPicosecondsPerToken = SimulatedTime.FromSeconds(step.Factors.RequestSecondsPerToken),
            Asynchronous = EngineDefaults.SchedulesAhead(engine),
            BlockBytes = blocksOfSequence > 0 ? sequence / blocksOfSequence * step.Deployment.Layout.TensorWays * step.Deployment.Layout.PipelineStages : 0,
        };
    }

    /// <summary>The rules of one of several engines that share a replica evenly.</summary>
    /// <param name="ranks">Engines of the replica.</param>
    /// <returns>Its rules.</returns>
    public EnginePolicy OfRank(int ranks) => this with
    {
        MaxBatchedTokens = MaxBatchedTokens / ranks,
        MaxSequences = MaxSequences / ranks,
        CacheBlocks = CacheBlocks / ranks,
    };
}
