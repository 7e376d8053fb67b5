using Millwright.Catalog;
using Millwright.Quantities;

namespace Millwright.Planning;

/// <summary>A figure of a finished plan.</summary>
/// <param name="Name">Name, such as "capex.per_gw".</param>
/// <param name="Value">The value, or null with a reason.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Low">Tenth percentile over the draws, or null.</param>
/// <param name="High">Ninetieth percentile over the draws, or null.</param>
/// <param name="Evidence">The weakest evidence among the inputs that move it.</param>
/// <param name="Basis">Power basis, if any.</param>
/// <param name="Reason">Why there is no value, or what a reader should know.</param>
public sealed record PlanFigure(string Name, double? Value, string Unit, double? Low, double? High, Evidence Evidence, PowerBasis? Basis, string? Reason)
{
    /// <summary>Median over the draws, or null where there is no range. The planned value is the one at the inputs' medians, which is not the same.</summary>
    public double? Median { get; init; }
}

/// <summary>A series of a finished plan, such as cash flow by month.</summary>
/// <param name="Name">Name, such as "finance.cash_flow_equity".</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="XName">What runs along: "month" or "year".</param>
/// <param name="X">Places along it, from the start of construction.</param>
/// <param name="Y">Values.</param>
public sealed record PlanSeries(string Name, string Unit, string XName, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>A check that the plan made on itself.</summary>
/// <param name="Name">Name, such as "sources equal uses".</param>
/// <param name="Ok">True when it holds.</param>
/// <param name="Detail">The figures compared.</param>
public sealed record PlanCheck(string Name, bool Ok, string Detail);

/// <summary>A dated outside figure beside one of ours.</summary>
/// <param name="Figure">Name of our figure.</param>
/// <param name="Label">Whose figure it is, in few words.</param>
/// <param name="Value">Its value in the unit of ours.</param>
/// <param name="Date">Its date.</param>
/// <param name="Source">Its source.</param>
/// <param name="CatalogId">Id of its row.</param>
/// <param name="OutsideMarket">True when ours is more than twice it or less than half.</param>
public sealed record MarketAnchor(string Figure, string Label, double Value, string Date, string Source, string CatalogId, bool OutsideMarket);

/// <summary>An input and how far it moves a figure.</summary>
/// <param name="Input">Name of the input figure.</param>
/// <param name="Low">Value of the moved figure with the input at its p10.</param>
/// <param name="High">Value of the moved figure with the input at its p90.</param>
/// <param name="AssumedRange">True when the input has no range of its own and plus or minus 10 % was used.</param>
public sealed record Swing(string Input, double Low, double High, bool AssumedRange);

/// <summary>What one workload gets and makes.</summary>
/// <param name="Name">Name of the workload.</param>
/// <param name="Model">Model id.</param>
/// <param name="ChipShare">Share of the chips it gets at full power.</param>
/// <param name="OutputTokensPerSecond">Output tokens sold per second, mean.</param>
/// <param name="TimeToFirstTokenSeconds">Time to first token, s.</param>
/// <param name="TimePerOutputTokenSeconds">Time per output token, s.</param>
/// <param name="CostPerMillionUncachedInput">Cost, USD per million uncached input tokens.</param>
/// <param name="CostPerMillionCachedInput">Cost, USD per million cached input tokens.</param>
/// <param name="CostPerMillionOutput">Cost, USD per million output tokens.</param>
/// <param name="PricePerMillionUncachedInput">Price, USD per million uncached input tokens.</param>
/// <param name="PricePerMillionCachedInput">Price, USD per million cached input tokens.</param>
/// <param name="PricePerMillionOutput">Price, USD per million output tokens.</param>
/// <param name="BoundBy">What stops it from making more: "demand", "chips", "power", "memory" or a reason why it cannot be served.</param>
public sealed record PlanWorkload(
    string Name,
    string Model,
    double ChipShare,
    double OutputTokensPerSecond,
    double TimeToFirstTokenSeconds,
    double TimePerOutputTokenSeconds,
    double CostPerMillionUncachedInput,
    double CostPerMillionCachedInput,
    double CostPerMillionOutput,
    double PricePerMillionUncachedInput,
    double PricePerMillionCachedInput,
    double PricePerMillionOutput,
    string BoundBy);

/// <summary>A finished plan: an immutable tree of results. Reports only show it.</summary>
public sealed record Plan
{
    /// <summary>The scenario planned.</summary>
    public required ScenarioInput Scenario { get; init; }

    /// <summary>Hash of the catalog.</summary>
    public required string CatalogHash { get; init; }

    /// <summary>Name and version of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>Number of draws behind the ranges.</summary>
    public required int Draws { get; init; }

    /// <summary>Every figure, in the order of the chain.</summary>
    public required IReadOnlyList<PlanFigure> Figures { get; init; }

    /// <summary>Series over months and years.</summary>
    public required IReadOnlyList<PlanSeries> Series { get; init; }

    /// <summary>Checks on the plan itself.</summary>
    public required IReadOnlyList<PlanCheck> Checks { get; init; }

    /// <summary>Outside figures beside ours.</summary>
    public required IReadOnlyList<MarketAnchor> Anchors { get; init; }

    /// <summary>Workloads in the order of the scenario.</summary>
    public required IReadOnlyList<PlanWorkload> Workloads { get; init; }

    /// <summary>What a simulation says of each workload's deployment, in the order of the workloads; empty where none was asked for.</summary>
    public IReadOnlyList<WorkloadConfirmation> Confirmations { get; init; } = [];

    /// <summary>What moves the project's internal rate of return, greatest first.</summary>
    public required IReadOnlyList<Swing> Swings { get; init; }

    /// <summary>Nodes behind the figures, by place.</summary>
    public required IReadOnlyList<FigureNode> Nodes { get; init; }

    /// <summary>The figure with this name.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <returns>The figure, or null when the plan has none of that name.</returns>
    public PlanFigure? Find(string name) => Figures.FirstOrDefault(f => f.Name == name);
}
