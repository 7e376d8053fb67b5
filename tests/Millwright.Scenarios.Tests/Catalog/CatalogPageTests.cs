using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

/// <summary>The page on the catalog says what is so.</summary>
public sealed class CatalogPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "catalog.md"));

    [Fact]
    public void The_overlay_of_the_page_works()
    {
        const string Fence = "```yaml\n";
        int start = Page.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        string example = Page[start..Page.IndexOf("```", start, StringComparison.Ordinal)];
        using CatalogDirectory overlay = new CatalogDirectory().With("mine.yaml", example);

        CatalogData merged = CatalogYaml.LoadDirectory(overlay.Path, ShippedCatalog.Load());

        Assert.Equal(8e15, merged.FindSystem("my-chip-8")!.Fp4FlopsPerSecond);
        Assert.Equal(new PriceRange(300e3, 350e3, 400e3), merged.FindPrice("my-chip-8-quote")!.Price);
        Assert.Equal(5.1, merged.FindFigure(merged.FindLocation("our-county")!.ElectricityPrice!)!.Mid);
        Assert.Equal("catalog/mine.yaml row ptax-mine", merged.FindFigure("ptax-mine")!.Source);
        Assert.DoesNotContain(CatalogChecker.Check(merged), f => f.Severity == CatalogSeverity.Error);
    }

    [Theory]
    [InlineData(Evidence.Derived, "| ±10 % |")]
    [InlineData(Evidence.Recalled, "| ±20 % |")]
    [InlineData(Evidence.Assumption, "| ±30 % |")]
    public void The_bands_of_the_page_are_those_of_the_code(Evidence evidence, string cell)
    {
        string line = Assert.Single(Page.Split('\n'), l => l.StartsWith($"| `{evidence.ToString().ToLowerInvariant()}` |", StringComparison.Ordinal));
        Assert.EndsWith(cell, line, StringComparison.Ordinal);
        Assert.Contains($"±{EvidenceBand.HalfWidthShare(evidence) * 100:0} %", cell, StringComparison.Ordinal);
    }
}
