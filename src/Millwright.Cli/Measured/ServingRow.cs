namespace Millwright.Cli.Measured;

/// <summary>Prefill or decode chips of a run that keeps them apart; null where the row does not tell.</summary>
/// <param name="Workers">Replicas.</param>
/// <param name="Chips">Chips of all of them.</param>
/// <param name="TensorWays">TP of one.</param>
/// <param name="ExpertWays">EP of one.</param>
/// <param name="AttentionDataParallel">True for attention-DP.</param>
internal readonly record struct PoolColumns(int? Workers, int? Chips, int? TensorWays, int? ExpertWays, bool? AttentionDataParallel);

/// <summary>One latency of a row, ms; null where it was not measured.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Median">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
internal readonly record struct LatencyColumns(double? Mean, double? Median, double? P90, double? P99);

/// <summary>One measured run, as its table states it. Text is empty and a number null where the cell is empty.</summary>
internal sealed record ServingRow
{
    /// <summary>Line of the row in its file.</summary>
    public required int Line { get; init; }

    /// <summary>Id, unique in the file.</summary>
    public required string Id { get; init; }

    /// <summary>Hash of everything but load, date and version: rows of one curve share it.</summary>
    public string ConfigId { get; init; } = "";

    /// <summary>Who published it.</summary>
    public string Source { get; init; } = "";

    /// <summary>Date of the run, as precise as known.</summary>
    public string Date { get; init; } = "";

    /// <summary>How the load was made.</summary>
    public required string Scenario { get; init; }

    /// <summary>Model as the source names it.</summary>
    public required string Model { get; init; }

    /// <summary>Chip as the source names it.</summary>
    public required string Chip { get; init; }

    /// <summary>System as the source names it.</summary>
    public string System { get; init; } = "";

    /// <summary>Chips of the run.</summary>
    public int? Chips { get; init; }

    /// <summary>Serving software.</summary>
    public string Framework { get; init; } = "";

    /// <summary>Its version or image.</summary>
    public string FrameworkVersion { get; init; } = "";

    /// <summary>Precision in words.</summary>
    public string Precision { get; init; } = "";

    /// <summary>"none", "mtp", "unlabelled" or empty.</summary>
    public string Speculation { get; init; } = "";

    /// <summary>True when prefill and decode ran on chips of their own.</summary>
    public bool Apart { get; init; }

    /// <summary>TP.</summary>
    public int? TensorWays { get; init; }

    /// <summary>PP.</summary>
    public int? PipelineStages { get; init; }

    /// <summary>EP.</summary>
    public int? ExpertWays { get; init; }

    /// <summary>Attention-DP.</summary>
    public bool? AttentionDataParallel { get; init; }

    /// <summary>Prefill chips.</summary>
    public PoolColumns Prefill { get; init; }

    /// <summary>Decode chips.</summary>
    public PoolColumns Decode { get; init; }

    /// <summary>"none", "lmcache", "hicache" or empty.</summary>
    public string CacheOffload { get; init; } = "";

    /// <summary>Requests in words.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Input tokens of a request: the stated length, which for drawn lengths is the greatest.</summary>
    public double? InputTokens { get; init; }

    /// <summary>Output tokens of a request, likewise.</summary>
    public double? OutputTokens { get; init; }

    /// <summary>How lengths are drawn.</summary>
    public string LengthDistribution { get; init; } = "";

    /// <summary>Requests in flight.</summary>
    public double? Concurrency { get; init; }

    /// <summary>Requests a second.</summary>
    public double? RequestRatePerSecond { get; init; }

    /// <summary>Requests of the run.</summary>
    public double? Requests { get; init; }

    /// <summary>Input and output tokens per chip and second, over all chips.</summary>
    public double? TotalTokensPerChipSecond { get; init; }

    /// <summary>Output tokens per chip and second, over all chips.</summary>
    public double? OutputTokensPerChipSecond { get; init; }

    /// <summary>TTFT.</summary>
    public LatencyColumns TimeToFirstTokenMs { get; init; }

    /// <summary>TPOT.</summary>
    public LatencyColumns TimePerOutputTokenMs { get; init; }

    /// <summary>Power of a chip, W.</summary>
    public double? ChipWatts { get; init; }

    /// <summary>Share of the input that a prefix cache could hold.</summary>
    public double? CacheHitTheoretical { get; init; }

    /// <summary>Share of the input found in the cache on the chips.</summary>
    public double? CacheHitOnChip { get; init; }

    /// <summary>False where a later run of the same configuration replaced it.</summary>
    public bool IsLatest { get; init; } = true;

    /// <summary>"ok", or why the row is suspect.</summary>
    public string Quality { get; init; } = "ok";

    /// <summary>What else the source says.</summary>
    public string Notes { get; init; } = "";

    /// <summary>True when the row counts in scores.</summary>
    public bool IsScored => IsLatest && Quality.Equals("ok", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a scenario of the MLPerf benchmarks.</summary>
    public bool IsMlperf => Scenario.StartsWith("mlperf-", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for recorded turns of coding agents.</summary>
    public bool IsAgentic => Scenario.Equals("agentic-coding", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for the published maxima of TensorRT-LLM: all requests queued at once by trtllm-bench.</summary>
    public bool IsThroughputMaximum => Scenario.Equals("max-throughput", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when several tokens were predicted at once.</summary>
    public bool IsSpeculative => Speculation.Equals("mtp", StringComparison.OrdinalIgnoreCase);
}
