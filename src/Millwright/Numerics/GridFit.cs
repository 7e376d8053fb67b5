namespace Millwright.Numerics;

/// <summary>Fits a <see cref="SmoothGrid"/>: normal equations of the multilinear basis plus curvature, solved by conjugate gradients.</summary>
internal sealed class GridFit
{
    // a residual below this counts as this: keeps the reweighting finite
    private const double LeastResidual = 0.01;
    private const int MostIterations = 2000;

    private readonly double[][] _axes;
    private readonly double[] _smoothness;
    private readonly int[] _strides;
    private readonly IReadOnlyList<double> _targets;
    private readonly int _corners;
    private readonly int[] _nodes;
    private readonly double[] _shares;
    private readonly int _unknowns;

    public GridFit(double[][] axes, IReadOnlyList<double[]> points, IReadOnlyList<double> targets, double[] smoothness)
    {
        _axes = axes;
        _smoothness = smoothness;
        _targets = targets;
        _strides = SmoothGrid.StridesOf(axes);
        _corners = 1 << axes.Length;
        _unknowns = axes.Aggregate(1, (product, axis) => product * axis.Length);
        _nodes = new int[points.Count * _corners];
        _shares = new double[points.Count * _corners];
        for (int p = 0; p < points.Count; p++)
        {
            Place(points[p], p * _corners);
        }
    }

    public SmoothGrid Solve(int rounds)
    {
        double[] weights = new double[_targets.Count];
        Array.Fill(weights, 1.0);
        double[] values = new double[_unknowns];
        Array.Fill(values, _targets.Average());
        for (int round = 0; round < rounds; round++)
        {
            ConjugateGradients(values, weights);
            for (int p = 0; p < weights.Length; p++)
            {
                weights[p] = 1 / Math.Max(LeastResidual, Math.Abs(_targets[p] - At(values, p)));
            }
        }

        return new SmoothGrid(_axes, values);
    }

    private void Place(double[] point, int start)
    {
        for (int corner = 0; corner < _corners; corner++)
        {
            double share = 1;
            int node = 0;
            for (int d = 0; d < _axes.Length; d++)
            {
                (int cell, double upperShare) = SmoothGrid.Locate(_axes[d], point[d]);
                bool upper = (corner >> d & 1) != 0;
                share *= upper ? upperShare : 1 - upperShare;
                node += (cell + (upper && _axes[d].Length > 1 ? 1 : 0)) * _strides[d];
            }

            _nodes[start + corner] = node;
            _shares[start + corner] = share;
        }
    }

    private double At(double[] values, int point)
    {
        double sum = 0;
        for (int c = point * _corners; c < (point + 1) * _corners; c++)
        {
            sum += _shares[c] * values[_nodes[c]];
        }

        return sum;
    }

    private void ConjugateGradients(double[] x, double[] weights)
    {
        double total = weights.Sum();
        double[] penalty = [.. _smoothness.Select(smoothness => smoothness * total / _unknowns)];
        double[] right = new double[_unknowns];
        double[] diagonal = new double[_unknowns];
        for (int p = 0; p < weights.Length; p++)
        {
            for (int c = p * _corners; c < (p + 1) * _corners; c++)
            {
                right[_nodes[c]] += weights[p] * _shares[c] * _targets[p];
                diagonal[_nodes[c]] += weights[p] * _shares[c] * _shares[c];
            }
        }

        foreach (double size in penalty)
        {
            for (int i = 0; i < diagonal.Length; i++)
            {
                diagonal[i] += 6 * size + 1e-12 * total;
            }
        }

        double[] residual = new double[_unknowns];
        Apply(x, weights, penalty, residual);
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] = right[i] - residual[i];
        }

        double[] scaled = new double[_unknowns];
        double[] direction = new double[_unknowns];
        double[] image = new double[_unknowns];
        double length = Scale(residual, diagonal, scaled);
        double first = length;
        scaled.CopyTo(direction, 0);
        for (int iteration = 0; iteration < MostIterations && length > 1e-12 * first && length > 0; iteration++)
        {
            Apply(direction, weights, penalty, image);
            double step = length / Dot(direction, image);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] += step * direction[i];
                residual[i] -= step * image[i];
            }

            double next = Scale(residual, diagonal, scaled);
            double turn = next / length;
            length = next;
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] = scaled[i] + turn * direction[i];
            }
        }
    }

    private void Apply(double[] x, double[] weights, double[] penalty, double[] result)
    {
        Array.Clear(result);
        for (int p = 0; p < weights.Length; p++)
        {
            double value = weights[p] * At(x, p);
            for (int c = p * _corners; c < (p + 1) * _corners; c++)
            {
                result[_nodes[c]] += _shares[c] * value;
            }
        }

        for (int d = 0; d < _axes.Length; d++)
        {
            AddCurvature(x, d, penalty[d], result);
        }
    }

    // the second difference on uneven nodes, scaled to the mean spacing of the axis
    private void AddCurvature(double[] x, int d, double size, double[] result)
    {
        double[] axis = _axes[d];
        if (axis.Length < 2)
        {
            return;
        }

        double mean = (axis[^1] - axis[0]) / (axis.Length - 1);
        int stride = _strides[d];
        for (int node = 0; node < x.Length; node++)
        {
            int place = node / stride % axis.Length;
            if (axis.Length == 2)
            {
                // two nodes have no curvature: a weak pull together keeps an unsupported one defined
                if (place == 0)
                {
                    double pull = 0.01 * size * (x[node + stride] - x[node]);
                    result[node] -= pull;
                    result[node + stride] += pull;
                }

                continue;
            }

            if (place == 0 || place == axis.Length - 1)
            {
                continue;
            }

            double before = (axis[place] - axis[place - 1]) / mean;
            double after = (axis[place + 1] - axis[place]) / mean;
            double a = 2 / (before * (before + after));
            double c = 2 / (after * (before + after));
            double b = -a - c;
            double bend = size * (a * x[node - stride] + b * x[node] + c * x[node + stride]);
            result[node - stride] += a * bend;
            result[node] += b * bend;
            result[node + stride] += c * bend;
        }
    }

    private static double Scale(double[] residual, double[] diagonal, double[] scaled)
    {
        double sum = 0;
        for (int i = 0; i < residual.Length; i++)
        {
            scaled[i] = residual[i] / diagonal[i];
            sum += residual[i] * scaled[i];
        }

        return sum;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
