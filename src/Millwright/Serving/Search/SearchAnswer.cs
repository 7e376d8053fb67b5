using Millwright.Catalog;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>Chip time that one output token takes, by what it is spent on; prompts of the same requests and idle chips included.</summary>
/// <param name="HostSeconds">Scheduling, launch and sampling, chip-seconds.</param>
/// <param name="DenseSeconds">Dense products, norms and activations, chip-seconds.</param>
/// <param name="AttentionSeconds">Attention, chip-seconds.</param>
/// <param name="ExpertSeconds">Routed experts, chip-seconds.</param>
/// <param name="ExchangeSeconds">Exchanges between chips, chip-seconds.</param>
/// <param name="IdleSeconds">Chips that wait or that no replica uses, chip-seconds.</param>
public readonly record struct TokenChipTime(
    double HostSeconds, double DenseSeconds, double AttentionSeconds, double ExpertSeconds, double ExchangeSeconds, double IdleSeconds)
{
    /// <summary>All of it, chip-seconds.</summary>
    public double TotalSeconds => HostSeconds + DenseSeconds + AttentionSeconds + ExpertSeconds + ExchangeSeconds + IdleSeconds;

    internal static TokenChipTime Of(in StepTimes step, double scale) => new(
        step.HostSeconds * scale,
        step.Dense.TotalSeconds * scale,
        (step.DecodeAttention.TotalSeconds + step.PrefillAttention.TotalSeconds) * scale,
        step.Experts.TotalSeconds * scale,
        step.Exchange.TotalSeconds * scale,
        0);

    internal TokenChipTime Plus(in TokenChipTime other) => new(
        HostSeconds + other.HostSeconds,
        DenseSeconds + other.DenseSeconds,
        AttentionSeconds + other.AttentionSeconds,
        ExpertSeconds + other.ExpertSeconds,
        ExchangeSeconds + other.ExchangeSeconds,
        IdleSeconds + other.IdleSeconds);

    internal (string Name, double Seconds)[] Parts() =>
    [
        ("the host's work between steps", HostSeconds),
        ("dense products", DenseSeconds),
        ("attention", AttentionSeconds),
        ("experts", ExpertSeconds),
        ("exchanges between chips", ExchangeSeconds),
        ("chips that wait", IdleSeconds),
    ];
}

/// <summary>One deployment at one load: what it does, and what it costs.</summary>
public sealed record SearchPoint
{
    /// <summary>The system.</summary>
    public required SystemRecord System { get; init; }

    /// <summary>What sets the system apart from the one that is sold, in words; empty for nothing.</summary>
    public string Variant { get; init; } = "";

    /// <summary>Id of the system with what sets it apart.</summary>
    public string SystemName => Variant.Length == 0 ? System.Id : $"{System.Id} {Variant}";

    /// <summary>The engine with its settings.</summary>
    public required EngineSettings Engine { get; init; }

    /// <summary>Precision of operators and cache.</summary>
    public required PrecisionPlan Precision { get; init; }

    /// <summary>Layout of a replica; of a decode replica where pools are apart.</summary>
    public required ParallelLayout Layout { get; init; }

    /// <summary>The pools of one unit; null where prefill and decode share chips.</summary>
    public SplitPools? Pools { get; init; }

    /// <summary>Replicas, or units of pools.</summary>
    public required int Replicas { get; init; }

    /// <summary>Chips that are paid for.</summary>
    public required double Chips { get; init; }

    /// <summary>Sequences that decode together on a replica.</summary>
    public required double BatchPerReplica { get; init; }

    /// <summary>Mean time per output token, s.</summary>
    public required double TimePerOutputTokenSeconds { get; init; }

    /// <summary>Mean time to first token without bursts, s.</summary>
    public required double TimeToFirstTokenSeconds { get; init; }

    /// <summary>Requests a second of all replicas: at full load, or the rate that was asked for.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Output tokens a second and chip that is paid for.</summary>
    public required double OutputTokensPerChipSecond { get; init; }

    /// <summary>Energy of the chips for an output token with its share of the prompt, J; not a number where no rated power is published.</summary>
    public required double JoulesPerOutputToken { get; init; }

    /// <summary>Cost of a million output tokens, prompts of the same requests included, USD; null where no price of a chip-hour is known.</summary>
    public double? UsdPerMillionOutputTokens { get; init; }

