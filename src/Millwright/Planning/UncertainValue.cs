using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Planning;

/// <summary>A resolved input of a plan: its value and range in the inside unit, and where it comes from.</summary>
/// <param name="Distribution">p10, p50 and p90; all three equal where there is no range.</param>
/// <param name="Unit">Inside unit.</param>
/// <param name="Evidence">What stands behind it.</param>
/// <param name="Source">Address, file and row, or "scenario FILE:LINE".</param>
/// <param name="Date">Date of the figure, or empty.</param>
/// <param name="CatalogId">Id of the catalog row, or null where the scenario states the value.</param>
/// <param name="Correlation">Inputs that share this key move together; null to move alone.</param>
public sealed record UncertainValue(
    SplitDistribution Distribution,
    string Unit,
    Evidence Evidence,
    string Source,
    string Date,
    string? CatalogId,
    string? Correlation)
{
    /// <summary>True when the value has a range.</summary>
    public bool HasRange => Distribution.Low != Distribution.Mid || Distribution.High != Distribution.Mid;
}
