namespace Millwright.Finance;

/// <summary>What one year's tax made of income and carried losses.</summary>
/// <param name="UsedUsd">Carried losses used, USD.</param>
/// <param name="CarriedUsd">Losses carried on, USD.</param>
/// <param name="TaxUsd">Tax, USD.</param>
public readonly record struct TaxYear(double UsedUsd, double CarriedUsd, double TaxUsd);

/// <summary>Income tax with losses carried forward without end and used up to a share of a year's income.</summary>
public static class LossCarryForward
{
    /// <summary>Tax of one year.</summary>
    /// <remarks>Source: US Internal Revenue Code, section 172(a)(2): losses after 2017 cover at most 80 % of a year's income.</remarks>
    /// <param name="incomeUsd">Taxable income before losses, USD.</param>
    /// <param name="carriedUsd">Losses carried into the year, USD, not negative.</param>
    /// <param name="taxRate">Tax rate.</param>
    /// <param name="lossUse">Share of the year's income that carried losses may cover.</param>
    /// <returns>Losses used and carried on, and the tax.</returns>
    public static TaxYear Next(double incomeUsd, double carriedUsd, double taxRate, double lossUse)
    {
        if (incomeUsd <= 0)
        {
            return new TaxYear(0, carriedUsd - incomeUsd, 0);
        }

        double used = Math.Min(carriedUsd, lossUse * incomeUsd);
        return new TaxYear(used, carriedUsd - used, taxRate * (incomeUsd - used));
    }

    /// <summary>Tax of a row of years.</summary>
    /// <param name="incomeUsd">Taxable income before losses by year, USD.</param>
    /// <param name="taxRate">Tax rate.</param>
    /// <param name="lossUse">Share of a year's income that carried losses may cover.</param>
    /// <returns>One entry per year.</returns>
    public static TaxYear[] Run(ReadOnlySpan<double> incomeUsd, double taxRate, double lossUse)
    {
        TaxYear[] years = new TaxYear[incomeUsd.Length];
        double carried = 0;
        for (int y = 0; y < years.Length; y++)
        {
            years[y] = Next(incomeUsd[y], carried, taxRate, lossUse);
            carried = years[y].CarriedUsd;
        }

        return years;
    }
}
