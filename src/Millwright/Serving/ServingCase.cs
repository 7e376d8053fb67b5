using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Models;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>How requests come.</summary>
public enum LoadKind
{
    /// <summary>A fixed number of requests in flight: a new one starts when one ends.</summary>
    ClosedLoop,

    /// <summary>Requests come at a rate, whatever the service does.</summary>
    OpenLoop,

    /// <summary>All requests wait at the start; the throughput counts.</summary>
    AllAtOnce,
}

/// <summary>Prefill and decode on chips of their own.</summary>
/// <param name="PrefillWorkers">Prefill replicas, at least 1.</param>
/// <param name="PrefillLayout">Layout of one.</param>
/// <param name="DecodeWorkers">Decode replicas, at least 1.</param>
/// <param name="DecodeLayout">Layout of one.</param>
public sealed record SplitPools(int PrefillWorkers, ParallelLayout PrefillLayout, int DecodeWorkers, ParallelLayout DecodeLayout)
{
    /// <summary>How a decode replica is cut where its attention and feed-forward run on chips of their own; null where they do not. The decode layout is
    /// then that of its attention chips.</summary>
    public SplitLayout? DecodeSplit { get; init; }

    /// <summary>Chips of one decode replica.</summary>
    public int DecodeChips => DecodeSplit?.Chips ?? DecodeLayout.Chips;

    /// <summary>Chips of both pools.</summary>
    public int Chips => PrefillWorkers * PrefillLayout.Chips + DecodeWorkers * DecodeChips;

    /// <summary>Layout of a decode replica, in words.</summary>
    public string DecodeName => DecodeSplit is { } split ? $"({split})" : DecodeLayout.ToString();
}

/// <summary>Drafted tokens that are verified in one step.</summary>
/// <param name="DraftTokens">Tokens drafted for each step.</param>
/// <param name="AcceptedTokens">Mean tokens of the draft that are accepted; a step then makes one more.</param>
public readonly record struct Speculation(int DraftTokens, double AcceptedTokens);

/// <summary>Requests that are the calls of agentic sessions: the context of a session grows from call to call, and the prefix cache is on.</summary>
/// <param name="UsesHostMemory">True where the cache goes on in the memory of the host.</param>
public sealed record AgentSessions(bool UsesHostMemory);

/// <summary>One run of a service: what is served, on what, under which load.</summary>
public sealed record ServingCase
{
    /// <summary>Id, for results.</summary>
    public required string Id { get; init; }

    /// <summary>The model.</summary>
    public required ModelArchitecture Model { get; init; }

    /// <summary>The system.</summary>
    public required SystemRecord System { get; init; }

    /// <summary>Layout of one replica; null when the run does not tell it, so that the best one is looked for, or when pools are apart.</summary>
    public ParallelLayout? Layout { get; init; }

    /// <summary>Replicas that share the load.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Chips of the run, where no layout tells them.</summary>
    public int? Chips { get; init; }

    /// <summary>Prefill and decode apart; null when they run together.</summary>
    public SplitPools? Pools { get; init; }

    /// <summary>Precision of operators and cache.</summary>
    public required PrecisionPlan Precision { get; init; }

    /// <summary>Engine and settings.</summary>
    public required EngineSettings Engine { get; init; }

    /// <summary>True when the version, the date or the settings of the engine are our default and not the run's own.</summary>
    public bool EngineIsAssumed { get; init; }

    /// <summary>Request lengths.</summary>
    public required RequestLengths Lengths { get; init; }

    /// <summary>What the lengths are drawn from, bins of equal weight; null where all requests are alike.</summary>
    public LengthHistogram? Histogram { get; init; }

    /// <summary>How requests come.</summary>
    public LoadKind Load { get; init; }

    /// <summary>Requests in flight over all replicas, for a closed loop.</summary>
    public double Concurrency { get; init; }

    /// <summary>Sessions that a closed loop keeps under way, where its requests are their calls; null for requests of their own.</summary>
    public AgentSessions? Sessions { get; init; }

    /// <summary>Requests a second over all replicas, for an open loop.</summary>
    public double RequestRatePerSecond { get; init; }

    /// <summary>Requests of the run, where it is known: the start and the end of a short run weigh more.</summary>
    public double? Requests { get; init; }

    /// <summary>Speculative decoding; null for none.</summary>
    public Speculation? Speculation { get; init; }

    /// <summary>Limit on the time to first token, s, where the load must be found.</summary>
    public double? TimeToFirstTokenLimitSeconds { get; init; }

    /// <summary>Limit on the time per output token, s, where the load must be found.</summary>
    public double? TimePerOutputTokenLimitSeconds { get; init; }
}

/// <summary>What a run is predicted to do.</summary>
/// <param name="TimePerOutputTokenSeconds">Mean time per output token after the first, s.</param>
/// <param name="TimePerOutputTokenLowSeconds">Its p10, s.</param>
/// <param name="TimePerOutputTokenHighSeconds">Its p90, s.</param>
/// <param name="TimeToFirstTokenSeconds">Mean time to first token without bursts, s.</param>
/// <param name="TotalTokensPerChipSecond">Input and output tokens per chip and second, over all chips.</param>
/// <param name="OutputTokensPerChipSecond">Output tokens per chip and second, over all chips.</param>
/// <param name="MaxRequestsPerSecond">Most requests a second that the service can take.</param>
/// <param name="ChipWatts">Mean power of a chip, W; not a number where no rated power is published.</param>
/// <param name="Layout">Layout that was used: the run's own, or the one found.</param>
/// <param name="Remarks">What the reader should know: assumptions made, curves borrowed.</param>
public sealed record ServingEstimate(
    double TimePerOutputTokenSeconds,
    double TimePerOutputTokenLowSeconds,
    double TimePerOutputTokenHighSeconds,
    double TimeToFirstTokenSeconds,
    double TotalTokensPerChipSecond,
    double OutputTokensPerChipSecond,
    double MaxRequestsPerSecond,
    double ChipWatts,
    ParallelLayout Layout,
    IReadOnlyList<string> Remarks)
{
    /// <summary>Median time to first token, s; null where the run was not simulated.</summary>
    public double? TimeToFirstTokenMedianSeconds { get; init; }

    /// <summary>99th percentile of the time to first token, s; null where the run was not simulated.</summary>
    public double? TimeToFirstTokenP99Seconds { get; init; }
}

/// <summary>Predicts runs.</summary>
public interface IServingPredictor
{
    /// <summary>Predicts one run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why there is no answer, in words; empty on success.</param>
    /// <returns>The estimate, or null when the run cannot be: a model that does not fit, a layout that does not divide.</returns>
    ServingEstimate? Predict(ServingCase run, out string reason);
}
