using Millwright.Models;
using Millwright.Performance;

namespace Millwright.Reports.Launch;

/// <summary>
/// Writes <c>python -m sglang.launch_server</c>. With attention-DP SGLang counts TP over all chips of a stage and divides requests and chunk by the
/// ranks, so both are given for all ranks together (SGLang's documentation of server arguments and of DP attention).
/// </summary>
internal static class SglangLaunch
{
    private const string Name = "SGLang";

    /// <summary>Refuses layouts that SGLang cannot run.</summary>
    public static void Check(LaunchPool pool)
    {
        LaunchCheck.EvenExperts(Name, pool);
        LaunchCheck.Require(
            pool.Layout.PipelineStages == 1 || pool.Layout.AttentionRanks == 1 || pool.Model.HasExperts,
            $"{Name} runs replicas of a dense model over pipeline stages as servers of their own: ask for more replicas in place of '{pool.Layout}'");
        LaunchCheck.ContextWays(
            pool,
            CutsPrompts(pool.Model) && pool.Layout.AttentionRanks == 1 && pool.Role == "prefill",
            $"{Name} cuts them on prefill servers of models with sparse latent attention, without attention-DP");
    }

    /// <summary>True for models whose prompts SGLang cuts over chips with the options that ship: those with an indexer (DSA). Source: SGLang's documentation
    /// of server arguments; its option for other models came after the listing.</summary>
    public static bool CutsPrompts(ModelArchitecture model) => model.Layers.Any(static layer => layer.Mixer is LatentAttention { Indexer: not null });

    /// <summary>The scripts of a pool.</summary>
    public static IEnumerable<LaunchFile> Files(LaunchPool pool, string version)
    {
        ParallelLayout layout = pool.Layout;
        bool sharesExperts = layout.AttentionRanks > 1 && pool.Model.HasExperts;
        int ranks = sharesExperts ? layout.AttentionRanks : 1;
        List<string> comments = [.. pool.Comments(Name, version, quantisesOnLoad: true)];
        if (pool.Role.Length > 0)
        {
            comments.Add("A router in front (SGLang Model Gateway) pairs prefill and decode servers.");
        }

        if (pool.Hosts > 1)
        {
            comments.Add(LaunchCheck.Text($"{pool.Hosts} hosts a replica: set HEAD_ADDRESS to the address of the first, and NODE_RANK from 0 on."));
        }

        ShellCommand command = new ShellCommand("python -m sglang.launch_server")
            .Option("--model-path", pool.ModelName)
            .Option("--tp-size", sharesExperts ? layout.StageChips : layout.TensorWays * layout.ContextWays)
            .Option("--attn-cp-size", layout.ContextWays, layout.ContextWays > 1)
            .Flag("--enable-dsa-prefill-context-parallel", layout.ContextWays > 1)
            .Option("--pp-size", layout.PipelineStages, layout.PipelineStages > 1)
            .Option("--dp-size", layout.AttentionRanks, layout.AttentionRanks > 1)
            .Flag("--enable-dp-attention", sharesExperts)
            .Option("--ep-size", layout.ExpertWays, layout.ExpertWays > 1)
            .Option("--nnodes", pool.Hosts, pool.Hosts > 1)
            .Filled("--node-rank", "$NODE_RANK", pool.Hosts > 1)
            .Filled("--dist-init-addr", "$HEAD_ADDRESS:20000", pool.Hosts > 1)
            .Option("--context-length", pool.MaxContextTokens)
            .Option("--max-running-requests", (double)pool.Engine.MaxSequences * ranks)
            .Option("--chunked-prefill-size", (double)pool.Engine.MaxBatchedTokens * ranks)
            .Flag("--enable-mixed-chunk", pool.Engine.ChunkedPrefill && pool.Role.Length == 0)
            .Option("--cuda-graph-max-bs", pool.Engine.GraphMaxBatch, pool.Engine.GraphMaxBatch > 0)
            .Flag("--disable-cuda-graph", pool.Engine.GraphMaxBatch == 0)
            .Option("--mem-fraction-static", pool.Engine.MemoryFraction)
            .Option("--kv-cache-dtype", "fp8_e4m3", pool.CacheInFp8)
            .Option("--quantization", "fp8", pool.QuantisedOnLoad)
            .Option("--speculative-algorithm", "EAGLE", pool.DraftTokens > 0)
            .Option("--speculative-num-steps", pool.DraftTokens, pool.DraftTokens > 0)
            .Option("--speculative-eagle-topk", 1, pool.DraftTokens > 0)
            .Option("--speculative-num-draft-tokens", pool.DraftTokens + 1, pool.DraftTokens > 0)
            .Option("--disaggregation-mode", pool.Role, pool.Role.Length > 0)
            .Option("--disaggregation-transfer-backend", "nixl", pool.Role.Length > 0)
            .Option("--disaggregation-bootstrap-port", 8998, pool.Role == "prefill");
        yield return new LaunchFile(pool.FileName("sglang", "", ".sh"), command.Script(comments));
    }
}
