using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// One call of attention over a latent cache (MLA; DeepSeek-V2, arXiv:2405.04434, section 2.1, with the widths of DeepSeek-V3: latent 512, rotary part
/// 64, head 128).
/// </summary>
/// <param name="Sequences">Sequences.</param>
/// <param name="Tokens">Cached tokens of each in decode; new prompt tokens of each in prefill.</param>
/// <param name="Heads">Query heads on the chip.</param>
/// <param name="CachePrecision">Precision of the cache.</param>
/// <param name="Prefix">Prefill only: tokens of each that are in the cache already.</param>
public readonly record struct LatentAttentionCall(
    double Sequences, double Tokens, double Heads, OperandPrecision CachePrecision, double Prefix = 0)
{
    internal const double Latent = 512;
    internal const double Rotary = 64;
    internal const double Head = 128;
    internal const double Hidden = 7168;
    internal const double QueryRank = 1536;

    /// <summary>The least time of decode: each head multiplies its absorbed query with the latent and rotary part of each cached token, and weighs
    /// the latent; the cache is read once for all heads.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime IdealDecode(in ChipPeaks peaks)
    {
        var flops = 2 * Sequences * Heads * Tokens * (2 * Latent + Rotary);
        var bytes = Sequences * ((Latent + Rotary) * Tokens * OperandFormat.Bytes(CachePrecision) + 2 * Heads * (2 * Latent + Rotary));
        return new IdealTime(flops / OperandFormat.Peak(peaks, CachePrecision), bytes / peaks.MemoryBytesPerSecond);
    }

    /// <summary>The least time of prefill, which expands keys and values: heads of 128 + 64 for the scores and of 128 for the values.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime IdealPrefill(in ChipPeaks peaks)
    {
        var flops = 2 * Sequences * Heads * PrefillAttentionCall.PairsOf(Tokens, Prefix, 0) * (2 * Head + Rotary);
        var bytes = 2 * Sequences * Heads * (Tokens * (2 * Head + Rotary) + (Tokens + Prefix) * (2 * Head + Rotary));
        return new IdealTime(flops / peaks.Bf16FlopsPerSecond, bytes / peaks.MemoryBytesPerSecond);
    }

    /// <summary>
    /// The least time of the whole attention block of DeepSeek-V3 in decode: the products into the latent spaces (hidden 7168, query rank 1536),
    /// the query's expansion, the absorbed products in 16 bits, attention, and the output product.
    /// </summary>
    /// <param name="peaks">The chip.</param>
    /// <param name="weights">Precision of the weights.</param>
    /// <returns>The ideal time: compute and memory summed over the parts.</returns>
    public IdealTime IdealDecodeModule(in ChipPeaks peaks, OperandPrecision weights)
    {
        var kernel = IdealDecode(peaks);
        var absorbed = 2 * Heads * Head * Latent;
        return new IdealTime(
            kernel.ComputeSeconds + ProjectionFlops(Sequences) / OperandFormat.Peak(peaks, weights) + 2 * Sequences * absorbed / peaks.Bf16FlopsPerSecond,
            kernel.MemorySeconds + (Projections * OperandFormat.Bytes(weights) + 2 * absorbed + 4 * Sequences * Hidden) / peaks.MemoryBytesPerSecond);
    }

    /// <summary>The least time of the whole attention block of DeepSeek-V3 in prefill: as in decode, but keys and values are expanded for each
    /// head.</summary>
    /// <param name="peaks">The chip.</param>
    /// <param name="weights">Precision of the weights.</param>
    /// <returns>The ideal time: compute and memory summed over the parts.</returns>
    public IdealTime IdealPrefillModule(in ChipPeaks peaks, OperandPrecision weights)
    {
        var kernel = IdealPrefill(peaks);
        var expanded = 2 * Heads * Head * Latent;
        var tokens = Sequences * Tokens;
        return new IdealTime(
            kernel.ComputeSeconds + (ProjectionFlops(tokens) + 2 * (tokens + Sequences * Prefix) * expanded) / OperandFormat.Peak(peaks, weights),
            kernel.MemorySeconds + ((Projections + expanded) * OperandFormat.Bytes(weights) + 4 * tokens * Hidden) / peaks.MemoryBytesPerSecond);
    }

    /// <summary>The least time of one absorbed product (query into the latent space, or answer out of it).</summary>
    /// <param name="peaks">The chip.</param>
    /// <param name="precision">Precision of the product.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime IdealAbsorb(in ChipPeaks peaks, OperandPrecision precision) => new(
        2 * Sequences * Heads * Head * Latent / OperandFormat.Peak(peaks, precision),
        Heads * (Head * Latent * OperandFormat.Bytes(precision) + 2 * Sequences * (Head + Latent)) / peaks.MemoryBytesPerSecond);

    /// <summary>Coordinates in the grids of decode.</summary>
    /// <param name="point">Gets log2 of sequences, of cached tokens and of heads.</param>
    public void PlaceDecode(Span<double> point)
    {
        point[0] = Math.Log2(Sequences);
        point[1] = Math.Log2(Tokens);
        point[2] = Math.Log2(Heads);
    }

    /// <summary>Coordinates in the grids of prefill.</summary>
    /// <param name="point">Gets log2 of new tokens of all sequences, of twice the tokens that one sees on average, and of heads.</param>
    public void PlacePrefill(Span<double> point)
    {
        point[0] = Math.Log2(Sequences * Tokens);
        point[1] = Math.Log2(2 * PrefillAttentionCall.PairsOf(Tokens, Prefix, 0) / Tokens);
        point[2] = Math.Log2(Heads);
    }

    /// <summary>Coordinates in the grid of the absorbed products.</summary>
    /// <param name="point">Gets log2 of tokens and of heads.</param>
    public void PlaceAbsorb(Span<double> point)
    {
        point[0] = Math.Log2(Sequences);
        point[1] = Math.Log2(Heads);
    }

    private double Projections => Hidden * (QueryRank + Latent + Rotary) + QueryRank * Heads * (Head + Rotary) + Heads * Head * Hidden;

    private double ProjectionFlops(double tokens) => 2 * tokens * Projections;
}

