using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>Reads scenarios. Strict: the first thing that is wrong ends the reading with one message in plain words.</summary>
public static class ScenarioReader
{
    private const int MostLayers = 16;

    /// <summary>Reads a file, the scenarios that it is based on, and changes from the command line.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="catalog">Catalog that ids are checked against; null to leave ids unchecked.</param>
    /// <param name="changes">Changes as "key=value", later ones over earlier ones, such as "site.power=2 GW facility"; null for none.</param>
    /// <param name="library">Asked for the text of a path before the disk is; it answers null for what it does not hold. Null for the disk alone.</param>
    /// <returns>The scenario: each amount in its inside unit with its origin as "file:line" or "--set".</returns>
    /// <exception cref="InputException">A file or a change is wrong.</exception>
    public static ScenarioInput Read(string path, CatalogData? catalog = null, IReadOnlyList<string>? changes = null, Func<string, string?>? library = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Read(path, library?.Invoke(path) ?? SourceText.Read(path, SourceKind.Scenario), catalog, changes, library);
    }

    /// <summary>Reads a text, as <see cref="Read(string, CatalogData?, IReadOnlyList{string}?, Func{string, string?}?)"/> reads a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Name to show in messages; "based_on" is relative to its folder.</param>
    /// <param name="catalog">Catalog that ids are checked against; null to leave ids unchecked.</param>
    /// <param name="changes">Changes as "key=value"; null for none.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">The text or a change is wrong.</exception>
    public static ScenarioInput ReadText(string text, string name = "scenario", CatalogData? catalog = null, IReadOnlyList<string>? changes = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(name);
        SourceText.Check(name, text, SourceKind.Scenario);
        return Read(name, text, catalog, changes, null);
    }

    private static ScenarioInput Read(string path, string text, CatalogData? catalog, IReadOnlyList<string>? changes, Func<string, string?>? library)
    {
        ScenarioBag bag = new();
        ScenarioLayer layer = new(bag, catalog);
        LayFile(path, text, layer, [], library);
        foreach (string change in changes ?? [])
        {
            int equals = change.IndexOf('=');
            if (equals <= 0)
            {
                throw new InputException("--set", 0, 0, $"\"{change.ReplaceLineEndings(" ")}\" is not a change; write KEY=VALUE, such as site.power=\"2 GW facility\"");
            }

            layer.LayOne(change[..equals].Trim(), change[(equals + 1)..], "--set");
        }

        ScenarioCheck.Whole(bag, catalog, path);
        return bag.ToInput();
    }

    private static void LayFile(string path, string text, ScenarioLayer layer, List<string> above, Func<string, string?>? library)
    {
        string full = Path.GetFullPath(path);
        above.Add(full);
        YamlMapping root = YamlTree.Read(path, text);
        YamlEntry? based = root.Entries.FirstOrDefault(e => e.Key.Text == ScenarioShape.BasedOn.Name);
        if (based is not null)
        {
            ScenarioValue.TryRead(ScenarioShape.BasedOn, ScenarioShape.BasedOn.Name, based.Value, null, out object? value);
            string basePath = Path.Combine(Path.GetDirectoryName(path) ?? "", (string?)value ?? "");
            int seen = above.IndexOf(Path.GetFullPath(basePath));
            if (seen >= 0)
            {
                string circle = string.Join(" -> ", above.Skip(seen).Append(above[seen]).Select(Path.GetFileName));
                throw based.Value.Wrong($"based_on goes round in a circle: {circle}");
            }

            if (above.Count >= MostLayers)
            {
                throw based.Value.Wrong($"based_on goes deeper than {MostLayers} files");
            }

            LayFile(basePath, library?.Invoke(basePath) ?? ReadBase(basePath, based.Value), layer, above, library);
        }

        layer.Lay(root);
    }

    private static string ReadBase(string path, YamlNode place)
    {
        try
        {
            return SourceText.Read(path, SourceKind.Scenario);
        }
        catch (InputException e) when (e.Line == 0)
        {
            // a base that is not there is a fault of the file that names it
            throw place.Wrong($"based_on: {path}: {e.Message}");
        }
    }
}
