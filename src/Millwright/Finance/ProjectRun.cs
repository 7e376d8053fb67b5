namespace Millwright.Finance;

/// <summary>Sizes the debt on the lender's case, then walks through the months of the case itself.</summary>
internal sealed class ProjectRun
{
    private readonly FinanceCase finance;
    private readonly CaseSeries series;
    private readonly int full;
    private readonly int months;
    private readonly double[] cost;
    private readonly double[] lateCapex;
    private readonly ConstructionTerms terms;
    private readonly IncomeTax tax;
    private readonly double[] early;
    private readonly double[] interestByYear;
    private readonly double[] nextInterestByYear;

    public ProjectRun(FinanceCase finance, CaseSeries series)
    {
        this.finance = finance;
        this.series = series;
        full = finance.FullPowerMonth;
        months = series.Months;
        cost = new double[full];
        lateCapex = new double[months];
        for (int m = 0; m < months; m++)
        {
            double capex = series.ItCapex[m] + series.BuildingCapex[m];
            if (m < full)
            {
                cost[m] = capex;
                OvernightIt += series.ItCapex[m];
                OvernightBuilding += series.BuildingCapex[m];
            }
            else
            {
                lateCapex[m] = capex;
            }
        }

        terms = new ConstructionTerms(finance.Debt.AnnualRate / 12, finance.Debt.CommitmentFee / 12, finance.Debt.UpfrontFee);
        Lives = new AssetLives(finance, series.Energised, series.ItCapex, series.BuildingCapex, series.Years);
        tax = new IncomeTax(finance.Tax, Lives, months, full);
        Service = new DebtService(full, months, finance.Debt);
        Construction = new ConstructionMonths(new double[full], new double[full], new double[full], new double[full]);
        early = new double[full];
        interestByYear = new double[series.Years];
        nextInterestByYear = new double[series.Years];
    }

    public double OvernightIt { get; }

    public double OvernightBuilding { get; }

    public AssetLives Lives { get; }

    public DebtService Service { get; }

    /// <summary>Series of the construction; the last walk's.</summary>
    public ConstructionMonths Construction { get; }

    /// <summary>Sums of the construction; the last walk's.</summary>
    public ConstructionPass Built { get; private set; }

    /// <summary>Senior debt committed, USD.</summary>
    public double DebtUsd { get; private set; }

    /// <summary>Debt that the DSCR allows, USD.</summary>
    public double CapacityUsd { get; private set; }

    public DebtLimit Binding { get; private set; }

    /// <summary>True when interest and fees outgrow the cost at the allowed gearing: no debt is taken.</summary>
    public bool FeesOutgrowCost { get; private set; }

    /// <summary>Change of the last round of the fixed point, USD.</summary>
    public double LastChangeUsd { get; private set; }

    /// <summary>True when the last fixed point was reached.</summary>
    public bool Settled { get; private set; }

    public double ItBasisUsd { get; private set; }

    public double BuildingBasisUsd { get; private set; }

    public double TaxOnSaleUsd { get; private set; }

    public double[] TaxPaid { get; private set; } = [];

    public double[] Cfads { get; private set; } = [];

    public OperatingMonths Months { get; private set; } = new(0);

    public int? DefaultMonth { get; private set; }

    /// <summary>Finds the debt: the tighter of cover and loan to cost, with the tax that its interest saves and the cost that its fees add.</summary>
    public void SizeDebt()
    {
        double[] operating = Operating(series.SizingRevenue, series.SizingOperatingCost);
        double[] operatingByYear = ByYear(operating);
        TaxPaid = new double[months];
        Cfads = new double[months];
        if (!FindDebt(operating, operatingByYear, finance.Debt.LoanToCost))
        {
            FeesOutgrowCost = true;
            DebtUsd = 0;
            Array.Clear(interestByYear);
            Array.Clear(TaxPaid);
            FindDebt(operating, operatingByYear, 0);
        }
    }

