namespace Millwright.Infrastructure;

/// <summary>How many ports of the scale-out network the chips need.</summary>
public static class ScaleOutRails
{
    private const double RoundingAllowance = 1e-9;

    /// <summary>Endpoints (rails) of one chip: its scale-out bandwidth over the rate of a port, rounded up.</summary>
    /// <param name="chipBytesPerSecond">Scale-out bandwidth of one chip, one direction, bytes/s.</param>
    /// <param name="portBytesPerSecond">Rate of one port, one direction, bytes/s.</param>
    /// <returns>Endpoints per chip; 0 when the chip has no scale-out bandwidth.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bandwidth is negative or the rate is not positive.</exception>
    public static int EndpointsPerChip(double chipBytesPerSecond, double portBytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chipBytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(portBytesPerSecond);
        return (int)Math.Ceiling((chipBytesPerSecond / portBytesPerSecond) - RoundingAllowance);
    }

    /// <summary>Endpoints of a site. Within one scale-up domain (NVLink) the chips need no scale-out network, so a site of one domain has none.</summary>
    /// <param name="chips">Chips of the site.</param>
    /// <param name="scaleUpDomain">Chips in one scale-up domain; 1 where there is none.</param>
    /// <param name="endpointsPerChip">Endpoints of one chip.</param>
    /// <returns>Endpoints of the scale-out network.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative, or the domain is below 1.</exception>
    public static long Endpoints(long chips, int scaleUpDomain, int endpointsPerChip)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chips);
        ArgumentOutOfRangeException.ThrowIfLessThan(scaleUpDomain, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(endpointsPerChip);
        return chips <= scaleUpDomain ? 0 : checked(chips * endpointsPerChip);
    }
}
