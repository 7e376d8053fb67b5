using CsCheck;
using Millwright.Numerics;
using Millwright.Serving.Simulator;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Sums of steps against each step by itself: the same to the last picosecond, whatever ties, waits, is set back or refused.</summary>
public sealed class LeapTests
{
    [Fact]
    public void Leaping_and_stepping_agree_bit_for_bit() =>
        Gen.Select(SimulatorCases.AnyPlan, SimulatorCases.AnyLoad).Holds(
            (plan, load) =>
            {
                FleetRun leaped = SimulatorCases.Run(plan, SimulatorCases.Table(load));
                FleetRun stepped = SimulatorCases.Run(plan with { EachStep = true }, SimulatorCases.Table(load));
                SimulatorCases.Same(leaped, stepped);
                Closed(leaped, load);
            },
            iter: 3000);

    [Fact]
    public void Threads_change_nothing() =>
        Gen.Select(SimulatorCases.AnyPlan, SimulatorCases.AnyLoad).Holds(
            (plan, load) =>
            {
                FleetRun one = SimulatorCases.Run(plan, SimulatorCases.Table(load));
                FleetRun many = SimulatorCases.Run(plan with { Threads = 4 }, SimulatorCases.Table(load));
                SimulatorCases.Same(one, many);
            },
            iter: 300);

    // nothing is lost: requests, tokens, blocks, time
    private static void Closed(FleetRun run, (long Gap, int Input, int Output)[] load)
    {
        ReplicaMonitor all = run.Monitor;
        Assert.Equal(load.Length, all.Finished + all.Refused);

        // without limits each is good that is finished
        Assert.Equal(all.Finished, all.Good);
        long input = 0, output = 0;
        WideInteger running = WideInteger.Zero;
        for (int i = 0; i < load.Length; i++)
        {
            if (run.Requests.Status[i] != RequestStatus.Finished)
            {
                Assert.Equal(RequestStatus.Refused, run.Requests.Status[i]);
                continue;
            }

            input += load[i].Input;
            output += load[i].Output;
            Assert.True(run.Requests.ArrivalPicoseconds[i] <= run.Requests.ScheduledPicoseconds[i]);
            Assert.True(run.Requests.ScheduledPicoseconds[i] < run.Requests.FirstTokenPicoseconds[i]);
            Assert.True(run.Requests.FirstTokenPicoseconds[i] <= run.Requests.LastTokenPicoseconds[i]);
            Assert.Equal(load[i].Output > 1, run.Requests.FirstTokenPicoseconds[i] < run.Requests.LastTokenPicoseconds[i]);
            running += run.Requests.LastTokenPicoseconds[i] - run.Requests.ScheduledPicoseconds[i];
        }

        // each output token is made once, however often a request is set back; prompts are computed again
        Assert.Equal(output, all.MadeTokens);
        Assert.Equal((input, output), (all.FinishedInputTokens, all.FinishedOutputTokens));
        Assert.True(all.Preemptions == 0 ? all.PromptTokens == input : all.PromptTokens > input);

        // Little's law, exactly: running requests x time are the times of the requests; those that are set back wait in between
        if (all.Preemptions == 0)
        {
            Assert.Equal(running, all.RunningPicoseconds);
        }
    }
}
