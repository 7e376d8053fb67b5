namespace Millwright.Finance;

/// <summary>Measures of a row of cash flows. Money in USD; outflows negative; rates as fractions.</summary>
public static class CashFlowMeasures
{
    /// <summary>Net present value of flows one period apart, the first one undiscounted.</summary>
    /// <remarks>NPV = Σ cf_t / (1 + r)^t, t from 0. Excel's NPV discounts the first flow as well: divide this by 1 + r for it.</remarks>
    /// <param name="flows">Flows, USD, period 0 first.</param>
    /// <param name="rate">Rate per period.</param>
    /// <returns>Present value at the first flow, USD.</returns>
    public static double NetPresentValue(ReadOnlySpan<double> flows, double rate)
    {
        double growth = 1 + rate;
        double value = 0;
        for (int t = flows.Length - 1; t >= 0; t--)
        {
            value = (value / growth) + flows[t];
        }

        return value;
    }

    /// <summary>Internal rate of return per period: the rate at which <see cref="NetPresentValue"/> is zero.</summary>
    /// <param name="flows">Flows, USD, one period apart.</param>
    /// <param name="periodsPerYear">Periods in a year: the search runs from −99 % to 1000 % a year.</param>
    /// <returns>The rate per period, or that there is none, or every rate when there are several.</returns>
    public static RateOfReturn InternalRate(ReadOnlySpan<double> flows, int periodsPerYear = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(periodsPerYear);
        return InternalRateSearch.Find(new PeriodicFlows(flows), InternalRateSearch.SignChanges(flows), periodsPerYear);
    }

    /// <summary>Net present value of dated flows at the first date: XNPV = Σ cf / (1 + r)^(days/365).</summary>
    /// <param name="flows">Flows, USD.</param>
    /// <param name="dates">Their dates; the first one must be the earliest.</param>
    /// <param name="rate">Rate per year, above −1.</param>
    /// <returns>Present value at the first date, USD.</returns>
    /// <exception cref="ArgumentException">The lengths differ, nothing is given, or a date is before the first.</exception>
    public static double DatedNetPresentValue(ReadOnlySpan<double> flows, ReadOnlySpan<DateOnly> dates, double rate)
    {
        double[] years = YearsFromFirst(flows, dates);
        double value = 0;
        for (int i = 0; i < years.Length; i++)
        {
            value += flows[i] / Math.Pow(1 + rate, years[i]);
        }

        return value;
    }

    /// <summary>Internal rate of return of dated flows (XIRR): the rate at which <see cref="DatedNetPresentValue"/> is zero.</summary>
    /// <param name="flows">Flows, USD.</param>
    /// <param name="dates">Their dates; the first one must be the earliest.</param>
    /// <returns>The rate per year of 365 days, or that there is none or several, between −99 % and 1000 %.</returns>
    /// <exception cref="ArgumentException">The lengths differ, nothing is given, or a date is before the first.</exception>
    public static RateOfReturn DatedInternalRate(ReadOnlySpan<double> flows, ReadOnlySpan<DateOnly> dates)
    {
        double[] years = YearsFromFirst(flows, dates);
        double[] sorted = flows.ToArray();
        Array.Sort(years, sorted);

        // Flows of one day are one flow, or their signs would count as changes.
        int count = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (count > 0 && years[count - 1] == years[i])
            {
                sorted[count - 1] += sorted[i];
            }
            else
            {
                (sorted[count], years[count]) = (sorted[i], years[i]);
                count++;
            }
        }

        ReadOnlySpan<double> merged = sorted.AsSpan(0, count);
        return InternalRateSearch.Find(new DatedFlows(merged, years.AsSpan(0, count)), InternalRateSearch.SignChanges(merged), 1);
    }

    /// <summary>Modified internal rate of return: outflows discounted at one rate, inflows compounded to the end at another.</summary>
    /// <remarks>MIRR = (Σ inflow_t·(1 + q)^(n−t) / −Σ outflow_t/(1 + f)^t)^(1/n) − 1, t = 0..n: the definition of Excel's MIRR.</remarks>
    /// <param name="flows">Flows, USD, one period apart.</param>
    /// <param name="financeRate">Rate f at which outflows are financed, per period.</param>
    /// <param name="reinvestmentRate">Rate q at which inflows are reinvested, per period.</param>
    /// <returns>The rate per period; NaN when there are no outflows or no inflows.</returns>
    public static double ModifiedInternalRate(ReadOnlySpan<double> flows, double financeRate, double reinvestmentRate)
    {
        double inflows = 0;
        double outflows = 0;
        double discount = 1;
        bool hasInflow = false;
        foreach (double flow in flows)
        {
            inflows = (inflows * (1 + reinvestmentRate)) + Math.Max(flow, 0);
            outflows += Math.Min(flow, 0) * discount;
            discount /= 1 + financeRate;
            hasInflow |= flow > 0;
        }

        return hasInflow && outflows != 0 ? Math.Pow(-inflows / outflows, 1.0 / (flows.Length - 1)) - 1 : double.NaN;
    }

    /// <summary>Multiple on invested capital (MOIC): everything received over everything put in.</summary>
    /// <param name="flows">Flows, USD; outflows negative.</param>
    /// <returns>The multiple; NaN when nothing was put in.</returns>
    public static double MultipleOnInvestedCapital(ReadOnlySpan<double> flows)
    {
        double received = 0;
        double invested = 0;
        foreach (double flow in flows)
        {
            received += Math.Max(flow, 0);
            invested -= Math.Min(flow, 0);
        }

        return invested > 0 ? received / invested : double.NaN;
    }

    /// <summary>Payback: when the flows summed so far first reach zero after having been below it, straight-line within the period.</summary>
    /// <param name="flows">Flows, USD, one period apart.</param>
    /// <returns>Periods from the first flow; null when the sum never comes back to zero, or was never below it.</returns>
    public static double? PaybackPeriods(ReadOnlySpan<double> flows)
    {
        double sum = 0;
        for (int t = 0; t < flows.Length; t++)
        {
            double before = sum;
            sum += flows[t];
            if (before < 0 && sum >= 0)
            {
                return t - 1 - (before / flows[t]);
            }
        }

        return null;
    }

    private static double[] YearsFromFirst(ReadOnlySpan<double> flows, ReadOnlySpan<DateOnly> dates)
    {
        if (flows.Length != dates.Length || flows.IsEmpty)
        {
            throw new ArgumentException("As many dates as flows are needed, and at least one.", nameof(dates));
        }

        double[] years = new double[dates.Length];
        for (int i = 0; i < years.Length; i++)
        {
            int days = dates[i].DayNumber - dates[0].DayNumber;
            years[i] = days >= 0 ? days / 365.0 : throw new ArgumentException($"{dates[i]:yyyy-MM-dd} is before the first date.", nameof(dates));
        }

        return years;
    }
}
