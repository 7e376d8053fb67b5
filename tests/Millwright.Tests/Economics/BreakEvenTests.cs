using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class BreakEvenTests
{
    // A stated year of 14.7 B$ on 1 GW with 296.7 thousand GPUs: 5.7 $/GPU-h sold out, 6.7 at 85 %.
    [Fact]
    public void A_year_becomes_a_rent_of_power_and_of_chips()
    {
        Assert.Equal(14.7e9, BreakEven.UsdPerGigawattYear(14.7e9, 1e9), 1);
        Assert.Equal(5.656, BreakEven.UsdPerChipHour(14.7e9, 296.7e3), 0.001);
        Assert.Equal(6.654, BreakEven.UsdPerChipHour(14.7e9, 296.7e3, 0.85), 0.001);
    }

    [Fact]
    public void Selling_at_the_break_even_price_or_share_earns_the_cost() =>
        Gen.Select(Gen.Double[1e6, 1e11], Gen.Double[1, 1e6], Gen.Double[0.01, 1]).Holds((annual, chips, share) =>
        {
            double price = BreakEven.UsdPerChipHour(annual, chips, share);
            Assert.Equal(1, price * chips * 8760 * share / annual, 1e-12);
        });

    [Fact]
    public void Twice_the_cost_is_twice_every_break_even() =>
        Gen.Select(Gen.Double[1e6, 1e11], Gen.Double[1, 1e6], Gen.Double[0.01, 1], Gen.Double[1e6, 1e11]).Holds((annual, chips, share, revenue) =>
        {
            Assert.Equal(2, BreakEven.UsdPerGigawattYear(2 * annual, chips * 3e3) / BreakEven.UsdPerGigawattYear(annual, chips * 3e3), 1e-12);
            Assert.Equal(2, BreakEven.UsdPerChipHour(2 * annual, chips, share) / BreakEven.UsdPerChipHour(annual, chips, share), 1e-12);
            Assert.Equal(2, BreakEven.TokenPriceScale(2 * annual, revenue) / BreakEven.TokenPriceScale(annual, revenue), 1e-12);
        });

    [Fact]
    public void Where_nothing_is_sold_there_is_no_break_even_price()
    {
        Assert.True(double.IsNaN(BreakEven.UsdPerGigawattYear(1e9, 0)));
        Assert.True(double.IsNaN(BreakEven.UsdPerChipHour(1e9, 0)));
        Assert.True(double.IsNaN(BreakEven.UsdPerChipHour(1e9, 10, 0)));
        Assert.True(double.IsNaN(BreakEven.TokenPriceScale(1e9, 0)));
    }
}
