using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>One replica under a steady load: what a plan's deployment is confirmed by.</summary>
public sealed class SteadyReplicaTests
{
    private const int Input = 512;
    private const int Output = 128;

    private static readonly StepModel s_step = SimulatorCases.Llama;
    private static readonly RequestLengths s_alike = RequestLengths.FromMeans(Input, Output);
    private static readonly ServiceLimits s_none = new(double.PositiveInfinity, double.PositiveInfinity);

    [Fact]
    public void Requests_that_meet_nobody_take_what_the_step_model_says_to_the_picosecond()
    {
        SteadyReplica replica = Replica(s_alike, null, s_none, 0.01);
        SteadyOutcome outcome = replica.Run(0.01, TestContext.Current.CancellationToken);
        EnginePolicy policy = EnginePolicy.Of(s_step, Input + Output);
        StepClock clock = new(s_step, policy.MaxSequences, policy.MaxContextTokens, ahead: policy.Asynchronous);
        double alone = SimulatedTime.ToSeconds(policy.ReadyAt(0, Input) + clock.Mixed(0, Input, 0, 1));
        Assert.Equal(alone, outcome.TimeToFirstToken.P50);
        Assert.InRange(outcome.TimeToFirstToken.Mean, alone, alone * 1.02);
        Assert.Equal(SteadyReplica.LookedAt, outcome.Requests);
    }

    [Fact]
    public void At_a_tenth_of_the_saturating_rate_all_requests_are_within_limits_a_little_above_those_of_one_alone()
    {
        double alone = Replica(s_alike, null, s_none, 0.01).Run(0.01, TestContext.Current.CancellationToken).TimePerOutputToken.P50;
        ServiceLimits limits = new(0.25, 2 * alone);
        double tenth = Replica(s_alike, null, limits, 1).SaturationRequestsPerSecond / 10;
        SteadyOutcome outcome = Replica(s_alike, null, limits, tenth).Run(tenth, TestContext.Current.CancellationToken);
        Assert.Equal(1, outcome.WithinLimits);
        Assert.True(outcome.MeansMeet(limits));
    }

    [Fact]
    public void The_rate_that_holds_is_the_greatest_one()
    {
        double saturation = Replica(s_alike, null, s_none, 1).SaturationRequestsPerSecond;
        double half = Replica(s_alike, null, s_none, saturation / 2).Run(saturation / 2, TestContext.Current.CancellationToken).TimePerOutputToken.Mean;
        ServiceLimits limits = new(double.PositiveInfinity, half);
        SteadyReplica replica = Replica(s_alike, null, limits, saturation);
        Assert.False(replica.Run(saturation, TestContext.Current.CancellationToken).MeansMeet(limits));
        double found = replica.GreatestRate(saturation, 0.01, TestContext.Current.CancellationToken);
        Assert.InRange(found, saturation * 0.48, saturation * 0.52);
        Assert.True(replica.Run(found, TestContext.Current.CancellationToken).MeansMeet(limits));
        Assert.False(replica.Run(found * 1.02, TestContext.Current.CancellationToken).MeansMeet(limits));
    }

    [Fact]
    public void Limits_below_one_request_alone_hold_at_no_rate()
    {
        ServiceLimits limits = new(1e-6, 1);
        Assert.Equal(0, Replica(s_alike, null, limits, 5).GreatestRate(5, 0.02, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.75)]
    public void The_cache_holds_the_share_of_the_input_that_the_workload_states(double share)
    {
        LengthHistogram bins = Bins([300, 2000, 9000], [200, 100, 50], share);
        SteadyOutcome outcome = Replica(RequestLengths.FromHistogram(bins), bins, s_none, 2).Run(2, TestContext.Current.CancellationToken);
        Assert.Equal(0, outcome.Refused);
        Assert.Equal(share, outcome.CachedShare, 0.01);
    }

    [Fact]
    public void Requests_beyond_the_context_of_the_model_are_refused_and_are_not_within_limits()
    {
        int beyond = s_step.Deployment.Model.MaxContextTokens + 1;
        LengthHistogram bins = Bins([100, 200, 300, beyond], [50, 50, 50, 50], null);
        SteadyOutcome outcome = Replica(RequestLengths.FromHistogram(bins), bins, s_none, 1).Run(1, TestContext.Current.CancellationToken);
        Assert.InRange(outcome.Refused, outcome.Requests / 5, outcome.Requests * 3 / 10);
        Assert.Equal(1 - (double)outcome.Refused / outcome.Requests, outcome.WithinLimits, 1e-12);
    }

    [Fact]
    public void A_replica_that_takes_longer_to_fill_than_a_run_may_last_says_so()
    {
        Assert.True(Replica(s_alike, null, s_none, 10).IsFilled);
        RequestLengths longer = RequestLengths.FromMeans(16, 8000);
        Assert.False(new SteadyReplica(s_step, longer, null, s_none, 1000, 0.1, 0.05, 1).IsFilled);
    }

    [Fact]
    public void A_seed_fixes_the_run_to_the_last_bit()
    {
        LengthHistogram bins = Bins([300, 2000, 5000], [200, 100, 50], 0.4);
        SteadyOutcome One(ulong seed) => new SteadyReplica(s_step, RequestLengths.FromHistogram(bins), bins, s_none, 3, 0.1, 0.01, seed).Run(3, TestContext.Current.CancellationToken);
        Assert.Equal(One(1), One(1));
        Assert.NotEqual(One(1), One(2));
    }

    private static SteadyReplica Replica(RequestLengths lengths, LengthHistogram? bins, ServiceLimits limits, double rate) => new(s_step, lengths, bins, limits, rate, 0.05, 0.01, 1);

    private static LengthHistogram Bins(double[] input, double[] output, double? cachedShare) =>
        new("bins", "Bins", input, output, cachedShare, null, "made for the test", "", "");
}
