using System.Globalization;
using System.Text;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Reports.Launch;

/// <summary>
/// Writes <c>trtllm-serve</c> and the YAML that it reads. TP counts all chips of a stage; with attention-DP each chip is a rank; what EP leaves of a
/// stage cuts each expert. The cache takes a share of the memory that the weights leave free (TensorRT-LLM's documentation of the commands).
/// </summary>
internal static class TensorRtLlmLaunch
{
    private const string Name = "TensorRT-LLM";
    private const int FirstPort = 8001;

    /// <summary>Refuses layouts that TensorRT-LLM cannot run.</summary>
    public static void Check(LaunchPool pool)
    {
        ParallelLayout layout = pool.Layout;
        LaunchCheck.EvenExperts(Name, pool);
        LaunchCheck.Require(
            layout.AttentionRanks == 1 || layout.TensorWays == 1,
            $"{Name} makes each chip a rank with attention-DP: it cannot mix it with TP as in '{layout}'");
        LaunchCheck.Require(
            layout.AttentionRanks == 1 || pool.Model.HasExperts,
            $"{Name} uses attention-DP for models with routed experts: ask for more replicas in place of '{layout}'");
        LaunchCheck.Require(
            pool.Deployment.System.MemoryBytes is not { } memory || memory > pool.WeightBytesPerChip,
            $"the weights of {pool.Model.Id} leave no memory for the cache in '{layout}'");
        LaunchCheck.ContextWays(
            pool, false, $"{Name} has the option --cp_size, but needs with it a key cp_config that is in no list of its options at hand, and documents the cut for decoding only (Helix)");
    }

    /// <summary>The script and YAML of a pool.</summary>
    public static IEnumerable<LaunchFile> Files(LaunchPool pool, string version)
    {
        ParallelLayout layout = pool.Layout;
        string yaml = pool.FileName("trtllm", "", ".yaml");
        List<string> comments = [.. pool.Comments(Name, version, quantisesOnLoad: false)];
        string launcher = "";
        if (pool.Hosts > 1)
        {
            comments.Add(LaunchCheck.Text($"{pool.Hosts} hosts a replica, started by Slurm."));
            launcher = LaunchCheck.Text($"srun --mpi=pmix --nodes={pool.Hosts} --ntasks-per-node={layout.Chips / pool.Hosts} trtllm-llmapi-launch ");
        }

        ShellCommand command = new ShellCommand($"{launcher}trtllm-serve {ShellCommand.Quoted(pool.ModelName)}")
            .Option("--host", "0.0.0.0", pool.Role.Length > 0)
            .Option("--port", FirstPort, pool.Role.Length > 0)
            .Option("--backend", "pytorch")
            .Option("--tp_size", layout.StageChips)
            .Option("--pp_size", layout.PipelineStages, layout.PipelineStages > 1)
            .Option("--ep_size", layout.ExpertWays, layout.ExpertWays > 1)
            .Option("--gpus_per_node", pool.ChipsPerHost, pool.Hosts > 1)
            .Option("--max_batch_size", pool.Engine.MaxSequences)
            .Option("--max_num_tokens", pool.Engine.MaxBatchedTokens)
            .Option("--max_seq_len", pool.MaxContextTokens)
            .Flag("--enable_chunked_prefill", pool.Engine.ChunkedPrefill)
            .Option("--kv_cache_free_gpu_memory_fraction", pool.Engine.MemoryFraction)
            .Option("--config", yaml);
        yield return new LaunchFile(pool.FileName("trtllm", "", ".sh"), command.Script(comments));
        yield return new LaunchFile(yaml, Yaml(pool));
    }

    /// <summary>The YAML of the server that pairs both pools.</summary>
    public static LaunchFile Pairing(SplitPools pools)
    {
        StringBuilder text = new();
        text.Append("# trtllm-serve disaggregated --config_file trtllm-disaggregated.yaml\n");
        text.Append("# One address for each server: replace the hosts by your own.\n");
        text.Append("hostname: 0.0.0.0\nport: 8000\nbackend: pytorch\n");
        Append(text, "context_servers", "prefill", pools.PrefillWorkers);
        Append(text, "generation_servers", "decode", pools.DecodeWorkers);
        return new LaunchFile("trtllm-disaggregated.yaml", text.ToString());
    }

    private static void Append(StringBuilder text, string section, string host, int workers)
    {
        text.Append(CultureInfo.InvariantCulture, $"{section}:\n  num_instances: {workers}\n  urls:\n");
        for (int worker = 0; worker < workers; worker++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    - \"{host}-{worker}:{FirstPort}\"\n");
        }
    }

    private static string Yaml(LaunchPool pool)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"enable_attention_dp: {(pool.Layout.AttentionRanks > 1 ? "true" : "false")}\n");
        text.Append(CultureInfo.InvariantCulture, $"kv_cache_config:\n  dtype: {(pool.CacheInFp8 ? "fp8" : "auto")}\n");
        if (pool.Engine.GraphMaxBatch > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"cuda_graph_config:\n  enable_padding: true\n  max_batch_size: {pool.Engine.GraphMaxBatch}\n");
        }
        else
        {
            text.Append("cuda_graph_config: null\n");
        }

        if (pool.DraftTokens > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"speculative_config:\n  decoding_type: MTP\n  num_nextn_predict_layers: {pool.DraftTokens}\n");
        }

        if (pool.Role.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"cache_transceiver_config:\n  backend: DEFAULT\n  max_tokens_in_buffer: {pool.MaxContextTokens}\n");

            // a server that only makes prompts cannot overlap its steps with the host
            text.Append(CultureInfo.InvariantCulture, $"disable_overlap_scheduler: {(pool.Role == "prefill" ? "true" : "false")}\n");
        }

        return text.ToString();
    }
}
