using System.Text.Json.Nodes;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class DraftModuleTests
{
    [Fact]
    public void The_module_of_deepseek_v3_is_as_large_as_its_makers_say()
    {
        var model = TestModels.Parse("deepseek-v3");

        // README_WEIGHTS of the release: 11.5 billion parameters of its own, beside the shared embedding and head
        Assert.InRange(model.DraftParameters, 11.4e9, 11.65e9);

        // by hand: latent attention, 256 routed and a shared expert, router with bias, the join, norms
        const double Attention = (7168.0 * (1536 + 576)) + (1536.0 * 128 * 192) + (512.0 * 128 * 256) + (128.0 * 128 * 7168) + 1536 + 512;
        const double Experts = (257.0 * 3 * 7168 * 2048) + (256.0 * 7168) + 256;
        Assert.Equal(Attention + Experts + (2.0 * 7168 * 7168) + (5 * 7168.0), model.DraftParameters);
    }

    [Fact]
    public void Published_weights_of_deepseek_v3_hold_model_module_and_copies()
    {
        var model = TestModels.Parse("deepseek-v3");

        // the hub shows 685 billion: module, a second embedding and head, and scales of 128 x 128 blocks
        var scales = (model.WeightBytes(OperandPrecision.Fp8Block, OperandPrecision.Fp8Block) - model.WeightBytes(OperandPrecision.Fp8, OperandPrecision.Fp8)) / 4;
        Assert.Equal(684.5e9, model.TotalParameters + model.DraftParameters + (2.0 * 129280 * 7168) + scales, 0.1e9);
    }

    [Theory]
    [InlineData("deepseek-v3.2", 1, 1)]
    [InlineData("glm-5.2", 1, 1)]
    [InlineData("deepseek-v4-pro", 1, 1)]
    [InlineData("qwen3.5-397b-a17b", 1, 1)]
    [InlineData("nemotron-3-super-120b-a12b", 1, 2)]
    [InlineData("nemotron-3-ultra-550b-a55b", 1, 2)]
    [InlineData("kimi-k2", 0, 0)]
    [InlineData("llama-3.1-70b", 0, 0)]
    public void Modules_are_read_as_the_configuration_announces_them(string id, int modules, int layers)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(modules, model.DraftLayers.Count);
        Assert.Equal(layers, model.DraftLayers.Sum(module => module.Layers.Count));
        Assert.Equal(modules > 0, model.DraftParameters > 0);
        Assert.Equal(modules > 0, model.DraftKvCacheBytes(1000, 2) > 0);
    }

    [Fact]
    public void The_module_of_a_compressed_cache_keeps_only_its_window()
    {
        var model = TestModels.Parse("deepseek-v4-flash");

        Assert.Equal(0, Assert.IsType<CompressedAttention>(model.DraftLayers[0].Layers[0].Mixer).CompressionRatio);
        Assert.Equal(128.0 * 512, model.DraftKvCacheBytes(10_000, 1));
    }

    [Fact]
    public void Drafting_reads_each_weight_once_and_takes_two_flops_for_each()
    {
        var model = TestModels.Parse("deepseek-v3");
        var shape = new StepShape(1, 1000);

        var operators = model.DraftOperatorsOf(shape, OperandPrecision.Bf16, OperandPrecision.Bf16, 2);

        var products = operators.Where(step => step.Kind is OperatorKind.Gemm or OperatorKind.ExpertGemm);
        var head = 129280.0 * 7168;
        const double Vectors = 1536 + 512 + 256 + (5 * 7168);
        Assert.Equal(2 * (model.DraftActiveParameters - Vectors + head), products.Sum(step => step.Flops * step.Calls), 1);
        Assert.Equal(2 * (model.DraftActiveParameters + head), operators.Sum(step => step.WeightBytes * step.Calls), 1);
    }

    [Fact]
    public void A_model_without_modules_drafts_nothing() =>
        Assert.Empty(TestModels.Parse("llama-3.1-8b").DraftOperatorsOf(new StepShape(4, 400), OperandPrecision.Bf16, OperandPrecision.Bf16, 2));

    [Fact]
    public void A_module_whose_blocks_are_not_named_is_refused()
    {
        var config = JsonNode.Parse(TestModels.Config("nemotron-3-super-120b-a12b"))!.AsObject();
        config.Remove("mtp_hybrid_override_pattern");

        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString()));

        Assert.Equal("mtp_layers_block_type", exception.Field);
    }

    [Fact]
    public void Verifying_drafts_multiplies_rows_but_reads_weights_and_cache_once()
    {
        var model = TestModels.Parse("llama-3.1-8b");
        var plain = model.OperatorsOf(new StepShape(8, 8 * 1000), OperandPrecision.Bf16, 2);

        var verified = model.OperatorsOf(new StepShape(8, 8 * 1000, DraftedTokens: 3), OperandPrecision.Bf16, 2);

        foreach (var (one, four) in plain.Zip(verified).Where(pair => pair.First.Kind == OperatorKind.Gemm))
        {
            Assert.Equal(4 * one.Flops, four.Flops);
            Assert.Equal(one.WeightBytes, four.WeightBytes);
            Assert.Equal(4 * one.Rows, four.Rows);
        }

        // contexts of 1000 to 1003 tokens, 4 x 4096 FLOPs for each
        var attention = Assert.Single(verified, step => step.Kind == OperatorKind.DecodeAttention);
        Assert.Equal(8.0 * (1000 + 1001 + 1002 + 1003) * 4 * 4096, attention.Flops);
        Assert.Equal(8.0 * 2 * ((1000 * 2048) + (4 * 2048) + (4 * 2 * 4096)), attention.OtherBytes);
    }

    [Fact]
    public void States_are_written_after_each_verified_token()
    {
        var model = TestModels.Parse("nemotron-3-nano-30b-a3b");

        double Bytes(double drafts) => model.OperatorsOf(new StepShape(1, 100, DraftedTokens: drafts), OperandPrecision.Bf16, 2)
            .Single(step => step.Name == "decode-state-space-state").OtherBytes;

        // state and convolution of one layer, and the activations of one more token
        Assert.Equal((64.0 * 64 * 128 * 4) + (3 * 6144 * 2) + ((6144 + 4096) * 2), Bytes(1) - Bytes(0));
    }
}
