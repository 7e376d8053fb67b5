using Millwright.Catalog;

namespace Millwright.Scenarios;

/// <summary>The ids that a key may name, by the collection that its description gives.</summary>
internal static class CatalogNames
{
    /// <summary>The collection of models, which also go by other names.</summary>
    public const string Models = "models";

    /// <summary>The ids of a collection.</summary>
    /// <param name="collection">Name of the collection.</param>
    /// <param name="key">Name of the key, which narrows network parts to switches, transceivers or cables.</param>
    /// <param name="catalog">The catalog.</param>
    /// <returns>The ids, in the order of the catalog.</returns>
    public static IReadOnlyList<string> Of(string collection, string key, CatalogData catalog) => collection switch
    {
        "systems" => [.. catalog.Systems.Where(s => s.Kind != "cpu").Select(s => s.Id)],
        Models => [.. catalog.Models.Select(m => m.Id)],
        "locations" => [.. catalog.Locations.Select(l => l.Id)],
        "network" => [.. catalog.NetworkParts.Where(p => p.Kind == key).Select(p => p.Id)],
        "prices" => [.. catalog.PriceScopes.Where(p => p.Kind != "rule").Select(p => p.Id)],
        "lengths" => [.. catalog.LengthHistograms.Select(l => l.Id)],
        "token-prices" => [.. catalog.TokenPrices.Select(p => p.Id)],
        _ => throw new InvalidOperationException($"The collection {collection} is not known."),
    };

    /// <summary>The collection in words.</summary>
    /// <param name="collection">Name of the collection.</param>
    /// <returns>Words for people.</returns>
    public static string Describe(string collection) => collection switch
    {
        "systems" => "systems",
        Models => "models",
        "locations" => "locations",
        "network" => "network parts",
        "prices" => "prices of systems",
        "lengths" => "request lengths",
        _ => "prices of tokens",
    };
}
