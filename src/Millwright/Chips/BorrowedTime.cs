namespace Millwright.Chips;

/// <summary>
/// Carries a measured time over to a chip of other peaks: what is launch stays, what is work scales with the ideal time. On the measured chip itself
/// the time is as measured.
/// </summary>
internal static class BorrowedTime
{
    /// <summary>Time of a call.</summary>
    /// <param name="logFactor">log2(time / ideal time), as measured; below 0 counts as 0.</param>
    /// <param name="measuredIdeal">Ideal time on the measured chip, s.</param>
    /// <param name="ownIdeal">Ideal time on this chip, s.</param>
    /// <param name="launch">Time of the shortest call measured, s: the most of a call that can be launch.</param>
    /// <param name="floor">What of the call is launch, s.</param>
    /// <returns>What of the call is work, s: never below the ideal time of this chip.</returns>
    public static double Work(double logFactor, double measuredIdeal, double ownIdeal, double launch, out double floor)
    {
        double time = measuredIdeal * Math.Exp(Math.Max(0, logFactor) * NaturalOfTwo);
        return OfTime(time, measuredIdeal, ownIdeal, launch, out floor);
    }

    /// <summary>Time of a call.</summary>
    /// <param name="time">Time as measured, s, not below the ideal one.</param>
    /// <param name="measuredIdeal">Ideal time on the measured chip, s.</param>
    /// <param name="ownIdeal">Ideal time on this chip, s.</param>
    /// <param name="launch">Time of the shortest call measured, s: the most of a call that can be launch.</param>
    /// <param name="floor">What of the call is launch, s.</param>
    /// <returns>What of the call is work, s: never below the ideal time of this chip.</returns>
    public static double OfTime(double time, double measuredIdeal, double ownIdeal, double launch, out double floor)
    {
        floor = Math.Min(launch, time - measuredIdeal);
        return (time - floor) * (ownIdeal / measuredIdeal);
    }

    /// <summary>Natural logarithm of 2: exp(x ln 2) is several times faster than a general power.</summary>
    internal const double NaturalOfTwo = 0.69314718055994530942;
}
