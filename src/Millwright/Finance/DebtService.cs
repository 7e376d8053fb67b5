namespace Millwright.Finance;

/// <summary>The scheduled service of the senior debt: quarters from full power, the last one shorter where the term says so.</summary>
internal sealed class DebtService
{
    /// <summary>Number of payments.</summary>
    public int Count { get; }

    /// <summary>Month of each payment.</summary>
    public int[] DueMonth { get; }

    /// <summary>Scheduled balance after each payment, USD.</summary>
    public double[] Balance { get; }

    /// <summary>Scheduled service of each payment, USD.</summary>
    public double[] Service { get; }

    private readonly int fullPowerMonth;
    private readonly double monthlyRate;

    public DebtService(int fullPowerMonth, int months, DebtTerms terms)
    {
        this.fullPowerMonth = fullPowerMonth;
        monthlyRate = terms.AnnualRate / 12;
        int term = Math.Min(terms.TermMonths, months - fullPowerMonth);
        Count = (term + 2) / 3;
        DueMonth = new int[Count];
        Balance = new double[Count];
        Service = new double[Count];
        for (int q = 0; q < Count; q++)
        {
            DueMonth[q] = fullPowerMonth + Math.Min((q + 1) * 3, term) - 1;
        }
    }

    /// <summary>Month after the last payment.</summary>
    public int End => Count == 0 ? fullPowerMonth : DueMonth[^1] + 1;

    /// <summary>First month of a quarter.</summary>
    public int Start(int quarter) => fullPowerMonth + (3 * quarter);

    /// <summary>Interest of a quarter per dollar of opening balance: a twelfth of the yearly rate a month, paid at the quarter's end.</summary>
    public double QuarterRate(int quarter) => monthlyRate * (DueMonth[quarter] + 1 - Start(quarter));

    /// <summary>Present value at full power, at the rate of the debt, of the cash of each quarter.</summary>
    public double PresentValue(ReadOnlySpan<double> cashByMonth, bool positiveOnly)
    {
        double value = 0;
        for (int q = Count - 1; q >= 0; q--)
        {
            double cash = QuarterCash(cashByMonth, q);
            value = (value + (positiveOnly ? Math.Max(0, cash) : cash)) / (1 + QuarterRate(q));
        }

        return value;
    }

    /// <summary>Cash of a quarter.</summary>
    public double QuarterCash(ReadOnlySpan<double> cashByMonth, int quarter)
    {
        double cash = 0;
        for (int m = Start(quarter); m <= DueMonth[quarter]; m++)
        {
            cash += cashByMonth[m];
        }

        return cash;
    }

    /// <summary>Sets the service in proportion to the cash of each quarter, so that it repays the debt, and the interest by year that follows.</summary>
    public void Sculpt(ReadOnlySpan<double> cashByMonth, double debtUsd, double presentValueUsd, Span<double> interestByYear)
    {
        double share = presentValueUsd > 0 ? debtUsd / presentValueUsd : 0;
        double open = debtUsd;
        interestByYear.Clear();
        for (int q = 0; q < Count; q++)
        {
            for (int m = Start(q); m <= DueMonth[q]; m++)
            {
                interestByYear[m / 12] += open * monthlyRate;
            }

            Service[q] = share * Math.Max(0, QuarterCash(cashByMonth, q));

            // A balance that is zero but for rounding is zero, so that the last payment clears the loan.
            open += (open * QuarterRate(q)) - Service[q];
            open = q == Count - 1 || Math.Abs(open) <= 1e-12 * debtUsd ? 0 : open;
            Balance[q] = open;
        }
    }
}
