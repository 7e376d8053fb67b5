using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>Measured points of one kernel at one precision, to be fitted by one grid of log2(time / reference).</summary>
/// <param name="name">Name of the operator.</param>
/// <param name="precision">Its precision.</param>
/// <param name="axes">Nodes along each coordinate; those that lie wholly beyond the points are left out.</param>
/// <param name="smoothness">Smoothness of each axis.</param>
internal sealed class KernelPoints(string name, OperandPrecision precision, IReadOnlyList<double[]> axes, double smoothness)
{
    private readonly List<double[]> _points = [];
    private readonly List<double> _targets = [];
    private readonly List<int> _folds = [];
    private readonly List<IdealTime> _ideals = [];
    private readonly List<double> _seconds = [];
    private int _below;

    /// <summary>Coordinates of a point: fills one value for each axis.</summary>
    public delegate void Placement(Span<double> point);

    /// <summary>Adds a point.</summary>
    /// <param name="place">Its coordinates.</param>
    /// <param name="ideal">Its ideal time.</param>
    /// <param name="seconds">Its measured time, s.</param>
    /// <param name="fold">The fold of its shape.</param>
    public void Add(Placement place, IdealTime ideal, double seconds, int fold)
    {
        double[] point = new double[axes.Count];
        place(point);
        _points.Add(point);
        _targets.Add(ideal.LogFactor(seconds));
        _folds.Add(fold);
        _ideals.Add(ideal);
        _seconds.Add(seconds);
        _below += seconds < ideal.BoundSeconds ? 1 : 0;
    }

    /// <summary>Fits the grid.</summary>
    /// <param name="table">The table that the points come from.</param>
    /// <param name="flopsPerSecond">Peak that ideal times were computed with, FLOP/s.</param>
    /// <param name="bytesPerSecond">Bandwidth that ideal times were computed with, bytes/s.</param>
    /// <returns>The fit.</returns>
    public OperatorFit Fit(TableName table, double flopsPerSecond, double bytesPerSecond)
    {
        double[][] within = [.. axes.Select((axis, d) => Within(axis, _points.Min(p => p[d]), _points.Max(p => p[d])))];
        double[] smooth = new double[axes.Count];
        Array.Fill(smooth, smoothness);
        (SmoothGrid grid, double[] errors) = HeldOut.Fit(within, _points, _targets, _folds, smooth, Error);
        OperatorGrid shipped = new(
            table.SystemId,
            table.Engine,
            table.EngineVersion,
            name,
            precision,
            grid,
            _points.Count,
            errors.Average(),
            HeldOut.Percentile(errors, 0.9),
            Provenance.Of(table))
        {
            FlopsPerSecond = flopsPerSecond,
            BytesPerSecond = bytesPerSecond,
        };
        return new OperatorFit(
            shipped,
            $"{name} {OperatorNames.Of(precision)}",
            errors,
            _below,
            other => _points.Select((point, p) => Error(other.LogFactor.At(point), p)).Average());
    }

    private double Error(double logFactor, int p) => Math.Abs(_ideals[p].At(logFactor).TotalSeconds / _seconds[p] - 1);

    // nodes from the last at or below the least coordinate to the first at or above the greatest
    private static double[] Within(double[] axis, double least, double most)
    {
        int from = Math.Max(0, Array.FindLastIndex(axis, node => node <= least));
        int to = Array.FindIndex(axis, node => node >= most);
        to = to < 0 ? axis.Length - 1 : to;
        return axis[from..(Math.Max(from, to) + 1)];
    }
}
