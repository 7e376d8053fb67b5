using Millwright.Cli.Commands;
using Millwright.Cli.Output;
using Millwright.Cli.Tests.Planning;
using Millwright.Cli.Validation;
using Millwright.Planning;

namespace Millwright.Cli.Tests.Validation;

/// <summary>The checks hold, can fail, and the page on accuracy says what they say.</summary>
public sealed class FactsTests
{
    private static readonly Lazy<FactsReport> Report = new(static () => FactsReport.Run(Chain.Catalog, Shipped));

    // Name of each check once: the list itself is under test, so that none goes missing.
    private static readonly string[] Names =
    [
        "gb200-bernstein: capital cost of 1 GW facility", "gb200-bernstein: racks", "gb200-bernstein: share of the chips", "gb200-bernstein: share of the network",
        "GB200 at 168.6 kW a rack: GPUs in 10 GW", "gb200-epoch: capital cost of 1 GW IT", "vr200-interview: racks", "vr200-interview: GPUs",
        "vr200-interview: capital cost of 1 GW facility", "vr200-interview at 230 kW: capital cost of 1 GW facility",
        "HGX/DGX H100 (8x H100 SXM5 80GB): power at the meter per GPU", "GB200 NVL72 rack: power at the meter per GPU",
        "Epoch's gigawatt: a year with chips that live 3 years", "Epoch's gigawatt: a year with chips that live 5 years", "Epoch's gigawatt: a year with chips that live 7 years",
        "A gigawatt of 55 B$, 65 % IT, 9 %, 5 and 20 years: its rent", "Fat tree of 64-port switches, 1,024 endpoints: switches", "Fat tree of 64-port switches, 65,536 endpoints: switches",
        "Oracle-OpenAI, 300 B$ over 5 years for 4.5 GW", "Anthropic-SpaceX, 15 B$ a year for 220,000 GPUs", "DeepSeek's day: rent of its nodes",
        "DeepSeek's day: its tokens at list prices", "DeepSeek's day: profit over cost", "A4 two rates of return: the second", "B3 interest only, then a balloon: balloon",
    ];

    [Fact]
    public void Every_check_against_an_outside_figure_holds() =>
        Assert.All(Report.Value.Checks, static c => Assert.True(c.Holds, $"{c.Name}: expected {c.Expected} {c.Tolerance.Text(c.Unit)}, reached {c.Reached}"));

