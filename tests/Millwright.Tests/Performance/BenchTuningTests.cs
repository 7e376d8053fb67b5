using Millwright.Operators;
using Millwright.Performance;
using Millwright.Tests.Serving.Search;

namespace Millwright.Tests.Performance;

/// <summary>The batch and budget of trtllm-bench, against its published rule worked out by hand.</summary>
public sealed class BenchTuningTests
{
    private static readonly PrecisionPlan s_fp8 = new(OperandPrecision.Fp8, OperandPrecision.Fp8, OperandPrecision.Fp8);

    [Fact]
    public void Llama_8b_on_one_H100_gets_the_batch_that_its_cache_holds()
    {
        var tuned = Tuned("llama-3.1-8b", "hgx-h100", new ParallelLayout(), 1000, 1000);

        // 80 GB less 8.03 GB of weights, 95 % of it; 32 layers of two times 8 heads of 128, one byte: 65,536 bytes a token, 2000 tokens a request
        double requests = (80e9 - StepCases.Model("llama-3.1-8b").TotalParameters) * 0.95 / (65_536.0 * 2000);
        Assert.InRange(requests, 520, 524);
        Assert.Equal(640, tuned.MaxSequences);

        // as many tokens as sequences, and as many again for prompts: below the least of 2048
        Assert.Equal(2048, tuned.MaxBatchedTokens);
        Assert.Equal((640, 0.95, true), (tuned.GraphMaxBatch, tuned.MemoryFraction, tuned.GeneralExperts));
    }

    [Theory]
    [InlineData(128, 128, 4096, 8192)]
    [InlineData(2048, 128, 512, 8192)]
    [InlineData(20_000, 2000, 64, 2048)]
    public void Short_requests_are_held_by_the_most_that_the_tool_sets(double input, double output, int sequences, int tokens)
    {
        var tuned = Tuned("llama-3.1-8b", "hgx-h100", new ParallelLayout(), input, output);
        Assert.Equal((sequences, tokens), (tuned.MaxSequences, tuned.MaxBatchedTokens));
    }

    [Fact]
    public void Stages_divide_the_batch()
    {
        var (one, two) = (Tuned("llama-3.1-8b", "hgx-h100", new ParallelLayout(1, 1), 128, 128), Tuned("llama-3.1-8b", "hgx-h100", new ParallelLayout(1, 2), 128, 128));
        Assert.Equal(one.MaxSequences / 2, two.MaxSequences);
    }

    private static EngineSettings Tuned(string model, string system, ParallelLayout layout, double input, double output) => BenchTuning.Of(
        EngineDefaults.For(EngineFamily.TensorRtLlm, "1.0", "", 80e9, layout.TensorWays), StepCases.Model(model), SearchCases.Catalog.FindSystem(system)!, s_fp8, layout, input, output);
}
