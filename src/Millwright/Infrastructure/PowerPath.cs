using Millwright.Quantities;

namespace Millwright.Infrastructure;

/// <summary>
/// One power of a site on its three bases. It can only be made from a power with a basis: 1 GW of IT and 1 GW at the meter are different sites.
/// </summary>
/// <remarks>
/// facility = IT x peak factor; utility = facility x utility factor. The peak factor is a design ratio (facility power that is built over the
/// greatest IT power), not the yearly PUE. Source: rows peak-factor-bernstein, peak-factor-gpu and peak-factor-hyperscale.
/// </remarks>
public readonly record struct PowerPath
{
    private PowerPath(double itWatts, double facilityWatts, double utilityWatts)
    {
        ItWatts = itWatts;
        FacilityWatts = facilityWatts;
        UtilityWatts = utilityWatts;
    }

    /// <summary>Greatest IT power, W.</summary>
    public double ItWatts { get; }

    /// <summary>Facility power the site is built for, W.</summary>
    public double FacilityWatts { get; }

    /// <summary>Power at the utility meter, W.</summary>
    public double UtilityWatts { get; }

    /// <summary>A power on one basis, carried to the other two.</summary>
    /// <param name="watts">The power, W.</param>
    /// <param name="basis">Where it is measured.</param>
    /// <param name="peakFactor">Facility power over greatest IT power, 1 or more.</param>
    /// <param name="utilityFactor">Utility power over facility power, 1 or more.</param>
    /// <returns>The power on all three bases.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The power is not a finite number of at least 0, a factor is below 1, or the basis is unknown.</exception>
    public static PowerPath From(double watts, PowerBasis basis, double peakFactor, double utilityFactor)
    {
        if (!(watts >= 0 && double.IsFinite(watts)))
        {
            throw new ArgumentOutOfRangeException(nameof(watts), watts, "A power is a finite number of watts, 0 or more.");
        }

        RequireFactor(peakFactor, nameof(peakFactor));
        RequireFactor(utilityFactor, nameof(utilityFactor));
        return basis switch
        {
            PowerBasis.It => new(watts, watts * peakFactor, watts * peakFactor * utilityFactor),
            PowerBasis.Facility => new(watts / peakFactor, watts, watts * utilityFactor),
            PowerBasis.Utility => new(watts / utilityFactor / peakFactor, watts / utilityFactor, watts),
            _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "A power is measured at the IT, the facility or the utility."),
        };
    }

    /// <summary>A stated power, carried to all three bases.</summary>
    /// <param name="power">The power, W, with its basis.</param>
    /// <param name="peakFactor">Facility power over greatest IT power, 1 or more.</param>
    /// <param name="utilityFactor">Utility power over facility power, 1 or more.</param>
    /// <returns>The power on all three bases.</returns>
    /// <exception cref="PowerBasisMissingException">The power has no basis.</exception>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="From(double, PowerBasis, double, double)"/>.</exception>
    public static PowerPath From(Amount power, double peakFactor, double utilityFactor)
    {
        ArgumentNullException.ThrowIfNull(power);
        return From(power.Mid, power.Basis ?? throw new PowerBasisMissingException(power.Origin), peakFactor, utilityFactor);
    }

    /// <summary>The power on one basis.</summary>
    /// <param name="basis">The basis.</param>
    /// <returns>The power, W.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The basis is unknown.</exception>
    public double WattsOn(PowerBasis basis) => basis switch
    {
        PowerBasis.It => ItWatts,
        PowerBasis.Facility => FacilityWatts,
        PowerBasis.Utility => UtilityWatts,
        _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "A power is measured at the IT, the facility or the utility."),
    };

    /// <summary>Energy of one year: mean IT power (greatest IT power x load factor) x PUE x 8,760 h, seen on one basis.</summary>
    /// <remarks>On the IT basis the PUE does not count; on the utility basis the losses of the utility factor come on top.</remarks>
    /// <param name="basis">Where the energy is metered.</param>
    /// <param name="loadFactor">Mean IT power over greatest IT power.</param>
    /// <param name="pue">Yearly facility energy over IT energy, 1 or more.</param>
    /// <returns>Energy, kWh a year.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The PUE is below 1, the load factor is not in 0 to 1, or the basis is unknown.</exception>
    public double EnergyKwhPerYear(PowerBasis basis, double loadFactor, double pue)
    {
        RequireFactor(pue, nameof(pue));
        if (!(loadFactor is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(loadFactor), loadFactor, "A load factor is between 0 and 1.");
        }

        double itKwh = ItWatts * loadFactor * TimeLength.YearHours / 1000;
        return basis switch
        {
            PowerBasis.It => itKwh,
            PowerBasis.Facility => itKwh * pue,
            PowerBasis.Utility => FacilityWatts == 0 ? 0 : itKwh * pue * (UtilityWatts / FacilityWatts),
            _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "Energy is metered at the IT, the facility or the utility."),
        };
    }

    private static void RequireFactor(double factor, string name)
    {
        if (!(factor >= 1 && double.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(name, factor, "A ratio of the power before to the power after losses is 1 or more.");
        }
    }
}
