using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Times of operators and of exchanges on one chip: its own peaks, and the efficiency curves of the nearest measured chip.
/// Immutable; safe to share between threads.
/// </summary>
/// <example>
/// <code>
/// var chip = ChipTimer.Create(catalog.FindSystem("gb200-nvl72")!, catalog.OperatorCurves, out var reason);
/// var seconds = chip!.Gemm(flops, bytes, OperandPrecision.Fp8).TotalSeconds;
/// </code>
/// </example>
public sealed class ChipTimer
{
    /// <summary>Added to the error band where a chip borrows the curves of another of the same maker. An assumption: the step between H100 and B200
    /// curves is of this size.</summary>
    internal const double SameMakerError = 0.15;

    /// <summary>Added to the error band where a chip borrows the curves of another maker. An assumption: twice the band of the same maker.</summary>
    internal const double OtherMakerError = 0.30;

    private const int Precisions = 3;
    private static readonly int[] MeasuredAllReduceChips = [2, 4, 8];

    private readonly EfficiencyCurve[] _gemm = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _expertGemm = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _decodeAttention = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _latentDecodeAttention = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _boardPower = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _idlePower = new EfficiencyCurve[Precisions];
    private readonly EfficiencyCurve[] _allReduce = new EfficiencyCurve[MeasuredAllReduceChips.Length];
    private readonly EfficiencyCurve _prefillAttention;
    private readonly EfficiencyCurve _latentPrefillAttention;
    private readonly EfficiencyCurve _allToAll;

    private ChipTimer(SystemRecord system, ChipPeaks peaks, CurveShelf shelf)
    {
        System = system;
        Peaks = peaks;
        Lender = shelf.Lender;
        for (var i = 0; i < Precisions; i++)
        {
            // a precision that the chip multiplies in another way takes that way's curve
            var precision = peaks.Multiplies((OperandPrecision)i);
            _gemm[i] = shelf.Find("gemm", precision);
            _expertGemm[i] = shelf.Find("expert-gemm", precision);
            _decodeAttention[i] = shelf.Find("decode-attention", (OperandPrecision)i);
            _latentDecodeAttention[i] = shelf.Find("latent-decode-attention", (OperandPrecision)i);
            _boardPower[i] = shelf.Find("board-power", precision);
            _idlePower[i] = shelf.Find("board-power-idle", precision);
        }

        for (var i = 0; i < _allReduce.Length; i++)
        {
            _allReduce[i] = shelf.FindAllReduce(MeasuredAllReduceChips[i]);
        }

        _prefillAttention = shelf.Find("prefill-attention", OperandPrecision.Bf16);
        _latentPrefillAttention = shelf.Find("latent-prefill-attention", OperandPrecision.Bf16);
        _allToAll = shelf.Find("all-to-all", OperandPrecision.Fp8);
    }

    /// <summary>The system.</summary>
    public SystemRecord System { get; }

    /// <summary>Peaks of one chip.</summary>
    public ChipPeaks Peaks { get; }

    /// <summary>The measured system whose curves are used.</summary>
    public NearestMeasuredSystem Lender { get; }

    /// <summary>Added to a one-sided relative error because the curves are borrowed, as a fraction; 0 for a measured chip.</summary>
    public double BorrowedError => Lender.Distance switch
    {
        CurveDistance.Measured => 0,
        CurveDistance.SameMaker => SameMakerError,
        _ => OtherMakerError,
    };

