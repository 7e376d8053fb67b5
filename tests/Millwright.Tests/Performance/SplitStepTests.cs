using CsCheck;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>Attention and feed-forward on chips of their own: limits that can be told without the model, and what is conserved.</summary>
public sealed class SplitStepTests
{
    private static readonly string[] s_models = ["deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b", "llama-3.1-70b", "qwen3.5-397b-a17b", "nemotron-3-super-120b-a12b"];

    [Fact]
    public void The_step_is_the_steady_state_of_a_ring_of_four_stations() =>
        Gen.Select(Gen.Double[0.01, 3], Gen.Double[0.01, 3], Gen.Double[0, 2], Gen.Double[0, 2], Gen.Int[1, 6], Gen.Int[1, 5]).Holds(
            t =>
            {
                (double attention, double feedForward, double there, double back, int micros, int layers) = t;
                SplitTimes step = Times(attention * layers, feedForward * layers, there * layers, back * layers, micros);
                Assert.Equal(Simulated([attention, there, feedForward, back], micros, layers), step.TotalSeconds, 1e-9 * step.TotalSeconds);
            },
            iter: 2000);

    [Fact]
    public void One_micro_batch_takes_the_sum_and_many_take_the_busiest_station()
    {
        Assert.Equal(3 + 2 + 0.5 + 0.25, Times(3, 2, 0.5, 0.25, 1).TotalSeconds, 1e-12);
        Assert.Equal(4 * 3, Times(3, 2, 0.5, 0.25, 4).TotalSeconds, 1e-12);
        Assert.Equal(5 * 2.5, Times(1, 2, 2.5, 0.25, 5).TotalSeconds, 1e-12);
    }

    [Fact]
    public void With_free_links_two_micro_batches_keep_the_busier_kind_of_chips_at_work_and_the_other_idles_by_the_difference() =>
        Gen.Select(Gen.Double[0.1, 3], Gen.Double[0.1, 3], Gen.Int[2, 6]).Holds(t =>
        {
            (double attention, double feedForward, int micros) = t;
            SplitTimes step = Times(attention, feedForward, 0, 0, micros);
            Assert.Equal(micros * Math.Max(attention, feedForward), step.TotalSeconds, 1e-12 * step.TotalSeconds);
            Assert.Equal(1, Math.Max(step.AttentionUse, step.FeedForwardUse), 1e-12);
            Assert.Equal(Math.Min(attention, feedForward) / Math.Max(attention, feedForward), Math.Min(step.AttentionUse, step.FeedForwardUse), 1e-12);
        });

    [Fact]
    public void Both_parts_on_one_chip_each_have_the_operators_of_the_whole()
    {
        foreach (string model in s_models)
        {
            Deployment whole = StepCases.Deployment(model, "hgx-h200", new ParallelLayout(), StepCases.Fp8);
            StepTimes together = StepCases.Step(model, "hgx-h200", new ParallelLayout(), StepCases.Fp8).Time(new StepShape(48, 48 * 1500));
            SplitTimes split = SplitStepModel.Compile(whole, new SplitLayout(1, 1, 1, 1, 1), StepCases.Times("hgx-h200"), new EngineFactors()).Time(48, 48 * 1500);
            Close(together.Dense.TotalSeconds, split.Attention.Dense.TotalSeconds + split.FeedForward.Dense.TotalSeconds, model);
            Close(together.DecodeAttention.TotalSeconds, split.Attention.DecodeAttention.TotalSeconds, model);
            Close(together.Experts.TotalSeconds, split.FeedForward.Experts.TotalSeconds, model);
            Assert.Equal(default, split.Attention.Experts);
            Assert.Equal(default, split.FeedForward.DecodeAttention);
            Assert.Equal(0, split.Attention.Exchange.TotalSeconds + split.FeedForward.Exchange.TotalSeconds);
            Assert.True(split.DispatchSeconds > 0 && split.CombineSeconds > 0);
        }
    }

