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

    [Benchmark]
    public object ProjectFinanceCase() => _operations.ProjectFinanceCase();

    [Benchmark]
    public object HtmlReport() => _operations.HtmlReport();
}
