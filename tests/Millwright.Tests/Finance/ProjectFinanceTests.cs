using Millwright.Finance;

namespace Millwright.Tests.Finance;

public sealed class ProjectFinanceTests
{
    private static readonly TaxTerms NoTax = new() { NationalRate = 0 };

    [Fact]
    public void TheGigawattIsFinancedAndItsLedgersClose()
    {
        FinanceResult result = ProjectFinance.Run(Cases.Gigawatt());
        AssertClosed(result);
        Assert.Equal(FinanceStatus.Ok, result.Status);
        Assert.Equal("ok", result.StatusText);
        Assert.Null(result.DefaultMonth);
        Assert.Equal(0, result.ClosingDebtUsd, 1e-3);
        Assert.Equal(55e9, result.Uses.Overnight, 1.0);
        Assert.Equal(10e9, result.Sources.Supplier, 1.0);
        Assert.Equal(0, result.Sources.Gap);
    }

    [Fact]
    public void ConstructionIsFundedAsReferenceCasesC3()
    {
        int months = 13 + 60;
        FinanceCase finance = new()
        {
            ItCapexUsd = Cases.During(months, 1, 13, 1e9 / 12),
            BuildingCapexUsd = new double[months],
            RevenueUsd = Cases.During(months, 13, months, 1e9 / 12),
            OperatingCostUsd = new double[months],
            FullPowerMonth = 13,
            Debt = new DebtTerms { LoanToCost = 0.7, Dscr = 1.35, AnnualRate = 0.0875, UpfrontFee = 0.02, CommitmentFee = 0.0075 },
        };
        FinanceResult result = ProjectFinance.Run(finance);
        AssertClosed(result);
        Assert.Equal("loan_to_cost", result.BindingText);
        Agreement.Usd(1047214785.14, result.Uses.Total);
        Agreement.Usd(733050349.60, result.Sources.Debt);
        Agreement.Usd(14661006.99, result.Uses.UpfrontFee);
        Agreement.Usd(29592391.20, result.Uses.InterestDuringConstruction);
        Agreement.Usd(2961386.95, result.Uses.CommitmentFee);
        Agreement.Usd(314164435.54, result.Sources.OutsideEquity);
    }

    [Fact]
    public void DebtBoundByCoverIsWorthItsQuartersOfCash()
    {
        FinanceCase finance = Cases.Gigawatt(9e9) with { Tax = NoTax };
        FinanceResult result = ProjectFinance.Run(finance);
        AssertClosed(result);
        Assert.Equal("dscr", result.BindingText);
        double expected = 0;
        for (int q = 1; q <= 20; q++)
        {
            expected += (9e9 - 1.5e9) / 4 / 1.3 / Math.Pow(1 + (0.083 / 4), q);
        }

        Assert.Equal(expected, result.Sources.Debt, 1e-9 * expected);
        Assert.Equal(expected, result.DscrCapacityUsd, 1e-9 * expected);
        Assert.Equal(20, result.Dscr.Count);
        Assert.All(result.Dscr, dscr => Assert.Equal(1.3, dscr, 1e-9));
        Assert.Equal(1.3, result.MinDscr, 1e-9);
        Assert.Equal(1.3, result.AverageDscr, 1e-9);
        Assert.Equal(1.3, result.Llcr, 1e-9);
    }

    [Fact]
    public void CoverHoldsAfterTaxThatTheInterestItselfLowers()
    {
        FinanceCase finance = Cases.Gigawatt(16e9) with { Debt = new DebtTerms { LoanToCost = 1, Dscr = 2, AnnualRate = 0.083 } };
        finance = finance with { Tax = new TaxTerms { StateRate = 0.05, ItBonusShare = 0 } };
        FinanceResult result = ProjectFinance.Run(finance);
        AssertClosed(result);
        Assert.Equal("dscr", result.BindingText);
        Assert.All(result.Dscr, dscr => Assert.Equal(2, dscr, 1e-9));
        Assert.True(result.Months.Tax.Sum() > 1e9);

        // Without the deduction of interest there would be more tax, less cash and less debt.
        FinanceResult dearer = ProjectFinance.Run(finance with { Debt = finance.Debt with { AnnualRate = 0.12 } });
        Assert.True(dearer.Sources.Debt < result.Sources.Debt);
    }

