using Millwright.Catalog;
using Millwright.Models;

namespace Millwright.Cli.Validation;

/// <summary>Parameters counted from a configuration beside those that the maker publishes, rounded as makers do.</summary>
/// <param name="Id">Id of the model.</param>
/// <param name="Published">Published parameters.</param>
/// <param name="Counted">Parameters counted from the configuration alone.</param>
internal sealed record ModelCount(string Id, double Published, double Counted)
{
    public double Deviation => (Counted / Published) - 1;
}

/// <summary>Parameter counts of every model of the catalog.</summary>
internal static class ModelFacts
{
    /// <summary>The counts, the greatest deviation first.</summary>
    public static IReadOnlyList<ModelCount> Run(CatalogData catalog) =>
    [
        .. catalog.Models.Where(static m => m.PublishedParameters > 0)
            .Select(static m => new ModelCount(m.Id, m.PublishedParameters!.Value, ModelArchitecture.Parse(m.Id, m.ConfigJson).TotalParameters))
            .OrderByDescending(static m => Math.Abs(m.Deviation)).ThenBy(static m => m.Id, StringComparer.Ordinal),
    ];
}
