using CsCheck;
using Millwright.Serving;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>All rules of engines and fleets together, on small machines where requests meet, wait, are set back, handed over and lost.</summary>
public sealed class FeatureTests
{
    private static readonly Gen<EnginePolicy> s_rules =
        from caches in Gen.Bool
        from order in PickOf(SchedulingOrder.FirstCome, SchedulingOrder.Priority, SchedulingOrder.LongestPrefix)
        from drafted in PickOf(null, null, new DraftedTokens(new Speculation(3, 1.7)), new DraftedTokens(new Speculation(2, 0.9), 5))
        from waiting in PickOf(int.MaxValue, int.MaxValue, 3)
        from patience in PickOf(SimulatedTime.Never, SimulatedTime.Never, 100_000_000_000)
        from tiers in PickOf<CacheTier[]>([], [new("host", 400, 4e5, 2e5, 1e-5)], [new("host", 150, 4e5, 2e5, 0), new("disk", 4000, 5e4, 2e4, 1e-3)])
        from ahead in Gen.Bool
        select new EnginePolicy(BatchingKind.Mixed, 1, 1, 1, 1, false, 1)
        {
            CachesPrefixes = caches,
            Order = order,
            Drafted = drafted,
            MostWaiting = waiting,
            PatiencePicoseconds = patience,
            Tiers = caches ? tiers : [],
            BlockBytes = 1,
            Asynchronous = ahead,
        };

    private static readonly Gen<FleetPlan> s_plan =
        from plan in SimulatorCases.AnyPlan
        from rules in s_rules
        from router in PickOf(RouterKind.RoundRobin, RouterKind.Random, RouterKind.LeastLoaded, RouterKind.PowerOfTwo, RouterKind.Session, RouterKind.Prefix, RouterKind.CacheAware)
        from apart in Gen.Int[0, 2]
        from scaling in PickOf(null, null, new ScalingRule(1, 2, 30_000_000_000, 50_000_000_000, 90_000_000_000))
        from failures in PickOf(null, null, new FailureRule(3, 40_000_000_000))
        let policy = rules with
        {
            Batching = plan.Policy.Batching,
            MaxBatchedTokens = plan.Policy.MaxBatchedTokens,
            MaxSequences = plan.Policy.MaxSequences,
            BlockTokens = plan.Policy.BlockTokens,
            CacheBlocks = plan.Policy.CacheBlocks,
            NoEvict = plan.Policy.NoEvict,
            MaxContextTokens = plan.Policy.MaxContextTokens,
        }
        let whole = plan with { Policy = policy, Router = router, Scaling = scaling }
        select apart == 0
            ? whole with { Failures = failures }
            : whole with { Decode = whole with { Replicas = apart, Router = RouterKind.LeastLoaded, Concurrency = null, Scaling = null }, Link = new HandOverLink(3e6, 1000) };

    private static readonly Gen<(long Gap, int Input, int Output, int Session, int Priority)[]> s_load =
        (from request in SimulatorCases.AnyLoad.Select(static load => load[0])
         from session in Gen.Int[0, 5]
         from priority in Gen.Int[0, 2]
         select (request.Gap, request.Input, request.Output, session, priority)).Array[1, 40];

    [Fact]
    public void Leaping_and_stepping_agree_bit_for_bit() =>
        Gen.Select(s_plan, s_load).Holds(
            (plan, load) =>
            {
                FleetRun leaped = SimulatorCases.Run(plan, Table(load));
                FleetRun stepped = SimulatorCases.Run(Each(plan), Table(load));
                SimulatorCases.Same(leaped, stepped);
                Closed(leaped, load);
            },
            iter: 1000);

    [Fact]
    public void The_loop_of_all_replicas_and_each_replica_by_itself_agree_bit_for_bit() =>
        Gen.Select(SimulatorCases.AnyPlan.Where(static plan => plan.Concurrency is null && plan.Router is RouterKind.RoundRobin or RouterKind.Random), s_rules, s_load).Holds(
            (plan, rules, load) =>
            {
                FleetPlan ruled = plan with { Concurrency = null, Policy = plan.Policy with { CachesPrefixes = rules.CachesPrefixes, Order = rules.Order, Drafted = rules.Drafted, Asynchronous = rules.Asynchronous } };
                FleetRun apart = SimulatorCases.Run(ruled, Table(load));
                RequestTable table = Table(load);
                ServicePlan service = new([ruled]);
                FleetRun loop = FleetSimulator.Run(service, table, new OpenSource(service, table, null, null), new DoneCount(table.Count, null), TestContext.Current.CancellationToken);
                SimulatorCases.Same(apart, loop);
            },
            iter: 500);

