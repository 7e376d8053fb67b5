using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class LoraAdapterTests
{
    [Fact]
    public void An_adapter_of_all_projections_is_as_large_as_published()
    {
        // PEFT's own count for Llama-3.1-8B at rank 16 on q, k, v, o, gate, up, down
        var adapters = new LoraAdapters(1, 16, []);

        Assert.Equal(41_943_040, adapters.ParametersOf(TestModels.Parse("llama-3.1-8b")));
        Assert.Equal(2 * 41_943_040, adapters.WeightBytesOf(TestModels.Parse("llama-3.1-8b")));
    }

    [Fact]
    public void A_step_reads_each_distinct_adapter_once()
    {
        var model = TestModels.Parse("llama-3.1-8b");
        var adapters = new LoraAdapters(4, 8, ["qkv", "attention-output"]);

        var operators = adapters.OperatorsOf(model, new StepShape(64, 64_000));

        Assert.Equal(4 * adapters.WeightBytesOf(model), operators.Sum(step => step.WeightBytes * step.Calls));
        Assert.Equal(64 * 2 * adapters.ParametersOf(model), operators.Sum(step => step.Flops * step.Calls));
        Assert.All(operators, step => Assert.Equal(16, step.Rows));
        Assert.Equal(4, operators.Count);
        Assert.Equal(32.0 * ((4096 * 24) + (8 * 6144) + (4096 * 8) + (8 * 4096)), adapters.ParametersOf(model));
    }

    [Fact]
    public void Latent_attention_and_shared_experts_are_adapted_and_routed_ones_are_not()
    {
        var operators = new LoraAdapters(1, 8, []).OperatorsOf(TestModels.Parse("deepseek-v3"), new StepShape(1, 10));

        Assert.Contains(operators, step => step.Name == "lora-down-key-value-up");
        Assert.Contains(operators, step => step.Name == "lora-up-shared-expert-down");
        Assert.DoesNotContain(operators, step => step.Name.Contains("routed", StringComparison.Ordinal) || step.Name.Contains("router", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        var model = TestModels.Parse("llama-3.1-8b");

        Assert.Throws<ArgumentException>(() => new LoraAdapters(1, 8, ["query-up"]).ParametersOf(model));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapters(-1, 8, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapters(1, 0, []));
        Assert.Empty(new LoraAdapters(0, 8, []).OperatorsOf(model, new StepShape(1, 10)));
    }
}
