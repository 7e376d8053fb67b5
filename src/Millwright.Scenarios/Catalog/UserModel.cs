using System.Text.Json;
using Millwright.Catalog;

namespace Millwright.Scenarios;

/// <summary>Puts a user's own model into an overlay of the catalog.</summary>
public static class UserModel
{
    /// <summary>Reads a Hugging Face config.json and writes models/ID.json and models/ID.yaml into an overlay directory, which is made where it is missing.</summary>
    /// <param name="directory">Directory of the overlay.</param>
    /// <param name="id">Id for the model: lower-case letters, digits, dot, dash and underscore.</param>
    /// <param name="configFile">Path of the config.json.</param>
    /// <returns>The model as <see cref="CatalogYaml.LoadDirectory(string, CatalogData)"/> will read it.</returns>
    /// <exception cref="InputException">The id is not allowed or taken, the file cannot be read, or the overlay cannot be written; then nothing was written over.</exception>
    public static ModelRecord Add(string directory, string id, string configFile)
    {
        if (id.Length == 0 || id.StartsWith('.') || !id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_'))
        {
            throw new InputException(configFile, 0, 0, $"\"{id}\" cannot be the id of a model; allowed: lower-case letters, digits, dot, dash and underscore, such as my-model-7b");
        }

        ModelRecord model = CatalogYaml.ReadModelConfig(configFile, id);
        string models = Path.Combine(directory, "models");
        string row = Path.Combine(models, id + ".yaml");
        try
        {
            Directory.CreateDirectory(models);
            if (File.Exists(row))
            {
                throw new InputException(row, 0, 0, $"the overlay already has a model \"{id}\"; name another id or take that file away");
            }

            File.WriteAllText(Path.Combine(models, id + ".json"), model.ConfigJson + "\n");
            File.WriteAllText(row, $"models:\n  - id: {Quote(id)}\n    config: {Quote(id + ".json")}\n    source: {Quote(configFile)}\n    evidence: read\n");
            return model;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(directory, 0, 0, $"cannot be written: {e.Message}");
        }
    }

    // A JSON string is a valid double-quoted YAML text.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