    /// <summary>Walks through the case with the debt that stands.</summary>
    public void Operate()
    {
        double[] operating = Operating(series.Revenue, series.OperatingCost);
        double[] operatingByYear = ByYear(operating);
        Months = new OperatingMonths(months);
        double total = Built.NeedUsd;
        for (int round = 0; round < ConstructionFunding.MaxRounds; round++)
        {
            Build(operating, total);
            ChargeTax(operating, operatingByYear);
            Walk();
            double change = Math.Abs(Built.NeedUsd - total) + TakeInterest();
            total = Built.NeedUsd;
            LastChangeUsd = change;
            Settled = change <= ConstructionFunding.Accuracy * Math.Max(total, 1);
            if (Settled)
            {
                return;
            }
        }
    }

    /// <summary>Flows of the project before finance: after the tax of an owner without debt, and before tax.</summary>
    public (double[] AfterTax, double[] BeforeTax) ProjectFlows()
    {
        double[] operating = Operating(series.Revenue, series.OperatingCost);
        double residual = finance.ItResidualUsd + finance.BuildingResidualUsd;
        double[] unlevered = new double[months];
        double onSale = tax.Charge(ByYear(operating), [], OvernightIt, OvernightBuilding, residual, unlevered);
        double[] before = new double[months];
        double[] after = new double[months];
        for (int m = 0; m < months; m++)
        {
            before[m] = operating[m] - series.ItCapex[m] - series.BuildingCapex[m] + (m == months - 1 ? residual : 0);
            after[m] = before[m] - unlevered[m] - (m == months - 1 ? onSale : 0);
        }

        return (after, before);
    }

    private bool FindDebt(double[] operating, double[] operatingByYear, double loanToCost)
    {
        double total = 0;
        for (int round = 0; round < ConstructionFunding.MaxRounds; round++)
        {
            Build(operating, total);
            ChargeTax(operating, operatingByYear);
            double value = Service.PresentValue(Cfads, positiveOnly: true);
            CapacityUsd = value / finance.Debt.Dscr;
            double byCost = loanToCost * Built.NeedUsd;
            double debt = Math.Min(CapacityUsd, byCost);
            Binding = CapacityUsd < byCost ? DebtLimit.Dscr : DebtLimit.LoanToCost;
            Service.Sculpt(Cfads, debt, value, nextInterestByYear);
            double change = Math.Abs(Built.NeedUsd - total) + Math.Abs(debt - DebtUsd) + TakeInterest();
            total = Built.NeedUsd;
            DebtUsd = debt;
            if (change <= ConstructionFunding.Accuracy * Math.Max(total, 1))
            {
                return true;
            }

            if (!double.IsFinite(change))
            {
                return false;
            }
        }

        return false;
    }

    private void Build(double[] operating, double total)
    {
        for (int m = 0; m < full; m++)
        {
            early[m] = operating[m] - TaxPaid[m];
        }

        Built = ConstructionFunding.Pass(cost, early, terms, DebtUsd, total, Construction);
        double financing = Built.InterestUsd + Built.CommitmentUsd + (terms.UpfrontFee * DebtUsd);
        double overnight = OvernightIt + OvernightBuilding;
        double itPart = overnight > 0 ? OvernightIt / overnight : 0;
        ItBasisUsd = OvernightIt + (itPart * financing);
        BuildingBasisUsd = OvernightBuilding + ((1 - itPart) * financing);
    }

    private void ChargeTax(double[] operating, double[] operatingByYear)
    {
        double residual = finance.ItResidualUsd + finance.BuildingResidualUsd;
        TaxOnSaleUsd = tax.Charge(operatingByYear, interestByYear, ItBasisUsd, BuildingBasisUsd, residual, TaxPaid);
        for (int m = full; m < months; m++)
        {
            Cfads[m] = operating[m] - lateCapex[m] - TaxPaid[m];
        }
    }

