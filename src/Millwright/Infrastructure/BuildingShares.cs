using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>How the cost of the building divides; the seven shares sum to 1.</summary>
/// <param name="LandAndShell">Land and shell.</param>
/// <param name="Generators">Backup generators.</param>
/// <param name="Ups">Uninterruptible power supplies with their batteries.</param>
/// <param name="Switchgear">Switchgear, busways and distribution units.</param>
/// <param name="Substation">Substation and high-voltage transformers.</param>
/// <param name="CoolantDistribution">Coolant distribution units, manifolds and secondary loop.</param>
/// <param name="HeatRejection">Chillers, dry coolers or towers.</param>
public readonly record struct BuildingShares(
    double LandAndShell,
    double Generators,
    double Ups,
    double Switchgear,
    double Substation,
    double CoolantDistribution,
    double HeatRejection)
{
    /// <summary>
    /// The shares by the catalog: land and shell over land, shell and electromechanical plant by Bernstein's shares (share-bern-land-building,
    /// share-bern-mep); within the plant by the cost per power of each kind (rows eq-*).
    /// </summary>
    /// <remarks>
    /// The rows eq-* sum to about a quarter of the plant's cost: labour, engineering, contingency and margins are spread over the parts pro rata.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <returns>The shares.</returns>
    /// <exception cref="InvalidOperationException">A row is missing or has no middle value.</exception>
    public static BuildingShares FromCatalog(CatalogData catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Of(
            Row(catalog, "share-bern-land-building"),
            Row(catalog, "share-bern-mep"),
            Row(catalog, "eq-genset"),
            Row(catalog, "eq-ups"),
            Row(catalog, "eq-mv-switchgear"),
            Row(catalog, "eq-substation"),
            Row(catalog, "eq-cdu"),
            Row(catalog, "eq-heat-reject"));
    }

    /// <summary>The shares from weights in any unit: only ratios count.</summary>
    /// <param name="landAndShell">Weight of land and shell, in the unit of <paramref name="plant"/>.</param>
    /// <param name="plant">Weight of all electrical and mechanical plant.</param>
    /// <param name="generators">Weight of generators within the plant.</param>
    /// <param name="ups">Weight of uninterruptible power supplies within the plant.</param>
    /// <param name="switchgear">Weight of switchgear within the plant.</param>
    /// <param name="substation">Weight of the substation within the plant.</param>
    /// <param name="coolantDistribution">Weight of coolant distribution within the plant.</param>
    /// <param name="heatRejection">Weight of heat rejection within the plant.</param>
    /// <returns>The shares.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The weights do not sum to more than zero, or one is negative.</exception>
    public static BuildingShares Of(
        double landAndShell,
        double plant,
        double generators,
        double ups,
        double switchgear,
        double substation,
        double coolantDistribution,
        double heatRejection)
    {
        double within = generators + ups + switchgear + substation + coolantDistribution + heatRejection;
        bool allThere = landAndShell >= 0 && plant >= 0 && generators >= 0 && ups >= 0
            && switchgear >= 0 && substation >= 0 && coolantDistribution >= 0 && heatRejection >= 0;
        if (!(allThere && within > 0 && landAndShell + plant > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(plant), plant, "Weights are 0 or more and their sum is over 0.");
        }

        double plantShare = plant / (landAndShell + plant);
        double unit = plantShare / within;
        return new BuildingShares(
            landAndShell / (landAndShell + plant),
            generators * unit,
            ups * unit,
            switchgear * unit,
            substation * unit,
            coolantDistribution * unit,
            heatRejection * unit);
    }

    private static double Row(CatalogData catalog, string id) =>
        catalog.FindFigure(id)?.Mid ?? throw new InvalidOperationException($"The catalog has no row {id} with a middle value.");
}
