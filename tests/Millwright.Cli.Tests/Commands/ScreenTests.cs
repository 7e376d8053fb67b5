using Millwright.Cli.Output;
using Millwright.Cli.Tests.Planning;
using Millwright.Planning;

namespace Millwright.Cli.Tests.Commands;

/// <summary>The screen of a plan: one page of a terminal, in words that need no key.</summary>
public sealed class ScreenTests
{
    private const int MostLines = 24;

    public static TheoryData<string> Names => [.. Chain.Ready];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_at_most_24_lines_and_no_code_of_ours(string name)
    {
        string[] lines = Screen(Chain.Study(name), int.MaxValue);
        Assert.InRange(lines.Length, 15, MostLines);
        Assert.All(lines, static line =>
        {
            Assert.DoesNotContain("1/GW", line, StringComparison.Ordinal);
            Assert.DoesNotContain("dscr", line, StringComparison.Ordinal);
            Assert.DoesNotContain("no value", line, StringComparison.Ordinal);
            Assert.DoesNotContain("- -", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_narrow_terminal_gets_our_figures_and_a_wider_one_as_many_outside_figures_as_fit()
    {
        Plan plan = Chain.Study("gigawatt");
        string[] wide = Screen(plan, int.MaxValue);
        string[] middle = Screen(plan, 150);
        string[] narrow = Screen(plan, 80);
        Assert.Equal(wide.Length, middle.Length);
        Assert.Equal(wide.Length, narrow.Length);
        for (int i = 0; i < wide.Length; i++)
        {
            Assert.StartsWith(narrow[i], middle[i], StringComparison.Ordinal);
            Assert.StartsWith(narrow[i], wide[i], StringComparison.Ordinal);
            Assert.InRange(middle[i].Length, 0, Math.Max(150, narrow[i].Length));
        }

        string cost = Assert.Single(middle, static line => line.StartsWith("Costs", StringComparison.Ordinal));
        Assert.Contains("Bernstein GB200 35.0 B$/GW", cost, StringComparison.Ordinal);
        Assert.DoesNotContain("Morgan Stanley", cost, StringComparison.Ordinal);
        Assert.Contains(wide, static line => line.Contains("Barclays 500k, GB200 at the meter 476k per GW", StringComparison.Ordinal));
    }

    [Fact]
    public void Power_that_carries_no_system_serves_nobody_and_says_why()
    {
        string[] lines = Screen(Chain.Study("gigawatt", "site.power=1 kW facility"), int.MaxValue);
        Assert.InRange(lines.Length, 15, MostLines);
        Assert.Contains(lines, static line => line.Contains("not served: the power carries no whole system", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("early losses", StringComparison.Ordinal));
    }

    private static string[] Screen(Plan plan, int width)
    {
        using StringWriter output = new() { NewLine = "\n" };
        new PlanScreen(plan, Chain.Catalog, "scenarios/gigawatt.yaml").Write(output, colours: false, width);
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
