using CsCheck;
using Millwright.Quantities;

namespace Millwright.Tests.Quantities;

public sealed class QuantityFormatTests
{
    private static readonly Gen<QuantityKind> s_kind = Gen.Enum<QuantityKind>();

    // every scale that a quantity can have, positive and negative, with long and with short decimals
    private static readonly Gen<double> s_value = Gen.OneOf(
        Gen.Select(Gen.Double[-20, 20], Gen.Bool, (e, negative) => Math.Pow(10, e) * (negative ? -1 : 1)),
        Gen.Select(Gen.Int[-99999, 99999], Gen.Int[-9, 12], (m, e) => m * Math.Pow(10, e)),
        Gen.Double[-1000, 1000]);

    [Fact]
    public void WhatIsPrintedReadsBackToTheSameBits() =>
        Gen.Select(s_value, s_kind).Holds((value, kind) => Read(QuantityFormat.Print(value, kind), kind) == new Amount(value), iter: 20_000);

    [Fact]
    public void RangesWithABasisReadBackToo() =>
        Gen.Select(s_value, s_value, s_value, Gen.Enum<PowerBasis>()).Holds(
            (a, b, c, basis) =>
            {
                double[] sorted = [.. new[] { a, b, c }.Order()];
                Amount amount = new(sorted[1], sorted[0], sorted[2], basis);
                return Read(QuantityFormat.Print(amount, QuantityKind.Power), QuantityKind.Power) == amount;
            },
            iter: 5_000);

    [Theory]
    [InlineData(1e9, QuantityKind.Power, "1 GW")]
    [InlineData(168600, QuantityKind.Power, "168.6 kW")]
    [InlineData(0.075, QuantityKind.EnergyPrice, "7.5 c/kWh")]
    [InlineData(0.04, QuantityKind.Duration, "40 ms")]
    [InlineData(90, QuantityKind.Duration, "90 s")]
    [InlineData(1800, QuantityKind.Duration, "30 min")]
    [InlineData(1.5 * 31536000, QuantityKind.Duration, "18 months")]
    [InlineData(2 * 31536000.0, QuantityKind.Duration, "2 years")]
    [InlineData(55e9, QuantityKind.Money, "55 B$")]
    [InlineData(0, QuantityKind.Money, "0 $")]
    [InlineData(13.3, QuantityKind.MoneyPerPowerYear, "13.3 B$/GW-yr")]
    [InlineData(0.8, QuantityKind.MoneyPerPower, "800 $/kW")]
    [InlineData(0.65, QuantityKind.Fraction, "65 %")]
    [InlineData(1.277, QuantityKind.Fraction, "1.277")]
    [InlineData(-0.3, QuantityKind.RatePerYear, "-30 %/yr")]
    [InlineData(1000, QuantityKind.TaskRate, "1000 tasks/s")]
    [InlineData(0.2 / 1e6, QuantityKind.StaffPerPower, "0.2 FTE/MW")]
    [InlineData(1e9, QuantityKind.Count, "1 B")]
    [InlineData(20000, QuantityKind.Count, "20000")]
    public void TheUnitIsTheOneAPersonWouldChoose(double value, QuantityKind kind, string expected) => Assert.Equal(expected, QuantityFormat.Print(value, kind));

    [Theory]
    [InlineData(12.3456, QuantityKind.MoneyPerPowerYear, 3, "12.3 B$/GW-yr")]
    [InlineData(999.96e6, QuantityKind.Money, 3, "1 B$")]
    [InlineData(0.0412345, QuantityKind.Duration, 2, "41 ms")]
    public void RoundedTextsKeepTheDigitsAskedFor(double value, QuantityKind kind, int digits, string expected) =>
        Assert.Equal(expected, QuantityFormat.PrintRounded(value, kind, digits));

    [Fact]
    public void LimitsStandInHumanUnits()
    {
        Assert.Equal("1 to 3", QuantityFormat.PrintLimits(new InputAttribute(QuantityKind.Fraction, "") { Min = 1, Max = 3 }));
        Assert.Equal("0 % to 100 %", QuantityFormat.PrintLimits(new InputAttribute(QuantityKind.Fraction, "") { Min = 0, Max = 1 }));
        Assert.Equal("above 1 kW, up to 1000 GW", QuantityFormat.PrintLimits(new InputAttribute(QuantityKind.Power, "") { Min = 1e3, Max = 1e12, MinExcluded = true }));
        Assert.Equal("at least 0 $", QuantityFormat.PrintLimits(new InputAttribute(QuantityKind.Money, "") { Min = 0 }));
    }

    [Fact]
    public void NotFiniteNumbersAreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => QuantityFormat.Print(double.NaN, QuantityKind.Money));

    private static Amount? Read(string text, QuantityKind kind) => QuantityText.TryParse(text, kind, false, out Amount? amount, out _) ? amount : null;
}