    /// <summary>Measured over predicted time that one prediction in ten falls short of, and that one in ten exceeds.</summary>
    public required ErrorBand Band { get; init; }

    /// <summary>What stops a larger batch.</summary>
    public BatchLimit Limit { get; init; }

    /// <summary>What stops a larger batch, in words.</summary>
    public string LimitDetail { get; init; } = "";

    /// <summary>Chip time of an output token by what it is spent on.</summary>
    public TokenChipTime ChipTime { get; init; }

    /// <summary>Output tokens a second that one user sees.</summary>
    public double OutputTokensPerUserSecond => 1 / TimePerOutputTokenSeconds;

    /// <summary>p10 of the output a second and chip.</summary>
    public double OutputTokensPerChipSecondLow => OutputTokensPerChipSecond / Band.High;

    /// <summary>p90 of the output a second and chip.</summary>
    public double OutputTokensPerChipSecondHigh => OutputTokensPerChipSecond / Band.Low;

    /// <summary>The layout in words: "8 x tp1", "2 x (3 x tp1 prefill + 1 x tp2 decode)", with the two parts of a split decode replica in brackets.</summary>
    public string LayoutName => Pools is { } pools
        ? FormattableString.Invariant($"{Replicas} x ({pools.PrefillWorkers} x {pools.PrefillLayout} prefill + {pools.DecodeWorkers} x {pools.DecodeName} decode)")
        : FormattableString.Invariant($"{Replicas} x {Layout}");
}

/// <summary>A deployment that is not the answer, and why.</summary>
/// <param name="Point">The deployment at its best load within the limits.</param>
/// <param name="Why">Why it loses, in words.</param>
public sealed record SearchRunnerUp(SearchPoint Point, string Why);

/// <summary>A dimension of the space with its options.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Options">Its options, in words.</param>
public sealed record SearchDimension(string Name, IReadOnlyList<string> Options);

/// <summary>The best of one option of a dimension.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Option">The option.</param>
/// <param name="Point">Its best point within the limits; null where it has none.</param>
public sealed record BestOfOption(string Dimension, string Option, SearchPoint? Point);

/// <summary>What no deployment can do, and the nearest that one can.</summary>
/// <param name="Point">The nearest deployment: its least load.</param>
/// <param name="Message">Which limit it misses and by how much, in words.</param>
public sealed record NearestDeployment(SearchPoint? Point, string Message);

/// <summary>The answer of a search.</summary>
public sealed record SearchAnswer
{
    /// <summary>Most output for a chip within the limits, or the fewest chips for the rate; null when nothing meets the limits.</summary>
    public SearchPoint? Best { get; init; }

    /// <summary>Least cost of a million output tokens; null without a price.</summary>
    public SearchPoint? Cheapest { get; init; }

    /// <summary>Least energy for an output token; null without a rated power.</summary>
    public SearchPoint? MostFrugal { get; init; }

    /// <summary>From the fastest for a user to the most output for a chip: within the limit on the time to first token, whatever the time per output token.</summary>
    public required IReadOnlyList<SearchPoint> Frontier { get; init; }

    /// <summary>The next best, best first.</summary>
    public required IReadOnlyList<SearchRunnerUp> RunnersUp { get; init; }

    /// <summary>Best of each option of the main dimensions.</summary>
    public required IReadOnlyList<BestOfOption> ByOption { get; init; }

    /// <summary>The space.</summary>
    public required IReadOnlyList<SearchDimension> Dimensions { get; init; }

    /// <summary>What became of the settings of replicas that prefill and decode together.</summary>
    public SearchCounts Together { get; init; }

    /// <summary>What became of the settings of workers of pools that are apart.</summary>
    public SearchCounts Apart { get; init; }

    /// <summary>What became of the systems with their caps and networks.</summary>
    public VariantCounts Variants { get; init; }

    /// <summary>Pools of such workers that were looked at.</summary>
    public long PoolsVisited { get; init; }

    /// <summary>What became of the settings of workers of pools whose decode is split into attention and feed-forward; none unless asked for.</summary>
    public SearchCounts Split { get; init; }

    /// <summary>Pools of such workers that were looked at.</summary>
    public long SplitPoolsVisited { get; init; }

    /// <summary>Where nothing meets the limits: the nearest.</summary>
    public NearestDeployment? Nearest { get; init; }

    /// <summary>What the reader should know: systems left out and why, times borrowed, prices not known.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}
