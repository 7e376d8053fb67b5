using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Simulator;
using Millwright.Simulation;
using Millwright.Tests.Performance;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>The simulator against queues whose means are known, and against the step model where nothing waits.</summary>
public sealed class QueueingTests
{
    [Fact]
    public void One_at_a_time_with_a_fixed_time_is_the_queue_of_Pollaczek_and_Khinchine()
    {
        StepClock clock = new(SimulatorCases.Llama, 1, SimulatorCases.MaxContext);
        EnginePolicy single = SimulatorCases.Vllm with { MaxSequences = 1 };
        double service = SimulatedTime.ToSeconds(clock.Mixed(0, 512, 0, 1));
        foreach (double load in new[] { 0.3, 0.6, 0.8 })
        {
            FleetRun run = SimulatorCases.Run(new FleetPlan(clock, single), SimulatorCases.Poisson(200_000, load / service, 512, 1));

            // M/D/1: mean wait = load x service / (2 (1 - load)); the mean over 200,000 scatters by about a percent at high load
            double wait = run.Monitor.Queueing.Mean / SimulatedTime.PerSecond;
            Assert.Equal(load * service / (2 * (1 - load)), wait, 0.03 * wait);
            Assert.Equal(load, SimulatedTime.ToSeconds(run.Monitor.BusyPicoseconds) / SimulatedTime.ToSeconds(run.Monitor.LastPicoseconds), 0.01);
        }
    }

    [Theory]
    [InlineData("llama-3.1-8b", "hgx-h100", 1)]
    [InlineData("llama-3.1-70b", "hgx-h200", 4)]
    public void A_request_alone_takes_what_the_step_model_says(string model, string system, int ways)
    {
        StepModel step = StepCases.Step(model, system, new ParallelLayout(ways), StepCases.Bf16);
        EnginePolicy policy = EnginePolicy.Of(step, SimulatorCases.MaxContext);
        RequestTable table = SimulatorCases.Table([(0, 512, 100)]);
        SimulatorCases.Run(new FleetPlan(new StepClock(step, policy.MaxSequences, SimulatorCases.MaxContext), policy), table);
        Assert.Equal(step.Time(new StepShape(0, 0, 512, 0, 1)).TotalSeconds, SimulatedTime.ToSeconds(table.FirstTokenPicoseconds[0]), 1e-12);

        double decode = Enumerable.Range(1, 99).Sum(i => step.Time(new StepShape(1, 512 + i)).TotalSeconds);
        Assert.Equal(decode, SimulatedTime.ToSeconds(table.LastTokenPicoseconds[0] - table.FirstTokenPicoseconds[0]), 1e-3 * decode);
    }

    [Fact]
    public void Long_prompts_go_through_in_parts_and_share_their_steps()
    {
        StepClock clock = new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext);
        RequestTable table = SimulatorCases.Table([(0, 100, 50), (1, 2500, 2)]);
        FleetRun run = SimulatorCases.Run(new FleetPlan(clock, SimulatorCases.Vllm with { MaxBatchedTokens = 1001, MaxSequences = 8 }), table);

