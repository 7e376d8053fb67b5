using CsCheck;
using Millwright.Applications;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Tests.Performance;

namespace Millwright.Tests.Serving;

/// <summary>A replica in the mean keeps what goes in equal to what comes out, and has the limits that it must have.</summary>
public sealed class MeanReplicaTests
{
    private static readonly Gen<MeanReplica> s_any =
        from place in StepCases.OneOf<(string Model, string System, ParallelLayout Layout, EngineFamily Engine)>(
            ("llama-3.1-8b", "hgx-h100", new ParallelLayout(), EngineFamily.Vllm),
            ("llama-3.1-70b", "hgx-h200", new ParallelLayout(4), EngineFamily.TensorRtLlm),
            ("llama-3.1-70b", "hgx-h200", new ParallelLayout(4, 2), EngineFamily.Vllm),
            ("gpt-oss-120b", "hgx-b200", new ParallelLayout(2), EngineFamily.Sglang),
            ("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), EngineFamily.Sglang),
            ("qwen3-235b-a22b", "hgx-b200", new ParallelLayout(8), EngineFamily.Vllm))
        from input in Gen.Double[4, 14].Select(x => Math.Round(Math.Pow(2, x)))
        from output in Gen.Double[3, 12].Select(x => Math.Round(Math.Pow(2, x)))
        from cached in StepCases.OneOf(0.0, 0.5)
        select Replica(StepCases.Step(place.Model, place.System, place.Layout, StepCases.Fp8, place.Engine), input, output, cached);

    [Fact]
    public void A_closed_loop_holds_as_many_requests_as_asked_for_by_Littles_law() =>
        Gen.Select(s_any, Gen.Double[0, 10].Select(x => Math.Pow(2, x))).Holds(
            (replica, inFlight) =>
            {
                var step = replica.AtConcurrency(inFlight);
                double held = replica.RateOf(step) * (step.FirstTokenSeconds + replica.StepsOfOutput * step.StepSeconds);
                double most = Math.Min(replica.MostByEngine, replica.MostByMemory);
                if (step.Batch < most * (1 - 1e-9))
                {
                    Assert.Equal(inFlight, held, 1e-4 * inFlight);
                }
                else
                {
                    Assert.True(held <= inFlight * (1 + 1e-4), $"{held} held of {inFlight}");
                }
            },
            iter: 400);

    [Fact]
    public void Steps_bring_as_many_prompt_tokens_as_finished_requests_make_room_for() =>
        Gen.Select(s_any, Gen.Double[-1, 9].Select(x => Math.Pow(2, x))).Holds(
            (replica, batch) =>
            {
                var (mix, deployment) = (replica.MixAt(batch), replica.Step.Deployment);
                var (layout, engine) = (deployment.Layout, deployment.Engine);

                // each of the micro-batches that are under way at once holds its part of the sequences
                double sequences = batch / layout.PipelineStages;
                double wanted = sequences / replica.StepsOfOutput * Input(replica);
                double chunk = wanted / mix.PromptShare;
                double piece = Input(replica) / mix.PromptSteps;
                double held = sequences * Context(replica);
                var timed = replica.Step.Time(new StepShape(
                    engine.ChunkedPrefill ? sequences : 0, engine.ChunkedPrefill ? held : 0, chunk, mix.PrefixTokens, chunk / piece));
                Assert.Equal(timed.TotalSeconds, mix.Prompt.TotalSeconds, 1e-9 * timed.TotalSeconds);
                Assert.True(chunk / layout.AttentionRanks <= Math.Max(16, engine.MaxBatchedTokens) * (1 + 1e-9), $"{chunk} tokens in a step of {engine.MaxBatchedTokens}");
                Assert.True(mix.PromptSteps >= 1 - 1e-12);
            },
            iter: 400);

    [Fact]
    public void An_engine_that_mixes_spends_each_step_once_and_one_that_does_not_adds_its_prompts() =>
        s_any.Holds(
            replica =>
            {
                var mix = replica.MixAt(64);
                if (replica.Step.Deployment.Engine.ChunkedPrefill)
                {
                    Assert.Equal(Math.Max(1, mix.PromptShare), mix.DecodeWeight + mix.PromptWeight, 1e-12);
                }
                else
                {
                    Assert.Equal(1, mix.DecodeWeight);
                    Assert.Equal(mix.PromptShare, mix.PromptWeight, 1e-12);

                    // what sequences do not wait for, prompts wait for each other: the work is the same
                    var half = Replica(replica.Step.With(new EngineFactors(Stall: 0.5)), Input(replica), 200).MixAt(64);
                    Assert.Equal(half.PromptShare, half.PromptWeight, 1e-12);
                    Assert.Equal(0.5 * half.PromptShare, half.FeltWeight, 1e-12);
                    var step = half.Step;
                    Assert.Equal(half.StepsOfOutput * (step.TurnSeconds - step.StepSeconds), step.WaitSeconds, 1e-9 * step.WaitSeconds);
                    Assert.True(step.TurnSeconds > step.StepSeconds);
                }
            },
            iter: 60);

    [Fact]
    public void One_request_decodes_at_the_speed_of_one_sequence_and_waits_for_its_own_prompt()
    {
        var replica = Replica(StepCases.Step("llama-3.1-70b", "hgx-h200", new ParallelLayout(4), StepCases.Fp8), 64, 4000);
        var step = replica.AtConcurrency(1);
        double decode = replica.Step.Time(new StepShape(1, 64 + 2000)).TotalSeconds;
        double prompt = replica.Step.Time(new StepShape(1, 64 + 2000, 64, 0, 1)).TotalSeconds;
        Assert.Equal(1, step.Batch, 0.01);
        Assert.Equal(decode, step.StepSeconds, 0.01 * decode);
        Assert.Equal(step.StepSeconds / 2 + prompt, step.FirstTokenSeconds, 0.01 * prompt);
    }

    [Fact]
    public void Prompts_of_one_token_leave_the_time_of_decoding()
    {
        var replica = Replica(StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16), 1, 8000);
        var step = replica.At(32);
        double decode = replica.Step.Time(new StepShape(32, 32 * (1 + 4000))).TotalSeconds;
        Assert.Equal(decode, step.DecodeSeconds, 1e-12);
        Assert.Equal(decode, step.StepSeconds, 0.002 * decode);
    }

