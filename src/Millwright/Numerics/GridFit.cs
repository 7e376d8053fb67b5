namespace Millwright.Numerics;

/// <summary>
/// Fits a <see cref="SmoothGrid"/>: normal equations of the multilinear basis plus curvature, solved by conjugate gradients. Two nodes meet in the
/// normal matrix only within one cell, so that it is kept as a stencil of neighbours for each node, its symmetric half: points are visited once in a
/// round and not once in each iteration.
/// </summary>
internal sealed class GridFit
{
    // a residual below this counts as this: keeps the reweighting finite
    private const double LeastResidual = 0.01;
    private const int MostIterations = 2000;
    private const double Tolerance = 1e-13;

    private readonly double[][] _axes;
    private readonly double[] _smoothness;
    private readonly int[] _strides;
    private readonly IReadOnlyList<double> _targets;
    private readonly int _corners;
    private readonly int[] _firstNodes;
    private readonly double[] _shares;
    private readonly int _unknowns;
    private readonly int[] _cornerSteps;
    private readonly int[] _neighbourSteps;
    private readonly int[] _pairs;
    private readonly double[] _stencils;

    public GridFit(double[][] axes, IReadOnlyList<double[]> points, IReadOnlyList<double> targets, double[] smoothness)
    {
        _axes = axes;
        _smoothness = smoothness;
        _targets = targets;
        _strides = SmoothGrid.StridesOf(axes);
        _corners = 1 << axes.Length;
        _unknowns = axes.Aggregate(1, (product, axis) => product * axis.Length);
        _cornerSteps = [.. Enumerable.Range(0, _corners).Select(CornerStep)];
        (_neighbourSteps, _pairs) = Neighbours();
        _stencils = new double[_unknowns * _neighbourSteps.Length];
        _firstNodes = new int[points.Count];
        _shares = new double[points.Count * _corners];
        for (int p = 0; p < points.Count; p++)
        {
            Place(points[p], p);
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

    // an axis of one node has no upper corner: its share is 0, and the step stays on the node
    private int CornerStep(int corner)
    {
        int step = 0;
        for (int d = 0; d < _axes.Length; d++)
        {
            step += (corner >> d & 1) != 0 && _axes[d].Length > 1 ? _strides[d] : 0;
        }

        return step;
    }

    /// <summary>The steps to those neighbours that come after a node, itself first; and for each pair of corners the place of its step, or -1 where
    /// the pair counts from its other end.</summary>
    private (int[] Steps, int[] Pairs) Neighbours()
    {
        List<int> steps = [0];
        int[] pairs = new int[_corners * _corners];
        for (int a = 0; a < _corners; a++)
        {
            for (int b = 0; b < _corners; b++)
            {
                int step = _cornerSteps[b] - _cornerSteps[a];
                if (step > 0 && !steps.Contains(step))
                {
                    steps.Add(step);
                }

                pairs[a * _corners + b] = step < 0 ? -1 : steps.IndexOf(step);
            }
        }

        return ([.. steps], pairs);
    }

    private void Place(double[] point, int p)
    {
        Span<double> upper = stackalloc double[_axes.Length];
        int node = 0;
        for (int d = 0; d < _axes.Length; d++)
        {
            (int cell, upper[d]) = SmoothGrid.Locate(_axes[d], point[d]);
            node += cell * _strides[d];
        }

        _firstNodes[p] = node;
        for (int corner = 0; corner < _corners; corner++)
        {
            double share = 1;
            for (int d = 0; d < _axes.Length; d++)
            {
                share *= (corner >> d & 1) != 0 ? upper[d] : 1 - upper[d];
            }

            _shares[p * _corners + corner] = share;
        }
    }

    private double At(double[] values, int point)
    {
        double sum = 0;
        for (int c = 0; c < _corners; c++)
        {
            double share = _shares[point * _corners + c];
            if (share != 0)
            {
                sum += share * values[_firstNodes[point] + _cornerSteps[c]];
            }
        }

        return sum;
    }

    private void Assemble(double[] weights, double[] right)
    {
        Array.Clear(_stencils);
        int neighbours = _neighbourSteps.Length;
        for (int p = 0; p < weights.Length; p++)
        {
            ReadOnlySpan<double> shares = _shares.AsSpan(p * _corners, _corners);
            for (int a = 0; a < _corners; a++)
            {
                double weighted = weights[p] * shares[a];
                if (weighted == 0)
                {
                    continue;
                }

                int node = _firstNodes[p] + _cornerSteps[a];
                right[node] += weighted * _targets[p];
                for (int b = 0; b < _corners; b++)
                {
                    int pair = _pairs[a * _corners + b];
                    if (pair >= 0)
                    {
                        _stencils[node * neighbours + pair] += weighted * shares[b];
                    }
                }
            }
        }
    }

    private void ConjugateGradients(double[] x, double[] weights)
    {
        double total = weights.Sum();
        double[] penalty = [.. _smoothness.Select(smoothness => smoothness * total / _unknowns)];
        double[] right = new double[_unknowns];
        Assemble(weights, right);
        double[] diagonal = new double[_unknowns];
        for (int i = 0; i < diagonal.Length; i++)
        {
            diagonal[i] = _stencils[i * _neighbourSteps.Length] + 6 * penalty.Sum() + 1e-12 * total;
        }

        double[] scaled = new double[_unknowns];
        double goal = Tolerance * Scale(right, diagonal, scaled);
        double[] residual = new double[_unknowns];
        Apply(x, penalty, residual);
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] = right[i] - residual[i];
        }

        double[] direction = new double[_unknowns];
        double[] image = new double[_unknowns];
        double length = Scale(residual, diagonal, scaled);
        scaled.CopyTo(direction, 0);
        for (int iteration = 0; iteration < MostIterations && length > goal; iteration++)
        {
            Apply(direction, penalty, image);
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

    private void Apply(double[] x, double[] penalty, double[] result)
    {
        Array.Clear(result);
        int neighbours = _neighbourSteps.Length;
        for (int node = 0; node < x.Length; node++)
        {
            ReadOnlySpan<double> stencil = _stencils.AsSpan(node * neighbours, neighbours);
            double own = x[node];
            double sum = stencil[0] * own;
            for (int s = 1; s < stencil.Length; s++)
            {
                if (stencil[s] != 0)
                {
                    int other = node + _neighbourSteps[s];
                    sum += stencil[s] * x[other];
                    result[other] += stencil[s] * own;
                }
            }

            result[node] += sum;
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
