using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>One call of causal attention among prompt tokens, on one chip (after heads were divided over chips).</summary>
/// <param name="Sequences">Sequences.</param>
/// <param name="NewTokensPerSequence">New tokens of each.</param>
/// <param name="PrefixPerSequence">Tokens of each that are in the cache already.</param>
/// <param name="Heads">Query heads on the chip.</param>
/// <param name="CacheHeads">Key and value heads on the chip.</param>
/// <param name="HeadWidth">Width of a head.</param>
/// <param name="Precision">Precision of the products.</param>
/// <param name="CachePrecision">Precision of the cache.</param>
/// <param name="Window">Sliding window, tokens; 0 for none.</param>
public readonly record struct PrefillAttentionCall(
    double Sequences,
    double NewTokensPerSequence,
    double PrefixPerSequence,
    double Heads,
    double CacheHeads,
    double HeadWidth,
    OperandPrecision Precision,
    OperandPrecision CachePrecision,
    double Window = 0)
{
    /// <summary>Tokens that the new tokens of one sequence see, summed: each sees the prefix and those before it, itself included, within the
    /// window.</summary>
    public double Pairs => PairsOf(NewTokensPerSequence, PrefixPerSequence, Window);

    /// <summary>The least time: 4 FLOPs for each query head, channel and pair of tokens; keys and values read once, queries in and answers
    /// out.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime Ideal(in ChipPeaks peaks)
    {
        var flops = 4 * Sequences * Heads * HeadWidth * Pairs;
        var prefix = Window > 0 ? Math.Min(Window, PrefixPerSequence) : PrefixPerSequence;
        var bytes = Sequences * HeadWidth
            * (4 * Heads * NewTokensPerSequence + 2 * CacheHeads * (2 * NewTokensPerSequence + OperandFormat.Bytes(CachePrecision) * prefix));
        return new IdealTime(flops / OperandFormat.Peak(peaks, Precision), bytes / peaks.MemoryBytesPerSecond);
    }

    /// <summary>Coordinates in the grid.</summary>
    /// <param name="point">Gets log2 of sequences x query heads x new tokens (independent pieces of work), of twice the tokens that one new token
    /// sees on average (the new tokens themselves, without prefix and window: so that a long prefix counts as long rows), of query heads for each
    /// cache head, and of the head width.</param>
    public void Place(Span<double> point)
    {
        point[0] = Math.Log2(Sequences * Heads * NewTokensPerSequence);
        point[1] = Math.Log2(2 * Pairs / NewTokensPerSequence);
        point[2] = Math.Log2(Heads / CacheHeads);
        point[3] = Math.Log2(HeadWidth);
    }

    internal static double PairsOf(double newTokens, double prefix, double window)
    {
        if (window <= 0 || prefix + newTokens <= window)
        {
            return newTokens * (prefix + (newTokens + 1) / 2);
        }

        // the tokens before the window fills see all, the rest see the window
        var growing = Math.Clamp(window - prefix, 0, newTokens);
        return growing * (prefix + (growing + 1) / 2) + (newTokens - growing) * window;
    }
}

/// <summary>Time of attention among prompt tokens. Immutable; safe to share between threads.</summary>
public sealed class PrefillAttentionTimes
{
    /// <summary>Name of the operator in a library, the precision being that of products and cache.</summary>
    public const string OperatorName = "prefill-attention";

    /// <summary>Name of the operator with 16-bit products over an 8-bit cache.</summary>
    public const string NarrowCacheOperatorName = "prefill-attention-narrow-cache";

    private readonly ChipPeaks _peaks;
    private readonly SmoothGrid _wide;
    private readonly SmoothGrid _narrowCache;
    private readonly SmoothGrid _narrow;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library has no such operator.</exception>
    public PrefillAttentionTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        OperatorShelf shelf = new(lender, engine, library);
        _peaks = peaks;
        _wide = shelf.Require(OperatorName, OperandPrecision.Bf16, OperandPrecision.Fp8);
        _narrowCache = shelf.FindFirst(NarrowCacheOperatorName, OperandPrecision.Bf16)?.LogFactor ?? _wide;
        _narrow = shelf.Require(OperatorName, OperandPrecision.Fp8, OperandPrecision.Bf16);
    }

    /// <summary>Nodes of the grid along each coordinate of <see cref="PrefillAttentionCall.Place"/>.</summary>
    public static IReadOnlyList<double[]> Axes { get; } =
        [[2, 6, 9, 11, 13, 15, 17, 19, 22], [0, 4, 6, 8, 10, 12, 14], [0, 2, 4, 6], [6, 7, 7.585, 8, 9]];

    /// <summary>Time of one call, on one chip after sharding.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="newTokensPerSequence">New tokens of each.</param>
    /// <param name="prefixPerSequence">Tokens of each that are in the cache already.</param>
    /// <param name="heads">Query heads on the chip.</param>
    /// <param name="cacheHeads">Key and value heads on the chip.</param>
    /// <param name="headWidth">Width of a head.</param>
    /// <param name="precision">Precision of the products.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <param name="window">Sliding window, tokens; 0 for none.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime At(
        double sequences,
        double newTokensPerSequence,
        double prefixPerSequence,
        double heads,
        double cacheHeads,
        double headWidth,
        OperandPrecision precision,
        OperandPrecision cachePrecision,
        double window = 0) =>
        At(new PrefillAttentionCall(sequences, newTokensPerSequence, prefixPerSequence, heads, cacheHeads, headWidth, precision, cachePrecision, window));

    /// <summary>Time of one call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The time, never below the ideal one.</returns>
    public CallTime At(in PrefillAttentionCall call)
    {
        Span<double> point = stackalloc double[4];
        call.Place(point);
        var grid = call.Precision != OperandPrecision.Bf16 ? _narrow : call.CachePrecision != OperandPrecision.Bf16 ? _narrowCache : _wide;
        return call.Ideal(_peaks).At(grid.At(point));
    }
}