    private void Walk()
    {
        OperatingMonths walk = Months;
        Array.Clear(nextInterestByYear);
        DefaultMonth = null;
        double monthlyRate = terms.MonthlyRate;
        double tolerance = 0.005 + (1e-9 * DebtUsd);
        double balance = Built.BalanceUsd;
        double cash = Built.CashUsd;
        double accrued = 0;
        int quarter = 0;
        for (int m = full; m < months; m++)
        {
            double interest = balance * monthlyRate;
            accrued += interest;
            nextInterestByYear[m / 12] += interest;
            walk.Interest[m] = interest;
            walk.InterestPaid[m] = walk.InterestAdded[m] = walk.Principal[m] = walk.Distribution[m] = 0;
            cash += Cfads[m];
            if (m == months - 1)
            {
                cash += finance.ItResidualUsd + finance.BuildingResidualUsd - TaxOnSaleUsd;
            }

            // Owners cover what operation lacks; they never pay the debt for it.
            walk.Support[m] = Math.Max(0, -cash);
            cash = Math.Max(0, cash);
            bool scheduled = quarter < Service.Count && m == Service.DueMonth[quarter];
            bool afterTerm = m >= Service.End;
            bool owing = balance > 0;
            if (owing && (scheduled || (afterTerm && ((m - full + 1) % 3 == 0 || m == months - 1))))
            {
                double scheduledBalance = scheduled ? Service.Balance[quarter] : 0;
                double due = Math.Max(0, accrued + balance - scheduledBalance);
                double paid = Math.Min(cash, due);
                double interestPaid = Math.Min(paid, accrued);
                walk.InterestPaid[m] = interestPaid;
                walk.InterestAdded[m] = accrued - interestPaid;
                walk.Principal[m] = paid - interestPaid;

                // What differs by rounding alone counts as paid, so that the last payment clears the loan.
                bool paidInFull = due > 0 && due - paid <= 1e-12 * DebtUsd;
                balance = paidInFull ? scheduledBalance : balance + accrued - paid;
                accrued = 0;
                cash -= paid;
                if (due - paid > tolerance)
                {
                    DefaultMonth ??= m;
                }
                else
                {
                    walk.Distribution[m] = cash;
                    cash = 0;
                }
            }
            else if (!owing)
            {
                walk.Distribution[m] = cash;
                cash = 0;
            }

            quarter += scheduled ? 1 : 0;
            walk.Balance[m] = balance;
            walk.Accrued[m] = accrued;
            walk.Cash[m] = cash;
        }
    }

    private double TakeInterest()
    {
        double change = 0;
        for (int y = 0; y < interestByYear.Length; y++)
        {
            change += Math.Abs(nextInterestByYear[y] - interestByYear[y]);
            interestByYear[y] = nextInterestByYear[y];
        }

        return change;
    }

    private static double[] Operating(double[] revenue, double[] operatingCost)
    {
        double[] operating = new double[revenue.Length];
        for (int m = 0; m < operating.Length; m++)
        {
            operating[m] = revenue[m] - operatingCost[m];
        }

        return operating;
    }

    private double[] ByYear(double[] byMonth)
    {
        double[] sums = new double[series.Years];
        for (int m = 0; m < byMonth.Length; m++)
        {
            sums[m / 12] += byMonth[m];
        }

        return sums;
    }
}

/// <summary>Series of operation that the waterfall fills in, USD by month.</summary>
internal sealed class OperatingMonths(int months)
{
    public double[] Interest { get; } = new double[months];

    public double[] InterestPaid { get; } = new double[months];

    public double[] InterestAdded { get; } = new double[months];

    public double[] Principal { get; } = new double[months];

    public double[] Distribution { get; } = new double[months];

    public double[] Support { get; } = new double[months];

    public double[] Balance { get; } = new double[months];

    public double[] Accrued { get; } = new double[months];

    public double[] Cash { get; } = new double[months];
}
