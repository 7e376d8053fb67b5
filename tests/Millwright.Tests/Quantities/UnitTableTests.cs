using Millwright.Quantities;

namespace Millwright.Tests.Quantities;

public sealed class UnitTableTests
{
    [Theory]
    [InlineData("USD_M/MW_IT", QuantityKind.MoneyPerPower, 1, PowerBasis.It)]
    [InlineData("USD_M/MW_facility", QuantityKind.MoneyPerPower, 1, PowerBasis.Facility)]
    [InlineData("USD_B/GW_IT", QuantityKind.MoneyPerPower, 1, PowerBasis.It)]
    [InlineData("USD_B/GW", QuantityKind.MoneyPerPower, 1, null)]
    [InlineData("B$/GW", QuantityKind.MoneyPerPower, 1, null)]
    [InlineData("B$ per GW", QuantityKind.MoneyPerPower, 1, null)]
    [InlineData("USD/kW", QuantityKind.MoneyPerPower, 0.001, null)]
    [InlineData("USD/W", QuantityKind.MoneyPerPower, 1, null)]
    [InlineData("USD_B/GW/yr", QuantityKind.MoneyPerPowerYear, 1, null)]
    [InlineData("USD_B/GW_IT/yr", QuantityKind.MoneyPerPowerYear, 1, PowerBasis.It)]
    [InlineData("USD/kW-month", QuantityKind.MoneyPerPowerYear, 0.012, null)]
    [InlineData("USD/kW/yr", QuantityKind.MoneyPerPowerYear, 0.001, null)]
    [InlineData("USD/MW-day", QuantityKind.MoneyPerPowerYear, 365e-6, null)]
    [InlineData("percent/yr", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("percent_capex/yr", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("%/yr", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("% of assessed value", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("% of value", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("% of insured value per year", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("% of project value per year", QuantityKind.RatePerYear, 0.01, null)]
    [InlineData("ratio/yr", QuantityKind.RatePerYear, 1, null)]
    [InlineData("bp", QuantityKind.RatePerYear, 0.0001, null)]
    [InlineData("bp over SOFR", QuantityKind.RatePerYear, 0.0001, null)]
    [InlineData("ratio", QuantityKind.Fraction, 1, null)]
    [InlineData("percent", QuantityKind.Fraction, 0.01, null)]
    [InlineData("%", QuantityKind.Fraction, 0.01, null)]
    [InlineData("% of new", QuantityKind.Fraction, 0.01, null)]
    [InlineData("US_cents/kWh", QuantityKind.EnergyPrice, 0.01, null)]
    [InlineData("USD/kWh", QuantityKind.EnergyPrice, 1, null)]
    [InlineData("USD/MWh", QuantityKind.EnergyPrice, 0.001, null)]
    [InlineData("weeks", QuantityKind.Duration, 604800, null)]
    [InlineData("months", QuantityKind.Duration, 2628000, null)]
    [InlineData("years", QuantityKind.Duration, 31536000, null)]
    [InlineData("minutes", QuantityKind.Duration, 60, null)]
    [InlineData("hours", QuantityKind.Duration, 3600, null)]
    [InlineData("FTE/MW", QuantityKind.StaffPerPower, 1e-6, null)]
    [InlineData("gCO2/kWh", QuantityKind.CarbonIntensity, 1, null)]
    [InlineData("gCO2e/kWh", QuantityKind.CarbonIntensity, 1, null)]
    [InlineData("L/kWh", QuantityKind.WaterIntensity, 1, null)]
    [InlineData("L/MWh", QuantityKind.WaterIntensity, 0.001, null)]
    [InlineData("$/GPU-h", QuantityKind.MoneyPerChipHour, 1, null)]
    [InlineData("USD/GPU/h", QuantityKind.MoneyPerChipHour, 1, null)]
    [InlineData("USD/GPU/yr", QuantityKind.MoneyPerChipYear, 1, null)]
    [InlineData("B$/yr", QuantityKind.MoneyPerYear, 1e9, null)]
    [InlineData("USD_B", QuantityKind.Money, 1e9, null)]
    [InlineData("TWh", QuantityKind.Energy, 1e9, null)]
    [InlineData("GW", QuantityKind.Power, 1e9, null)]
    public void CatalogSpellingsHaveAFactor(string unit, QuantityKind kind, double factor, PowerBasis? basis)
    {
        Assert.True(UnitTable.TryGetFactor(unit, kind, out double found, out PowerBasis? foundBasis));
        Assert.Equal(factor, found, factor * 1e-15);
        Assert.Equal(basis, foundBasis);
    }

    [Theory]
    [InlineData("EUR/kWh", QuantityKind.EnergyPrice)]
    [InlineData("USD2022/kW", QuantityKind.MoneyPerPower)]
    [InlineData("USD/unit", QuantityKind.Money)]
    [InlineData("years", QuantityKind.Money)]
    [InlineData("USD_B/GW/yr", QuantityKind.MoneyPerPower)]
    [InlineData("failures per unit-year", QuantityKind.RatePerYear)]
    [InlineData("%/yr", QuantityKind.Fraction)]
    public void UnitsOfSomethingElseHaveNone(string unit, QuantityKind kind) => Assert.False(UnitTable.TryGetFactor(unit, kind, out _, out _));

    [Fact]
    public void EveryKindReadsItsOwnUnitsAndExample()
    {
        foreach (QuantityKind kind in Enum.GetValues<QuantityKind>())
        {
            Assert.All(QuantityWords.Units(kind), unit => Assert.True(UnitTable.TryGetFactor(unit, kind, out _, out _), $"{kind}: {unit}"));
            Assert.True(QuantityText.TryParse(QuantityWords.Example(kind), kind, false, out _, out string? problem), problem);
        }
    }
}
