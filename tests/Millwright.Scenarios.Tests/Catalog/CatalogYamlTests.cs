using System.Text;
using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class CatalogYamlTests
{
    private const string Figure = "figures:\n  - { id: a, metric: m, unit: USD, low: 1, mid: 2, high: 3, evidence: read, source: s }\n";

    private const string Chip = """
        systems:
          - id: my-chip
            vendor: Me
            name: My chip
            kind: chip
            status: announced
            peak_tflops: { bf16: 1000 }
            memory: { gb: 100, type: HBM, tb_per_second: 2 }
            power: { chip_watts: 900 }
            price: { chip_usd: { low: 1, mid: 2, high: 3 }, date: 2026, evidence: assumption }
            source: my own
            evidence: assumption

        """;

    [Fact]
    public void An_overlay_replaces_rows_with_the_same_id_and_adds_others()
    {
        CatalogData shipped = ShippedCatalog.Load();
        using CatalogDirectory overlay = new CatalogDirectory()
            .With("mine.yaml", Chip + "figures:\n  - { id: price-us-texas, collection: energy, metric: contract, unit: US_cents/kWh, mid: 5.1, evidence: read, source: our contract }\n");

        CatalogData merged = CatalogYaml.LoadDirectory(overlay.Path, shipped);

        Assert.Equal(shipped.Systems.Count + 1, merged.Systems.Count);
        Assert.Equal(shipped.Figures.Count, merged.Figures.Count);
        Assert.Equal(5.1, merged.FindFigure("price-us-texas")!.Mid);
        Assert.Equal(1e15, merged.FindSystem("my-chip")!.Bf16FlopsPerSecond);
        Assert.NotEqual(shipped.Hash, merged.Hash);
        Assert.Equal(6.6, shipped.FindFigure("price-us-texas")!.Mid);
    }

    [Fact]
    public void A_figure_takes_its_collection_from_the_row_the_file_or_the_file_name()
    {
        using CatalogDirectory directory = new CatalogDirectory()
            .With("one.yaml", Figure)
            .With("two.yaml", "collection: facility\n" + Figure)
            .With("three.yaml", Figure.Replace("id: a,", "id: a, collection: energy,", StringComparison.Ordinal));

        CatalogData catalog = CatalogYaml.LoadDirectory(directory.Path);

        Assert.Equal(["one", "energy", "facility"], catalog.Figures.Select(f => f.Collection));
    }

    [Fact]
    public void A_recalled_row_without_source_names_its_file_and_row()
    {
        using CatalogDirectory directory = new CatalogDirectory().With("x.yaml", Figure.Replace("evidence: read, source: s", "evidence: recalled", StringComparison.Ordinal));
        Assert.Equal("catalog/x.yaml row a", Assert.Single(CatalogYaml.LoadDirectory(directory.Path).Figures).Source);
    }

    [Fact]
    public void A_users_own_model_is_read_from_beside_its_row()
    {
        using CatalogDirectory directory = new CatalogDirectory()
            .With("models/index.yaml", "models:\n  - { id: mine, aliases: [me/mine], config: mine.json, source: me, evidence: read }\n")
            .With("models/mine.json", "{ \"hidden_size\": 64 }\n");
        Assert.Equal("{ \"hidden_size\": 64 }", CatalogYaml.LoadDirectory(directory.Path).FindModel("me/mine")!.ConfigJson);
    }

    [Fact]
    public void Lengths_may_be_a_bare_list()
    {
        CatalogData shipped = ShippedCatalog.Load();
        using CatalogDirectory directory = new CatalogDirectory()
            .With("lengths.yaml", "- { id: l, name: L, input_tokens: [1, 2.5], output_tokens: [3, 4], cached_share: null, peak_to_mean: 1.5, source: s, licence: MIT }\n");

        CatalogData merged = CatalogYaml.LoadDirectory(directory.Path, shipped);

        LengthHistogram lengths = merged.FindLengths("l")!;
        Assert.Equal([1, 2.5], lengths.InputTokens);
        Assert.Null(lengths.CachedShare);
    }

    public static TheoryData<string, int, string[]> Malformed => new()
    {
        { "figures:\n  - { id: a, metric: m, unit: u, mid: 1, evidence: read, soruce: s }\n", 2, ["unknown key \"soruce\"", "did you mean \"source\"?"] },
        { "figures:\n  - { id: a, metric: m, unit: u, mid: 1, evidence: read, source: s }\n  - { id: a, metric: m, unit: u, mid: 1, evidence: read, source: s }\n", 3, ["second figure \"bad/a\"", "line 2"] },
        { "figures:\n  - { id: a, metric: m, unit: u, mid: 1, evidence: read }\n", 2, ["needs a \"source\""] },
        { "figures:\n  - { id: a, metric: m, unit: u, low: 5, mid: 4, evidence: read, source: s }\n", 2, ["low 5 is greater than mid 4", "ascending"] },
        { "figures:\n  - { id: a, metric: m, unit: u, mid: 1, evidence: raed, source: s }\n", 2, ["unknown evidence \"raed\"", "assumption", "did you mean \"read\"?"] },
        { "figures:\n  - { id: a, metric: m, unit: u, mid: 12k, evidence: read, source: s }\n", 2, ["\"mid\" is \"12k\"", "finite number"] },
        { "figures:\n  - { id: a, metric: m, unit: u, mid: NaN, evidence: read, source: s }\n", 2, ["\"mid\" is \"NaN\"", "finite number"] },
        { "figures:\n  - { id: a, metric: m, unit: u, evidence: read, source: s }\n", 2, ["has no low, mid or high"] },
        { "figures:\n  - { id: a, id: b, metric: m }\n", 2, ["the key \"id\" was given before, in line 2"] },
        { "figures:\n  - &x { id: a, metric: m, unit: u, mid: 1, evidence: read, source: s }\n  - *x\n", 2, ["an anchor (\"&x\")", "write each value itself"] },
        { "figures: [*x]\n", 1, ["an alias (\"*x\")", "write the value itself"] },
        { "figures: !!set {}\n", 1, ["a tag (\"tag:yaml.org,2002:set\")", "write the value alone"] },
        { "figures:\n\t- { id: a }\n", 2, ["a tab indents this line"] },
        { "figures: [\n", 2, ["a bracket is not closed"] },
        { "figuers: []\n", 1, ["unknown key \"figuers\"", "did you mean \"figures\"?"] },
        { "- 1\n", 1, ["begins with a list", "figures"] },
        { "figures: 5\n", 1, ["must be a list of rows"] },
        { "figures:\n  - 5\n", 2, ["must be keys with values"] },
        { "", 1, ["is empty", "figures"] },
        { "a: 1\n---\nb: 2\n", 2, ["second document"] },
        { "systems:\n  - { id: s, vendor: v, name: n, kind: rak, status: x, source: s, evidence: read }\n", 2, ["unknown kind \"rak\"", "did you mean \"rack\"?"] },
        { "systems:\n  - { id: s, vendor: v, name: n, kind: rack, status: x, source: s, evidence: read, peak_tflops: { fp8: -3 } }\n", 2, ["\"fp8\" is -3", "above 0"] },
        { "systems:\n  - { id: s, vendor: v, name: n, kind: rack, status: x, source: s, evidence: read, chips_per_system: 1.5 }\n", 2, ["whole number"] },
        { "prices:\n  - { id: p, system: vr200-nvl27, kind: system, price: 5, source: s, evidence: read }\n", 2, ["no system \"vr200-nvl27\"", "did you mean \"vr200-nvl72\"?"] },
        { "prices:\n  - { id: p, system: vr200-nvl72, kind: system, price: 5, holds: [storge], source: s, evidence: read }\n", 2, ["unknown part \"storge\"", "did you mean \"storage\"?"] },
        { "locations:\n  - { id: l, name: L, country: C, electricity_price: price-us-texsa }\n", 2, ["no figure \"price-us-texsa\"", "did you mean \"price-us-texas\"?"] },
        { "models:\n  - { id: m, config: ../m.json, source: s, evidence: read }\n", 2, ["\"config\" is \"../m.json\"", "beside"] },
        { "length_histograms:\n  - { id: l, name: L, input_tokens: [1], output_tokens: [1, 2], source: s }\n", 2, ["input_tokens has 1 numbers and output_tokens 2"] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_overlay_ends_in_one_clear_message(string text, int line, string[] parts)
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("bad.yaml", text);
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path, ShippedCatalog.Load()));
        Assert.Equal(Path.Combine(overlay.Path, "bad.yaml"), error.File);
        Assert.Equal(line, error.Line);
        Assert.True(error.Column >= 1);
        Assert.All(parts, p => Assert.Contains(p, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_deep_nest_is_refused()
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("bad.yaml", "figures: " + new string('[', 100_000) + "\n");
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path));
        Assert.Contains("nests deeper than 8 levels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_over_20_megabytes_is_refused_unread()
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("big.yaml", new byte[20_000_001]);
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path));
        Assert.Contains("20000001 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_refused()
    {
        using CatalogDirectory overlay = new CatalogDirectory().With("latin.yaml", Encoding.Latin1.GetBytes("collection: énergie\n"));
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_a_file_and_an_empty_directory_are_told_apart()
    {
        using CatalogDirectory directory = new CatalogDirectory();
        Assert.Contains("holds no .yaml file", Message(directory.Path), StringComparison.Ordinal);
        Assert.Contains("no such directory", Message(Path.Combine(directory.Path, "none")), StringComparison.Ordinal);
        directory.With("a.yaml", Figure);
        Assert.Contains("is a file", Message(Path.Combine(directory.Path, "a.yaml")), StringComparison.Ordinal);

        static string Message(string path) => Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(path)).Message;
    }

    [Fact]
    public void A_broken_model_configuration_is_shown_where_it_breaks()
    {
        using CatalogDirectory overlay = new CatalogDirectory()
            .With("m.yaml", "models:\n  - { id: m, config: m.json, source: s, evidence: read }\n")
            .With("m.json", "{\n  \"a\": 1,\n  b\n}\n");
        InputException error = Assert.Throws<InputException>(() => CatalogYaml.LoadDirectory(overlay.Path));
        Assert.EndsWith("m.json", error.File, StringComparison.Ordinal);
        Assert.Equal(3, error.Line);
    }
}
