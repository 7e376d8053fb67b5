using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class PublishedContractsTests
{
    // deepseek-ai/open-infra-index, "day 6, one more thing", 2025-02-28: a day of V3 and R1 at R1's list prices.
    [Fact]
    public void A_published_day_of_serving_costs_and_earns_what_its_maker_says()
    {
        double costUsd = ContractMetrics.RentUsd(226.75 * 8, 24, 2);
        double revenueUsd = new ByTokenClass(266e9, 342e9, 168e9).ValueUsd(new ByTokenClass(0.55, 0.14, 2.19));

        Assert.Equal(87_072, costUsd, 0.5);
        Assert.Equal(562_100, revenueUsd, 0.5);
        Assert.Equal(562_027, revenueUsd, 562_027 * 0.001);
        Assert.InRange(ContractMetrics.ProfitOverCost(revenueUsd, costUsd), 5.45, 5.46);
    }

    // Press, September 2025: 300 B$ over about five years for 4.5 GW.
    [Fact]
    public void Five_years_of_4_5_gigawatts_for_300_billion_is_13_33_billion_a_gigawatt_year() =>
        Assert.Equal(13.33, ContractMetrics.UsdPerGigawattYear(300e9, 5, 4.5e9) / 1e9, 0.005);

    // Press, 2026: 15 B$ a year for 220 thousand GPUs.
    [Fact]
    public void Fifteen_billion_a_year_for_220_thousand_chips_is_7_78_dollars_a_chip_hour() =>
        Assert.Equal(7.78, ContractMetrics.UsdPerChipHour(15e9, 220e3), 0.005);

    [Fact]
    public void A_contract_pays_its_price_for_its_term_and_the_renewal_after_it()
    {
        var contract = new CapacityContract(13.3, 5, 0.6, 0);

        Assert.Equal(13.3e9 / 12, contract.MonthUsd(1e9, 0), 1);
        Assert.Equal(13.3e9 / 12, contract.MonthUsd(1e9, 59), 1);
        Assert.Equal(0.6 * 13.3e9 / 12, contract.MonthUsd(1e9, 60), 1);
        Assert.Equal(0.5 * 13.3e9 / 12, contract.MonthUsd(0.5e9, -3), 1);
    }

    [Fact]
    public void An_escalator_steps_at_each_anniversary_of_full_power()
    {
        var contract = new CapacityContract(10, 3, 0.5, 0.1);

        Assert.Equal(10, contract.UsdPerWattYearAt(-0.5), 1e-12);
        Assert.Equal(10, contract.UsdPerWattYearAt(11 / 12.0), 1e-12);
        Assert.Equal(11, contract.UsdPerWattYearAt(12 / 12.0), 1e-12);
        Assert.Equal(12.1, contract.UsdPerWattYearAt(2.5), 1e-12);
        Assert.Equal(0.5 * 13.31, contract.UsdPerWattYearAt(3), 1e-12);
    }
}
