using CsCheck;
using Millwright.Performance;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>The search for rates against queues whose answer is known, and against its own promise: the rate found holds, one a little above does not.</summary>
public sealed class RateSearchTests
{
    private static readonly StepClock s_one = new(SimulatorCases.Llama, 1, SimulatorCases.MaxContext);
    private static readonly EnginePolicy s_single = SimulatorCases.Vllm with { MaxSequences = 1 };
    private static readonly double s_service = SimulatedTime.ToSeconds(s_one.Mixed(0, 512, 0, 1));

    [Fact]
    public void Bisection_finds_a_known_bound_from_any_guess_and_says_when_there_is_none()
    {
        (from bound in Gen.Double[0.01, 100]
         from guess in Gen.Double[-4, 4].Select(Math.Exp)
         from tolerance in Gen.Double[0.001, 0.1]
         select (bound, Guess: bound * guess, tolerance)).Sample(x =>
        {
            FoundRate found = RateBisection.Find(rate => rate <= x.bound, x.Guess, x.tolerance);
            Assert.InRange(x.bound, found.Rate, found.Beyond);
            Assert.True(found.Beyond <= found.Rate * (1 + x.tolerance) * (1 + 1e-12));
        });
        Assert.Equal(0, RateBisection.Find(static _ => false, 3, 0.01, cancellation: TestContext.Current.CancellationToken).Rate);
        Assert.Equal(double.PositiveInfinity, RateBisection.Find(static _ => true, 3, 0.01, cancellation: TestContext.Current.CancellationToken).Beyond);
        Assert.Throws<ArgumentOutOfRangeException>(() => RateBisection.Find(static _ => true, 0, 0.01, cancellation: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public void One_at_a_time_with_a_fixed_time_meets_a_p99_up_to_the_rate_of_Erlang(double services)
    {
        // the wait of M/D/1 is below x with probability (1 - load) sum of (-rate (x - k D))^k / k! e^(rate (x - k D)), k from 0 to x / D (Erlang 1909)
        double limit = services * s_service;
        double known = RateBisection.Find(rate => Erlang(rate * s_service, services - 1) >= 0.99, 0.5 / s_service, 1e-6, cancellation: TestContext.Current.CancellationToken).Rate;
        RateSearch search = new(new FleetPlan(s_one, s_single), SimulatorCases.Poisson(400_000, 10, 512, 1));
        FoundRate found = search.Find(new ServiceLimits(limit), 0.99, 0.7 / s_service, 0.005, threads: 2, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(known, found.Rate, 0.02 * known);

        double Erlang(double load, double wait)
        {
            double sum = 0;
            double term = 1;
            for (int k = 0; k <= wait; k++)
            {
                double x = load * (wait - k);
                term = k == 0 ? 1 : Enumerable.Range(1, k).Aggregate(1.0, (product, j) => product * -x / j);
                sum += term * Math.Exp(x);
            }

            return load >= 1 ? 0 : (1 - load) * sum;
        }
    }

    [Fact]
    public void Even_arrivals_saturate_at_one_over_the_service_time()
    {
        RateSearch search = new(new FleetPlan(s_one, s_single), SimulatorCases.Table(Enumerable.Repeat((1_000_000_000L, 512, 1), 4000)));
        double saturation = search.FindSaturation(0.3 / s_service, tolerance: 0.002, cancellation: TestContext.Current.CancellationToken).Rate * s_service;

        // the backlog may grow by 2 % of what comes
        Assert.InRange(saturation, 1 / 1.003, 1 / 0.98);

        // nobody waits below saturation: any limit of one service time is met up to there
        Assert.InRange(search.Find(new ServiceLimits(1.0001 * s_service), 0.99, 0.3 / s_service, 0.002, cancellation: TestContext.Current.CancellationToken).Rate * s_service, 0.99, 1.003);
        Assert.Equal(0, search.Find(new ServiceLimits(0.999 * s_service), 0.99, 0.3 / s_service, cancellation: TestContext.Current.CancellationToken).Rate);
    }

    [Fact]
    public void The_rate_found_meets_the_limits_and_one_a_twentieth_above_does_not()
    {
        StepClock clock = new(SimulatorCases.Llama, 64, SimulatorCases.MaxContext);
        EnginePolicy policy = SimulatorCases.Vllm with { MaxSequences = 64 };
        (from first in StepCasesOf(0.05, 0.2, 1)
         from token in StepCasesOf(0.012, 0.02, double.PositiveInfinity)
         from percentile in StepCasesOf(0.5, 0.9, 0.99)
         from replicas in Gen.Int[1, 2]
         from seed in Gen.Int[0, 3]
         select (Limits: new ServiceLimits(first, token), percentile, replicas, seed)).Sample(x =>
        {
            RateSearch search = new(new FleetPlan(clock, policy, x.replicas, RouterKind.LeastLoaded), SimulatorCases.Poisson(1500, 10, 512, 48, (ulong)x.seed));
            FoundRate found = search.Find(x.Limits, x.percentile, 20);
            Assert.True(found.Rate > 0 && Meets(found.Rate), $"{x}: {found}");
            Assert.False(Meets(1.05 * found.Rate), $"{x}: {found}");

            bool Meets(double rate)
            {
                RateOutcome outcome = RateSearch.Outcome(search.Run(rate).Requests, x.percentile);
                return outcome.TimeToFirstTokenSeconds <= x.Limits.TimeToFirstTokenSeconds && outcome.TimePerOutputTokenSeconds <= x.Limits.TimePerOutputTokenSeconds;
            }
        }, iter: 12, threads: 1);

        static Gen<double> StepCasesOf(params double[] values) => Performance.StepCases.OneOf(values);
    }

    [Fact]
    public void Wider_limits_a_lower_percentile_and_another_replica_never_lower_the_rate()
    {
        StepClock clock = new(SimulatorCases.Llama, 64, SimulatorCases.MaxContext);
        EnginePolicy policy = SimulatorCases.Vllm with { MaxSequences = 64 };
        double[] byLimit = [.. new[] { 0.03, 0.06, 0.12, 0.5, 2 }.Select(limit => Rate(1, limit, 0.99))];
        double[] byPercentile = [.. new[] { 0.999, 0.99, 0.9, 0.5 }.Select(percentile => Rate(1, 0.1, percentile))];
        double[] byReplicas = [.. new[] { 1, 2, 4 }.Select(replicas => Rate(replicas, 0.1, 0.99))];
        Assert.All((double[][])[byLimit, byPercentile, byReplicas], rates =>
        {
            Assert.True(rates.Zip(rates.Skip(1)).All(static pair => pair.First <= 1.01 * pair.Second), string.Join(" ", rates));
            Assert.True(rates[^1] > 1.05 * rates[0], string.Join(" ", rates));
        });

        double Rate(int replicas, double limit, double percentile) =>
            new RateSearch(new FleetPlan(clock, policy, replicas), SimulatorCases.Poisson(3000, 10, 512, 48)).Find(new ServiceLimits(limit), percentile, 20).Rate;
    }

    [Fact]
    public void Rates_and_frontiers_are_the_same_bits_on_any_number_of_threads()
    {
        StepClock clock = new(SimulatorCases.Llama, 64, SimulatorCases.MaxContext);
        FleetPlan plan = new(clock, SimulatorCases.Vllm with { MaxSequences = 64 }, 2, RouterKind.PowerOfTwo, 3)
        {
            Limits = new ServiceLimits(0.1, 0.03),
            Power = Performance.StepCases.Times("hgx-h100").Clock,
        };
        RateSearch search = new(plan, SimulatorCases.Poisson(800, 10, 512, 48));
        FoundRate one = search.Find(new ServiceLimits(0.1, 0.03), 0.99, 20, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(one, search.Find(new ServiceLimits(0.1, 0.03), 0.99, 20, threads: 3, cancellation: TestContext.Current.CancellationToken));
        FoundRate saturation = search.FindSaturation(20, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(saturation, search.FindSaturation(20, threads: 3, cancellation: TestContext.Current.CancellationToken));
        Assert.True(saturation.Rate > one.Rate);

        double[] rates = [.. RateFrontier.Shares.Select(share => share * saturation.Rate)];
        FrontierPoint[] points = Frontier(1);
        Assert.Equal(points.Select(Figures), Frontier(4).Select(Figures));

        // throughput keeps up, and goodput with it while the limits are met; latencies grow, chips that work more take less energy a token
        Assert.Equal(rates, points.Select(static p => p.RequestsPerSecond));
        Assert.All(points.Where(p => p.RequestsPerSecond <= one.Rate), static p => Assert.True(p.Report.GoodRequestsPerSecond >= 0.98 * p.Report.RequestsPerSecond));
        Assert.True(points[^1].Report.GoodRequestsPerSecond < 0.9 * points[^1].Report.RequestsPerSecond);
        Assert.All(points.Zip(points.Skip(1)), static pair => Assert.True(pair.First.Report.TimePerOutputToken.P50 <= pair.Second.Report.TimePerOutputToken.P50 * 1.001));
        Assert.True(points[0].Report.JoulesPerOutputToken > points[9].Report.JoulesPerOutputToken);

        // an array in a record is another one in each run
        static FrontierPoint Figures(FrontierPoint point) => point with { Report = point.Report with { Pools = [] } };

        FrontierPoint[] Frontier(int threads) =>
            RateFrontier.Of(search, plan, rates, saturation.Rate, threads, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_pattern_keeps_its_gaps_at_any_rate()
    {
        RequestTable pattern = SimulatorCases.Table([(5_000, 10, 2), (1_000_000, 20, 2), (3_000_000, 30, 2), (0, 40, 2)]);
        RateSearch search = new(new FleetPlan(s_one, s_single), pattern);
        Assert.Equal(3 / 4e-6, search.PatternRate, 1);
        RequestTable half = search.Run(search.PatternRate / 2, cancellation: TestContext.Current.CancellationToken).Requests;
        Assert.Equal([0, 2_000_000, 8_000_000, 8_000_000], half.ArrivalPicoseconds.ToArray());
        Assert.Equal(pattern.InputTokens.ToArray(), half.InputTokens.ToArray());
    }

    [Fact]
    public void Refused_requests_meet_no_limit_and_loads_without_a_rate_are_refused()
    {
        RateSearch search = new(new FleetPlan(s_one, s_single), SimulatorCases.Table(Enumerable.Range(0, 50).Select(static i => (1_000_000_000L, i % 10 == 0 ? 5000 : 100, 2))));
        Assert.Equal(0, search.Find(new ServiceLimits(10), 0.99, 1, cancellation: TestContext.Current.CancellationToken).Rate);
        Assert.True(search.Find(new ServiceLimits(10), 0.9, 1, cancellation: TestContext.Current.CancellationToken).Rate > 0);
        Assert.Throws<ArgumentException>(() => new RateSearch(new FleetPlan(s_one, s_single) { Concurrency = 4 }, SimulatorCases.Poisson(10, 1, 5, 5)));
        Assert.Throws<ArgumentException>(() => new RateSearch(new FleetPlan(s_one, s_single), SimulatorCases.Table([(0, 5, 5), (0, 5, 5)])));
    }
}