    [Fact]
    public void A_prompt_that_begins_like_one_before_is_computed_from_where_it_differs()
    {
        FleetPlan plan = new(new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 8, CachesPrefixes = true });
        RequestTable table = new();
        table.Add(0, 1000, 2);
        table.Add(SimulatedTime.FromSeconds(10), 1000, 2);
        table.Add(SimulatedTime.FromSeconds(20), 1000, 2);
        table.Keys.Add(0, 1, 600, 100);
        table.Keys.Add(1, 1, 600, 101);
        table.Keys.Add(2, 1, 600, 101);
        FleetRun run = SimulatorCases.Run(plan, table);

        // 37 blocks of 16 tokens lie in the 600 that are shared, 62 before the last token of a prompt that was there before
        Assert.Equal([0, 592, 992], [table.CachedTokens(0), table.CachedTokens(1), table.CachedTokens(2)]);
        Assert.Equal(1000 + 408 + 8, run.Monitor.PromptTokens);
        Assert.Equal(592 + 992, run.Monitor.CachedTokens);
        long first = table.FirstTokenPicoseconds[1] - table.ArrivalPicoseconds[1];
        Assert.Equal(plan.Clock.Mixed(0, 408, 592, 1), first);
    }

    [Fact]
    public void What_the_cache_has_no_room_for_comes_back_from_the_tier_behind_it()
    {
        EnginePolicy small = SimulatorCases.Vllm with { MaxSequences = 8, CachesPrefixes = true, CacheBlocks = 70, BlockBytes = 1e6 };
        EnginePolicy tiered = small with { Tiers = [new CacheTier("host", 1e9, 1e9, 1e9, 1e-3)] };
        foreach ((EnginePolicy policy, int fetched) in ((EnginePolicy, int)[])[(small, 0), (tiered, 880)])
        {
            RequestTable table = new();
            for (int i = 0; i < 3; i++)
            {
                table.Add(SimulatedTime.FromSeconds(10 * i), 1000, 2);
                table.Keys.Add(i, 1, 0, i == 1 ? 101UL : 100UL);
            }

            FleetPlan plan = new(new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext), policy);
            FleetRun run = SimulatorCases.Run(plan, table);

            // the second prompt takes 7 free blocks, then those of the first from its end: 7 stay
            int cached = 112 + fetched;
            Assert.Equal(cached, table.CachedTokens(2));
            Assert.Equal(fetched, run.Monitor.FetchedTokens);
            long wait = fetched == 0 ? 0 : SimulatedTime.FromSeconds(1e-3 + 55 * 1e-3);
            Assert.Equal(wait + plan.Clock.Mixed(0, 1000 - cached, cached, 1), table.FirstTokenPicoseconds[2] - table.ArrivalPicoseconds[2]);
        }
    }

    [Fact]
    public void Drafted_tokens_come_as_many_a_step_as_are_accepted_in_the_mean()
    {
        foreach (ulong? seed in (ulong?[])[null, 3])
        {
            DraftedTokens drafted = new(new Speculation(3, 1.6), seed);
            double steps = Enumerable.Range(0, 400).Average(request => (double)drafted.StepsFor(request, 1000));
            Assert.Equal(1000 / 2.6, steps, seed is null ? 1.0 : 2.0);
            RequestTable table = new();
            table.Add(0, 100, 1001);
            FleetPlan plan = new(new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 8, Drafted = drafted });
            FleetRun run = SimulatorCases.Run(plan, table);
            Assert.Equal(drafted.StepsFor(0, 1000), run.Monitor.StepCount - 1);
            Assert.Equal(1001, run.Monitor.MadeTokens);
        }
    }

    [Fact]
    public void Lower_priority_numbers_go_first_and_the_highest_gives_way()
    {
        FleetPlan plan = new(new(SimulatorCases.Llama, 1, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 1, Order = SchedulingOrder.Priority });
        RequestTable table = SimulatorCases.Table([(0, 100, 5), (1, 100, 5), (1, 100, 5), (1, 100, 5)]);
        table.SetClass(1, 0, 2);
        table.SetClass(2, 0, 1);
        table.SetClass(3, 0, 2);
        SimulatorCases.Run(plan, table);
        Assert.True(table.LastTokenPicoseconds[0] < table.LastTokenPicoseconds[2] && table.LastTokenPicoseconds[2] < table.LastTokenPicoseconds[1] && table.LastTokenPicoseconds[1] < table.LastTokenPicoseconds[3]);
    }

    [Fact]
    public void Those_that_would_wait_too_long_are_refused_or_given_up()
    {
        FleetPlan plan = new(new(SimulatorCases.Llama, 1, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 1, MostWaiting = 2, PatiencePicoseconds = SimulatedTime.FromSeconds(1) });
        RequestTable table = SimulatorCases.Table([(0, 100, 300), (1, 100, 5), (1, 100, 5), (1, 100, 5)]);
        FleetRun run = SimulatorCases.Run(plan, table);
        Assert.Equal([RequestStatus.Finished, RequestStatus.GivenUp, RequestStatus.GivenUp, RequestStatus.Shed], table.Status.ToArray());
        Assert.Equal((3, 1, 2), (run.Monitor.Refused, run.Monitor.Shed, run.Monitor.GivenUp));
    }

    [Fact]
    public void Apart_the_first_token_comes_after_prompt_and_transfer_and_links_are_shared()
    {
        EnginePolicy policy = SimulatorCases.Vllm with { MaxSequences = 8 };
        FleetPlan decode = new(new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext), policy);
        FleetPlan plan = decode with { Decode = decode, Link = new HandOverLink(1e8, 5_000_000) };
        RequestTable table = SimulatorCases.Table([(0, 1000, 3), (0, 500, 3)]);
        FleetRun run = SimulatorCases.Run(plan, table);

        // both prompts share a step; their caches leave one after another, 0.1 ms a token
        long prompts = decode.Clock.Mixed(new(0, 0, default, new(1500, 2, 0, 1000 * 1000 + 500 * 500)));
        Assert.Equal(prompts + 100_000_000_000 + 5_000_000, table.FirstTokenPicoseconds[0]);
        Assert.Equal(prompts + 150_000_000_000 + 5_000_000, table.FirstTokenPicoseconds[1]);
        Assert.Equal(2, run.Pools.Count);
        Assert.Equal((0, 2L), (run.Pools[0].Monitor.Finished, run.Pools[1].Monitor.Finished));
        Assert.Equal(150_000_000_000, run.Pools[1].TransferPicoseconds);
    }

    [Fact]
    public void Replicas_come_with_the_load_after_their_start_and_go_when_it_is_calm()
    {
        FleetPlan plan = new(new(SimulatorCases.Llama, 4, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 4 }, 3, RouterKind.LeastLoaded)
        {
            Scaling = new ScalingRule(1, 4, SimulatedTime.FromSeconds(1), SimulatedTime.FromSeconds(5), SimulatedTime.FromSeconds(10)),
        };
        RequestTable table = new();
        for (int i = 0; i < 60; i++)
        {
            table.Add(SimulatedTime.FromSeconds(0.3 * i), 500, 300);
        }

        // one late request, long after the rush
        table.Add(SimulatedTime.FromSeconds(200), 500, 300);
        FleetRun run = SimulatorCases.Run(plan, table);
        PoolRun pool = run.Pools[0];
        Assert.Equal(3, pool.MostReplicas);
        Assert.Equal(61, run.Monitor.Finished);

        // two more were there from the first decision until some time after the rush, not to the end
        double present = SimulatedTime.ToSeconds((long)pool.PresentPicoseconds!.Value);
        Assert.InRange(present, 201 + 2 * 10, 201 + 2 * 100);

        // none of the two served before it had started
        foreach (ReplicaMonitor late in pool.Replicas.Skip(1))
        {
            Assert.True(late.Finished > 0);
        }

        Assert.True(table.ScheduledPicoseconds.ToArray().Count(static time => time < SimulatedTime.FromSeconds(6)) < 20);
    }

    [Fact]
    public void What_a_failed_replica_held_starts_anew_elsewhere()
    {
        FleetPlan plan = new(new(SimulatorCases.Llama, 8, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 8 }, 2, RouterKind.LeastLoaded, 3)
        {
            Failures = new FailureRule(20, SimulatedTime.FromSeconds(2)),
        };
        RequestTable table = SimulatorCases.Poisson(400, 4, 300, 200);
        FleetRun run = SimulatorCases.Run(plan, table);
        Assert.Equal(400, run.Monitor.Finished);
        Assert.InRange(run.Pools[0].Failures, 3, 30);
        Assert.True(run.Pools[0].Restarts > 0);
        Assert.True(run.Monitor.MadeTokens > 400 * 200);
    }

    [Fact]
    public void A_class_goes_to_the_fleets_that_take_it_and_spills_over_when_the_first_is_loaded()
    {
        FleetPlan near = new(new(SimulatorCases.Llama, 2, SimulatorCases.MaxContext), SimulatorCases.Vllm with { MaxSequences = 2 }) { Name = "near" };
        FleetPlan far = near with { Name = "far", NetworkPicoseconds = SimulatedTime.FromSeconds(0.1) };
        RequestTable table = SimulatorCases.Table([.. Enumerable.Repeat((1L, 100, 100), 12)]);
        for (int i = 0; i < 12; i++)
        {
            table.SetClass(i, i == 1 ? 1 : 0, 0);
        }

        FleetRun kept = SimulatorCases.Run(new ServicePlan([near, far]) { FleetsOfClass = [[0, 1], [1]], SpillOutstanding = 100 }, table);
        Assert.Equal((11, 1L), (kept.Pools[0].Monitor.Finished, kept.Pools[1].Monitor.Finished));

        RequestTable again = SimulatorCases.Table([.. Enumerable.Repeat((1L, 100, 100), 12)]);
        again.SetClass(1, 1, 0);
        FleetRun spilled = SimulatorCases.Run(new ServicePlan([near, far]) { FleetsOfClass = [[0, 1], [1]], SpillOutstanding = 2 }, again);
        Assert.Equal(12, spilled.Monitor.Finished);
        Assert.InRange(spilled.Pools[0].Monitor.Finished, 5, 7);
        Assert.True(table.ScheduledPicoseconds[1] >= SimulatedTime.FromSeconds(0.1));
    }

    private static FleetPlan Each(FleetPlan plan) => plan with { EachStep = true, Decode = plan.Decode is null ? null : Each(plan.Decode) };

    private static RequestTable Table((long Gap, int Input, int Output, int Session, int Priority)[] load)
    {
        RequestTable table = SimulatorCases.Table(load.Select(static request => (request.Gap, request.Input, request.Output)));
        for (int i = 0; i < load.Length; i++)
        {
            table.SetClass(i, 0, load[i].Priority);
            if (load[i].Session > 0)
            {
                table.SetSession(i, load[i].Session);
                table.Keys.Add(i, 1, 20, (ulong)load[i].Session);
            }
        }

        return table;
    }

    // nothing is lost: requests, tokens made and computed
    private static void Closed(FleetRun run, (long Gap, int Input, int Output, int Session, int Priority)[] load)
    {
        Assert.Equal(load.Length, run.Monitor.Finished + run.Monitor.Refused);
        Assert.DoesNotContain(RequestStatus.Open, run.Requests.Status.ToArray());
        long input = 0, output = 0;
        for (int i = 0; i < load.Length; i++)
        {
            if (run.Requests.Status[i] == RequestStatus.Finished)
            {
                input += load[i].Input;
                output += load[i].Output;
                Assert.InRange(run.Requests.CachedTokens(i), 0, load[i].Input - 1);
            }
        }

        if (run.Pools.Sum(static pool => pool.Restarts) == 0)
        {
            Assert.Equal(output, run.Monitor.MadeTokens);
            Assert.True(run.Monitor.Preemptions > 0 || run.Monitor.PromptTokens + run.Monitor.CachedTokens == input);
        }
    }

    private static Gen<T> PickOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
