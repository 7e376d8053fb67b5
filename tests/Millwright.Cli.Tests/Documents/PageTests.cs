using System.Text.RegularExpressions;
using Millwright.Cli.Tests.Commands;

namespace Millwright.Cli.Tests.Documents;

/// <summary>Links of the pages lead somewhere, and commands that they show exist.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(static f => "docs/" + Path.GetFileName(f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files_and_headings_that_exist(string page)
    {
        string path = Path.Combine(Repository.Root, page);
        foreach (Match link in Link().Matches(File.ReadAllText(path)))
        {
            string target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            string[] parts = target.Split('#');
            string file = parts[0].Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, parts[0]));
            Assert.True(File.Exists(file) || Directory.Exists(file), $"{page} links to {target}, which does not exist.");
            if (parts.Length > 1)
            {
                Assert.True(Headings(file).Contains(parts[1], StringComparer.Ordinal), $"{page} links to {target}; the page has no such heading.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Commands_that_are_shown_exist_with_their_options(string page)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, page), TestContext.Current.CancellationToken);
        foreach (Match shown in Command().Matches(text))
        {
            string[] arguments = [.. Word().Matches(shown.Groups["rest"].Value).Select(static w => w.Value.Replace("\"", "", StringComparison.Ordinal))];
            Run run = await Run.Of([.. arguments, "--help"]);
            Assert.True(run.Code == Run.Answer, $"{page} shows \"{shown.Value.Trim()}\": {run.Errors}");
        }
    }

    [Fact]
    public void Every_page_is_in_the_index()
    {
        string index = File.ReadAllText(Path.Combine(Repository.Root, "docs", "README.md"));
        foreach (string page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(static f => Path.GetFileName(f)!).Where(static f => f != "README.md"))
        {
            Assert.Contains($"]({page})", index, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Headings(string file) =>
        from line in File.ReadLines(file)
        where line.StartsWith('#')
        select NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    // A line of a code block that starts with the command; a comment after it is left out.
    [GeneratedRegex(@"^(\./)?millwright (?<rest>[^\n|#]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Command();

    [GeneratedRegex("""([^\s"]|"[^"]*")+""", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
