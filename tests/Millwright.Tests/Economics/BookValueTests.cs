using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class BookValueTests
{
    [Fact]
    public void Equal_charges_take_the_cost_down_to_the_residual()
    {
        var building = new BookValue(20e9, 0.75, 5);

        Assert.Equal([1e9, 1e9, 1e9, 1e9, 1e9, 0, 0], building.DepreciationByYearUsd(7).Select(x => Math.Round(x, 3)));
        Assert.Equal(20e9, building.AtAgeUsd(-1), 1);
        Assert.Equal(18e9, building.AtAgeUsd(2), 1);
        Assert.Equal(15e9, building.AtAgeUsd(9), 1);
    }

    [Fact]
    public void A_broken_last_year_carries_its_part_of_the_charge() =>
        Assert.Equal([2, 2, 2, 2, 1, 0], new BookValue(9, 0, 4.5).DepreciationByYearUsd(6).Select(x => Math.Round(x, 12)));

    [Fact]
    public void Charges_and_residual_sum_to_the_cost() =>
        Gen.Select(Gen.Double[0, 1e11], Gen.Double[0, 1], Gen.Double[0.5, 30]).Sample((cost, residual, life) =>
        {
            var value = new BookValue(cost, residual, life);
            Assert.Equal(cost, value.DepreciationByYearUsd(31).Sum() + value.AtAgeUsd(31), 1e-9 * Math.Max(1, cost));
        });

    [Fact]
    public void A_chip_lives_until_its_rent_only_pays_its_running()
    {
        // 5.30 $/h that falls 30 % a year meets 0.45 $/h of running after 6.9 years.
        double years = BookValue.EconomicLifeYears(5.30, -0.3, 0.45);

        Assert.Equal(0.45, 5.30 * Math.Pow(0.7, years), 1e-12);
        Assert.Equal(6.91, years, 0.01);
        Assert.Equal(0, BookValue.EconomicLifeYears(0.4, -0.3, 0.45));
        Assert.Equal(double.PositiveInfinity, BookValue.EconomicLifeYears(5.3, 0, 0.45));
        Assert.Throws<ArgumentOutOfRangeException>(() => BookValue.EconomicLifeYears(5.3, -1, 0.45));
    }

    [Fact]
    public void A_life_of_nothing_is_refused() => Assert.Throws<InvalidOperationException>(() => new BookValue(1, 0, 0).AtAgeUsd(1));
}
