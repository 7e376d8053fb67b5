using System.Globalization;
using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Performance.Profiles;
using Millwright.Serving.Simulator;
using Millwright.Tests.Performance;
using Millwright.Tests.Performance.Profiles;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>A measured run of vLLM, request by request (Serving/Data/README.md): errors that only may shrink, beside the goals.</summary>
public sealed class MeasuredRunTests(ITestOutputHelper output)
{
    private static readonly MeasuredRequest[] s_run = Read();

    [Fact]
    public void With_layer_timings_the_run_is_met()
    {
        // goals: 4, 1 and 1.8 %; reached with these rows of the timings: 3.8, 0.1 and 1.1 %
        StepModel step = Step();
        ProfileSteps profile = new(ProfileText.Llama(), step, 128, ahead: true);
        Holds(Compare(step, profile), ttft: 0.039, tpot: 0.0015, endToEnd: 0.012);
    }

    [Fact]
    public void Without_tables_the_run_is_met() =>
        // goals: 12, 2.5 and 5 %; reached: 4.7, 1.1 and 2.0 %
        Holds(Compare(Step(), null), ttft: 0.048, tpot: 0.012, endToEnd: 0.021);

    [Fact]
    public void A_decision_one_step_ahead_is_part_of_the_first_tokens_time()
    {
        // without it, the first token of requests that wait for nobody comes too soon
        StepModel step = Step();
        ProfileSteps profile = new(ProfileText.Llama(), step, 128, ahead: true);
        double ahead = Unqueued(Run(step, profile, ahead: true));
        double behind = Unqueued(Run(step, profile, ahead: false));
        double measured = s_run.Where(IsUnqueued).Average(static r => r.FirstTokenSeconds - r.ArrivalSeconds);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first token of requests without a queue: measured {measured:0.0000} s, ahead {ahead:0.0000} s, not ahead {behind:0.0000} s"));
        Assert.True(Math.Abs(ahead - measured) < Math.Abs(behind - measured));
    }

    private static bool IsUnqueued(MeasuredRequest request) => request.ScheduledSeconds - request.ArrivalSeconds < 1e-3;

    private static double Unqueued(RequestTable table) =>
        Enumerable.Range(0, table.Count).Where(i => IsUnqueued(s_run[i])).Average(i => (table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i]) / 1e12);

    private static StepModel Step() => StepCases.Step("llama-3.1-8b", "rtx-pro-6000-server", new ParallelLayout(), StepCases.Bf16)
        .With(ShippedCalibration.Load().FactorsOf(EngineFamily.Vllm, "rtx-pro-6000-server"));

    private IReadOnlyList<LatencyComparison> Compare(StepModel step, ProfileSteps? profile)
    {
        IReadOnlyList<LatencyComparison> all = RequestComparison.Of(s_run, Run(step, profile, ahead: true));
        foreach (LatencyComparison one in all)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{one.Name}: measured {one.MeasuredSeconds:0.00000} s, simulated {one.SimulatedSeconds:0.00000} s, error {one.Error:+0.0%;-0.0%}, per request {one.MedianError:0.0%} / {one.NinetiethError:0.0%}"));
        }

        return all;
    }

    private static RequestTable Run(StepModel step, ProfileSteps? profile, bool ahead)
    {
        EnginePolicy policy = EnginePolicy.Of(step, 8192) with { MaxBatchedTokens = 2048, MaxSequences = 128, Asynchronous = ahead, RequestPicoseconds = 0, RequestPicosecondsPerToken = 0 };
        RequestTable table = RequestComparison.TableOf(s_run);
        SimulatorCases.Run(new FleetPlan(new StepClock(step, 128, 8192, profile, ahead: true), policy), table);
        return table;
    }

    private static void Holds(IReadOnlyList<LatencyComparison> all, double ttft, double tpot, double endToEnd)
    {
        Assert.Equal(["queueing", "ttft", "tpot", "e2e"], all.Select(static l => l.Name));
        Assert.InRange(Math.Abs(all[1].Error), 0, ttft);
        Assert.InRange(Math.Abs(all[2].Error), 0, tpot);
        Assert.InRange(Math.Abs(all[3].Error), 0, endToEnd);
    }

    private static MeasuredRequest[] Read()
    {
        using StreamReader reader = new(typeof(MeasuredRunTests).Assembly.GetManifestResourceStream("profile/requests.csv")!);
        List<MeasuredRequest> requests = [];
        reader.ReadLine();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            double[] cells = [.. line.Split(',').Select(static c => double.Parse(c, CultureInfo.InvariantCulture))];
            requests.Add(new MeasuredRequest((int)cells[1], (int)cells[2], cells[3], cells[4], cells[5], cells[6]));
        }

        return [.. requests];
    }
}