/// <summary>Times of attention over a latent cache (MLA). Immutable; safe to share between threads.</summary>
public sealed class LatentAttentionTimes
{
    /// <summary>Name of the decode kernel in a library; the precision is that of the cache.</summary>
    public const string DecodeName = "latent-decode";

    /// <summary>Name of the prefill kernel; the precision is that of the cache.</summary>
    public const string PrefillName = "latent-prefill";

    /// <summary>Name of the product that takes the query into the latent space; the precision is its own.</summary>
    public const string AbsorbName = "latent-absorb";

    /// <summary>Name of the product that takes the answer out of the latent space; the precision is its own.</summary>
    public const string ReleaseName = "latent-release";

    /// <summary>Name of the whole block in decode over a 16-bit cache; the precision is that of the weights.</summary>
    public const string DecodeModuleName = "latent-decode-module";

    /// <summary>Name of the whole block in decode over an 8-bit cache.</summary>
    public const string NarrowDecodeModuleName = "latent-decode-module-narrow-cache";

    /// <summary>Name of the whole block in prefill over a 16-bit cache; the precision is that of the weights.</summary>
    public const string PrefillModuleName = "latent-prefill-module";

    /// <summary>Name of the whole block in prefill over an 8-bit cache.</summary>
    public const string NarrowPrefillModuleName = "latent-prefill-module-narrow-cache";

