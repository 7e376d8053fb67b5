using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>One call of attention over the cache, one new token in each sequence, on one chip (after heads were divided over chips).</summary>
/// <param name="Sequences">Sequences.</param>
/// <param name="ContextPerSequence">Cached tokens of each sequence, the new one included.</param>
/// <param name="Heads">Query heads on the chip.</param>
/// <param name="CacheHeads">Key and value heads on the chip.</param>
/// <param name="HeadWidth">Width of a head.</param>
/// <param name="CachePrecision">Precision of the cache.</param>
/// <param name="Window">Sliding window, tokens; 0 for none.</param>
public readonly record struct DecodeAttentionCall(
    double Sequences, double ContextPerSequence, double Heads, double CacheHeads, double HeadWidth, OperandPrecision CachePrecision, double Window = 0)
{
    private double Seen => Window > 0 ? Math.Min(Window, ContextPerSequence) : ContextPerSequence;

    /// <summary>The least time: 4 FLOPs for each query head, cached token and channel; keys and values read once, the query in and the answer
    /// out.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime Ideal(in ChipPeaks peaks)
    {
        var flops = 4 * Sequences * Heads * HeadWidth * Seen;
        var bytes = Sequences * HeadWidth * (2 * CacheHeads * Seen * OperandFormat.Bytes(CachePrecision) + 4 * Heads);
        return new IdealTime(flops / OperandFormat.Peak(peaks, CachePrecision), bytes / peaks.MemoryBytesPerSecond);
    }

    /// <summary>Coordinates in the grid.</summary>
    /// <param name="point">Gets log2 of sequences x cache heads (independent pieces of work), of the context seen, of query heads for each cache
    /// head, and of the head width.</param>
    public void Place(Span<double> point)
    {
        point[0] = Math.Log2(Sequences * CacheHeads);
        point[1] = Math.Log2(Seen);
        point[2] = Math.Log2(Heads / CacheHeads);
        point[3] = Math.Log2(HeadWidth);
    }
}

/// <summary>Time of attention over the cache for decoding sequences. Immutable; safe to share between threads.</summary>
public sealed class DecodeAttentionTimes
{
    /// <summary>Name of the operator in a library; the precision is that of the cache.</summary>
    public const string OperatorName = "decode-attention";

    /// <summary>Name of the operator where more than <see cref="MostQueriesOfCacheHead"/> query heads share a cache head.</summary>
    public const string WideGroupOperatorName = "decode-attention-wide-groups";

    /// <summary>Most query heads of one cache head that TensorRT-LLM's and SGLang's fast kernels take: with more, these take up to 36 times as
    /// long.</summary>
    public const int MostQueriesOfCacheHead = 32;

    private readonly ChipPeaks _peaks;
    private readonly PrecisionGrids _grids;
    private readonly PrecisionGrids _wideGroups;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library has no such operator.</exception>
    public DecodeAttentionTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        _peaks = peaks;
        OperatorShelf shelf = new(lender, engine, library);
        _grids = PrecisionGrids.OfCache(shelf, OperatorName);
        _wideGroups = PrecisionGrids.OfCache(shelf, WideGroupOperatorName);
    }

    /// <summary>Nodes of the grid along each coordinate of <see cref="DecodeAttentionCall.Place"/>.</summary>
    public static IReadOnlyList<double[]> Axes { get; } =
        [[0, 2, 4, 6, 7, 8, 10, 12, 14], [0, 4, 6, 8, 10, 12, 14, 17], [0, 2, 3, 4, 5], [6, 7, 7.585, 8, 9]];

    /// <summary>Nodes of the grid of wide groups.</summary>
    public static IReadOnlyList<double[]> WideGroupAxes { get; } = [[0, 4, 6, 8, 12], [0, 6, 8, 10, 12, 14, 17], [5.25, 6, 7], [6, 7, 7.585, 8, 9]];

    /// <summary>Time of one call, on one chip after sharding.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="contextPerSequence">Cached tokens of each.</param>
    /// <param name="heads">Query heads on the chip.</param>
    /// <param name="cacheHeads">Key and value heads on the chip; 1 where one is shared by all (MQA).</param>
    /// <param name="headWidth">Width of a head.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <param name="window">Sliding window, tokens; 0 for none.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime At(
        double sequences, double contextPerSequence, double heads, double cacheHeads, double headWidth, OperandPrecision cachePrecision, double window = 0) =>
        At(new DecodeAttentionCall(sequences, contextPerSequence, heads, cacheHeads, headWidth, cachePrecision, window));

    /// <summary>Time of one call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime At(in DecodeAttentionCall call)
    {
        Span<double> point = stackalloc double[4];
        call.Place(point);
        var grids = call.Heads > MostQueriesOfCacheHead * call.CacheHeads ? _wideGroups : _grids;
        return call.Ideal(_peaks).At(grids[call.CachePrecision].At(point));
    }
}
