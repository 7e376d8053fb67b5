using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>One direction of the exchange between tokens and their experts (all-to-all).</summary>
/// <param name="TokensPerRank">Tokens of each rank.</param>
/// <param name="Hidden">Width of the model.</param>
/// <param name="TopExperts">Experts of each token.</param>
/// <param name="Ranks">Ranks.</param>
/// <param name="RanksPerDomain">Ranks that share scale-up links.</param>
/// <param name="BytesPerElement">Bytes of one sent element with its scales.</param>
/// <param name="LowLatency">True where each pair of token and expert is sent on its own; false where a token goes once to each rank, and once to each
/// other domain, which hands it on.</param>
public readonly record struct ExpertExchangeCall(
    double TokensPerRank, double Hidden, double TopExperts, double Ranks, double RanksPerDomain, double BytesPerElement, bool LowLatency)
{
    private double Domains => Math.Max(1, Ranks / RanksPerDomain);

    /// <summary>Copies of a token that leave the chip but stay in its domain, or come in from the next domain.</summary>
    public double CopiesInDomain => LowLatency
        ? TopExperts * (Math.Min(Ranks, RanksPerDomain) - 1) / Ranks
        : (Ranks - 1) * Reached(Ranks, TopExperts);

    /// <summary>Copies of a token that leave the domain.</summary>
    public double CopiesOutOfDomain => LowLatency
        ? TopExperts * Math.Max(0, Ranks - RanksPerDomain) / Ranks
        : (Domains - 1) * Reached(Domains, TopExperts);

    /// <summary>The least time: bytes over the links, the two kinds of link at once.</summary>
    /// <param name="peaks">The chip; a link that is not published takes no time, so that the caller must refuse it.</param>
    /// <returns>The ideal time, as memory time.</returns>
    public IdealTime Ideal(in ChipPeaks peaks)
    {
        var bytes = TokensPerRank * Hidden * BytesPerElement;
        return new IdealTime(0, Math.Max(Over(bytes * CopiesInDomain, peaks.ScaleUpBytesPerSecond), Over(bytes * CopiesOutOfDomain, peaks.ScaleOutBytesPerSecond)));
    }

    /// <summary>Coordinates in the grids of exchanges in nodes.</summary>
    /// <param name="peaks">The chip.</param>
    /// <param name="point">Gets log2 of the ideal time in microseconds, and of the domains.</param>
    public void PlaceNodes(in ChipPeaks peaks, Span<double> point)
    {
        point[0] = Math.Log2(Math.Max(1e-3, Ideal(peaks).MemorySeconds * 1e6));
        point[1] = Math.Log2(Domains);
    }

    /// <summary>Coordinates in the grids of exchanges in one domain of a rack.</summary>
    /// <param name="peaks">The chip.</param>
    /// <param name="point">Gets log2 of the ideal time in microseconds, and of the ranks.</param>
    public void PlaceRack(in ChipPeaks peaks, Span<double> point)
    {
        point[0] = Math.Log2(Math.Max(1e-3, Ideal(peaks).MemorySeconds * 1e6));
        point[1] = Math.Log2(Ranks);
    }

    private static double Over(double bytes, double bytesPerSecond) => bytes <= 0 || bytesPerSecond <= 0 ? 0 : bytes / bytesPerSecond;

    // share of places that a token with so many experts at random reaches
    private static double Reached(double places, double topExperts) => places <= 1 ? 0 : 1 - Math.Exp(topExperts * Math.Log(1 - 1 / places));
}

/// <summary>Time of an exchange with experts, by direction.</summary>
/// <param name="Dispatch">Tokens to their experts, preparation included.</param>
/// <param name="Combine">Answers back.</param>
public readonly record struct ExpertExchangeTime(CallTime Dispatch, CallTime Combine)
{
    /// <summary>Both directions.</summary>
    public CallTime Both => Dispatch + Combine;
}