    [Fact]
    public void Weights_of_both_kinds_of_chips_are_those_of_the_model()
    {
        foreach (string model in s_models)
        {
            foreach (PrecisionPlan precision in StepCases.Precisions)
            {
                Deployment whole = StepCases.Deployment(model, "hgx-h200", new ParallelLayout(), precision);
                double memory = whole.System.MemoryBytes!.Value;
                MemoryPlan together = MemoryPlanner.Plan(whole, memory);
                MemoryPlan attention = MemoryPlanner.Plan(SplitStepModel.RankOf(whole, 1), memory);
                MemoryPlan one = MemoryPlanner.Plan(SplitStepModel.FeedForwardOf(whole, new SplitLayout(1, 1, 1, 1, 1).FeedForward), memory);
                Close(together.WeightBytes, attention.WeightBytes + one.WeightBytes, model);
                Assert.Equal(0, attention.ExpertWeightBytes);
                Close(together.ExpertWeightBytes, one.ExpertWeightBytes, model);
                if (whole.Model.HasExperts)
                {
                    SplitLayout spread = new(1, 1, 8, 2, 1);
                    MemoryPlan part = MemoryPlanner.Plan(SplitStepModel.FeedForwardOf(whole, spread.FeedForward), memory);
                    Close(together.ExpertWeightBytes, part.ExpertWeightBytes * spread.FeedForwardChips, model);

                    // dense and shared feed-forwards are cut by the ways and copied over the groups
                    Close(one.DenseWeightBytes, part.DenseWeightBytes * spread.FeedForwardWays, model);
                }
            }
        }
    }

    [Fact]
    public void Each_kind_of_chips_must_hold_its_own_weights()
    {
        Deployment whole = StepCases.Deployment("deepseek-v3", "hgx-h100", new ParallelLayout(), StepCases.Fp8);
        SplitStepModel Split(int experts) =>
            SplitStepModel.Compile(whole, new SplitLayout(1, 8, experts, 1, 3), StepCases.Times("hgx-h100"), new EngineFactors());
        Assert.False(Split(8).Fits);
        Assert.True(Split(8).Rank.Memory.Fits);
        Assert.False(Split(8).FeedForward.Memory.Fits);
        Assert.True(Split(16).Fits);

        // all that the experts do not take is cache: more than where a chip holds both
        double together = StepCases.Step("deepseek-v3", "hgx-h100", new ParallelLayout(1, 1, 32, 32), StepCases.Fp8).Memory.CachePoolBytes;
        Assert.True(Split(16).Rank.Memory.CachePoolBytes > together + 20e9);
    }

    [Fact]
    public void Rows_that_leave_one_kind_of_chips_arrive_at_the_other() =>
        Gen.Select(Gen.Double[3, 14], Gen.Int[0, 6], Gen.Double[0, 2]).Holds(t =>
        {
            (double log, int ways, double skew) = t;
            double tokens = Math.Pow(2, log);
            int groups = 1 << ways;
            foreach ((FeedForward feedForward, _, _) in StepCases.Model("deepseek-v3").FeedForwardGroups)
            {
                SplitRows even = new(feedForward, 7168, groups, tokens, 0);
                Assert.Equal(even.SentElements, even.TakenElements * groups, 1e-9 * even.SentElements);
                SplitRows skewed = new(feedForward, 7168, groups, tokens, skew);
                Assert.Equal(even.SentElements, skewed.SentElements, 1e-9 * even.SentElements);
                Assert.True(skewed.TakenElements >= even.TakenElements * (1 - 1e-9));
                Assert.True(skewed.TakenElements <= tokens * 7168 * (1 + 1.0 / groups) * (1 + 1e-9));
            }
        });

    [Fact]
    public void The_exchange_is_never_faster_than_its_bytes_over_the_link()
    {
        foreach (string system in StepCases.Systems)
        {
            OperatorTimes times = StepCases.Times(system);
            ChipPeaks peaks = times.Peaks;
            foreach (int chips in (int[])[2, 8, 9, 64, 72, 128])
            {
                if (!times.JoinsChips(chips))
                {
                    Assert.Equal(double.PositiveInfinity, times.PartExchange(1e6, 2, chips, 100, false).TotalSeconds);
                    continue;
                }

                double link = chips <= peaks.ScaleUpDomain ? peaks.ScaleUpBytesPerSecond : peaks.ScaleOutBytesPerSecond;
                foreach (double elements in (double[])[1, 1e4, 1e6, 1e8])
                {
                    foreach (bool back in (bool[])[false, true])
                    {
                        double seconds = times.PartExchange(elements, 2, chips, 100, back).TotalSeconds;
                        Assert.True(seconds >= elements * 2 / link, $"{system}, {chips} chips, {elements}");
                        Assert.True(seconds > 1e-6 && double.IsFinite(seconds));
                    }
                }
            }
        }
    }

