using Millwright.Operators;
using Millwright.Performance;
using Millwright.Reports.Launch;
using Millwright.Serving;

namespace Millwright.Reports.Tests.Launch;

public sealed class LaunchWriterTests
{
    [Theory]
    [InlineData(LaunchTarget.Vllm, 2, 1, 4, 4, "cannot mix EP 4 with MoE-TP 2")]
    [InlineData(LaunchTarget.TensorRtLlm, 2, 1, 4, 8, "cannot mix it with TP")]
    [InlineData(LaunchTarget.Vllm, 3, 1, 1, 1, "TP 3 does not divide the 128 heads")]
    [InlineData(LaunchTarget.Sglang, 8, 1, 1, 3, "EP 3 does not divide the 8 chips")]
    [InlineData(LaunchTarget.Vllm, 1, 99, 1, 1, "99 pipeline stages are more than the 61 layers")]
    [InlineData(LaunchTarget.LlmD, 16, 1, 1, 16, "spans 2 hosts")]
    [InlineData(LaunchTarget.TensorRtLlm, 1, 1, 1, 1, "leave no memory for the cache")]
    public void A_layout_that_the_engine_cannot_run_is_refused(LaunchTarget target, int tensor, int stages, int ranks, int experts, string reason)
    {
        Deployment deployment = SampleDeployments.Of(
            target, SampleDeployments.DeepSeek, new ParallelLayout(tensor, stages, ranks, experts), SampleDeployments.Fp8Block);

        LaunchException exception = Assert.Throws<LaunchException>(() => LaunchWriter.Write(target, deployment, null, 1, 4096));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_suit_the_model_or_the_engine_is_refused()
    {
        Deployment dense = SampleDeployments.Of(LaunchTarget.Vllm, SampleDeployments.Llama, new ParallelLayout(4), SampleDeployments.Bf16);

        Assert.Contains("no layers for multi-token", Refused(LaunchTarget.Vllm, dense, draftTokens: 1), StringComparison.Ordinal);
        Assert.Contains("one of vLLM", Refused(LaunchTarget.Sglang, dense), StringComparison.Ordinal);
        Assert.Contains("more than the 131072", Refused(LaunchTarget.Vllm, dense, context: 131073), StringComparison.Ordinal);
        Assert.Contains("no routed experts", Refused(LaunchTarget.Vllm, dense with { Layout = new ParallelLayout(4, ExpertWays: 4) }), StringComparison.Ordinal);
        Assert.Contains("(CP)", Refused(LaunchTarget.Vllm, dense with { Layout = new ParallelLayout(4, ContextWays: 2) }), StringComparison.Ordinal);
        Assert.All(
            (LaunchTarget[])[LaunchTarget.Vllm, LaunchTarget.Sglang, LaunchTarget.TensorRtLlm, LaunchTarget.LlmD],
            target => Assert.Contains(
                "What can: SGLang for models with sparse latent attention",
                Refused(target, SampleDeployments.Of(target, SampleDeployments.Llama, new ParallelLayout(4, ContextWays: 2), SampleDeployments.Bf16)),
                StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => LaunchWriter.Write(LaunchTarget.Vllm, dense, null, 0, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => LaunchWriter.Write(LaunchTarget.Vllm, dense, null, 1, double.NaN));
        Assert.Throws<LaunchException>(() => LaunchWriter.Write(LaunchTarget.Vllm, dense, null, 1, 4096, "a\"b"));
    }

    [Fact]
    public void Decode_with_attention_and_feed_forward_apart_is_refused_by_name()
    {
        Deployment deployment = SampleDeployments.Of(LaunchTarget.Sglang, SampleDeployments.DeepSeek, new ParallelLayout(8, ExpertWays: 8), SampleDeployments.Fp8Block);
        SplitPools pools = SampleDeployments.Pools with { DecodeSplit = new SplitLayout(1, 4, 8, 1, 3) };

        LaunchException exception = Assert.Throws<LaunchException>(() => LaunchWriter.Write(LaunchTarget.Sglang, deployment, pools, 1, 4096));

        Assert.StartsWith("SGLang ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("attention and feed-forward on chips of their own", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sglang_gets_requests_and_chunk_for_all_ranks_of_shared_experts()
    {
        string script = Assert.Single(SampleDeployments.Write("experts-dep8", LaunchTarget.Sglang)).Text;

        Assert.Contains("--tp-size 8", script, StringComparison.Ordinal);
        Assert.Contains("--dp-size 8", script, StringComparison.Ordinal);
        Assert.Contains("--max-running-requests 2048", script, StringComparison.Ordinal);
        Assert.Contains("--chunked-prefill-size 65536", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensorrt_llm_gets_its_share_of_what_the_weights_leave()
    {
        string script = SampleDeployments.Write("dense-tp4", LaunchTarget.TensorRtLlm)[0].Text;

        // the engine's own share, which the memory plan counts in the same way
        Assert.Contains("--kv_cache_free_gpu_memory_fraction 0.9 \\", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_hosts_get_their_rank_and_the_address_of_the_first()
    {
        Deployment wide = SampleDeployments.Of(
            LaunchTarget.Vllm, SampleDeployments.DeepSeek, new ParallelLayout(AttentionRanks: 16, ExpertWays: 16), SampleDeployments.Fp8Block);

        IReadOnlyList<LaunchFile> files = LaunchWriter.Write(LaunchTarget.Vllm, wide, null, 1, 4096);

        Assert.Equal(["vllm-head.sh", "vllm-worker.sh"], files.Select(static file => file.Name));
        Assert.All(files, static file => Assert.Contains("--data-parallel-size-local 8", file.Text, StringComparison.Ordinal));
        Assert.Contains("--data-parallel-start-rank \"$((NODE_RANK * 8))\"", files[1].Text, StringComparison.Ordinal);
        Assert.Contains("--headless", files[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("--headless", files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Trays_of_a_rack_are_hosts_of_four_chips()
    {
        Deployment rack = SampleDeployments.Of(
            LaunchTarget.Sglang, SampleDeployments.DeepSeek, new ParallelLayout(TensorWays: 8), SampleDeployments.Fp8Block, SampleDeployments.Rack);

        Assert.Contains("--nnodes 2", Assert.Single(LaunchWriter.Write(LaunchTarget.Sglang, rack, null, 1, 4096)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--nnodes", Assert.Single(LaunchWriter.Write(LaunchTarget.Sglang, rack, null, 1, 4096, chipsPerHost: 8)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_quantised_on_load_only_from_sixteen_to_eight_bits()
    {
        PrecisionPlan fp8 = new(OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Bf16);
        PrecisionPlan fp4 = new(OperandPrecision.Fp4, OperandPrecision.Fp4, OperandPrecision.Bf16);
        Deployment dense = SampleDeployments.Of(LaunchTarget.Vllm, SampleDeployments.Llama, new ParallelLayout(4), fp8);

        string onLoad = Assert.Single(LaunchWriter.Write(LaunchTarget.Vllm, dense, null, 1, 4096)).Text;
        string released = Assert.Single(LaunchWriter.Write(LaunchTarget.Vllm, dense with { Precision = fp4 }, null, 1, 4096)).Text;

        Assert.Contains("--quantization fp8", onLoad, StringComparison.Ordinal);
        Assert.DoesNotContain("Needs weights", onLoad, StringComparison.Ordinal);
        Assert.DoesNotContain("--quantization", released, StringComparison.Ordinal);
        Assert.Contains("# Needs weights with matrices in Fp4", released, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_with_blanks_is_quoted()
    {
        Deployment dense = SampleDeployments.Of(LaunchTarget.Vllm, SampleDeployments.Llama, new ParallelLayout(4), SampleDeployments.Bf16);

        string script = Assert.Single(LaunchWriter.Write(LaunchTarget.Vllm, dense, null, 1, 4096, "/models/o'neill 70B; rm x")).Text;

        Assert.Contains("vllm serve '/models/o'\\''neill 70B; rm x' \\\n", script, StringComparison.Ordinal);
    }

    private static string Refused(LaunchTarget target, Deployment deployment, double context = 4096, int draftTokens = 0) =>
        Assert.Throws<LaunchException>(() => LaunchWriter.Write(target, deployment, null, 1, context, draftTokens: draftTokens)).Message;
}
