using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

/// <summary>The fit of a few numbers by least absolute deviations with priors.</summary>
public sealed class RobustFitTests
{
    private static readonly double[] s_x = [.. Enumerable.Range(0, 60).Select(i => 0.1 * i)];

    [Fact]
    public void Known_numbers_of_a_bent_curve_are_found()
    {
        double[] y = [.. s_x.Select(x => 1.7 * Math.Exp(-0.6 * x) + 0.3)];
        double[] found = Fit(y, [1, -1, 0], [10, 10, 10], (p, x) => p[0] * Math.Exp(p[1] * x) + p[2]);
        Assert.Equal(1.7, found[0], 1e-3);
        Assert.Equal(-0.6, found[1], 1e-3);
        Assert.Equal(0.3, found[2], 1e-3);
    }

    [Fact]
    public void Without_data_the_fit_stays_at_its_prior()
    {
        double[] found = RobustFit.Solve((_, _) => { }, 0, [], [2, -3], [1, 0.5]);
        Assert.Equal([2, -3], found);
        double[] unweighted = RobustFit.Solve((p, r) => r[0] = p[0] - 7, 1, [0], [2], [1]);
        Assert.Equal(2, unweighted[0], 1e-9);
    }

    [Fact]
    public void Little_data_moves_a_number_a_little_and_much_data_all_the_way()
    {
        double Moved(double weight) => RobustFit.Solve((p, r) => r[0] = p[0] - 1, 1, [weight], [0], [0.5])[0];
        double[] moved = [Moved(0.1), Moved(1), Moved(3), Moved(100)];
        Assert.True(moved[0] > 0 && moved[0] < 0.1, $"{moved[0]}");
        Assert.True(moved[1] > moved[0] && moved[2] > moved[1]);
        Assert.Equal(1, moved[3], 0.01);

        // 2 w |x - 1| + (x / 0.5)^2 is least at x = w / 4 while that is below 1
        Assert.Equal(0.25, moved[1], 1e-3);
        Assert.Equal(0.75, moved[2], 1e-3);
    }

    [Fact]
    public void A_fifth_of_wild_points_does_not_move_the_line()
    {
        double[] y = [.. s_x.Select((x, i) => 2 + 0.5 * x + (i % 5 == 0 ? 40 : 0))];
        double[] found = Fit(y, [0, 0], [10, 10], (p, x) => p[0] + p[1] * x);
        Assert.Equal(2, found[0], 0.02);
        Assert.Equal(0.5, found[1], 0.01);
    }

    [Fact]
    public void A_number_that_no_point_depends_on_stays_at_its_prior()
    {
        double[] found = Fit([.. s_x.Select(x => 3 * x)], [1, 0.25], [5, 1], (p, x) => p[0] * x);
        Assert.Equal(3, found[0], 1e-3);
        Assert.Equal(0.25, found[1], 1e-6);
    }

    private static double[] Fit(double[] y, double[] means, double[] deviations, Func<double[], double, double> curve) => RobustFit.Solve(
        (p, r) =>
        {
            for (int i = 0; i < y.Length; i++)
            {
                r[i] = curve(p, s_x[i]) - y[i];
            }
        },
        y.Length,
        [.. y.Select(_ => 100.0)],
        means,
        deviations,
        100);
}
