using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Performance;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>All fleets of a simulation, and the classes of its requests.</summary>
/// <param name="Fleets">The fleets.</param>
/// <param name="Classes">The classes; empty where all requests are alike.</param>
/// <param name="Plan">The fleets and the door to them.</param>
internal sealed record SimulatedService(IReadOnlyList<SimulatedFleet> Fleets, IReadOnlyList<RequestClass> Classes, ServicePlan Plan)
{
    // steps of all replicas that a timeline holds, some tens of megabytes, and of a replica at least
    private const int TimelineSteps = 200_000;
    private const int LeastSteps = 1000;

    /// <summary>Longest request that some fleet takes, tokens.</summary>
    public int MaxContextTokens => Fleets.Max(static fleet => fleet.Deployment.Policy.MaxContextTokens);

    /// <summary>Reads the fleets.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="outputs">Files that are asked for.</param>
    /// <returns>The fleets.</returns>
    /// <exception cref="InputException">They are wrong, or cannot be.</exception>
    public static SimulatedService Of(SimulateInput input, CatalogData catalog, ulong seed, IReadOnlyCollection<string> outputs)
    {
        CheckSample(input);
        OperatorLibrary library = ShippedOperators.Load();
        EngineCalibration calibration = ShippedCalibration.Load();
        List<SimulatedFleet> fleets = [SimulatedFleet.Of(input, catalog, library, calibration, seed)];
        foreach (string path in input.Paths("beside"))
        {
            fleets.Add(SimulatedFleet.Of(SimulateInput.OfFile(path, SimulatedFleet.Keys), catalog, library, calibration, seed));
        }

        if (fleets.Count > 1)
        {
            CheckNames(input, fleets);
        }

        IReadOnlyList<RequestClass> classes = RequestClasses.Read(input);
        ServiceLimits limits = new(
            input.Quantity("ttft", QuantityKind.Duration) ?? double.PositiveInfinity, input.Quantity("tpot", QuantityKind.Duration) ?? double.PositiveInfinity);
        IReadOnlyList<ServiceLimits> classLimits = [.. classes.Select(static one => one.Class.Limits)];
        int replicas = fleets.Sum(static fleet => fleet.Plan.Pools.Sum(static pool => pool.Replicas));
        FleetPlan[] plans = [.. fleets.Select(fleet => Shared(fleet.Plan))];
        return new SimulatedService(
            [.. fleets.Select((fleet, i) => fleet with { Plan = plans[i] })],
            classes,
            new ServicePlan(plans)
            {
                Concurrency = input.Whole("concurrency"),
                SpillOutstanding = input.Number("spill"),
                FleetsOfClass = [.. classes.Select(one => FleetsOf(input, one, fleets))],
            });

        FleetPlan Shared(FleetPlan plan) => plan with
        {
            Limits = limits,
            ClassLimits = classLimits,
            Concurrency = input.Whole("concurrency"),
            EachStep = input.Switch("each-step"),
            KeepsSeries = outputs.Contains("--html"),
            KeptSteps = outputs.Contains("--timeline") ? Math.Max(LeastSteps, TimelineSteps / replicas) : 0,
            Threads = input.Whole("threads") ?? Environment.ProcessorCount,
            Decode = plan.Decode is null ? null : Shared(plan.Decode),
        };
    }

    /// <summary>All replicas of a fleet of which only some are simulated.</summary>
    public static int AllReplicas(SimulateInput input, ServicePlan plan) => SimulatedDeployment.ReplicasOf(input, plan.Fleets[0].Clock.Step.Deployment.Layout);

    private static void CheckSample(SimulateInput input)
    {
        if (input.Has("sample-replicas"))
        {
            foreach (string key in input.Given(["concurrency", "beside", "decode-replicas", "scale-from", "mtbf"]))
            {
                throw input.Wrong("sample-replicas", $"some replicas stand for all where all are alike and stay, under an open load: leave out --{key}");
            }
        }
    }

    private static void CheckNames(SimulateInput input, List<SimulatedFleet> fleets)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SimulatedFleet fleet in fleets)
        {
            if (fleet.Plan.Name.Length == 0 || !names.Add(fleet.Plan.Name))
            {
                throw input.Wrong("beside", $"each of several fleets has a name of its own: {(fleet.Plan.Name.Length == 0 ? $"one of {fleet.Deployment.Name} has none (--name, or name: in its file)" : $"\"{fleet.Plan.Name}\" stands twice")}");
            }
        }
    }

    private static IReadOnlyList<int> FleetsOf(SimulateInput input, RequestClass one, List<SimulatedFleet> fleets) =>
    [
        .. one.Fleets.Select(name => fleets.FindIndex(fleet => fleet.Plan.Name == name) is >= 0 and int found
            ? found
            : throw input.Wrong("classes", $"there is no fleet \"{name}\"{Spelling.Hint(name, [.. fleets.Select(static fleet => fleet.Plan.Name)])}")),
    ];
}