        // the second arrives in the first step, then gets 1000 tokens a step beside the one decoding: three parts
        Assert.Equal(4, run.Monitor.PromptSteps.ToArray().Sum(static s => s.Steps));
        Assert.Equal(3 + 1, run.Monitor.PromptSteps.ToArray().Sum(static s => s.Prompts));
        Assert.Equal(clock.Mixed(0, 100, 0, 1), table.FirstTokenPicoseconds[0]);
        Assert.Equal(table.FirstTokenPicoseconds[0], table.ScheduledPicoseconds[1]);
        long parts = Enumerable.Range(0, 3).Sum(i => clock.Mixed(1, i < 2 ? 1000 : 500, i * 1000, 1) + clock.Attention(1, 101 + i).At(101 + i));
        Assert.Equal(table.ScheduledPicoseconds[1] + parts, table.FirstTokenPicoseconds[1]);
    }

    [Fact]
    public void Prompts_go_first_where_an_engine_does_not_mix_them()
    {
        StepClock clock = new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext);
        RequestTable table = SimulatorCases.Table([(0, 100, 3), (1, 200, 1)]);
        FleetRun run = SimulatorCases.Run(new FleetPlan(clock, SimulatorCases.Vllm with { Batching = BatchingKind.PromptsFirst, MaxSequences = 8 }), table);
        Assert.Equal(clock.Mixed(0, 100, 0, 1) + clock.Mixed(0, 200, 0, 1), table.LastTokenPicoseconds[1]);

        // the first waits for the second's prompt before its second token
        Assert.True(table.LastTokenPicoseconds[0] > table.LastTokenPicoseconds[1]);
        Assert.Equal(2, run.Monitor.InterTokenLatency.Count);
        Assert.Equal(table.LastTokenPicoseconds[0] - table.FirstTokenPicoseconds[0], (long)run.Monitor.InterTokenLatency.Sum);
    }

    [Fact]
    public void The_newest_request_gives_way_when_the_cache_is_full_and_starts_again()
    {
        StepClock clock = new(SimulatorCases.Llama, 2, SimulatorCases.MaxContext);
        EnginePolicy tight = new(BatchingKind.Mixed, 2048, 2, 16, 10, false, SimulatorCases.MaxContext);

        // each needs 4 blocks at its start and 7 at its end: both do not fit to the end
        RequestTable table = SimulatorCases.Table([(0, 64, 48), (0, 64, 48)]);
        FleetRun run = SimulatorCases.Run(new FleetPlan(clock, tight), table);
        Assert.Equal([0, 1], table.Preemptions.ToArray());
        Assert.True(table.LastTokenPicoseconds[0] < table.LastTokenPicoseconds[1]);
        Assert.True(run.Monitor.PromptTokens > 128);

        // where whole requests are reserved none gives way, and the second waits
        RequestTable again = SimulatorCases.Table([(0, 64, 48), (0, 64, 48)]);
        SimulatorCases.Run(new FleetPlan(clock, tight with { NoEvict = true }), again);
        Assert.Equal([0, 0], again.Preemptions.ToArray());
        Assert.Equal(again.LastTokenPicoseconds[0], again.ScheduledPicoseconds[1]);
    }

    [Fact]
    public void A_request_that_no_cache_or_context_holds_is_refused_and_counted()
    {
        StepClock clock = new(SimulatorCases.Llama, 2, SimulatorCases.MaxContext);
        EnginePolicy small = new(BatchingKind.Mixed, 2048, 2, 16, 10, false, SimulatorCases.MaxContext);
        RequestTable table = SimulatorCases.Table([(0, 200, 1), (0, 5000, 1), (0, 100, 1)]);
        FleetRun run = SimulatorCases.Run(new FleetPlan(clock, small), table);
        Assert.Equal([RequestStatus.Refused, RequestStatus.Refused, RequestStatus.Finished], table.Status.ToArray());
        Assert.Equal((1, 2, 5200), (run.Monitor.Finished, run.Monitor.Refused, run.Monitor.RefusedInputTokens));
    }

    [Fact]
    public void Another_replica_never_lowers_mean_goodput()
    {
        StepClock clock = new(SimulatorCases.Llama, 32, SimulatorCases.MaxContext);
        EnginePolicy policy = SimulatorCases.Vllm with { MaxSequences = 32 };
        double[] gains = new double[50];
        for (int seed = 0; seed < gains.Length; seed++)
        {
            gains[seed] = Good(3, seed) - Good(2, seed);
        }

        double mean = gains.Average();
        double error = Math.Sqrt(gains.Sum(g => (g - mean) * (g - mean)) / (gains.Length - 1) / gains.Length);
        Assert.True(mean - 1.96 * error >= 0, $"mean gain {mean} ± {1.96 * error}");

        double Good(int replicas, int seed)
        {
            RequestTable table = SimulatorCases.Poisson(400, 40, 512, 64, (ulong)seed);
            FleetRun run = SimulatorCases.Run(new FleetPlan(clock, policy, replicas), table);
            double met = Enumerable.Range(0, table.Count).Count(i => SimulatedTime.ToSeconds(table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i]) < 0.1);
            return met / SimulatedTime.ToSeconds(run.Monitor.LastPicoseconds);
        }
    }

    [Fact]
    public void A_closed_loop_keeps_its_requests_under_way()
    {
        StepClock clock = new(SimulatorCases.Llama, 16, SimulatorCases.MaxContext);
        RequestTable table = SimulatorCases.Table(Enumerable.Repeat((0L, 256, 64), 200));
        FleetRun run = SimulatorCases.Run(new FleetPlan(clock, SimulatorCases.Vllm with { MaxSequences = 16 }) { Concurrency = 16 }, table);
        Assert.Equal(200, run.Monitor.Finished);
        Assert.Equal(16, table.ArrivalPicoseconds.ToArray().Count(static t => t == 0));

        // sixteen requests at any time but the last ones: Little's law over the run
        double running = SimulatedTime.ToSeconds(run.Monitor.RunningPicoseconds) / SimulatedTime.ToSeconds(run.Monitor.LastPicoseconds);
        Assert.InRange(running, 14, 16);
    }

    [Fact]
    public void A_least_loaded_router_waits_less_than_a_random_one()
    {
        StepClock clock = new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext);
        EnginePolicy policy = SimulatorCases.Vllm with { MaxSequences = 8 };
        double[] waits = [.. new[] { RouterKind.Random, RouterKind.PowerOfTwo, RouterKind.LeastLoaded }.Select(router =>
            SimulatorCases.Run(new FleetPlan(clock, policy, 4, router, 5), SimulatorCases.Poisson(4000, 36, 512, 64)).Monitor.Queueing.Mean)];
        Assert.True(waits[0] > waits[1] && waits[1] > waits[2], string.Join(" ", waits));
    }

    [Fact]
    public void A_run_allocates_nothing_for_a_request()
    {
        StepClock clock = new(SimulatorCases.Llama, SimulatorCases.Vllm.MaxSequences, SimulatorCases.MaxContext);
        const int Requests = 40_000;

        // the first run meets each composition of a step for the first time; the runtime itself may take some bytes in any of them, the simulator the same in all
        long first = Bytes(clock, Requests);
        long least = Enumerable.Range(0, 5).Min(_ => Bytes(clock, Requests));
        Assert.True(least < 1000, $"{first} bytes for {Requests} requests, then at least {least}");
    }

    private static long Bytes(StepClock clock, int requests)
    {
        RequestTable table = SimulatorCases.Poisson(requests, 20, 512, 128);
        OpenFeed feed = new(table, SimulatorCases.Vllm);
        for (int i = 0; i < requests; i++)
        {
            feed.Add(i);
        }

        ReplicaSimulator replica = new(clock, SimulatorCases.Vllm, table, feed, new ReplicaMonitor(SimulatorCases.Vllm.MaxSequences));
        long before = GC.GetAllocatedBytesForCurrentThread();
        replica.RunUntil(SimulatedTime.Never);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
