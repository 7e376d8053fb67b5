using Millwright.Catalog;
using Millwright.Scenarios.CatalogFiles;

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
        return OverlayFile.IdOf(
            name.Equals("config", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(Path.GetDirectoryName(full)) is { Length: > 0 } folder ? folder : name);
    }

    /// <summary>Reads a Hugging Face config.json and writes models/ID.json and models/ID.yaml into an overlay directory, which is made where it is missing.</summary>
    /// <param name="directory">Directory of the overlay.</param>
    /// <param name="id">Id for the model: lower-case letters, digits, dot, dash and underscore.</param>
    /// <param name="configFile">Path of the config.json.</param>
    /// <returns>The model as <see cref="CatalogYaml.LoadDirectory(string, CatalogData)"/> will read it, and the path of its row.</returns>
    /// <exception cref="InputException">The id is not allowed or taken, the file cannot be read, or the overlay cannot be written; then nothing was written over.</exception>
    public static (ModelRecord Model, string RowFile) Add(string directory, string id, string configFile)
    {
        OverlayFile.CheckId(id, configFile, "a model");
        ModelRecord model = CatalogYaml.ReadModelConfig(configFile, id);
        string models = Path.Combine(directory, "models");
        string row = id + ".yaml";
        string config = id + ".json";
        OverlayFile.Write(
            models,
            (row, $"models:\n  - id: {OverlayFile.Quote(id)}\n    config: {OverlayFile.Quote(config)}\n    source: {OverlayFile.Quote(configFile)}\n    evidence: read\n"),
            (config, model.ConfigJson + "\n"));
        return (model, Path.Combine(models, row));
    }
}
