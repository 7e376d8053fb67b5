using CsCheck;
using Millwright.Performance;
using Millwright.Performance.Profiles;
using Millwright.Serving.Simulator;
using Millwright.Tests.Performance.Profiles;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Engines that decide on a step while the one before runs, and engines that step together.</summary>
public sealed class AheadTests
{
    private const long Step = (32 * 8 + 2) * 2_000_000L + 2 * 100_000_000L + 32 * 7_000_000L;

    // every step, of whatever, takes the same time
    private static FleetPlan Even(int sequences, bool ahead)
    {
        ProfileSteps profile = new(ProfileText.Read(ProfileText.Constant(2, 100, 7)), SimulatorCases.Llama, sequences, ahead: true);
        EnginePolicy policy = new(BatchingKind.Mixed, 2048, sequences, 16, 1 << 20, false, 4096) { Asynchronous = ahead };
        return new FleetPlan(new StepClock(SimulatorCases.Llama, sequences, 4096, profile, ahead: true), policy);
    }

    [Fact]
    public void An_idle_engine_starts_at_once()
    {
        RequestTable table = new();
        table.Add(5, 100, 3);
        FleetSimulator.Run(Even(4, ahead: true), table, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([5], table.ScheduledPicoseconds.ToArray());
        Assert.Equal([5 + Step], table.FirstTokenPicoseconds.ToArray());
        Assert.Equal([5 + 3 * Step], table.LastTokenPicoseconds.ToArray());
    }

    [Fact]
    public void A_request_that_comes_during_a_step_joins_the_second_one_after_it()
    {
        RequestTable ahead = new();
        ahead.Add(0, 100, 10);
        ahead.Add(Step + 1, 100, 10);
        FleetSimulator.Run(Even(4, ahead: true), ahead, cancellation: TestContext.Current.CancellationToken);

        // it comes in the second step; the third is decided on already; it is scheduled when the third begins, and runs in the fourth
        Assert.Equal(2 * Step, ahead.ScheduledPicoseconds[1]);
        Assert.Equal(4 * Step, ahead.FirstTokenPicoseconds[1]);

        RequestTable behind = new();
        behind.Add(0, 100, 10);
        behind.Add(Step + 1, 100, 10);
        FleetSimulator.Run(Even(4, ahead: false), behind, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(3 * Step, behind.FirstTokenPicoseconds[1]);
    }

    [Fact]
    public void The_place_of_a_request_that_ends_is_free_one_step_later()
    {
        RequestTable table = new();
        table.Add(0, 100, 3);
        table.Add(0, 100, 6);
        table.Add(0, 100, 1);
        FleetSimulator.Run(Even(2, ahead: true), table, cancellation: TestContext.Current.CancellationToken);

        // the first ends after three steps; the fourth was decided on before that; the waiting one runs in the fifth
        Assert.Equal(3 * Step, table.LastTokenPicoseconds[0]);
        Assert.Equal(3 * Step, table.ScheduledPicoseconds[2]);
        Assert.Equal(5 * Step, table.FirstTokenPicoseconds[2]);
    }

    [Fact]
    public void Leaping_and_stepping_agree_bit_for_bit() =>
        Gen.Select(SimulatorCases.AnyPlan, SimulatorCases.AnyLoad, Gen.Bool).Holds(
            (plan, load, profiled) =>
            {
                EnginePolicy policy = plan.Policy with { Asynchronous = true };
                StepClock clock = profiled
                    ? new StepClock(SimulatorCases.Llama, policy.MaxSequences, SimulatorCases.MaxContext, new ProfileSteps(ProfileText.Llama(), SimulatorCases.Llama, policy.MaxSequences, ahead: true), ahead: true)
                    : plan.Clock;
                FleetPlan ahead = plan with { Policy = policy, Clock = clock };
                RequestTable leaped = SimulatorCases.Table(load);
                RequestTable stepped = SimulatorCases.Table(load);
                FleetRun a = SimulatorCases.Run(ahead, leaped);
                FleetRun b = SimulatorCases.Run(ahead with { EachStep = true }, stepped);
                SimulatorCases.Same(a, b);
                Assert.Equal(load.Length, a.Monitor.Finished + a.Monitor.Refused);
            },
            iter: 600);

    [Fact]
    public void Engines_that_step_together_finish_all_requests_and_step_at_the_same_times() =>
        Gen.Select(SimulatorCases.AnyLoad, Gen.Int[2, 4], Gen.Bool).Holds(
            (load, engines, ahead) =>
            {
                FleetPlan plan = Even(3, ahead) with { Engines = engines };
                RequestTable table = SimulatorCases.Table(load);
                FleetRun run = SimulatorCases.Run(plan, table);
                Assert.Equal(load.Length, run.Monitor.Finished);
                Assert.Equal(load.Sum(static l => (long)l.Output), run.Monitor.MadeTokens);

                // each token of a request takes one step, whatever the others do
                for (int i = 0; i < load.Length; i++)
                {
                    Assert.Equal((load[i].Output - 1) * Step, table.LastTokenPicoseconds[i] - table.FirstTokenPicoseconds[i]);
                }
            },
            iter: 300);

    [Fact]
    public void Two_engines_share_requests_that_come_together()
    {
        RequestTable table = new();
        for (int i = 0; i < 4; i++)
        {
            table.Add(0, 100, 5);
        }

        FleetSimulator.Run(Even(2, ahead: true) with { Engines = 2 }, table, cancellation: TestContext.Current.CancellationToken);
        Assert.All(table.FirstTokenPicoseconds.ToArray(), time => Assert.Equal(Step, time));
        Assert.All(table.LastTokenPicoseconds.ToArray(), time => Assert.Equal(5 * Step, time));
    }
}
