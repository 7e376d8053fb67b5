using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Planning;

/// <summary>A resolved input of a plan: its value and range in the inside unit, and where it comes from.</summary>
/// <param name="Distribution">p10, p50 and p90; all three equal where there is no range.</param>
/// <param name="Unit">Inside unit.</param>
/// <param name="Evidence">What stands behind it.</param>
/// <param name="Source">Address, file and row, or "scenario FILE:LINE".</param>
/// <param name="Date">Date of the figure, or empty.</param>
/// <param name="CatalogId">Id of the catalog row, or null where the scenario or a default states the value.</param>
/// <param name="Correlation">Inputs that share this key move together; null to move alone.</param>
/// <param name="IsStated">True when the scenario states it: a condition of the question, not evidence for the answer.</param>
/// <param name="Least">Least value that makes sense.</param>
/// <param name="Greatest">Greatest value that makes sense.</param>
public sealed record UncertainValue(
    SplitDistribution Distribution,
    string Unit,
    Evidence Evidence,
    string Source,
    string Date,
    string? CatalogId,
    string? Correlation,
    bool IsStated,
    double Least = double.NegativeInfinity,
    double Greatest = double.PositiveInfinity)
{
    /// <summary>True when the value has a range.</summary>
    public bool HasRange => Distribution.Low != Distribution.Mid || Distribution.High != Distribution.Mid;

    /// <summary>The middle value, kept within the limits that make sense.</summary>
    public double Middle => Math.Clamp(Distribution.Mid, Least, Greatest);

    /// <summary>The value at a standard normal deviate, kept within the limits that make sense.</summary>
    /// <param name="deviate">A standard normal deviate.</param>
    /// <returns>The value.</returns>
    public double At(double deviate) => Math.Clamp(Distribution.At(deviate), Least, Greatest);
}
