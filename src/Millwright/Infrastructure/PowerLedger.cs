namespace Millwright.Infrastructure;

/// <summary>
/// Where the watts at the utility meter go. Made for the picture of the power flow; it closes: what comes in equals what is used and lost.
/// </summary>
/// <param name="UtilityWatts">Power at the utility meter, W.</param>
/// <param name="ChipWatts">Power of the accelerators, W.</param>
/// <param name="ItOtherWatts">Power of the other IT: hosts, scale-up switches, fans and supplies in the rack, network and storage, W.</param>
/// <param name="CoolingWatts">Power of pumps, chillers, coolers and the rest of the overhead, W. Made with a peak factor, it also holds the design reserve.</param>
/// <param name="DistributionLossWatts">Loss from the facility's switchgear to the rack, W.</param>
/// <param name="UtilityLossWatts">Loss between the utility meter and the facility: substation and lines of the site, W.</param>
public readonly record struct PowerLedger(
    double UtilityWatts,
    double ChipWatts,
    double ItOtherWatts,
    double CoolingWatts,
    double DistributionLossWatts,
    double UtilityLossWatts)
{
    /// <summary>
    /// Efficiency of the path from medium-voltage switchgear to the rack with a double-conversion UPS.
    /// Source: middle values of the rows swgr-mv 0.9995, xfmr-unit 0.990, swgr-lv 0.999, ups-double 0.965 and busway 0.995 of power-path.csv, multiplied.
    /// </summary>
    public const double DoubleConversionEfficiency = 0.9995 * 0.990 * 0.999 * 0.965 * 0.995;

    /// <summary>Efficiency of the same path with the UPS in eco mode or a battery in the rack (row ups-eco 0.990 in place of ups-double).</summary>
    public const double EcoModeEfficiency = 0.9995 * 0.990 * 0.999 * 0.990 * 0.995;

    /// <summary>All uses and losses, W.</summary>
    public double UsesWatts => ChipWatts + ItOtherWatts + CoolingWatts + DistributionLossWatts + UtilityLossWatts;

    /// <summary>What comes in less what is used and lost, W; zero but for rounding.</summary>
    public double OpenWatts => UtilityWatts - UsesWatts;

    /// <summary>Splits the power of a site into its uses.</summary>
    /// <remarks>
    /// utility = IT x facilityOverIt x utilityFactor. Distribution loss = IT x (1 / efficiency - 1), but never more than the whole overhead
    /// IT x (facilityOverIt - 1): a PUE below the loss of the stated path means a better path than stated. Cooling is the rest of the overhead.
    /// </remarks>
    /// <param name="itWatts">IT power, W: the mean one with a PUE, the greatest one with a peak factor.</param>
    /// <param name="chipWatts">Power of the accelerators within it, W.</param>
    /// <param name="facilityOverIt">PUE or peak factor, 1 or more.</param>
    /// <param name="utilityFactor">Utility power over facility power, 1 or more.</param>
    /// <param name="distributionEfficiency">Efficiency from the facility's switchgear to the rack, over 0 and at most 1.</param>
    /// <returns>The ledger.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A factor is below 1, the efficiency is not over 0 and at most 1, or the chips draw more than the IT.</exception>
    public static PowerLedger Of(double itWatts, double chipWatts, double facilityOverIt, double utilityFactor, double distributionEfficiency)
    {
        if (!(itWatts >= 0 && double.IsFinite(itWatts)))
        {
            throw new ArgumentOutOfRangeException(nameof(itWatts), itWatts, "A power is a finite number of watts, 0 or more.");
        }

        if (!(chipWatts >= 0 && chipWatts <= itWatts))
        {
            throw new ArgumentOutOfRangeException(nameof(chipWatts), chipWatts, "The chips are part of the IT: between 0 and its power.");
        }

        if (!(facilityOverIt >= 1 && double.IsFinite(facilityOverIt)))
        {
            throw new ArgumentOutOfRangeException(nameof(facilityOverIt), facilityOverIt, "Facility over IT power is 1 or more.");
        }

        if (!(utilityFactor >= 1 && double.IsFinite(utilityFactor)))
        {
            throw new ArgumentOutOfRangeException(nameof(utilityFactor), utilityFactor, "Utility over facility power is 1 or more.");
        }

        if (!(distributionEfficiency is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(distributionEfficiency), distributionEfficiency, "An efficiency is over 0 and at most 1.");
        }

        double facilityWatts = itWatts * facilityOverIt;
        double overheadWatts = itWatts * (facilityOverIt - 1);
        double distributionLossWatts = Math.Min(itWatts * ((1 / distributionEfficiency) - 1), overheadWatts);
        return new PowerLedger(
            facilityWatts * utilityFactor,
            chipWatts,
            itWatts - chipWatts,
            overheadWatts - distributionLossWatts,
            distributionLossWatts,
            facilityWatts * (utilityFactor - 1));
    }
}
