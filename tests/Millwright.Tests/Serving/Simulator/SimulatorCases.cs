using CsCheck;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Simulator;
using Millwright.Simulation;
using Millwright.Tests.Performance;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Fleets and loads that the tests of the simulator share.</summary>
internal static class SimulatorCases
{
    public const int MaxContext = 4096;

    /// <summary>Llama-3.1-8B on one H100 in bf16 under vLLM.</summary>
    public static StepModel Llama { get; } = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);

    /// <summary>Rules of vLLM on it, which decides on a step when it begins.</summary>
    public static EnginePolicy Vllm { get; } = EnginePolicy.Of(Llama, MaxContext) with { Asynchronous = false };

    /// <summary>Small machines and odd rules, where requests meet at one time, wait, are set back and are refused.</summary>
    public static Gen<FleetPlan> AnyPlan { get; } =
        from step in StepCases.OneOf(
            Llama,
            StepCases.Step("gpt-oss-120b", "hgx-h200", new ParallelLayout(2), StepCases.Precisions[4]),
            StepCases.Step("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), StepCases.Fp8, EngineFamily.Sglang),
            StepCases.Step("llama-3.1-70b", "hgx-b200", new ParallelLayout(2, 2), StepCases.Fp8, EngineFamily.TensorRtLlm))
        from batching in StepCases.OneOf(BatchingKind.Mixed, BatchingKind.PromptsFirst, BatchingKind.Static)
        from tokens in Gen.Int[8, 600]
        from sequences in Gen.Int[1, 12]
        from block in StepCases.OneOf(1, 3, 16)
        from cache in Gen.Int[20, 1500]
        from whole in Gen.Bool
        from replicas in Gen.Int[1, 3]
        from router in StepCases.OneOf(RouterKind.RoundRobin, RouterKind.Random, RouterKind.LeastLoaded, RouterKind.PowerOfTwo)
        from concurrency in StepCases.OneOf<int?>(null, null, 1, 7)
        select new FleetPlan(new StepClock(step, sequences, MaxContext), new EnginePolicy(batching, Math.Max(tokens, sequences), sequences, block, 1 + cache / block, whole, MaxContext), replicas, router, 7)
        {
            Concurrency = concurrency,
        };

    /// <summary>Requests with gaps that are often 0 and lengths that often repeat.</summary>
    public static Gen<(long Gap, int Input, int Output)[]> AnyLoad { get; } =
        (from gap in StepCases.OneOf(0L, 0, 1, 1_000_000_000, 20_000_000_000, 300_000_000_000)
         from input in StepCases.OneOf(1, 5, 16, 17, 100, 700)
         from output in StepCases.OneOf(1, 1, 2, 16, 33, 150)
         select (gap, input, output)).Array[1, 60];

    public static FleetRun Run(FleetPlan plan, RequestTable requests) => FleetSimulator.Run(plan, requests, cancellation: TestContext.Current.CancellationToken);

    public static FleetRun Run(ServicePlan plan, RequestTable requests) => FleetSimulator.Run(plan, requests, cancellation: TestContext.Current.CancellationToken);

    public static RequestTable Table(IEnumerable<(long Gap, int Input, int Output)> load)
    {
        RequestTable table = new();
        long now = 0;
        foreach ((long gap, int input, int output) in load)
        {
            now += gap;
            table.Add(now, input, output);
        }

        return table;
    }

    /// <summary>Poisson arrivals of like requests.</summary>
    public static RequestTable Poisson(int requests, double ratePerSecond, int input, int output, ulong seed = 1)
    {
        RandomStream random = new(seed);
        RequestTable table = new();
        double now = 0;
        for (int i = 0; i < requests; i++)
        {
            now -= Math.Log(random.Uniform(3, i)) / ratePerSecond;
            table.Add(SimulatedTime.FromSeconds(now), input, output);
        }

        return table;
    }

    /// <summary>Holds two runs to the same times, counts and sums, to the last bit.</summary>
    public static void Same(FleetRun a, FleetRun b)
    {
        Assert.Equal(a.Requests.Status.ToArray(), b.Requests.Status.ToArray());
        Assert.Equal(a.Requests.ArrivalPicoseconds.ToArray(), b.Requests.ArrivalPicoseconds.ToArray());
        Assert.Equal(a.Requests.ScheduledPicoseconds.ToArray(), b.Requests.ScheduledPicoseconds.ToArray());
        Assert.Equal(a.Requests.FirstTokenPicoseconds.ToArray(), b.Requests.FirstTokenPicoseconds.ToArray());
        Assert.Equal(a.Requests.LastTokenPicoseconds.ToArray(), b.Requests.LastTokenPicoseconds.ToArray());
        Assert.Equal(a.Requests.Preemptions.ToArray(), b.Requests.Preemptions.ToArray());
        SameSums(a, b);
    }

    /// <summary>Holds what the replicas of two runs did to the same counts and sums.</summary>
    public static void SameSums(FleetRun a, FleetRun b)
    {
        (ReplicaMonitor one, ReplicaMonitor other) = (a.Monitor, b.Monitor);
        Assert.Equal(one.DecodeSteps.ToArray(), other.DecodeSteps.ToArray());
        Assert.Equal(one.PromptSteps.ToArray(), other.PromptSteps.ToArray());
        Assert.Equal(one.InterTokenLatency.Bins(), other.InterTokenLatency.Bins());
        Assert.Equal(
            (one.BusyPicoseconds, one.RunningPicoseconds, one.TokenPicoseconds, one.StepCount, one.MadeTokens, one.Preemptions),
            (other.BusyPicoseconds, other.RunningPicoseconds, other.TokenPicoseconds, other.StepCount, other.MadeTokens, other.Preemptions));
    }
}
