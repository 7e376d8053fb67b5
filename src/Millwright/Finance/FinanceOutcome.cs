namespace Millwright.Finance;

/// <summary>Makes the result of a finished run: sources, returns, cover, books and checks.</summary>
internal sealed class FinanceOutcome
{
    private const double Tolerance = 1e-9;

    private readonly FinanceCase finance;
    private readonly ProjectRun run;
    private readonly int months;
    private readonly int full;
    private readonly FinanceLedger ledger;
    private readonly double[] interest;
    private readonly double[] balance;
    private readonly double[] cash;
    private readonly double[] equityFlow;
    private readonly double[] supplierPaidIn;
    private readonly double[] energised;

    public FinanceOutcome(FinanceCase finance, CaseSeries series, ProjectRun run)
    {
        this.finance = finance;
        this.run = run;
        months = series.Months;
        full = finance.FullPowerMonth;
        energised = series.Energised;
        ledger = new FinanceLedger(months)
        {
            Revenue = series.Revenue,
            OperatingCost = series.OperatingCost,
            ResidualUsd = finance.ItResidualUsd + finance.BuildingResidualUsd,
        };
        interest = new double[months];
        balance = new double[months];
        cash = new double[months];
        equityFlow = new double[months];
        supplierPaidIn = new double[months];
        double before = 0;
        for (int m = 0; m < months; m++)
        {
            ledger.Tax[m] = run.TaxPaid[m] + (m == months - 1 ? run.TaxOnSaleUsd : 0);
            ledger.Depreciation[m] = run.Lives.Book(m, run.ItBasisUsd, run.BuildingBasisUsd);
            ledger.Capex[m] = series.ItCapex[m] + series.BuildingCapex[m];
            if (m < full)
            {
                balance[m] = run.Construction.BalanceUsd[m];
                interest[m] = before * finance.Debt.AnnualRate / 12;
                cash[m] = run.Construction.CashUsd[m];
                ledger.Capex[m] += run.Construction.FinancingUsd[m];
                ledger.DebtDrawn[m] = balance[m] - before;
                ledger.EquityPaidIn[m] = Math.Max(0, run.Construction.NeedUsd[m] - ledger.DebtDrawn[m]);
            }
            else
            {
                OperatingMonths walk = run.Months;
                balance[m] = walk.Balance[m];
                interest[m] = ledger.OperatingInterest[m] = walk.Interest[m];
                cash[m] = walk.Cash[m];
                ledger.InterestPaid[m] = walk.InterestPaid[m];
                ledger.InterestAdded[m] = walk.InterestAdded[m];
                ledger.Principal[m] = walk.Principal[m];
                ledger.EquityPaidIn[m] = walk.Support[m];
                ledger.Distributions[m] = walk.Distribution[m];
            }

            equityFlow[m] = ledger.Distributions[m] - ledger.EquityPaidIn[m];
            before = balance[m];
        }
    }

    public FinanceResult Result()
    {
        FinanceUses uses = new(
            run.OvernightIt + run.OvernightBuilding,
            run.Built.InterestUsd,
            finance.Debt.UpfrontFee * run.DebtUsd,
            run.Built.CommitmentUsd,
            EarlyOperatingCash());
        FinanceSources sources = Sources(out double peakGap);
        (double[] project, double[] projectBeforeTax) = run.ProjectFlows();
        (int[] testMonths, double[] dscr) = CoverTests();
        double closingDebt = balance[^1] + run.Months.Accrued[^1];
        double debtAtFullPower = run.Built.BalanceUsd;
        (FinanceStatus status, string? reason) = Status(sources, peakGap, uses.Total, closingDebt);
        YearStatement[] years = ledger.Years();
        return new FinanceResult
        {
            Status = status,
            StatusReason = reason,
            DefaultMonth = run.DefaultMonth,
            ClosingDebtUsd = closingDebt,
            PeakGapUsd = peakGap,
            Uses = uses,
            Sources = sources,
            Binding = run.Binding,
            DscrCapacityUsd = run.CapacityUsd,
            ProjectIrr = CashFlowMeasures.InternalRate(project, 12).Annualised(12),
            ProjectIrrBeforeTax = CashFlowMeasures.InternalRate(projectBeforeTax, 12).Annualised(12),
            EquityIrr = CashFlowMeasures.InternalRate(equityFlow, 12).Annualised(12),
            Moic = Multiple(),
            PaybackYears = CashFlowMeasures.PaybackPeriods(equityFlow) / 12,
            ProjectPaybackYears = CashFlowMeasures.PaybackPeriods(project) / 12,
            DscrTestMonths = testMonths,
            Dscr = dscr,
            MinDscr = dscr.Length == 0 ? double.NaN : dscr.Min(),
            AverageDscr = dscr.Length == 0 ? double.NaN : dscr.Average(),
            Llcr = debtAtFullPower > 0 ? run.Service.PresentValue(run.Cfads, positiveOnly: false) / debtAtFullPower : double.NaN,
            Months = new FinanceMonths
            {
                Cfads = run.Cfads,
                Tax = ledger.Tax,
                Interest = interest,
                Principal = ledger.Principal,
                DebtDrawn = ledger.DebtDrawn,
                DebtBalance = balance,
                Cash = cash,
                EquityPaidIn = ledger.EquityPaidIn,
                Distributions = ledger.Distributions,
                EquityFlow = equityFlow,
                ProjectFlow = project,
                ProjectFlowBeforeTax = projectBeforeTax,
                SupplierPaidIn = supplierPaidIn,
            },
            Years = years,
            Checks = Checks(uses, sources, years),
        };
    }

