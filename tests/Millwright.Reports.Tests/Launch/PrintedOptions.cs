using System.Text.RegularExpressions;
using Millwright.Reports.Launch;

namespace Millwright.Reports.Tests.Launch;

/// <summary>Finds the options and keys in what was written.</summary>
internal static partial class PrintedOptions
{
    /// <summary>Options of a script, behind the engine's own name; comments and what starts the engine are left out.</summary>
    public static IEnumerable<string> OfScript(string text)
    {
        string command = string.Join('\n', text.Split('\n').Where(static line => !line.StartsWith('#')));
        int start = Math.Max(
            command.IndexOf("vllm serve", StringComparison.Ordinal),
            Math.Max(command.IndexOf("sglang.launch_server", StringComparison.Ordinal), command.IndexOf("trtllm-serve", StringComparison.Ordinal)));
        Assert.True(start >= 0, "the script runs no known engine");
        return Option().Matches(command[start..]).Select(static match => match.Value);
    }

    /// <summary>Paths of the keys of a YAML of plain blocks; [] stands for an item of a list.</summary>
    public static IEnumerable<string> KeysOf(string yaml)
    {
        List<(int Indent, string Key)> path = [];
        foreach (string line in yaml.Split('\n').Where(static line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')))
        {
            Match match = Key().Match(line);
            if (!match.Success)
            {
                continue;
            }

            bool isItem = match.Groups["item"].Length > 0;
            int indent = match.Groups["indent"].Length;
            int keyIndent = indent + match.Groups["item"].Length;
            path.RemoveAll(level => level.Indent >= (isItem ? indent : keyIndent) && !(level.Key == "[]" && !isItem && level.Indent < keyIndent));
            if (isItem)
            {
                path.Add((indent, "[]"));
            }

            path.Add((keyIndent, match.Groups["key"].Value));
            yield return string.Join('.', path.Select(static level => level.Key)).Replace(".[]", "[]", StringComparison.Ordinal);
        }
    }

    /// <summary>Options that stand as arguments in a YAML.</summary>
    public static IEnumerable<string> ArgumentsOf(string yaml) =>
        yaml.Split('\n').Select(static line => line.Trim()).Where(static line => line.StartsWith("- '--", StringComparison.Ordinal)).Select(static line => line[3..^1]);

    /// <summary>Everything that a file asks of its engine, and the list that it must be on.</summary>
    public static IEnumerable<(LaunchTarget List, string Name)> Of(LaunchTarget target, LaunchFile file)
    {
        if (file.Name.EndsWith(".sh", StringComparison.Ordinal))
        {
            return OfScript(file.Text).Select(name => (target, name));
        }

        if (target == LaunchTarget.LlmD)
        {
            return KeysOf(file.Text).Select(name => (target, name)).Concat(ArgumentsOf(file.Text).Select(static name => (LaunchTarget.Vllm, name)));
        }

        string prefix = file.Name == "trtllm-disaggregated.yaml" ? "server." : "";
        return KeysOf(file.Text).Select(name => (target, prefix + name));
    }

    [GeneratedRegex(@"(?<=^|\s)--[a-z0-9][a-z0-9_-]*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Option();

    [GeneratedRegex(@"^(?<indent> *)(?<item>- )?(?<key>[A-Za-z][A-Za-z0-9_./-]*):( |$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Key();
}
