using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>What must hold for any structure.</summary>
public sealed class ProjectFinancePropertyTests
{
    [Fact]
    public void EveryLedgerCloses() => Cases.Any.Holds(finance =>
    {
        FinanceResult result = ProjectFinance.Run(finance);
        ProjectFinanceTests.AssertClosed(result);
        Assert.All(result.Years, y => Assert.Equal(y.Assets, y.LiabilitiesAndEquity));
        Assert.All(result.Months.Cash, cash => Assert.True(cash >= 0));
        Assert.All(result.Months.Distributions, paid => Assert.True(paid >= 0));
        Assert.True(result.Sources.Debt <= (finance.Debt.LoanToCost * result.Uses.Total * (1 + 1e-9)) + 1e-6);
        Assert.True(result.Sources.Debt <= (result.DscrCapacityUsd * (1 + 1e-9)) + 1e-6);
    });

    [Fact]
    public void MoneyIsNeitherMadeNorLost() => Cases.Any.Holds(finance =>
    {
        FinanceResult result = ProjectFinance.Run(finance);

        // Equity gets the project before tax, less tax, less what lenders earn; what they are not paid at the end is theirs to lose.
        double lenders = result.Months.Interest.Sum() + result.Uses.UpfrontFee + result.Uses.CommitmentFee - result.ClosingDebtUsd;
        double expected = result.Months.ProjectFlowBeforeTax.Sum() - result.Months.Tax.Sum() - lenders - result.Months.Cash[^1];
        double scale = result.Months.ProjectFlowBeforeTax.Sum(Math.Abs);
        Assert.Equal(expected, result.Months.EquityFlow.Sum(), 1e-9 * scale);
    });

    [Fact]
    public void SculptedDebtEndsAtZeroWhenNoQuarterLacksCash() => Cases.Any.Holds(finance =>
    {
        FinanceResult result = ProjectFinance.Run(finance);
        if (result.Status != FinanceStatus.Default)
        {
            Assert.True(result.ClosingDebtUsd <= 1e-9 * (1 + result.Sources.Debt));
        }

        if (result.Sources.Debt > 1 && result.Months.Cfads.Skip(finance.FullPowerMonth).All(cash => cash >= 0))
        {
            Assert.NotEqual(FinanceStatus.Default, result.Status);
            Assert.All(result.Dscr, dscr => Assert.True(dscr >= finance.Debt.Dscr - 1e-6));
        }
    });

    [Fact]
    public void AStressedLoanKeepsItsLedgersAndItsSize()
    {
        int defaults = 0;
        Gen.Select(Cases.Any, Gen.Double[0, 1.2]).Holds((finance, factor) =>
        {
            // Early revenue and tax stay out of it, so that only the service of the loan is stressed.
            FinanceCase bank = finance with { EnergisedShare = null, Tax = finance.Tax with { NationalRate = 0, StateRate = 0 } };
            bank = bank with { RevenueUsd = [.. bank.RevenueUsd.Select((x, m) => m < bank.FullPowerMonth ? 0 : Math.Max(0, x))] };
            bank = bank with { OperatingCostUsd = [.. bank.OperatingCostUsd.Select((x, m) => m < bank.FullPowerMonth ? 0 : Math.Max(0, x))] };
            double debt = ProjectFinance.Run(bank).Sources.Debt;
            FinanceResult result = ProjectFinance.Run(bank with { SizingRevenueUsd = bank.RevenueUsd, RevenueUsd = bank.RevenueUsd.Times(factor) });
            ProjectFinanceTests.AssertClosed(result);
            Assert.Equal(debt, result.Sources.Debt, 1e-9 * (1 + debt));
            Assert.True(result.ClosingDebtUsd >= 0);
            Assert.True(result.DefaultMonth is null ? result.Status != FinanceStatus.Default : result.Status != FinanceStatus.Ok);
            if (result.ClosingDebtUsd > 1e-8 * (1 + debt))
            {
                Assert.NotNull(result.DefaultMonth);
                Interlocked.Increment(ref defaults);
            }

            if (result.DefaultMonth is int month)
            {
                Assert.Equal(0, result.Months.Distributions[month]);
                FinanceResult worse = ProjectFinance.Run(
                    bank with { SizingRevenueUsd = bank.RevenueUsd, RevenueUsd = bank.RevenueUsd.Times(factor * 0.9) });
                Assert.True(worse.ClosingDebtUsd >= (result.ClosingDebtUsd * (1 - 1e-9)) - 0.01);
                Assert.True(worse.DefaultMonth <= month);
            }
        });
        Assert.True(defaults > 5, $"only {defaults} loans stayed unpaid");
    }

    [Fact]
    public void MoreCoverNeverMeansMoreDebt() => Gen.Select(Cases.Any, Gen.Double[0, 1]).Holds((finance, more) =>
    {
        FinanceCase stricter = finance with { Debt = finance.Debt with { Dscr = finance.Debt.Dscr + more } };
        double debt = ProjectFinance.Run(finance).Sources.Debt;
        Assert.True(ProjectFinance.Run(stricter).Sources.Debt <= (debt * (1 + 1e-9)) + 1e-6);
    });

