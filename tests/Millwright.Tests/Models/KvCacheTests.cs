using CsCheck;

namespace Millwright.Tests.Models;

public sealed class KvCacheTests
{
    private const double Bf16 = 2;
    private const double Fp8 = 1;

    [Theory]

    // 2 (key, value) x layers x key-value heads x head width x bytes
    [InlineData("llama-3.1-70b", Bf16, 2.0 * 80 * 8 * 128 * 2)]
    [InlineData("llama-3.1-70b", Fp8, 2.0 * 80 * 8 * 128)]
    [InlineData("llama-3.1-8b", Bf16, 131_072.0)]
    [InlineData("qwen3-235b-a22b", Bf16, 2.0 * 94 * 4 * 128 * 2)]
    [InlineData("gpt-3-175b", Bf16, 2.0 * 96 * 96 * 128 * 2)]

    // layers x (latent rank + rotary part) x bytes, once for all heads
    [InlineData("deepseek-v3", Bf16, 70_272.0)]
    [InlineData("kimi-k2", Bf16, 61.0 * (512 + 64) * 2)]

    // the same and the indexer's key; in GLM-5.2 only on its 21 scoring layers
    [InlineData("deepseek-v3.2", Bf16, 61.0 * (512 + 64 + 128) * 2)]
    [InlineData("glm-5.2", Fp8, (78.0 * (512 + 64)) + (21 * 128))]

    // only full-attention layers grow: 15 of 60, 6 of 52
    [InlineData("qwen3.5-397b-a17b", Bf16, 15.0 * 2 * 2 * 256 * 2)]
    [InlineData("nemotron-3-nano-30b-a3b", Bf16, 6.0 * 2 * 2 * 128 * 2)]

    // 18 of 36 layers, 10 of 62, 12 of 48 see beyond the window
    [InlineData("gpt-oss-120b", Bf16, 18.0 * 2 * 8 * 64 * 2)]
    [InlineData("gemma-3-27b", Bf16, 10.0 * 2 * 16 * 128 * 2)]
    [InlineData("llama-4-maverick", Bf16, 12.0 * 2 * 8 * 128 * 2)]

    // one entry of 512 for 4 tokens and its index key of 128 on 21 layers, one entry for 128 tokens on 20 layers
    [InlineData("deepseek-v4-flash", Fp8, (21.0 * (512 + 128) / 4) + (20.0 * 512 / 128))]
    public void A_token_far_into_the_context_adds_the_bytes_counted_by_hand(string id, double bytesPerElement, double expected)
    {
        var model = TestModels.Parse(id);

        var added = model.KvCacheBytes(20_001, bytesPerElement) - model.KvCacheBytes(20_000, bytesPerElement);

        Assert.Equal(expected, added, expected * 1e-9);
    }

    [Fact]
    public void Windowed_layers_hold_at_most_their_window()
    {
        var bytes = TestModels.Parse("gpt-oss-120b").KvCacheBytes(8192, Bf16);

        Assert.Equal(18.0 * (8192 + 128) * 2 * 8 * 64 * 2, bytes);
    }

    [Fact]
    public void Below_the_window_all_layers_grow()
    {
        var bytes = TestModels.Parse("gpt-oss-120b").KvCacheBytes(100, Bf16);

        Assert.Equal(36.0 * 100 * 2 * 8 * 64 * 2, bytes);
    }

    [Fact]
    public void Compressed_cache_holds_the_window_in_full_and_the_rest_by_groups()
    {
        var bytes = TestModels.Parse("deepseek-v4-flash").KvCacheBytes(4096, Fp8);

        Assert.Equal((43.0 * 128 * 512) + (21.0 * 4096 / 4 * (512 + 128)) + (20.0 * 4096 / 128 * 512), bytes);
    }

    [Theory]

    // state of each value head in 4 bytes, and the last 3 inputs of the convolution in 2
    [InlineData("qwen3.5-397b-a17b", 45.0 * ((64 * 128 * 128 * 4) + (3 * ((2 * 16 * 128) + (64 * 128)) * 2)))]
    [InlineData("nemotron-3-nano-30b-a3b", 23.0 * ((64 * 64 * 128 * 4) + (3 * ((64 * 64) + (2 * 8 * 128)) * 2)))]
    [InlineData("llama-3.1-8b", 0.0)]
    public void A_sequence_without_context_holds_its_constant_states(string id, double expected)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(expected, model.KvCacheBytes(0, Fp8));

        // the precision of the cache does not touch the states
        Assert.Equal(expected, model.KvCacheBytes(0, Bf16));
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Bytes_grow_with_context_and_never_faster_than_before(string id)
    {
        var model = TestModels.Parse(id);
        Gen.Select(Gen.Int[0, 200_000], Gen.Int[1, 50_000]).Holds(
            (context, more) =>
            {
                var first = model.KvCacheBytes(context + more, Bf16) - model.KvCacheBytes(context, Bf16);
                var second = model.KvCacheBytes(context + (2.0 * more), Bf16) - model.KvCacheBytes(context + more, Bf16);
                Assert.True(first > 0);
                Assert.True(second <= first * (1 + 1e-9));
            },
            iter: 200);
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(double.NaN, 2)]
    [InlineData(double.PositiveInfinity, 2)]
    [InlineData(10, 0)]
    [InlineData(10, double.NaN)]
    public void Impossible_arguments_are_refused(double contextTokens, double bytesPerElement) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TestModels.Parse("llama-3.1-8b").KvCacheBytes(contextTokens, bytesPerElement));
}
