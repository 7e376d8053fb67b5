using System.Globalization;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Performance;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>A fleet of a simulation: what its replicas run, and how they are led.</summary>
/// <param name="Deployment">What its replicas run, or those that do the prompts.</param>
/// <param name="Decode">What the replicas run that go on with the prompts; null where one replica does all of a request.</param>
/// <param name="Plan">How they are led.</param>
internal sealed record SimulatedFleet(SimulatedDeployment Deployment, SimulatedDeployment? Decode, FleetPlan Plan)
{
    private const string DecodePrefix = "decode-";
    private const double DefaultTarget = 32;
    private const double DefaultIntervalSeconds = 15;
    private const double DefaultStartSeconds = 60;
    private const double DefaultWeightsBytesPerSecond = 2e9;
    private const double DefaultCalmSeconds = 300;
    private const double DefaultRepairSeconds = 600;

    // until the first byte of a cache comes: set-up of a transfer between two machines
    private const double TransferSeconds = 100e-6;

    private static readonly string[] s_layoutKeys = ["tp", "pp", "ep", "dp", "replicas", "chips", "profile"];
    private static readonly string[] s_scalingKeys = ["scale-target", "scale-every", "start-time", "weights-rate", "calm"];

    /// <summary>Keys of a fleet beside: what it runs and how it is led, not the load.</summary>
    public static IReadOnlyCollection<string> Keys { get; } = [.. SimulateKey.All.Select(static key => key.Name).Except(
    [
        "trace", "rate", "concurrency", "requests", "isl", "osl", "lengths", "duration", "arrivals", "workload", "sessions", "tasks", "task-rate", "task-concurrency", "gap", "reasoning-budget",
        "sandboxes", "core-hour", "classes", "seed", "ttft", "tpot", "chip-hour", "exact", "each-step", "threads", "find", "frontier", "percentile", "beside", "spill", "rate-over-time", "sample-replicas",
    ])];

    /// <summary>Reads a fleet.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="library">Operator grids.</param>
    /// <param name="calibration">Overheads and factors of engines.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <returns>The fleet.</returns>
    /// <exception cref="InputException">It is wrong, or cannot be.</exception>
    public static SimulatedFleet Of(SimulateInput input, CatalogData catalog, OperatorLibrary library, EngineCalibration calibration, ulong seed)
    {
        SimulatedDeployment deployment = SimulatedDeployment.Of(input, catalog, library, calibration);
        SimulatedDeployment? decode = null;
        if (input.Has(DecodePrefix + "replicas"))
        {
            decode = SimulatedDeployment.Of(input.Pool(DecodePrefix, s_layoutKeys), catalog, library, calibration);
        }
        else
        {
            foreach (string key in input.Given(SimulateKey.All.Select(static key => key.Name).Where(static name => name.StartsWith(DecodePrefix, StringComparison.Ordinal)).Append("transfer-link")))
            {
                throw input.Wrong(key, "says how decode replicas are, and --decode-replicas how many: it is missing");
            }
        }

        RouterKind router = RouterOf(input);
        FleetPlan plan = PlanOf(deployment, router, seed) with
        {
            Name = input.Text("name") ?? "",
            NetworkPicoseconds = Time(input, "network", 0),
            Scaling = ScalingOf(input, deployment),
            Failures = FailuresOf(input),
        };
        if (decode is null)
        {
            return new SimulatedFleet(deployment, null, plan);
        }

        if (plan.Failures is not null)
        {
            throw input.Wrong("mtbf", "failures of prefill and decode replicas apart are not simulated: leave out --mtbf, or --decode-replicas");
        }

        if (deployment.Engines > 1 || decode.Engines > 1)
        {
            throw input.Wrong("profile", "engines that step together are not simulated with prefill and decode apart: leave out --profile, or --decode-replicas");
        }

        return new SimulatedFleet(deployment, decode, plan with
        {
            Decode = PlanOf(decode, router == RouterKind.Prefix ? RouterKind.LeastLoaded : router, seed) with { Name = plan.Name },
            Link = LinkOf(input, deployment, decode),
        });
    }

