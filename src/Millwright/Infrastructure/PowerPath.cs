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

    private static void RequireFactor(double factor, string name)
    {
        if (!(factor >= 1 && double.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(name, factor, "A ratio of the power before to the power after losses is 1 or more.");
        }
    }
}
