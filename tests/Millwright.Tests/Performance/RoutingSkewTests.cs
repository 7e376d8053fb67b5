using CsCheck;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>The skew of routing: what nothing states, what evens out, and which way it pulls.</summary>
public sealed class RoutingSkewTests
{
    private static readonly string[] s_mixtures = ["deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b"];
    private static readonly ParallelLayout[] s_layouts = [new(8, 1, 1, 8), new(1, 1, 8, 8), new(2, 1, 4, 4), new(1, 1, 16, 16), new(4)];

    [Fact]
    public void What_nothing_states_is_the_skew_of_the_tables()
    {
        Assert.Equal(1.01, StepCases.Deployment("deepseek-v3", "hgx-h200", new ParallelLayout(8), StepCases.Fp8).RoutingSkew);
        StepShape shape = new(300, 300 * 900, 2000, 0, 2);
        Assert.Equal(
            StepCases.Step("deepseek-v3", "hgx-h200", s_layouts[1], StepCases.Fp8).Time(shape), Skewed("deepseek-v3", "hgx-h200", s_layouts[1], 1.01).Time(shape));
    }

    [Fact]
    public void The_busiest_ranks_rows_never_fall_with_skew() =>
        Gen.Select(Gen.Double[0, 16], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[0, 8]).Holds(
            t =>
            {
                (double log, int top, int experts, int ways) = t;
                double count = 8 << experts;
                double before = 0;
                for (double skew = 0; skew <= 2.0001; skew += 0.05)
                {
                    ExpertLoad load = ExpertLoad.Busiest(Math.Pow(2, log), 1 << top, count, Math.Min(1 << ways, count), Math.Min(2, skew));
                    Assert.True(double.IsFinite(load.Rows) && double.IsFinite(load.Touched));
                    Assert.True(load.Rows >= before * (1 - 1e-9), $"skew {skew}: {load.Rows} rows after {before}");
                    before = load.Rows;
                }
            });

    [Fact]
    public void More_skew_never_makes_a_full_step_of_spread_experts_faster()
    {
        foreach (string model in s_mixtures)
        {
            foreach (ParallelLayout layout in s_layouts.Where(layout => layout.ExpertWays > 1))
            {
                // enough tokens that every expert is touched at any skew
                StepShape shape = new(0, 0, 16384.0 * layout.AttentionRanks, 0, 4 * layout.AttentionRanks);
                double before = 0;
                foreach (double skew in (double[])[0, 0.25, 0.5, 0.75, 1.01, 1.2, 1.5, 1.8, 2])
                {
                    double seconds = Skewed(model, "hgx-h200", layout, skew).Time(shape).TotalSeconds;
                    Assert.True(seconds >= before * (1 - 1e-9), $"{model} {layout}, skew {skew}: {seconds} after {before}");
                    before = seconds;
                }
            }
        }
    }

    [Fact]
    public void In_small_batches_skew_touches_fewer_experts_whose_weights_need_not_be_read()
    {
        StepTimes even = Skewed("deepseek-v3", "hgx-h200", new ParallelLayout(8), 0).Time(new StepShape(32, 32 * 500));
        StepTimes skewed = Skewed("deepseek-v3", "hgx-h200", new ParallelLayout(8), 1.5).Time(new StepShape(32, 32 * 500));
        Assert.True(skewed.Experts.TotalSeconds < even.Experts.TotalSeconds);
    }

    [Fact]
    public void Without_skew_every_rank_has_the_mean()
    {
        foreach (double ways in (double[])[1, 8, 64])
        {
            Assert.Equal(4096 * 8 / ways, ExpertLoad.Busiest(4096, 8, 256, ways, 0).Rows, 1e-9);
        }

        ExpertTimes experts = new(StepCases.Times("hgx-h200").Peaks, StepCases.Times("hgx-h200").Clock.Lender, EngineFamily.Vllm, Serving.Search.SearchCases.Library);
        CallTime layer = experts.Layer(4096, 7168, 2048, 8, 256, 1, 8, OperandPrecision.Fp8, 0, 3, true);
        StepTimes step = Skewed("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), 0).Time(new StepShape(4096, 4096 * 100));
        Assert.Equal(58 * layer.TotalSeconds, step.Experts.TotalSeconds, 1e-3 * step.Experts.TotalSeconds);
    }

    [Fact]
    public void A_dense_model_does_not_feel_it()
    {
        StepShape shape = new(64, 64 * 900, 100, 0, 1);
        Assert.Equal(Skewed("llama-3.1-8b", "hgx-h100", new ParallelLayout(2), 0).Time(shape), Skewed("llama-3.1-8b", "hgx-h100", new ParallelLayout(2), 2).Time(shape));
    }

    [Fact]
    public void Shared_curves_tell_skews_apart()
    {
        StepCurveCache cache = new();
        StepShape shape = new(512, 512 * 900);
        foreach (double skew in (double[])[0, 1.01, 2])
        {
            Deployment deployment = StepCases.Deployment("deepseek-v3", "hgx-h200", s_layouts[1], StepCases.Fp8) with { RoutingSkew = skew };
            Assert.Equal(
                Skewed("deepseek-v3", "hgx-h200", s_layouts[1], skew).Time(shape),
                StepModel.Compile(deployment, StepCases.Times("hgx-h200"), new EngineFactors(), 0, cache).Time(shape));
        }
    }

    private static StepModel Skewed(string model, string system, ParallelLayout layout, double skew) => StepModel.Compile(
        StepCases.Deployment(model, system, layout, StepCases.Fp8) with { RoutingSkew = skew }, StepCases.Times(system), new EngineFactors());
}
