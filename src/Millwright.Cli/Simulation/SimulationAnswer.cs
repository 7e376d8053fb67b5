using Millwright.Numerics;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>A simulation that ran: what, under which load, and what came of it.</summary>
/// <param name="Deployment">What was simulated.</param>
/// <param name="Load">Its load.</param>
/// <param name="Plan">Its replicas and their router.</param>
/// <param name="Run">What they did.</param>
/// <param name="Report">The figures.</param>
/// <param name="UsdPerChipHour">Cost of a chip-hour, $; null where none was stated.</param>
/// <param name="CatalogHash">Hash of the catalog.</param>
internal sealed record SimulationAnswer(
    SimulatedDeployment Deployment, SimulatedLoad Load, FleetPlan Plan, FleetRun Run, SimulationReport Report, double? UsdPerChipHour, string CatalogHash)
{
    private const double SecondsPerHour = 3600;
    private const double Million = 1e6;

    /// <summary>Limits that count for goodput.</summary>
    public ServiceLimits Limits => Plan.Limits ?? new ServiceLimits(double.PositiveInfinity);

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

    /// <summary>Dollars for a million output tokens when all chips are paid for all of the time; null without a price or a token.</summary>
    public double? UsdPerMillionReserved => UsdPerChipHour is { } usd && Report.OutputTokensPerSecond > 0
        ? usd / SecondsPerHour * Report.Chips / Report.OutputTokensPerSecond * Million
        : null;

    /// <summary>Dollars for a million output tokens when only the time in steps is paid for.</summary>
    public double? UsdPerMillionUsed => UsdPerMillionReserved * Report.Utilisation;

    /// <summary>What the chips did: prompts, decoding, waiting.</summary>
    public IReadOnlyList<PhaseFigures> Phases
    {
        get
        {
            double prompts = Seconds(Run.Monitor.PromptSteps);
            double decode = Seconds(Run.Monitor.DecodeSteps);
            double idle = Math.Max(0, Report.Seconds * Plan.Replicas - prompts - decode);
            return [Phase("prompts", prompts, Report.Joules.Prompts), Phase("decode", decode, Report.Joules.Decode), Phase("idle", idle, Report.Joules.Idle)];
        }
    }

    private PhaseFigures Phase(string name, double replicaSeconds, double joules) =>
        new(name, replicaSeconds, joules, replicaSeconds > 0 ? joules / replicaSeconds / Deployment.Step.Deployment.Layout.Chips : double.NaN);

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
/// <param name="ReplicaSeconds">Its time, summed over replicas, s.</param>
/// <param name="Joules">Energy of all chips, J.</param>
/// <param name="ChipWatts">Mean power of a chip, W; not a number where there was no such time.</param>
internal sealed record PhaseFigures(string Name, double ReplicaSeconds, double Joules, double ChipWatts);

/// <summary>A latency of a simulation.</summary>
/// <param name="Key">Its key in JSON.</param>
/// <param name="Name">Its name.</param>
/// <param name="Figures">Mean and percentiles.</param>
internal sealed record LatencyFigures(string Key, string Name, LatencySummary Figures);
