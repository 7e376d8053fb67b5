using BenchmarkDotNet.Attributes;

namespace Millwright.Benchmarks;

/// <summary>Times of the operations: <c>dotnet run -c Release --project benchmarks/Millwright.Benchmarks -- times</c>.</summary>
[MemoryDiagnoser]
public class SpeedBenchmarks
{
    private readonly Operations _operations = new();

    [Benchmark]
    public object CatalogLoad() => _operations.CatalogLoad();

    [Benchmark]
    public object ScenarioReading() => _operations.ScenarioReading();

    [Benchmark]
    public object PlanWarm() => _operations.PlanWarm();

    [Benchmark]
    public object PlanFresh() => _operations.PlanFresh();

    [Benchmark]
    public object PlanWithDraws() => _operations.PlanWithDraws();

    /// <summary>Goal: 10 ms, which is 1,000,000 requests a second.</summary>
    [Benchmark(Description = "10,000 requests simulated")]
    public object Simulation() => _operations.Simulation();

    [Benchmark]
    public object ServingPoint() => _operations.ServingPoint();

    /// <summary>The deployment of Llama-3.1-70B on 8 H200, over the whole space.</summary>
    [Benchmark(Description = "configure, 8 H200")]
    public object ConfigureLlama() => _operations.ConfigureLlama();

    /// <summary>The deployment of DeepSeek-V3 on 64 GB200, over the whole space.</summary>
    [Benchmark(Description = "configure, 64 GB200")]
    public object ConfigureDeepSeek() => _operations.ConfigureDeepSeek();

    /// <summary>One step, summed over its operators. Goal: 5 us, which is 200,000 a second.</summary>
    [Benchmark(Description = "step time", OperationsPerInvoke = Operations.StepCalls)]
    public object StepTimes() => _operations.StepTimes();

    /// <summary>One step, looked up. Goal: 100 ns, which is 10,000,000 a second, and 0 bytes.</summary>
    [Benchmark(Description = "step cost, look-up", OperationsPerInvoke = Operations.StepCalls)]
    public object StepCostLookUps() => _operations.StepCostLookUps();

    [Benchmark]
    public object StepCostCompiled() => _operations.StepCostCompiled();

    /// <summary>One deployment. Goal: 5 ms.</summary>
    [Benchmark]
    public object DeploymentCompiled() => _operations.DeploymentCompiled();

    [Benchmark]
    public object RunPredicted() => _operations.RunPredicted();

    [Benchmark]
    public object ProjectFinanceCase() => _operations.ProjectFinanceCase();

    [Benchmark]
    public object HtmlReport() => _operations.HtmlReport();
}