    private static FleetPlan PlanOf(SimulatedDeployment deployment, RouterKind router, ulong seed) => new(deployment.MakeClock(), deployment.Policy, deployment.Replicas, router, seed)
    {
        Engines = deployment.Engines,
        Power = deployment.Times.Clock,
    };

    private static RouterKind RouterOf(SimulateInput input) => input.Word("router", "round-robin", "random", "least-loaded", "power-of-two", "session", "prefix", "kv") switch
    {
        "random" => RouterKind.Random,
        "least-loaded" => RouterKind.LeastLoaded,
        "power-of-two" => RouterKind.PowerOfTwo,
        "session" => RouterKind.Session,
        "prefix" => RouterKind.Prefix,
        "kv" => RouterKind.CacheAware,
        _ => RouterKind.RoundRobin,
    };

    private static ScalingRule? ScalingOf(SimulateInput input, SimulatedDeployment deployment)
    {
        if (input.Whole("scale-from") is not { } least)
        {
            foreach (string key in input.Given(s_scalingKeys))
            {
                throw input.Wrong(key, "says how replicas come with the load, and --scale-from how few there may be: it is missing");
            }

            return null;
        }

        if (least > deployment.Replicas)
        {
            throw input.Wrong("scale-from", string.Create(CultureInfo.InvariantCulture, $"{least} was found; there are at most {deployment.Replicas} replicas (--replicas or --chips)"));
        }

        double target = input.Number("scale-target") ?? DefaultTarget;
        if (target <= 0)
        {
            throw input.Wrong("scale-target", "more than 0 requests at a replica are wanted");
        }

        // chips read their parts of the weights side by side
        double weights = deployment.Step.Memory.WeightBytes / (input.Quantity("weights-rate", QuantityKind.Bandwidth) ?? DefaultWeightsBytesPerSecond);
        return new ScalingRule(
            least,
            target,
            Time(input, "scale-every", DefaultIntervalSeconds),
            Time(input, "start-time", DefaultStartSeconds) + SimulatedTime.FromSeconds(weights),
            Time(input, "calm", DefaultCalmSeconds));
    }

    private static FailureRule? FailuresOf(SimulateInput input)
    {
        if (input.Quantity("mtbf", QuantityKind.Duration) is { } between)
        {
            return new FailureRule(between, Time(input, "repair", DefaultRepairSeconds));
        }

        return input.Has("repair") ? throw input.Wrong("repair", "says how long a failed replica is away, and --mtbf how often one fails: it is missing") : null;
    }

    // the parts of a cache that lie on the chips of a rank go over the links of those chips at once, at the pace of the side with fewer
    private static HandOverLink LinkOf(SimulateInput input, SimulatedDeployment prefill, SimulatedDeployment decode)
    {
        double rate = input.Quantity("transfer-link", QuantityKind.Bandwidth) ?? Math.Min(prefill.Times.Peaks.ScaleOutBytesPerSecond, decode.Times.Peaks.ScaleOutBytesPerSecond);
        if (!(rate > 0))
        {
            throw input.Wrong("transfer-link", "the data sheet tells no network of a chip: state --transfer-link, such as \"50 GB/s\"");
        }

        int links = Math.Min(LinksOf(prefill), LinksOf(decode));
        double bytes = prefill.Policy.BlockBytes / prefill.Policy.BlockTokens;
        return new HandOverLink(bytes / (rate * links) * SimulatedTime.PerSecond, SimulatedTime.FromSeconds(TransferSeconds));
    }

    private static int LinksOf(SimulatedDeployment deployment) => deployment.Step.Deployment.Layout.TensorWays * deployment.Step.Deployment.Layout.PipelineStages;

    private static long Time(SimulateInput input, string key, double seconds) => SimulatedTime.FromSeconds(input.Quantity(key, QuantityKind.Duration) ?? seconds);
}
