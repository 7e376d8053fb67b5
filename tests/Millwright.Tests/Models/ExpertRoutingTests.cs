using CsCheck;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class ExpertRoutingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Touched_experts_equal_the_mean_over_all_choices(int tokens)
    {
        // five experts, two for each token: ten choices for each token
        var choices = (from first in Enumerable.Range(0, 5) from second in Enumerable.Range(first + 1, 4 - first) select (1 << first) | (1 << second)).ToArray();
        var unions = new List<int> { 0 };
        for (var token = 0; token < tokens; token++)
        {
            unions = [.. from union in unions from choice in choices select union | choice];
        }

        var mean = unions.Average(union => int.PopCount(union));

        Assert.Equal(mean, Mixture(5, 2).ExpectedTouchedExperts(tokens), 1e-12);
    }

    [Fact]
    public void Touched_experts_lie_between_the_choice_of_one_token_and_all() =>
        Gen.Select(Gen.Int[1, 512], Gen.Int[1, 512], Gen.Double[1, 1e6]).Where((experts, top, _) => top <= experts).Holds(
            (experts, top, tokens) =>
            {
                var touched = Mixture(experts, top).ExpectedTouchedExperts(tokens);
                Assert.InRange(touched, top * (1 - 1e-12), experts);
                Assert.True(touched <= tokens * top * (1 + 1e-12));
            });

    [Fact]
    public void Rows_of_an_expert_product_are_pairs_over_touched_experts()
    {
        var operators = TestModels.Parse("deepseek-v3").OperatorsOf(new StepShape(64, 64_000), OperandPrecision.Fp8, 1);
        var touched = 256 * (1 - Math.Pow(1 - (8.0 / 256), 64));

        var up = Assert.Single(operators, o => o.Name == "routed-experts-up");

        Assert.Equal(64 * 8 / touched, up.Rows, 1e-9);
        Assert.Equal(touched * 7168 * 2 * 2048, up.WeightBytes, 1);
        Assert.Equal(2.0 * 64 * 8 * 7168 * 2 * 2048, up.Flops, 1);
        Assert.Equal(58, up.Calls);
    }

    [Fact]
    public void Latent_experts_work_in_their_latent()
    {
        var operators = TestModels.Parse("nemotron-3-ultra-550b-a55b").OperatorsOf(new StepShape(1, 100), OperandPrecision.Bf16, 2);

        Assert.Equal(2.0 * 22 * 2048 * 5120, Assert.Single(operators, o => o.Name == "routed-experts-up").Flops);
        Assert.Equal(2.0 * 8192 * 2048, Assert.Single(operators, o => o.Name == "expert-latent-down").Flops);
    }

    private static MixtureOfExperts Mixture(int experts, int top) => new(experts, top, 64, true, false, false, 0, false, 0);
}
