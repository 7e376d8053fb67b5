using System.Text.Json;
using Millwright.Planning;
using Millwright.Reports;

namespace Millwright.Cli.Tests.Planning;

/// <summary>What programs that read the JSON may rely on.</summary>
public sealed class JsonContractTests
{
    // Name, unit, power basis.
    private static readonly (string Name, string Unit, string? Basis)[] Promised =
    [
        ("capex.total", "USD", null), ("capex.per_gw", "USD/GW", "facility"),
        ("capex.share.chips", "1", null), ("capex.share.servers", "1", null), ("capex.share.network", "1", null), ("capex.share.storage", "1", null), ("capex.share.building", "1", null),
        ("site.power_utility", "W", "utility"), ("site.power_facility", "W", "facility"), ("site.power_it", "W", "IT"), ("pue", "1", null),
        ("racks.count", "1", null), ("chips.count", "1", null), ("chips.dies", "1", null), ("network.switches", "1", null), ("network.transceivers", "1", null),
        ("tokens.output_per_second", "tok/s", null), ("tokens.input_per_second", "tok/s", null), ("tokens.output_per_year", "tok/yr", null),
        ("cost.per_million_output_tokens", "USD/Mtok", null), ("cost.per_million_uncached_input_tokens", "USD/Mtok", null), ("cost.per_million_cached_input_tokens", "USD/Mtok", null),
        ("cost.per_gpu_hour", "USD/GPU-h", null),
        ("price.per_million_output_tokens", "USD/Mtok", null), ("price.per_million_uncached_input_tokens", "USD/Mtok", null), ("price.per_million_cached_input_tokens", "USD/Mtok", null),
        ("revenue.per_year", "USD/yr", null), ("revenue.per_gw_year", "USD/GW-yr", "facility"), ("opex.per_year", "USD/yr", null), ("energy.per_year", "kWh", "utility"),
        ("annual_cost.total", "USD/yr", null), ("carbon.per_year", "t", null), ("water.per_year", "m3", null),
        ("break_even.usd_per_gw_year", "USD/GW-yr", "facility"), ("break_even.usd_per_gpu_hour", "USD/GPU-h", null), ("break_even.utilisation", "1", null),
        ("finance.uses_total", "USD", null), ("finance.equity", "USD", null), ("finance.supplier_equity", "USD", null), ("finance.debt", "USD", null),
        ("finance.equity_irr", "1/yr", null), ("finance.project_irr", "1/yr", null), ("finance.moic", "1", null), ("finance.payback", "years", null),
        ("finance.min_dscr", "1", null), ("finance.status", "code", null), ("schedule.first_power", "months", null), ("schedule.full_power", "months", null),
        ("margin.token", "1", null), ("margin.gross", "1", null), ("margin.operating", "1", null), ("binding", "USD/yr", "facility"),
    ];

    public static TheoryData<string, string> Plans => new()
    {
        { "gigawatt", "" }, { "gigawatt", "tokens" }, { "gb200-epoch", "" }, { "gb200-bernstein", "" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Every_promised_figure_is_there_with_its_unit_and_basis(string name, string mode)
    {
        JsonElement root = Json(name, mode);
        JsonElement figures = root.GetProperty("figures");
        foreach ((string figure, string unit, string? basis) in Promised)
        {
            Assert.True(figures.TryGetProperty(figure, out JsonElement found), figure + " is missing");
            Assert.True(unit == found.GetProperty("unit").GetString(), $"{figure} is in {found.GetProperty("unit")}");
            Assert.True(basis == found.GetProperty("power_basis").GetString(), $"{figure} is on the basis {found.GetProperty("power_basis")}");
            Assert.Contains(found.GetProperty("evidence").GetString(), (string[])["datasheet", "read", "derived", "recalled", "assumption"]);
            foreach (string end in (string[])["value", "low", "high"])
            {
                Assert.Contains(found.GetProperty(end).ValueKind, (JsonValueKind[])[JsonValueKind.Number, JsonValueKind.Null]);
            }

            bool reason = found.GetProperty("reason").ValueKind == JsonValueKind.String;
            Assert.True(reason || found.GetProperty("value").ValueKind == JsonValueKind.Number, figure + " has neither value nor reason");
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void The_head_names_tool_catalog_seed_and_scenario(string name, string mode)
    {
        JsonElement root = Json(name, mode);
        Assert.Equal("millwright.plan/1", root.GetProperty("schema").GetString());
        Assert.Equal("tests", root.GetProperty("tool").GetString());
        Assert.Equal(Chain.Catalog.Hash, root.GetProperty("catalog_hash").GetString());
        Assert.Equal(1, root.GetProperty("seed").GetInt64());
        Assert.Equal(Chain.Scenario(name).Name, root.GetProperty("scenario").GetString());
        Assert.All(root.GetProperty("checks").EnumerateArray(), static c =>
        {
            Assert.True(c.GetProperty("ok").GetBoolean(), c.GetProperty("name").GetString());
            Assert.NotEqual("", c.GetProperty("detail").GetString());
        });
        Assert.NotEmpty(root.GetProperty("series").EnumerateObject());
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Shares_of_the_capital_cost_sum_to_one(string name, string mode)
    {
        JsonElement figures = Json(name, mode).GetProperty("figures");
        double sum = ((string[])["chips", "servers", "network", "storage", "building"]).Sum(g => figures.GetProperty("capex.share." + g).GetProperty("value").GetDouble());
        Assert.Equal(1, sum, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Status_and_what_binds_are_told_in_words(string name, string mode)
    {
        JsonElement figures = Json(name, mode).GetProperty("figures");
        Assert.Equal("ok", figures.GetProperty("finance.status").GetProperty("reason").GetString());
        string binding = figures.GetProperty("binding").GetProperty("reason").GetString()!;
        Assert.Contains(binding.Split(':')[0], (string[])["money", "power", "chips", "memory", "demand"]);
    }

    [Fact]
    public void Numbers_in_the_file_keep_every_bit()
    {
        JsonElement figures = Json("gigawatt", "").GetProperty("figures");
        Assert.All(Chain.Study("gigawatt").Figures, figure =>
        {
            JsonElement value = figures.GetProperty(figure.Name).GetProperty("value");
            Assert.True(figure.Value is { } number ? Chain.SameBits(number, value.GetDouble()) : value.ValueKind == JsonValueKind.Null, figure.Name);
        });
    }

    private static JsonElement Json(string name, string mode)
    {
        Plan plan = Chain.Study(name, mode == "tokens" ? Chain.Tokens : []);
        using JsonDocument document = JsonDocument.Parse(JsonOutput.Write(plan));
        return document.RootElement.Clone();
    }
}
