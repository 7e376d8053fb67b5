using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class BookValueTests
{
    [Fact]
    public void Equal_charges_take_the_cost_down_to_the_residual()
    {
        var building = new BookValue(20e9, 0.75, 5);

        Assert.Equal([1e9, 1e9, 1e9, 1e9, 1e9, 0, 0], ByYear(building, 7).Select(x => Math.Round(x, 3)));
        Assert.Equal(20e9, building.AtAgeUsd(-1), 1);
        Assert.Equal(18e9, building.AtAgeUsd(2), 1);
        Assert.Equal(15e9, building.AtAgeUsd(9), 1);
    }

    [Fact]
    public void A_broken_last_year_carries_its_part_of_the_charge() =>
        Assert.Equal([2, 2, 2, 2, 1, 0], ByYear(new BookValue(9, 0, 4.5), 6).Select(x => Math.Round(x, 12)));

    [Fact]
    public void Charges_and_residual_sum_to_the_cost() =>
        Gen.Select(Gen.Double[0, 1e11], Gen.Double[0, 1], Gen.Double[0.5, 30]).Holds((cost, residual, life) =>
        {
            var value = new BookValue(cost, residual, life);
            Assert.Equal(cost, ByYear(value, 31).Sum() + value.AtAgeUsd(31), 1e-9 * Math.Max(1, cost));
        });

    [Fact]
    public void A_life_of_nothing_is_refused() => Assert.Throws<InvalidOperationException>(() => new BookValue(1, 0, 0).AtAgeUsd(1));

    private static IEnumerable<double> ByYear(BookValue value, int years) => Enumerable.Range(0, years).Select(year => value.DepreciationUsd(year, year + 1));
}
