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

    [Benchmark]
    public object ServingPoint() => _operations.ServingPoint();

    /// <summary>The deployment of Llama-3.1-70B on 8 H200, over the whole space.</summary>
    [Benchmark(Description = "configure, 8 H200")]
    public object ConfigureLlama() => _operations.ConfigureLlama();

    /// <summary>The deployment of DeepSeek-V3 on 64 GB200, over the whole space.</summary>
    [Benchmark(Description = "configure, 64 GB200")]
    public object ConfigureDeepSeek() => _operations.ConfigureDeepSeek();

    [Benchmark]
    public object ProjectFinanceCase() => _operations.ProjectFinanceCase();

    [Benchmark]
    public object HtmlReport() => _operations.HtmlReport();
}
