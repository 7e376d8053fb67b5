using Millwright.Quantities;

namespace Millwright.Tests.Quantities;

public sealed class SpellingTests
{
    private static readonly string[] s_words = ["location", "load_factor", "pue", "vr200-nvl72", "gb200-nvl72"];

    [Theory]
    [InlineData("locaton", "location")]
    [InlineData("loadfactor", "load_factor")]
    [InlineData("LOAD-FACTOR", "load_factor")]
    [InlineData("peu", "pue")]
    [InlineData("vr200-nlv72", "vr200-nvl72")]
    [InlineData("temperature", null)]
    [InlineData("", null)]
    public void TheNearestWordIsFoundOrNone(string found, string? expected) => Assert.Equal(expected, Spelling.Nearest(found, s_words));

    [Fact]
    public void AVeryLongWordIsNotCompared() => Assert.Null(Spelling.Nearest(new string('x', 100_000), s_words));
}
