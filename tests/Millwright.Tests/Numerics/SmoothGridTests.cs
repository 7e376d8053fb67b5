using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

public sealed class SmoothGridTests
{
    private static readonly double[][] Axes = [[0, 1, 2, 3, 4], [-2, 0, 2], [1, 2, 3, 4]];

    private static double Multilinear(double x, double y, double z) => 1 + 2 * x - 3 * y + 0.5 * z + 0.25 * x * y - 0.125 * x * y * z;

    [Fact]
    public void A_multilinear_function_is_recovered_from_scattered_points()
    {
        RandomStream random = new(7);
        List<double[]> points = [];
        List<double> targets = [];
        for (int i = 0; i < 400; i++)
        {
            double[] point = [4 * random.Uniform(0, i), 4 * random.Uniform(1, i) - 2, 1 + 3 * random.Uniform(2, i)];
            points.Add(point);
            targets.Add(Multilinear(point[0], point[1], point[2]));
        }

        SmoothGrid grid = SmoothGrid.Fit(Axes, points, targets, [0.1, 0.1, 0.1]);
        Gen.Select(Gen.Double[0, 4], Gen.Double[-2, 2], Gen.Double[1, 4]).Holds(
            (x, y, z) => Assert.Equal(Multilinear(x, y, z), grid.At(x, y, z), 1e-4), iter: 500);
    }

    [Fact]
    public void Beyond_its_edges_a_grid_is_constant() =>
        Gen.Select(Gen.Double[0, 4], Gen.Double[0, 100], Gen.Double[1, 4]).Holds((x, beyond, z) =>
        {
            SmoothGrid grid = Filled();
            Assert.Equal(grid.At(x, 2, z), grid.At(x, 2 + beyond, z));
            Assert.Equal(grid.At(0, 1, z), grid.At(-beyond, 1, z));
        });

    [Fact]
    public void Between_nodes_a_grid_is_what_it_was_filled_with()
    {
        SmoothGrid grid = Filled();
        Gen.Select(Gen.Double[0, 4], Gen.Double[-2, 2], Gen.Double[1, 4]).Holds((x, y, z) => Assert.Equal(Multilinear(x, y, z), grid.At(x, y, z), 1e-9));
    }

    [Fact]
    public void A_line_holds_the_nodes_of_one_axis()
    {
        SmoothGrid grid = Filled();
        double[] line = grid.Line(1, 2.5, double.NaN, 3.25);
        Assert.Equal([grid.At(2.5, -2, 3.25), grid.At(2.5, 0, 3.25), grid.At(2.5, 2, 3.25)], line);
    }

    [Fact]
    public void A_value_is_told_without_allocation()
    {
        SmoothGrid grid = Filled();
        double sum = grid.At(1, 1, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            sum += grid.At(i * 0.004, 1, 2);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(double.IsFinite(sum));
    }

    // one round is least squares: the solution of the normal equations, here by elimination
    [Fact]
    public void One_round_solves_the_normal_equations()
    {
        double[][] axes = [[0, 1, 3], [0, 2]];
        double[][] points = [[0.5, 0.5], [2, 1], [3, 2], [1, 0], [0, 2], [2.5, 0.25], [0.1, 1.9], [1, 1]];
        double[] targets = [1, 4, 2, 0, 3, 5, -1, 2];
        const double Smoothness = 0.3;
        const int Nodes = 6;
        double[,] normal = new double[Nodes, Nodes + 1];
        double[][] rows = [.. points.Select(point => Row(axes, point))];
        for (int p = 0; p < points.Length; p++)
        {
            for (int i = 0; i < Nodes; i++)
            {
                normal[i, Nodes] += rows[p][i] * targets[p];
                for (int j = 0; j < Nodes; j++)
                {
                    normal[i, j] += rows[p][i] * rows[p][j];
                }
            }
        }

        double size = Smoothness * points.Length / Nodes;
        for (int y = 0; y < 2; y++)
        {
            // nodes 0, 1, 3 with mean spacing 1.5: steps of 2/3 and 4/3
            double[] bend = [2 / (2.0 / 3 * 2), 0, 2 / (4.0 / 3 * 2)];
            bend[1] = -bend[0] - bend[2];
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    normal[i * 2 + y, j * 2 + y] += size * bend[i] * bend[j];
                }
            }
        }

        for (int x = 0; x < 3; x++)
        {
            (int a, int b) = (x * 2, x * 2 + 1);
            normal[a, a] += 0.01 * size;
            normal[b, b] += 0.01 * size;
            normal[a, b] -= 0.01 * size;
            normal[b, a] -= 0.01 * size;
        }

        double[] expected = Eliminate(normal);
        SmoothGrid grid = SmoothGrid.Fit(axes, points, targets, [Smoothness, Smoothness], rounds: 1);
        for (int i = 0; i < Nodes; i++)
        {
            Assert.Equal(expected[i], grid.Values[i], 1e-5);
        }
    }

    [Fact]
    public void A_few_wild_points_do_not_bend_a_grid()
    {
        RandomStream random = new(3);
        List<double[]> points = [];
        List<double> targets = [];
        for (int i = 0; i < 600; i++)
        {
            double x = 4 * random.Uniform(0, i);
            points.Add([x]);
            targets.Add(i % 10 == 0 ? 50 : 1 + x);
        }

        SmoothGrid grid = SmoothGrid.Fit([[0, 1, 2, 3, 4]], points, targets, [0.01], rounds: 12);
        Assert.Equal(3, grid.At(2), 0.05);
    }

    [Fact]
    public void What_is_no_grid_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new SmoothGrid([[0, 0]], [1, 2]));
        Assert.Throws<ArgumentException>(() => new SmoothGrid([[0, 1]], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => SmoothGrid.Fit([[0, 1]], [], [], [1]));
    }

    private static double[] Row(double[][] axes, double[] point)
    {
        double[] row = new double[6];
        for (int node = 0; node < 6; node++)
        {
            double[] unit = new double[6];
            unit[node] = 1;
            row[node] = new SmoothGrid(axes, unit).At(point);
        }

        return row;
    }

    private static double[] Eliminate(double[,] m)
    {
        int n = m.GetLength(0);
        for (int i = 0; i < n; i++)
        {
            for (int r = 0; r < n; r++)
            {
                double share = m[r, i] / m[i, i];
                for (int c = i; c <= n && r != i; c++)
                {
                    m[r, c] -= share * m[i, c];
                }
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => m[i, n] / m[i, i])];
    }

    private static SmoothGrid Filled()
    {
        List<double> values = [];
        foreach (double x in Axes[0])
        {
            foreach (double y in Axes[1])
            {
                foreach (double z in Axes[2])
                {
                    values.Add(Multilinear(x, y, z));
                }
            }
        }

        return new SmoothGrid(Axes, [.. values]);
    }
}
