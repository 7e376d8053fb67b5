using Millwright.Catalog;
using Millwright.Performance;

namespace Millwright.Reports.Launch;

/// <summary>Writes <c>vllm serve</c>. Which option means what follows vLLM's documentation of parallelism, data parallel and expert parallel deployment.</summary>
internal static class VllmLaunch
{
    private const string Name = "vLLM";

    /// <summary>Refuses layouts that vLLM cannot run.</summary>
    public static void Check(LaunchPool pool)
    {
        ParallelLayout layout = pool.Layout;
        LaunchCheck.Require(
            layout.ExpertWays == 1 || layout.ExpertWays == layout.StageChips,
            LaunchCheck.Text($"{Name} spreads experts over all {layout.StageChips} chips of a stage or over none: it cannot mix EP {layout.ExpertWays} with MoE-TP {layout.ExpertTensorWays}"));
        LaunchCheck.Require(
            pool.Hosts == 1 || layout.AttentionRanks == 1 || layout.TensorWays * layout.PipelineStages <= pool.ChipsPerHost,
            LaunchCheck.Text($"{Name} holds each attention-DP rank on one host of {pool.ChipsPerHost} chips: '{layout}' needs more"));
        LaunchCheck.ContextWays(
            pool,
            CutsPrompts(pool.Deployment.System) && layout.AttentionRanks == 1,
            $"{Name} has the option --prefill-context-parallel-size, but its own attention kernels refuse it, and its plugin for Ascend takes it without attention-DP only");
    }

    /// <summary>
    /// True where an attention kernel takes prompts that are cut over chips. Source: vLLM's documentation of context parallel deployment ("under active
    /// development"), whose kernels declare no support up to 0.20; vLLM Ascend's guide of context parallelism.
    /// </summary>
    public static bool CutsPrompts(SystemRecord system) => string.Equals(system.Vendor, "Huawei", StringComparison.OrdinalIgnoreCase);

    /// <summary>The scripts of a pool.</summary>
    public static IEnumerable<LaunchFile> Files(LaunchPool pool, string version)
    {
        List<string> comments = [.. pool.Comments(Name, version, quantisesOnLoad: true)];
        if (pool.Role.Length > 0)
        {
            comments.Add("A proxy in front sends each prompt to a prefill server and its cache on to a decode server over NIXL. Set HOST_ADDRESS to the address of this host.");
        }

        if (pool.Layout.ContextWays > 1)
        {
            comments.Add("Prompts cut over chips need the plugin vllm-ascend.");
        }

        if (pool.Hosts == 1)
        {
            yield return new LaunchFile(pool.FileName("vllm", "", ".sh"), Command(pool, isHead: true).Script(comments));
            yield break;
        }

        comments.Add(LaunchCheck.Text($"{pool.Hosts} hosts a replica: set HEAD_ADDRESS to the address of the first, and NODE_RANK from 1 on the others."));
        yield return new LaunchFile(pool.FileName("vllm", "head", ".sh"), Command(pool, isHead: true).Script(comments));
        yield return new LaunchFile(pool.FileName("vllm", "worker", ".sh"), Command(pool, isHead: false).Script(comments));
    }

    /// <summary>The command of one host.</summary>
    public static ShellCommand Command(LaunchPool pool, bool isHead)
    {
        ParallelLayout layout = pool.Layout;
        bool isSplit = pool.Role.Length > 0;
        bool manyHosts = pool.Hosts > 1;
        bool ranksOverHosts = manyHosts && layout.AttentionRanks > 1;
        int localRanks = pool.ChipsPerHost / (layout.TensorWays * layout.PipelineStages);
        return new ShellCommand($"{(isSplit ? "VLLM_NIXL_SIDE_CHANNEL_HOST=\"$HOST_ADDRESS\" VLLM_NIXL_SIDE_CHANNEL_PORT=5600 " : "")}vllm serve {ShellCommand.Quoted(pool.ModelName)}")
            .Option("--tensor-parallel-size", layout.TensorWays)
            .Option("--pipeline-parallel-size", layout.PipelineStages, layout.PipelineStages > 1)
            .Option("--prefill-context-parallel-size", layout.ContextWays, layout.ContextWays > 1)
            .Option("--data-parallel-size", layout.AttentionRanks, layout.AttentionRanks > 1)
            .Option("--data-parallel-size-local", localRanks, ranksOverHosts)
            .Filled("--data-parallel-start-rank", LaunchCheck.Text($"$((NODE_RANK * {localRanks}))"), ranksOverHosts && !isHead)
            .Filled("--data-parallel-address", "$HEAD_ADDRESS", ranksOverHosts)
            .Option("--data-parallel-rpc-port", 13345, ranksOverHosts)
            .Option("--nnodes", pool.Hosts, manyHosts && !ranksOverHosts)
            .Filled("--node-rank", isHead ? "0" : "$NODE_RANK", manyHosts && !ranksOverHosts)
            .Filled("--master-addr", "$HEAD_ADDRESS", manyHosts && !ranksOverHosts)
            .Flag("--headless", manyHosts && !isHead)
            .Flag("--enable-expert-parallel", layout.ExpertWays > 1)
            .Option("--max-model-len", pool.MaxContextTokens)
            .Option("--max-num-seqs", pool.Engine.MaxSequences)
            .Option("--max-num-batched-tokens", pool.Engine.MaxBatchedTokens)
            .Flag("--no-enable-chunked-prefill", !pool.Engine.ChunkedPrefill)
            .Option("--max-cudagraph-capture-size", pool.Engine.GraphMaxBatch, pool.Engine.GraphMaxBatch > 0)
            .Flag("--enforce-eager", pool.Engine.GraphMaxBatch == 0)
            .Option("--gpu-memory-utilization", pool.Engine.MemoryFraction)
            .Option("--kv-cache-dtype", "fp8", pool.CacheInFp8)
            .Option("--quantization", "fp8", pool.QuantisedOnLoad)
            .Option("--speculative-config", LaunchCheck.Text($"{{\"method\":\"mtp\",\"num_speculative_tokens\":{pool.DraftTokens}}}"), pool.DraftTokens > 0)
            .Option("--kv-transfer-config", """{"kv_connector":"NixlConnector","kv_role":"kv_both"}""", isSplit);
    }
}
