using System.Reflection;
using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli;

/// <summary>The scenarios that ship with the program: they work wherever it is installed.</summary>
internal static class ShippedScenarios
{
    private const string Prefix = "scenarios/";

    /// <summary>Reads one of them.</summary>
    /// <param name="name">Its name, such as "gb200-epoch".</param>
    /// <param name="catalog">Catalog that ids are checked against.</param>
    /// <returns>The scenario.</returns>
    public static ScenarioInput Read(string name, CatalogData catalog)
    {
        // A scenario names the one that it is based on by its file, so all of them are laid out beside each other first.
        string folder = Directory.CreateTempSubdirectory("millwright-").FullName;
        try
        {
            Assembly assembly = typeof(ShippedScenarios).Assembly;
            foreach (string resource in assembly.GetManifestResourceNames().Where(static r => r.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                using Stream stream = assembly.GetManifestResourceStream(resource)!;
                using FileStream file = File.Create(Path.Combine(folder, resource[Prefix.Length..]));
                stream.CopyTo(file);
            }

            return ScenarioReader.Read(Path.Combine(folder, name + ".yaml"), catalog);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
