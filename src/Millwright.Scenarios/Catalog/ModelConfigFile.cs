using System.Text.Json;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Reads a Hugging Face config.json.</summary>
internal static class ModelConfigFile
{
    /// <summary>The text of a configuration.</summary>
    /// <param name="file">Path of the file.</param>
    /// <returns>The JSON text, checked to be one object.</returns>
    /// <exception cref="InputException">The file is missing, unreadable or no JSON object.</exception>
    public static string Read(string file)
    {
        string text = SourceText.ReadUnchecked(file, SourceKind.ModelConfig);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? text.ReplaceLineEndings("\n").TrimEnd()
                : throw new InputException(file, 1, 1, $"holds a JSON {document.RootElement.ValueKind}; allowed: an object, as in a Hugging Face config.json");
        }
        catch (JsonException e)
        {
            throw new InputException(file, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, "is not valid JSON here; allowed: a Hugging Face config.json");
        }
    }
}
