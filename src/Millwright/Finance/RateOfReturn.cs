namespace Millwright.Finance;

/// <summary>What a search for an internal rate of return found.</summary>
public enum RateOfReturnKind
{
    /// <summary>Exactly one rate.</summary>
    Unique,

    /// <summary>No rate in the searched range.</summary>
    None,

    /// <summary>More than one rate: the measure says nothing.</summary>
    Several,
}

/// <summary>An internal rate of return, or why there is none.</summary>
/// <param name="Kind">Whether there is one rate, none or several.</param>
/// <param name="Rate">The rate as a fraction, per period or per year as the method that made it says; NaN unless there is exactly one.</param>
/// <param name="Roots">Every rate found, rising.</param>
/// <param name="Reason">Why there is not exactly one rate; null when there is.</param>
public readonly record struct RateOfReturn(RateOfReturnKind Kind, double Rate, IReadOnlyList<double> Roots, string? Reason)
{
    /// <summary>The same rates compounded over a year.</summary>
    /// <param name="periodsPerYear">Periods in a year.</param>
    /// <returns>Effective rates per year: (1 + rate)^periods − 1.</returns>
    public RateOfReturn Annualised(int periodsPerYear)
    {
        double[] roots = new double[Roots.Count];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = Numerics.NearOne.ExpMinusOne(periodsPerYear * Numerics.NearOne.LogOnePlus(Roots[i]));
        }

        return this with { Rate = Kind == RateOfReturnKind.Unique ? roots[0] : double.NaN, Roots = roots };
    }
}
