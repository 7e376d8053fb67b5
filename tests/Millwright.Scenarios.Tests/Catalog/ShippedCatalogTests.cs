using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

/// <summary>What ships is what the tables of facts hold. Counts are those of the tables; figures were read in them by eye.</summary>
public sealed class ShippedCatalogTests
{
    private static readonly CatalogData Shipped = ShippedCatalog.Load();

    [Theory]
    [InlineData("facility", 103)]
    [InlineData("energy", 188 + 8)] // each of the 8 emission factors by source comes as two figures
    [InlineData("finance", 135)]
    [InlineData("cost-per-gw", 64)]
    [InlineData("deals", 126)]
    [InlineData("demand", 94)]
    [InlineData("capex", 51)]
    [InlineData("geopolitics", 54)]
    [InlineData("depreciation", 37)]
    [InlineData("rental-prices", 62)]
    [InlineData("tariffs", 49)]
    [InlineData("energy-assets", 190)]
    [InlineData("network", 6)]
    public void Every_row_of_a_table_is_a_figure(string collection, int rows) => Assert.Equal(rows, Shipped.Figures.Count(f => f.Collection == collection));

    [Fact]
    public void Every_part_of_the_power_path_and_every_site_is_there()
    {
        Assert.Equal(54, Shipped.Figures.Where(f => f.Collection == "power-path").Select(f => f.Id.Split('.')[0]).Distinct().Count());
        Assert.Equal(50, Shipped.Figures.Where(f => f.Collection == "sites").Select(f => f.Scope).Distinct().Count());
    }

    [Fact]
    public void Every_system_part_price_and_model_is_there()
    {
        Assert.Equal(56, Shipped.Systems.Count);
        Assert.Equal(34 - 6, Shipped.NetworkParts.Count); // six rows of the table are shares and sums, kept as figures
        Assert.Equal(60, Shipped.PriceScopes.Count);
        Assert.Equal(51, Shipped.Models.Count);
        Assert.Equal(35 + 263, Shipped.TokenPrices.Count);
        Assert.Equal(51 + 13, Shipped.Locations.Count); // states with the District of Columbia; countries and regions with a price of power
    }

    [Fact]
    public void Vera_rubin_rack_has_its_figures_in_inside_units()
    {
        SystemRecord rack = Shipped.FindSystem("vr200-nvl72")!;
        Assert.Equal(72, rack.ChipsPerSystem);
        Assert.Equal(2, rack.DiesPerChip);
        Assert.Equal(35e15, rack.Fp4FlopsPerSecond!.Value, 1e3);
        Assert.Equal(4e15, rack.Bf16FlopsPerSecond!.Value, 1e3);
        Assert.Equal(288e9, rack.MemoryBytes!.Value, 1e-3);
        Assert.Equal(22e12, rack.MemoryBytesPerSecond!.Value, 1e-3);
        Assert.Equal(1800e9, rack.ScaleUpBytesPerSecond!.Value, 1e-3);
        Assert.Equal(200e9, rack.ScaleOutBytesPerSecond!.Value, 1e-3); // 1600 Gb/s
        Assert.Equal(2300, rack.ChipWatts);
        Assert.Equal(190e3, rack.SystemTypicalWatts);
        Assert.Equal(230e3, rack.SystemMaxWatts);
        Assert.Equal(new PriceRange(7.0e6, 7.8e6, 9.1e6), rack.SystemPrice);
        Assert.Equal(Evidence.Read, rack.PriceEvidence);
    }

    [Theory]
    [InlineData("hgx-b200", 2)]
    [InlineData("hgx-b300", 2)]
    [InlineData("gb200-nvl72", 2)]
    [InlineData("gb300-nvl72", 2)]
    [InlineData("vr300-kyber", 4)]
    [InlineData("ascend-910c", 2)]
    [InlineData("mi300x", 1)]
    [InlineData("hgx-h100", 1)]
    [InlineData("dgx1-v100", 1)]
    public void Dies_are_counted_per_package(string id, int dies) => Assert.Equal(dies, Shipped.FindSystem(id)!.DiesPerChip);

    [Theory]
    [InlineData("hgx-h100", "H100-SXM")]
    [InlineData("hgx-h200", "h200_sxm")]
    [InlineData("gb300-nvl72", "GB300-NVL72")]
    [InlineData("tpu-v7", "TPUv7")]
    [InlineData("arc-pro-b60-dual", "Arc-Pro-B60 (system 1-node-4x-BMG-Pro-B60-Dual)")]
    public void Measured_names_lead_to_their_system(string id, string name) => Assert.Equal(id, Assert.Single(Shipped.Systems, s => s.MeasuredNames.Contains(name)).Id);

    [Theory]
    [InlineData("price-us-texas", 6.6, "US_cents/kWh", Evidence.Read)]
    [InlineData("shell-epoch", 11.77, "USD_M/MW_IT", Evidence.Read)]
    [InlineData("shell-bernstein", 14.83, "USD_M/MW_facility", Evidence.Derived)]
    [InlineData("rate-sofr", 3.55, "%/yr", Evidence.Read)]
    [InlineData("tax-fed", 21, "%", Evidence.Recalled)]
    [InlineData("fx-eur-usd-2024", 1.08, "USD/EUR", Evidence.Recalled)]
    [InlineData("carbon-egrid-ERCT", 332.9, "gCO2/kWh", Evidence.Derived)]
    [InlineData("d01-nvda-openai-loi.investment_cap", 100, "B$", Evidence.Read)]
    [InlineData("K-BIG4-2022", 172, "B$", Evidence.Read)]
    public void Figures_keep_id_value_unit_and_evidence(string id, double mid, string unit, Evidence evidence)
    {
        CatalogFigure figure = Shipped.FindFigure(id)!;
        Assert.Equal(mid, figure.Mid);
        Assert.Equal(unit, figure.Unit);
        Assert.Equal(evidence, figure.Evidence);
    }

