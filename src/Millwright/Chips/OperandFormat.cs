using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Stored size of the precisions.</summary>
public static class OperandFormat
{
    /// <summary>Bytes of one stored value with its scales.</summary>
    /// <param name="precision">The precision.</param>
    /// <returns>Bytes: NVFP4 has 8-bit scales of 16 values, MXFP4 of 32, 4-bit integers 16-bit scales of 128.</returns>
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
    internal static double Peak(in ChipPeaks peaks, OperandPrecision precision) => peaks.FlopsPerSecond(peaks.Multiplies(precision));
}
