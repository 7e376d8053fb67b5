namespace Millwright.Cli.Tests.Documents;

/// <summary>
/// Text that a page quotes between two marks. The page must show what the program makes today; with MILLWRIGHT_UPDATE_GOLDEN=1 the page is rewritten instead.
/// </summary>
internal static class QuotedText
{
    public static void Match(string page, string mark, string language, string text)
    {
        string path = Path.Combine(Repository.Root, page);
        string all = File.ReadAllText(path).ReplaceLineEndings("\n");
        string open = $"<!-- {mark} -->\n";
        string close = $"<!-- /{mark} -->";
        int start = all.IndexOf(open, StringComparison.Ordinal);
        int end = all.IndexOf(close, StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, $"{page} has no marks {open.Trim()} and {close}.");
        start += open.Length;
        string wanted = $"```{language}\n{text.ReplaceLineEndings("\n").TrimEnd()}\n```\n";
        if (Environment.GetEnvironmentVariable("MILLWRIGHT_UPDATE_GOLDEN") == "1")
        {
            if (all[start..end] != wanted)
            {
                File.WriteAllText(path, all[..start] + wanted + all[end..]);
            }

            return;
        }

        string[] shown = all[start..end].Split('\n');
        string[] made = wanted.Split('\n');
        for (int i = 0; i < Math.Max(shown.Length, made.Length); i++)
        {
            string before = i < shown.Length ? shown[i] : "(nothing)";
            string after = i < made.Length ? made[i] : "(nothing)";
            Assert.True(before == after, $"{page} quotes another text than the program makes, line {i + 1}:\npage: {before}\nmade: {after}\nMILLWRIGHT_UPDATE_GOLDEN=1 rewrites it.");
        }
    }
}
