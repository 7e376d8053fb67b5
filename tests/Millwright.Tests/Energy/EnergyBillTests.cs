using CsCheck;
using Millwright.Energy;

namespace Millwright.Tests.Energy;

public sealed class EnergyBillTests
{
    [Fact]
    public void AGigawattYearAtSixtyDollarsCosts447Million()
    {
        EnergyBill bill = EnergyBill.Of(8.76e9 * 0.85, 8.76e9 * 0.85, 0.060, 0, 0);
        Assert.Equal(446.76e6, bill.CostUsdPerYear, 1e3);
    }

    [Fact]
    public void UnitsAreTonnesAndCubicMetres()
    {
        EnergyBill bill = EnergyBill.Of(1.2e6, 1e6, 0.075, 400, 1.8);
        Assert.Equal(90_000, bill.CostUsdPerYear, 1e-6);
        Assert.Equal(480, bill.CarbonTonnesPerYear, 1e-9); // 1.2 GWh at 400 g
        Assert.Equal(1_800, bill.WaterCubicMetresPerYear, 1e-9); // 1 GWh of IT at 1.8 L
    }

    [Fact]
    public void TwiceTheEnergyCostsAndCarriesTwiceAsMuch() =>
        Gen.Select(Gen.Double[0, 1e10], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1000], Gen.Double[0, 3]).Sample((meter, share, price, carbon, water) =>
        {
            EnergyBill once = EnergyBill.Of(meter, meter * share, price, carbon, water);
            EnergyBill twice = EnergyBill.Of(2 * meter, 2 * meter * share, price, carbon, water);
            Assert.Equal(2 * once.CostUsdPerYear, twice.CostUsdPerYear, 1e-9 * (1 + twice.CostUsdPerYear));
            Assert.Equal(2 * once.CarbonTonnesPerYear, twice.CarbonTonnesPerYear, 1e-9 * (1 + twice.CarbonTonnesPerYear));
            Assert.Equal(2 * once.WaterCubicMetresPerYear, twice.WaterCubicMetresPerYear, 1e-9 * (1 + twice.WaterCubicMetresPerYear));
        });

    [Theory]
    [InlineData(1, 2, 0.1, 1, 1)]
    [InlineData(1, -1, 0.1, 1, 1)]
    [InlineData(2, 1, -0.1, 1, 1)]
    [InlineData(2, 1, 0.1, double.NaN, 1)]
    [InlineData(2, 1, 0.1, 1, -1)]
    public void ImpossibleInputsAreRefused(double meter, double it, double price, double carbon, double water) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EnergyBill.Of(meter, it, price, carbon, water));
}
