using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// One call of the kernels of a layer with a recurrent state: a short convolution over channels, and a scan that updates a state of each head (Gated
/// DeltaNet, arXiv:2412.06464; Mamba2, arXiv:2405.21060).
/// </summary>
/// <param name="Sequences">Sequences.</param>
/// <param name="TokensPerSequence">New tokens of each; 1 in decode.</param>
/// <param name="Channels">Channels of the convolution on the chip: for Gated DeltaNet queries, keys and values, for Mamba2 inner width and 2 groups x
/// state.</param>
/// <param name="Heads">Heads with a state of their own on the chip.</param>
/// <param name="StateOfHead">Elements of the state of one head: key width x value width, or head width x state width.</param>
public readonly record struct StateSpaceCall(
    double Sequences, double TokensPerSequence, double Channels, double Heads, double StateOfHead)
{
    // taps of the short convolution
    private const double Taps = 4;

    /// <summary>The least time of the convolution: 16-bit channels in and out, and the last three inputs of each sequence kept.</summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime IdealConvolution(in ChipPeaks peaks) =>
        new(2 * Taps * Sequences * TokensPerSequence * Channels / peaks.Bf16FlopsPerSecond, 4 * Sequences * Channels * TokensPerSequence / peaks.MemoryBytesPerSecond);

    /// <summary>
    /// The least time of the scan: the state of each head read and written once for each sequence in 16 bits (as measured), channels in and out; 6
    /// FLOPs for each token and element of state (decay and update, and the answer).
    /// </summary>
    /// <param name="peaks">The chip.</param>
    /// <returns>The ideal time.</returns>
    public IdealTime IdealScan(in ChipPeaks peaks) => new(
        6 * Sequences * TokensPerSequence * Heads * StateOfHead / peaks.Bf16FlopsPerSecond,
        Sequences * (4 * Heads * StateOfHead + 4 * TokensPerSequence * Channels) / peaks.MemoryBytesPerSecond);

    /// <summary>Coordinates in the grids of the convolution.</summary>
    /// <param name="point">Gets log2 of sequences, of tokens of each, and of channels.</param>
    public void PlaceConvolution(Span<double> point)
    {
        point[0] = Math.Log2(Sequences);
        point[1] = Math.Log2(TokensPerSequence);
        point[2] = Math.Log2(Channels);
    }

    /// <summary>Coordinates in the grids of the scan.</summary>
    /// <param name="point">Gets log2 of sequences, of tokens of each, and of elements of state of all heads.</param>
    public void PlaceScan(Span<double> point)
    {
        point[0] = Math.Log2(Sequences);
        point[1] = Math.Log2(TokensPerSequence);
        point[2] = Math.Log2(Heads * StateOfHead);
    }
}

/// <summary>Times of layers with a recurrent state. Immutable; safe to share between threads.</summary>
/// <remarks>The public tables hold the convolution of both kinds of layer, but the scan of Gated DeltaNet alone: Mamba2 borrows it by bytes of state.</remarks>
public sealed class StateSpaceTimes
{
    /// <summary>Name of the convolution of one new token in a library.</summary>
    public const string DecodeConvolutionName = "state-decode-convolution";

    /// <summary>Name of the convolution of prompts.</summary>
    public const string PrefillConvolutionName = "state-prefill-convolution";

    /// <summary>Name of the scan of one new token.</summary>
    public const string DecodeScanName = "state-decode-scan";

    /// <summary>Name of the scan of prompts.</summary>
    public const string PrefillScanName = "state-prefill-scan";

    private readonly ChipPeaks _peaks;
    private readonly SmoothGrid _decodeConvolution;
    private readonly SmoothGrid _prefillConvolution;
    private readonly SmoothGrid _decodeScan;
    private readonly SmoothGrid _prefillScan;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine; only TensorRT-LLM was measured, which stands in for the others.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library lacks one of the operators.</exception>
    public StateSpaceTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        OperatorShelf shelf = new(lender, engine, library);
        _peaks = peaks;
        _decodeConvolution = shelf.Require(DecodeConvolutionName, OperandPrecision.Bf16);
        _prefillConvolution = shelf.Require(PrefillConvolutionName, OperandPrecision.Bf16);
        _decodeScan = shelf.Require(DecodeScanName, OperandPrecision.Bf16);
        _prefillScan = shelf.Require(PrefillScanName, OperandPrecision.Bf16);
    }

    /// <summary>Nodes of the convolution grids along each coordinate of <see cref="StateSpaceCall.PlaceConvolution"/>.</summary>
    public static IReadOnlyList<double[]> ConvolutionAxes { get; } = [[0, 2, 4, 6, 8, 10], [0, 2, 4, 6, 8, 10, 12, 15], [10, 12, 13, 14, 15]];

    /// <summary>Nodes of the scan grids along each coordinate of <see cref="StateSpaceCall.PlaceScan"/>.</summary>
    public static IReadOnlyList<double[]> ScanAxes { get; } = [[0, 2, 4, 6, 8, 10], [0, 2, 4, 6, 8, 10, 12, 15], [18, 19, 20]];

    /// <summary>Time of the convolution and scan of a Gated DeltaNet layer; the products around them are ordinary ones.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="tokensPerSequence">New tokens of each; 1 in decode.</param>
    /// <param name="keyHeads">Key (and query) heads on the chip.</param>
    /// <param name="valueHeads">Value heads on the chip, each with a state.</param>
    /// <param name="keyWidth">Width of a key head.</param>
    /// <param name="valueWidth">Width of a value head.</param>
    /// <returns>The time of both kernels.</returns>
    public CallTime GatedDelta(
        double sequences, double tokensPerSequence, double keyHeads, double valueHeads, double keyWidth, double valueWidth) =>
        At(new StateSpaceCall(sequences, tokensPerSequence, 2 * keyHeads * keyWidth + valueHeads * valueWidth, valueHeads, keyWidth * valueWidth));

    /// <summary>Time of the convolution and scan of a Mamba2 layer; the products around them are ordinary ones.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="tokensPerSequence">New tokens of each; 1 in decode.</param>
    /// <param name="heads">Heads on the chip.</param>
    /// <param name="headWidth">Width of a head.</param>
    /// <param name="groups">Groups on the chip that share input and output projections of the state.</param>
    /// <param name="stateWidth">Width of the state.</param>
    /// <returns>The time of both kernels; the scan is not measured, see the remarks of this class.</returns>
    public CallTime Mamba2(double sequences, double tokensPerSequence, double heads, double headWidth, double groups, double stateWidth) =>
        At(new StateSpaceCall(sequences, tokensPerSequence, heads * headWidth + 2 * groups * stateWidth, heads, headWidth * stateWidth));

    /// <summary>Time of the convolution and scan.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The time of both kernels, neither below its ideal time.</returns>
    public CallTime At(in StateSpaceCall call)
    {
        Span<double> point = stackalloc double[3];
        var decode = call.TokensPerSequence <= 1;
        call.PlaceConvolution(point);
        var convolution = call.IdealConvolution(_peaks).At((decode ? _decodeConvolution : _prefillConvolution).At(point));
        call.PlaceScan(point);
        var scan = call.IdealScan(_peaks).At((decode ? _decodeScan : _prefillScan).At(point));
        return convolution + scan;
    }
}
