namespace Millwright.Catalog;

/// <summary>One figure of the world with its provenance: a value, a range, a unit, a source, a date and the kind of evidence.</summary>
/// <param name="Id">Id, unique within its collection, kept from the table it came from.</param>
/// <param name="Collection">The table: "facility", "energy", "finance", "cost-per-gw", "deals", "rental-prices" and so on.</param>
/// <param name="Category">Group inside the table.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Scope">For what, whom or where it holds.</param>
/// <param name="Unit">Unit as written in the table, such as "USD_M/MW_IT" or "percent/yr".</param>
/// <param name="Low">Tenth percentile, or null.</param>
/// <param name="Mid">Median, or null where only a bound is known.</param>
/// <param name="High">Ninetieth percentile, or null.</param>
/// <param name="Evidence">What stands behind it.</param>
/// <param name="Weak">True for figures that may bound a range but never be a default.</param>
/// <param name="Source">Address of the source, or the file and row for a recalled or assumed figure.</param>
/// <param name="Date">Date of the figure, as precise as known.</param>
/// <param name="Note">Anything a reader should know; may be empty.</param>
/// <param name="Correlation">Figures that share this key move together; null when it moves alone.</param>
public sealed record CatalogFigure(
    string Id,
    string Collection,
    string Category,
    string Metric,
    string Scope,
    string Unit,
    double? Low,
    double? Mid,
    double? High,
    Evidence Evidence,
    bool Weak,
    string Source,
    string Date,
    string Note,
    string? Correlation = null);

/// <summary>A price with its range in USD; any of the three may be unknown.</summary>
/// <param name="Low">Tenth percentile.</param>
/// <param name="Mid">Median.</param>
/// <param name="High">Ninetieth percentile.</param>
public readonly record struct PriceRange(double? Low, double? Mid, double? High);

/// <summary>A chip, node, rack or pod that can be bought. Null means not published.</summary>
public sealed record SystemRecord
{
    /// <summary>Unique id, such as "vr200-nvl72".</summary>
    public required string Id { get; init; }

    /// <summary>Maker.</summary>
    public required string Vendor { get; init; }

    /// <summary>Name in full.</summary>
    public required string Name { get; init; }

    /// <summary>"chip", "node", "rack", "pod" or "cpu".</summary>
    public required string Kind { get; init; }

    /// <summary>"shipping", "announced", "retired" and so on.</summary>
    public required string Status { get; init; }

    /// <summary>Date of announcement.</summary>
    public string Announced { get; init; } = "";

    /// <summary>Date of availability.</summary>
    public string Available { get; init; } = "";

    /// <summary>Chips (packages) in one system; 1 where the record is a chip.</summary>
    public int ChipsPerSystem { get; init; } = 1;

    /// <summary>Compute dies in one chip package.</summary>
    public int DiesPerChip { get; init; } = 1;

    /// <summary>Dense bf16 or fp16 peak of one chip, FLOP/s.</summary>
    public double? Bf16FlopsPerSecond { get; init; }

    /// <summary>Dense fp8 peak of one chip, FLOP/s.</summary>
    public double? Fp8FlopsPerSecond { get; init; }

    /// <summary>Dense fp4 peak of one chip, FLOP/s.</summary>
    public double? Fp4FlopsPerSecond { get; init; }

    /// <summary>Dense int8 peak of one chip, operations/s.</summary>
    public double? Int8OpsPerSecond { get; init; }

    /// <summary>Memory of one chip, bytes (decimal).</summary>
    public double? MemoryBytes { get; init; }

    /// <summary>Kind of memory.</summary>
    public string MemoryType { get; init; } = "";

    /// <summary>Memory bandwidth of one chip, bytes/s.</summary>
    public double? MemoryBytesPerSecond { get; init; }

    /// <summary>Name of the scale-up link.</summary>
    public string ScaleUpTechnology { get; init; } = "";

    /// <summary>Scale-up bandwidth of one chip, one direction, bytes/s.</summary>
    public double? ScaleUpBytesPerSecond { get; init; }

    /// <summary>Chips in one scale-up domain.</summary>
    public int? ScaleUpDomain { get; init; }

    /// <summary>Scale-out bandwidth of one chip, one direction, bytes/s.</summary>
    public double? ScaleOutBytesPerSecond { get; init; }

    /// <summary>Rated power of one chip, W.</summary>
    public double? ChipWatts { get; init; }

