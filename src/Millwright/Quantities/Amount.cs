namespace Millwright.Quantities;

/// <summary>
/// A number a user stated, in the inside unit of its <see cref="QuantityKind"/>, with an optional range: low, mid and high are p10, p50 and p90.
/// </summary>
/// <param name="Mid">The value planned with.</param>
/// <param name="Low">The tenth percentile, or null where no range was stated.</param>
/// <param name="High">The ninetieth percentile, or null where no range was stated.</param>
/// <param name="Basis">The power basis, where the quantity has one.</param>
/// <param name="Origin">Where it was stated, as "file:line", or null when it was made in code.</param>
public sealed record Amount(double Mid, double? Low = null, double? High = null, PowerBasis? Basis = null, string? Origin = null);
