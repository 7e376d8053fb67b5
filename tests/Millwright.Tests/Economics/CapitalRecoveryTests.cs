using CsCheck;
using Millwright.Economics;
using Millwright.Finance;

namespace Millwright.Tests.Economics;

public sealed class CapitalRecoveryTests
{
    // Figures: Epoch AI, "AI data center cost breakdown", 2026-05-14 (26.113 B$ IT and 11.769 B$ facility per GW of IT, 0.902 B$ a year to run).
    // Outside results: about 12, 8.5 and 7 B$ a year for chips that live 3, 5 and 7 years.
    [Theory]
    [InlineData(3, 12.07)]
    [InlineData(5, 8.49)]
    [InlineData(7, 6.97)]
    public void A_year_of_the_published_gigawatt_costs_what_its_authors_say(double itLifeYears, double billionUsd)
    {
        double cost = CapitalRecovery.ChargeUsd(26.113e9, 0.065, itLifeYears) + CapitalRecovery.ChargeUsd(11.769e9, 0.065, 14) + 0.902e9;

        Assert.Equal(billionUsd, cost / 1e9, billionUsd * 0.01);
    }

    [Fact]
    public void A_gigawatt_of_55_billion_dollars_costs_12_25_billion_a_year()
    {
        double running = (8.76e9 * 0.85 * 0.060) + 0.5e9;
        double cost = CapitalRecovery.ChargeUsd(55e9 * 0.65, 0.09, 5) + CapitalRecovery.ChargeUsd(55e9 * 0.35, 0.09, 20) + running;

        Assert.Equal(12.25, BreakEven.UsdPerGigawattYear(cost, 1e9) / 1e9, 12.25 * 0.005);
    }

    [Fact]
    public void The_factor_repays_what_an_annuity_is_worth()
    {
        // 6.5 % over 3, 5 and 14 years; annuity tables give 0.37758, 0.24063 and 0.11094.
        Assert.Equal(0.37757570, CapitalRecovery.Factor(0.065, 3), 1e-8);
        Assert.Equal(0.24063454, CapitalRecovery.Factor(0.065, 5), 1e-8);
        Assert.Equal(0.11094048, CapitalRecovery.Factor(0.065, 14), 1e-8);
        Assert.Equal(0.2, CapitalRecovery.Factor(0, 5));
        Assert.Equal(0.2, CapitalRecovery.Factor(1e-14, 5), 1e-13);
        Gen.Select(Gen.Double[-0.5, 2], Gen.Double[0.5, 60]).Holds((rate, periods) => rate == 0 || Math.Abs(
            (CapitalRecovery.Factor(rate, periods) / -TimeValue.Payment(rate, periods, 1)) - 1) < 1e-11);
    }

    [Fact]
    public void At_no_interest_the_factor_is_one_over_the_life()
    {
        Assert.Equal(1.0 / 7, CapitalRecovery.Factor(0, 7), 1e-16);
        Assert.Equal(1.0 / 7, CapitalRecovery.Factor(1e-18, 7), 1e-16);
    }

    [Fact]
    public void The_factor_is_smooth_where_interest_vanishes()
    {
        // r / (1 - (1 + r)^-n) = 1/n + r (n + 1) / (2 n) + r^2 (n^2 - 1) / (12 n) + O(r^3).
        foreach (double rate in new[] { 1e-15, 1e-12, 1e-9, 1e-6, -1e-9, -1e-6 })
        {
            double series = (1 / 5.0) + (rate * 6 / 10) + (rate * rate * 24 / 60);
            Assert.Equal(series, CapitalRecovery.Factor(rate, 5), 1e-15);
        }
    }

    [Fact]
    public void Payments_discounted_at_the_rate_return_the_capital() =>
        Gen.Select(Gen.Double[-0.2, 0.5], Gen.Int[1, 40], Gen.Double[0, 1]).Holds((rate, years, residual) =>
        {
            double payment = CapitalRecovery.ChargeUsd(1, rate, years, residual);
            double value = residual * Math.Pow(1 + rate, -years);
            for (int year = 1; year <= years; year++)
            {
                value += payment * Math.Pow(1 + rate, -year);
            }

            Assert.Equal(1, value, 1e-9 * Math.Max(1, Math.Pow(1 + rate, -years)));
        });

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(0.09, 0)]
    [InlineData(0.09, double.NaN)]
    [InlineData(0.09, double.PositiveInfinity)]
    public void Senseless_rates_and_lives_are_refused(double rate, double years) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CapitalRecovery.Factor(rate, years));
}
