using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>What lies in the memory of one chip, against figures worked out by hand from the published configurations.</summary>
public sealed class MemoryPlanTests
{
    private const double Exact = 0.5;

    [Fact]
    public void Llama_70b_on_four_H200_in_fp8_holds_what_its_matrices_say()
    {
        var step = StepModelOf("llama-3.1-70b", "hgx-h200", new ParallelLayout(4));

        // a layer: queries and output 8192 x 8192, keys and values 8192 x 1024, feed-forward three times 8192 x 28672; one byte each, over four chips
        const double layer = 2 * 8192.0 * 8192 + 2 * 8192.0 * 1024 + 3 * 8192.0 * 28672;
        Assert.Equal(855_638_016, layer);

        // embedding and head, 128256 x 8192 each, stay in two bytes
        Assert.Equal(80 * layer / 4 + 2 * 2 * 128_256.0 * 8192 / 4, step.Memory.DenseWeightBytes, Exact);
        Assert.Equal(18_163_433_472, step.Memory.DenseWeightBytes, Exact);
        Assert.Equal(0, step.Memory.ExpertWeightBytes);
        Assert.Equal(141e9, step.Memory.CapacityBytes);
        Assert.Equal(0.9 * 141e9, step.Memory.UsableBytes, Exact);

        // 8192 tokens of a step, 16 rows of 8192 values of two bytes each
        Assert.Equal(8192.0 * 8192 * 2 * 16 / 4, step.Memory.ActivationBytes, Exact);
        Assert.Equal(126_900_000_000 - 18_163_433_472 - 536_870_912 - 2_000_000_000, step.Memory.CachePoolBytes, Exact);

        // two of eight heads of 128, key and value, 80 layers, one byte
        Assert.Equal(2 * 2 * 128 * 80, step.SequenceBytes(1), Exact);
        Assert.Equal(4096 * 40_960.0, step.SequenceBytes(4096), Exact);
    }

