using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

/// <summary>The axioms that the Shapley value is the only one to meet.</summary>
public sealed class ShapleyValueTests
{
    private static readonly Gen<double[]> Games = Gen.Int[0, 7].SelectMany(static n => Gen.Double[-5, 5].Array[1 << n]);

    [Fact]
    public void Parts_sum_to_the_whole() => Games.Holds(static values =>
        Assert.Equal(values[^1] - values[0], ShapleyValues.Of(values).Sum(), 1e-9));

    [Fact]
    public void A_change_that_gains_nothing_gets_nothing() => Games.Holds(static values =>
    {
        // one more change that never matters
        double[] with = [.. values, .. values];
        double[] parts = ShapleyValues.Of(with);
        Assert.Equal(0, parts[^1], 1e-12);
        Assert.Equal(ShapleyValues.Of(values), parts[..^1], static (a, b) => Math.Abs(a - b) < 1e-9);
    });

    [Fact]
    public void Changes_that_are_alike_get_alike()
    {
        // worth of a set is a function of its size alone
        double[] values = [.. Enumerable.Range(0, 1 << 5).Select(static s => Math.Pow(System.Numerics.BitOperations.PopCount((uint)s), 1.7))];
        Assert.All(ShapleyValues.Of(values), static part => Assert.Equal(Math.Pow(5, 1.7) / 5, part, 1e-12));
    }

    [Fact]
    public void Two_changes_by_hand() => Assert.Equal([2.5, 4.5], ShapleyValues.Of([0, 2, 4, 7]));

    [Fact]
    public void Anything_but_a_power_of_two_is_refused() => Assert.Throws<ArgumentException>(static () => ShapleyValues.Of([1, 2, 3]));
}
