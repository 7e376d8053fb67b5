using Millwright.Applications;
using Millwright.Numerics;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Applications;

public sealed class LengthDistributionTests
{
    private const int Draws = 100_000;
    private const ulong Variable = 3;

    private static readonly RandomStream Random = new(11);

    [Fact]
    public void Uniform_lengths_fill_their_range_evenly_and_apart_from_each_other()
    {
        var drawn = Draw(LengthDistribution.Uniform(1000, 10, 0.8));
        Assert.Equal((800, 1000), (drawn.Min(d => d.Input), drawn.Max(d => d.Input)));
        Assert.Equal([8, 9, 10], drawn.Select(d => d.Output).Distinct().Order());

        // mean 900, standard deviation 58; five standard errors
        Assert.Equal(900, drawn.Average(d => d.Input), 5 * 58.0 / Math.Sqrt(Draws));
        foreach (var output in (int[])[8, 9, 10])
        {
            var some = drawn.Where(d => d.Output == output).ToArray();
            Assert.Equal(Draws / 3.0, some.Length, 5 * Math.Sqrt(Draws * 2 / 9.0));
            Assert.Equal(900, some.Average(d => d.Input), 5 * 58 / Math.Sqrt(some.Length));
        }
    }

    [Fact]
    public void Fixed_lengths_are_all_alike() => Assert.All(Draw(LengthDistribution.Fixed(512, 128)), d => Assert.Equal((512, 128), d));

    [Fact]
    public void A_histogram_is_drawn_bin_by_bin_with_its_means()
    {
        var histogram = TestCatalog.Lengths.Single(row => row.Id == "servegen-deepseek-r1");
        var drawn = Draw(LengthDistribution.FromHistogram(histogram));
        Assert.Equal(histogram.InputTokens.Average(), drawn.Average(d => d.Input), 5 * Deviation(histogram.InputTokens) / Math.Sqrt(Draws));
        Assert.Equal(histogram.OutputTokens.Average(), drawn.Average(d => d.Output), 5 * Deviation(histogram.OutputTokens) / Math.Sqrt(Draws));

        // a pair is always of one bin
        Assert.All(drawn.Distinct(), d => Assert.Contains(
            Enumerable.Range(0, histogram.InputTokens.Count), b => Math.Abs(histogram.InputTokens[b] - d.Input) <= 1 && Math.Abs(histogram.OutputTokens[b] - d.Output) <= 1));

        var scaled = Draw(LengthDistribution.FromHistogram(histogram, inputTokens: 100, outputTokens: 5000));
        Assert.Equal(5000, scaled.Average(d => d.Output), 250.0);
    }

    [Fact]
    public void A_table_is_drawn_row_by_row()
    {
        using var stream = new MemoryStream(TraceText.Sample("reasoning-mix-4388.csv"));
        var rows = TraceText.Read(TraceText.Sample("reasoning-mix-4388.csv")).Select(r => (r.InputTokens, r.OutputTokens)).ToHashSet();
        var drawn = Draw(LengthDistribution.FromTable(TraceRequests.Open(stream)));
        Assert.All(drawn, d => Assert.Contains(d, rows));
        Assert.Equal(4043.4, drawn.Average(d => d.Output), 100.0);
        Assert.Equal(rows.Count, drawn.Distinct().Count());
    }

    [Fact]
    public void A_discrete_table_gives_each_value_by_its_weight()
    {
        var table = new DiscreteTable([5, 0, 9, 7], [1, 0, 3, 4]);
        var drawn = Enumerable.Range(0, Draws).Select(i => table.At((i + 0.5) / Draws)).ToArray();
        Assert.Equal((Draws / 8, 0, Draws * 3 / 8, Draws / 2), (drawn.Count(v => v == 5), drawn.Count(v => v == 0), drawn.Count(v => v == 9), drawn.Count(v => v == 7)));
        Assert.Equal((5 + 27 + 28) / 8.0, table.Mean, 1e-12);
    }

    [Fact]
    public void Lengths_below_one_token_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LengthDistribution.Fixed(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LengthDistribution.Uniform(1, 1, 1.1));
    }

    private static (int Input, int Output)[] Draw(LengthDistribution lengths) => [.. Enumerable.Range(0, Draws).Select(i => lengths.Draw(Random, Variable, i))];

    private static double Deviation(IReadOnlyList<double> values) => Math.Sqrt(values.Average(v => v * v) - Math.Pow(values.Average(), 2)) + 1;
}
