using CsCheck;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Tests.Infrastructure;

public sealed class PowerPathTests
{
    private static readonly Gen<PowerBasis> AnyBasis = Gen.Enum<PowerBasis>();

    [Fact]
    public void AGigawattOfFacilityIs783MegawattOfIt()
    {
        PowerPath path = PowerPath.From(1e9, PowerBasis.Facility, 1.277, 1.02);
        Assert.Equal(783.085e6, path.ItWatts, 1e3);
        Assert.Equal(1e9, path.FacilityWatts);
        Assert.Equal(1.02e9, path.UtilityWatts, 1e-3);
    }

    [Fact]
    public void AllBasesLeadBackToTheSamePower() =>
        Gen.Select(Gen.Double[1, 1e11], Gen.Double[1, 3], Gen.Double[1, 1.5], AnyBasis, AnyBasis).Holds((watts, peak, utility, from, to) =>
        {
            PowerPath path = PowerPath.From(watts, from, peak, utility);
            PowerPath back = PowerPath.From(On(path, to), to, peak, utility);
            Assert.Equal(watts, On(back, from), watts * 1e-12);
            Assert.True(path.ItWatts <= path.FacilityWatts * (1 + 1e-12) && path.FacilityWatts <= path.UtilityWatts * (1 + 1e-12));
        });

    [Fact]
    public void APowerWithoutABasisCannotBeExpressed()
    {
        PowerBasisMissingException error = Assert.Throws<PowerBasisMissingException>(
            () => PowerPath.From(new Amount(1e9, Origin: "gigawatt.yaml:7"), 1.277, 1.02));
        Assert.StartsWith("gigawatt.yaml:7: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("IT, facility or utility", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 1.2, 1.02)]
    [InlineData(double.NaN, 1.2, 1.02)]
    [InlineData(double.PositiveInfinity, 1.2, 1.02)]
    [InlineData(1e9, 0.99, 1.02)]
    [InlineData(1e9, double.NaN, 1.02)]
    [InlineData(1e9, 1.2, 0.5)]
    public void ImpossiblePowersAndFactorsAreRefused(double watts, double peak, double utility) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PowerPath.From(watts, PowerBasis.It, peak, utility));

    [Fact]
    public void TheLedgerOfWattsClosesAndNoUseIsNegative() =>
        Gen.Select(Gen.Double[0, 1e10], Gen.Double[0, 1], Gen.Double[1, 3], Gen.Double[1, 1.5], Gen.Double[0.5, 1]).Holds((it, chips, pue, utility, efficiency) =>
        {
            PowerLedger ledger = PowerLedger.Of(it, it * chips, pue, utility, efficiency);
            Assert.Equal(it * pue * utility, ledger.UtilityWatts, 1e-9 * (1 + it));
            Assert.True(Math.Abs(ledger.OpenWatts) <= 1e-9 * (1 + ledger.UtilityWatts));
            Assert.True(Math.Min(Math.Min(ledger.ChipWatts, ledger.ItOtherWatts), Math.Min(ledger.CoolingWatts, Math.Min(ledger.DistributionLossWatts, ledger.UtilityLossWatts))) >= -1e-6);
        });

    [Fact]
    public void TheLedgerShowsWhatAPueOfOnePointOneLeavesForCooling()
    {
        PowerLedger ledger = PowerLedger.Of(1e6, 7e5, 1.1, 1.02, PowerLedger.EcoModeEfficiency);
        Assert.Equal(3e5, ledger.ItOtherWatts, 1e-6);
        Assert.Equal(27_000, ledger.DistributionLossWatts, 1_000.0);
        Assert.Equal(100_000 - ledger.DistributionLossWatts, ledger.CoolingWatts, 1e-6);
        Assert.Equal(22_000, ledger.UtilityLossWatts, 1e-6);
    }

    [Fact]
    public void DoubleConversionLosesMoreThanEcoMode() => Assert.True(PowerLedger.DoubleConversionEfficiency < PowerLedger.EcoModeEfficiency);

    [Fact]
    public void ChipsThatDrawMoreThanTheItAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PowerLedger.Of(1e6, 1.1e6, 1.1, 1.02, 0.95));

    private static double On(PowerPath path, PowerBasis basis) => basis switch
    {
        PowerBasis.It => path.ItWatts,
        PowerBasis.Facility => path.FacilityWatts,
        _ => path.UtilityWatts,
    };
}
