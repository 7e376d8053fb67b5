using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

/// <summary>Sorting digit by digit against the runtime's sort.</summary>
public sealed class WholeSortTests
{
    [Fact]
    public void Numbers_come_in_order() => Gen.OneOf(Gen.Long, Gen.Long[-5, 5], Gen.Long[0, 1_000_000_000_000]).Array[0, 300].Sample(static values =>
    {
        long[] sorted = [.. values.Order()];
        WholeSort.Sort(values, values.Length, new long[values.Length]);
        Assert.Equal(sorted, values);
    });

    [Fact]
    public void Only_the_first_ones_are_touched()
    {
        long[] values = [3, 1, 2, 0, -1];
        WholeSort.Sort(values, 3, new long[3]);
        Assert.Equal([1, 2, 3, 0, -1], values);
    }
}
