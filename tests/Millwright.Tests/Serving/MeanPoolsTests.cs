using CsCheck;
using Millwright.Applications;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Tests.Performance;

namespace Millwright.Tests.Serving;

/// <summary>Prefill and decode apart: rates match, nothing is lost, and the slower pool sets the pace.</summary>
public sealed class MeanPoolsTests
{
    private const double LinkBytesPerSecond = 50e9;
    private static readonly ParallelLayout s_four = new(4);
    private static readonly ParallelLayout s_ranks = new(1, 1, 8, 8);

    private static readonly Gen<(MeanPools Pools, SplitPools Split)> s_any =
        from place in StepCases.OneOf<(string Model, string System, ParallelLayout Prefill, ParallelLayout Decode)>(
            ("llama-3.1-70b", "hgx-h200", new ParallelLayout(2), s_four),
            ("deepseek-v3", "hgx-h200", new ParallelLayout(8), s_ranks),
            ("gpt-oss-120b", "hgx-b200", new ParallelLayout(1), new ParallelLayout(2)))
        from prefill in Gen.Int[1, 6]
        from decode in Gen.Int[1, 6]
        from input in Gen.Double[6, 13].Select(x => Math.Round(Math.Pow(2, x)))
        from output in Gen.Double[3, 11].Select(x => Math.Round(Math.Pow(2, x)))
        let split = new SplitPools(prefill, place.Prefill, decode, place.Decode)
        select (Pools(place.Model, place.System, split, input, output), split);

    [Fact]
    public void What_a_closed_loop_asks_for_is_in_decode_in_prefill_or_waiting() =>
        Gen.Select(s_any, Gen.Double[0, 11].Select(x => Math.Pow(2, x))).Holds(
            (any, inFlight) =>
            {
                var (pools, split) = any;
                var state = pools.AtConcurrency(inFlight);
                double decoding = split.DecodeWorkers * state.BatchPerWorker;
                double before = state.RequestsPerSecond * state.FirstTokenSeconds;
                Assert.Equal(inFlight, decoding + before, 2e-3 * inFlight);
                Assert.True(state.RequestsPerSecond <= pools.MostRequestsPerSecond * (1 + 1e-12));
                Assert.True(state.BatchPerWorker <= pools.MostPerWorker * (1 + 1e-12));
            },
            iter: 300);

    [Fact]
    public void Decode_makes_what_prefill_brings() =>
        Gen.Select(s_any, Gen.Double[0, 8].Select(x => Math.Pow(2, x))).Holds(
            (any, batch) =>
            {
                var (pools, split) = any;
                var state = pools.At(batch);
                double decoded = split.DecodeWorkers * batch / (pools.StepsOfOutput * state.StepSeconds);
                Assert.Equal(Math.Min(decoded, pools.MostRequestsPerSecond), state.RequestsPerSecond, 1e-9 * decoded);
                Assert.Equal(Math.Min(1, decoded / pools.MostRequestsPerSecond), state.PrefillUse, 1e-9);
            },
            iter: 200);

    [Fact]
    public void A_small_prefill_pool_sets_the_pace_however_many_decode()
    {
        var two = Pools("llama-3.1-70b", "hgx-h200", new SplitPools(1, s_four, 2, s_four), 16_000, 64);
        var six = Pools("llama-3.1-70b", "hgx-h200", new SplitPools(1, s_four, 6, s_four), 16_000, 64);
        Assert.Equal(two.MostRequestsPerSecond, two.AtConcurrency(2000).RequestsPerSecond, 0.01 * two.MostRequestsPerSecond);
        Assert.Equal(two.MostRequestsPerSecond, six.AtConcurrency(2000).RequestsPerSecond, 0.01 * two.MostRequestsPerSecond);
        var doubled = Pools("llama-3.1-70b", "hgx-h200", new SplitPools(2, s_four, 6, s_four), 16_000, 64);
        Assert.Equal(2 * two.MostRequestsPerSecond, doubled.MostRequestsPerSecond, 1e-9);
    }

    [Fact]
    public void A_factor_of_prefill_use_lowers_the_limit_of_the_prefill_pool_alone()
    {
        SplitPools split = new(2, s_four, 1, s_four);
        var lengths = RequestLengths.FromMeans(4000, 500);
        var step = StepCases.Step("llama-3.1-70b", "hgx-h200", s_four, StepCases.Fp8);
        MeanPools whole = new(step, step, split, lengths, null, LinkBytesPerSecond);
        var slack = step.With(new EngineFactors(PrefillUse: 0.8));
        MeanPools part = new(slack, slack, split, lengths, null, LinkBytesPerSecond);
        Assert.Equal(0.8 * whole.MostRequestsPerSecond, part.MostRequestsPerSecond, 1e-9 * whole.MostRequestsPerSecond);
        Assert.Equal(whole.At(8).StepSeconds, part.At(8).StepSeconds);
    }

    [Fact]
    public void A_first_token_waits_for_its_prompt_and_for_its_cache_to_move()
    {
        var pools = Pools("llama-3.1-70b", "hgx-h200", new SplitPools(4, s_four, 1, s_four), 4000, 2000);
        var one = pools.AtConcurrency(1);

        // two of eight heads of 128, key and value, 80 layers, one byte, over the link of each chip
        Assert.Equal(4000 * 40_960.0, pools.TransferBytesPerLink, 1);
        double least = pools.PromptSeconds + pools.TransferBytesPerLink / LinkBytesPerSecond;
        Assert.Equal(least, one.FirstTokenSeconds, 0.02 * least);
        var step = StepCases.Step("llama-3.1-70b", "hgx-h200", s_four, StepCases.Fp8);
        Assert.Equal(step.Time(new StepShape(0, 0, 4000, 0, 1)).TotalSeconds, pools.PromptSeconds, 1e-12);
    }

    [Fact]
    public void A_rate_below_what_both_pools_take_is_met_and_one_above_gives_the_most() =>
        Gen.Select(s_any, Gen.Double[0.05, 0.9]).Holds(
            (any, share) =>
            {
                var pools = any.Pools;
                double most = pools.At(pools.MostPerWorker).RequestsPerSecond;
                Assert.Equal(share * most, pools.AtRate(share * most).RequestsPerSecond, 2e-3 * most);
                Assert.Equal(most, pools.AtRate(2 * most).RequestsPerSecond, 1e-9 * most);
            },
            iter: 100);

    [Fact]
    public void Decoding_is_not_slowed_by_prompts_when_they_are_apart()
    {
        var step = StepCases.Step("llama-3.1-70b", "hgx-h200", s_four, StepCases.Fp8);
        var lengths = RequestLengths.FromMeans(8000, 200);
        MeanReplica together = new(step, lengths, null);
        MeanPools apart = new(step, step, new SplitPools(1, s_four, 1, s_four), lengths, null, LinkBytesPerSecond);
        Assert.True(apart.At(32).StepSeconds < 0.8 * together.At(32).StepSeconds);
        Assert.Equal(together.At(32).DecodeSeconds, apart.At(32).StepSeconds, 1e-12);
    }

    private static MeanPools Pools(string model, string system, SplitPools split, double input, double output) => new(
        StepCases.Step(model, system, split.PrefillLayout, StepCases.Fp8),
        StepCases.Step(model, system, split.DecodeLayout, StepCases.Fp8),
        split,
        RequestLengths.FromMeans(input, output),
        null,
        LinkBytesPerSecond);
}
