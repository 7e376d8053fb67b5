using Millwright.Catalog;
using Millwright.Scenarios.CatalogFiles;

namespace Millwright.Scenarios;

/// <summary>Reads catalogs from directories of YAML files: *.yaml at the top and in models/. What does not belong there ends in one clear error.</summary>
public static class CatalogYaml
{
    /// <summary>Reads a whole catalog.</summary>
    /// <param name="directory">Directory with *.yaml files.</param>
    /// <returns>The catalog with its hash.</returns>
    /// <exception cref="InputException">A file cannot be read or holds what a catalog does not take.</exception>
    public static CatalogData LoadDirectory(string directory) => LoadDirectory(directory, CatalogData.Empty);

    /// <summary>Reads an overlay: a row with the id of a row of the base replaces it (a figure: id and collection), any other is added.</summary>
    /// <param name="directory">Directory with *.yaml files.</param>
    /// <param name="baseCatalog">The catalog underneath.</param>
    /// <returns>The merged catalog with its hash.</returns>
    /// <exception cref="InputException">A file cannot be read, holds what a catalog does not take, or names a row that neither it nor the base has.</exception>
    public static CatalogData LoadDirectory(string directory, CatalogData baseCatalog)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(baseCatalog);
        var reader = new CatalogFileReader(baseCatalog);
        foreach (string file in FilesOf(directory))
        {
            reader.Read(file);
        }

        return reader.Finish();
    }

    /// <summary>Reads a user's own Hugging Face config.json as a model.</summary>
    /// <param name="file">Path of the config.json.</param>
    /// <param name="id">Id for the model.</param>
    /// <returns>The model, with the file as its source.</returns>
    /// <exception cref="InputException">The file is missing, unreadable or no JSON object.</exception>
    public static ModelRecord ReadModelConfig(string file, string id) =>
        new(id, "", [], ModelConfigFile.Read(file), null, null, "", file, Evidence.Read, "");

    private static List<string> FilesOf(string directory)
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                throw new InputException(directory, 0, 0, File.Exists(directory) ? "is a file; name the directory with the catalog files" : "no such directory");
            }

            var files = YamlFiles(directory);
            string models = Path.Combine(directory, "models");
            if (Directory.Exists(models))
            {
                files.AddRange(YamlFiles(models));
            }

            return files.Count > 0 ? files : throw new InputException(directory, 0, 0, "holds no .yaml file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(directory, 0, 0, $"cannot be read: {e.Message}");
        }
    }

    // Sorted, so that the order of rows does not hang on the file system.
    private static List<string> YamlFiles(string directory) =>
        [.. Directory.EnumerateFiles(directory).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal)];
}