    private readonly ChipPeaks _peaks;
    private readonly PrecisionGrids _decode;
    private readonly PrecisionGrids _prefill;
    private readonly PrecisionGrids _absorb;
    private readonly PrecisionGrids _release;
    private readonly PrecisionGrids _decodeModule;
    private readonly PrecisionGrids _narrowDecodeModule;
    private readonly PrecisionGrids _prefillModule;
    private readonly PrecisionGrids _narrowPrefillModule;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine; only TensorRT-LLM was measured, which stands in for the others.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library lacks one of the operators.</exception>
    public LatentAttentionTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        OperatorShelf shelf = new(lender, engine, library);
        _peaks = peaks;
        _decode = PrecisionGrids.OfCache(shelf, DecodeName);
        _prefill = PrecisionGrids.OfCache(shelf, PrefillName);
        _absorb = PrecisionGrids.OfCache(shelf, AbsorbName);
        _release = PrecisionGrids.OfCache(shelf, ReleaseName);
        _decodeModule = PrecisionGrids.OfWeights(shelf, DecodeModuleName);
        _narrowDecodeModule = PrecisionGrids.OfWeights(shelf, NarrowDecodeModuleName);
        _prefillModule = PrecisionGrids.OfWeights(shelf, PrefillModuleName);
        _narrowPrefillModule = PrecisionGrids.OfWeights(shelf, NarrowPrefillModuleName);
    }

    /// <summary>Nodes of the decode grids along each coordinate of <see cref="LatentAttentionCall.PlaceDecode"/>.</summary>
    public static IReadOnlyList<double[]> DecodeAxes { get; } = [[0, 2, 4, 5, 6, 7, 8, 10], [1, 5, 7, 9, 10, 11, 12, 13, 15, 17], [0, 2, 3, 4, 5, 6, 7]];

    /// <summary>Nodes of the prefill grids along each coordinate of <see cref="LatentAttentionCall.PlacePrefill"/>.</summary>
    public static IReadOnlyList<double[]> PrefillAxes { get; } = [[0, 4, 6, 8, 10, 11, 12, 13, 14, 16], [1, 5, 7, 9, 11, 13, 15], [0, 2, 3, 4, 5, 6, 7]];

    /// <summary>Nodes of the grids of the absorbed products along each coordinate of <see cref="LatentAttentionCall.PlaceAbsorb"/>.</summary>
    public static IReadOnlyList<double[]> AbsorbAxes { get; } = [[0, 2, 4, 5, 6, 7, 8, 10, 12, 14], [0, 1, 2, 3, 4, 5, 6, 7]];

    /// <summary>Time of decode over the latent cache: the kernel and the two absorbed products in 16 bits.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="contextPerSequence">Cached tokens of each.</param>
    /// <param name="headsPerChip">Query heads on the chip.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <returns>The time of the three calls together.</returns>
    public CallTime Decode(double sequences, double contextPerSequence, double headsPerChip, OperandPrecision cachePrecision)
    {
        LatentAttentionCall call = new(sequences, contextPerSequence, headsPerChip, cachePrecision);
        return Decode(_decode[cachePrecision], call, call.IdealDecode(_peaks))
            + (Absorb(_absorb[OperandPrecision.Bf16], call) + Absorb(_release[OperandPrecision.Bf16], call));
    }

    /// <summary>Time of the prefill kernel alone, keys and values already expanded.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="newTokensPerSequence">New tokens of each.</param>
    /// <param name="prefixPerSequence">Tokens of each that are in the cache already.</param>
    /// <param name="headsPerChip">Query heads on the chip.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <returns>The time of the call.</returns>
    public CallTime Prefill(
        double sequences, double newTokensPerSequence, double prefixPerSequence, double headsPerChip, OperandPrecision cachePrecision)
    {
        LatentAttentionCall call = new(sequences, newTokensPerSequence, headsPerChip, cachePrecision, prefixPerSequence);
        return Prefill(_prefill[cachePrecision], call, call.IdealPrefill(_peaks));
    }

    /// <summary>
    /// Time of the whole attention block of DeepSeek-V3 in decode, as one module: both products into the latent spaces with their norms, the query's
    /// expansion, rotary embedding, cache append, the two absorbed products, attention and the output product; not the all-reduce after it.
    /// </summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="contextPerSequence">Cached tokens of each.</param>
    /// <param name="headsPerChip">Query heads on the chip.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <param name="weightPrecision">Precision of the weights.</param>
    /// <returns>The time of the block.</returns>
    public CallTime DecodeModule(
        double sequences, double contextPerSequence, double headsPerChip, OperandPrecision cachePrecision, OperandPrecision weightPrecision)
    {
        LatentAttentionCall call = new(sequences, contextPerSequence, headsPerChip, cachePrecision);
        var grids = cachePrecision == OperandPrecision.Bf16 ? _decodeModule : _narrowDecodeModule;
        return Decode(grids[weightPrecision], call, call.IdealDecodeModule(_peaks, weightPrecision));
    }

    /// <summary>Time of the whole attention block of DeepSeek-V3 in prefill, as one module: as <see cref="DecodeModule"/>, but keys and values are
    /// expanded for each head instead of absorbed.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="newTokensPerSequence">New tokens of each.</param>
    /// <param name="prefixPerSequence">Tokens of each that are in the cache already.</param>
    /// <param name="headsPerChip">Query heads on the chip.</param>
    /// <param name="cachePrecision">Precision of the cache.</param>
    /// <param name="weightPrecision">Precision of the weights.</param>
    /// <returns>The time of the block.</returns>
    public CallTime PrefillModule(
        double sequences,
        double newTokensPerSequence,
        double prefixPerSequence,
        double headsPerChip,
        OperandPrecision cachePrecision,
        OperandPrecision weightPrecision)
    {
        LatentAttentionCall call = new(sequences, newTokensPerSequence, headsPerChip, cachePrecision, prefixPerSequence);
        var grids = cachePrecision == OperandPrecision.Bf16 ? _prefillModule : _narrowPrefillModule;
        return Prefill(grids[weightPrecision], call, call.IdealPrefillModule(_peaks, weightPrecision));
    }

    private static CallTime Decode(SmoothGrid grid, in LatentAttentionCall call, IdealTime ideal)
    {
        Span<double> point = stackalloc double[3];
        call.PlaceDecode(point);
        return ideal.At(grid.At(point));
    }

    private static CallTime Prefill(SmoothGrid grid, in LatentAttentionCall call, IdealTime ideal)
    {
        Span<double> point = stackalloc double[3];
        call.PlacePrefill(point);
        return ideal.At(grid.At(point));
    }

    private CallTime Absorb(SmoothGrid grid, in LatentAttentionCall call)
    {
        Span<double> point = stackalloc double[2];
        call.PlaceAbsorb(point);
        return call.IdealAbsorb(_peaks, OperandPrecision.Bf16).At(grid.At(point));
    }
}
