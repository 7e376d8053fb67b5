using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

public sealed class RootFindingTests
{
    [Fact]
    public void FindsThePublishedRootsOfTextbookFunctions()
    {
        // Wallis's cubic and the fixed point of the cosine (OEIS A007493, A003957).
        Assert.Equal(2.0945514815423265, RootFinding.Brent(x => (x * x * x) - (2 * x) - 5, 2, 3), 1e-14);
        Assert.Equal(0.7390851332151607, RootFinding.Brent(x => Math.Cos(x) - x, 0, 1), 1e-14);
    }

    [Fact]
    public void GoesToAFlatRootOfHighOrder()
        => Assert.Equal(1, RootFinding.Brent(x => Math.Pow(x - 1, 3), -4, 4.5), 1e-4);

    [Fact]
    public void TakesAnEndThatIsARoot()
    {
        Assert.Equal(0, RootFinding.Brent(x => x, 0, 1));
        Assert.Equal(1, RootFinding.Brent(x => x - 1, 0, 1));
    }

    [Fact]
    public void RefusesEndsOfOneSign()
        => Assert.Throws<ArgumentException>(() => RootFinding.Brent(x => (x * x) + 1, -1, 1));

    [Fact]
    public void RefusesAFunctionThatIsNotANumber()
        => Assert.Throws<ArgumentException>(() => RootFinding.Brent(Math.Log, -1, 2));

    [Fact]
    public void FindsTheRootOfAnyRisingCubicInEitherDirection()
        => Gen.Select(Gen.Double[-100, 100], Gen.Double[0, 5], Gen.Double[0.1, 50]).Holds((root, cubic, linear) =>
        {
            double F(double x) => ((x - root) * linear) + (cubic * Math.Pow(x - root, 3));
            Assert.Equal(root, RootFinding.Brent(F, -200, 300), 1e-9);
            Assert.Equal(root, RootFinding.Brent(F, 300, -200), 1e-9);
        });
}
