using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>All operator times of one chip under one engine. Immutable; safe to share between threads.</summary>
public sealed class OperatorTimes
{
    /// <summary>Tokens of a rank up to which exchanges run in their low-latency mode: the buffers of DeepEP are made for 128 (its README, 2025).</summary>
    internal const double MostDecodeTokens = 256;

    // bytes of one element of a gathered activation, with its scale
    internal const double ActivationBytes = 2;
    internal const double NarrowActivationBytes = 1 + 4.0 / 128;

    private readonly DecodeAttentionTimes _decodeAttention;
    private readonly PrefillAttentionTimes _prefillAttention;
    private readonly LatentAttentionTimes _latentAttention;
    private readonly ExpertTimes _experts;
    private readonly ExpertExchangeTimes _exchange;
    private readonly StateSpaceTimes _states;

    private readonly OperatorClock _blockClock;

    private OperatorTimes(OperatorClock clock, OperatorClock blockClock, OperatorLibrary library)
    {
        Clock = clock;
        _blockClock = blockClock;
        _decodeAttention = new DecodeAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _prefillAttention = new PrefillAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _latentAttention = new LatentAttentionTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _experts = new ExpertTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _exchange = new ExpertExchangeTimes(clock.Peaks, clock.Lender, clock.Engine, library);
        _states = new StateSpaceTimes(clock.Peaks, clock.Lender, clock.Engine, library);
    }

    /// <summary>Products, exchanges, elementwise work and power of the chip.</summary>
    public OperatorClock Clock { get; }

    /// <summary>Peaks of the chip.</summary>
    public ChipPeaks Peaks => Clock.Peaks;

    internal DecodeAttentionTimes DecodeAttention => _decodeAttention;

    internal PrefillAttentionTimes PrefillAttention => _prefillAttention;

    internal LatentAttentionTimes LatentAttention => _latentAttention;

    internal ExpertTimes Experts => _experts;

    internal StateSpaceTimes States => _states;

    /// <summary>Makes the times of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured operator grids.</param>
    /// <param name="reason">Why there are none, in words; empty on success.</param>
    /// <returns>The times, or null when the data sheet lacks what a time needs.</returns>
    public static OperatorTimes? Create(SystemRecord system, EngineFamily engine, OperatorLibrary library, out string reason)
    {
        // another maker's chip runs its own kernels: those of the maker's engine of the measured chips, and not a port of them, stand in
        EngineFamily tables = NearestMeasuredSystem.Of(system).Distance == CurveDistance.OtherMaker ? EngineFamily.TensorRtLlm : engine;
        return OperatorClock.Create(system, tables, library, out reason) is { } clock
            && OperatorClock.Create(system, EngineFamily.Sglang, library, out reason) is { } blocks
            ? new OperatorTimes(clock, blocks, library)
            : null;
    }

    /// <summary>
    /// Time of a product with one weight matrix over its rows. TensorRT-LLM's tables of per-tensor fp8 and of nvfp4 hold a kernel that finds the scales of the
    /// activations at run time; checkpoints in these formats bring their scales, and engines quantise in the operator before: that kernel is taken
    /// off, down to the launch of a 16-bit product and to the ideal time. Tables of fp8 in blocks under vLLM hold the launch of that kernel from the
    /// host, which a captured graph hides: SGLang's, which run the same products, stand in.
    /// </summary>
    internal Func<double, CallTime> Product(OperandPrecision precision, double columns, double inner)
    {
        OperatorClock clock = precision == OperandPrecision.Fp8Block && Clock.Engine == EngineFamily.Vllm ? _blockClock : Clock;
        GemmSlice slice = clock.Gemm(precision).Slice(columns, inner);
        if (precision is not (OperandPrecision.Fp8 or OperandPrecision.Fp4) || clock.Gemm(precision).Grid.Engine != EngineFamily.TensorRtLlm)
        {
            return slice.At;
        }

        GemmIdeal ideal = clock.Gemm(precision).Ideal;
        double launch = clock.Gemm(OperandPrecision.Bf16).LaunchSeconds;
        return rows =>
        {
            CallTime time = slice.At(rows);
            double least = Math.Max(launch, ideal.Seconds(rows, columns, inner));
            double total = Math.Max(least, time.TotalSeconds - clock.Quantise(rows, inner, precision).TotalSeconds);
            double off = time.TotalSeconds - total;
            if (off <= 0)
            {
                return time;
            }

            double floor = Math.Max(Math.Min(time.FloorSeconds, launch), time.FloorSeconds - off);
            double work = Math.Max(0, total - floor);
            double before = time.ComputeSeconds + time.MemorySeconds;
            return before > 0 ? new CallTime(floor, work * time.ComputeSeconds / before, work * time.MemorySeconds / before) : new CallTime(floor, 0, work);
        };
    }

    /// <summary>True where engines feed 8-bit activations to MXFP4 experts: on chips that multiply 4-bit operands.</summary>
    internal bool NarrowsActivations(OperandPrecision experts) => experts == OperandPrecision.Mxfp4 && Peaks.Fp4FlopsPerSecond > 0;

    /// <summary>
    /// Time of the exchange between attention ranks and experts: in a rack of one scale-up domain or across nodes by the measured kernels; inside a node
    /// of up to eight the quicker of those and an all-gather with a reduce-scatter, which engines use there.
    /// </summary>
    internal CallTime ExpertExchange(double tokensPerRank, double hidden, int top, int experts, int ranks, bool narrow, bool decode)
    {
        int domain = Math.Max(1, Peaks.ScaleUpDomain);
        double sent = narrow ? NarrowActivationBytes : ActivationBytes;
        CallTime direct = _exchange.At(tokensPerRank, hidden, top, experts, ranks, Math.Min(ranks, domain), sent, ActivationBytes, decode).Both;
        if (ranks > domain || ranks > 8)
        {
            return direct;
        }

        double gathered = tokensPerRank * ranks * hidden * ActivationBytes;
        CallTime both = Clock.AllGather(gathered, ranks) + Clock.ReduceScatter(gathered, ranks);
        return both.TotalSeconds < direct.TotalSeconds ? both : direct;
    }

    /// <summary>True where activations go to experts in 8 bits with a scale of each 128: where the experts multiply narrow operands.</summary>
    internal static bool SendsNarrow(OperandPrecision experts) =>
        experts is not (OperandPrecision.Bf16 or OperandPrecision.Mxfp4 or OperandPrecision.Int4 or OperandPrecision.Int8);

    /// <summary>True where links are published that join so many chips.</summary>
    internal bool JoinsChips(int chips) => chips <= Peaks.ScaleUpDomain ? Peaks.ScaleUpBytesPerSecond > 0 : Peaks.ScaleOutBytesPerSecond > 0;

    /// <summary>
    /// Time of one direction of the exchange between attention chips and feed-forward chips, by the kernels of the exchange with experts: over the scale-up
    /// links where all chips share a domain, else all of it over the network.
    /// </summary>
    /// <param name="elements">Elements that the busiest chip sends or takes.</param>
    /// <param name="bytesPerElement">Bytes of one.</param>
    /// <param name="chips">Chips of both kinds.</param>
    /// <param name="tokensOfRank">Tokens of one attention rank.</param>
    /// <param name="back">True for the answers.</param>
    internal CallTime PartExchange(double elements, double bytesPerElement, int chips, double tokensOfRank, bool back) =>
        _exchange.OneWay(elements, bytesPerElement, chips, tokensOfRank <= MostDecodeTokens, back);
}
