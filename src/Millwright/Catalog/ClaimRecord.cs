namespace Millwright.Catalog;

/// <summary>How a claim stands against the figures.</summary>
public enum ClaimVerdict
{
    /// <summary>Every test on the figures is met.</summary>
    Holds,

    /// <summary>Some of it is borne out, some is not.</summary>
    HoldsInPart,

    /// <summary>No test on the figures is met.</summary>
    DoesNotHold,

    /// <summary>True or false by a condition that is named.</summary>
    DependsOn,

    /// <summary>Nothing here can answer it so far; what is missing is named.</summary>
    NotYet,
}

/// <summary>Which of the three values of a catalog figure is meant.</summary>
public enum ClaimPart
{
    /// <summary>The median.</summary>
    Mid,

    /// <summary>The low value.</summary>
    Low,

    /// <summary>The high value.</summary>
    High,
}

/// <summary>One claim of the interview, in our own words, with what answers it.</summary>
public sealed record ClaimRecord
{
    /// <summary>C1 to C59.</summary>
    public required string Id { get; init; }

    /// <summary>"deal", "finance", "cost", "technology" and so on.</summary>
    public required string Group { get; init; }

    /// <summary>What was said, in our own words.</summary>
    public required string Claim { get; init; }

    /// <summary>Low figure said, or null.</summary>
    public double? Low { get; init; }

    /// <summary>Mid figure said, or null.</summary>
    public double? Mid { get; init; }

    /// <summary>High figure said, or null.</summary>
    public double? High { get; init; }

    /// <summary>Unit of the figures said.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Date it was said.</summary>
    public string AsOf { get; init; } = "";

    /// <summary>How it stood in the middle of 2026.</summary>
    public string StatusNote { get; init; } = "";

    /// <summary>The answer in our own words; "{name}" stands for the value of the measure of that name.</summary>
    public required string Answer { get; init; }

    /// <summary>A misreading to beware of; empty for none.</summary>
    public string Beware { get; init; } = "";

    /// <summary>The verdict where it is a judgement; null where <see cref="Tests"/> decide it.</summary>
    public ClaimVerdict? StatedVerdict { get; init; }

    /// <summary>What the verdict depends on; empty for any other verdict.</summary>
    public string On { get; init; } = "";

    /// <summary>What is missing for a full answer; empty for nothing. Always there where the verdict is "not yet".</summary>
    public string Missing { get; init; } = "";

    /// <summary>Figures that answer it, each made of a plan, of catalog rows, or of the ones before it.</summary>
    public IReadOnlyList<ClaimMeasure> Measures { get; init; } = [];

    /// <summary>What must be true of the figures for the claim to hold.</summary>
    public IReadOnlyList<ClaimTest> Tests { get; init; } = [];

    /// <summary>Ids of catalog rows to read beside our figures, as "collection/id" or the id of a system, part or price.</summary>
    public IReadOnlyList<string> Outside { get; init; } = [];

    /// <summary>More commands that answer it, without the name of the program.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
}

/// <summary>A figure that answers a claim. It has exactly one origin: a plan, catalog rows, a system, or a measure before it.</summary>
public sealed record ClaimMeasure
{
    /// <summary>Name inside the claim, such as "ours".</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in few words.</summary>
    public required string Label { get; init; }

    /// <summary>Scenario that is planned, such as "scenarios/gigawatt.yaml"; empty where it comes from elsewhere.</summary>
    public string Scenario { get; init; } = "";

    /// <summary>Changes to the scenario as "key=value".</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Figure of the plan, or property of the system: bf16_flops, fp8_flops, fp4_flops, memory_bandwidth or price.</summary>
    public string Figure { get; init; } = "";

    /// <summary>Catalog figures whose values are summed.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>Which value of the catalog figures.</summary>
    public ClaimPart Part { get; init; }

    /// <summary>System whose property it is; empty where it comes from elsewhere.</summary>
    public string System { get; init; } = "";

    /// <summary>Measure it is made of; empty where it comes from elsewhere.</summary>
    public string Of { get; init; } = "";

    /// <summary>Measure it is divided by; empty for none.</summary>
    public string Per { get; init; } = "";

    /// <summary>Years between the two of a ratio: the ratio is then turned into growth a year; null for none.</summary>
    public double? Years { get; init; }

    /// <summary>Multiplier on the origin, such as 1e9 from B$ to USD.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Unit to show; empty for the unit of the origin, or "x" for a ratio.</summary>
    public string Unit { get; init; } = "";
}

/// <summary>Something that must be true of a measure. It is met by the value; it is met in part where only the range p10 to p90 reaches the bounds.</summary>
/// <param name="Measure">Name of the measure.</param>
/// <param name="AtLeast">Least value, in the unit of the measure, or null.</param>
/// <param name="AtMost">Greatest value, in the unit of the measure, or null.</param>
/// <param name="Says">What it means, in words.</param>
public sealed record ClaimTest(string Measure, double? AtLeast, double? AtMost, string Says);
