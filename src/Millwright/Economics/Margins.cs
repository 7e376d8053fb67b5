namespace Millwright.Economics;

/// <summary>
/// Three margins over the same revenue. Token: less what serving the tokens uses up (energy, water and other variable cost). Gross: less the whole
/// cost of serving, with depreciation and with the tokens that nobody pays for. Operating: less training, research, sales and overhead too. Interest
/// and tax come after all three.
/// </summary>
/// <param name="Token">(revenue - variable cost) / revenue; NaN without revenue.</param>
/// <param name="Gross">(revenue - cost of serving) / revenue; NaN without revenue.</param>
/// <param name="Operating">(revenue - cost of serving - overhead) / revenue; NaN without revenue.</param>
public readonly record struct Margins(double Token, double Gross, double Operating)
{
    /// <summary>Reckons the margins of a year.</summary>
    /// <param name="revenueUsd">Revenue of paid tokens, USD/yr.</param>
    /// <param name="variableUsd">Energy and other variable cost of all tokens served, paid or free, USD/yr.</param>
    /// <param name="operatingCostUsd">Operating cost of the factory, the variable cost within it, USD/yr.</param>
    /// <param name="depreciationUsd">Depreciation of IT and building, USD/yr. For whoever rents the factory: the rent instead, and no operating cost but its own.</param>
    /// <param name="overheadUsd">Training, research, sales and overhead, USD/yr.</param>
    /// <returns>The margins as ratios.</returns>
    public static Margins Of(double revenueUsd, double variableUsd, double operatingCostUsd, double depreciationUsd, double overheadUsd)
    {
        if (!(revenueUsd > 0))
        {
            return new Margins(double.NaN, double.NaN, double.NaN);
        }

        double serving = operatingCostUsd + depreciationUsd;
        return new Margins(
            (revenueUsd - variableUsd) / revenueUsd,
            (revenueUsd - serving) / revenueUsd,
            (revenueUsd - serving - overheadUsd) / revenueUsd);
    }
}
