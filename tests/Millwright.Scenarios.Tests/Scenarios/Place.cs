namespace Millwright.Scenarios.Tests.Scenarios;

/// <summary>Where test files lie.</summary>
internal static class Place
{
    public static string Ready(string name) => Path.Combine(AppContext.BaseDirectory, "ready", name);

    public static string Malformed(string name) => Path.Combine(AppContext.BaseDirectory, "Scenarios", "Malformed", name);

    /// <summary>A new folder that goes away with the test.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("millwright-").FullName;

    /// <summary>The root of the repository: the folder with the solution.</summary>
    public static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Millwright.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