/// <summary>
/// Times of the exchange between tokens and their experts. Inside a domain wider than a node: TensorRT-LLM's kernels over the links of a rack
/// (measured on GB200, 2 to 64 ranks); otherwise DeepEP (measured in one node on four chips, and over 2 to 8 nodes of H100). Immutable; safe to share
/// between threads.
/// </summary>
public sealed class ExpertExchangeTimes
{
    /// <summary>Name of DeepEP's normal dispatch in a library.</summary>
    public const string DispatchName = "exchange-dispatch";

    /// <summary>Name of DeepEP's normal combine.</summary>
    public const string CombineName = "exchange-combine";

    /// <summary>Name of DeepEP's low-latency dispatch.</summary>
    public const string FastDispatchName = "exchange-dispatch-low-latency";

    /// <summary>Name of DeepEP's low-latency combine.</summary>
    public const string FastCombineName = "exchange-combine-low-latency";

    /// <summary>What is added to the four names above for exchanges over several nodes.</summary>
    public const string OverNodes = "-over-nodes";

    /// <summary>Name of the dispatch in a rack, preparation included.</summary>
    public const string RackDispatchName = "exchange-dispatch-rack";

    /// <summary>Name of the combine in a rack.</summary>
    public const string RackCombineName = "exchange-combine-rack";

    private const int RanksOfNode = 8;

    private readonly ChipPeaks _peaks;
    private readonly SmoothGrid[] _inNode;
    private readonly SmoothGrid[] _overNodes;
    private readonly SmoothGrid[] _rackDispatch;
    private readonly SmoothGrid[] _rackCombine;

