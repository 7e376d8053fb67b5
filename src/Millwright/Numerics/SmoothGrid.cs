namespace Millwright.Numerics;

/// <summary>
/// A function of a few coordinates, multilinear between the nodes of a grid and constant beyond its edges. Fitted to scattered points by least
/// absolute errors with a penalty on its curvature, so that nodes which no point supports follow their neighbours. Immutable; safe to share between
/// threads.
/// </summary>
public sealed class SmoothGrid
{
    private readonly double[][] _axes;
    private readonly double[] _values;
    private readonly int[] _strides;

    /// <summary>Makes a grid from its nodes.</summary>
    /// <param name="axes">Coordinates of the nodes along each axis, rising; at least one on each axis.</param>
    /// <param name="values">Values at the nodes, the last axis running fastest.</param>
    /// <exception cref="ArgumentException">An axis is empty or does not rise, or the number of values is not that of the nodes.</exception>
    public SmoothGrid(IReadOnlyList<double[]> axes, double[] values)
    {
        ArgumentNullException.ThrowIfNull(axes);
        ArgumentNullException.ThrowIfNull(values);
        _axes = [.. axes];
        _values = values;
        _strides = StridesOf(_axes);
        int nodes = 1;
        foreach (double[] axis in _axes)
        {
            for (int i = 1; i < axis.Length; i++)
            {
                if (!(axis[i] > axis[i - 1]))
                {
                    throw new ArgumentException("the coordinates of an axis must rise", nameof(axes));
                }
            }

            nodes *= axis.Length;
        }

        if (nodes != values.Length || nodes == 0)
        {
            throw new ArgumentException($"the axes have {nodes} nodes, and there are {values.Length} values", nameof(values));
        }
    }

    /// <summary>Coordinates of the nodes along each axis.</summary>
    public IReadOnlyList<double[]> Axes => _axes;

    /// <summary>Values at the nodes, the last axis running fastest.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>The value at a point.</summary>
    /// <param name="point">One coordinate for each axis; a coordinate beyond the edge counts as the edge.</param>
    /// <returns>The value.</returns>
    public double At(params ReadOnlySpan<double> point)
    {
        int dimensions = _axes.Length;
        Span<int> cells = stackalloc int[dimensions];
        Span<double> shares = stackalloc double[dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            (cells[d], shares[d]) = Locate(_axes[d], point[d]);
        }

        double sum = 0;
        for (int corner = 0; corner < 1 << dimensions; corner++)
        {
            double weight = 1;
            int node = 0;
            for (int d = 0; d < dimensions && weight != 0; d++)
            {
                bool upper = (corner >> d & 1) != 0;
                weight *= upper ? shares[d] : 1 - shares[d];
                node += (cells[d] + (upper ? 1 : 0)) * _strides[d];
            }

            if (weight != 0)
            {
                sum += weight * _values[node];
            }
        }

        return sum;
    }

    /// <summary>The values at the nodes of one axis, with the other coordinates fixed: what is left when only one coordinate varies.</summary>
    /// <param name="axis">Number of the axis.</param>
    /// <param name="point">One coordinate for each axis; that of the axis itself is not looked at.</param>
    /// <returns>One value for each node of the axis; between them the function is linear.</returns>
    public double[] Line(int axis, params ReadOnlySpan<double> point)
    {
        Span<double> at = stackalloc double[point.Length];
        point.CopyTo(at);
        double[] line = new double[_axes[axis].Length];
        for (int i = 0; i < line.Length; i++)
        {
            at[axis] = _axes[axis][i];
            line[i] = At(at);
        }

        return line;
    }

    /// <summary>Fits a grid to points.</summary>
    /// <param name="axes">Coordinates of the nodes along each axis, rising.</param>
    /// <param name="points">Coordinates of the points, one array for each point.</param>
    /// <param name="targets">Value at each point.</param>
    /// <param name="smoothness">Weight of the squared second difference between neighbouring nodes of each axis, against the mean weight of one
    /// point in each node: 0.01 follows dense data closely, 1 smooths strongly.</param>
    /// <param name="rounds">Rounds of reweighting; 1 is least squares, about 6 comes near to least absolute errors.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="ArgumentException">No point, or points and targets of unlike number.</exception>
    public static SmoothGrid Fit(
        IReadOnlyList<double[]> axes, IReadOnlyList<double[]> points, IReadOnlyList<double> targets, IReadOnlyList<double> smoothness, int rounds = 6)
    {
        ArgumentNullException.ThrowIfNull(axes);
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(smoothness);
        if (points.Count == 0 || points.Count != targets.Count)
        {
            throw new ArgumentException($"{points.Count} points and {targets.Count} targets", nameof(points));
        }

        return new GridFit([.. axes], points, targets, [.. smoothness]).Solve(rounds);
    }

    internal static int[] StridesOf(double[][] axes)
    {
        int[] strides = new int[axes.Length];
        int stride = 1;
        for (int d = axes.Length - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= axes[d].Length;
        }

        return strides;
    }

    internal static (int Cell, double Share) Locate(double[] axis, double x)
    {
        if (axis.Length == 1 || !(x > axis[0]))
        {
            return (0, 0);
        }

        if (x >= axis[^1])
        {
            return (axis.Length - 2, 1);
        }

        // the last node that is not above
        int cell = 0;
        int high = axis.Length - 1;
        while (high - cell > 1)
        {
            int middle = (cell + high) >> 1;
            if (axis[middle] <= x)
            {
                cell = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (cell, (x - axis[cell]) / (axis[cell + 1] - axis[cell]));
    }
}
