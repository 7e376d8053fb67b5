using Millwright.Numerics;

namespace Millwright.Finance;

/// <summary>When in its period a payment falls.</summary>
public enum PaymentTiming
{
    /// <summary>At the end of each period, in arrears.</summary>
    End,

    /// <summary>At the start of each period, in advance.</summary>
    Start,
}

/// <summary>
/// Level payments, with the signs of spreadsheets: money received is positive, money paid negative. All amounts USD, all rates fractions per period.
/// </summary>
/// <remarks>
/// Every function solves pv·q + pmt·(1 + i·s)·(q − 1)/i + fv = 0 with q = (1 + i)^n, and s = 1 for payments at the start; (q − 1)/i is n at i = 0.
/// </remarks>
public static class TimeValue
{
    /// <summary>Level payment per period (PMT).</summary>
    /// <param name="rate">Rate per period.</param>
    /// <param name="periods">Number of payments.</param>
    /// <param name="presentValue">Sum received at the start.</param>
    /// <param name="futureValue">Sum received at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>The payment, USD; negative when paid.</returns>
    public static double Payment(double rate, double periods, double presentValue, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
        => -((presentValue * Growth(rate, periods)) + futureValue) / Annuity(rate, periods, timing);

    /// <summary>Value at the end (FV).</summary>
    /// <param name="rate">Rate per period.</param>
    /// <param name="periods">Number of payments.</param>
    /// <param name="payment">Payment per period.</param>
    /// <param name="presentValue">Sum at the start.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>The sum at the end, USD.</returns>
    public static double FutureValue(double rate, double periods, double payment, double presentValue = 0, PaymentTiming timing = PaymentTiming.End)
        => -((presentValue * Growth(rate, periods)) + (payment * Annuity(rate, periods, timing)));

    /// <summary>Value at the start (PV).</summary>
    /// <param name="rate">Rate per period.</param>
    /// <param name="periods">Number of payments.</param>
    /// <param name="payment">Payment per period.</param>
    /// <param name="futureValue">Sum at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>The sum at the start, USD.</returns>
    public static double PresentValue(double rate, double periods, double payment, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
        => -(futureValue + (payment * Annuity(rate, periods, timing))) / Growth(rate, periods);

    /// <summary>Number of payments (NPER).</summary>
    /// <param name="rate">Rate per period, above −1.</param>
    /// <param name="payment">Payment per period.</param>
    /// <param name="presentValue">Sum at the start.</param>
    /// <param name="futureValue">Sum at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>The number of payments, not whole in general; NaN when the payments never suffice.</returns>
    public static double Periods(double rate, double payment, double presentValue, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
    {
        if (rate == 0)
        {
            return -(presentValue + futureValue) / payment;
        }

        double atEnd = timing == PaymentTiming.Start ? payment * (1 + rate) : payment;
        return Math.Log((atEnd - (futureValue * rate)) / (atEnd + (presentValue * rate))) / NearOne.LogOnePlus(rate);
    }

    /// <summary>Rate per period (RATE).</summary>
    /// <param name="periods">Whole number of payments, at least 1.</param>
    /// <param name="payment">Payment per period.</param>
    /// <param name="presentValue">Sum at the start.</param>
    /// <param name="futureValue">Sum at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>The rate per period, or that there is none or several between −99 % and 1000 %.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no payment.</exception>
    public static RateOfReturn Rate(int periods, double payment, double presentValue, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(periods, 1);
        double[] flows = new double[periods + 1];
        Array.Fill(flows, payment);
        flows[0] = timing == PaymentTiming.Start ? presentValue + payment : presentValue;
        flows[periods] = timing == PaymentTiming.Start ? futureValue : futureValue + payment;
        return CashFlowMeasures.InternalRate(flows);
    }

    /// <summary>Interest within one payment (IPMT).</summary>
    /// <param name="rate">Rate per period.</param>
    /// <param name="period">Which payment, from 1.</param>
    /// <param name="periods">Number of payments.</param>
    /// <param name="presentValue">Sum at the start.</param>
    /// <param name="futureValue">Sum at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>Interest, USD; negative when paid.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such payment.</exception>
    public static double InterestPayment(
        double rate, int period, double periods, double presentValue, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, periods);
        double payment = Payment(rate, periods, presentValue, futureValue, timing);
        if (timing == PaymentTiming.End)
        {
            return rate * FutureValue(rate, period - 1, payment, presentValue);
        }

        return period == 1 ? 0 : rate * (FutureValue(rate, period - 2, payment, presentValue, timing) - payment);
    }

    /// <summary>Principal within one payment (PPMT).</summary>
    /// <param name="rate">Rate per period.</param>
    /// <param name="period">Which payment, from 1.</param>
    /// <param name="periods">Number of payments.</param>
    /// <param name="presentValue">Sum at the start.</param>
    /// <param name="futureValue">Sum at the end.</param>
    /// <param name="timing">When payments fall.</param>
    /// <returns>Principal, USD; negative when paid.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such payment.</exception>
    public static double PrincipalPayment(
        double rate, int period, double periods, double presentValue, double futureValue = 0, PaymentTiming timing = PaymentTiming.End)
        => Payment(rate, periods, presentValue, futureValue, timing) - InterestPayment(rate, period, periods, presentValue, futureValue, timing);

    private static double Growth(double rate, double periods) => Math.Pow(1 + rate, periods);

    private static double Annuity(double rate, double periods, PaymentTiming timing)
    {
        double annuity = rate switch
        {
            0 => periods,
            > -1 => NearOne.ExpMinusOne(periods * NearOne.LogOnePlus(rate)) / rate,
            _ => (Growth(rate, periods) - 1) / rate,
        };
        return timing == PaymentTiming.Start ? annuity * (1 + rate) : annuity;
    }
}