    [Fact]
    public void No_check_is_lost_or_made_twice()
    {
        string[] made = [.. Report.Value.Checks.Select(static c => c.Name)];
        Assert.Equal(made.Length, made.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(50, made.Length);
        Assert.All(Names, name => Assert.Contains(name, made));
        Assert.All(Report.Value.Checks, static c => Assert.NotEqual("", c.Source));
    }

    [Theory]
    [InlineData("gb200-bernstein", "facility.building_cost", "20 B$/GW facility", "gb200-bernstein: capital cost of 1 GW facility", "gb200-bernstein: share of the chips")]
    [InlineData("gb200-bernstein", "site.peak_factor", "1.1", "gb200-bernstein: racks", "GB200 at 168.6 kW a rack: GPUs in 10 GW")]
    [InlineData("gb200-epoch", "network.share_of_it", "30 %", "gb200-epoch: capital cost of 1 GW IT", "gb200-epoch: capital cost of 1 GW IT")]
    [InlineData("vr200-interview", "chips.system_power", "230 kW", "vr200-interview: racks", "vr200-interview: capital cost of 1 GW facility")]
    public void A_study_with_another_input_fails_its_checks(string preset, string key, string value, string first, string second)
    {
        FactCheck[] checks = [.. PlanFacts.Run(Chain.Catalog, name => name == preset ? Millwright.Scenarios.ScenarioEdit.Set(Shipped(name), key, value, Chain.Catalog) : Shipped(name))];
        Assert.False(Assert.Single(checks, c => c.Name == first).Holds);
        Assert.False(Assert.Single(checks, c => c.Name == second).Holds);
        Assert.Contains(checks, static c => c.Holds);
    }

    [Fact]
    public void Power_at_the_meter_is_stated_with_its_disagreement() => Assert.All(
        Report.Value.Checks.Where(static c => c.Kind == FactKind.Independent), static c => Assert.True(Math.Abs(c.Tolerance.Deviation(c.Expected, c.Reached)) > 0.01, c.Name));

    [Fact]
    public void Shipped_scenarios_are_those_of_the_checkout() => Assert.All(Chain.Ready, static name =>
        Assert.Empty(Millwright.Scenarios.ScenarioDiff.Compare(Chain.Scenario(name), Shipped(name))));

    [Fact]
    public void The_measured_points_are_those_of_the_serving_tests() => Assert.Equal(
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Millwright.Tests", "Serving", "Data", "serving-rows.csv")).ReplaceLineEndings("\n"),
        ServingFacts.Rows().ReplaceLineEndings("\n"));

    [Fact]
    public void Predicted_throughput_is_compared_with_every_measured_point()
    {
        ServingErrors all = Report.Value.Serving[0];
        Assert.Equal(40, all.Count);
        Assert.InRange(all.Median, 0.01, 0.25);
        Assert.True(all.Mean >= all.Median && all.Ninetieth >= all.Mean);
        Assert.Equal(2 * all.Count, Report.Value.Serving.Skip(1).Sum(static e => e.Count));
    }

    [Fact]
    public void Counted_parameters_differ_from_published_ones_by_their_rounding_only()
    {
        Assert.True(Report.Value.Models.Count > 40);
        Assert.All(Report.Value.Models, static m => Assert.InRange(m.Deviation, -0.03, 0.03));
    }

    [Fact]
    public void The_finding_on_returns_is_what_the_table_shows()
    {
        IReadOnlyList<ReturnCase> cases = Report.Value.Returns;
        string finding = ReturnFacts.Finding(cases);
        for (int i = 0; i < ReturnFacts.Ranges.Count; i++)
        {
            Assert.Equal(!ReturnFacts.IsInside(i, cases[0].ProjectReturns[i]), Outside(finding).Contains(ReturnFacts.Ranges[i].Name));
        }

        Assert.Equal("All four lie in the hand model's ranges.", ReturnFacts.Finding([new ReturnCase("x", 1e9, [-0.05, 0, 0.05, 0.08])]));
    }

    [Fact]
    public void The_page_on_accuracy_is_what_the_command_writes()
    {
        string page = Path.Combine(Repository.Root, "docs", "accuracy.md");
        string now = DocumentMarkdown.Write(FactsDocument.Of(Report.Value), ValidateCommand.PageCommand);
        Assert.True(File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") == now, $"docs/accuracy.md is not up to date. Run: {ValidateCommand.PageCommand}");
    }

    [Fact]
    public async Task The_command_writes_page_and_files_and_ends_well()
    {
        string folder = Directory.CreateTempSubdirectory("millwright-").FullName;
        try
        {
            using StringWriter output = new();
            using StringWriter errors = new();
            string[] files = ["a.json", "a.html", "a.md"];
            int code = await CommandLine.RunAsync(
                ["validate", "facts", "--json", Path.Combine(folder, files[0]), "--html", Path.Combine(folder, files[1]), "--write", Path.Combine(folder, files[2])], output, errors);
            Assert.Equal((0, ""), (code, errors.ToString()));
            Assert.Contains("50 of 50 checks", output.ToString(), StringComparison.Ordinal);
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, files[0])));
            Assert.Equal(50, json.RootElement.GetProperty("checks").GetArrayLength());
            Assert.StartsWith("# How far to trust it", File.ReadAllText(Path.Combine(folder, files[2])), StringComparison.Ordinal);
            Assert.Contains("gb200-epoch", File.ReadAllText(Path.Combine(folder, files[1])), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Outside(string finding) => finding.StartsWith("Outside", StringComparison.Ordinal)
        ? finding["Outside the hand model's range: ".Length..finding.IndexOf(". What", StringComparison.Ordinal)].Split("; ")
        : [];

    private static ScenarioInput Shipped(string name) => FactsReport.Preset(name, Chain.Catalog);
}
