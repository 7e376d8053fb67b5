using System.Text.Json;
using System.Xml.Linq;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli.Tests.Claims;

public sealed class ClaimsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millwright-claims-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_claims_come_as_table_json_and_page()
    {
        string json = Path.Combine(_folder, "claims.json");
        string html = Path.Combine(_folder, "claims.html");
        string page = Path.Combine(_folder, "interview.md");
        (int code, string text, string errors) = await Run("claims", "--json", json, "--html", html, "--write", page);
        Assert.True(code == 0, errors);
        Assert.StartsWith("59 claims: ", text, StringComparison.Ordinal);
        Assert.Contains("C59", text, StringComparison.Ordinal);

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement[] claims = [.. document.RootElement.GetProperty("claims").EnumerateArray()];
        Assert.Equal(59, claims.Length);
        Assert.All(claims, static c => Assert.NotEmpty(c.GetProperty("verdict").GetString()!));
        Assert.Contains(document.RootElement.GetProperty("figures").EnumerateArray(), static f => f.GetProperty("claim").GetString() == "C7" && f.GetProperty("value").GetDouble() > 1e10);
        Assert.NotEmpty(document.RootElement.GetProperty("outside").EnumerateArray());

        XDocument shown = XDocument.Parse(File.ReadAllText(html).Replace("<!DOCTYPE html>", "", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(59, shown.Descendants().Count(static e => e.Name.LocalName == "tr" && e.Attribute("id")?.Value.StartsWith('C') == true));
        Assert.Contains("### C59", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_claim_comes_in_full_whatever_the_case_of_its_id()
    {
        (int code, string text, _) = await Run("claims", "c35");
        Assert.Equal(0, code);
        Assert.StartsWith("C35, market: holds in part", text, StringComparison.Ordinal);
        Assert.Contains("Beware: ", text, StringComparison.Ordinal);
        Assert.Contains("demand/M2", text, StringComparison.Ordinal);
        Assert.Contains("millwright catalog show", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no claim \"C60\"; the claims are C1 to C59.", "claims", "C60")]
    [InlineData("--write writes the page of all claims", "claims", "C7", "--write", "x.md")]
    [InlineData("--write cannot be written", "claims", "--write", "no-such-folder/x.md")]
    public async Task A_wrong_wish_ends_in_one_message(string message, params string[] arguments)
    {
        (int code, string text, string errors) = await Run(arguments);
        Assert.Equal(2, code);
        Assert.Empty(text);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Every_scenario_of_the_checkout_ships()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "scenarios"), "*.yaml").Order(StringComparer.Ordinal)];
        Assert.Equal(files.Select(static f => "scenarios/" + Path.GetFileName(f)), ShippedScenarios.Paths);
        Assert.All(files, static f => Assert.Equal(File.ReadAllText(f), ShippedScenarios.Find("scenarios/" + Path.GetFileName(f))));
    }

    [Theory]
    [InlineData("gigawatt")]
    [InlineData("gigawatt.yaml")]
    [InlineData("scenarios/gigawatt.yaml")]
    public void A_shipped_scenario_is_found_by_its_name_where_there_is_no_such_file(string name) =>
        Assert.Equal(NameIn("scenarios/gigawatt.yaml"), Session.ReadScenario(name, null, Session.LoadCatalog(null)).Name);

    [Fact]
    public void A_shipped_scenario_that_rests_on_another_is_read_whole() =>
        Assert.Equal(NameIn("scenarios/vr200-interview-230kw.yaml"), Session.ReadScenario("vr200-interview-230kw", null, Session.LoadCatalog(null)).Name);

    [Fact]
    public void A_file_of_the_user_goes_before_the_shipped_scenario_of_its_name()
    {
        string path = Path.Combine(_folder, "gigawatt.yaml");
        File.WriteAllText(path, ShippedScenarios.Find("gigawatt")!.Replace("name: " + NameIn("scenarios/gigawatt.yaml"), "name: mine", StringComparison.Ordinal));
        ScenarioInput scenario = Session.ReadScenario(path, null, Session.LoadCatalog(null));
        Assert.Equal("mine", scenario.Name);
    }

    [Theory]
    [InlineData("gigawat")]
    [InlineData("elsewhere/gigawatt.yaml")]
    [InlineData("/gigawatt.yaml")]
    [InlineData("")]
    public void Nothing_else_is_found(string name) => Assert.Null(ShippedScenarios.Find(name));

    private static string NameIn(string path) => ScenarioReader.Read(Path.Combine(Repository.Root, path), Session.LoadCatalog(null)).Name;

    private static async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
