using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Quantities;

namespace Millwright.Planning;

/// <summary>Finds the value, range and origin of each input: what the scenario states, else the record's default, else the catalog's row.</summary>
internal sealed class InputResolver
{
    private readonly CatalogData _catalog;

    public InputResolver(ScenarioInput scenario, CatalogData catalog)
    {
        _catalog = catalog;
        Location = catalog.FindLocation(scenario.Site.Location)
            ?? throw new MissingInputException("site.location", $"The catalog knows no place called \"{scenario.Site.Location}\".");
    }

    /// <summary>The place of the site.</summary>
    public LocationRecord Location { get; }

    /// <summary>The input of a scenario key.</summary>
    /// <param name="key">The key, which names the figure too.</param>
    /// <param name="kind">What it measures.</param>
    /// <param name="given">What the scenario or its default states; null to take the catalog's row.</param>
    /// <param name="catalogId">The row of the default; null where there is none.</param>
    /// <param name="least">Least value that makes sense.</param>
    /// <param name="greatest">Greatest value that makes sense.</param>
    /// <returns>The resolved input and its power basis, if it has one.</returns>
    /// <exception cref="MissingInputException">Nothing states it.</exception>
    public ResolvedInput Resolve(
        string key,
        QuantityKind kind,
        Amount? given,
        string? catalogId = null,
        double least = double.NegativeInfinity,
        double greatest = double.PositiveInfinity)
    {
        string unit = InsideUnit.Of(kind);
        if (given is not null)
        {
            SplitDistribution stated = new(given.Low ?? given.Mid, given.Mid, given.High ?? given.Mid);
            bool isStated = given.Origin is not null;
            return new ResolvedInput(
                new UncertainValue(
                    stated, unit, Evidence.Assumption, isStated ? "scenario " + given.Origin : "default of " + key, "", null, null, isStated, least, greatest),
                given.Basis);
        }

        CatalogFigure? row = catalogId is null ? null : _catalog.FindFigure(catalogId);
        if (row is null)
        {
            throw new MissingInputException(key, $"No figure is known for {key} here ({Location.Name}). State it in the scenario.");
        }

        return FromRow(key, kind, row, least, greatest);
    }

    /// <summary>The input that a catalog row states.</summary>
    /// <param name="key">Key of the figure.</param>
    /// <param name="kind">What it measures.</param>
    /// <param name="row">The row.</param>
    /// <param name="least">Least value that makes sense.</param>
    /// <param name="greatest">Greatest value that makes sense.</param>
    /// <returns>The resolved input and its power basis, if it has one.</returns>
    public static ResolvedInput FromRow(
        string key, QuantityKind kind, CatalogFigure row, double least = double.NegativeInfinity, double greatest = double.PositiveInfinity)
    {
        FigureBand band = row.WithBand() ?? throw new MissingInputException(key, $"The row {row.Id} of the catalog has no value to plan with.");
        if (!UnitTable.TryGetFactor(row.Unit, kind, out double factor, out PowerBasis? basis))
        {
            throw new MissingInputException(key, $"The row {row.Id} of the catalog is in \"{row.Unit}\", which {key} cannot use.");
        }

        return new ResolvedInput(
            new UncertainValue(
                new SplitDistribution(band.Low * factor, band.Mid * factor, band.High * factor),
                InsideUnit.Of(kind),
                row.Evidence,
                row.Source,
                row.Date,
                row.Id,
                row.Correlation,
                IsStated: false,
                least,
                greatest),
            basis);
    }

    /// <summary>The input that a price states.</summary>
    /// <param name="key">Key of the figure.</param>
    /// <param name="price">The price.</param>
    /// <param name="evidence">What stands behind it.</param>
    /// <param name="source">Its source.</param>
    /// <param name="date">Its date.</param>
    /// <param name="catalogId">Its row.</param>
    /// <param name="correlation">Prices that share this key move together.</param>
    /// <returns>The resolved input.</returns>
    public static UncertainValue FromPrice(
        string key, PriceRange price, Evidence evidence, string source, string date, string catalogId, string? correlation)
    {
        FigureBand band = price.WithBand(evidence)
            ?? throw new MissingInputException(key, $"No price is known for {catalogId}. State one in the scenario: Millwright does not invent prices.");
        return new UncertainValue(
            new SplitDistribution(band.Low, band.Mid, band.High), "USD", evidence, source, date, catalogId, correlation, IsStated: false, Least: 0);
    }
}

/// <summary>A resolved input and the power basis it holds on.</summary>
/// <param name="Value">The input.</param>
/// <param name="Basis">Its power basis, if any.</param>
internal readonly record struct ResolvedInput(UncertainValue Value, PowerBasis? Basis);
