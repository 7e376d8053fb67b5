using Millwright.Cli.Validation;

namespace Millwright.Cli.Tests.Validation;

public sealed class FactToleranceTests
{
    [Theory]
    [InlineData(100, 105, true)]
    [InlineData(100, 105.01, false)]
    [InlineData(100, 95, true)]
    [InlineData(100, 94.99, false)]
    [InlineData(-100, -105.01, false)]
    [InlineData(100, double.NaN, false)]
    [InlineData(100, double.PositiveInfinity, false)]
    public void A_share_is_of_the_expected_value(double expected, double reached, bool holds) => Assert.Equal(holds, FactTolerance.Share(0.05).Holds(expected, reached));

    [Theory]
    [InlineData(0.39, 0.4199, true)]
    [InlineData(0.39, 0.4201, false)]
    public void Points_are_of_the_whole(double expected, double reached, bool holds) => Assert.Equal(holds, FactTolerance.Points(0.03).Holds(expected, reached));

    [Fact]
    public void Exact_is_exact()
    {
        Assert.True(FactTolerance.Exact.Holds(48, 48));
        Assert.False(FactTolerance.Exact.Holds(48, 49));
        Assert.False(FactTolerance.Exact.Holds(0, double.NaN));
    }

    [Fact]
    public void Deviations_too_small_to_print_are_not_printed_as_none()
    {
        Assert.Equal("0", FactTolerance.Share(0.1).DeviationText(10, 10, ""));
        Assert.Equal("+1E-3 %", FactTolerance.Share(0.1).DeviationText(1, 1.00001, ""));
        Assert.Equal("-2.5 %", FactTolerance.Share(0.1).DeviationText(1, 0.975, ""));
        Assert.Equal("none reached", FactTolerance.Share(0.1).DeviationText(1, double.NaN, ""));
    }
}