    [Fact]
    public void WhenLoanToCostBindsTheSculptedProfileIsScaled()
    {
        FinanceCase finance = Cases.Gigawatt(20e9) with { Tax = NoTax };
        double[] revenue = [.. finance.RevenueUsd.Select((x, m) => x * (1 - (0.005 * m)))];
        FinanceResult result = ProjectFinance.Run(finance with { RevenueUsd = revenue });
        AssertClosed(result);
        Assert.Equal("loan_to_cost", result.BindingText);
        Assert.Equal(0.65, result.Sources.Debt / result.Uses.Total, 1e-11);
        double scaled = 1.3 * result.DscrCapacityUsd / result.Sources.Debt;
        Assert.True(scaled > 1.3);
        Assert.All(result.Dscr, dscr => Assert.Equal(scaled, dscr, 1e-9));
    }

    [Fact]
    public void TaxFollowsTheRulesYearByYear()
    {
        FinanceCase finance = Cases.Gigawatt() with
        {
            Debt = new DebtTerms { LoanToCost = 0 },
            Tax = new TaxTerms { NationalRate = 0.21, StateRate = 0.06, ItBonusShare = 0.4, BuildingLifeMonths = 468 },
        };
        FinanceResult result = ProjectFinance.Run(finance);
        AssertClosed(result);

        // Full power in month 18: the second tax year. Building: five and a half months of 468 in it, by the mid-month convention.
        double[] five = [.. Depreciation.MacrsHalfYear(5, 2).Select(x => 0.6 * x)];
        five[0] += 0.4;
        double[] buildingMonths = [0, 5.5, 12, 12, 12, 12, 6];
        double[] income = new double[7];
        for (int y = 1; y < 7; y++)
        {
            int operatingMonths = y == 1 || y == 6 ? 6 : 12;
            income[y] = ((13.3e9 - 1.5e9) / 12 * operatingMonths) - (35.75e9 * five[y - 1]) - (19.25e9 * buildingMonths[y] / 468);
        }

        double gain = (19.25e9 * 15 / 20) - (19.25e9 * (1 - (59.5 / 468)));
        income[6] += gain;
        TaxYear[] expected = LossCarryForward.Run(income, 0.06 + (0.21 * 0.94), 0.8);
        for (int y = 0; y < 7; y++)
        {
            Assert.Equal(expected[y].TaxUsd, (double)result.Years[y].Tax, 1.0);
        }

        Assert.True(expected[5].TaxUsd > 0);
    }

    [Fact]
    public void WithoutDebtAndEarlyCashEquityEarnsWhatTheProjectEarns()
    {
        FinanceResult result = ProjectFinance.Run(Cases.Gigawatt(15e9) with { Debt = new DebtTerms { LoanToCost = 0 } });
        AssertClosed(result);
        Assert.Equal(result.ProjectIrr.Rate, result.EquityIrr.Rate, 1e-12);
        Assert.Equal(0, result.Sources.Debt);
        Assert.True(double.IsNaN(result.MinDscr) && double.IsNaN(result.Llcr));
        Assert.Empty(result.Dscr);
    }

