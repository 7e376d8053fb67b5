using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class CatalogCheckerTests
{
    private const string Price = "prices:\n  - { id: p, system: gb200-nvl72, kind: system, price: 9.9e6, source: s, evidence: read }\n";

    [Fact]
    public void A_small_catalog_has_too_few_systems() => Assert.Contains(CatalogChecker.Check(CatalogData.Empty), f => f is { Code: "CAT008", Severity: CatalogSeverity.Error });

    [Theory]
    [InlineData("figures:\n  - { id: x, category: pue, metric: m, unit: ratio, mid: 0.95, evidence: read, source: s }\n", "CAT003", "figure o/x")]
    [InlineData(Price, "CAT004", "price p")]
    [InlineData("systems:\n  - { id: x, vendor: v, name: n, kind: chip, status: s, measured_names: [H100-SXM], source: s, evidence: read }\n", "CAT009", "measured name \"H100-SXM\"")]
    public void An_overlay_that_contradicts_itself_is_found(string text, string code, string subject)
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("o.yaml", text);
        CatalogData merged = CatalogYaml.LoadDirectory(overlay.Path, ShippedCatalog.Load());
        CatalogFinding finding = Assert.Single(CatalogChecker.Check(merged), f => f.Severity == CatalogSeverity.Error);
        Assert.Equal((code, subject), (finding.Code, finding.Subject));
    }

    [Fact]
    public void Rows_made_in_code_are_checked_too()
    {
        CatalogData shipped = ShippedCatalog.Load();
        CatalogFigure figure = shipped.FindFigure("shell-epoch")!;
        SystemRecord rack = shipped.FindSystem("vr200-nvl72")!;
        var broken = new CatalogData
        {
            Hash = "",
            Figures = [.. shipped.Figures, figure with { Id = "no-source", Source = " " }, figure with { Id = "disordered", Low = 20 }, figure],
            Systems = [.. shipped.Systems, rack with { Id = "negative", MemoryBytes = -1, MeasuredNames = [] }],
            NetworkParts = shipped.NetworkParts,
            PriceScopes = [.. shipped.PriceScopes, shipped.PriceScopes[0] with { Id = "stray", SystemId = "nothing" }],
            Models = shipped.Models,
            TokenPrices = shipped.TokenPrices,
            Locations = [.. shipped.Locations, shipped.Locations[0] with { Id = "nowhere", GridWait = "nothing" }],
            Claims = shipped.Claims,
            LengthHistograms = shipped.LengthHistograms,
            Workloads = shipped.Workloads,
        };
        IEnumerable<string> codes = CatalogChecker.Check(broken).Where(f => f.Severity == CatalogSeverity.Error).Select(f => f.Code).Order();
        Assert.Equal(["CAT001", "CAT002", "CAT005", "CAT006", "CAT007", "CAT010"], codes);
    }

    [Fact]
    public void Systems_that_a_plan_cannot_use_are_named() =>
        Assert.Contains(CatalogChecker.Check(ShippedCatalog.Load()), f => f is { Code: "CAT013", Severity: CatalogSeverity.Warning, Subject: "system mlu690" });
}
