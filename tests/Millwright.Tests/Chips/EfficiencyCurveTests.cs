using CsCheck;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Chips;

public sealed class EfficiencyCurveTests
{
    [Theory]
    [InlineData(1.04, 0.8)]
    [InlineData(0.7, 1.88)]
    [InlineData(0, 0.8)]
    [InlineData(0.7, double.NaN)]
    public void A_fit_above_the_peak_is_refused_and_named(double compute, double memory)
    {
        var row = new OperatorCurve("x/gemm/fp8", "x", "engine", "gemm", "fp8", 1e-6, compute, memory, 1.5, 0.1, 0.2, "source");
        var fault = Assert.Throws<InvalidDataException>(() => EfficiencyCurve.From(row));
        Assert.Contains("x/gemm/fp8", fault.Message);
        Assert.Contains("above its peak", fault.Message);
    }

    [Fact]
    public void Memory_alone_takes_the_floor_and_the_bytes_over_the_reached_bandwidth()
    {
        var time = new EfficiencyCurve(3e-6, 0.7, 0.8, 2, 0.2).Time(0, 8e-6);
        Assert.Equal(13e-6, time.TotalSeconds, 1e-18);
        Assert.Equal(10e-6, time.MemorySeconds, 1e-18);
    }

    [Fact]
    public void Equal_compute_and_memory_join_in_the_norm()
    {
        // 10 us each: the square root of 200 for p = 2, and four times as much for p = 0.5
        Assert.Equal(Math.Sqrt(200) * 1e-6, new EfficiencyCurve(0, 0.5, 0.5, 2, 0).Time(5e-6, 5e-6).TotalSeconds, 1e-15);
        Assert.Equal(40e-6, new EfficiencyCurve(0, 0.5, 0.5, 0.5, 0).Time(5e-6, 5e-6).TotalSeconds, 1e-15);
    }

    [Fact]
    public void No_shipped_curve_beats_the_roofline_and_its_parts_add_up()
    {
        Gen.Select(Gen.Int[0, TestCatalog.Curves.Count - 1], Gen.Double[0, 1e-2], Gen.Double[0, 1e-2]).Holds((index, compute, memory) =>
        {
            var curve = EfficiencyCurve.From(TestCatalog.Curves[index]);
            var time = curve.Time(compute, memory);
            Assert.True(time.TotalSeconds >= Math.Max(compute, memory));
            Assert.True(time is { FloorSeconds: >= 0, ComputeSeconds: >= 0, MemorySeconds: >= 0 });
            Assert.True(curve.Time(compute * 1.1, memory).TotalSeconds >= time.TotalSeconds * (1 - 1e-12));
            Assert.True(curve.Time(compute, memory * 1.1).TotalSeconds >= time.TotalSeconds * (1 - 1e-12));
        });
    }

    [Fact]
    public void Tiny_and_huge_times_neither_vanish_nor_overflow()
    {
        var curve = new EfficiencyCurve(0, 1, 1, 46.81, 0);
        Assert.Equal(1e-200, curve.Time(1e-200, 1e-300).TotalSeconds, 1e-212);
        Assert.True(double.IsFinite(curve.Time(1e200, 1e199).TotalSeconds));
    }
}