    /// <summary>Makes the timer of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="curves">Measured operator curves.</param>
    /// <param name="reason">Why there is none, in words; empty on success.</param>
    /// <returns>The timer, or null when the data sheet lacks what a time needs.</returns>
    /// <exception cref="InvalidDataException">A curve is not physical, or one that every chip needs is missing.</exception>
    public static ChipTimer? Create(SystemRecord system, IReadOnlyList<OperatorCurve> curves, out string reason)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(curves);
        return ChipPeaks.TryRead(system, out reason) is { } peaks
            ? new ChipTimer(system, peaks, new CurveShelf(NearestMeasuredSystem.Of(system), curves))
            : null;
    }

    /// <summary>Time of a dense matrix product.</summary>
    /// <param name="flops">FLOPs on this chip.</param>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <param name="precision">Precision of the operands.</param>
    /// <returns>Time of one call.</returns>
    public CallTime Gemm(double flops, double bytes, OperandPrecision precision) =>
        _gemm[(int)precision].Time(flops / Peaks.FlopsPerSecond(Peaks.Multiplies(precision)), bytes / Peaks.MemoryBytesPerSecond);

    /// <summary>Time of one of the two grouped products of a mixture-of-experts layer.</summary>
    /// <param name="flops">FLOPs on this chip.</param>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <param name="precision">Precision of the operands.</param>
    /// <returns>Time of one call. The curve was measured on a whole layer, sorting and activation included, so that each of its two products bears
    /// half the floor.</returns>
    public CallTime ExpertGemm(double flops, double bytes, OperandPrecision precision)
    {
        var time = _expertGemm[(int)precision].Time(flops / Peaks.FlopsPerSecond(Peaks.Multiplies(precision)), bytes / Peaks.MemoryBytesPerSecond);
        return time with { FloorSeconds = time.FloorSeconds / 2 };
    }

    /// <summary>Time of attention over the cache for decoding sequences.</summary>
    /// <param name="flops">FLOPs on this chip.</param>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <param name="cachePrecision">Precision of the stored cache.</param>
    /// <param name="latent">True for attention over a latent cache (MLA), whose many heads share what they read.</param>
    /// <returns>Time of one call.</returns>
    public CallTime DecodeAttention(double flops, double bytes, OperandPrecision cachePrecision, bool latent) =>
        (latent ? _latentDecodeAttention : _decodeAttention)[(int)cachePrecision].Time(
            flops / Peaks.Bf16FlopsPerSecond, bytes / Peaks.MemoryBytesPerSecond);

    /// <summary>Time of attention among prompt tokens.</summary>
    /// <param name="flops">FLOPs on this chip.</param>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <param name="latent">True for MLA.</param>
    /// <returns>Time of one call; engines compute it in 16 bits, whatever the cache holds.</returns>
    public CallTime PrefillAttention(double flops, double bytes, bool latent) =>
        (latent ? _latentPrefillAttention : _prefillAttention).Time(flops / Peaks.Bf16FlopsPerSecond, bytes / Peaks.MemoryBytesPerSecond);

    /// <summary>Time of elementwise work: bound by memory, launched like a small 16-bit product.</summary>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <returns>Time of one call.</returns>
    public CallTime Elementwise(double bytes) => _gemm[(int)OperandPrecision.Bf16].Time(0, bytes / Peaks.MemoryBytesPerSecond);

    /// <summary>Time of an all-reduce among chips of one scale-up domain.</summary>
    /// <param name="messageBytes">Bytes that each chip holds.</param>
    /// <param name="chips">Chips.</param>
    /// <returns>
    /// Time of one call: the engine's own kernel, bus bytes 2 (n - 1) / n of the message over the link. More than 8 chips were not measured: the
    /// floor of 8 grows with
    /// the logarithm of the chips, an assumption.
    /// </returns>
    public CallTime AllReduce(double messageBytes, int chips)
    {
        if (chips <= 1)
        {
            return default;
        }

        var index = chips <= 2 ? 0 : chips <= 4 ? 1 : 2;
        var time = _allReduce[index].Time(0, 2.0 * (chips - 1) / chips * messageBytes / Peaks.ScaleUpBytesPerSecond);
        return chips <= 8 ? time : time with { FloorSeconds = time.FloorSeconds * Math.Log2(chips) / 3 };
    }

    /// <summary>Time to send tokens to their experts and to bring the answers back.</summary>
    /// <param name="offChipBytes">Bytes that leave one chip, both ways together.</param>
    /// <returns>Time of dispatch and combine together, nearly flat in the number of chips of a domain.</returns>
    public CallTime AllToAll(double offChipBytes) => _allToAll.Time(0, offChipBytes / Peaks.ScaleUpBytesPerSecond);

    /// <summary>Mean power of a chip over some time.</summary>
    /// <param name="time">How the time divides.</param>
    /// <param name="precision">Precision of the products that fill it.</param>
    /// <returns>Mean power, W: the plateaus of compute-bound and streaming kernels and the floor, by their shares of the time; not a number without a
    /// rated power.</returns>
    public double MeanWatts(CallTime time, OperandPrecision precision)
    {
        var busy = _boardPower[(int)precision];
        var share = time.ComputeSeconds * busy.ComputeEfficiency
            + time.MemorySeconds * busy.MemoryEfficiency
            + time.FloorSeconds * _idlePower[(int)precision].ComputeEfficiency;
        return Peaks.RatedWatts * share / time.TotalSeconds;
    }
}
