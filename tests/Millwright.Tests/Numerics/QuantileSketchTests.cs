using CsCheck;
using Millwright.Numerics;

namespace Millwright.Tests.Numerics;

public sealed class QuantileSketchTests
{
    private static readonly double[] s_shares = [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1];

    [Fact]
    public void Quantiles_are_within_the_stated_error_of_the_value_at_their_rank() =>
        (from exponents in Gen.Double[0, 45].Array[1, 400] select exponents).Holds(exponents =>
        {
            long[] values = [.. exponents.Select(e => (long)Math.Pow(2, e)).Order()];
            QuantileSketch sketch = new();
            foreach (long value in values)
            {
                sketch.Add(value);
            }

            foreach (double share in s_shares)
            {
                double exact = values[Math.Max(1, (int)Math.Ceiling(share * values.Length)) - 1];
                Assert.InRange(sketch.Quantile(share), exact * (1 - QuantileSketch.RelativeError) - 1e-9, exact * (1 + QuantileSketch.RelativeError) + 1e-9);
            }

            Assert.Equal(values.Length, sketch.Count);
            Assert.Equal(values.Average(static v => (double)v), sketch.Mean, 1e-9 * sketch.Mean);
            Assert.Equal(values[^1], sketch.Greatest);
        });

    [Fact]
    public void A_progression_is_the_same_as_each_of_its_terms() =>
        Gen.Select(Gen.Long[1L << 32, 1L << 40], Gen.Long[-(1L << 20), 1L << 20], Gen.Int[1, 2000], Gen.Int[1, 5]).Holds((first, increment, terms, weight) =>
        {
            QuantileSketch together = new();
            QuantileSketch alone = new();
            together.Add(first, increment, terms, weight);
            for (int i = 0; i < terms; i++)
            {
                alone.Add(first + i * increment, weight);
            }

            Assert.Equal(alone.Bins(), together.Bins());
            Assert.Equal((alone.Count, alone.Sum, alone.Greatest), (together.Count, together.Sum, together.Greatest));
        });

    [Fact]
    public void Merged_sketches_hold_what_both_held()
    {
        QuantileSketch all = new();
        QuantileSketch[] parts = [new(), new(), new()];
        for (long i = 0; i < 3000; i++)
        {
            long value = i * i * 977 % 1_000_003;
            all.Add(value);
            parts[i % 3].Add(value);
        }

        parts[0].Merge(parts[1]);
        parts[0].Merge(parts[2]);
        parts[0].Merge(new QuantileSketch());
        Assert.Equal(all.Bins(), parts[0].Bins());
        Assert.Equal((all.Count, all.Sum), (parts[0].Count, parts[0].Sum));
    }

    [Fact]
    public void An_empty_sketch_has_no_quantile() => Assert.Equal((0, 0.0, 0.0), (new QuantileSketch().Count, new QuantileSketch().Mean, new QuantileSketch().Quantile(0.5)));
}
