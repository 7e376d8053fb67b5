namespace Millwright.Infrastructure;

/// <summary>When the capital cost is paid, by month from ground-break.</summary>
/// <param name="BuildingUsd">Payments for the building, USD by month.</param>
/// <param name="ItUsd">Payments for the IT, USD by month.</param>
public sealed record CapexDraws(double[] BuildingUsd, double[] ItUsd)
{
    /// <summary>Months before a hall is energised in which its IT is paid.</summary>
    public const int ItPaymentMonths = 3;

    /// <summary>Payments for building and IT in one month.</summary>
    /// <param name="month">The month, 0 for the one of ground-break.</param>
    /// <returns>USD; 0 after the last payment.</returns>
    public double TotalUsd(int month) => month < BuildingUsd.Length ? BuildingUsd[month] + ItUsd[month] : 0;

    /// <summary>Months that are covered.</summary>
    public int Months => BuildingUsd.Length;

    /// <summary>Spreads the cost over the months.</summary>
    /// <remarks>
    /// The building is paid over the construction of the first hall along the S-curve 3x^2 - 2x^3 of the time elapsed, whatever else first power waits for.
    /// The IT of each hall (equal halls, one a month from first power to full power) is paid in equal parts in the three months before the hall is
    /// energised, or in as many as there are since ground-break. The last payment of each is what remains, so that each sums to its cost exactly.
    /// Source: the S-curve is the cubic smoothstep, our assumption for the usual shape of construction spending; the three months are our assumption.
    /// </remarks>
    /// <param name="schedule">The schedule.</param>
    /// <param name="buildingUsd">Cost of the building, USD.</param>
    /// <param name="itUsd">Cost of the IT, USD.</param>
    /// <returns>The payments, up to and with the month of full power.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A cost is negative or not finite.</exception>
    public static CapexDraws Of(BuildSchedule schedule, double buildingUsd, double itUsd)
    {
        Require(buildingUsd, nameof(buildingUsd));
        Require(itUsd, nameof(itUsd));
        int months = Math.Max(schedule.FullPowerMonth + 1, schedule.ConstructionMonths);
        double[] building = new double[months];
        for (int month = 0; month < schedule.ConstructionMonths; month++)
        {
            building[month] = buildingUsd * (Paid(month + 1, schedule.ConstructionMonths) - Paid(month, schedule.ConstructionMonths));
        }

        CloseOn(building, schedule.ConstructionMonths - 1, buildingUsd);

        double[] it = new double[months];
        double hallUsd = itUsd / (schedule.RampMonths + 1);
        int last = 0;
        for (int energised = schedule.FirstPowerMonth; energised <= schedule.FullPowerMonth; energised++)
        {
            int from = Math.Max(0, energised - ItPaymentMonths);
            last = Math.Max(from, energised - 1);
            for (int month = from; month <= last; month++)
            {
                it[month] += hallUsd / (last - from + 1);
            }
        }

        CloseOn(it, last, itUsd);
        return new CapexDraws(building, it);
    }

    private static double Paid(int month, int months)
    {
        double x = (double)month / months;
        return x * x * (3 - (2 * x));
    }

    // By Sterbenz's lemma the last difference is exact once half is paid, so a sum in order of months returns the total to the last bit.
    private static void CloseOn(double[] draws, int last, double total)
    {
        double paid = 0;
        for (int month = 0; month < last; month++)
        {
            paid += draws[month];
        }

        draws[last] = total - paid;
    }

    private static void Require(double usd, string name)
    {
        if (!(usd >= 0 && double.IsFinite(usd)))
        {
            throw new ArgumentOutOfRangeException(name, usd, "A cost is a finite number of dollars, 0 or more.");
        }
    }
}
