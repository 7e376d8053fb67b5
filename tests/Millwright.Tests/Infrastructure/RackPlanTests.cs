using CsCheck;
using Millwright.Catalog;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Tests.Infrastructure;

public sealed class RackPlanTests
{
    private const double PeakFactor = InfrastructureFixtures.PeakFactorBernstein;

    [Fact]
    public void AGigawattHoldsBernsteinsRacks()
    {
        // 168.6 kW of facility power and 5,932 racks: rows bern-kwrack and shell-bernstein.
        RackPlan plan = RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor);
        Assert.Equal(168_564, plan.FacilityWattsPerSystem, 1e-6);
        Assert.Equal(5_932, plan.Systems);
        Assert.Equal(5_932 * 72, plan.Chips);
        Assert.Equal(5_932 * 144, plan.Dies);
        Assert.Equal(5_932 * 18, plan.Hosts);
    }

    [Fact]
    public void TenGigawattsHoldFourPointTwoSevenMillionChips()
    {
        RackPlan plan = RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 10e9, PeakFactor);
        Assert.Equal(4.27e6, plan.Chips, 4.27e6 * 0.01);
    }

    [Fact]
    public void AGigawattHoldsTheInterviewsNextSystem()
    {
        RackPlan nominal = RackPlan.Fit(InfrastructureFixtures.Vr200, 190e3, 1e9, PeakFactor);
        Assert.Equal(4_121, nominal.Systems);
        Assert.Equal(296_712, nominal.Chips);
        Assert.Equal(3_404, RackPlan.Fit(InfrastructureFixtures.Vr200, 230e3, 1e9, PeakFactor).Systems);
    }

    [Fact]
    public void AGigawattOfItHoldsEpochsRacks()
    {
        PowerPath path = PowerPath.From(1e9, PowerBasis.It, PeakFactor, 1.02);
        Assert.Equal(7_575, RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, path.FacilityWatts, PeakFactor).Systems);
    }

    [Fact]
    public void TwiceThePowerHoldsTwiceTheRacks() =>
        Gen.Select(Gen.Double[0, 1e11], Gen.Double[1e3, 1e6], Gen.Double[1, 2]).Holds((watts, system, peak) =>
        {
            long once = RackPlan.Fit(InfrastructureFixtures.Gb200, system, watts, peak).Systems;
            long twice = RackPlan.Fit(InfrastructureFixtures.Gb200, system, 2 * watts, peak).Systems;
            Assert.InRange(twice, 2 * once, (2 * once) + 1);
        });

    [Fact]
    public void AHigherPeakFactorOrHotterSystemNeverHoldsMoreRacks() =>
        Gen.Select(Gen.Double[1e6, 1e10], Gen.Double[1, 2], Gen.Double[0, 1], Gen.Double[1e4, 1e6]).Holds((watts, peak, more, system) =>
        {
            long racks = RackPlan.Fit(InfrastructureFixtures.Gb200, system, watts, peak).Systems;
            Assert.True(RackPlan.Fit(InfrastructureFixtures.Gb200, system, watts, peak + more).Systems <= racks);
            Assert.True(RackPlan.Fit(InfrastructureFixtures.Gb200, system * (1 + more), watts, peak).Systems <= racks);
        });

    [Fact]
    public void RacksFitAndNotOneMore() =>
        Gen.Select(Gen.Double[0, 1e11], Gen.Double[1e3, 1e6], Gen.Double[1, 2]).Holds((watts, system, peak) =>
        {
            RackPlan plan = RackPlan.Fit(InfrastructureFixtures.Gb200, system, watts, peak);
            Assert.True(plan.FacilityWattsUsed <= watts * (1 + 1e-11));
            Assert.True((plan.Systems + 1) * plan.FacilityWattsPerSystem > watts);
            Assert.True(plan.FacilityWattsLeft < plan.FacilityWattsPerSystem);
        });

    [Fact]
    public void APowerOfWholeRacksLosesNoneToRounding() =>
        Gen.Select(Gen.Long[1, 100_000], Gen.Double[1e3, 1e6], Gen.Double[1, 2]).Holds((racks, system, peak) =>
            Assert.Equal(racks, RackPlan.Fit(InfrastructureFixtures.Gb200, system, racks * (system * peak), peak).Systems));

    [Fact]
    public void SupplyLimitsTheRacks()
    {
        RackPlan plan = RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor, supplyLimit: 1_000);
        Assert.Equal(1_000, plan.Systems);
        Assert.True(plan.SupplyBinds);
        Assert.Equal(1e9 - (1_000 * 168_564.0), plan.FacilityWattsLeft, 1e-3);
        Assert.False(RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor, supplyLimit: 5_932).SupplyBinds);
        Assert.Throws<ArgumentOutOfRangeException>(() => RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor, supplyLimit: -1));
    }

    [Fact]
    public void RacksForChipsHoldThemWithTheirSpares()
    {
        RackPlan plan = RackPlan.ForChips(InfrastructureFixtures.Gb200, 132e3, 7_201, 0.02, PeakFactor);
        Assert.Equal(104, plan.Systems); // 101 racks for 7,201 chips, 2.02 spares
        Assert.Equal(104 * 168_564.0, plan.FacilityWattsUsed, 1e-3);
        Assert.Equal(100, RackPlan.ForChips(InfrastructureFixtures.Gb200, 132e3, 7_200, 0, PeakFactor).Systems);
    }

    [Fact]
    public void RacksForChipsAreNoMoreThanCanBeHad()
    {
        RackPlan plan = RackPlan.ForChips(InfrastructureFixtures.Gb200, 132e3, 7_201, 0.02, PeakFactor, supplyLimit: 60.5);
        Assert.Equal(60, plan.Systems);
        Assert.True(plan.SupplyBinds);
        Assert.Equal(plan.FacilityWattsUsed, plan.FacilityWattsFilled);
        Assert.False(RackPlan.ForChips(InfrastructureFixtures.Gb200, 132e3, 7_201, 0.02, PeakFactor, supplyLimit: 104).SupplyBinds);
    }

    [Fact]
    public void PowerIsFilledUnlessSupplyEndsFirstOrNothingFits()
    {
        Assert.Equal(1e9, RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor).FacilityWattsFilled);
        Assert.Equal(1_000 * 168_564.0, RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 1e9, PeakFactor, supplyLimit: 1_000).FacilityWattsFilled, 1e-3);
        Assert.Equal(0, RackPlan.Fit(InfrastructureFixtures.Gb200, 132e3, 100e3, PeakFactor).FacilityWattsFilled);
    }

    [Fact]
    public void HostsFollowTheKindOfSystem()
    {
        Assert.Equal(100, RackPlan.HostsOf(InfrastructureFixtures.H100, 100));
        Assert.Equal(1_800, RackPlan.HostsOf(InfrastructureFixtures.Vr200, 100));
        SystemRecord card = InfrastructureFixtures.H100 with { Kind = "chip", ChipsPerSystem = 1 };
        Assert.Equal(13, RackPlan.HostsOf(card, 100));
    }

    [Theory]
    [InlineData(0, 1e9, 1.2)]
    [InlineData(double.NaN, 1e9, 1.2)]
    [InlineData(132e3, -1, 1.2)]
    [InlineData(132e3, 1e9, 0.9)]
    public void ImpossibleInputsAreRefused(double system, double site, double peak) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RackPlan.Fit(InfrastructureFixtures.Gb200, system, site, peak));
}
