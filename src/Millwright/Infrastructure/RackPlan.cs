using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>How many whole systems (racks, nodes or pods) a site holds, and what is in them.</summary>
/// <param name="Systems">Whole systems.</param>
/// <param name="Chips">Chips (packages).</param>
/// <param name="Dies">Compute dies.</param>
/// <param name="Hosts">Hosts, by the rule of <see cref="HostsOf"/>.</param>
/// <param name="SystemWatts">Power that one system is provisioned with, W.</param>
/// <param name="FacilityWattsPerSystem">Facility power that one system takes: its power x the peak factor, W.</param>
/// <param name="ItWatts">Power of all systems, W.</param>
/// <param name="FacilityWattsUsed">Facility power that all systems take, W.</param>
/// <param name="FacilityWattsLeft">Facility power left over, W; less than one system's unless supply is the limit.</param>
/// <param name="SupplyBinds">True when fewer systems can be had than would fit.</param>
public readonly record struct RackPlan(
    long Systems,
    long Chips,
    long Dies,
    long Hosts,
    double SystemWatts,
    double FacilityWattsPerSystem,
    double ItWatts,
    double FacilityWattsUsed,
    double FacilityWattsLeft,
    bool SupplyBinds)
{
    /// <summary>
    /// Facility power that a customer of capacity gets and pays for, W: all of it where the racks fill the site to less than one more, what the systems take where
    /// the supply of systems runs out before the power, none where not one system fits.
    /// </summary>
    public double FacilityWattsFilled => SupplyBinds || Systems == 0 ? FacilityWattsUsed : FacilityWattsUsed + FacilityWattsLeft;

    // A quotient that is whole but for rounding must not lose a rack.
    private const double RoundingAllowance = 1e-12;

    /// <summary>The whole systems that fit: floor(facility power / (system power x peak factor)), but no more than can be had.</summary>
    /// <param name="system">The system: its chips and dies.</param>
    /// <param name="systemWatts">Power one system is provisioned with, W.</param>
    /// <param name="facilityWatts">Facility power of the site, W.</param>
    /// <param name="peakFactor">Facility power over greatest IT power, 1 or more.</param>
    /// <param name="supplyLimit">Most systems that can be had; null for no limit.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A power is not positive and finite, the peak factor is below 1, or the limit is negative.</exception>
    public static RackPlan Fit(SystemRecord system, double systemWatts, double facilityWatts, double peakFactor, double? supplyLimit = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        double perSystem = FacilityWattsOf(systemWatts, peakFactor);
        if (!(facilityWatts >= 0 && double.IsFinite(facilityWatts)))
        {
            throw new ArgumentOutOfRangeException(nameof(facilityWatts), facilityWatts, "The power of a site is a finite number of watts, 0 or more.");
        }

        long fit = (long)Math.Floor(facilityWatts / perSystem * (1 + RoundingAllowance));
        long supply = Supply(supplyLimit);
        return Make(system, Math.Min(fit, supply), systemWatts, perSystem, facilityWatts, supply < fit);
    }

    /// <summary>The whole systems that hold a number of chips with spares over them; the site's power follows.</summary>
    /// <param name="system">The system: its chips and dies.</param>
    /// <param name="systemWatts">Power one system is provisioned with, W.</param>
    /// <param name="chips">Chips that must serve.</param>
    /// <param name="spareShare">Spare systems over those that serve.</param>
    /// <param name="peakFactor">Facility power over greatest IT power, 1 or more.</param>
    /// <param name="supplyLimit">Most systems that can be had; null for no limit. The site is then built for these.</param>
    /// <returns>The plan; no facility power is left over.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A power is not positive and finite, the peak factor is below 1, or chips, spares or the limit are negative.</exception>
    public static RackPlan ForChips(
        SystemRecord system, double systemWatts, double chips, double spareShare, double peakFactor, double? supplyLimit = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentOutOfRangeException.ThrowIfNegative(chips);
        ArgumentOutOfRangeException.ThrowIfNegative(spareShare);
        double perSystem = FacilityWattsOf(systemWatts, peakFactor);
        double serving = Math.Ceiling(chips / system.ChipsPerSystem * (1 - RoundingAllowance));
        long needed = (long)Math.Ceiling(serving * (1 + spareShare) * (1 - RoundingAllowance));
        long supply = Supply(supplyLimit);
        long systems = Math.Min(needed, supply);
        return Make(system, systems, systemWatts, perSystem, systems * perSystem, supply < needed);
    }

    /// <summary>
    /// Hosts of a number of systems. The rule: a node is one host; a rack has one host (compute tray) per four chips, as an NVL72 with 18 trays
    /// and a Helios rack with 18 CPUs do; for single chips and pods one host serves eight chips.
    /// </summary>
    /// <param name="system">The system.</param>
    /// <param name="systems">Number of systems.</param>
    /// <returns>Number of hosts.</returns>
    public static long HostsOf(SystemRecord system, long systems)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.Kind switch
        {
            "node" => systems,
            "rack" => systems * ((system.ChipsPerSystem + 3) / 4),
            _ => ((systems * system.ChipsPerSystem) + 7) / 8,
        };
    }

    private static long Supply(double? supplyLimit) => supplyLimit switch
    {
        null => long.MaxValue,
        >= 0 and { } most => (long)Math.Min(Math.Floor(most), long.MaxValue / 2),
        { } wrong => throw new ArgumentOutOfRangeException(nameof(supplyLimit), wrong, "The most systems that can be had is 0 or more."),
    };

    private static double FacilityWattsOf(double systemWatts, double peakFactor)
    {
        if (!(systemWatts > 0 && double.IsFinite(systemWatts)))
        {
            throw new ArgumentOutOfRangeException(nameof(systemWatts), systemWatts, "The power of a system is a finite number of watts over 0.");
        }

        if (!(peakFactor >= 1 && double.IsFinite(peakFactor)))
        {
            throw new ArgumentOutOfRangeException(nameof(peakFactor), peakFactor, "Facility power over greatest IT power is 1 or more.");
        }

        return systemWatts * peakFactor;
    }

    private static RackPlan Make(SystemRecord system, long systems, double systemWatts, double perSystem, double facilityWatts, bool supplyBinds)
    {
        long chips = systems * system.ChipsPerSystem;
        double used = systems * perSystem;
        return new RackPlan(
            systems,
            chips,
            chips * system.DiesPerChip,
            HostsOf(system, systems),
            systemWatts,
            perSystem,
            systems * systemWatts,
            used,
            Math.Max(0, facilityWatts - used),
            supplyBinds);
    }
}
