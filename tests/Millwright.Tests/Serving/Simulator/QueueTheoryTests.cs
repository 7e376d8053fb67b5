using Millwright.Applications;
using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Performance.Profiles;
using Millwright.Serving.Simulator;
using Millwright.Simulation;
using Millwright.Tests.Performance.Profiles;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Every step of a machine takes the same time, whatever it holds: lengths make the service times, places for sequences the servers. Then means are known.</summary>
public sealed class QueueTheoryTests
{
    private const double MeanTokens = 500;

    private static readonly FleetPlan s_even = Even();

    private static readonly double s_step = SimulatedTime.ToSeconds(s_even.Clock.Mixed(new RankStep(0, 0, default, new PromptBatch(1, 1, 0, 1))));

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(1, 0.8)]
    [InlineData(4, 0.8)]
    [InlineData(16, 0.9)]
    public void Exponential_services_wait_as_Erlang_says(int servers, double load)
    {
        double service = MeanTokens * s_step;
        FleetRun run = SimulatorCases.Run(s_even with { Policy = s_even.Policy with { MaxSequences = servers } }, Exponential(300_000, servers * load / service));
        double wait = ErlangC(servers, load) * service / (servers * (1 - load));

        // a service begins with a step, and one comes half a step after it was asked for where the machine works
        Assert.Equal(wait, run.Monitor.Queueing.Mean / SimulatedTime.PerSecond, 0.04 * wait + s_step);
        Assert.Equal(servers * load, SimulatedTime.ToSeconds(run.Monitor.RunningPicoseconds) / SimulatedTime.ToSeconds(run.Monitor.LastPicoseconds), 0.02 * servers);
    }

    [Fact]
    public void Those_that_come_to_a_full_house_are_lost_as_Erlang_says()
    {
        // M/M/4/5: one may wait
        const int Servers = 4;
        const double Load = 0.9;
        double service = MeanTokens * s_step;
        FleetRun run = SimulatorCases.Run(s_even with { Policy = s_even.Policy with { MaxSequences = Servers, MostWaiting = 1 } }, Exponential(200_000, Servers * Load / service));
        double[] weights = [.. Enumerable.Range(0, Servers + 2).Select(static n => Math.Pow(Servers * Load, n) / (n <= Servers ? Factorial(n) : Factorial(Servers) * Servers))];
        Assert.Equal(weights[^1] / weights.Sum(), (double)run.Monitor.Shed / run.Requests.Count, 0.01);
    }

    [Fact]
    public void The_less_loaded_of_two_waits_as_the_mean_field_of_many_says()
    {
        // each server alone with a queue, the shorter of two: the share of queues with at least n is load^(2^n - 1) (Mitzenmacher, IEEE TPDS 2001); waiting by Little's law
        const double Load = 0.8;
        const int Replicas = 100;
        double service = MeanTokens * s_step;
        FleetPlan plan = s_even with { Policy = s_even.Policy with { MaxSequences = 1 }, Replicas = Replicas, Router = RouterKind.PowerOfTwo, Seed = 2 };
        FleetRun run = SimulatorCases.Run(plan, Exponential(200_000, Replicas * Load / service));
        double inSystem = Enumerable.Range(1, 8).Sum(static n => Math.Pow(Load, Math.Pow(2, n) - 1));
        double wait = inSystem / Load * service - service;
        Assert.Equal(wait, run.Monitor.Queueing.Mean / SimulatedTime.PerSecond, 0.04 * wait + s_step);
    }

    [Theory]
    [InlineData(RouterKind.RoundRobin, 0.04)]
    [InlineData(RouterKind.Random, 0.04)]
    [InlineData(RouterKind.PowerOfTwo, 0.06)]
    [InlineData(RouterKind.LeastLoaded, 0.15)]
    public void A_sample_of_replicas_waits_as_all_of_them_do(RouterKind router, double bound)
    {
        const int Replicas = 100;
        const int Sample = 25;
        double rate = Replicas * 0.85 * 4 / (MeanTokens * s_step);
        FleetPlan plan = s_even with { Policy = s_even.Policy with { MaxSequences = 4 }, Replicas = Replicas, Router = router, Seed = 4 };
        RequestTable all = Exponential(150_000, rate);
        SampledRequests kept = new(new TableStream(all), Sample, Replicas, router == RouterKind.RoundRobin, 9);
        RequestTable sample = new();
        while (kept.TryRead(out TraceRequest request))
        {
            sample.Add(request.ArrivalPicoseconds, request.InputTokens, request.OutputTokens);
        }

        Assert.Equal(all.Count * 0.25, sample.Count, 1000.0);
        double exact = SimulatorCases.Run(plan, all).Monitor.EndToEnd.Mean;
        double sampled = SimulatorCases.Run(plan with { Replicas = Sample }, sample).Monitor.EndToEnd.Mean;
        Assert.Equal(exact, sampled, bound * exact);
    }

    private static FleetPlan Even()
    {
        ProfileSteps profile = new(ProfileText.Read(ProfileText.Constant(2, 100, 7)), SimulatorCases.Llama, 16, ahead: true);
        EnginePolicy policy = new(BatchingKind.Mixed, 2048, 16, 16, 1 << 24, false, 1 << 20);
        return new FleetPlan(new StepClock(SimulatorCases.Llama, 16, 1 << 20, profile, ahead: true), policy);
    }

    private static RequestTable Exponential(int requests, double ratePerSecond)
    {
        RandomStream random = new(11);
        RequestTable table = new();
        double now = 0;
        for (int i = 0; i < requests; i++)
        {
            now -= Math.Log(random.Uniform(1, i)) / ratePerSecond;
            table.Add(SimulatedTime.FromSeconds(now), 1, Math.Max(1, (int)Math.Round(-Math.Log(random.Uniform(2, i)) * MeanTokens)));
        }

        return table;
    }

    private static double ErlangC(int servers, double load)
    {
        double offered = servers * load;
        double last = Math.Pow(offered, servers) / Factorial(servers) / (1 - load);
        return last / (Enumerable.Range(0, servers).Sum(n => Math.Pow(offered, n) / Factorial(n)) + last);
    }

    private static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, static (product, i) => product * i);

    private sealed class TableStream(RequestTable table) : IRequestStream
    {
        private int _next;

        public int BlockTokens => 0;

        public ReadOnlySpan<ulong> PrefixBlocks => default;

        public bool TryRead(out TraceRequest request)
        {
            request = _next < table.Count ? new TraceRequest(table.ArrivalPicoseconds[_next], table.InputTokens[_next], table.OutputTokens[_next]) : default;
            return _next++ < table.Count;
        }
    }
}