    [Fact]
    public void An_id_of_several_collections_needs_its_collection()
    {
        Assert.Null(Shipped.FindFigure("R1"));
        Assert.Equal("demand", Shipped.FindFigure("demand/R1")!.Collection);
        Assert.Equal("depreciation", Shipped.FindFigure("depreciation/R1")!.Collection);
    }

    [Fact]
    public void Weak_rows_are_those_of_confidence_c()
    {
        Assert.Equal(10, Shipped.Figures.Count(f => f.Collection == "capex" && f.Weak));
        Assert.Equal(17, Shipped.Figures.Count(f => f.Collection == "deals" && f.Weak));
        Assert.Equal(17, Shipped.Figures.Count(f => f.Collection == "demand" && f.Weak));
        Assert.Equal(17, Shipped.Figures.Count(f => f.Collection == "depreciation" && f.Weak));
        Assert.Equal(3, Shipped.Figures.Count(f => f.Collection == "geopolitics" && f.Weak));
        Assert.Equal(24, Shipped.Figures.Count(f => f.Collection == "finance" && f.Weak));
        Assert.Equal(4 + 2, Shipped.TokenPrices.Count(p => p.Weak));
    }

    [Fact]
    public void Euro_prices_are_dollars_at_the_stated_rate()
    {
        CatalogFigure ireland = Shipped.FindFigure("price-ireland")!;
        Assert.Equal(0.256 * Shipped.FindFigure("fx-eur-usd-2024")!.Mid!.Value, ireland.Mid!.Value, 1e-6);
        Assert.Equal("USD/kWh", ireland.Unit);
        Assert.Equal(Evidence.Derived, ireland.Evidence);
        Assert.Contains("EUR 0.256", ireland.Note, StringComparison.Ordinal);
        Assert.DoesNotContain(Shipped.Figures, f => f.Unit == "EUR/kWh");
    }

    [Fact]
    public void Direct_and_life_cycle_emissions_are_two_figures_and_no_range()
    {
        Assert.Equal(370, Shipped.FindFigure("ef-gas.direct")!.Mid);
        Assert.Equal(490, Shipped.FindFigure("ef-gas.life-cycle")!.Mid);
        Assert.All(Shipped.Figures.Where(f => f.Category == "carbon"), f => Assert.True(f.Low is null && f.High is null));
    }

    [Fact]
    public void A_price_says_what_it_holds()
    {
        PriceScope rack = Shipped.FindPrice("gb200-nvl72-bernstein")!;
        Assert.Equal(("it_all", Inclusion.Yes, Inclusion.Yes), (rack.Kind, rack.ScaleOutNetwork, rack.Storage));
        PriceScope server = Shipped.FindPrice("gb200-epoch-server")!;
        Assert.Equal((2.75e6, Inclusion.Yes, Inclusion.No, Inclusion.Partly), (server.Price.Mid, server.RackScaleUp, server.ScaleOutNetwork, server.Nic));
        Assert.Equal(Inclusion.Unknown, Shipped.FindPrice("gb200-ms")!.ScaleOutNetwork);
        Assert.Equal((2.242e6, 2.301e6, 2.36e6), (Shipped.FindPrice("gb200-bern-gpu")!.Price.Low, Shipped.FindPrice("gb200-bern-gpu")!.Price.Mid, Shipped.FindPrice("gb200-bern-gpu")!.Price.High));
    }

    [Fact]
    public void Texas_has_power_carbon_grid_and_taxes()
    {
        LocationRecord texas = Shipped.FindLocation("texas")!;
        Assert.Equal(
            new LocationRecord("texas", "Texas", "United States", "price-us-texas", "carbon-egrid-ERCT", "lead-grid-texas", "ptax-tx", "stax-tx-exempt", "tax-tx"), texas);
        Assert.Equal(6, Shipped.Locations.Count(l => l.PropertyTax is not null));
        Assert.Null(Shipped.FindLocation("iowa")!.SalesTax);
    }

    [Fact]
    public void Models_answer_to_every_spelling_and_hold_their_configuration()
    {
        Assert.Equal("llama-3.1-8b", Shipped.FindModel("meta-llama/Llama-3.1-8B")!.Id);
        Assert.Equal("qwen3-235b-a22b", Shipped.FindModel("Qwen3 235B-A22B")!.Id);
        Assert.Contains("\"kv_lora_rank\": 512", Shipped.FindModel("deepseek-r1")!.ConfigJson, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checker_finds_no_error() => Assert.DoesNotContain(CatalogChecker.Check(Shipped), f => f.Severity == CatalogSeverity.Error);

    [Fact]
    public void A_row_without_address_names_its_file_and_row() =>
        Assert.Equal("catalog/facility.yaml row eq-genset", Shipped.FindFigure("eq-genset")!.Source);

    [Fact]
    public void No_source_or_note_points_to_a_place_that_a_reader_lacks()
    {
        IEnumerable<string> texts = [.. Shipped.Figures.SelectMany(f => new[] { f.Source, f.Note }), .. Shipped.Systems.SelectMany(s => new[] { s.Source, s.Note }), .. Shipped.Models.Select(m => m.Source)];
        Assert.DoesNotContain(texts, t => Path.IsPathRooted(t) || t.StartsWith("shared", StringComparison.Ordinal));
    }
}