    /// <summary>Typical power of one system, W.</summary>
    public double? SystemTypicalWatts { get; init; }

    /// <summary>Greatest power of one system, W.</summary>
    public double? SystemMaxWatts { get; init; }

    /// <summary>Published all-in utility power of one chip, W.</summary>
    public double? UtilityWattsPerChip { get; init; }

    /// <summary>Cooling: "air", "direct liquid" and so on.</summary>
    public string Cooling { get; init; } = "";

    /// <summary>Price of one chip, USD.</summary>
    public PriceRange ChipPrice { get; init; }

    /// <summary>Price of one system, USD.</summary>
    public PriceRange SystemPrice { get; init; }

    /// <summary>Date of the prices.</summary>
    public string PriceDate { get; init; } = "";

    /// <summary>Source of the specification.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source.</summary>
    public string SourceDate { get; init; } = "";

    /// <summary>Evidence for the specification.</summary>
    public Evidence Evidence { get; init; }

    /// <summary>Evidence for the prices.</summary>
    public Evidence PriceEvidence { get; init; }

    /// <summary>Prices that share this key move together; null when they move alone.</summary>
    public string? PriceCorrelation { get; init; }

    /// <summary>Anything a reader should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>Names of this chip in measured data.</summary>
    public IReadOnlyList<string> MeasuredNames { get; init; } = [];
}

/// <summary>A network part: NIC, switch, transceiver or cable.</summary>
/// <param name="Id">Unique id, such as "q3400".</param>
/// <param name="Vendor">Maker.</param>
/// <param name="Name">Name in full.</param>
/// <param name="Kind">"nic", "dpu", "switch", "nvswitch", "transceiver" or "cable".</param>
/// <param name="Ports">Number of ports.</param>
/// <param name="PortBytesPerSecond">Rate of one port, one direction, bytes/s.</param>
/// <param name="TypicalWatts">Typical power, W.</param>
/// <param name="MaxWatts">Greatest power, W.</param>
/// <param name="Price">Price of one, USD.</param>
/// <param name="PriceDate">Date of the price.</param>
/// <param name="Source">Source of the specification.</param>
/// <param name="SourceDate">Date of the source.</param>
/// <param name="Evidence">Evidence for the specification.</param>
/// <param name="PriceEvidence">Evidence for the price.</param>
/// <param name="Note">Anything a reader should know.</param>
/// <param name="Correlation">Prices that share this key move together; null when it moves alone.</param>
public sealed record NetworkPart(
    string Id,
    string Vendor,
    string Name,
    string Kind,
    int? Ports,
    double? PortBytesPerSecond,
    double? TypicalWatts,
    double? MaxWatts,
    PriceRange Price,
    string PriceDate,
    string Source,
    string SourceDate,
    Evidence Evidence,
    Evidence PriceEvidence,
    string Note,
    string? Correlation = null);

/// <summary>How much of a part a price holds.</summary>
public enum Inclusion
{
    /// <summary>Not included.</summary>
    No,

    /// <summary>Partly included.</summary>
    Partly,

    /// <summary>Included.</summary>
    Yes,

    /// <summary>The source does not say.</summary>
    Unknown,
}

/// <summary>One price of one system and what it holds, so that nothing is counted twice.</summary>
/// <param name="Id">Unique id, such as "vr200-nvl72-ms".</param>
/// <param name="SystemId">The system priced, or "*" for a rule.</param>
/// <param name="Kind">"chip", "board", "system", "it_all", "all_in", "share", "derived", "host" or "rule".</param>
/// <param name="Price">The price in USD, or the ratio for a rule.</param>
/// <param name="Includes">What it holds, in words.</param>
/// <param name="Chips">Chips.</param>
/// <param name="Baseboard">Baseboard.</param>
/// <param name="Server">Server: host, memory, chassis.</param>
/// <param name="RackScaleUp">Rack with scale-up switches.</param>
/// <param name="Nic">Network interface cards.</param>
/// <param name="ScaleOutNetwork">Scale-out switches, optics and cables.</param>
/// <param name="Storage">Shared storage.</param>
/// <param name="Support">Support.</param>
/// <param name="Source">Source.</param>
/// <param name="Date">Date of the price.</param>
/// <param name="Evidence">Evidence.</param>
/// <param name="Note">Anything a reader should know.</param>
/// <param name="Correlation">Prices that share this key move together; null when it moves alone.</param>
public sealed record PriceScope(
    string Id,
    string SystemId,
    string Kind,
    PriceRange Price,
    string Includes,
    Inclusion Chips,
    Inclusion Baseboard,
    Inclusion Server,
    Inclusion RackScaleUp,
    Inclusion Nic,
    Inclusion ScaleOutNetwork,
    Inclusion Storage,
    Inclusion Support,
    string Source,
    string Date,
    Evidence Evidence,
    string Note,
    string? Correlation = null);

