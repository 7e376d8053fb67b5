using System.Text;

namespace Millwright.Scenarios.Tests.CatalogFiles;

/// <summary>A directory of catalog files that goes away with the test.</summary>
internal sealed class CatalogDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("millwright-catalog-");

    public string Path => _directory.FullName;

    public CatalogDirectory With(string name, string text) => With(name, Encoding.UTF8.GetBytes(text));

    public CatalogDirectory With(string name, byte[] bytes)
    {
        string file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        return this;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
