using Millwright.Quantities;

namespace Millwright.Tests.Quantities;

public sealed class QuantityTextTests
{
    private const double Year = 31536000;

    [Theory]
    [InlineData("1 GW facility", QuantityKind.Power, 1e9)]
    [InlineData("800 MW IT", QuantityKind.Power, 8e8)]
    [InlineData("168.6 kW", QuantityKind.Power, 168600)]
    [InlineData("7.8 c/kWh", QuantityKind.EnergyPrice, 0.078)]
    [InlineData("$75/MWh", QuantityKind.EnergyPrice, 0.075)]
    [InlineData("75 USD/MWh", QuantityKind.EnergyPrice, 0.075)]
    [InlineData("55 B$", QuantityKind.Money, 55e9)]
    [InlineData("$55B", QuantityKind.Money, 55e9)]
    [InlineData("-$5", QuantityKind.Money, -5)]
    [InlineData("$1.5 million", QuantityKind.Money, 1.5e6)]
    [InlineData("USD 3.4M", QuantityKind.Money, 3.4e6)]
    [InlineData("150 k$/yr", QuantityKind.MoneyPerYear, 150e3)]
    [InlineData("1 $/month", QuantityKind.MoneyPerYear, 12)]
    [InlineData("13.3 B$/GW-yr", QuantityKind.MoneyPerPowerYear, 13.3)]
    [InlineData("$13.3B/GW-yr", QuantityKind.MoneyPerPowerYear, 13.3)]
    [InlineData("$13.3B per GW per year", QuantityKind.MoneyPerPowerYear, 13.3)]
    [InlineData("100 $/kW-month", QuantityKind.MoneyPerPowerYear, 1.2)]
    [InlineData("40 ms", QuantityKind.Duration, 0.04)]
    [InlineData("18 months", QuantityKind.Duration, 1.5 * Year)]
    [InlineData("3 years", QuantityKind.Duration, 3 * Year)]
    [InlineData("2 weeks", QuantityKind.Duration, 14 * 86400.0)]
    [InlineData("9 %", QuantityKind.RatePerYear, 0.09)]
    [InlineData("9 %/yr", QuantityKind.RatePerYear, 0.09)]
    [InlineData("450 bp", QuantityKind.RatePerYear, 0.045)]
    [InlineData("450 bps", QuantityKind.RatePerYear, 0.045)]
    [InlineData("1 %/month", QuantityKind.RatePerYear, 0.12)]
    [InlineData("-30 %/yr", QuantityKind.RatePerYear, -0.3)]
    [InlineData("1.3", QuantityKind.Fraction, 1.3)]
    [InlineData("85%", QuantityKind.Fraction, 0.85)]
    [InlineData("0.5 L/kWh", QuantityKind.WaterIntensity, 0.5)]
    [InlineData("2 m3/MWh", QuantityKind.WaterIntensity, 2)]
    [InlineData("330 g/kWh", QuantityKind.CarbonIntensity, 330)]
    [InlineData("0.33 kgCO2e/kWh", QuantityKind.CarbonIntensity, 330)]
    [InlineData("0.55 $/Mtok", QuantityKind.MoneyPerMillionTokens, 0.55)]
    [InlineData("$0.55/M tokens", QuantityKind.MoneyPerMillionTokens, 0.55)]
    [InlineData("5.7 $/GPU-h", QuantityKind.MoneyPerChipHour, 5.7)]
    [InlineData("5.7 USD/GPU/h", QuantityKind.MoneyPerChipHour, 5.7)]
    [InlineData("4500 $/GPU-yr", QuantityKind.MoneyPerChipYear, 4500)]
    [InlineData("10 B$/GW", QuantityKind.MoneyPerPower, 10)]
    [InlineData("11.77 M$/MW IT", QuantityKind.MoneyPerPower, 11.77)]
    [InlineData("800 $/kW", QuantityKind.MoneyPerPower, 0.8)]
    [InlineData("400 Gb/s", QuantityKind.Bandwidth, 50e9)]
    [InlineData("400 Gbps", QuantityKind.Bandwidth, 50e9)]
    [InlineData("400 GB/s", QuantityKind.Bandwidth, 400e9)]
    [InlineData("288 GB", QuantityKind.DataSize, 288e9)]
    [InlineData("1 GiB", QuantityKind.DataSize, 1073741824)]
    [InlineData("2 k", QuantityKind.Count, 2000)]
    [InlineData("1e9", QuantityKind.Count, 1e9)]
    [InlineData("1_000", QuantityKind.Count, 1000)]
    [InlineData("128 k", QuantityKind.Tokens, 128000)]
    [InlineData("1200", QuantityKind.Tokens, 1200)]
    [InlineData("12 tok/s", QuantityKind.TokenRate, 12)]
    [InlineData("1000 tasks/s", QuantityKind.TaskRate, 1000)]
    [InlineData("86.4 M tasks/day", QuantityKind.TaskRate, 1000)]
    [InlineData("2.5 PFLOP/s", QuantityKind.ComputeRate, 2.5e15)]
    [InlineData("2.5 PFLOPS", QuantityKind.ComputeRate, 2.5e15)]
    [InlineData("0.2 FTE/MW", QuantityKind.StaffPerPower, 2e-7)]
    [InlineData("8.76 TWh", QuantityKind.Energy, 8.76e9)]
    public void HumanUnitsReadToTheInsideUnit(string text, QuantityKind kind, double expected)
    {
        Assert.True(QuantityText.TryParse(text, kind, false, out Amount? amount, out string? problem), problem);
        Assert.Equal(expected, amount.Mid, Math.Abs(expected) * 1e-15);
    }

