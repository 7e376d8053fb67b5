using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Planning;
using Millwright.Scenarios;
using Millwright.Serving.Search;

namespace Millwright.Cli;

/// <summary>What the commands share: where they write, the catalog, and how scenarios are read.</summary>
/// <param name="output">Where results go.</param>
/// <param name="errors">Where messages and progress go.</param>
internal sealed class Session(TextWriter output, TextWriter errors)
{
    private static readonly Lazy<DeploymentSearch> s_search = new(static () => new DeploymentSearch(ShippedOperators.Load(), ShippedCalibration.Load()));

    /// <summary>The search over the shipped operator grids and fit: the one place of the commands that chooses them.</summary>
    public static DeploymentSearch Search => s_search.Value;

    /// <summary>Where results go.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Where messages go.</summary>
    public TextWriter Errors { get; } = errors;

    /// <summary>True when results are shown on a terminal, so that colours may be used.</summary>
    public bool IsTerminal { get; } = output == Console.Out && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <summary>Columns of the terminal; no end where results go to a file or a pipe.</summary>
    public int Width { get; } = output == Console.Out && !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : int.MaxValue;

    /// <summary>Loads the shipped catalog and lays the user's folders over it.</summary>
    /// <param name="overlays">Folders, the later over the earlier.</param>
    /// <returns>The catalog.</returns>
    /// <exception cref="InputException">A folder or a file in it is wrong.</exception>
    public static CatalogData LoadCatalog(IReadOnlyList<string>? overlays)
    {
        CatalogData catalog = ShippedCatalog.Load();
        foreach (string folder in overlays ?? [])
        {
            catalog = CatalogYaml.LoadDirectory(folder, catalog);
        }

        return catalog;
    }

    /// <summary>Reads a scenario and prepares its chain.</summary>
    /// <param name="path">Path of the scenario.</param>
    /// <param name="changes">Changes as "key=value".</param>
    /// <param name="catalog">The catalog.</param>
    /// <returns>The prepared chain.</returns>
    public static Planner Prepare(string path, IReadOnlyList<string>? changes, CatalogData catalog) =>
        new(ReadScenario(path, changes, catalog), catalog, Search);

    /// <summary>Reads a scenario file; where there is none of that name, the shipped scenario of that name.</summary>
    /// <param name="path">Path of the scenario, or the name of a shipped one, such as "gigawatt".</param>
    /// <param name="changes">Changes as "key=value".</param>
    /// <param name="catalog">The catalog.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">There is no such scenario, or it is wrong.</exception>
    public static ScenarioInput ReadScenario(string path, IReadOnlyList<string>? changes, CatalogData catalog) =>
        ScenarioReader.Read(path, catalog, changes, static name => File.Exists(name) || Directory.Exists(name) ? null : ShippedScenarios.Find(name));

    /// <summary>Shows a document on the terminal and writes the files that were asked for.</summary>
    /// <param name="document">The document.</param>
    /// <param name="json">File for machines, or null.</param>
    /// <param name="html">File for eyes, or null.</param>
    public void Show(TableDocument document, OutputFile? json, OutputFile? html)
    {
        TerminalTables.Write(document, Output, IsTerminal);
        json?.Write(DocumentJson.Write(document));
        html?.Write(DocumentPage.Write(document));
    }
}
