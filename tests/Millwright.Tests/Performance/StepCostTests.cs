using CsCheck;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>The compiled cost of a composition is the sum over its operators, to a thousandth, over its whole range.</summary>
public sealed class StepCostTests
{
    private const int Points = 60;

    [Fact]
    public void Cost_stays_within_a_thousandth_of_the_sum_over_operators_on_any_model_chip_and_composition() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape.DecodeSequences > 0), Gen.Double[0, 1].Array[Points]).Holds(
            (step, shape, places) =>
            {
                double least = shape.DecodeSequences;
                double most = shape.DecodeSequences * 100_000;
                var cost = StepCost.Compile(step, shape, least, most);
                foreach (double place in places)
                {
                    // evenly in the logarithm, so that short contexts, where windows end, are tried as well
                    double context = least * Math.Pow(most / least, place);
                    double exact = step.Time(shape with { DecodeContextTokens = context }).TotalSeconds;
                    double error = Math.Abs(cost.At(context) / exact - 1);
                    Assert.True(error <= StepCost.Tolerance, $"{StepCases.NameOf(step)}, {shape}: off by {error:0.00000} at {context:0} tokens");
                }
            },
            iter: 150);

    [Fact]
    public void Knots_rise_from_the_least_context_to_the_greatest() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape.DecodeSequences > 0)).Holds(
            (step, shape) =>
            {
                var cost = StepCost.Compile(step, shape, 0, shape.DecodeSequences * 32_768);
                Assert.Equal(shape.DecodeSequences, cost.ContextTokens[0]);
                Assert.Equal(shape.DecodeSequences * 32_768, cost.ContextTokens[^1]);
                Assert.Equal(cost.ContextTokens.Count, cost.Seconds.Count);
                for (int i = 1; i < cost.ContextTokens.Count; i++)
                {
                    Assert.True(cost.ContextTokens[i] > cost.ContextTokens[i - 1]);
                }

                for (int i = 0; i < cost.Seconds.Count; i++)
                {
                    Assert.Equal(cost.Seconds[i], cost.At(cost.ContextTokens[i]), 1e-12 * cost.Seconds[i]);
                }
            },
            iter: 40);

    [Fact]
    public void A_step_of_prompts_alone_costs_the_same_at_any_context()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        StepShape prompts = new(0, 0, 4096, 0, 2);
        var cost = StepCost.Compile(step, prompts, 0, 1e6);
        Assert.Single(cost.ContextTokens);
        Assert.Equal(step.Time(prompts).TotalSeconds, cost.At(0));
        Assert.Equal(cost.At(0), cost.At(5e5));
    }

    [Fact]
    public void A_range_of_one_point_has_one_knot()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        var cost = StepCost.Compile(step, new StepShape(8, 0), 8000, 8000);
        Assert.Single(cost.ContextTokens);
        Assert.Equal(step.Time(new StepShape(8, 8000)).TotalSeconds, cost.At(12_345));
    }

    [Fact]
    public void An_empty_or_endless_range_is_refused()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        Assert.Throws<ArgumentOutOfRangeException>(() => StepCost.Compile(step, new StepShape(8, 0), 9000, 8000));
        Assert.Throws<ArgumentOutOfRangeException>(() => StepCost.Compile(step, new StepShape(8, 0), 0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => StepCost.Compile(step, new StepShape(8, 0), 0, double.NaN));
    }

    [Fact]
    public void A_look_up_and_a_raw_evaluation_allocate_nothing()
    {
        var step = StepCases.Step("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), StepCases.Fp8);
        StepShape shape = new(256, 256 * 4000, 512, 0, 2);
        var cost = StepCost.Compile(step, shape, 256, 256 * 100_000);
        double sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum += cost.At(256 * (1000 + i)) + step.Time(shape).TotalSeconds;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            sum += cost.At(256 * (1000 + i));
        }

        long between = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            sum += step.Time(shape).TotalSeconds;
        }

        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(sum > 0);
        Assert.Equal(0, between - before);
        Assert.Equal(0, after - between);
    }
}
