using CsCheck;
using Millwright.Finance;

namespace Millwright.Tests.Finance;

/// <summary>Cases B2, B3, C1 and C2: computed in 50-digit decimal arithmetic from the formulas, apart from this program.</summary>
public sealed class LoanTests
{
    [Fact]
    public void ReferenceCaseB2LevelPayments()
    {
        LoanSchedule loan = LevelPaymentLoan.Schedule(500e6, 0.095 / 12, 0, 60, 0);
        Agreement.Usd(130055839.29, loan.TotalInterestUsd);
        CheckMonth(loan, 1, 3958333.33, 6542597.32, 10500930.65, 493457402.68);
        CheckMonth(loan, 2, 3906537.77, 6594392.88, 10500930.65, 486863009.79);
        CheckMonth(loan, 12, 3365485.30, 7135445.36, 10500930.65, 417978487.02);
        CheckMonth(loan, 36, 1878849.14, 8622081.51, 10500930.65, 228706231.33);
        CheckMonth(loan, 59, 164310.98, 10336619.68, 10500930.65, 10418451.25);
        CheckMonth(loan, 60, 82479.41, 10418451.25, 10500930.65, 0);
    }

    [Fact]
    public void ReferenceCaseB3InterestOnlyThenBalloon()
    {
        LoanSchedule loan = LevelPaymentLoan.Schedule(2.3e9, 0.11 / 12, 6, 48, 345e6);
        Agreement.Usd(748643841.86, loan.TotalInterestUsd);
        CheckMonth(loan, 1, 21083333.33, 0, 21083333.33, 2300000000.00);
        CheckMonth(loan, 6, 21083333.33, 0, 21083333.33, 2300000000.00);
        CheckMonth(loan, 7, 21083333.33, 32607163.37, 53690496.71, 2267392836.63);
        CheckMonth(loan, 30, 13468868.00, 40221628.71, 53690496.71, 1429109425.81);
        CheckMonth(loan, 53, 4076263.25, 49614233.45, 53690496.71, 395069030.59);
        CheckMonth(loan, 54, 3621466.11, 50069030.59, 53690496.71, 345000000.00);
    }

    [Fact]
    public void ReferenceCaseC1SculptedByYears()
    {
        double[] cash = [310e6, 335e6, 322e6, 287e6, 241e6];
        LoanSchedule loan = SculptedDebt.Size(cash, 1.35, 0.09);
        Agreement.Usd(870341516.83, loan.PrincipalUsd);
        Agreement.Usd([78330736.51, 64713836.13, 48204748.05, 31076508.71, 14740061.16], loan.Interest);
        Agreement.Usd([151298893.11, 183434312.01, 190313770.47, 181516083.88, 163778457.36], loan.Principal);
        Agreement.Usd([229629629.63, 248148148.15, 238518518.52, 212592592.59, 178518518.52], loan.Payment);
        Agreement.Usd([719042623.72, 535608311.70, 345294541.24, 163778457.36, 0], loan.Balance);
        CheckCover(cash, loan, 0.09, 1.35);
    }

    [Fact]
    public void ReferenceCaseC2SculptedByHalfYears()
    {
        double[] cash = [88e6, 91e6, 95e6, 97e6, 96e6, 90e6, 84e6, 77e6];
        LoanSchedule loan = SculptedDebt.Size(cash, 1.45, 0.0825 / 2);
        Agreement.Usd(415992881.46, loan.PrincipalUsd);
        Agreement.Usd(
            [17159706.36, 15364095.97, 13409071.83, 11259609.83, 8964585.98, 6603340.67, 4315383.64, 2103738.05],
            loan.Interest);
        Agreement.Usd(
            [43529948.81, 47394524.72, 52108169.55, 55636941.89, 57242310.57, 55465624.85, 53615650.84, 50999710.23],
            loan.Principal);
        Agreement.Usd(
            [372462932.65, 325068407.93, 272960238.38, 217323296.49, 160080985.92, 104615361.07, 50999710.23, 0],
            loan.Balance);
        CheckCover(cash, loan, 0.0825 / 2, 1.45);
    }

    [Fact]
    public void SculptedDebtEndsAtZero()
        => Gen.Select(Gen.Double[1, 1e9].Array[1, 40], Gen.Double[1, 3], Gen.Double[0, 0.1]).Holds((cash, dscr, rate) =>
        {
            LoanSchedule loan = SculptedDebt.Size(cash, dscr, rate);
            Assert.True(Math.Abs(loan.Balance[^1]) < 1e-10 * loan.PrincipalUsd * Math.Pow(1 + rate, cash.Length));
            Assert.True(loan.PrincipalUsd >= SculptedDebt.Size(cash, dscr + 0.1, rate).PrincipalUsd);
        });

    [Fact]
    public void ALevelLoanEndsAtItsBalloon()
        => Gen.Select(Gen.Double[0, 0.03], Gen.Int[0, 24], Gen.Int[1, 120], Gen.Double[0, 1]).Holds((rate, interestOnly, level, balloonShare) =>
        {
            LoanSchedule loan = LevelPaymentLoan.Schedule(1e9, rate, interestOnly, level, balloonShare * 1e9);
            Assert.Equal(balloonShare * 1e9, loan.Balance[^1], 1e-2);
            Assert.Equal(1e9 - (balloonShare * 1e9), loan.Principal.Sum(), 1e-2);
        });

    private static void CheckMonth(LoanSchedule loan, int month, double interest, double principal, double payment, double balance)
    {
        Agreement.Usd(interest, loan.Interest[month - 1]);
        Agreement.Usd(principal, loan.Principal[month - 1]);
        Agreement.Usd(payment, loan.Payment[month - 1]);
        Agreement.Usd(balance, loan.Balance[month - 1]);
    }

    private static void CheckCover(double[] cash, LoanSchedule loan, double rate, double dscr)
    {
        double open = loan.PrincipalUsd;
        for (int t = 0; t < cash.Length; t++)
        {
            Agreement.Rate(dscr, SculptedDebt.LoanLifeCover(cash.AsSpan(t), rate, open));
            open = loan.Balance[t];
        }
    }
}
