namespace Millwright.Cli.Tests.Commands;

/// <summary>A wrong input ends with one clear message, exit code 2, and nothing lost.</summary>
public sealed class WrongInputTests
{
    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("paln")]
    [InlineData("plan")]
    [InlineData("catalog", "lst")]
    [InlineData("catalog", "show")]
    [InlineData("explain", "scenarios/gigawatt.yaml")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--jsn", "x.json")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--json")]
    public async Task A_wrong_command_line_is_refused_with_a_way_on(params string[] arguments)
    {
        string message = await Run.Refuses(arguments);
        Assert.Contains("Try: millwright", message, StringComparison.Ordinal);
        Assert.True(message.Trim().Split('\n').Length <= 2, message);
    }

    [Theory]
    [InlineData("site.power: 1 GW\n", 1, "facility")]
    [InlineData("site:\n  power: 1 GW facility\n  powr: 2 GW it\n", 3, "power")]
    [InlineData("chips:\n  system: vr200-nvl27\n", 2, "vr200-nvl72")]
    public async Task A_wrong_scenario_is_refused_with_its_place_and_the_nearest_spelling(string text, int line, string names)
    {
        using WorkFolder folder = new();
        string file = folder.File("wrong.yaml", text);
        string message = await Run.Refuses("plan", file);
        Assert.Matches("^" + System.Text.RegularExpressions.Regex.Escape(file) + $@":{line}:\d+: ", message);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("plan", "no-such-file.yaml")]
    [InlineData("plan", "scenarios")]
    [InlineData("explain", "no-such-file.yaml", "capex.total")]
    [InlineData("diff", "scenarios/gigawatt.yaml", "no-such-file.yaml")]
    [InlineData("catalog", "list", "--catalog", "no-such-folder")]
    [InlineData("catalog", "show", "")]
    [InlineData("catalog", "add-model", "no-such-file.json")]
    [InlineData("catalog", "add-model", "catalog/models")]
    [InlineData("catalog", "add-model", "README.md")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--set", "site.power")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--set", "site.power=2 GW")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--compare", "chips.system")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--compare", "chips.system=gb200-nvl72,no-such-chip")]
    [InlineData("plan", "scenarios/gigawatt.yaml", "--compare", "chips.system=gb200-nvl72,gb300-nvl72", "--confirm")]
    public async Task Wrong_files_and_values_are_refused_in_one_line(params string[] arguments) =>
        Assert.Single((await Run.Refuses(arguments)).Trim().Split('\n'));

    [Theory]
    [InlineData("capex.per_gv", "capex.per_gw", "explain", "scenarios/gigawatt.yaml", "capex.per_gv")]
    [InlineData("vr200-nvl27", "vr200-nvl72", "catalog", "show", "vr200-nvl27")]
    [InlineData("sistems", "systems", "catalog", "list", "sistems")]
    [InlineData("paln", "plan", "paln", "scenarios/gigawatt.yaml")]
    [InlineData("lst", "list", "catalog", "lst")]
    public async Task The_nearest_name_is_offered(string found, string nearest, params string[] arguments)
    {
        string message = await Run.Refuses(arguments);
        Assert.Contains(found, message, StringComparison.Ordinal);
        Assert.Contains("Did you mean " + nearest, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_that_nobody_states_names_the_scenario_and_the_key()
    {
        const string scenario = "scenarios/gigawatt.yaml";
        Assert.StartsWith(scenario + ": chips.system_power: ", await Run.Refuses("plan", scenario, "--set", "chips.system=tpu-v7"), StringComparison.Ordinal);
        Assert.StartsWith(
            scenario + ": chips.price: ", await Run.Refuses("plan", scenario, "--set", "chips.system=rtx-4090", "--set", "chips.system_power=1 kW"), StringComparison.Ordinal);
        Assert.Contains("with chips.system=tpu-v7", await Run.Refuses("plan", scenario, "--compare", "chips.system=gb200-nvl72,tpu-v7"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--html")]
    public async Task An_output_that_cannot_be_written_is_refused_before_any_work(string option)
    {
        using WorkFolder folder = new();
        string file = folder.File("file.txt", "kept");
        foreach (string path in (string[])[folder.Path, Path.Combine(folder.Path, "missing", "plan.out"), Path.Combine(file, "plan.out"), ""])
        {
            // The scenario does not exist either: the output is looked at first.
            string message = await Run.Refuses("plan", "no-such-file.yaml", option, path);
            Assert.Contains(option, message, StringComparison.Ordinal);
            Assert.DoesNotContain("no-such-file", message, StringComparison.Ordinal);
        }

        Assert.Equal(["file.txt"], folder.Names);
    }

    [Fact]
    public async Task A_place_without_the_right_to_write_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a folder that not even root may write to.");
        Assert.Contains("cannot be written", await Run.Refuses("plan", "no-such-file.yaml", "--json", "/proc/self/plan.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_plan_leaves_existing_outputs_as_they_were()
    {
        using WorkFolder folder = new();
        string json = folder.File("plan.json", "kept");
        string html = folder.File("plan.html", "kept too");
        string scenario = folder.File("wrong.yaml", "site:\n  power: -1 GW facility\n");
        await Run.Refuses("plan", scenario, "--json", json, "--html", html);
        Assert.Equal("kept", await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal("kept too", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken));
        Assert.Equal(["plan.html", "plan.json", "wrong.yaml"], folder.Names);
    }

    [Fact]
    public async Task Outputs_may_replace_neither_each_other_nor_the_scenario()
    {
        using WorkFolder folder = new();
        string scenario = folder.File("plan.yaml", $"based_on: {Repository.Gigawatt}\nname: Mine\n");
        string text = await File.ReadAllTextAsync(scenario, TestContext.Current.CancellationToken);
        Assert.Contains("would be replaced", await Run.Refuses("plan", scenario, "--json", scenario), StringComparison.Ordinal);
        Assert.Contains("same file", await Run.Refuses("plan", scenario, "--json", folder.File("out"), "--html", folder.File("out")), StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(scenario, TestContext.Current.CancellationToken));
        Assert.Equal(["plan.yaml"], folder.Names);
    }

    [Fact]
    public async Task An_output_through_a_link_is_written_behind_it()
    {
        using WorkFolder folder = new();
        string target = folder.File("target.json", "old");
        string link = folder.File("link.json");
        File.CreateSymbolicLink(link, target);
        await Run.Answers("catalog", "list", "--json", link);
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.StartsWith("{", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_written_to_and_not_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices are files on Linux.");
        await Run.Answers("catalog", "list", "--json", "/dev/null");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        Assert.Empty(Directory.GetFiles("/dev", ".null*"));
    }
}