    [Fact]
    public void DecimalTextsAreRoundedOnlyOnce()
    {
        Assert.Equal(0.075, Read("7.5 c/kWh", QuantityKind.EnergyPrice));
        Assert.Equal(0.09, Read("9 %", QuantityKind.RatePerYear));
        Assert.Equal(0.045, Read("450 bp", QuantityKind.RatePerYear));
        Assert.Equal(0.03, Read("30 ms", QuantityKind.Duration));
    }

    [Theory]
    [InlineData("6.5 .. 7.5 .. 9 c/kWh")]
    [InlineData("6.5..7.5..9 c/kWh")]
    [InlineData("65 $/MWh .. 7.5 c/kWh .. $0.09/kWh")]
    public void ARangeTakesTheUnitOfItsLastValue(string text)
    {
        Assert.True(QuantityText.TryParse(text, QuantityKind.EnergyPrice, false, out Amount? amount, out string? problem), problem);
        Assert.Equal((0.065, 0.075, 0.09), (amount.Low!.Value, amount.Mid, amount.High!.Value));
    }

    [Fact]
    public void ABasisIsReadAndAskedFor()
    {
        Assert.True(QuantityText.TryParse("0.8 .. 1 .. 1.2 GW utility", QuantityKind.Power, true, out Amount? amount, out _));
        Assert.Equal(PowerBasis.Utility, amount.Basis);
        Assert.False(QuantityText.TryParse("1 GW", QuantityKind.Power, true, out _, out string? problem));
        Assert.Contains("\"1 GW IT\", \"1 GW facility\" or \"1 GW utility\"", problem);
        Assert.False(QuantityText.TryParse("0.8 IT .. 1 .. 1.2 GW utility", QuantityKind.Power, true, out _, out _));
    }

    [Theory]
    [InlineData("7.8 c/kwh", QuantityKind.EnergyPrice, "\"c/kWh\"")]
    [InlineData("7.8 EUR/kWh", QuantityKind.EnergyPrice, "unknown unit \"EUR\"")]
    [InlineData("7.8", QuantityKind.EnergyPrice, "has no unit; allowed: c/kWh, $/kWh or $/MWh")]
    [InlineData("7.8 MW", QuantityKind.EnergyPrice, "does not measure a price of energy")]
    [InlineData("13.3 B$/GW", QuantityKind.MoneyPerPowerYear, "does not measure")]
    [InlineData("1 mW IT", QuantityKind.Power, "did you mean \"MW\"?")]
    [InlineData("1 GW it", QuantityKind.Power, "did you mean \"IT\"?")]
    [InlineData("5 yaers", QuantityKind.Duration, "did you mean \"years\"?")]
    [InlineData("NaN", QuantityKind.Fraction, "not a finite number")]
    [InlineData(".nan", QuantityKind.Fraction, "not a finite number")]
    [InlineData("-.inf", QuantityKind.Fraction, "not a finite number")]
    [InlineData("Infinity", QuantityKind.Fraction, "not a finite number")]
    [InlineData("1e400", QuantityKind.Count, "too large")]
    [InlineData("1,000", QuantityKind.Count, "such as \"1000\"")]
    [InlineData("7,5 %", QuantityKind.Fraction, "such as \"7.5 %\"")]
    [InlineData("", QuantityKind.Count, "nothing was found")]
    [InlineData("about 3", QuantityKind.Count, "does not begin with a number")]
    [InlineData("1 .. 2", QuantityKind.Count, "three numbers")]
    [InlineData("3 .. 2 .. 1", QuantityKind.Count, "must ascend")]
    [InlineData("1 GW IT facility", QuantityKind.Power, "two power bases")]
    [InlineData("1__0", QuantityKind.Count, "not a number")]
    [InlineData("0x10", QuantityKind.Count, "unknown unit")]
    public void WrongTextsSayWhatIsAllowed(string text, QuantityKind kind, string fragment)
    {
        Assert.False(QuantityText.TryParse(text, kind, false, out Amount? amount, out string? problem));
        Assert.Null(amount);
        Assert.Contains(fragment, problem);
    }

    private static double Read(string text, QuantityKind kind) => QuantityText.TryParse(text, kind, false, out Amount? a, out _) ? a.Mid : double.NaN;
}
