using Millwright.Applications.Tasks;
using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Tests.Applications.Tasks;

/// <summary>Quantities that are drawn: their means and percentiles are those asked for.</summary>
public sealed class DrawnValueTests
{
    private const int Draws = 200_000;

    public static TheoryData<string, DrawnValue> Values => new()
    {
        { "fixed", DrawnValue.Fixed(7) },
        { "lognormal by mean", DrawnValue.Lognormal(300, 800) },
        { "lognormal by percentile, cut on both sides", DrawnValue.LognormalOfPercentiles(100, 1000, 20, 2000) },
        { "lognormal by mean, cut on both sides", DrawnValue.Lognormal(148, 2477, 10, 150_000) },
        { "geometric from 1", DrawnValue.Geometric(2.5) },
        { "geometric from 0", DrawnValue.Geometric(0.6, 0) },
        { "geometric, cut", DrawnValue.Geometric(6, 1, 9) },
        { "geometric without spread", DrawnValue.Geometric(1) },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void The_mean_of_the_draws_is_the_mean(string name, DrawnValue value)
    {
        double[] drawn = Sorted(value, name);
        double mean = drawn.Average();
        double error = Math.Sqrt(drawn.Sum(d => (d - mean) * (d - mean)) / Draws / Draws);
        Assert.InRange(mean, value.Mean - 4 * error - 1e-9, value.Mean + 4 * error + 1e-9);
        Assert.True(drawn[0] >= value.Least && drawn[^1] <= value.Most);
    }

    [Fact]
    public void Median_and_percentile_are_those_asked_for()
    {
        double[] drawn = Sorted(DrawnValue.LognormalOfPercentiles(84, 1236), "think");
        Assert.Equal(84, Percentiles.OfSorted(drawn, 0.5), 1.5);
        Assert.Equal(1236, Percentiles.OfSorted(drawn, 0.9), 30.0);
        Assert.Equal(913, DrawnValue.Lognormal(379, 913).Mean, 1e-3);
        Assert.Equal(913, DrawnValue.Lognormal(379, 913, 1, 5000).Mean, 1e-3);
        Assert.True(DrawnValue.Lognormal(379, 913, 1, 5000).At(0.9) > DrawnValue.Lognormal(379, 913).At(0.9));
    }

    [Fact]
    public void Geometric_numbers_are_as_likely_as_the_law_says()
    {
        double[] drawn = Sorted(DrawnValue.Geometric(2.5), "turns");
        for (int k = 1; k <= 5; k++)
        {
            double wanted = Math.Pow(0.6, k - 1) * 0.4;
            Assert.Equal(wanted, drawn.Count(d => d == k) / (double)Draws, 4 * Math.Sqrt(wanted / Draws));
        }
    }

    [Fact]
    public void A_factor_scales_a_figure_and_leaves_its_bounds()
    {
        DrawnFigure figure = new() { Law = DrawnLaw.Lognormal, P50 = 100, Mean = 200, Most = 1e9, Evidence = Evidence.Read, Source = "test" };
        Assert.Equal(2 * DrawnValue.Of(figure).Mean, DrawnValue.Of(figure, 2).Mean, 1e-6);
        Assert.Equal(DrawnValue.Of(figure).At(0.3) * 2, DrawnValue.Of(figure, 2).At(0.3), 1e-9);
        DrawnFigure byVariation = new() { Law = DrawnLaw.Lognormal, Mean = 200, Variation = 1.5, Evidence = Evidence.Read, Source = "test" };
        Assert.Equal(200, DrawnValue.Of(byVariation).Mean, 1e-6);
        Assert.Equal(200 / Math.Sqrt(1 + 1.5 * 1.5), DrawnValue.Of(byVariation).At(0.5), 1e-9);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<ArgumentException>(() => DrawnValue.Lognormal(10, 9));
        Assert.Throws<ArgumentException>(() => DrawnValue.LognormalOfPercentiles(0, 9));
        Assert.Throws<ArgumentException>(() => DrawnValue.Lognormal(10, 90, 0, 100));
        Assert.Throws<ArgumentException>(() => DrawnValue.Geometric(0.5));
        Assert.Throws<ArgumentException>(() => DrawnValue.Geometric(5, 1, 0));
        Assert.Throws<ArgumentException>(() => DrawnValue.Of(new DrawnFigure { Law = DrawnLaw.Lognormal, P50 = 1, Evidence = Evidence.Read, Source = "test" }));
    }

    private static double[] Sorted(DrawnValue value, string name)
    {
        RandomStream random = new(11);
        ulong key = RandomStream.KeyOf(name);
        double[] drawn = [.. Enumerable.Range(0, Draws).Select(i => value.At(random.Uniform(key, i)))];
        Array.Sort(drawn);
        return drawn;
    }
}
