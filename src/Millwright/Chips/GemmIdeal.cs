using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// What a matrix product C[rows, columns] = A[rows, inner] B[inner, columns] must at least take: 2 rows columns inner FLOPs at the peak, or A, B and a
/// 16-bit C once through memory, whichever is longer (the roofline of Williams, Waterman and Patterson, 2009).
/// </summary>
/// <param name="FlopsPerSecond">Peak at the precision of the multiplication, FLOP/s.</param>
/// <param name="BytesPerSecond">Memory bandwidth, bytes/s.</param>
/// <param name="ActivationBytes">Bytes of one value of A.</param>
/// <param name="WeightBytes">Bytes of one value of B, with its scales.</param>
public readonly record struct GemmIdeal(double FlopsPerSecond, double BytesPerSecond, double ActivationBytes, double WeightBytes)
{
    /// <summary>Bytes of one value of C: engines write 16 bits whatever they multiply.</summary>
    public const double OutputBytes = 2;

    /// <summary>The ideal of a precision on a chip.</summary>
    /// <param name="peaks">Peaks of the chip.</param>
    /// <param name="precision">Precision of the operands.</param>
    /// <returns>The ideal: the peak of the precision that the chip multiplies in, weights as they are stored, activations as narrow as the
    /// multiplication takes them.</returns>
    public static GemmIdeal Of(ChipPeaks peaks, OperandPrecision precision)
    {
        OperandPrecision multiplied = peaks.Multiplies(precision);
        return new GemmIdeal(
            peaks.FlopsPerSecond(multiplied), peaks.MemoryBytesPerSecond, OperandFormat.Bytes(multiplied), Math.Min(OperandFormat.Bytes(precision), OperandFormat.Bytes(multiplied)));
    }

    /// <summary>FLOPs over the peak.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <returns>Time, s.</returns>
    public double ComputeSeconds(double rows, double columns, double inner) => 2 * rows * columns * inner / FlopsPerSecond;

    /// <summary>Bytes over the bandwidth.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <returns>Time, s.</returns>
    public double MemorySeconds(double rows, double columns, double inner) =>
        (rows * inner * ActivationBytes + columns * inner * WeightBytes + OutputBytes * rows * columns) / BytesPerSecond;

    /// <summary>The longer of both.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <returns>Time, s.</returns>
    public double Seconds(double rows, double columns, double inner) =>
        Math.Max(ComputeSeconds(rows, columns, inner), MemorySeconds(rows, columns, inner));
}
