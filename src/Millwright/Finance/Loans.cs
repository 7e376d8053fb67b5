namespace Millwright.Finance;

/// <summary>A loan period by period; every list holds one value per period, in USD. No amount is rounded.</summary>
/// <param name="PrincipalUsd">Amount lent, USD.</param>
/// <param name="Interest">Interest of the period on its opening balance.</param>
/// <param name="Principal">Principal paid at the end of the period.</param>
/// <param name="Payment">Interest and principal, at the end of the period; without the balloon.</param>
/// <param name="Balance">Balance after the payment.</param>
public sealed record LoanSchedule(
    double PrincipalUsd,
    IReadOnlyList<double> Interest,
    IReadOnlyList<double> Principal,
    IReadOnlyList<double> Payment,
    IReadOnlyList<double> Balance)
{
    /// <summary>Interest over the whole loan, USD.</summary>
    public double TotalInterestUsd => Interest.Sum();
}

/// <summary>Loans with level payments, as of a mortgage.</summary>
public static class LevelPaymentLoan
{
    /// <summary>A loan that first pays interest only, then level payments down to a balloon.</summary>
    /// <remarks>payment = (pv·q − balloon)·i/(q − 1), q = (1 + i)^n; interest = i · opening balance.</remarks>
    /// <param name="principalUsd">Amount lent, USD.</param>
    /// <param name="ratePerPeriod">Rate per period, above −1; a nominal yearly rate over 12 for months.</param>
    /// <param name="interestOnlyPeriods">Periods of interest only, before the level payments.</param>
    /// <param name="levelPayments">Number of level payments, at least 1.</param>
    /// <param name="balloonUsd">Balance left after the last level payment, USD.</param>
    /// <returns>The schedule; its last balance is the balloon.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number of periods is negative, or there is no level payment, or the rate is not above −1.</exception>
    public static LoanSchedule Schedule(double principalUsd, double ratePerPeriod, int interestOnlyPeriods, int levelPayments, double balloonUsd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interestOnlyPeriods);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(levelPayments);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ratePerPeriod, -1);
        double level = -TimeValue.Payment(ratePerPeriod, levelPayments, principalUsd, -balloonUsd);
        int periods = interestOnlyPeriods + levelPayments;
        double[] interest = new double[periods];
        double[] principal = new double[periods];
        double[] payment = new double[periods];
        double[] balance = new double[periods];
        double open = principalUsd;
        for (int t = 0; t < periods; t++)
        {
            interest[t] = open * ratePerPeriod;
            payment[t] = t < interestOnlyPeriods ? interest[t] : level;
            principal[t] = payment[t] - interest[t];
            open -= principal[t];
            balance[t] = open;
        }

        return new LoanSchedule(principalUsd, interest, principal, payment, balance);
    }
}

/// <summary>Debt whose service follows the cash available: a constant debt service cover ratio (DSCR).</summary>
public static class SculptedDebt
{
    /// <summary>The largest debt whose service is the cash available over the DSCR in each period, and its schedule.</summary>
    /// <remarks>debt = Σ CFADS_t/DSCR/(1 + i)^t, t from 1; principal = CFADS/DSCR − interest.</remarks>
    /// <param name="cashUsd">Cash flow available for debt service (CFADS) of each period, USD.</param>
    /// <param name="dscr">Debt service cover ratio, above 0.</param>
    /// <param name="ratePerPeriod">Rate per period, above −1.</param>
    /// <returns>The schedule; its balance ends at zero.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The ratio is not above 0 or the rate not above −1.</exception>
    public static LoanSchedule Size(ReadOnlySpan<double> cashUsd, double dscr, double ratePerPeriod)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dscr);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ratePerPeriod, -1);
        int periods = cashUsd.Length;
        double[] interest = new double[periods];
        double[] principal = new double[periods];
        double[] payment = new double[periods];
        double[] balance = new double[periods];
        double debt = PresentValueOfCash(cashUsd, ratePerPeriod) / dscr;
        double open = debt;
        for (int t = 0; t < periods; t++)
        {
            interest[t] = open * ratePerPeriod;
            payment[t] = cashUsd[t] / dscr;
            principal[t] = payment[t] - interest[t];
            open -= principal[t];
            balance[t] = open;
        }

        return new LoanSchedule(debt, interest, principal, payment, balance);
    }

    /// <summary>Loan life cover ratio (LLCR): the present value of the cash to come over the balance.</summary>
    /// <param name="cashUsd">Cash available of each period to come, USD.</param>
    /// <param name="ratePerPeriod">Rate of the debt per period.</param>
    /// <param name="balanceUsd">Balance now, USD.</param>
    /// <returns>The ratio; NaN without debt.</returns>
    public static double LoanLifeCover(ReadOnlySpan<double> cashUsd, double ratePerPeriod, double balanceUsd)
        => balanceUsd > 0 ? PresentValueOfCash(cashUsd, ratePerPeriod) / balanceUsd : double.NaN;

    private static double PresentValueOfCash(ReadOnlySpan<double> cashUsd, double ratePerPeriod)
        => CashFlowMeasures.NetPresentValue(cashUsd, ratePerPeriod) / (1 + ratePerPeriod);
}
