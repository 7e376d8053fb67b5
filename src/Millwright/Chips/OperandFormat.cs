using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Stored size and rate of multiplication of the precisions.</summary>
internal static class OperandFormat
{
    /// <summary>Bytes of one stored value with its scales.</summary>
    public static double Bytes(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => 2,
        OperandPrecision.Fp4 => 0.5625,
        OperandPrecision.Mxfp4 => 0.53125,
        OperandPrecision.Int4 => 0.515625,
        _ => 1,
    };

    /// <summary>Peak at which a chip multiplies weights of a precision, FLOP/s: that of the precision, or of the next wider one that the chip
    /// has.</summary>
    public static double Peak(in ChipPeaks peaks, OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp4 when peaks.Fp4FlopsPerSecond > 0 => peaks.Fp4FlopsPerSecond,
        OperandPrecision.Fp4 or OperandPrecision.Fp8 or OperandPrecision.Fp8Block when peaks.Fp8FlopsPerSecond > 0 => peaks.Fp8FlopsPerSecond,
        _ => peaks.Bf16FlopsPerSecond,
    };
}
