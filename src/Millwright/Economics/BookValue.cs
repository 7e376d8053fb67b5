namespace Millwright.Economics;

/// <summary>
/// Book value by straight line. The life in the accounts is a choice (4 to 6 years for chips among the large operators) and need not be the economic life.
/// </summary>
/// <param name="CostUsd">Cost, USD.</param>
/// <param name="ResidualShare">Value at the end of life over cost.</param>
/// <param name="LifeYears">Life in the accounts, years; more than zero.</param>
public readonly record struct BookValue(double CostUsd, double ResidualShare, double LifeYears)
{
    /// <summary>Value in the books at an age.</summary>
    /// <param name="ageYears">Years since the start of use.</param>
    /// <returns>USD: cost less straight-line depreciation, and the residual from the end of life on.</returns>
    /// <exception cref="InvalidOperationException">The life is not positive.</exception>
    public double AtAgeUsd(double ageYears)
    {
        if (!(LifeYears > 0))
        {
            throw new InvalidOperationException("A life above zero years is needed.");
        }

        return CostUsd * (1 - ((1 - ResidualShare) * Math.Clamp(ageYears / LifeYears, 0, 1)));
    }

    /// <summary>Depreciation between two ages.</summary>
    /// <param name="fromYears">Age at the start, years.</param>
    /// <param name="toYears">Age at the end, years.</param>
    /// <returns>USD.</returns>
    /// <exception cref="InvalidOperationException">The life is not positive.</exception>
    public double DepreciationUsd(double fromYears, double toYears) => AtAgeUsd(fromYears) - AtAgeUsd(toYears);
}
