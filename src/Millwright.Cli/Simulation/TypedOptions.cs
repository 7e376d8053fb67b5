using System.CommandLine;

namespace Millwright.Cli.Simulation;

/// <summary>
/// What was typed behind "simulate". Plain options, "--key value" each once, are read here: a simulation may be over in a tenth of a second, and the parser of all commands
/// would take a good part of that. Whatever is not plain (help, faults, other ways of writing) is left to that parser.
/// </summary>
/// <param name="File">File of options, or null.</param>
/// <param name="Values">Values by the name of the option, without hyphens in front; "true" for those that are either there or not.</param>
/// <param name="Catalog">Folders that lie over the catalog.</param>
/// <param name="Words">Words that are neither an option nor its value.</param>
internal sealed record TypedOptions(string? File, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Catalog, IReadOnlyList<string> Words)
{
    private const string Hyphens = "--";
    private const string CatalogName = "catalog";

    /// <summary>Files that a simulation writes, by the name of their option.</summary>
    public static IReadOnlyList<string> Outputs { get; } = ["json", "requests-csv", "timeline", "html"];

    /// <summary>Reads plain options.</summary>
    /// <param name="arguments">What was typed behind the name of the command.</param>
    /// <returns>The options, or null where the parser of all commands must look.</returns>
    public static TypedOptions? TryRead(ReadOnlySpan<string> arguments)
    {
        string? file = null;
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        List<string> catalog = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            string word = arguments[i];
            if (!word.StartsWith(Hyphens, StringComparison.Ordinal))
            {
                if (file is not null || word.Length == 0 || word[0] is '-' or '@' or '[' or '/' && !System.IO.File.Exists(word))
                {
                    return null;
                }

                file = word;
                continue;
            }

            string name = word[Hyphens.Length..];
            if (!IsKnown(name, out bool isSwitch) || values.ContainsKey(name))
            {
                return null;
            }

            if (isSwitch)
            {
                // a word behind it might be its value
                if (i + 1 < arguments.Length && !arguments[i + 1].StartsWith(Hyphens, StringComparison.Ordinal))
                {
                    return null;
                }

                values.Add(name, "true");
                continue;
            }

            if (++i == arguments.Length || arguments[i].Length == 0 || arguments[i][0] is '-' or '@')
            {
                return null;
            }

            if (name == CatalogName)
            {
                catalog.Add(arguments[i]);
            }
            else
            {
                values.Add(name, arguments[i]);
            }
        }

        return new TypedOptions(file, values, catalog, file is null ? [] : [file]);
    }

    /// <summary>Takes what the parser of all commands has read.</summary>
    /// <param name="parsed">What it has read.</param>
    /// <param name="file">The file of options.</param>
    /// <param name="options">Options with one value, or with none.</param>
    /// <param name="catalog">Folders over the catalog.</param>
    /// <returns>The options.</returns>
    public static TypedOptions Of(ParseResult parsed, string? file, IEnumerable<Option> options, Option<string[]> catalog)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (Option option in options)
        {
            string? text = option is Option<bool> flag ? parsed.GetValue(flag) ? "true" : null : parsed.GetValue((Option<string?>)option);
            if (text is not null)
            {
                values.Add(option.Name[Hyphens.Length..], text);
            }
        }

        return new TypedOptions(file, values, parsed.GetValue(catalog) ?? [], [.. parsed.CommandResult.Tokens.Select(static token => token.Value)]);
    }

    /// <summary>Paths of the files to be written, by their option.</summary>
    public List<string> OutputPaths()
    {
        List<string> paths = [];
        foreach (string name in Outputs)
        {
            if (Values.TryGetValue(name, out string? path))
            {
                paths.Add(Hyphens + name);
                paths.Add(path);
            }
        }

        return paths;
    }

    private static bool IsKnown(string name, out bool isSwitch)
    {
        isSwitch = false;
        if (name == CatalogName)
        {
            return true;
        }

        foreach (string output in Outputs)
        {
            if (output == name)
            {
                return true;
            }
        }

        foreach (SimulateKey key in SimulateKey.All)
        {
            if (key.Name == name)
            {
                isSwitch = key.HelpName == SimulateKey.Switch;
                return true;
            }
        }

        return false;
    }
}