    [Fact]
    public void Chips_beyond_one_domain_exchange_over_the_network()
    {
        SplitTimes Step(string system, int ranks) => SplitStepModel.Compile(
            StepCases.Deployment("deepseek-v3", system, new ParallelLayout(), StepCases.Fp8), new SplitLayout(1, ranks, 32, 1, 2), StepCases.Times(system), new EngineFactors()).Time(40.0 * ranks, 40.0 * ranks * 2000);
        SplitTimes inRack = Step("gb200-nvl72", 40);
        SplitTimes beyond = Step("gb200-nvl72", 41);
        Assert.True(beyond.DispatchSeconds > 1.5 * inRack.DispatchSeconds);
        Assert.Equal(inRack.Attention.TotalSeconds, beyond.Attention.TotalSeconds, 1e-12);
    }

    [Fact]
    public void More_chips_of_a_kind_never_make_its_part_slower()
    {
        double before = double.PositiveInfinity;
        foreach (int ranks in (int[])[4, 8, 16, 32])
        {
            SplitTimes step = SplitStepModel.Compile(
                StepCases.Deployment("deepseek-v3", "gb200-nvl72", new ParallelLayout(), StepCases.Fp8), new SplitLayout(1, ranks, 32, 1, 3), StepCases.Times("gb200-nvl72"), new EngineFactors()).Time(3072, 3072 * 4096.0);
            Assert.True(step.Attention.TotalSeconds < before);
            before = step.Attention.TotalSeconds;
        }
    }

    [Theory]
    [InlineData("deepseek-v3", 1, 1, 3, 1, "does not divide the 256 experts")]
    [InlineData("deepseek-v3", 3, 1, 1, 1, "128 heads")]
    [InlineData("deepseek-v3", 1, 1, 1, 3, "do not divide the width")]
    [InlineData("llama-3.1-8b", 1, 1, 2, 1, "no experts")]
    [InlineData("llama-3.1-8b", 1, 0, 1, 1, "at least 1")]
    public void A_split_that_cannot_cut_the_model_is_refused(string model, int tensor, int ranks, int experts, int ways, string says)
    {
        SplitLayout layout = new(tensor, ranks, experts, ways, 1);
        Assert.Contains(says, layout.Fault(StepCases.Model(model)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SplitStepModel.Compile(
            StepCases.Deployment(model, "hgx-h200", new ParallelLayout(), StepCases.Fp8), layout, StepCases.Times("hgx-h200"), new EngineFactors()));
    }

    [Fact]
    public void A_split_says_what_it_is()
    {
        Assert.Equal("dp8 attention + ep16 feed-forward in 3 micro-batches", new SplitLayout(1, 8, 16, 1, 3).ToString());
        Assert.Equal("tp2 dp4 attention + ep4 tp2 feed-forward in 1 micro-batch", new SplitLayout(2, 4, 4, 2, 1).ToString());
        Assert.Equal(16, new SplitLayout(2, 4, 4, 2, 1).Chips);
    }

    private static SplitTimes Times(double attention, double feedForward, double there, double back, int micros) => new(
        0,
        new StepTimes(0, new CallTime(0, attention, 0), default, default, default, default),
        new StepTimes(0, new CallTime(0, feedForward, 0), default, default, default, default),
        there,
        back,
        micros);

    // micro-batches go round the stations, layer by layer and step by step, first come first served
    private static double Simulated(double[] stations, int micros, int layers)
    {
        double[] free = new double[stations.Length];
        double[] ready = new double[micros];
        const int Steps = 40;
        double half = 0;
        for (int visit = 0; visit < Steps * layers; visit++)
        {
            for (int station = 0; station < stations.Length; station++)
            {
                for (int micro = 0; micro < micros; micro++)
                {
                    ready[micro] = Math.Max(ready[micro], free[station]) + stations[station];
                    free[station] = ready[micro];
                }
            }

            half = visit == Steps / 2 * layers - 1 ? ready[^1] : half;
        }

        return (ready[^1] - half) / (Steps / 2);
    }

    private static void Close(double expected, double found, string what) =>
        Assert.True(Math.Abs(expected - found) <= 1e-9 * Math.Abs(expected), $"{what}: {found} for {expected}");
}
