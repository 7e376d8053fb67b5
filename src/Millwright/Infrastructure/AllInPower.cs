namespace Millwright.Infrastructure;

/// <summary>Power at the utility meter for one chip with all that it needs, W: the bottom-up figure that published all-in figures are compared with.</summary>
/// <param name="SystemWatts">Share of the node or rack, W.</param>
/// <param name="NetworkWatts">Switches and optical modules of the scale-out network, W.</param>
/// <param name="StorageWatts">Shared storage, W.</param>
/// <param name="FacilityOverheadWatts">Cooling, distribution and reserve of the facility, W.</param>
/// <param name="UtilityLossWatts">Substation and lines of the site, W.</param>
public readonly record struct AllInPower(
    double SystemWatts,
    double NetworkWatts,
    double StorageWatts,
    double FacilityOverheadWatts,
    double UtilityLossWatts)
{
    /// <summary>IT power of one chip, W.</summary>
    public double ItWatts => SystemWatts + NetworkWatts + StorageWatts;

    /// <summary>Power of one chip at the utility meter, W.</summary>
    public double UtilityWatts => ItWatts + FacilityOverheadWatts + UtilityLossWatts;

    /// <summary>Adds up the power of one chip.</summary>
    /// <remarks>
    /// IT = (system / chips + network) / (1 - storage share); utility = IT x facilityOverIt x utilityFactor. Where facilityOverIt was itself derived
    /// over the power of the racks alone (row peak-factor-bernstein) it already holds network and storage: pass 0 for both.
    /// </remarks>
    /// <param name="systemWatts">Greatest power of the system, W.</param>
    /// <param name="chipsPerSystem">Chips in it.</param>
    /// <param name="networkWattsPerChip">Power of the scale-out network per chip, W.</param>
    /// <param name="storageShareOfIt">Power of storage over IT power.</param>
    /// <param name="facilityOverIt">Peak factor or PUE, 1 or more.</param>
    /// <param name="utilityFactor">Utility power over facility power, 1 or more.</param>
    /// <returns>The power by use.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no chip, or a share or ratio is out of its range.</exception>
    public static AllInPower PerChip(
        double systemWatts, int chipsPerSystem, double networkWattsPerChip, double storageShareOfIt, double facilityOverIt, double utilityFactor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chipsPerSystem, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(facilityOverIt, 1.0);
        ArgumentOutOfRangeException.ThrowIfLessThan(utilityFactor, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(storageShareOfIt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(storageShareOfIt, 1.0);
        double chipWatts = systemWatts / chipsPerSystem;
        double itWatts = (chipWatts + networkWattsPerChip) / (1 - storageShareOfIt);
        return new AllInPower(
            chipWatts,
            networkWattsPerChip,
            itWatts * storageShareOfIt,
            itWatts * (facilityOverIt - 1),
            itWatts * facilityOverIt * (utilityFactor - 1));
    }
}
