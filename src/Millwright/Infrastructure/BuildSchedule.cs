using Millwright.Quantities;

namespace Millwright.Infrastructure;

/// <summary>What first power waits for.</summary>
public enum CriticalPath
{
    /// <summary>Construction of the first hall.</summary>
    Construction,

    /// <summary>The connection to the grid.</summary>
    GridConnection,

    /// <summary>The substation transformers.</summary>
    Transformers,
}

/// <summary>When the site gets power and how it fills. Month 0 is the month of ground-break.</summary>
/// <param name="FirstPowerMonths">Months from ground-break to first power, with fractions.</param>
/// <param name="CriticalPath">What it waits for; construction wins a tie.</param>
/// <param name="ConstructionMonths">Whole months of construction, at least 1.</param>
/// <param name="FirstPowerMonth">First month with energised capacity.</param>
/// <param name="RampMonths">Whole months from the first hall to full power.</param>
public readonly record struct BuildSchedule(
    double FirstPowerMonths,
    CriticalPath CriticalPath,
    int ConstructionMonths,
    int FirstPowerMonth,
    int RampMonths)
{
    private const double RoundingAllowance = 1e-9;

    /// <summary>Months from ground-break to full power, with fractions of the wait for first power.</summary>
    public double FullPowerMonths => FirstPowerMonths + RampMonths;

    /// <summary>First month with all capacity energised.</summary>
    public int FullPowerMonth => FirstPowerMonth + RampMonths;

    /// <summary>
    /// Finds first power: the latest of construction, the wait for the grid less the time it was ordered ahead of ground-break, and the lead of the
    /// transformers less the same.
    /// </summary>
    /// <param name="constructionSeconds">Ground-break to the first hall commissioned, s.</param>
    /// <param name="gridWaitSeconds">Wait for the connection from the day it was asked for, s.</param>
    /// <param name="transformerLeadSeconds">Lead of the transformers from the order, s.</param>
    /// <param name="orderedAheadSeconds">How long before ground-break both were ordered, s.</param>
    /// <param name="rampSeconds">First hall to full power, s.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative or not finite, or over 1,000 years.</exception>
    public static BuildSchedule Plan(
        double constructionSeconds, double gridWaitSeconds, double transformerLeadSeconds, double orderedAheadSeconds, double rampSeconds)
    {
        double construction = Months(constructionSeconds, nameof(constructionSeconds));
        double ahead = Months(orderedAheadSeconds, nameof(orderedAheadSeconds));
        double grid = Months(gridWaitSeconds, nameof(gridWaitSeconds)) - ahead;
        double transformers = Months(transformerLeadSeconds, nameof(transformerLeadSeconds)) - ahead;
        double first = Math.Max(construction, Math.Max(grid, transformers));
        CriticalPath path = first == construction ? CriticalPath.Construction : first == grid ? CriticalPath.GridConnection : CriticalPath.Transformers;
        return new BuildSchedule(
            first, path, Math.Max(1, WholeMonths(construction)), WholeMonths(first), WholeMonths(Months(rampSeconds, nameof(rampSeconds))));
    }

    /// <summary>Share of the capacity that is energised in a month: R + 1 equal halls, one a month, with R the months of the ramp.</summary>
    /// <param name="month">The month, 0 for the one of ground-break.</param>
    /// <returns>0 before first power, 1 from full power on.</returns>
    public double EnergisedShare(int month) =>
        month < FirstPowerMonth ? 0 : month >= FullPowerMonth ? 1 : (month - FirstPowerMonth + 1) / (RampMonths + 1.0);

    /// <summary>Energised shares by month, from ground-break on.</summary>
    /// <param name="months">Length of the array.</param>
    /// <returns>Shares of the full capacity.</returns>
    public double[] EnergisedShares(int months)
    {
        double[] shares = new double[months];
        for (int month = 0; month < months; month++)
        {
            shares[month] = EnergisedShare(month);
        }

        return shares;
    }

    private static int WholeMonths(double months) => (int)Math.Ceiling(months - RoundingAllowance);

    private static double Months(double seconds, string name) =>
        seconds is >= 0 and <= 12_000 * TimeLength.MonthSeconds
            ? seconds / TimeLength.MonthSeconds
            : throw new ArgumentOutOfRangeException(name, seconds, "A time of the schedule is between 0 and 1,000 years.");
}
