namespace Millwright.Finance;

/// <summary>Flows of the ledger by month, USD; the only source of the balance sheets.</summary>
internal sealed class FinanceLedger(int months)
{
    public double[] Revenue { get; init; } = new double[months];

    public double[] OperatingCost { get; init; } = new double[months];

    public double[] Tax { get; } = new double[months];

    /// <summary>Capex with interest of construction and fees.</summary>
    public double[] Capex { get; } = new double[months];

    public double[] Depreciation { get; } = new double[months];

    public double[] DebtDrawn { get; } = new double[months];

    public double[] Principal { get; } = new double[months];

    /// <summary>Interest of operation accrued.</summary>
    public double[] OperatingInterest { get; } = new double[months];

    public double[] InterestPaid { get; } = new double[months];

    public double[] InterestAdded { get; } = new double[months];

    public double[] EquityPaidIn { get; } = new double[months];

    public double[] Distributions { get; } = new double[months];

    public double ResidualUsd { get; init; }

    /// <summary>All that was earned, spent and invested, USD: sums of such flows carry rounding in proportion to it, however small what is left of them.</summary>
    public double TurnoverUsd => Revenue.Sum() + OperatingCost.Sum() + Capex.Sum();

    /// <summary>
    /// Balances the sheet of every month: assets from capex and depreciation and from the cash and debt that the waterfall carried, against equity from income.
    /// </summary>
    /// <param name="cash">Cash that the waterfall carried.</param>
    /// <param name="debt">Debt that the waterfall carried.</param>
    /// <param name="accrued">Interest due that the waterfall carried.</param>
    /// <returns>Largest difference over the largest sheet total, or over the turnover where that is larger.</returns>
    public double WorstImbalance(double[] cash, double[] debt, double[] accrued)
    {
        double assets = 0;
        double paidIn = 0;
        double retained = 0;
        double worst = 0;
        double largest = Math.Max(1, TurnoverUsd);
        for (int m = 0; m < months; m++)
        {
            assets += Capex[m] - Depreciation[m];
            double gain = 0;
            if (m == months - 1)
            {
                gain = ResidualUsd - assets;
                assets = 0;
            }

            paidIn += EquityPaidIn[m];
            retained += Revenue[m] - OperatingCost[m] - Depreciation[m] + gain - OperatingInterest[m] - Tax[m] - Distributions[m];
            largest = Math.Max(largest, assets + cash[m]);
            worst = Math.Max(worst, Math.Abs(assets + cash[m] - debt[m] - accrued[m] - paidIn - retained));
        }

        return worst / largest;
    }

    /// <summary>Largest difference between the debt that the waterfall carried and its opening balance, draws, repayments and added interest, over the debt.</summary>
    public double WorstDebtDifference(double[] debt)
    {
        double balance = 0;
        double worst = 0;
        double largest = 1;
        for (int m = 0; m < months; m++)
        {
            balance += DebtDrawn[m] + InterestAdded[m] - Principal[m];
            worst = Math.Max(worst, Math.Abs(balance - debt[m]));
            largest = Math.Max(largest, debt[m]);
        }

        return worst / largest;
    }

    /// <summary>The books by year: each flow rounded to the cent once, every stock rolled forward from the rounded flows.</summary>
    public YearStatement[] Years()
    {
        YearStatement[] years = new YearStatement[(months + 11) / 12];
        decimal fixedAssets = 0;
        decimal cash = 0;
        decimal debt = 0;
        decimal accrued = 0;
        decimal paidIn = 0;
        decimal retained = 0;
        for (int y = 0; y < years.Length; y++)
        {
            bool last = y == years.Length - 1;
            decimal capex = Sum(Capex, y);
            decimal depreciation = Sum(Depreciation, y);
            decimal residual = last ? Cents(ResidualUsd) : 0;
            decimal disposed = last ? fixedAssets + capex - depreciation : 0;
            decimal interest = Sum(OperatingInterest, y);
            decimal interestPaid = Sum(InterestPaid, y);
            decimal interestAdded = Sum(InterestAdded, y);
            decimal drawn = Sum(DebtDrawn, y);
            decimal principal = Sum(Principal, y);
            decimal equity = Sum(EquityPaidIn, y);
            decimal distributions = Sum(Distributions, y);
            decimal revenue = Sum(Revenue, y);
            decimal operatingCost = Sum(OperatingCost, y);
            decimal tax = Sum(Tax, y);
            fixedAssets += capex - depreciation - disposed;
            cash += revenue - operatingCost - tax - capex + residual + drawn + equity - interestPaid - principal - distributions;
            debt += drawn + interestAdded - principal;
            accrued += interest - interestPaid - interestAdded;
            paidIn += equity;
            retained += revenue - operatingCost - depreciation + (residual - disposed) - interest - tax - distributions;
            years[y] = new YearStatement
            {
                Year = y + 1,
                Revenue = revenue,
                OperatingCost = operatingCost,
                Depreciation = depreciation,
                DisposalGain = residual - disposed,
                Interest = interest,
                Tax = tax,
                Capex = capex,
                Residual = residual,
                DebtDrawn = drawn,
                PrincipalPaid = principal,
                InterestPaid = interestPaid,
                InterestAddedToDebt = interestAdded,
                EquityPaidIn = equity,
                Distributions = distributions,
                FixedAssets = fixedAssets,
                Cash = cash,
                Debt = debt,
                AccruedInterest = accrued,
                PaidInEquity = paidIn,
                RetainedEarnings = retained,
            };
        }

        return years;
    }

    private decimal Sum(double[] byMonth, int year)
    {
        double sum = 0;
        for (int m = year * 12; m < Math.Min((year + 1) * 12, months); m++)
        {
            sum += byMonth[m];
        }

        return Cents(sum);
    }

    // Far beyond any project, decimals end; such a number is kept out of the books rather than thrown.
    private static decimal Cents(double usd) => Math.Abs(usd) < 1e24 ? Math.Round((decimal)usd, 2) : 0;
}