    [Fact]
    public void AnAnnuityHasItsTextbookReturn()
    {
        // 1000 at month 0, 12 per month for 100 months: 1 % a month repays 1000 = 12·a(r, 100); r found from the annuity formula.
        int months = 101;
        FinanceCase finance = new()
        {
            ItCapexUsd = Cases.During(months, 0, 1, 1000),
            BuildingCapexUsd = new double[months],
            RevenueUsd = Cases.During(months, 1, months, 20),
            OperatingCostUsd = Cases.During(months, 1, months, 8),
            FullPowerMonth = 1,
            Debt = new DebtTerms { LoanToCost = 0 },
            Tax = NoTax,
        };
        FinanceResult result = ProjectFinance.Run(finance);
        double monthly = TimeValue.Rate(100, 12, -1000).Rate;
        Assert.Equal(Math.Pow(1 + monthly, 12) - 1, result.ProjectIrr.Rate, 1e-12);
        Assert.Equal(result.ProjectIrrBeforeTax.Rate, result.ProjectIrr.Rate, 1e-12);
        Assert.Equal(1.2, result.Moic, 1e-12);
        Assert.Equal(1000.0 / 12 / 12, result.PaybackYears!.Value, 1e-9);
    }

    [Fact]
    public void RevenueBeforeFullPowerPaysCostsFirst()
    {
        FinanceCase finance = Cases.Gigawatt() with { Tax = NoTax };
        double[] revenue = [.. finance.RevenueUsd];
        revenue[16] = 0.5e9;
        revenue[17] = 0.5e9;
        double[] energised = Cases.During(revenue.Length, 16, 18, 0.5);
        FinanceResult early = ProjectFinance.Run(finance with { RevenueUsd = revenue, EnergisedShare = energised });
        AssertClosed(early);
        Assert.Equal(1e9, early.Uses.EarlyOperatingCash, 1e-3);
        Assert.Equal(55e9 - 1e9, early.Uses.Total - early.Uses.InterestDuringConstruction - early.Uses.UpfrontFee, 1.0);

        // More than the month needs is carried on, not drawn against.
        revenue[16] = 20e9;
        FinanceResult rich = ProjectFinance.Run(finance with { RevenueUsd = revenue, EnergisedShare = energised });
        AssertClosed(rich);
        Assert.True(rich.Months.Cash[16] > 10e9);
        Assert.Equal(0, rich.Months.DebtDrawn[17]);
    }

    [Fact]
    public void SourcesComeInTheirOrderAndTheSupplierWithTheMilestones()
    {
        FinanceCase finance = Cases.Gigawatt();
        double[] energised = new double[finance.RevenueUsd.Count];
        energised[15] = 0.25;
        energised[18] = 0.75;
        FinanceCase both = finance with { EnergisedShare = energised, Equity = new EquityTerms { SponsorCashUsd = 2e9, SupplierUsd = 10e9 } };
        FinanceResult result = ProjectFinance.Run(both);
        AssertClosed(result);
        Assert.Equal(2e9, result.Sources.SponsorCash, 1e-3);
        Assert.Equal(10e9, result.Sources.Supplier, 1e-3);
        Assert.Equal(0, result.Months.SupplierPaidIn[14]);
        Assert.Equal(2.5e9, result.Months.SupplierPaidIn[15], 1e-3);
        Assert.Equal(10e9, result.Months.SupplierPaidIn[18], 1e-3);
        Assert.Equal(result.Uses.Total - result.Sources.Debt - 12e9, result.Sources.OutsideEquity, 100.0);

        // Nobody is asked for more than the equity needed.
        FinanceResult rich = ProjectFinance.Run(both with { Equity = new EquityTerms { SponsorCashUsd = 1e9, SupplierUsd = 100e9 } });
        AssertClosed(rich);
        Assert.Equal(0, rich.Sources.OutsideEquity, 1e-3);
        Assert.Equal(rich.Uses.Total - rich.Sources.Debt - 1e9, rich.Sources.Supplier, 100.0);
    }

