using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

public sealed class GammaFunctionTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(0.5, 0.57236494292470008707)]
    [InlineData(1e-3, 6.9071788853838536825)]
    [InlineData(10, 12.801827480081469611)]
    [InlineData(100.5, 361.43554046777757)]
    public void Logarithms_are_those_of_tables(double x, double expected) => Assert.Equal(expected, GammaFunction.Log(x), 1e-13 * Math.Max(1, expected));

    [Fact]
    public void Each_number_times_its_gamma_is_the_next()
    {
        for (var x = 0.013; x < 60; x += 0.37)
        {
            Assert.Equal(GammaFunction.Log(x) + Math.Log(x), GammaFunction.Log(x + 1), 1e-12 * Math.Max(1, x));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => GammaFunction.Log(0));
    }
}
