namespace Millwright.Economics;

/// <summary>
/// Book value by straight line. The life in the accounts is a choice (4 to 6 years for chips among the large operators) and need not be the economic
/// life, for which see <see cref="EconomicLifeYears"/>.
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

    /// <summary>Depreciation of each year of use, the first year first. A life of 4.5 years has half a charge in its fifth year.</summary>
    /// <param name="years">Number of years.</param>
    /// <returns>USD by year.</returns>
    /// <exception cref="InvalidOperationException">The life is not positive.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of years is negative.</exception>
    public double[] DepreciationByYearUsd(int years)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(years);
        double[] charges = new double[years];
        for (int year = 0; year < years; year++)
        {
            charges[year] = DepreciationUsd(year, year + 1);
        }

        return charges;
    }

    /// <summary>
    /// The age at which running a chip costs as much as it earns, so that it is better switched off: t with rent x (1 + change)^t = running cost.
    /// Where power is short a newer chip in its place ends it sooner.
    /// </summary>
    /// <param name="rentUsdPerChipHour">What a chip-hour earns today, USD.</param>
    /// <param name="changePerYear">Change of the rent a year, 1/yr; more than -1.</param>
    /// <param name="runningUsdPerChipHour">Energy, staff, maintenance and the like of a chip-hour, USD.</param>
    /// <returns>Years; zero where it does not earn its running today, infinite where it always will.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The change is not above -100 %.</exception>
    public static double EconomicLifeYears(double rentUsdPerChipHour, double changePerYear, double runningUsdPerChipHour)
    {
        if (!(changePerYear > -1))
        {
            throw new ArgumentOutOfRangeException(nameof(changePerYear), changePerYear, "A change above -100 % a year is needed.");
        }

        if (rentUsdPerChipHour <= runningUsdPerChipHour)
        {
            return 0;
        }

        return changePerYear < 0 && runningUsdPerChipHour > 0
            ? Math.Log(runningUsdPerChipHour / rentUsdPerChipHour) / Math.Log(1 + changePerYear)
            : double.PositiveInfinity;
    }
}
