using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Times of matrix products at one precision on one chip under one engine. Immutable; safe to share between threads.</summary>
public sealed class GemmTimes
{
    private readonly OperatorGrid _grid;
    private readonly GemmIdeal _own;
    private readonly GemmIdeal _measured;

    internal GemmTimes(OperatorGrid grid, ChipPeaks peaks, OperandPrecision precision)
    {
        if (grid.LogFactor.Axes.Count != 3 || !(grid.FlopsPerSecond > 0) || !(grid.BytesPerSecond > 0))
        {
            throw new InvalidDataException($"operator grid gemm of {grid.SystemId}: needs three axes and the rates of its ideal times");
        }

        _grid = grid;
        Precision = precision;
        _own = GemmIdeal.Of(peaks, precision);
        bool narrowWeights = grid.Precision is OperandPrecision.Mxfp4 or OperandPrecision.Int8 or OperandPrecision.Int4;
        double activation = OperandFormat.Bytes(narrowWeights ? OperandPrecision.Bf16 : grid.Precision);
        _measured = new GemmIdeal(grid.FlopsPerSecond, grid.BytesPerSecond, activation, OperandFormat.Bytes(grid.Precision));
        double columns = Math.Pow(2, grid.LogFactor.Axes[1][0]);
        double inner = Math.Pow(2, grid.LogFactor.Axes[2][0]);
        LaunchSeconds = _measured.Seconds(1, columns, inner) * Math.Pow(2, Math.Max(0, grid.LogFactor.At(0, grid.LogFactor.Axes[1][0], grid.LogFactor.Axes[2][0])));
    }

    /// <summary>Precision of the operands.</summary>
    public OperandPrecision Precision { get; }

    /// <summary>The grid that is used: its system, engine and precision may be others, where these were not measured.</summary>
    public OperatorGrid Grid => _grid;

    /// <summary>Time of the shortest product measured, s.</summary>
    public double LaunchSeconds { get; }

    /// <summary>Ideal time on this chip, which no product beats.</summary>
    public GemmIdeal Ideal => _own;

    /// <summary>Time of one product.</summary>
    /// <param name="rows">Rows (tokens), above 0.</param>
    /// <param name="columns">Columns of the result, above 0.</param>
    /// <param name="inner">Length of the sums, above 0.</param>
    /// <returns>Time of one call.</returns>
    public CallTime At(double rows, double columns, double inner)
    {
        double factor = _grid.LogFactor.At(Math.Log2(rows), Math.Log2(columns), Math.Log2(inner));
        return Split(factor, _measured.Seconds(rows, columns, inner), _own.ComputeSeconds(rows, columns, inner), _own.MemorySeconds(rows, columns, inner));
    }

    /// <summary>The times of one weight matrix, when only the rows vary.</summary>
    /// <param name="columns">Columns of the result, above 0.</param>
    /// <param name="inner">Length of the sums, above 0.</param>
    /// <returns>The times, quick to evaluate.</returns>
    public GemmSlice Slice(double columns, double inner) => new(
        _grid.LogFactor.Axes[0],
        _grid.LogFactor.Line(0, 0, Math.Log2(columns), Math.Log2(inner)),
        _measured,
        _own,
        LaunchSeconds,
        columns,
        inner);

    private CallTime Split(double logFactor, double measuredIdeal, double compute, double memory)
    {
        double work = BorrowedTime.Work(logFactor, measuredIdeal, Math.Max(compute, memory), LaunchSeconds, out double floor);
        double computeShare = compute / (compute + memory);
        return new CallTime(floor, work * computeShare, work * (1 - computeShare));
    }
}
