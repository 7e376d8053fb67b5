using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Cli.Tests.Measured;

public sealed class EngineDefaultsTests
{
    private const double GB = 1e9;

    [Theory]
    [InlineData(EngineFamily.Vllm, "0.15.1", "", 141, 8, 8192, 1024, 512, true)]
    [InlineData(EngineFamily.Vllm, "image=vllm/vllm-openai:v0.11.2", "", 141, 8, 8192, 1024, 512, true)]
    [InlineData(EngineFamily.Vllm, "0.15.1", "", 24, 1, 2048, 256, 512, true)]
    [InlineData(EngineFamily.Vllm, "vLLM 0.4.3+rocm614, PyTorch 2.3.0, ROCm 6.1.2", "2026-01", 192, 8, 8192, 256, 256, false)]
    [InlineData(EngineFamily.Sglang, "lmsysorg/sglang:v0.5.9-cu130", "", 80, 8, 8192, 4096, 512, false)]
    [InlineData(EngineFamily.Sglang, "0.5.1.post1", "", 80, 2, 8192, 4096, 256, false)]
    [InlineData(EngineFamily.Sglang, "", "2026-02-01", 180, 8, 16384, 4096, 512, false)]
    [InlineData(EngineFamily.Sglang, "", "2025-03-01", 141, 8, 8192, 4096, 160, false)]
    [InlineData(EngineFamily.Sglang, "", "", 180, 8, 16384, 4096, 512, false)]
    [InlineData(EngineFamily.TensorRtLlm, "1.0.0rc3", "", 80, 1, 8192, 2048, 128, true)]
    [InlineData(EngineFamily.TensorRtLlm, "nvcr.io/nvidia/tensorrt-llm/release:1.2.0rc6.post2", "2024-05", 80, 1, 8192, 2048, 128, true)]
    [InlineData(EngineFamily.TensorRtLlm, "", "2024-05", 80, 1, 8192, 2048, 2048, true)]
    public void Settings_follow_version_or_date_and_memory(
        EngineFamily family, string version, string date, double memory, int tensor, int tokens, int sequences, int graph, bool chunked)
    {
        EngineSettings settings = EngineDefaults.For(family, version, date, memory * GB, tensor);
        Assert.Equal((tokens, sequences, graph, chunked), (settings.MaxBatchedTokens, settings.MaxSequences, settings.GraphMaxBatch, settings.ChunkedPrefill));
        Assert.InRange(settings.MemoryFraction, 0.8, 0.95);
        Assert.Equal((version, date), (settings.Version, settings.Date));
    }

    [Theory]
    [InlineData(EngineFamily.TensorRtLlm, "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1.post2", false)]
    [InlineData(EngineFamily.Sglang, "lmsysorg/sglang:glm5-hopper", false)]
    [InlineData(EngineFamily.Sglang, "lmsysorg/sglang:nightly-dev-20260216-d3bae71e", false)]
    [InlineData(EngineFamily.Vllm, "", false)]
    [InlineData(EngineFamily.Vllm, "v0.18", true)]
    [InlineData(EngineFamily.Sglang, "rocm/sgl-dev:sglang-0.5.6.post1-rocm700-mi35x-mori-1224", true)]
    public void Only_a_version_of_the_engine_itself_counts(EngineFamily family, string version, bool tells) =>
        Assert.Equal(tells, EngineDefaults.TellsVersion(family, version));

    [Fact]
    public void Each_release_states_its_source_and_covers_all_memory()
    {
        foreach (EngineRelease release in EngineDefaults.Releases)
        {
            Assert.NotEmpty(release.Source);
            Assert.Equal(double.PositiveInfinity, release.Tiers[^1].BelowBytes);
            Assert.Equal(release.Tiers.OrderBy(t => t.BelowBytes), release.Tiers);
        }
    }
}
