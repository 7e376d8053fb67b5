namespace Millwright.Economics;

/// <summary>Capacity sold by power and year: a price for a term, then a re-let at a share of it.</summary>
/// <param name="UsdPerWattYear">Price in the first year, USD/(W yr) of facility power. 1 USD/(W yr) is 1 B$/GW-yr.</param>
/// <param name="TermYears">Term from full power, years.</param>
/// <param name="RenewalShare">Price after the term over the price that the contract would have.</param>
/// <param name="EscalationPerYear">Change of the price at each anniversary, 1/yr.</param>
public readonly record struct CapacityContract(double UsdPerWattYear, double TermYears, double RenewalShare, double EscalationPerYear)
{
    /// <summary>The price at a time. While the capacity ramps the first year's price holds.</summary>
    /// <param name="yearsFromFullPower">Years since full power; negative before.</param>
    /// <returns>USD/(W yr).</returns>
    public double UsdPerWattYearAt(double yearsFromFullPower)
    {
        double anniversaries = Math.Max(0, Math.Floor(yearsFromFullPower));
        double share = yearsFromFullPower < TermYears ? 1 : RenewalShare;
        return UsdPerWattYear * share * Math.Pow(1 + EscalationPerYear, anniversaries);
    }

    /// <summary>Revenue of one month.</summary>
    /// <param name="standingWatts">Facility power that stands in the month, W.</param>
    /// <param name="monthsFromFullPower">Whole months since full power at the start of the month; negative before.</param>
    /// <returns>USD.</returns>
    public double MonthUsd(double standingWatts, int monthsFromFullPower) => standingWatts * UsdPerWattYearAt(monthsFromFullPower / 12.0) / 12;
}