    [Fact]
    public void LessLoanToCostNeverMeansMoreDebt() => Gen.Select(Cases.Any, Gen.Double[0, 1]).Holds((finance, part) =>
    {
        FinanceCase stricter = finance with { Debt = finance.Debt with { LoanToCost = finance.Debt.LoanToCost * part } };
        double debt = ProjectFinance.Run(finance).Sources.Debt;
        Assert.True(ProjectFinance.Run(stricter).Sources.Debt <= (debt * (1 + 1e-9)) + 1e-6);
    });

    [Fact]
    public void ReturnsDoNotDependOnTheUnitOfMoney() => Gen.Select(Cases.Any, Gen.Double[0.1, 10]).Holds((finance, factor) =>
    {
        FinanceResult one = ProjectFinance.Run(finance);
        FinanceResult scaled = ProjectFinance.Run(finance.Times(factor));
        Assert.Equal(one.ProjectIrr.Kind, scaled.ProjectIrr.Kind);
        Assert.Equal(one.Status, scaled.Status);
        if (one.ProjectIrr.Kind == RateOfReturnKind.Unique)
        {
            Assert.Equal(one.ProjectIrr.Rate, scaled.ProjectIrr.Rate, 1e-8);
        }

        if (one.EquityIrr.Kind == RateOfReturnKind.Unique && scaled.EquityIrr.Kind == RateOfReturnKind.Unique)
        {
            Assert.Equal(one.EquityIrr.Rate, scaled.EquityIrr.Rate, 1e-7);
        }

        Assert.Equal(one.Sources.Debt * factor, scaled.Sources.Debt, 1e-9 * ((one.Uses.Total * factor) + 1));
    });

    [Fact]
    public void TheReturnsAreRootsOfThePresentValue() => Cases.Any.Holds(finance =>
    {
        FinanceResult result = ProjectFinance.Run(finance);
        Check(result.ProjectIrr, [.. result.Months.ProjectFlow]);
        Check(result.ProjectIrrBeforeTax, [.. result.Months.ProjectFlowBeforeTax]);
        Check(result.EquityIrr, [.. result.Months.EquityFlow]);

        static void Check(RateOfReturn found, double[] flows)
        {
            foreach (double rate in found.Roots)
            {
                double monthly = Math.Pow(1 + rate, 1.0 / 12);
                double value = 0;
                double scale = 0;
                for (int m = 0; m < flows.Length; m++)
                {
                    value += flows[m] * Math.Pow(monthly, -m);
                    scale += Math.Abs(flows[m]) * Math.Pow(monthly, -m);
                }

                Assert.True(Math.Abs(value) <= 1e-10 * scale, $"{rate}: {value} of {scale}");
            }

            Assert.Equal(found.Kind != RateOfReturnKind.Unique, double.IsNaN(found.Rate));
            Assert.Equal(found.Kind != RateOfReturnKind.Unique, found.Reason is not null);
        }
    });

    [Fact]
    public void LossesAreNotTaxed() => Cases.Any.Holds(finance =>
    {
        FinanceCase losing = finance with
        {
            RevenueUsd = [.. finance.OperatingCostUsd.Select(x => x * 0.9)],
            ItResidualUsd = 0,
            BuildingResidualUsd = 0,
        };
        FinanceResult result = ProjectFinance.Run(losing);
        Assert.All(result.Months.Tax, tax => Assert.Equal(0, tax));
        Assert.Equal(0, result.Sources.Debt);
    });

    [Fact]
    public void TaxIsNeverNegativeOverAYear() => Cases.Any.Holds(finance =>
        Assert.All(ProjectFinance.Run(finance).Years, y => Assert.True(y.Tax >= -0.02m)));

    [Fact]
    public void CheapDebtLiftsTheReturnOfEquity()
    {
        int tried = 0;
        Cases.Any.Holds(
            finance =>
            {
                // Distributions wait for the quarter's end, so a thin loan or a thin margin proves nothing.
                FinanceResult result = ProjectFinance.Run(finance with { Debt = finance.Debt with { UpfrontFee = 0, CommitmentFee = 0 } });
                double cost = Math.Pow(1 + (finance.Debt.AnnualRate / 12), 12) - 1;
                bool thick = result.Sources.Debt > 0.3 * result.Uses.Total && result.Uses.EarlyOperatingCash < 0.3 * result.Uses.Overnight;
                if (thick && result.Status != FinanceStatus.Default && result.ProjectIrr.Rate > cost + 0.03 && result.ProjectIrr.Rate < 1)
                {
                    Interlocked.Increment(ref tried);
                    Assert.True(
                        result.EquityIrr.Kind != RateOfReturnKind.Unique || result.EquityIrr.Rate >= result.ProjectIrr.Rate,
                        $"equity {result.EquityIrr.Rate}, project {result.ProjectIrr.Rate}, debt {cost}, share {result.Sources.Debt / result.Uses.Total}");
                }
            },
            iter: 2000);
        Assert.True(tried > 50, $"only {tried} cases tried");
    }
}
