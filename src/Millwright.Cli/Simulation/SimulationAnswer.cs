using Millwright.Numerics;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>A simulation that ran: what, under which load, and what came of it.</summary>
/// <param name="Service">What was simulated.</param>
/// <param name="ServicePlan">Its fleets, with the caches that the load asked for.</param>
/// <param name="LoadKind">"trace", "rate", "concurrency" or "tasks".</param>
/// <param name="LoadText">The load in words.</param>
/// <param name="Run">What the replicas did.</param>
/// <param name="Report">The figures.</param>
/// <param name="UsdPerChipHour">Cost of a chip-hour, $; null where none was stated.</param>
/// <param name="CatalogHash">Hash of the catalog.</param>
internal sealed record SimulationAnswer(
    SimulatedService Service, ServicePlan ServicePlan, string LoadKind, string LoadText, FleetRun Run, SimulationReport Report, double? UsdPerChipHour, string CatalogHash)
{
    private const double SecondsPerHour = 3600;
    private const double Million = 1e6;

    /// <summary>Figures by class; empty where requests have none.</summary>
    public IReadOnlyList<ClassReport> Classes { get; init; } = [];

    /// <summary>Figures of tasks; null where the load was of requests.</summary>
    public TaskReport? Tasks { get; init; }

    /// <summary>Replicas that those simulated stand for; null where all are simulated.</summary>
    public int? AllReplicas { get; init; }

    /// <summary>What runs in the first fleet.</summary>
    public SimulatedDeployment Deployment => Service.Fleets[0].Deployment;

    /// <summary>How the first fleet is led.</summary>
    public FleetPlan Plan => ServicePlan.Fleets[0];

    /// <summary>Limits that count for goodput.</summary>
    public ServiceLimits Limits => Plan.Limits ?? ServiceLimits.None;

    /// <summary>Mean input tokens of a request.</summary>
    public double MeanInputTokens => Run.Requests.Count == 0 ? 0 : (double)Run.Requests.AllInputTokens / Run.Requests.Count;

    /// <summary>Mean output tokens of a request.</summary>
    public double MeanOutputTokens => Run.Requests.Count == 0 ? 0 : (double)Run.Requests.AllOutputTokens / Run.Requests.Count;

    /// <summary>Requests a second that came, or in a closed loop those that were finished, over those that saturate.</summary>
    public double SaturationShare => double.IsFinite(Report.OfferedOverSaturation)
        ? Report.OfferedOverSaturation
        : Report.RequestsPerSecond / Report.SaturationRequestsPerSecond;

    /// <summary>True when more came than the replicas take.</summary>
    public bool IsAboveSaturation => Report.OfferedOverSaturation > 1;

    /// <summary>True when limits for goodput were stated.</summary>
    public bool HasLimits => double.IsFinite(Limits.TimeToFirstTokenSeconds) || double.IsFinite(Limits.TimePerOutputTokenSeconds);

    /// <summary>Dollars for a million output tokens when all chips are paid for while they are there; null without a price or a token.</summary>
    public double? UsdPerMillionReserved => UsdOf(Report.PaidChipSeconds);

    /// <summary>Dollars for a million output tokens when only the time in steps is paid for.</summary>
    public double? UsdPerMillionUsed => UsdOf(Report.BusyChipSeconds);

    /// <summary>What the chips did: prompts, decoding, waiting.</summary>
    public IReadOnlyList<PhaseFigures> Phases
    {
        get
        {
            double prompts = 0;
            double decode = 0;
            foreach (PoolRun pool in Run.Pools)
            {
                int chips = pool.Plan.Clock.Step.Deployment.Layout.Chips;
                prompts += chips * Seconds(pool.Monitor.PromptSteps);
                decode += chips * Seconds(pool.Monitor.DecodeSteps);
            }

            double idle = Math.Max(0, Report.PaidChipSeconds - prompts - decode);
            return [Phase("prompts", prompts, Report.Joules.Prompts), Phase("decode", decode, Report.Joules.Decode), Phase("idle", idle, Report.Joules.Idle)];
        }
    }

    private double? UsdOf(double chipSeconds) => UsdPerChipHour is { } usd && Run.Monitor.FinishedOutputTokens > 0
        ? usd / SecondsPerHour * chipSeconds / Run.Monitor.FinishedOutputTokens * Million
        : null;

    private static PhaseFigures Phase(string name, double chipSeconds, double joules) => new(name, chipSeconds, joules, chipSeconds > 0 ? joules / chipSeconds : double.NaN);

    private static double Seconds(ReadOnlySpan<StepTally> tallies)
    {
        WideInteger sum = WideInteger.Zero;
        foreach (StepTally tally in tallies)
        {
            sum += tally.Picoseconds;
        }

        return SimulatedTime.ToSeconds(sum);
    }
}

/// <summary>What chips did in a phase.</summary>
/// <param name="Name">The phase.</param>
/// <param name="ChipSeconds">Its time, summed over chips, s.</param>
/// <param name="Joules">Energy of all chips, J.</param>
/// <param name="ChipWatts">Mean power of a chip, W; not a number where there was no such time.</param>
internal sealed record PhaseFigures(string Name, double ChipSeconds, double Joules, double ChipWatts);

/// <summary>A latency of a simulation.</summary>
/// <param name="Key">Its key in JSON.</param>
/// <param name="Name">Its name.</param>
/// <param name="Figures">Mean and percentiles.</param>
internal sealed record LatencyFigures(string Key, string Name, LatencySummary Figures);
