using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Times of matrix products at one precision on one chip under one engine: max(ideal, (launch + ideal) x 2^(f + d)), f from a grid over rows, columns and
/// inner, d from a finer one over rows and columns, which make the tiles. Immutable; safe to share between threads.
/// </summary>
public sealed class GemmTimes
{
    /// <summary>A nominal launch, s: it keeps the factor of tiny products small, so that few nodes follow it.</summary>
    private const double ReferenceLaunchSeconds = 2e-6;

    private readonly OperatorGrid _grid;
    private readonly GemmIdeal _own;
    private readonly GemmIdeal _measured;

    // nodes of the rows in both grids together, and where they lie in the coarse one
    private readonly double[] _rowNodes;
    private readonly int[] _coarseCells;
    private readonly double[] _coarseShares;

    internal GemmTimes(OperatorGrid grid, ChipPeaks peaks, OperandPrecision precision)
    {
        if (grid.LogFactor.Axes.Count != 3 || grid.Detail is { Axes.Count: not 2 } || !(grid.FlopsPerSecond > 0) || !(grid.BytesPerSecond > 0))
        {
            throw new InvalidDataException($"operator grid gemm of {grid.SystemId}: needs three axes, two of its detail, and the rates of its ideal times");
        }

        _grid = grid;
        Precision = precision;
        _own = GemmIdeal.Of(peaks, precision);
        bool narrowWeights = grid.Precision is OperandPrecision.Mxfp4 or OperandPrecision.Int8 or OperandPrecision.Int4;
        double activation = OperandFormat.Bytes(narrowWeights ? OperandPrecision.Bf16 : grid.Precision);
        _measured = new GemmIdeal(grid.FlopsPerSecond, grid.BytesPerSecond, activation, OperandFormat.Bytes(grid.Precision));
        double[] coarse = grid.LogFactor.Axes[0];
        _rowNodes = grid.Detail is { } detail ? Together(coarse, detail.Axes[0]) : coarse;
        _coarseCells = new int[_rowNodes.Length];
        _coarseShares = new double[_rowNodes.Length];
        for (int i = 0; i < _rowNodes.Length; i++)
        {
            (_coarseCells[i], _coarseShares[i]) = SmoothGrid.Locate(coarse, _rowNodes[i]);
        }

        LaunchSeconds = MeasuredSeconds(1, Math.Pow(2, grid.LogFactor.Axes[1][0]), Math.Pow(2, grid.LogFactor.Axes[2][0]));
    }

    // nodes of both axes, each once, ascending as they are
    private static double[] Together(double[] one, double[] other)
    {
        double[] nodes = new double[one.Length + other.Length];
        int count = 0;
        for (int i = 0, j = 0; i < one.Length || j < other.Length;)
        {
            double next = j == other.Length || (i < one.Length && one[i] <= other[j]) ? one[i++] : other[j++];
            if (count == 0 || nodes[count - 1] != next)
            {
                nodes[count++] = next;
            }
        }

        double[] exact = new double[count];
        Array.Copy(nodes, exact, count);
        return exact;
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
        double compute = _own.ComputeSeconds(rows, columns, inner);
        double memory = _own.MemorySeconds(rows, columns, inner);
        double ideal = _measured.Seconds(rows, columns, inner);
        double work = BorrowedTime.OfStream(MeasuredSeconds(rows, columns, inner), ideal, compute, memory, LaunchSeconds, out double floor);
        double computeShare = compute / (compute + memory);
        return new CallTime(floor, work * computeShare, work * (1 - computeShare));
    }

    /// <summary>The times of one weight matrix, when only the rows vary.</summary>
    /// <param name="columns">Columns of the result, above 0.</param>
    /// <param name="inner">Length of the sums, above 0.</param>
    /// <returns>The times, quick to evaluate.</returns>
    public GemmSlice Slice(double columns, double inner)
    {
        double logColumns = Math.Log2(columns);
        double[] coarse = _grid.LogFactor.Line(0, 0, logColumns, Math.Log2(inner));
        double[] values = new double[_rowNodes.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int cell = _coarseCells[i];
            double share = _coarseShares[i];
            values[i] = coarse[cell] + (share > 0 ? (coarse[cell + 1] - coarse[cell]) * share : 0);
            values[i] += _grid.Detail?.At(_rowNodes[i], logColumns) ?? 0;
        }

        return new GemmSlice(_rowNodes, values, _measured, _own, LaunchSeconds, columns, inner);
    }

    /// <summary>Time of a call from its factor.</summary>
    /// <param name="logFactor">log2 of the time over nominal launch and ideal time.</param>
    /// <param name="ideal">Ideal time, s, which no call beats.</param>
    /// <returns>Time, s.</returns>
    public static double Seconds(double logFactor, double ideal) =>
        Math.Max(ideal, (ReferenceLaunchSeconds + ideal) * Math.Exp(logFactor * BorrowedTime.NaturalOfTwo));

    /// <summary>The factor of a measured time.</summary>
    /// <param name="seconds">Time, s, not below the ideal one.</param>
    /// <param name="ideal">Ideal time, s.</param>
    /// <returns>log2 of the time over nominal launch and ideal time.</returns>
    public static double LogFactor(double seconds, double ideal) => Math.Log2(seconds / (ReferenceLaunchSeconds + ideal));

    private double MeasuredSeconds(double rows, double columns, double inner)
    {
        (double x, double y) = (Math.Log2(rows), Math.Log2(columns));
        double factor = _grid.LogFactor.At(x, y, Math.Log2(inner)) + (_grid.Detail?.At(x, y) ?? 0);
        return Seconds(factor, _measured.Seconds(rows, columns, inner));
    }

    /// <summary>The least time over ideal time at which one row streams the weights of a measured product.</summary>
    internal double StreamFactor()
    {
        double least = double.MaxValue;
        foreach (double columns in _grid.LogFactor.Axes[1])
        {
            foreach (double inner in _grid.LogFactor.Axes[2])
            {
                (double n, double k) = (Math.Pow(2, columns), Math.Pow(2, inner));
                least = Math.Min(least, MeasuredSeconds(1, n, k) / _measured.Seconds(1, n, k));
            }
        }

        return least;
    }
}