    [Fact]
    public void Throughput_and_time_per_token_rise_with_concurrency() =>
        Gen.Select(s_any, Gen.Double[0, 9].Select(x => Math.Pow(2, x))).Holds(
            (replica, inFlight) =>
            {
                // a little less is the grids': a measured time may fall where work grows. A replica that prompts keep busy throughout has no more to give
                var (few, many) = (replica.AtConcurrency(inFlight), replica.AtConcurrency(2 * inFlight));
                if (many.PromptShare > 1)
                {
                    return;
                }

                Assert.True(many.Batch >= few.Batch * (1 - 1e-6));
                Assert.True(replica.RateOf(many) >= replica.RateOf(few) * 0.98, $"{few} then {many}");
                Assert.True(many.StepSeconds >= few.StepSeconds * (few.Batch < 16 ? 0.6 : 0.98), $"{few} then {many}");
            },
            iter: 300);

    [Fact]
    public void A_rate_that_the_replica_can_take_is_the_rate_it_makes_and_a_higher_one_fills_it() =>
        Gen.Select(s_any, Gen.Double[0.02, 0.95]).Holds(
            (replica, share) =>
            {
                double most = Math.Min(replica.MostByEngine, replica.MostByMemory);
                double full = replica.RateOf(replica.At(most));
                Assert.Equal(share * full, replica.RateOf(replica.AtRate(share * full)), 2e-3 * full);
                Assert.Equal(most, replica.AtRate(2 * full).Batch, 1e-9 * most);
            },
            iter: 100);

    [Fact]
    public void A_queue_of_whole_batches_runs_at_the_steady_rate() =>
        Gen.Select(s_any, Gen.Int[1, 60], Gen.Int[1, 12]).Holds(
            (replica, batch, waves) =>
            {
                var state = replica.At(batch);
                Assert.Equal(replica.RateOf(state), replica.RateOfQueue(waves * batch, state), 1e-9 * replica.RateOf(state));
            },
            iter: 200);

    [Fact]
    public void A_queue_with_a_rest_is_slower_than_the_steady_rate_by_less_than_a_wave_and_a_long_queue_not_at_all() =>
        Gen.Select(s_any, Gen.Int[8, 64], Gen.Int[1, 30], Gen.Double[0.2, 0.9]).Holds(
            (replica, batch, waves, rest) =>
            {
                var state = replica.At(batch);
                double requests = Math.Floor((waves + rest) * batch);
                double steady = replica.RateOf(state);
                double queue = replica.RateOfQueue(requests, state);
                Assert.True(queue <= steady * 1.02, $"{queue} above {steady}");
                Assert.True(queue >= steady * requests / (requests + batch) * 0.98, $"{queue} below {steady} less a wave");
                Assert.Equal(steady, replica.RateOfQueue(requests * 10_000, state), 1e-3 * steady);
            },
            iter: 200);

    [Fact]
    public void A_queue_shorter_than_the_batch_is_one_wave_of_its_own()
    {
        var replica = Replica(StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Fp8), 512, 512);
        var own = replica.At(8);
        Assert.Equal(8 / (replica.StepsOfOutput * own.TurnSeconds), replica.RateOfQueue(8, own), 1e-9);
    }

    [Fact]
    public void Accepted_drafts_shorten_the_output_in_steps()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Fp8);
        MeanReplica drafted = new(step, RequestLengths.FromMeans(100, 301), new Speculation(3, 2));
        Assert.Equal(100, drafted.StepsOfOutput, 1e-12);
        Assert.Equal(300, new MeanReplica(step, RequestLengths.FromMeans(100, 301), null).StepsOfOutput, 1e-12);
    }

    [Fact]
    public void Memory_holds_as_many_sequences_as_their_mean_cache_fits_into_the_pool()
    {
        var step = StepCases.Step("llama-3.1-70b", "hgx-h200", new ParallelLayout(4), StepCases.Fp8);
        var replica = Replica(step, 3000, 1000);
        Assert.Equal(step.Memory.CachePoolBytes / (3500 * 40_960.0), replica.MostByMemory, 1e-6);
        Assert.Equal(0, Replica(StepCases.Step("llama-3.1-70b", "hgx-h100", new ParallelLayout(), StepCases.Bf16), 3000, 1000).MostByMemory);
    }

    private static MeanReplica Replica(StepModel step, double input, double output, double cached = 0) => new(step, RequestLengths.FromMeans(input, output, cached), null);

    private static double Input(MeanReplica replica) => Math.Max(1, replica.Lengths.UncachedInputTokens);

    private static double Context(MeanReplica replica) => replica.Lengths.DecodeInputTokens + replica.Lengths.DecodeOutputTokens;
}
