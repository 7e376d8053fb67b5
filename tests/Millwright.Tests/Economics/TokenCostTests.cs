using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class TokenCostTests
{
    private static readonly Gen<(WorkloadOffer[] Offers, MonthSales Sales)> AnySales = Gen.Select(
        SalesTests.AnyOffer.Array[1, 6],
        Gen.Double[1, 3e4],
        Gen.Double[1e5, 6e7],
        (offers, chips, watts) => (offers, Sales.InMonth(offers, chips, watts, 0)));

    [Fact]
    public void A_class_costs_the_chip_time_it_causes_with_its_part_of_the_idle_time()
    {
        // Half of 100 chips works, so a busy chip-second bears two. Output causes 70 % of it: 0.7 x 1,000 $ over 1 million tokens.
        const double yearSeconds = 31_536_000;
        ServedWork work = new(50, new ByTokenClass(0.2, 0.1, 0.7), new ByTokenClass(4e6 / yearSeconds, 8e6 / yearSeconds, 1e6 / yearSeconds));
        TokenCostResult cost = TokenCost.Of(1000, 100, [work]);

        Assert.Equal(700, cost.All.UsdPerMillion.Output, 1e-9);
        Assert.Equal(50, cost.All.UsdPerMillion.UncachedInput, 1e-9);
        Assert.Equal(12.5, cost.All.UsdPerMillion.CachedInput, 1e-9);
        Assert.Equal(500, cost.IdleUsd, 1e-9);
        Assert.Equal(2, cost.UsdPerBusyChipSecond / cost.UsdPerAvailableChipSecond, 1e-12);
    }

    [Fact]
    public void Classes_and_workloads_sum_to_the_cost_of_the_year() =>
        Gen.Select(AnySales, Gen.Double[1, 2e10]).Holds(
            (served, annual) =>
            {
                TokenCostResult cost = Cost(served, annual);
                double expected = served.Sales.BusyChips > 0 ? annual : 0;
                Assert.Equal(expected, cost.All.CostUsd.Total, 1e-9 * annual);
                Assert.Equal(expected, cost.Workloads.Sum(w => w.CostUsd.Total), 1e-9 * annual);
                Assert.Equal(
                    expected,
                    cost.Workloads.Sum(w => Known(w.Tokens.Output * w.UsdPerMillion.Output, w.CostUsd.Output)
                        + Known(w.Tokens.UncachedInput * w.UsdPerMillion.UncachedInput, w.CostUsd.UncachedInput)
                        + Known(w.Tokens.CachedInput * w.UsdPerMillion.CachedInput, w.CostUsd.CachedInput)),
                    1e-9 * annual);
            },
            iter: 3000);

    [Fact]
    public void The_mean_lies_between_the_workloads() =>
        Gen.Select(AnySales, Gen.Double[1, 2e10]).Holds(
            (served, annual) =>
            {
                TokenCostResult cost = Cost(served, annual);
                double[] each = [.. cost.Workloads.Where(w => w.Tokens.Output > 0).Select(w => w.UsdPerMillion.Output)];
                if (each.Length > 0)
                {
                    Assert.InRange(cost.All.UsdPerMillion.Output, each.Min() * (1 - 1e-12), each.Max() * (1 + 1e-12));
                }
            },
            iter: 1000);

    [Fact]
    public void Twice_the_cost_is_twice_the_cost_of_every_token()
    {
        ServedWork work = new(50, new ByTokenClass(0.2, 0.1, 0.7), new ByTokenClass(3, 2, 1));
        ByTokenClass once = TokenCost.Of(1e9, 100, [work]).All.UsdPerMillion;
        ByTokenClass twice = TokenCost.Of(2e9, 100, [work]).All.UsdPerMillion;

        Assert.Equal(2, twice.Output / once.Output, 1e-12);
        Assert.Equal(2, twice.CachedInput / once.CachedInput, 1e-12);
        Assert.Equal(2, twice.UncachedInput / once.UncachedInput, 1e-12);
    }

    [Fact]
    public void Selling_at_cost_breaks_even() =>
        Gen.Select(AnySales, Gen.Double[1, 2e10]).Holds((served, annual) =>
        {
            TokenCostResult cost = Cost(served, annual);
            ByTokenClass price = cost.All.UsdPerMillion;
            if (double.IsFinite(price.Total))
            {
                Assert.Equal(1, BreakEven.TokenPriceScale(annual, cost.All.Tokens.ValueUsd(price)), 1e-9);
            }
        });

    [Fact]
    public void Where_no_chip_works_all_of_the_cost_is_idle_and_no_token_has_a_cost()
    {
        TokenCostResult cost = TokenCost.Of(1e9, 100, [new ServedWork(0, new ByTokenClass(0.5, 0, 0.5), default)]);

        Assert.Equal(1e9, cost.IdleUsd);
        Assert.Equal(0, cost.All.CostUsd.Total);
        Assert.True(double.IsNaN(cost.All.UsdPerMillion.Output));
        Assert.True(double.IsNaN(cost.UsdPerBusyChipSecond));
    }

    [Fact]
    public void Work_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TokenCost.Of(1, 10, [new ServedWork(11, new ByTokenClass(0, 0, 1), default)]));
        Assert.Throws<ArgumentException>(() => TokenCost.Of(1, 10, [new ServedWork(1, default, default)]));
    }

    private static TokenCostResult Cost((WorkloadOffer[] Offers, MonthSales Sales) served, double annual) =>
        TokenCost.Of(annual, served.Sales.ChipsAvailable, [.. served.Offers.Select((o, w) => ServedWork.Of(o, served.Sales.Workloads[w]))]);

    private static double Known(double tokensTimesCost, double costUsd) => double.IsNaN(tokensTimesCost) ? costUsd : tokensTimesCost / 1e6;
}
