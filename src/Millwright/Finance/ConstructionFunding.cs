namespace Millwright.Finance;

/// <summary>Terms of the debt while a project is built.</summary>
/// <param name="MonthlyRate">Interest per month on the opening balance: the nominal yearly rate over 12.</param>
/// <param name="MonthlyCommitmentFee">Fee per month on the undrawn opening balance: the yearly fee over 12.</param>
/// <param name="UpfrontFee">Fee over the whole commitment, paid at month 0.</param>
public readonly record struct ConstructionTerms(double MonthlyRate, double MonthlyCommitmentFee, double UpfrontFee);

/// <summary>How a construction was funded; amounts in USD.</summary>
/// <param name="TotalUsd">Everything that sources must bring: costs, interest during construction and fees.</param>
/// <param name="DebtUsd">Debt, fully drawn at the end.</param>
/// <param name="EquityUsd">Everything that is not debt.</param>
/// <param name="InterestUsd">Interest during construction (IDC).</param>
/// <param name="UpfrontFeeUsd">Up-front fee.</param>
/// <param name="CommitmentFeeUsd">Commitment fees.</param>
/// <param name="DebtBalanceUsd">Debt balance after each month; the last one is the debt.</param>
/// <param name="CapacityBinds">True when the debt is held down by its capacity, false when by the gearing.</param>
public sealed record FundedConstruction(
    double TotalUsd,
    double DebtUsd,
    double EquityUsd,
    double InterestUsd,
    double UpfrontFeeUsd,
    double CommitmentFeeUsd,
    IReadOnlyList<double> DebtBalanceUsd,
    bool CapacityBinds);

/// <summary>
/// Funds a construction pro rata from debt and equity, with interest during construction and fees that are themselves funded: they grow with the debt, and
/// the debt grows with them. The fixed point is found to 1e-13 of the total.
/// </summary>
public static class ConstructionFunding
{
    internal const double Accuracy = 1e-13;
    internal const int MaxRounds = 2000;

    /// <summary>The fixed point of cost and debt.</summary>
    /// <remarks>
    /// Month 0 is the closing: it bears its own cost and the up-front fee. In each later month interest runs on the opening balance and the commitment fee on
    /// the undrawn part; everything due is drawn at the end of the month, debt and equity in the ratio of their totals.
    /// </remarks>
    /// <param name="costUsd">Cost by month, USD, month 0 first.</param>
    /// <param name="terms">Terms of the debt.</param>
    /// <param name="gearing">Most debt over total cost, 0 to 1.</param>
    /// <param name="capacityUsd">Most debt that the later cash can serve, USD.</param>
    /// <returns>Total, debt, interest and fees.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The gearing is not between 0 and 1 or the capacity is negative.</exception>
    /// <exception cref="InvalidOperationException">There is no fixed point: interest and fees outgrow the cost.</exception>
    public static FundedConstruction Solve(ReadOnlySpan<double> costUsd, ConstructionTerms terms, double gearing, double capacityUsd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gearing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gearing, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(capacityUsd);
        double[] nothing = new double[costUsd.Length];
        double[] need = new double[costUsd.Length];
        double[] balance = new double[costUsd.Length];
        double[] financing = new double[costUsd.Length];
        double[] cash = new double[costUsd.Length];
        double total = 0;
        double debt = 0;
        for (int round = 0; round < MaxRounds; round++)
        {
            ConstructionPass pass = Pass(costUsd, nothing, terms, debt, total, new ConstructionMonths(need, balance, financing, cash));
            double nextDebt = Math.Min(gearing * pass.NeedUsd, capacityUsd);
            double change = Math.Abs(pass.NeedUsd - total) + Math.Abs(nextDebt - debt);
            if (change <= Accuracy * pass.NeedUsd)
            {
                return new FundedConstruction(
                    pass.NeedUsd,
                    debt,
                    pass.NeedUsd - debt,
                    pass.InterestUsd,
                    terms.UpfrontFee * debt,
                    pass.CommitmentUsd,
                    balance,
                    capacityUsd < gearing * pass.NeedUsd);
            }

            total = pass.NeedUsd;
            debt = nextDebt;
        }

        throw new InvalidOperationException("Interest and fees during construction outgrow the cost: no total funds them.");
    }

    /// <summary>One walk through the months with a given commitment and total; the fixed point is where the need equals that total.</summary>
    /// <param name="costUsd">Cost by month.</param>
    /// <param name="operatingUsd">Cash from operation before full power by month: it pays costs before any source does; what is left is carried on.</param>
    /// <param name="terms">Terms of the debt.</param>
    /// <param name="debtUsd">The commitment.</param>
    /// <param name="totalUsd">The total that sources were last found to bring.</param>
    /// <param name="months">Receives the series by month.</param>
    internal static ConstructionPass Pass(
        ReadOnlySpan<double> costUsd,
        ReadOnlySpan<double> operatingUsd,
        ConstructionTerms terms,
        double debtUsd,
        double totalUsd,
        ConstructionMonths months)
    {
        double share = totalUsd > 0 ? Math.Min(1, debtUsd / totalUsd) : 0;
        double balance = 0;
        double cash = 0;
        double interestSum = 0;
        double commitmentSum = 0;
        double needSum = 0;
        for (int m = 0; m < costUsd.Length; m++)
        {
            double interest = balance * terms.MonthlyRate;
            double fee = m == 0 ? terms.UpfrontFee * debtUsd : 0;
            double commitment = m == 0 ? 0 : Math.Max(0, debtUsd - balance) * terms.MonthlyCommitmentFee;
            double left = cash + operatingUsd[m] - costUsd[m] - interest - commitment - fee;
            double need = Math.Max(0, -left);
            cash = Math.Max(0, left);
            balance += share * need;
            months.NeedUsd[m] = need;
            months.BalanceUsd[m] = balance;
            months.FinancingUsd[m] = interest + fee + commitment;
            months.CashUsd[m] = cash;
            needSum += need;
            interestSum += interest;
            commitmentSum += commitment;
        }

        return new ConstructionPass(needSum, interestSum, commitmentSum, balance, cash);
    }
}

/// <summary>Series that a walk through a construction fills in.</summary>
/// <param name="NeedUsd">What sources bring.</param>
/// <param name="BalanceUsd">Debt after the month.</param>
/// <param name="FinancingUsd">Interest and fees due.</param>
/// <param name="CashUsd">Cash of early operation after the month.</param>
internal readonly record struct ConstructionMonths(double[] NeedUsd, double[] BalanceUsd, double[] FinancingUsd, double[] CashUsd);

/// <summary>Sums of one walk through a construction.</summary>
/// <param name="NeedUsd">What sources bring.</param>
/// <param name="InterestUsd">Interest during construction.</param>
/// <param name="CommitmentUsd">Commitment fees.</param>
/// <param name="BalanceUsd">Debt at the end.</param>
/// <param name="CashUsd">Cash of early operation left at the end.</param>
internal readonly record struct ConstructionPass(double NeedUsd, double InterestUsd, double CommitmentUsd, double BalanceUsd, double CashUsd);
