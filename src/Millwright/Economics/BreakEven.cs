using Millwright.Quantities;

namespace Millwright.Economics;

/// <summary>Prices and use at which a year's revenue equals a year's cost. Each grows in proportion to the cost.</summary>
public static class BreakEven
{
    /// <summary>The rent of power that covers a year.</summary>
    /// <param name="annualUsd">Cost of a year, USD/yr.</param>
    /// <param name="facilityWatts">Facility power of the site, W.</param>
    /// <returns>USD per gigawatt of facility power and year; NaN without power.</returns>
    public static double UsdPerGigawattYear(double annualUsd, double facilityWatts) => facilityWatts > 0 ? annualUsd / facilityWatts * 1e9 : double.NaN;

    /// <summary>The rent of a chip that covers a year when a share of all installed chip-hours is sold.</summary>
    /// <param name="annualUsd">Cost of a year, USD/yr.</param>
    /// <param name="chips">Chips installed.</param>
    /// <param name="soldShare">Share of the 8,760 hours of each chip that is paid for; 1 is sold out.</param>
    /// <returns>USD per chip-hour; NaN without chips or sales.</returns>
    public static double UsdPerChipHour(double annualUsd, double chips, double soldShare = 1)
    {
        double soldHours = chips * TimeLength.YearHours * soldShare;
        return soldHours > 0 ? annualUsd / soldHours : double.NaN;
    }

    /// <summary>
    /// The factor on all token prices at which the tokens sold cover a year. The tokens sold are held: that customers buy more or less at other prices
    /// is not modelled.
    /// </summary>
    /// <param name="annualUsd">Cost of a year, USD/yr.</param>
    /// <param name="tokenRevenueUsd">Revenue of a year at the stated prices, USD/yr.</param>
    /// <returns>A factor; below 1 the stated prices more than cover the year. NaN without revenue.</returns>
    public static double TokenPriceScale(double annualUsd, double tokenRevenueUsd) => tokenRevenueUsd > 0 ? annualUsd / tokenRevenueUsd : double.NaN;
}
