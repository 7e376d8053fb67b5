using System.CommandLine;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Options that several commands share; each command makes its own.</summary>
internal static class CommonOptions
{
    public static Option<string?> Json() => new("--json") { Description = "Write the result for machines to this file.", HelpName = "FILE" };

    public static Option<string?> Html() => new("--html") { Description = "Write one self-contained page to this file.", HelpName = "FILE" };

    public static Option<string[]> Catalog() => new("--catalog")
    {
        Description = "Lay the YAML files of this folder over the catalog; may be given more than once.",
        HelpName = "DIR",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Change one key of the scenario, such as site.power=\"2 GW facility\"; may be given more than once.",
        HelpName = "KEY=VALUE",
    };

    public static Argument<string> Scenario(string name = "scenario") => new(name) { Description = "Path of the scenario, or the name of a shipped one, such as gigawatt." };

    /// <summary>Checks the output files before any work is done.</summary>
    /// <exception cref="InputException">A path cannot be written, or names an input or the other output.</exception>
    public static (OutputFile? Json, OutputFile? Html) Files(ParseResult parsed, Option<string?> json, Option<string?> html)
    {
        Dictionary<string, OutputFile> files = Files(parsed, (ReadOnlySpan<Option<string?>>)[json, html]);
        return (files.GetValueOrDefault(json.Name), files.GetValueOrDefault(html.Name));
    }

    /// <summary>Checks the output files before any work is done.</summary>
    /// <returns>The files that were asked for, by their option.</returns>
    /// <exception cref="InputException">A path cannot be written, or names an input or another output.</exception>
    public static Dictionary<string, OutputFile> Files(ParseResult parsed, params ReadOnlySpan<Option<string?>> options)
    {
        List<string> outputs = [];
        foreach (Option<string?> option in options)
        {
            if (parsed.GetValue(option) is { } path)
            {
                outputs.Add(option.Name);
                outputs.Add(path);
            }
        }

        return Files(outputs, parsed.CommandResult.Tokens.Select(static t => t.Value));
    }

    /// <summary>Checks the output files before any work is done.</summary>
    /// <param name="outputs">Options and their paths, in turn.</param>
    /// <param name="words">All that was typed, inputs among it.</param>
    /// <returns>The files that were asked for, by their option.</returns>
    /// <exception cref="InputException">A path cannot be written, or names an input or another output.</exception>
    public static Dictionary<string, OutputFile> Files(IReadOnlyList<string> outputs, IEnumerable<string> words)
    {
        Dictionary<string, OutputFile> files = [];
        for (int i = 0; i < outputs.Count; i += 2)
        {
            string option = outputs[i];
            if (OutputFile.At(outputs[i + 1], option) is not { } file)
            {
                continue;
            }

            if (files.FirstOrDefault(other => other.Value.FullPath == file.FullPath).Key is { } same)
            {
                throw new InputException(file.FullPath, 0, 0, $"{same} and {option} name the same file. Give two.");
            }

            files.Add(option, file);
        }

        if (files.Count == 0)
        {
            return files;
        }

        foreach (string input in words.Where(File.Exists))
        {
            string full = Path.GetFullPath(input);
            if (files.Values.Any(file => file.FullPath == full))
            {
                throw new InputException(input, 0, 0, "This is an input, and it would be replaced by an output. Give another path.");
            }
        }

        return files;
    }
}
