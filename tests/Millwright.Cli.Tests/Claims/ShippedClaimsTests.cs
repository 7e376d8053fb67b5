using System.Text;
using Millwright.Catalog;
using Millwright.Cli.Claims;

namespace Millwright.Cli.Tests.Claims;

public sealed class ShippedClaimsTests(AnsweredClaims answered, ITestOutputHelper output) : IClassFixture<AnsweredClaims>
{
    private static readonly string[] Groups =
        ["deal", "finance", "cost", "competition", "technology", "market", "economics", "demand", "stack", "risk", "geopolitics", "policy"];

    [Fact]
    public void There_are_59_claims_in_order() =>
        Assert.Equal(Enumerable.Range(1, 59).Select(static n => $"C{n}"), answered.Catalog.Claims.Select(static c => c.Id));

    [Fact]
    public void Every_claim_has_words_a_date_and_a_group() => Assert.All(answered.All, static a =>
    {
        Assert.InRange(a.Claim.Claim.Length, 20, 200);
        Assert.True(a.Text.Length > 20, a.Claim.Id);
        Assert.DoesNotContain('{', a.Text);
        Assert.NotEmpty(a.Claim.StatusNote);
        Assert.Equal("2025-10-08", a.Claim.AsOf);
        Assert.Contains(a.Claim.Group, Groups);
    });

    [Fact]
    public void Every_claim_is_answered_by_a_command_and_an_outside_row_or_says_what_is_missing() => Assert.All(answered.All, static a =>
    {
        if (a.Verdict == ClaimVerdict.NotYet)
        {
            Assert.NotEmpty(a.Claim.Missing);
        }
        else
        {
            Assert.NotEmpty(a.Commands);
            Assert.NotEmpty(a.Outside);
            Assert.NotEmpty(a.Figures);
        }
    });

    [Fact]
    public void Every_measure_has_a_value_and_every_test_a_bound_in_its_unit() => Assert.All(answered.All, static a =>
    {
        Assert.All(a.Figures, f => Assert.True(double.IsFinite(f.Value), $"{a.Claim.Id} {f.Measure.Name}: {f.Reason}"));
        Assert.All(a.Tests, t => Assert.False(string.IsNullOrEmpty(t.Asked), $"{a.Claim.Id} {t.Test.Says}"));
    });

    [Fact]
    public void Every_outside_row_has_a_date_and_a_source() => Assert.All(answered.All.SelectMany(static a => a.Outside), static o =>
    {
        Assert.False(string.IsNullOrEmpty(o.Source), o.Id);
        Assert.False(string.IsNullOrEmpty(o.Date), o.Id);
    });

    [Fact]
    public async Task Every_command_named_runs_outside_the_checkout()
    {
        string[] commands = [.. answered.All.SelectMany(static a => a.Commands).Distinct(StringComparer.Ordinal)];
        Assert.True(commands.Length >= 20, $"only {commands.Length} commands");
        foreach (string command in commands)
        {
            using StringWriter written = new();
            using StringWriter errors = new();
            int code = await CommandLine.RunAsync(Split(command), written, errors);
            Assert.True(code == 0, $"millwright {command}: {code} {errors}");
            Assert.NotEmpty(written.ToString());
        }
    }

    [Fact]
    public void The_page_is_current()
    {
        string path = Path.Combine(Repository.Root, "docs/interview.md");
        string page = InterviewPage.Write(answered.All);
        if (Environment.GetEnvironmentVariable("MILLWRIGHT_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, page, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return;
        }

        string[] expected = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        string[] actual = page.Split('\n');
        for (int i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            Assert.True(
                expected.ElementAtOrDefault(i) == actual.ElementAtOrDefault(i),
                $"docs/interview.md differs at line {i + 1}: run millwright claims --write docs/interview.md and read what changed.\n"
                + $"page: {expected.ElementAtOrDefault(i)}\nnow:  {actual.ElementAtOrDefault(i)}");
        }
    }

    [Fact]
    public void In_chips_the_English_says_the_US_leads_and_the_figures_agree()
    {
        ClaimAnswer chips = answered["C44"];
        Assert.Contains("the US is far ahead", chips.Claim.Claim, StringComparison.Ordinal);
        Assert.Contains("Chinese rendering says China", chips.Claim.Beware, StringComparison.Ordinal);
        Assert.Equal(ClaimVerdict.Holds, chips.Verdict);
    }

    [Theory]
    [InlineData("C10", ClaimVerdict.DoesNotHold)]
    [InlineData("C28", ClaimVerdict.HoldsInPart)]
    public void Very_profitable_is_not_borne_out(string id, object verdict)
    {
        ClaimAnswer profit = answered[id];
        Assert.Equal(verdict, profit.Verdict);
        Assert.Contains("operating margin is", profit.Claim.Beware, StringComparison.Ordinal);
        Assert.True(profit.Figures.Single(static f => f.Measure.Figure == "margin.token").Value > 0);
        Assert.True(profit.Figures.Single(static f => f.Measure.Figure == "margin.operating").Value < 0);
    }

    [Fact]
    public void A_hundred_trillion_is_the_output_of_the_world_and_not_labour()
    {
        ClaimAnswer labour = answered["C35"];
        Assert.Equal(ClaimVerdict.HoldsInPart, labour.Verdict);
        Assert.Contains("output of the whole world", labour.Claim.Beware, StringComparison.Ordinal);
        Assert.InRange(labour.Figures.Single(static f => f.Measure.Name == "output").Value, 100, 130);
        Assert.InRange(labour.Figures.Single(static f => f.Measure.Name == "labour").Value, 50, 70);
    }

    [Fact]
    public void The_tally_counts_every_claim_once()
    {
        string tally = ClaimTables.Tally(answered.All);
        output.WriteLine(tally);
        int[] numbers = [.. tally.Split(' ').Select(static w => int.TryParse(w, out int n) ? n : -1).Where(static n => n >= 0)];
        Assert.Equal(59, numbers[0]);
        Assert.Equal(59, numbers[1..].Sum());
        Assert.All(numbers, static n => Assert.True(n > 0));
    }

    // Splits as a shell does: at blanks, but not inside double quotes.
    private static string[] Split(string command)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        foreach (char c in command)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ' ' && !quoted)
            {
                words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                word.Append(c);
            }
        }

        words.Add(word.ToString());
        return [.. words];
    }
}
