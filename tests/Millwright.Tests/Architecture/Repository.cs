namespace Millwright.Tests.Architecture;

/// <summary>Where the source lies that these tests look at.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution, above the test assembly.</summary>
    public static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Millwright.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run outside the repository.");
    }

    /// <summary>Files that people write, of the folders that hold them.</summary>
    public static IEnumerable<string> WrittenFiles()
    {
        string root = Root();
        foreach (string folder in (string[])["src", "tests", "benchmarks", "build", "catalog", "docs", "samples", "scenarios", ".ci"])
        {
            string path = Path.Combine(root, folder);
            if (Directory.Exists(path))
            {
                foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
                {
                    yield return file;
                }
            }
        }

        foreach (string file in Directory.EnumerateFiles(root))
        {
            yield return file;
        }
    }
}
