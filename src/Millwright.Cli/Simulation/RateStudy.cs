using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Rates that were looked for: the one that saturates, the one that meets the limits, and the ladder up to saturation.</summary>
/// <param name="Fleet">What was simulated.</param>
/// <param name="Load">Its requests.</param>
/// <param name="Plan">Its replicas and their router.</param>
/// <param name="Limits">Limits that a request is to meet.</param>
/// <param name="Percentile">Share of the requests that are to meet them.</param>
/// <param name="MeanSaturation">Rate of the fullest batches in the mean, without bursts, 1/s.</param>
/// <param name="Saturation">Greatest rate at which the backlog does not grow.</param>
/// <param name="Found">Greatest rate that meets the limits; null where it was not asked for.</param>
/// <param name="AtFound">What came at that rate; null without one.</param>
/// <param name="AtBeyond">What came at the rate beyond it; null without one.</param>
/// <param name="Frontier">The ladder; empty where it was not asked for.</param>
/// <param name="UsdPerChipHour">Cost of a chip-hour, $; null where none was stated.</param>
/// <param name="CatalogHash">Hash of the catalog.</param>
internal sealed record RateStudy(
    SimulatedFleet Fleet,
    LoadPattern Load,
    FleetPlan Plan,
    ServiceLimits Limits,
    double Percentile,
    double MeanSaturation,
    FoundRate Saturation,
    FoundRate? Found,
    RateOutcome? AtFound,
    RateOutcome? AtBeyond,
    IReadOnlyList<FrontierPoint> Frontier,
    double? UsdPerChipHour,
    string CatalogHash)
{
    private const double SecondsPerHour = 3600;
    private const double Million = 1e6;

    /// <summary>What its replicas run.</summary>
    public SimulatedDeployment Deployment => Fleet.Deployment;

    /// <summary>True when limits were stated.</summary>
    public bool HasLimits => double.IsFinite(Limits.TimeToFirstTokenSeconds) || double.IsFinite(Limits.TimePerOutputTokenSeconds);

    /// <summary>Dollars for a million output tokens when all chips are paid for all of the time; null without a price or a token.</summary>
    public double? UsdPerMillion(SimulationReport report) => UsdPerChipHour is { } usd && report.OutputTokensPerSecond > 0
        ? usd / SecondsPerHour * report.Chips / report.OutputTokensPerSecond * Million
        : null;
}
