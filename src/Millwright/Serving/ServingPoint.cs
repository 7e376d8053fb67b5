namespace Millwright.Serving;

/// <summary>What stops a larger batch.</summary>
public enum BatchLimit
{
    /// <summary>The time per output token.</summary>
    TimePerOutputToken,

    /// <summary>The time to first token.</summary>
    TimeToFirstToken,

    /// <summary>The memory for the KV cache.</summary>
    Memory,

    /// <summary>The engine's greatest batch.</summary>
    Engine,

    /// <summary>The model does not fit, or the objective cannot be met at any batch.</summary>
    Infeasible,
}

/// <summary>The seam between performance and money: what one chip makes of one workload at its service objective.</summary>
/// <param name="OutputTokensPerChipSecond">Output tokens per second and chip, prefill of the same requests included.</param>
/// <param name="InputTokensPerChipSecond">Uncached input tokens per second and chip that come with them.</param>
/// <param name="CachedTokensPerChipSecond">Cached input tokens per second and chip that come with them.</param>
/// <param name="PrefillShare">Share of the chip's time that the uncached input causes.</param>
/// <param name="CachedShare">Share of the chip's time that the cached input causes: loading and holding its KV cache.</param>
/// <param name="DecodeShare">Share of the chip's time that the output causes.</param>
/// <param name="TimeToFirstTokenSeconds">Time to first token, without queueing, s.</param>
/// <param name="TimePerOutputTokenSeconds">Time per output token, s.</param>
/// <param name="BatchPerReplica">Sequences decoding together on one replica.</param>
/// <param name="ChipsPerReplica">Chips of one replica.</param>
/// <param name="MemoryUsedBytesPerChip">Weights, KV cache and activations on one chip, bytes.</param>
/// <param name="ChipWatts">Mean power of one chip at this point, W.</param>
/// <param name="Limit">What stops a larger batch.</param>
/// <param name="Reason">Why it is infeasible, or what the model left out; empty otherwise.</param>
/// <param name="ErrorBand">One-sided relative error (p90) of the throughput, from the fits and the distance to the nearest measured chip.</param>
public sealed record ServingPoint(
    double OutputTokensPerChipSecond,
    double InputTokensPerChipSecond,
    double CachedTokensPerChipSecond,
    double PrefillShare,
    double CachedShare,
    double DecodeShare,
    double TimeToFirstTokenSeconds,
    double TimePerOutputTokenSeconds,
    double BatchPerReplica,
    int ChipsPerReplica,
    double MemoryUsedBytesPerChip,
    double ChipWatts,
    BatchLimit Limit,
    string Reason,
    double ErrorBand);
