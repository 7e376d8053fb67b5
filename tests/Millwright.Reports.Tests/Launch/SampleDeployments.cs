using Millwright.Catalog;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Reports.Launch;
using Millwright.Serving;

namespace Millwright.Reports.Tests.Launch;

/// <summary>Deployments that are written out for each engine.</summary>
internal static class SampleDeployments
{
    private const string LlamaConfig =
        """{"model_type":"llama","hidden_size":8192,"intermediate_size":28672,"num_hidden_layers":80,"num_attention_heads":64,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072,"tie_word_embeddings":false}""";

    private const string DeepSeekConfig =
        """{"model_type":"deepseek_v3","hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"vocab_size":129280,"max_position_embeddings":163840,"n_routed_experts":256,"num_experts_per_tok":8,"n_shared_experts":1,"first_k_dense_replace":3,"moe_layer_freq":1,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"num_nextn_predict_layers":1,"quantization_config":{"quant_method":"fp8","weight_block_size":[128,128]}}""";

    public static ModelArchitecture Llama { get; } = ModelArchitecture.Parse("llama-3.1-70b", LlamaConfig);

    public static ModelArchitecture DeepSeek { get; } = ModelArchitecture.Parse("deepseek-v3", DeepSeekConfig);

    /// <summary>DeepSeek-V3 with the sparse attention of V3.2.</summary>
    public static ModelArchitecture DeepSeekSparse { get; } = ModelArchitecture.Parse(
        "deepseek-v3.2", DeepSeekConfig.Replace("\"deepseek_v3\"", "\"deepseek_v32\",\"index_n_heads\":64,\"index_head_dim\":128,\"index_topk\":2048", StringComparison.Ordinal));

    public static SystemRecord Ascend { get; } = new()
    {
        Id = "cloudmatrix-384",
        Vendor = "Huawei",
        Name = "CloudMatrix 384",
        Kind = "pod",
        Status = "shipping",
        ChipsPerSystem = 8,
        MemoryBytes = 128e9,
        Source = "test",
    };

    /// <summary>Prefill servers that cut each prompt over chips, and one decode server.</summary>
    public static SplitPools ContextPools { get; } =
        new(1, new ParallelLayout(TensorWays: 2, ExpertWays: 8, ContextWays: 4), 1, new ParallelLayout(AttentionRanks: 8, ExpertWays: 8));

    public static SystemRecord Node { get; } = new()
    {
        Id = "dgx-h200",
        Vendor = "NVIDIA",
        Name = "DGX H200",
        Kind = "node",
        Status = "shipping",
        ChipsPerSystem = 8,
        MemoryBytes = 141e9,
        Source = "test",
    };

    public static SystemRecord Rack { get; } = new()
    {
        Id = "gb200-nvl72",
        Vendor = "NVIDIA",
        Name = "GB200 NVL72 rack",
        Kind = "rack",
        Status = "shipping",
        ChipsPerSystem = 72,
        MemoryBytes = 186e9,
        Source = "test",
    };

    public static PrecisionPlan Bf16 { get; } = new(OperandPrecision.Bf16, OperandPrecision.Bf16, OperandPrecision.Bf16);

    public static PrecisionPlan Fp8Block { get; } = new(OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Fp8);

    /// <summary>Pools of one prefill server of 8 chips and one decode server of 8.</summary>
    public static SplitPools Pools { get; } = new(2, new ParallelLayout(TensorWays: 8, ExpertWays: 8), 1, new ParallelLayout(AttentionRanks: 8, ExpertWays: 8));

    public static EngineFamily FamilyOf(LaunchTarget target) => target switch
    {
        LaunchTarget.Sglang => EngineFamily.Sglang,
        LaunchTarget.TensorRtLlm => EngineFamily.TensorRtLlm,
        _ => EngineFamily.Vllm,
    };

    public static Deployment Of(LaunchTarget target, ModelArchitecture model, ParallelLayout layout, PrecisionPlan precision, SystemRecord? system = null) => new(
        model, system ?? Node, layout, precision, new EngineSettings(FamilyOf(target), "", "", 8192, 256, 0.9, 256, ChunkedPrefill: true));

    /// <summary>The deployments that golden texts hold.</summary>
    public static IReadOnlyList<LaunchFile> Write(string name, LaunchTarget target) => name switch
    {
        "dense-tp4" => LaunchWriter.Write(
            target, Of(target, Llama, new ParallelLayout(TensorWays: 4), Bf16), null, 2, 9216, "meta-llama/Llama-3.1-70B-Instruct"),
        "experts-dep8" => LaunchWriter.Write(
            target, Of(target, DeepSeek, new ParallelLayout(AttentionRanks: 8, ExpertWays: 8), Fp8Block), null, 1, 9216, "deepseek-ai/DeepSeek-V3", draftTokens: 1),
        "prompts-cut-over-chips" => LaunchWriter.Write(
            target,
            target == LaunchTarget.Sglang ? Of(target, DeepSeekSparse, default, Fp8Block) : Of(target, DeepSeek, default, Fp8Block, Ascend),
            ContextPools,
            1,
            65536,
            target == LaunchTarget.Sglang ? "deepseek-ai/DeepSeek-V3.2-Exp" : "deepseek-ai/DeepSeek-V3"),
        _ => LaunchWriter.Write(target, Of(target, DeepSeek, default, Fp8Block), Pools, 1, 9216.5, "deepseek-ai/DeepSeek-V3"),
    };
}
