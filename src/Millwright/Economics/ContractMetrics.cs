namespace Millwright.Economics;

/// <summary>Turns a contract as it is announced (a sum, a term, a power, a number of chips) into prices that compare.</summary>
public static class ContractMetrics
{
    /// <summary>Price of power and year of a contract.</summary>
    /// <param name="contractUsd">Value over the whole term, USD.</param>
    /// <param name="termYears">Term, years.</param>
    /// <param name="watts">Power, W, on the basis that the contract names.</param>
    /// <returns>USD per gigawatt and year; NaN without term or power.</returns>
    public static double UsdPerGigawattYear(double contractUsd, double termYears, double watts) =>
        termYears > 0 ? BreakEven.UsdPerGigawattYear(contractUsd / termYears, watts) : double.NaN;

    /// <summary>Price of a chip-hour of a contract, every hour of the year counted.</summary>
    /// <param name="usdPerYear">Payment, USD/yr.</param>
    /// <param name="chips">Chips.</param>
    /// <returns>USD per chip-hour; NaN without chips.</returns>
    public static double UsdPerChipHour(double usdPerYear, double chips) => BreakEven.UsdPerChipHour(usdPerYear, chips);

    /// <summary>Rent of chips over some hours.</summary>
    /// <param name="chips">Chips, mean over the time.</param>
    /// <param name="hours">Hours.</param>
    /// <param name="usdPerChipHour">Rent of a chip-hour, USD.</param>
    /// <returns>USD.</returns>
    public static double RentUsd(double chips, double hours, double usdPerChipHour) => chips * hours * usdPerChipHour;

    /// <summary>Profit over cost, as the maker of DeepSeek states its "cost profit margin". It is not a margin over revenue.</summary>
    /// <param name="revenueUsd">Revenue, USD.</param>
    /// <param name="costUsd">Cost, USD.</param>
    /// <returns>A ratio; NaN without cost.</returns>
    public static double ProfitOverCost(double revenueUsd, double costUsd) => costUsd > 0 ? (revenueUsd - costUsd) / costUsd : double.NaN;
}