    [Fact]
    public void AnEquityLimitLeavesAGapOfItsSize()
    {
        FinanceCase finance = Cases.Gigawatt() with { Equity = new EquityTerms { SupplierUsd = 10e9 } };
        FinanceResult open = ProjectFinance.Run(finance);
        double limit = open.Sources.OutsideEquity - 3e9;
        FinanceResult result = ProjectFinance.Run(finance with { Equity = finance.Equity with { OutsideLimitUsd = limit } });
        AssertClosed(result);
        Assert.Equal("not financeable", result.StatusText);
        Assert.Equal(3e9, result.Sources.Gap, 1e-3);
        Assert.Equal(limit, result.Sources.OutsideEquity, 1e-3);
        Assert.Contains("3.00 B$", result.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public void ALimitTooLowToBridgeTheMilestonesIsSaid()
    {
        FinanceCase finance = Cases.Gigawatt();
        FinanceResult open = ProjectFinance.Run(finance);
        FinanceResult result = ProjectFinance.Run(
            finance with { Equity = finance.Equity with { OutsideLimitUsd = open.Sources.OutsideEquity + 4e9 } });
        Assert.Equal(FinanceStatus.NotFinanceable, result.Status);
        Assert.Equal(0, result.Sources.Gap);
        Assert.Equal(6e9, result.PeakGapUsd, 10.0);
        Assert.Contains("bridge", result.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public void ALoanThatCannotBePaidDefaultsAndStaysUnpaid()
    {
        FinanceCase bank = Cases.Gigawatt() with { Tax = NoTax };
        FinanceResult sized = ProjectFinance.Run(bank);
        FinanceCase stressed = bank with
        {
            SizingRevenueUsd = bank.RevenueUsd,
            RevenueUsd = bank.RevenueUsd.Times(0.4),
            BuildingResidualUsd = 0,
        };
        FinanceResult result = ProjectFinance.Run(stressed);
        AssertClosed(result);
        Assert.Equal("default", result.StatusText);
        Assert.Equal(Cases.BuildMonths + 2, result.DefaultMonth);
        Assert.True(result.ClosingDebtUsd > 1e9);
        Assert.Equal(result.Months.DebtBalance[^1], result.ClosingDebtUsd, 1e-3);
        Assert.Equal(0, result.Months.Distributions.Sum());
        Assert.Equal(RateOfReturnKind.None, result.EquityIrr.Kind);
        Assert.NotNull(result.EquityIrr.Reason);
        Assert.Equal(0, result.Moic);
        Assert.Null(result.PaybackYears);
        Assert.True(result.MinDscr < 1);

        // What is unpaid is what was lent, with interest, less what was paid: Σ in future value.
        double owed = sized.Sources.Debt;
        for (int q = 0; q < 20; q++)
        {
            owed = (owed * (1 + (0.083 / 4))) - ((0.4 * 13.3e9) - 1.5e9) / 4;
        }

        Assert.Equal(owed, result.ClosingDebtUsd, 1e-6 * owed);
    }

    [Fact]
    public void ABadQuarterThatIsMadeGoodIsStillADefaultButNothingStaysUnpaid()
    {
        FinanceCase bank = Cases.Gigawatt();
        double[] revenue = [.. bank.RevenueUsd];
        revenue[30] = revenue[31] = revenue[32] = 0;
        FinanceResult result = ProjectFinance.Run(bank with { SizingRevenueUsd = bank.RevenueUsd, RevenueUsd = revenue });
        AssertClosed(result);
        Assert.Equal(FinanceStatus.Default, result.Status);
        Assert.InRange(result.DefaultMonth!.Value, 30, 32);
        Assert.Equal(0, result.ClosingDebtUsd, 1e-3);
        Assert.Equal(0, result.Months.Distributions[result.DefaultMonth.Value]);
        Assert.True(result.Months.EquityPaidIn[30] > 0);
    }

    [Fact]
    public void AStressSmallerThanTheCoverIsNoDefault()
    {
        FinanceCase bank = Cases.Gigawatt(10e9) with { Tax = NoTax };
        FinanceResult held = ProjectFinance.Run(bank with { SizingRevenueUsd = bank.RevenueUsd, RevenueUsd = bank.RevenueUsd.Times(0.81) });
        Assert.Equal(FinanceStatus.Ok, held.Status);
        Assert.Equal(((0.81 * 10) - 1.5) / ((10 - 1.5) / 1.3), held.MinDscr, 1e-9);
        FinanceResult broken = ProjectFinance.Run(bank with { SizingRevenueUsd = bank.RevenueUsd, RevenueUsd = bank.RevenueUsd.Times(0.79) });
        Assert.Equal(FinanceStatus.Default, broken.Status);
    }

    [Fact]
    public void FeesThatOutgrowTheCostAreAnAnswer()
    {
        FinanceCase finance = Cases.Gigawatt(1e13) with { Debt = new DebtTerms { LoanToCost = 1, AnnualRate = 3, UpfrontFee = 0.5 } };
        FinanceResult result = ProjectFinance.Run(finance);
        AssertClosed(result);
        Assert.Equal(FinanceStatus.NotFinanceable, result.Status);
        Assert.Equal(0, result.Sources.Debt);
        Assert.Contains("outgrow", result.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public void AProjectThatOnlyLosesPaysNoTaxAndHasNoReturn()
    {
        FinanceResult result = ProjectFinance.Run(Cases.Gigawatt(1e9) with { BuildingResidualUsd = 0 });
        AssertClosed(result);
        Assert.All(result.Months.Tax, tax => Assert.Equal(0, tax));
        Assert.Equal(0, result.Sources.Debt);
        Assert.Equal("dscr", result.BindingText);
        Assert.Equal(RateOfReturnKind.None, result.ProjectIrr.Kind);
        Assert.True(double.IsNaN(result.ProjectIrr.Rate));
        Assert.NotNull(result.ProjectIrr.Reason);
    }

    [Fact]
    public void TheSameCaseGivesTheSameBits()
    {
        FinanceResult first = ProjectFinance.Run(Cases.Gigawatt());
        FinanceResult second = ProjectFinance.Run(Cases.Gigawatt());
        Assert.Equal(first.EquityIrr.Rate, second.EquityIrr.Rate);
        Assert.Equal(first.Sources, second.Sources);
        Assert.Equal(first.Months.EquityFlow, second.Months.EquityFlow);
        Assert.Equal(first.Years, second.Years);
    }

    [Fact]
    public void TheBooksShowTheSameMoneyAsTheMonths()
    {
        FinanceResult result = ProjectFinance.Run(Cases.Gigawatt());
        Assert.Equal(7, result.Years.Count);
        Assert.Equal((double)result.Years.Sum(y => y.Distributions), result.Months.Distributions.Sum(), 0.1);
        Assert.Equal((double)result.Years.Sum(y => y.Capex), result.Uses.Total, 1.0);
        Assert.Equal(0, (double)result.Years[^1].Assets, 0.05);

        // Over the whole life: income is what equity got less what it paid in.
        Assert.Equal((double)result.Years.Sum(y => y.NetIncome), result.Months.EquityFlow.Sum(), 0.1);
    }

    // It runs hundreds of times for one plan.
    [Fact]
    public void OneRunOfNinetyMonthsStaysWithinItsAllocationBudget()
    {
        FinanceCase finance = Cases.Gigawatt(13.3e9, 72);
        ProjectFinance.Run(finance);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ProjectFinance.Run(finance);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 50_000);
    }

    [Fact]
    public void WrongCasesAreRefused()
    {
        FinanceCase good = Cases.Gigawatt();
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { FullPowerMonth = 0 }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { FullPowerMonth = 78 }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { ItCapexUsd = new double[3] }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { RevenueUsd = good.RevenueUsd.Times(double.NaN) }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { ItCapexUsd = good.ItCapexUsd.Times(-1) }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { EnergisedShare = new double[78] }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { Debt = good.Debt with { LoanToCost = 1.1 } }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { Debt = good.Debt with { AnnualRate = double.NaN } }));
        Assert.Throws<ArgumentException>(() => ProjectFinance.Run(good with { Tax = good.Tax with { NationalRate = 1 } }));
    }

    internal static void AssertClosed(FinanceResult result)
        => Assert.All(result.Checks, check => Assert.True(check.Ok, $"{check.Name}: {check.Detail}"));
}
