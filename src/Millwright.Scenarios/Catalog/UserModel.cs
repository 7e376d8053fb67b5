using System.Text.Json;
using Millwright.Catalog;

namespace Millwright.Scenarios;

/// <summary>Puts a user's own model into an overlay of the catalog.</summary>
public static class UserModel
{
    /// <summary>The id that a model gets by its path: the name of the file, or of the folder where the file is called config.json.</summary>
    /// <param name="configFile">Path of the config.json.</param>
    /// <returns>An id in lower case; what an id cannot hold has become a dash.</returns>
    public static string IdOf(string configFile)
    {
        string full = Path.GetFullPath(configFile);
        string name = Path.GetFileNameWithoutExtension(full);
        if (name.Equals("config", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(Path.GetDirectoryName(full)) is { Length: > 0 } folder)
        {
            name = folder;
        }

        return new string([.. name.ToLowerInvariant().Select(static c => IsAllowed(c) ? c : '-')]).TrimStart('.');
    }

    /// <summary>Reads a Hugging Face config.json and writes models/ID.json and models/ID.yaml into an overlay directory, which is made where it is missing.</summary>
    /// <param name="directory">Directory of the overlay.</param>
    /// <param name="id">Id for the model: lower-case letters, digits, dot, dash and underscore.</param>
    /// <param name="configFile">Path of the config.json.</param>
    /// <returns>The model as <see cref="CatalogYaml.LoadDirectory(string, CatalogData)"/> will read it, and the path of its row.</returns>
    /// <exception cref="InputException">The id is not allowed or taken, the file cannot be read, or the overlay cannot be written; then nothing was written over.</exception>
    public static (ModelRecord Model, string RowFile) Add(string directory, string id, string configFile)
    {
        if (id.Length == 0 || id.StartsWith('.') || !id.All(IsAllowed))
        {
            throw new InputException(configFile, 0, 0, $"\"{id}\" cannot be the id of a model; allowed: lower-case letters, digits, dot, dash and underscore, such as my-model-7b");
        }

        ModelRecord model = CatalogYaml.ReadModelConfig(configFile, id);
        string models = Path.Combine(directory, "models");
        string row = Path.Combine(models, id + ".yaml");
        string config = Path.Combine(models, id + ".json");
        foreach (string taken in (string[])[row, config])
        {
            if (File.Exists(taken) || Directory.Exists(taken))
            {
                throw new InputException(taken, 0, 0, $"the overlay already has a model \"{id}\"; name another id or folder, or take that file away");
            }
        }

        try
        {
            Directory.CreateDirectory(models);
            WriteNew(config, model.ConfigJson + "\n");
            WriteNew(row, $"models:\n  - id: {Quote(id)}\n    config: {Quote(id + ".json")}\n    source: {Quote(configFile)}\n    evidence: read\n");
            return (model, row);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(directory, 0, 0, $"cannot be written: {e.Message}");
        }
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_';

    // Fails where another program has made the file meanwhile.
    private static void WriteNew(string path, string text)
    {
        using StreamWriter writer = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        writer.Write(text);
    }

    // A JSON string is a valid double-quoted YAML text.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
