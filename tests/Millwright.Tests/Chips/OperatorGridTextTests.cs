using CsCheck;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Tests.Chips;

public sealed class OperatorGridTextTests
{
    private const string Sample = """
        # a comment
        grid,hgx-h100,vllm,0.24.0,gemm,fp8-block
        source,table, with a comma
        fit,120,0.05,0.11
        rates,1.979E+15,3.35E+12
        axis,0,1,2.5
        axis,5,6
        1,2
        -3,4
        5,6

        """;

    [Fact]
    public void The_text_says_what_a_grid_is()
    {
        OperatorGrid grid = Assert.Single(Read(Sample));
        Assert.Equal(("hgx-h100", EngineFamily.Vllm, "0.24.0", "gemm", OperandPrecision.Fp8Block), (grid.SystemId, grid.Engine, grid.EngineVersion, grid.Operator, grid.Precision));
        Assert.Equal((120, 0.05, 0.11, "table, with a comma"), (grid.Points, grid.HeldOutMeanError, grid.HeldOutP90Error, grid.Source));
        Assert.Equal((1.979e15, 3.35e12), (grid.FlopsPerSecond, grid.BytesPerSecond));
        Assert.Equal(-0.003, grid.LogFactor.At(1, 5), 1e-12);
        Assert.Equal(0.006, grid.LogFactor.At(9, 9), 1e-12);
    }

    [Fact]
    public void Text_and_binary_keep_a_grid() =>
        Gen.Select(Gen.Double[-30, 30].Array[24], Gen.Int[0, 6], Gen.Int[0, 2]).Holds((values, precision, engine) =>
        {
            double[][] axes = [[0, 1, 2], [-1, 0.5], [3, 4.25, 7, 9]];
            OperatorGrid grid = new("s", (EngineFamily)engine, "v 1", "o", (OperandPrecision)precision, new SmoothGrid(axes, values), 9, 0.125, 0.25, "źródło, \"x\"")
            {
                Detail = engine == 0 ? null : new SmoothGrid([[0, 3], [1, 2, 3]], values[..6]),
                FlopsPerSecond = 1.0 / 3,
                BytesPerSecond = 3.35e12,
            };
            using StringWriter text = new();
            OperatorGridText.Write([grid, grid with { Operator = "second" }], ["comment"], text);
            IReadOnlyList<OperatorGrid> fromText = Read(text.ToString());
            using MemoryStream binary = new();
            OperatorGridBinary.Write([grid], binary);
            IReadOnlyList<OperatorGrid> fromBinary = OperatorGridBinary.Read(binary.ToArray());
            Assert.Equal("second", fromText[1].Operator);
            foreach (OperatorGrid read in (OperatorGrid[])[fromText[0], Assert.Single(fromBinary)])
            {
                Assert.Equal(grid with { LogFactor = read.LogFactor, Detail = read.Detail }, read);
                Assert.Equal(axes, read.LogFactor.Axes);
                Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(values[i], read.LogFactor.Values[i], 0.000501));
                Assert.Equal(grid.Detail is null, read.Detail is null);
                if (read.Detail is { } detail)
                {
                    Assert.Equal(grid.Detail!.Axes, detail.Axes);
                    Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(values[i], detail.Values[i], 0.000501));
                }
            }
        });

    [Theory]
    [InlineData("vllm", "vlm", 2, "unknown engine")]
    [InlineData("fp8-block", "fp7", 2, "unknown precision")]
    [InlineData(",gemm", "", 2, "grid,SYSTEM")]
    [InlineData("fit,120", "fit,-1", 4, "fit,POINTS")]
    [InlineData("rates,1.979E+15", "rates,fast", 5, "not a number")]
    [InlineData("axis,0,1,2.5", "axis,0,2.5,1", 6, "rise")]
    [InlineData("axis,5,6", "axis,5,6,7", 8, "must hold 3")]
    [InlineData("-3,4", "-3,4,5", 9, "must hold 2")]
    [InlineData("-3,4", "-3,0.5", 9, "whole number")]
    [InlineData("-3,4", "-3,40000", 9, "16 bits")]
    [InlineData("\n5,6\n", "\n", 10, "ends")]
    [InlineData("source,", "src,", 3, "source")]
    [InlineData("axis,0,1,2.5\naxis,5,6\n", "", 6, "axis")]
    public void A_wrong_text_is_refused_with_its_line(string found, string instead, int line, string word)
    {
        string text = Sample.ReplaceLineEndings("\n");
        Assert.Contains(found, text);
        OperatorGridException problem = Assert.Throws<OperatorGridException>(() => Read(text.Replace(found, instead, StringComparison.Ordinal)));
        Assert.Equal(line, problem.Line);
        Assert.Contains(word, problem.Problem);
    }

    [Fact]
    public void A_cut_or_changed_binary_is_refused()
    {
        using MemoryStream stream = new();
        OperatorGridBinary.Write(Read(Sample), stream);
        byte[] whole = stream.ToArray();
        Gen.Int[0, whole.Length - 1].Holds(cut => { Assert.Throws<InvalidDataException>(() => OperatorGridBinary.Read(whole.AsSpan(0, cut))); });
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[1, 255]).Holds((place, change) =>
        {
            byte[] changed = [.. whole];
            changed[place] ^= (byte)change;
            Assert.Throws<InvalidDataException>(() => OperatorGridBinary.Read(changed));
        });
    }

    [Fact]
    public void Shipped_grids_are_named_once_and_told_where_they_come_from()
    {
        OperatorGrid[] grids = [.. TestOperators.Files().SelectMany(TestOperators.Read)];
        Assert.True(grids.Length > 100);
        Assert.Equal(grids.Length, grids.DistinctBy(g => (g.SystemId, g.Engine, g.Operator, g.Precision)).Count());
        Assert.All(grids, g => Assert.Contains("Apache-2.0", g.Source));
        Assert.All(grids, g => Assert.True(g.HeldOutP90Error >= g.HeldOutMeanError / 2 && g.HeldOutMeanError > 0 && g.Points > 0, g.Operator));
    }

    private static IReadOnlyList<OperatorGrid> Read(string text)
    {
        using StringReader reader = new(text);
        return OperatorGridText.Read(reader);
    }
}