/// <summary>A model architecture as published, by its Hugging Face configuration.</summary>
/// <param name="Id">Unique id, such as "deepseek-r1".</param>
/// <param name="HuggingFaceName">Repository of the weights; empty when never released.</param>
/// <param name="Aliases">Other spellings.</param>
/// <param name="ConfigJson">The architecture fields of config.json, as JSON text.</param>
/// <param name="PublishedParameters">Total parameters as published, or null.</param>
/// <param name="PublishedActiveParameters">Active parameters as published, or null.</param>
/// <param name="WeightsPrecision">Precision of the released weights, in words.</param>
/// <param name="Source">Source of the configuration.</param>
/// <param name="Evidence">Evidence.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record ModelRecord(
    string Id,
    string HuggingFaceName,
    IReadOnlyList<string> Aliases,
    string ConfigJson,
    double? PublishedParameters,
    double? PublishedActiveParameters,
    string WeightsPrecision,
    string Source,
    Evidence Evidence,
    string Note);

/// <summary>List price of a model's tokens on a date.</summary>
/// <param name="Id">Unique id.</param>
/// <param name="Model">Model as named by the seller.</param>
/// <param name="Maker">Maker of the model.</param>
/// <param name="Provider">Seller of the tokens.</param>
/// <param name="Date">Date of the price.</param>
/// <param name="InputUsdPerMillion">Uncached input, USD per million tokens.</param>
/// <param name="CachedInputUsdPerMillion">Cached input, USD per million tokens.</param>
/// <param name="OutputUsdPerMillion">Output, USD per million tokens.</param>
/// <param name="Source">Source.</param>
/// <param name="Evidence">Evidence.</param>
/// <param name="Weak">True for a price that is never a default.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record TokenPrice(
    string Id,
    string Model,
    string Maker,
    string Provider,
    string Date,
    double? InputUsdPerMillion,
    double? CachedInputUsdPerMillion,
    double? OutputUsdPerMillion,
    string Source,
    Evidence Evidence,
    bool Weak,
    string Note);

/// <summary>A place and the catalog rows that hold for it. A null row means: no figure known, the scenario must state one.</summary>
/// <param name="Id">Unique id, such as "texas".</param>
/// <param name="Name">Name in full.</param>
/// <param name="Country">Country.</param>
/// <param name="ElectricityPrice">Row of the industrial price of power.</param>
/// <param name="CarbonIntensity">Row of the carbon intensity of the grid.</param>
/// <param name="GridWait">Row of the wait for a grid connection.</param>
/// <param name="PropertyTax">Row of the property tax.</param>
/// <param name="SalesTax">Row of the sales tax on servers.</param>
/// <param name="IncomeTax">Row of the state income tax.</param>
public sealed record LocationRecord(
    string Id,
    string Name,
    string Country,
    string? ElectricityPrice,
    string? CarbonIntensity,
    string? GridWait,
    string? PropertyTax,
    string? SalesTax,
    string? IncomeTax);

/// <summary>A length distribution of requests, as quantile bins of equal weight made from a real trace.</summary>
/// <param name="Id">Unique id, such as "azure-2023-conv".</param>
/// <param name="Name">Name in full.</param>
/// <param name="InputTokens">Mean input tokens of each bin, ascending by input.</param>
/// <param name="OutputTokens">Mean output tokens of each bin, in the same order.</param>
/// <param name="CachedShare">Share of the input that a prefix cache holds, where the trace tells; else null.</param>
/// <param name="PeakToMean">Busiest minute over the mean rate, where the trace tells; else null.</param>
/// <param name="Source">Source.</param>
/// <param name="Licence">Licence of the source.</param>
/// <param name="Note">How it was made.</param>
public sealed record LengthHistogram(
    string Id,
    string Name,
    IReadOnlyList<double> InputTokens,
    IReadOnlyList<double> OutputTokens,
    double? CachedShare,
    double? PeakToMean,
    string Source,
    string Licence,
    string Note);