    private double EarlyOperatingCash()
    {
        double sum = -run.Built.CashUsd;
        for (int m = 0; m < full; m++)
        {
            sum += ledger.Revenue[m] - ledger.OperatingCost[m] - ledger.Tax[m];
        }

        return sum;
    }

    // Equity pays its part of each month whoever brings it; outside equity bridges the supplier until its milestones and is then taken out at par.
    private FinanceSources Sources(out double peakGap)
    {
        double limit = finance.Equity.OutsideLimitUsd ?? double.PositiveInfinity;
        double equity = 0;
        double inService = 0;
        double sponsor = 0;
        double supplier = 0;
        double outside = 0;
        peakGap = 0;
        for (int m = 0; m <= full; m++)
        {
            equity += m < full ? ledger.EquityPaidIn[m] : 0;
            inService += energised[m];
            sponsor = Math.Min(finance.Equity.SponsorCashUsd, equity);
            supplier = Math.Min(finance.Equity.SupplierUsd * Math.Min(1, inService), equity - sponsor);
            outside = equity - sponsor - supplier;
            peakGap = Math.Max(peakGap, outside - limit);
            supplierPaidIn[m] = supplier;
        }

        Array.Fill(supplierPaidIn, supplier, full, months - full);
        double raised = Math.Min(outside, limit);
        return new FinanceSources(run.Built.BalanceUsd, sponsor, supplier, raised, outside - raised);
    }

    private (FinanceStatus Status, string? Reason) Status(FinanceSources sources, double peakGap, double total, double closingDebt)
    {
        if (run.FeesOutgrowCost)
        {
            return (FinanceStatus.NotFinanceable, "interest and fees during construction outgrow the cost at the allowed loan to cost; shown without debt");
        }

        if (sources.Gap > Tolerance * total)
        {
            return (FinanceStatus.NotFinanceable, $"the sources are {sources.Gap / 1e9:0.00} B$ short of the uses");
        }

        if (peakGap > Tolerance * total)
        {
            return (FinanceStatus.NotFinanceable, $"outside equity would have to bridge {peakGap / 1e9:0.00} B$ above its limit until the supplier's milestones");
        }

        return run.DefaultMonth is int month
            ? (FinanceStatus.Default, $"debt service was short in month {month}; {closingDebt / 1e9:0.00} B$ stay unpaid at the end")
            : (FinanceStatus.Ok, null);
    }

    private (int[] Months, double[] Dscr) CoverTests()
    {
        DebtService service = run.Service;
        if (run.Built.BalanceUsd <= 0)
        {
            return ([], []);
        }

        List<int> testMonths = new(service.Count);
        List<double> ratios = new(service.Count);
        for (int q = 0; q < service.Count; q++)
        {
            double available = 0;
            double due = 0;
            for (int k = Math.Max(0, q - 3); k <= q; k++)
            {
                available += service.QuarterCash(run.Cfads, k);
                due += service.Service[k];
            }

            if (due > 0)
            {
                testMonths.Add(service.DueMonth[q]);
                ratios.Add(available / due);
            }
        }

        return ([.. testMonths], [.. ratios]);
    }

    private double Multiple()
    {
        double paidIn = ledger.EquityPaidIn.Sum();
        return paidIn > 0 ? ledger.Distributions.Sum() / paidIn : double.NaN;
    }

    private FinanceCheck[] Checks(FinanceUses uses, FinanceSources sources, YearStatement[] years)
    {
        double sheet = ledger.WorstImbalance(cash, balance, run.Months.Accrued);
        double debt = ledger.WorstDebtDifference(balance);
        double leastCash = cash.Min();
        double scale = Math.Max(1, ledger.TurnoverUsd);
        decimal worstYear = years.Max(y => Math.Abs(y.Assets - y.LiabilitiesAndEquity));
        decimal offBooks = Math.Abs(years[^1].Debt - (decimal)balance[^1]) + Math.Abs(years[^1].Cash - (decimal)cash[^1]);
        return
        [
            new FinanceCheck(
                "sources equal uses",
                Math.Abs(sources.Total - uses.Total) <= Tolerance * scale,
                $"{sources.Total:0.00} and {uses.Total:0.00} USD"),
            new FinanceCheck("debt rolls forward", debt <= Tolerance, $"largest difference {debt:0.0e+00} of the debt"),
            new FinanceCheck("balance sheet balances each month", sheet <= Tolerance, $"largest difference {sheet:0.0e+00} of the assets or the turnover"),
            new FinanceCheck("balance sheet balances each year to the cent", worstYear == 0, $"largest difference {worstYear:0.00} USD"),
            new FinanceCheck("books agree with the waterfall", offBooks <= 1 + (decimal)(Tolerance * scale), $"cash and debt differ by {offBooks:0.00} USD"),
            new FinanceCheck("cash is never negative", leastCash >= 0, $"least {leastCash:0.00} USD"),
            new FinanceCheck("debt, fees and tax settle", run.Settled, $"last change {run.LastChangeUsd:0.0e+00} USD"),
        ];
    }
}
