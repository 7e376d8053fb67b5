using System.Text.Json;

namespace Millwright.Cli.Tests.Commands;

/// <summary>Each command answers: on the screen, for machines, and as a page.</summary>
public sealed class AnswerTests
{
    private const string Small = "site.power=100 MW facility";

    [Fact]
    public async Task Version_is_one_line() => Assert.Matches(@"^millwright \d+\.\d+\.\d+\n$", await Run.Answers("--version"));

    [Fact]
    public async Task Help_names_every_command_and_each_of_them_helps()
    {
        string help = await Run.Answers("--help");
        foreach (string command in (string[])["plan", "explain", "diff", "catalog", "claims", "schema", "new", "validate"])
        {
            Assert.Contains("  " + command, help, StringComparison.Ordinal);
            Assert.Contains("Usage:", await Run.Answers(command, "--help"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Plan_confirms_its_deployments_below_the_screen_when_asked_to()
    {
        using WorkFolder folder = new();
        string html = folder.File("plan.html");
        string plain = await Run.Answers("plan", Repository.Gigawatt);
        string confirmed = await Run.Answers("plan", Repository.Gigawatt, "--confirm", "--html", html);
        Assert.StartsWith(plain, confirmed, StringComparison.Ordinal);
        Assert.Contains("chat: confirmed: the means hold", confirmed[plain.Length..], StringComparison.Ordinal);
        Assert.Contains("gpt-oss-120b on 1 chip of vr200-nvl72 as tp1, vLLM", confirmed[plain.Length..], StringComparison.Ordinal);
        string page = await System.IO.File.ReadAllTextAsync(html, TestContext.Current.CancellationToken);
        Assert.Contains("Simulated in the peak hour", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_writes_every_figure_for_machines_and_one_page_for_eyes()
    {
        using WorkFolder folder = new();
        string json = folder.File("plan.json");
        string html = folder.File("plan.html");
        string screen = await Run.Answers("plan", Repository.Gigawatt, "--json", json, "--html", html);
        Assert.NotEmpty(screen);
        Assert.Equal(["plan.html", "plan.json"], folder.Names);

        using JsonDocument document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal("millwright.plan/1", document.RootElement.GetProperty("schema").GetString());
        JsonElement figures = document.RootElement.GetProperty("figures");
        Assert.Equal(1e9, figures.GetProperty("site.power_facility").GetProperty("value").GetDouble(), 1.0);
        Assert.All(document.RootElement.GetProperty("checks").EnumerateArray().ToArray(), static check => Assert.True(check.GetProperty("ok").GetBoolean(), check.ToString()));

        string page = await System.IO.File.ReadAllTextAsync(html, TestContext.Current.CancellationToken);
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        // One file is all: nothing in it is fetched.
        Assert.DoesNotMatch("(?i)<link|<iframe|src\\s*=|@import|url\\(\\s*['\"]?http", page);
    }

    [Fact]
    public async Task The_same_command_gives_the_same_files_to_the_last_byte()
    {
        using WorkFolder folder = new();
        string first = folder.File("first.json");
        string second = folder.File("second.json");
        string screen = await Run.Answers("plan", Repository.Gigawatt, "--json", first);
        Assert.Equal(screen, await Run.Answers("plan", Repository.Gigawatt, "--json", second));
        Assert.Equal(await System.IO.File.ReadAllTextAsync(first, TestContext.Current.CancellationToken), await System.IO.File.ReadAllTextAsync(second, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Set_changes_the_plan()
    {
        using WorkFolder folder = new();
        string json = folder.File("plan.json");
        await Run.Answers("plan", Repository.Gigawatt, "--set", Small, "--json", json);
        Assert.Equal(1e8, await Figure(json, "site.power_facility"), 0.1);
    }

    [Fact]
    public async Task Compare_sets_systems_side_by_side()
    {
        using WorkFolder folder = new();
        string json = folder.File("compare.json");
        string html = folder.File("compare.html");
        string screen = await Run.Answers("plan", Repository.Gigawatt, "--compare", "chips.system=gb200-nvl72,gb300-nvl72", "--json", json, "--html", html);
        Assert.Contains("gb200-nvl72", screen, StringComparison.Ordinal);
        Assert.Contains("gb300-nvl72", screen, StringComparison.Ordinal);
        Assert.Contains("capex.per_gw", screen, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        JsonElement row = document.RootElement.GetProperty("figures").EnumerateArray().First(static r => r.GetProperty("figure").GetString() == "chips.count");
        Assert.True(row.GetProperty("gb200-nvl72").GetDouble() > row.GetProperty("gb300-nvl72").GetDouble());
        Assert.Equal(["compare.html", "compare.json"], folder.Names);
    }

    [Fact]
    public async Task Explain_goes_down_to_a_source()
    {
        using WorkFolder folder = new();
        string json = folder.File("explain.json");
        string screen = await Run.Answers("explain", Repository.Gigawatt, "capex.per_gw", "--json", json, "--html", folder.File("explain.html"));
        Assert.StartsWith("capex.per_gw", screen, StringComparison.Ordinal);
        Assert.Contains("capex.total", screen, StringComparison.Ordinal);
        Assert.Contains("└─", screen, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Contains(document.RootElement.GetProperty("tree").EnumerateArray(), static row => row.GetProperty("source").GetString()!.Length > 0);
        Assert.Equal(["explain.html", "explain.json"], folder.Names);
    }

    [Fact]
    public async Task Diff_names_the_input_and_what_it_moves()
    {
        using WorkFolder folder = new();
        string other = folder.File("other.yaml", $"based_on: {Repository.Gigawatt}\nname: Dear power\nenergy:\n  price: 15 c/kWh\n");
        string screen = await Run.Answers("diff", Repository.Gigawatt, other, "--json", folder.File("diff.json"), "--html", folder.File("diff.html"));
        Assert.Contains("energy.price", screen, StringComparison.Ordinal);
        Assert.Contains("annual_cost.total", screen, StringComparison.Ordinal);
        Assert.Equal(["diff.html", "diff.json", "other.yaml"], folder.Names);
    }

    [Fact]
    public async Task Diff_of_a_scenario_with_itself_finds_nothing() =>
        Assert.Contains("no input differs", await Run.Answers("diff", Repository.Gigawatt, Repository.Gigawatt), StringComparison.Ordinal);

    [Theory]
    [InlineData("systems", "vr200-nvl72")]
    [InlineData("models", "gpt-oss-120b")]
    [InlineData("network", "switch")]
    [InlineData("prices", "vr200-nvl72")]
    [InlineData("token-prices", "deepseek")]
    [InlineData("lengths", "azure")]
    [InlineData("locations", "texas")]
    [InlineData("facility", "pue")]
    public async Task Catalog_list_shows(string kind, string row)
    {
        using WorkFolder folder = new();
        string screen = await Run.Answers("catalog", "list", kind, "--json", folder.File("list.json"), "--html", folder.File("list.html"));
        Assert.Contains(row, screen, StringComparison.Ordinal);
        Assert.Contains(row, await System.IO.File.ReadAllTextAsync(folder.File("list.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["list.html", "list.json"], folder.Names);
    }

    [Fact]
    public async Task Catalog_list_without_a_kind_counts() => Assert.Contains("systems", await Run.Answers("catalog", "list"), StringComparison.Ordinal);

    [Theory]
    [InlineData("vr200-nvl72")]
    [InlineData("gpt-oss-120b")]
    [InlineData("vr200-nvl72-ms")]
    [InlineData("pue-dlc-new")]
    [InlineData("texas")]
    public async Task Catalog_show_tells_the_row(string id)
    {
        using WorkFolder folder = new();
        Assert.Contains(id, await Run.Answers("catalog", "show", id, "--json", folder.File("row.json"), "--html", folder.File("row.html")), StringComparison.Ordinal);
        Assert.Equal(["row.html", "row.json"], folder.Names);
    }

    [Fact]
    public async Task Catalog_check_finds_no_error_in_what_ships()
    {
        using WorkFolder folder = new();
        Assert.DoesNotMatch(@"\b[1-9]\d* errors", await Run.Answers("catalog", "check", "--json", folder.File("check.json"), "--html", folder.File("check.html")));
        Assert.Equal(["check.html", "check.json"], folder.Names);
    }

    [Fact]
    public async Task A_model_of_the_user_is_read_written_and_planned()
    {
        using WorkFolder folder = new();
        string config = folder.File("mine/config.json", await System.IO.File.ReadAllTextAsync(Path.Combine(Repository.Root, "catalog", "models", "qwen3-8b.json"), TestContext.Current.CancellationToken));
        string overlay = folder.File("overlay");
        Assert.Contains("Use it with --catalog", await Run.Answers("catalog", "add-model", config, "--id", "my-model", "--output", overlay), StringComparison.Ordinal);
        Assert.Contains("my-model", await Run.Answers("catalog", "show", "my-model", "--catalog", overlay), StringComparison.Ordinal);

        string json = folder.File("plan.json");
        await Run.Answers("plan", Repository.Gigawatt, "--catalog", overlay, "--set", "workloads.chat.model=my-model", "--json", json);
        Assert.True(await Figure(json, "workload.chat.output_per_chip_second") > 0);
    }

    [Fact]
    public async Task Add_model_tells_what_it_did_not_understand()
    {
        using WorkFolder folder = new();
        string text = await System.IO.File.ReadAllTextAsync(Path.Combine(Repository.Root, "catalog", "models", "qwen3-8b.json"), TestContext.Current.CancellationToken);
        string strange = folder.File("strange.json", text.Replace("{", "{ \"memory_heads\": 4, \"rope_scaling\": null, ", StringComparison.Ordinal));

        string answer = await Run.Answers("catalog", "add-model", strange);

        Assert.Contains("Warning: not understood", answer, StringComparison.Ordinal);
        Assert.Contains("memory_heads", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("rope_scaling", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", await Run.Answers("catalog", "add-model", folder.File("plain.json", text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_model_shows_the_parts_that_it_counts_apart()
    {
        string models = Path.Combine(Repository.Root, "catalog", "models");

        Assert.Contains("parameters of multi-token prediction", await Run.Answers("catalog", "add-model", Path.Combine(models, "deepseek-v3.json")), StringComparison.Ordinal);
        Assert.Contains("256 at 896 x 896 pixels", await Run.Answers("catalog", "add-model", Path.Combine(models, "gemma-3-27b.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_model_never_replaces_an_overlay()
    {
        using WorkFolder folder = new();
        string config = Path.Combine(Repository.Root, "catalog", "models", "qwen3-8b.json");
        await Run.Answers("catalog", "add-model", config, "--id", "first", "--output", folder.Path);
        Assert.Contains("exists already", await Run.Refuses("catalog", "add-model", config, "--id", "first", "--output", folder.Path), StringComparison.Ordinal);
        await Run.Answers("catalog", "add-model", config, "--id", "second", "--output", folder.Path);
        Assert.Contains("second", await Run.Answers("catalog", "show", "second", "--catalog", folder.Path), StringComparison.Ordinal);
        Assert.Contains("first", await Run.Answers("catalog", "show", "first", "--catalog", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overlay_changes_a_figure_of_the_plan()
    {
        using WorkFolder folder = new();
        string plain = folder.File("plain.json");
        string overlaid = folder.File("overlaid.json");
        await Run.Answers("plan", Repository.Gigawatt, "--json", plain);
        double price = await Figure(plain, "capex.total");
        folder.File(
            "overlay/prices.yaml",
            """
            prices:
              - id: vr200-nvl72-ms
                system: vr200-nvl72
                kind: system
                price: 15600000
                includes: "twice the shipped price"
                holds: [chips, baseboard, server, rack_scale_up, nic]
                source: a test
                date: 2026-06-25
                evidence: assumption

            """);
        await Run.Answers("plan", Repository.Gigawatt, "--catalog", folder.File("overlay"), "--json", overlaid);
        Assert.True(await Figure(overlaid, "capex.total") > 1.2 * price);
    }

    [Fact]
    public async Task Schema_is_JSON_on_the_screen_and_in_a_file()
    {
        using WorkFolder folder = new();
        string screen = await Run.Answers("schema");
        using JsonDocument document = JsonDocument.Parse(screen);
        Assert.Equal("object", document.RootElement.GetProperty("type").GetString());
        string file = folder.File("schema.json");
        await Run.Answers("schema", "--output", file);
        Assert.Equal(screen.Trim(), (await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task What_new_writes_can_be_planned_and_is_never_written_over()
    {
        using WorkFolder folder = new();
        string file = folder.File("mine.yaml");
        await Run.Answers("new", file);
        string text = await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(text, await Run.Answers("new"));
        Assert.NotEmpty(await Run.Answers("plan", file));
        Assert.Contains("exists already", await Run.Refuses("new", file), StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_command_that_answers_offers_both_files()
    {
        string[] commands = ["plan", "explain", "diff", "catalog list", "catalog show", "catalog check", "catalog add-model", "claims", "validate facts"];
        foreach (string command in commands)
        {
            string help = await Run.Answers([.. command.Split(' '), "--help"]);
            Assert.Contains("--json <FILE>", help, StringComparison.Ordinal);
            Assert.Contains("--html <FILE>", help, StringComparison.Ordinal);
        }
    }

    private static async Task<double> Figure(string json, string name)
    {
        using JsonDocument document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(json));
        return document.RootElement.GetProperty("figures").GetProperty(name).GetProperty("value").GetDouble();
    }
}
