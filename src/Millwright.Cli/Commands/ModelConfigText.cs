using Millwright.Models;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Reads a user's own config.json and writes it as a folder that lies over the catalog.</summary>
internal static class ModelConfigText
{
    private const long MostBytes = 5_000_000;

    public static string Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException(path, 0, 0, "This is a folder. Give the path of its config.json.");
        }

        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new InputException(path, 0, 0, "The file does not exist.");
            }

            return file.Length > MostBytes
                ? throw new InputException(path, 0, 0, $"The file has {file.Length:N0} bytes; a config.json has a few thousand, and at most {MostBytes:N0} are read.")
                : File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, 0, 0, $"The file cannot be read: {problem.Message}");
        }
    }

    /// <summary>The id of a model by its path: the file, or the folder where the file is called config.json.</summary>
    public static string IdOf(string path)
    {
        string full = Path.GetFullPath(path);
        string name = Path.GetFileNameWithoutExtension(full);
        if (name.Equals("config", StringComparison.OrdinalIgnoreCase))
        {
            name = Path.GetFileName(Path.GetDirectoryName(full)) ?? name;
        }

        return new string([.. name.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-')]);
    }

    public static ModelArchitecture Parse(string path, string id, string text)
    {
        try
        {
            return ModelArchitecture.Parse(id, text);
        }
        catch (ModelConfigException problem)
        {
            throw new InputException(path, 0, 0, problem.Message);
        }
    }

    /// <summary>Writes models/ID.json and models/index.yaml into a folder.</summary>
    /// <returns>Path of the index.</returns>
    public static string WriteOverlay(string folder, string id, string source, string text)
    {
        string models = Path.Combine(folder, "models");
        string index = Path.Combine(models, "index.yaml");
        if (File.Exists(index))
        {
            throw new InputException(index, 0, 0, "The file exists already, and it would be replaced. Give another folder; --catalog may be given more than once.");
        }

        try
        {
            Directory.CreateDirectory(models);
            Output.OutputFile.At(Path.Combine(models, id + ".json"), "--output")!.Write(text);
            Output.OutputFile.At(index, "--output")!.Write(
                $"""
                models:
                  - id: {id}
                    hugging_face_name: ""
                    aliases: []
                    config: {id}.json
                    weights_precision: "as configured"
                    source: "{Path.GetFileName(source)} given by the user"
                    evidence: read
                    note: ""

                """);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw new InputException(folder, 0, 0, $"--output cannot be written: {problem.Message}");
        }

        return index;
    }
}