    /// <summary>Makes the times of a chip.</summary>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="lender">The measured system nearest to it.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured grids.</param>
    /// <exception cref="InvalidDataException">The library lacks one of the operators.</exception>
    public ExpertExchangeTimes(ChipPeaks peaks, NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
    {
        OperatorShelf shelf = new(lender, engine, library);
        _peaks = peaks;
        _inNode = DeepEp(shelf, "");
        _overNodes = DeepEp(shelf, OverNodes);
        _rackDispatch =
        [
            shelf.Require(RackDispatchName, OperandPrecision.Bf16),
            shelf.Require(RackDispatchName, OperandPrecision.Fp8),
            shelf.Require(RackDispatchName, OperandPrecision.Fp4),
        ];
        _rackCombine = [shelf.Require(RackCombineName, OperandPrecision.Bf16), shelf.Require(RackCombineName, OperandPrecision.Fp4, OperandPrecision.Bf16)];
    }

    /// <summary>Nodes of the grids of exchanges in and over nodes along each coordinate of <see cref="ExpertExchangeCall.PlaceNodes"/>.</summary>
    public static IReadOnlyList<double[]> NodeAxes { get; } = [[-4, -2, 0, 2, 3, 4, 5, 6, 8, 10, 12, 15], [0, 1, 2, 3]];

    /// <summary>Nodes of the grids of exchanges in a rack along each coordinate of <see cref="ExpertExchangeCall.PlaceRack"/>.</summary>
    public static IReadOnlyList<double[]> RackAxes { get; } = [[-6, -2, 0, 2, 3, 4, 5, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6]];

    /// <summary>Time to send tokens to their experts and to bring the answers back.</summary>
    /// <param name="tokensPerRank">Tokens of each rank.</param>
    /// <param name="hidden">Width of the model.</param>
    /// <param name="topExperts">Experts of each token.</param>
    /// <param name="experts">Experts of the layer; no rank is reached beyond them.</param>
    /// <param name="ranks">Ranks that the experts are divided over; 1 takes no time.</param>
    /// <param name="ranksPerDomain">Ranks that share scale-up links.</param>
    /// <param name="dispatchBytesPerElement">Bytes of one element on the way to the experts: 2, about 1.03 (fp8 with a scale of each 128) or 0.5625.</param>
    /// <param name="combineBytesPerElement">Bytes of one element on the way back.</param>
    /// <param name="lowLatency">DeepEP's low-latency mode, used in decode; counts across nodes and inside one.</param>
    /// <returns>The times, never below bytes over links.</returns>
    public ExpertExchangeTime At(
        double tokensPerRank,
        double hidden,
        double topExperts,
        double experts,
        double ranks,
        double ranksPerDomain,
        double dispatchBytesPerElement,
        double combineBytesPerElement,
        bool lowLatency)
    {
        ranks = Math.Min(ranks, experts);
        if (ranks <= 1)
        {
            return default;
        }

        Span<double> point = stackalloc double[2];
        if (ranks <= ranksPerDomain && ranksPerDomain > RanksOfNode)
        {
            ExpertExchangeCall send = new(tokensPerRank, hidden, topExperts, ranks, ranksPerDomain, dispatchBytesPerElement, false);
            ExpertExchangeCall answer = send with { BytesPerElement = combineBytesPerElement };
            var width = dispatchBytesPerElement > 1.5 ? 0 : dispatchBytesPerElement > 0.8 ? 1 : 2;
            send.PlaceRack(_peaks, point);
            var sent = send.Ideal(_peaks).At(_rackDispatch[width].At(point));
            answer.PlaceRack(_peaks, point);
            return new ExpertExchangeTime(sent, answer.Ideal(_peaks).At(_rackCombine[width == 2 ? 1 : 0].At(point)));
        }

        ExpertExchangeCall there = new(tokensPerRank, hidden, topExperts, ranks, ranksPerDomain, dispatchBytesPerElement, lowLatency);
        ExpertExchangeCall back = there with { BytesPerElement = combineBytesPerElement };
        var grids = ranks > ranksPerDomain ? _overNodes : _inNode;
        var mode = lowLatency ? 2 : 0;
        there.PlaceNodes(_peaks, point);
        var dispatch = there.Ideal(_peaks).At(grids[mode].At(point));
        back.PlaceNodes(_peaks, point);
        return new ExpertExchangeTime(dispatch, back.Ideal(_peaks).At(grids[mode + 1].At(point)));
    }

    /// <summary>
    /// Time of one direction of an exchange between two kinds of chips, by the same kernels: as long as an exchange among all of them whose busiest chip
    /// sends or takes as many bytes.
    /// </summary>
    /// <param name="elements">Elements that the busiest chip sends or takes.</param>
    /// <param name="bytesPerElement">Bytes of one.</param>
    /// <param name="chips">Chips of both kinds: in one scale-up domain over its links, else all of it over the network.</param>
    /// <param name="lowLatency">DeepEP's low-latency mode.</param>
    /// <param name="back">True for the answers of experts.</param>
    /// <returns>The time, never below bytes over the link; endless where the link is not published.</returns>
    public CallTime OneWay(double elements, double bytesPerElement, int chips, bool lowLatency, bool back)
    {
        var inDomain = chips <= _peaks.ScaleUpDomain;
        var link = inDomain ? _peaks.ScaleUpBytesPerSecond : _peaks.ScaleOutBytesPerSecond;
        if (!(link > 0))
        {
            return new CallTime(double.PositiveInfinity, 0, 0);
        }

        IdealTime ideal = new(0, elements * bytesPerElement / link);
        Span<double> point = stackalloc double[2];
        point[0] = Math.Log2(Math.Max(1e-3, ideal.MemorySeconds * 1e6));
        if (inDomain && _peaks.ScaleUpDomain > RanksOfNode)
        {
            point[1] = Math.Log2(chips);
            var width = bytesPerElement > 1.5 ? 0 : 1;
            return ideal.At(back ? _rackCombine[0].At(point) : _rackDispatch[width].At(point));
        }

        point[1] = inDomain ? 0 : Math.Log2(Math.Max(1, (double)chips / _peaks.ScaleUpDomain));
        return ideal.At((inDomain ? _inNode : _overNodes)[(lowLatency ? 2 : 0) + (back ? 1 : 0)].At(point));
    }

    private static SmoothGrid[] DeepEp(OperatorShelf shelf, string suffix) =>
    [
        shelf.Require(DispatchName + suffix, OperandPrecision.Fp8),
        shelf.Require(CombineName + suffix, OperandPrecision.Bf16),
        shelf.Require(FastDispatchName + suffix, OperandPrecision.Fp8),
        shelf.Require(FastCombineName + suffix, OperandPrecision.Bf16),
    ];
}
