using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

public sealed class NearOneTests
{
    [Theory]
    [InlineData(1e-10, 1.00000000005e-10, 9.9999999995e-11)]
    [InlineData(1e-17, 1e-17, 1e-17)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1.718281828459045, 0.6931471805599453)]
    [InlineData(-0.5, -0.3934693402873666, -0.6931471805599453)]
    public void KeepsEveryDigit(double x, double expMinusOne, double logOnePlus)
    {
        Assert.Equal(expMinusOne, NearOne.ExpMinusOne(x), Math.Abs(expMinusOne) * 1e-15);
        Assert.Equal(logOnePlus, NearOne.LogOnePlus(x), Math.Abs(logOnePlus) * 1e-15);
    }

    [Fact]
    public void GoesToItsLimits()
    {
        Assert.Equal(-1, NearOne.ExpMinusOne(-800));
        Assert.Equal(double.PositiveInfinity, NearOne.ExpMinusOne(800));
    }

    [Fact]
    public void OneUndoesTheOther()
        => Gen.Double[-0.9, 30].Holds(x => Assert.Equal(x, NearOne.LogOnePlus(NearOne.ExpMinusOne(x)), 1e-14 * (1 + Math.Abs(x))));
}
