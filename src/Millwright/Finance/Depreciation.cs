namespace Millwright.Finance;

/// <summary>Depreciation schedules, one value per year. Shares are fractions of the basis; amounts USD.</summary>
public static class Depreciation
{
    /// <summary>Tax depreciation by declining balance with a switch to straight line, half-year convention (MACRS).</summary>
    /// <remarks>Source: US IRS Publication 946, "Figuring depreciation without tables"; unrounded, so that table A-1 is this rounded.</remarks>
    /// <param name="recoveryYears">Recovery period, years: 3, 5, 7, 10 at 200 %, 15, 20 at 150 %.</param>
    /// <param name="decliningFactor">Declining-balance factor: 2 for 200 %, 1.5 for 150 %.</param>
    /// <returns>Shares of the basis, for one year more than the recovery period; they sum to 1.</returns>
    public static double[] MacrsHalfYear(int recoveryYears, double decliningFactor) => Macrs(recoveryYears, decliningFactor, 0.5);

    /// <summary>The same with the mid-quarter convention.</summary>
    /// <remarks>Source: US IRS Publication 946; an asset counts from the middle of the quarter in which it was placed in service.</remarks>
    /// <param name="recoveryYears">Recovery period, years.</param>
    /// <param name="decliningFactor">Declining-balance factor: 2 for 200 %, 1.5 for 150 %.</param>
    /// <param name="quarter">Quarter of the tax year in which the asset was placed in service, 1 to 4.</param>
    /// <returns>Shares of the basis, for one year more than the recovery period; they sum to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such quarter.</exception>
    public static double[] MacrsMidQuarter(int recoveryYears, double decliningFactor, int quarter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quarter, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quarter, 4);
        return Macrs(recoveryYears, decliningFactor, (4.5 - quarter) / 4);
    }

    /// <summary>Tax depreciation with a first-year bonus: the bonus share at once, the rest by a schedule.</summary>
    /// <param name="basisUsd">Depreciable basis, USD.</param>
    /// <param name="bonusShare">Share written off in the first year.</param>
    /// <param name="schedule">Shares by year of the rest.</param>
    /// <returns>Deduction by year, USD.</returns>
    public static double[] WithBonus(double basisUsd, double bonusShare, IReadOnlyList<double> schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        double[] amounts = new double[schedule.Count];
        for (int y = 0; y < amounts.Length; y++)
        {
            amounts[y] = basisUsd * (((1 - bonusShare) * schedule[y]) + (y == 0 ? bonusShare : 0));
        }

        return amounts;
    }

    /// <summary>Basis left for depreciation after an investment credit: cut by half the credit.</summary>
    /// <remarks>Source: US Internal Revenue Code, section 50(c)(3).</remarks>
    /// <param name="costUsd">Cost, USD.</param>
    /// <param name="creditShare">Credit over cost.</param>
    /// <returns>Basis, USD.</returns>
    public static double BasisAfterCredit(double costUsd, double creditShare) => costUsd * (1 - (creditShare / 2));

    /// <summary>Straight-line book depreciation.</summary>
    /// <param name="costUsd">Cost, USD.</param>
    /// <param name="residualUsd">Value at the end of life, USD.</param>
    /// <param name="lifeYears">Life, whole years.</param>
    /// <returns>Depreciation by year, USD.</returns>
    public static double[] StraightLine(double costUsd, double residualUsd, int lifeYears)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lifeYears);
        double[] amounts = new double[lifeYears];
        Array.Fill(amounts, (costUsd - residualUsd) / lifeYears);
        return amounts;
    }

    /// <summary>Straight-line depreciation whose life is changed on the way; what is left is spread over the new remaining life, nothing is restated.</summary>
    /// <remarks>Source: IAS 8 and ASC 250: a change of estimate counts forward only.</remarks>
    /// <param name="costUsd">Cost, USD.</param>
    /// <param name="residualUsd">Value at the end of life, USD.</param>
    /// <param name="lifeYears">First life, whole years.</param>
    /// <param name="yearsBeforeChange">Full years before the change.</param>
    /// <param name="remainingYears">Remaining life after the change, whole years.</param>
    /// <returns>Depreciation by year, USD.</returns>
    public static double[] StraightLineWithChange(double costUsd, double residualUsd, int lifeYears, int yearsBeforeChange, int remainingYears)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(yearsBeforeChange, lifeYears);
        double first = (costUsd - residualUsd) / lifeYears;
        double left = costUsd - residualUsd - (first * yearsBeforeChange);
        return [.. Enumerable.Repeat(first, yearsBeforeChange), .. StraightLine(left, 0, remainingYears)];
    }

    /// <summary>Declining-balance book depreciation that switches to straight line and stops at the residual.</summary>
    /// <param name="costUsd">Cost, USD.</param>
    /// <param name="residualUsd">Value at the end of life, USD.</param>
    /// <param name="lifeYears">Life, whole years.</param>
    /// <param name="factor">Declining-balance factor; 2 for double declining.</param>
    /// <returns>Depreciation by year, USD.</returns>
    public static double[] DecliningBalance(double costUsd, double residualUsd, int lifeYears, double factor = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lifeYears);
        double[] amounts = new double[lifeYears];
        double book = costUsd;
        for (int y = 0; y < lifeYears; y++)
        {
            double depreciable = Math.Max(book - residualUsd, 0);
            amounts[y] = Math.Min(Math.Max(book * factor / lifeYears, depreciable / (lifeYears - y)), depreciable);
            book -= amounts[y];
        }

        return amounts;
    }

    private static double[] Macrs(int recoveryYears, double decliningFactor, double firstYearShare)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recoveryYears);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(decliningFactor);
        double[] shares = new double[recoveryYears + 1];
        double left = 1;
        double yearsLeft = recoveryYears;
        for (int y = 0; y <= recoveryYears; y++)
        {
            double yearShare = y == 0 ? firstYearShare : Math.Min(1, yearsLeft);
            double declining = left * decliningFactor / recoveryYears;
            double straight = left / yearsLeft;
            shares[y] = y == recoveryYears ? left : Math.Min(left, Math.Max(declining, straight) * yearShare);
            left -= shares[y];
            yearsLeft -= yearShare;
        }

        return shares;
    }
}
