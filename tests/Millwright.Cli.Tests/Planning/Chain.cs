using System.Collections.Concurrent;
using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;
using Millwright.Serving.Search;
using Millwright.Studies;

namespace Millwright.Cli.Tests.Planning;

/// <summary>The whole chain for the tests: the shipped catalog, the ready scenarios, and plans that several tests share.</summary>
internal static class Chain
{
    /// <summary>The chain sized from a stated demand.</summary>
    public static readonly string[] FromDemand =
    [
        "site.power=auto", "workloads.chat.demand=100000 tasks/s", "workloads.reasoning.demand=20000 tasks/s", "workloads.research.demand=2000 tasks/s",
        "workloads.browser-agent.demand=300 tasks/s", "workloads.coding-agent.demand=50 tasks/s",
    ];

    public static readonly string[] Tokens = ["revenue.mode=tokens"];

    private static readonly Lazy<CatalogData> Loaded = new(ShippedCatalog.Load);
    private static readonly ConcurrentDictionary<string, Lazy<Plan>> Plans = new(StringComparer.Ordinal);

    public static CatalogData Catalog => Loaded.Value;

    /// <summary>The search over the shipped grids.</summary>
    public static DeploymentSearch Search { get; } = new(ShippedOperators.Load(), ShippedCalibration.Load());

    /// <summary>Names of the ready scenarios.</summary>
    public static IEnumerable<string> Ready =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "scenarios"), "*.yaml").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static ScenarioInput Scenario(string name, params string[] changes) =>
        ScenarioReader.Read(Path.Combine(Repository.Root, "scenarios", name + ".yaml"), Catalog, changes);

    /// <summary>A scenario of nothing but defaults.</summary>
    public static ScenarioInput Empty(params string[] changes) => ScenarioReader.ReadText("name: empty\n", "empty.yaml", Catalog, changes);

    public static PlanRun Run(ScenarioInput scenario, InputSampler? sampler = null) =>
        new Planner(scenario, Catalog, Search).Run(sampler ?? Mid, recording: true);

    public static PlanRun Run(string name, params string[] changes) => Run(Scenario(name, changes));

    public static double Mid(string name, UncertainValue value) => value.Distribution.Mid;

    /// <summary>A plan with its 256 draws; made once.</summary>
    public static Plan Study(string name, params string[] changes) => Plans.GetOrAdd(
        name + " " + string.Join(' ', changes), _ => new(() => PlanStudy.Make(new Planner(Scenario(name, changes), Catalog, Search), "tests"))).Value;

    public static double Value(this PlanRun run, string figure) => run.Book.Find(figure)?.Value ?? throw new KeyNotFoundException(figure);

    public static string? Reason(this PlanRun run, string figure) => (run.Book.Find(figure) ?? throw new KeyNotFoundException(figure)).Reason;

    /// <summary>Every check of the run on itself holds, and every figure that is missing says why.</summary>
    public static void AssertSound(this PlanRun run)
    {
        Assert.NotEmpty(run.Checks);
        Assert.All(run.Checks, static check => Assert.True(check.Ok, $"{check.Name}: {check.Detail}"));
    }

    /// <summary>The same bits, where no value equals no value.</summary>
    public static bool SameBits(double a, double b) => double.IsNaN(a) ? double.IsNaN(b) : BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
}
