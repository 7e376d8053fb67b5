using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class OperatingCostTests
{
    private static readonly OperatingCostInputs Site = new()
    {
        EnergyKwh = 6e9,
        EnergyUsdPerKwh = 0.075,
        StaffCount = 150,
        StaffUsdEach = 150e3,
        ItCapexUsd = 40e9,
        BuildingCapexUsd = 15e9,
        ItMaintenancePerYear = 0.03,
        FacilityMaintenancePerYear = 0.02,
        InsurancePerYear = 0.004,
        InsuredShare = 0.25,
        PropertyTaxPerYear = 0.01,
        TaxedShare = 1,
        Chips = 300e3,
        LicenceUsdPerChipYear = 100,
        WaterCubicMetres = 60e3,
        WaterUsdPerCubicMetre = 1.5,
    };

    [Fact]
    public void Each_part_is_its_quantity_times_its_price()
    {
        OperatingCost cost = OperatingCost.Of(Site);

        Assert.Equal(new OperatingCost(450e6, 22.5e6, 1.2e9, 0.3e9, 55e6, 550e6, 30e6, 90e3), cost);
        Assert.Equal(450e6 + 22.5e6 + 1.2e9 + 0.3e9 + 55e6 + 550e6 + 30e6 + 90e3, cost.TotalUsd, 1e-3);
        Assert.Equal(450.09e6, cost.VariableUsd, 1e-3);
    }

    [Fact]
    public void Twice_every_price_is_twice_the_cost() =>
        Gen.Double[0, 10].Sample(factor =>
        {
            OperatingCost scaled = OperatingCost.Of(Site with
            {
                EnergyUsdPerKwh = Site.EnergyUsdPerKwh * factor,
                StaffUsdEach = Site.StaffUsdEach * factor,
                ItCapexUsd = Site.ItCapexUsd * factor,
                BuildingCapexUsd = Site.BuildingCapexUsd * factor,
                LicenceUsdPerChipYear = Site.LicenceUsdPerChipYear * factor,
                WaterUsdPerCubicMetre = Site.WaterUsdPerCubicMetre * factor,
            });

            Assert.Equal(factor * OperatingCost.Of(Site).TotalUsd, scaled.TotalUsd, 1e-3);
        });
}
