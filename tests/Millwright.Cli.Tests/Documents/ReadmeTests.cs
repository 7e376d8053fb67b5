using Millwright.Cli.Tests.Commands;

namespace Millwright.Cli.Tests.Documents;

/// <summary>What the README quotes is what the program does.</summary>
// Both rewrite one file when they are asked to: tests of one class run one after another.
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_plan_that_the_README_shows_is_the_plan_that_its_command_makes() =>
        QuotedText.Match("README.md", "plan", "", await Run.Answers("plan", "scenarios/gigawatt.yaml"));

    [Fact]
    public async Task The_sample_that_the_README_shows_is_the_one_that_is_compiled()
    {
        string sample = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "Sample", "Program.cs"), TestContext.Current.CancellationToken);
        Assert.InRange(sample.Trim().Split('\n').Length, 5, 12);
        QuotedText.Match("README.md", "sample", "csharp", sample);
    }

    [Fact]
    public void The_picture_is_small_and_a_PNG()
    {
        byte[] picture = File.ReadAllBytes(Path.Combine(Repository.Root, "docs", "pictures", "report.png"));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], picture[..4]);
        Assert.InRange(picture.Length, 10_000, 300_000);
    }
}
