using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>A key of a flat file, its text and where it stands.</summary>
/// <param name="File">File as the user named it.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
/// <param name="Key">The key.</param>
/// <param name="Text">Its value as text.</param>
public sealed record KeyText(string File, int Line, int Column, string Key, string Text);

/// <summary>Reads files of plain "key: value" lines: options of a command that are kept in a file.</summary>
public static class FlatKeys
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="allowed">Keys that it may hold, with hyphens; underscores stand for them.</param>
    /// <returns>The keys in order; one without a value is left out.</returns>
    /// <exception cref="InputException">The file cannot be read, is not such a file, or holds another key.</exception>
    public static IReadOnlyList<KeyText> Read(string path, IReadOnlyCollection<string> allowed)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(allowed);
        SourceKind kind = SourceKind.Options(allowed);
        YamlNode root = YamlTree.Read(path, SourceText.Read(path, kind), kind);
        if (root is not YamlMapping mapping)
        {
            throw root.Wrong($"{root.What} was found; {kind.Content}");
        }

        List<KeyText> keys = [];
        foreach (YamlEntry entry in mapping.Entries)
        {
            string key = entry.Key.Text.Replace('_', '-');
            if (!allowed.Contains(key))
            {
                string nearest = Quantities.Spelling.Nearest(key, [.. allowed]) is { } near ? $" Did you mean {near}?" : "";
                throw entry.Key.Wrong($"there is no key \"{entry.Key.Short}\".{nearest} Allowed are {string.Join(", ", allowed)}.");
            }

            if (entry.Value is not YamlScalar value)
            {
                throw entry.Value.Wrong($"{key}: {entry.Value.What} was found; one value is wanted");
            }

            if (!value.IsEmpty)
            {
                keys.Add(new KeyText(value.File, value.Line, value.Column, key, value.Text));
            }
        }

        return keys;
    }
}
