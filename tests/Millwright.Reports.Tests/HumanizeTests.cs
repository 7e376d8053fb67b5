using Millwright.Catalog;
using Millwright.Planning;

namespace Millwright.Reports.Tests;

public sealed class HumanizeTests
{
    [Theory]
    [InlineData(55e9, "USD", "55.0 B$")]
    [InlineData(14.46e9, "USD/yr", "14.5 B$/yr")]
    [InlineData(999.96e6, "USD", "1.00 B$")]
    [InlineData(3.4e6, "USD", "3.40 M$")]
    [InlineData(150e3, "USD/yr", "150 k$/yr")]
    [InlineData(55, "USD/W", "55.0 B$/GW")]
    [InlineData(55e9, "USD/GW", "55.0 B$/GW")]
    [InlineData(13.3, "USD/(W yr)", "13.3 B$/GW-yr")]
    [InlineData(13.3e9, "USD/(GW yr)", "13.3 B$/GW-yr")]
    [InlineData(0.075, "USD/kWh", "7.5 c/kWh")]
    [InlineData(0.0705, "USD/kWh", "7.1 c/kWh")]
    [InlineData(5.74, "USD/GPU-h", "5.74 $/GPU-h")]
    [InlineData(0.14, "USD/Mtok", "0.14 $/Mtok")]
    [InlineData(0.5, "USD/Mtok", "0.50 $/Mtok")]
    [InlineData(0.0213, "USD/Mtok", "0.021 $/Mtok")]
    [InlineData(4121, "1", "4,121")]
    [InlineData(296712, "1", "297k")]
    [InlineData(4.27e6, "1", "4.27M")]
    [InlineData(1.3, "1", "1.30")]
    [InlineData(0.123, "share", "12.3 %")]
    [InlineData(-1.079, "share", "-108 %")]
    [InlineData(5.45, "share", "545 %")]
    [InlineData(-0.0001, "share", "-0.01 %")]
    [InlineData(0.045, "1/yr", "4.5 %/yr")]
    [InlineData(0.0355, "1/yr", "3.55 %/yr")]
    [InlineData(296712, "1/GW", "297k per GW")]
    [InlineData(0.00037, "USD", "0.00037 $")]
    [InlineData(1.1e-5, "USD", "0.000011 $")]
    [InlineData(780e6, "W", "0.78 GW")]
    [InlineData(1e9, "W", "1 GW")]
    [InlineData(94e6, "W", "94 MW")]
    [InlineData(168.6e3, "W", "169 kW")]
    [InlineData(6.7e9, "kWh", "6.70 TWh")]
    [InlineData(18, "months", "18 months")]
    [InlineData(1, "months", "1 month")]
    [InlineData(18 * 31536000.0 / 12, "s", "18 months")]
    [InlineData(5 * 31536000.0, "s", "5 years")]
    [InlineData(0.04, "s", "40.0 ms")]
    [InlineData(2, "s", "2.00 s")]
    [InlineData(61.2e6, "tok/s", "61.2M tok/s")]
    [InlineData(2.44e6, "t", "2.44 Mt")]
    [InlineData(400e3, "m3", "400k m3")]
    [InlineData(0, "USD", "0 $")]
    [InlineData(-0.0, "1", "0")]
    [InlineData(double.NaN, "USD", "n/a")]
    [InlineData(double.PositiveInfinity, "W", "n/a")]
    [InlineData(12.5, "furlongs", "12.5 furlongs")]
    public void A_value_reads_as_people_write_it(double value, string unit, string expected) => Assert.Equal(expected, Humanize.Value(value, unit));

    [Fact]
    public void A_range_shares_one_unit()
    {
        Assert.Equal("0.80 to 63.1 B$", Humanize.Range(0.8e9, 63.1e9, "USD"));
        Assert.Equal("280k to 315k", Humanize.Range(280e3, 315e3, "1"));
        Assert.Equal("3.26k to 293k m3", Humanize.Range(3260, 293e3, "m3"));
        Assert.Equal("0 to 293k m3", Humanize.Range(0, 293e3, "m3"));
    }

    [Theory]
    [InlineData("capex.share.chips", "12.3 %")]
    [InlineData("margin.token", "12.3 %")]
    [InlineData("finance.project_irr", "12.3 %")]
    [InlineData("finance.project_irr_before_tax", "12.3 %")]
    [InlineData("network.storage_share_of_it", "12.3 %")]
    [InlineData("workload.chat.cached_share_of_time", "12.3 %")]
    [InlineData("break_even.token_price_scale", "12.3 %")]
    [InlineData("finance.min_dscr", "0.123")]
    [InlineData("site.peak_factor", "0.123")]
    public void Shares_and_ratios_are_told_apart_by_name(string name, string expected) =>
        Assert.Equal(expected, Humanize.Value(new PlanFigure(name, 0.123, "1", null, null, Evidence.Read, null, null)));

    [Theory]
    [InlineData("returns.coreweave_5y.equity_irr", "12.3 %")]
    [InlineData("finance.wacc", "12.3 %")]
    [InlineData("workloads.chat.price_change", "12.3 %/yr")]
    public void A_return_is_a_plain_percentage_and_growth_is_one_a_year(string name, string expected) =>
        Assert.Equal(expected, Humanize.Value(new PlanFigure(name, 0.123, "1/yr", null, null, Evidence.Read, null, null)));

    [Fact]
    public void A_state_is_told_in_words() =>
        Assert.Equal("default in month 40", Humanize.Value(new PlanFigure("finance.status", 1, "code", null, null, Evidence.Derived, null, "default in month 40")));

    [Fact]
    public void A_figure_without_a_value_gives_its_reason() =>
        Assert.Equal("cannot be served", Humanize.Value(new PlanFigure("x", null, "1", null, null, Evidence.Read, null, "cannot be served")));
}