    [Fact]
    public void DeepSeek_V3_on_eight_attention_and_expert_ranks_in_fp8_holds_what_its_matrices_say()
    {
        var step = StepModelOf("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8));

        // latent attention: down and up projections of queries (rank 1536), of keys and values (rank 512, 64 rotary), 128 heads of 128 + 64 and 128
        const double attention = 7168.0 * 1536 + 1536.0 * 128 * 192 + 7168.0 * 576 + 512.0 * 128 * 256 + 128.0 * 128 * 7168;
        Assert.Equal(187_105_280, attention);
        const double expert = 3 * 7168.0 * 2048;
        const double denseFeedForward = 3 * 7168.0 * 18_432;
        const double router = 2 * 7168.0 * 256;
        const double embeddingAndHead = 2 * 2 * 129_280.0 * 7168;

        // each rank holds all of attention, three dense layers, and of 58 layers the shared expert and the router (in two bytes)
        Assert.Equal(61 * attention + 3 * denseFeedForward + 58 * (expert + router) + embeddingAndHead, step.Memory.DenseWeightBytes, Exact);
        Assert.Equal(19_076_415_488, step.Memory.DenseWeightBytes, Exact);

        // and 32 of 256 routed experts
        Assert.Equal(58 * 32 * expert, step.Memory.ExpertWeightBytes, Exact);
        Assert.Equal(81_738_596_352, step.Memory.ExpertWeightBytes, Exact);

        // 512 + 64 values a token and layer, one byte, on the rank of the sequence alone
        Assert.Equal(576 * 61, step.SequenceBytes(1), Exact);
    }

    [Theory]
    [InlineData("llama-3.1-70b")]
    [InlineData("gemma-3-27b")]
    [InlineData("qwen3-32b")]
    public void Two_way_tensor_parallelism_halves_dense_weights_and_activations(string model)
    {
        var (one, two) = (StepModelOf(model, "hgx-h200", new ParallelLayout()), StepModelOf(model, "hgx-h200", new ParallelLayout(2)));
        Assert.Equal(one.Memory.DenseWeightBytes / 2, two.Memory.DenseWeightBytes, 1e-9 * one.Memory.DenseWeightBytes);
        Assert.Equal(one.Memory.ActivationBytes / 2, two.Memory.ActivationBytes, Exact);
        Assert.Equal(one.SequenceBytes(5000) / 2, two.SequenceBytes(5000), Exact);
        Assert.Equal(one.Memory.RuntimeBytes, two.Memory.RuntimeBytes);
    }

    [Theory]
    [InlineData("qwen3-235b-a22b")]
    [InlineData("gpt-oss-120b")]
    public void Experts_are_divided_by_expert_and_by_tensor_parallelism_alike(string model)
    {
        double whole = StepModelOf(model, "hgx-h200", new ParallelLayout()).Memory.ExpertWeightBytes;
        Assert.True(whole > 0);
        foreach (var layout in new[] { new ParallelLayout(4), new ParallelLayout(4, 1, 1, 4), new ParallelLayout(4, 1, 1, 2), new ParallelLayout(1, 1, 4, 4), new ParallelLayout(2, 1, 2, 1) })
        {
            Assert.Equal(4, layout.ExpertWays * layout.ExpertTensorWays);
            Assert.Equal(whole / 4, StepModelOf(model, "hgx-h200", layout).Memory.ExpertWeightBytes, 1e-9 * whole);
        }
    }

    [Fact]
    public void Two_stages_hold_half_of_the_layers_and_of_the_cache_each()
    {
        var (one, two) = (StepModelOf("llama-3.1-70b", "hgx-h200", new ParallelLayout(4)), StepModelOf("llama-3.1-70b", "hgx-h200", new ParallelLayout(4, 2)));
        const double embeddingAndHead = 2 * 2 * 128_256.0 * 8192 / 4;
        Assert.Equal((one.Memory.DenseWeightBytes - embeddingAndHead) / 2, two.Memory.DenseWeightBytes - embeddingAndHead, Exact);
        Assert.Equal(one.SequenceBytes(1000) / 2, two.SequenceBytes(1000), Exact);
    }

    [Fact]
    public void Attention_ranks_hold_whole_attention_and_parts_of_the_experts()
    {
        var (tensor, ranks) = (StepModelOf("deepseek-v3", "hgx-h200", new ParallelLayout(8)), StepModelOf("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8)));
        Assert.Equal(tensor.Memory.ExpertWeightBytes, ranks.Memory.ExpertWeightBytes, Exact);
        Assert.True(ranks.Memory.DenseWeightBytes > 4 * tensor.Memory.DenseWeightBytes);
    }

    [Fact]
    public void More_chips_than_cache_heads_hold_copies_of_the_heads()
    {
        // eight cache heads: sixteen chips hold one each, twice over
        var (eight, sixteen) = (StepModelOf("llama-3.1-70b", "gb200-nvl72", new ParallelLayout(8)), StepModelOf("llama-3.1-70b", "gb200-nvl72", new ParallelLayout(16)));
        Assert.Equal(2 * 128 * 80, eight.SequenceBytes(1), Exact);
        Assert.Equal(eight.SequenceBytes(1), sixteen.SequenceBytes(1), Exact);

        // one latent for all heads: every chip holds it whole
        Assert.Equal(576 * 61, StepModelOf("deepseek-v3", "hgx-h200", new ParallelLayout(8)).SequenceBytes(1), Exact);
    }

    [Fact]
    public void Sliding_windows_stop_the_growth_of_the_cache_in_their_layers()
    {
        // half of the layers of gpt-oss-120b look 128 tokens back: 18 of 36, eight heads of 64, key and value, two bytes
        var step = StepCases.Step("gpt-oss-120b", "hgx-h200", new ParallelLayout(), StepCases.Bf16);
        const double token = 2 * 2 * 8 * 64;
        Assert.Equal(18 * token * (100 + 100), step.SequenceBytes(100), Exact);
        Assert.Equal(18 * token * (8000 + 128), step.SequenceBytes(8000), Exact);
    }

    [Fact]
    public void An_engine_that_keeps_windows_whole_holds_every_token_in_every_layer()
    {
        var step = StepCases.Step("gpt-oss-120b", "hgx-h200", new ParallelLayout(), StepCases.Bf16);
        var whole = step.With(step.Deployment.Engine with { WholeWindows = true });
        const double token = 2 * 2 * 8 * 64;
        Assert.Equal(36 * token * 8000, whole.SequenceBytes(8000), Exact);
        Assert.Equal(step.SequenceBytes(128), whole.SequenceBytes(128), Exact);
        Assert.Equal(step.Memory, whole.Memory);
    }

    [Fact]
    public void The_memory_share_of_TensorRT_LLM_is_one_of_what_the_rest_leaves()
    {
        var layout = new ParallelLayout(4);
        var (all, free) = (StepCases.Step("llama-3.1-70b", "hgx-h200", layout, StepCases.Fp8).Memory, StepCases.Step("llama-3.1-70b", "hgx-h200", layout, StepCases.Fp8, EngineFamily.TensorRtLlm).Memory);
        double taken = free.WeightBytes + free.ActivationBytes + free.RuntimeBytes;
        Assert.Equal(all.WeightBytes, free.WeightBytes);
        Assert.Equal(0.9 * (141e9 - taken), free.CachePoolBytes, Exact);
        Assert.Equal(0.9 * 141e9 - taken, all.CachePoolBytes, Exact);
    }

    [Fact]
    public void Other_settings_of_an_engine_may_not_ask_for_other_kernels()
    {
        var step = StepCases.Step("gpt-oss-120b", "hgx-b200", new ParallelLayout(), StepCases.Bf16, EngineFamily.TensorRtLlm);
        Assert.Throws<ArgumentException>(() => step.With(step.Deployment.Engine with { GeneralExperts = true }));
    }

    [Fact]
    public void A_model_that_does_not_fit_says_so()
    {
        var step = StepCases.Step("llama-3.1-70b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        Assert.False(step.Memory.Fits);
        Assert.True(step.Memory.CachePoolBytes < 0);
        Assert.Equal(step.Memory.DenseWeightBytes + step.Memory.ExpertWeightBytes, step.Memory.WeightBytes);
    }

    private static StepModel StepModelOf(string model, string system, ParallelLayout layout) => StepCases.Step(model, system, layout, StepCases.Fp8);
}
