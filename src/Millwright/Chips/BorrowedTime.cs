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

    /// <summary>
    /// Time of a call that streams its operands. On a chip of less bandwidth, what such a call takes beyond its ideal time stays a time and does not grow
    /// with the ideal one: ramps, tails and latencies are those of the kernel. Evidence: products of one row of Llama-3.1-8B's shapes take 5, 5, 10, 8 and 43 us
    /// beyond the ideal on H100, 6, 6, 11, 9 and 39 us on H200, and 5, 5, 10, 9 and 33 us on B200, whose bandwidths lie 2.4 times apart (the shipped grids of
    /// vLLM): four of five stay within a tenth, the largest falls. The rule was looked for because borrowed grids were slow on the RTX PRO 6000, a chip with
    /// a fifth of its lender's bandwidth, which is beyond that evidence; that the excess turns into a share as arithmetic comes to bound is an assumption. With work that the arithmetic bounds, the excess grows as the ideal time does. A chip of more bandwidth than the lender's keeps the share of it.
    /// </summary>
    /// <param name="time">Time as measured, s, not below the ideal one.</param>
    /// <param name="measuredIdeal">Ideal time on the measured chip, s.</param>
    /// <param name="compute">Ideal time of the arithmetic on this chip, s.</param>
    /// <param name="memory">Ideal time of the operands on this chip, s.</param>
    /// <param name="launch">Time of the shortest call measured, s: the most of a call that can be launch.</param>
    /// <param name="floor">What of the call is launch, s.</param>
    /// <returns>What of the call is work, s: never below the ideal time of this chip.</returns>
    public static double OfStream(double time, double measuredIdeal, double compute, double memory, double launch, out double floor)
    {
        double ownIdeal = Math.Max(compute, memory);
        double scale = ownIdeal / measuredIdeal;
        if (scale <= 1)
        {
            return OfTime(time, measuredIdeal, ownIdeal, launch, out floor);
        }

        double excess = time - measuredIdeal;
        floor = Math.Min(launch, excess);
        return ownIdeal + (excess - floor) * (1 + (scale - 1) * Math.Min(1, compute / memory));
    }

    /// <summary>Natural logarithm of 2: exp(x ln 2) is several times faster than a general power.</summary>
    internal const double NaturalOfTwo = 0.69314718055994530942;
}
