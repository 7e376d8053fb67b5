using Millwright.Numerics;
using Millwright.Planning;
using Millwright.Studies;

namespace Millwright.Cli.Tests.Planning;

/// <summary>Same scenario and seed: same bits, on any number of threads.</summary>
public sealed class DeterminismTests
{
    private const int Draws = 48;

    [Theory]
    [InlineData("gigawatt")]
    [InlineData("gb200-epoch")]
    public void The_parallel_study_has_the_bits_of_draws_made_one_after_another(string name)
    {
        ScenarioInput scenario = Chain.Scenario(name);
        Plan plan = PlanStudy.Make(new Planner(scenario, Chain.Catalog, Chain.Search), "tests", Draws, cancellation: TestContext.Current.CancellationToken);
        Planner sequential = new(scenario, Chain.Catalog, Chain.Search);
        RandomStream random = new((ulong)scenario.Seed);
        double[][] draws = new double[Draws][];
        // Last draw first: neither order nor what the planner keeps between runs may show.
        for (int d = Draws - 1; d >= 0; d--)
        {
            int draw = d;
            draws[d] = [.. sequential.Run((key, v) => v.HasRange ? v.At(random.Normal(RandomStream.KeyOf(v.Correlation ?? key), draw)) : v.Distribution.Mid, recording: false).Book.Values];
        }

        int shared = draws[0].Length;
        int ranges = 0;
        for (int f = 0; f < shared; f++)
        {
            double[] column = [.. draws.Select(d => d[f]).Where(double.IsFinite).Order()];
            if (plan.Figures[f].Low is { } low)
            {
                Assert.True(Chain.SameBits(Percentiles.OfSorted(column, 0.1), low), plan.Figures[f].Name);
                Assert.True(Chain.SameBits(Percentiles.OfSorted(column, 0.9), plan.Figures[f].High!.Value), plan.Figures[f].Name);
                ranges++;
            }
        }

        Assert.True(ranges > 100);
    }

    [Fact]
    public void Two_studies_at_once_have_the_bits_of_one()
    {
        Planner planner = new(Chain.Scenario("gigawatt"), Chain.Catalog, Chain.Search);
        Plan[] plans = new Plan[3];
        Parallel.For(0, plans.Length, i => plans[i] = PlanStudy.Make(planner, "tests", Draws, cancellation: TestContext.Current.CancellationToken));
        AssertSame(plans[0], plans[1]);
        AssertSame(plans[0], plans[2]);
        AssertSame(plans[0], PlanStudy.Make(new Planner(Chain.Scenario("gigawatt"), Chain.Catalog, Chain.Search), "tests", Draws, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Another_seed_moves_ranges_but_no_value()
    {
        Plan one = Chain.Study("gigawatt");
        Plan other = Chain.Study("gigawatt", "seed=2");
        Assert.Equal(one.Figures.Count, other.Figures.Count);
        int moved = 0;
        for (int i = 0; i < one.Figures.Count; i++)
        {
            Assert.Equal(one.Figures[i].Name, other.Figures[i].Name);
            Assert.Equal(one.Figures[i].Value, other.Figures[i].Value);
            moved += one.Figures[i].Low != other.Figures[i].Low ? 1 : 0;
        }

        Assert.True(moved > 80, $"{moved} ranges moved");
        Assert.Equal(one.Swings, other.Swings);
        Assert.NotEqual(one.Find("capex.per_gw")!.Low, other.Find("capex.per_gw")!.Low);
        Assert.Equal(one.Find("capex.per_gw")!.Low!.Value, other.Find("capex.per_gw")!.Low!.Value, 0.03 * one.Find("capex.per_gw")!.Value!.Value);
    }

    private static void AssertSame(Plan a, Plan b)
    {
        Assert.Equal(a.Figures, b.Figures);
        Assert.Equal(a.Swings, b.Swings);
        Assert.Equal(a.Checks, b.Checks);
        Assert.All(a.Series.Zip(b.Series), static pair => Assert.Equal(pair.First.Y, pair.Second.Y));
    }
}
