namespace Millwright.Cli.Tests.Commands;

/// <summary>A folder of its own for a test; it goes away with it.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millwright-");

    public string Path => _folder.FullName;

    public string File(string name, string? text = null)
    {
        string path = System.IO.Path.Combine(_folder.FullName, name);
        if (text is not null)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            System.IO.File.WriteAllText(path, text);
        }

        return path;
    }

    /// <summary>Names of all files in it, hidden ones too.</summary>
    public string[] Names => [.. _folder.EnumerateFiles("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }).Select(static f => f.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
