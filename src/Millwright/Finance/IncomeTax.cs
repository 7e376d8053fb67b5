namespace Millwright.Finance;

/// <summary>Income tax of a case: tax years are blocks of twelve months from month 0; a year's tax is paid in equal parts over its months of operation.</summary>
internal sealed class IncomeTax(TaxTerms terms, AssetLives lives, int months, int fullPowerMonth)
{
    private readonly double rate = terms.CombinedRate;

    /// <summary>Fills in the tax paid by month, without that on the sale of the assets.</summary>
    /// <param name="operatingByYear">Revenue less operating cost by tax year, USD.</param>
    /// <param name="interestByYear">Interest deducted by tax year, USD; empty for an unlevered owner.</param>
    /// <param name="itBasisUsd">Cost of IT funded by the sources, with its part of interest and fees of construction.</param>
    /// <param name="buildingBasisUsd">Cost of the building, likewise.</param>
    /// <param name="residualUsd">Residual received in the last month.</param>
    /// <param name="paidUsd">Receives the tax by month.</param>
    /// <returns>Tax on the sale, in the last month, USD: negative where the loss on the sale brings back tax of that year.</returns>
    public double Charge(
        ReadOnlySpan<double> operatingByYear,
        ReadOnlySpan<double> interestByYear,
        double itBasisUsd,
        double buildingBasisUsd,
        double residualUsd,
        Span<double> paidUsd)
    {
        paidUsd.Clear();
        double carried = 0;
        double onSale = 0;
        for (int y = 0; y < operatingByYear.Length; y++)
        {
            double income = operatingByYear[y]
                - (interestByYear.IsEmpty ? 0 : interestByYear[y])
                - (itBasisUsd * lives.ItTax[y])
                - (buildingBasisUsd * lives.BuildingTax[y])
                - lives.LateTax[y];
            TaxYear year = LossCarryForward.Next(income, carried, rate, terms.LossUse);
            Spread(year.TaxUsd, y, paidUsd);
            if (y == operatingByYear.Length - 1)
            {
                double gain = residualUsd - (itBasisUsd * lives.ItTaxLeft) - (buildingBasisUsd * lives.BuildingTaxLeft) - lives.LateTaxLeft;
                onSale = LossCarryForward.Next(income + gain, carried, rate, terms.LossUse).TaxUsd - year.TaxUsd;
            }

            carried = year.CarriedUsd;
        }

        return onSale;
    }

    private void Spread(double taxUsd, int year, Span<double> paidUsd)
    {
        if (taxUsd == 0)
        {
            return;
        }

        int end = Math.Min((year + 1) * 12, months);
        int start = end > fullPowerMonth ? Math.Max(year * 12, fullPowerMonth) : year * 12;
        for (int m = start; m < end; m++)
        {
            paidUsd[m] = taxUsd / (end - start);
        }
    }
}
