using System.Text.Json;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Writes a file of a user's overlay; never over one that lies there.</summary>
internal static class OverlayFile
{
    /// <summary>A name as an id: lower case, with a dash for what an id cannot hold.</summary>
    /// <param name="name">Name of a file or folder.</param>
    /// <returns>The id; empty where the name has nothing to make one of.</returns>
    public static string IdOf(string name) => new string([.. name.ToLowerInvariant().Select(static c => IsAllowed(c) ? c : '-')]).TrimStart('.');

    /// <summary>Refuses what cannot be an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="source">File that the row is made from, for the message.</param>
    /// <param name="what">What it is the id of: "a model".</param>
    /// <exception cref="InputException">It is empty, begins with a dot, or holds other characters.</exception>
    public static void CheckId(string id, string source, string what)
    {
        if (id.Length == 0 || id.StartsWith('.') || !id.All(IsAllowed))
        {
            throw new InputException(source, 0, 0, $"\"{id}\" cannot be the id of {what}; allowed: lower-case letters, digits, dot, dash and underscore, such as my-own-7b");
        }
    }

    /// <summary>Writes new files into a folder, which is made where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Names and texts.</param>
    /// <exception cref="InputException">One of them lies there already, or the folder cannot be written; then nothing was written over.</exception>
    public static void Write(string folder, params IReadOnlyList<(string Name, string Text)> files)
    {
        try
        {
            foreach ((string name, _) in files)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path) || Directory.Exists(path))
                {
                    throw new InputException(path, 0, 0, "exists already and is not replaced; name another id or folder (--catalog may be given more than once), or take it away");
                }
            }

            Directory.CreateDirectory(folder);
            foreach ((string name, string text) in files)
            {
                // fails where another program has made the file meanwhile
                using StreamWriter writer = new(new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write));
                writer.Write(text);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, 0, 0, $"cannot be written: {e.Message}");
        }
    }

    /// <summary>A text as YAML takes it: a JSON string is a valid double-quoted one.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text in quotes.</returns>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_';
}
