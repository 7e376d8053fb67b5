namespace Millwright.Chips;

/// <summary>Coordinates of the power grids: log2 of the share of peak compute, log2 of the share of bandwidth, log2 of the time in microseconds.</summary>
public static class PowerCoordinates
{
    /// <summary>Axes.</summary>
    public const int Axes = 3;

    /// <summary>A smaller share counts as this: it draws nothing that could be told from the idle floor.</summary>
    public const double LeastShare = 1.0 / 1024;

    /// <summary>Writes the coordinates of a kernel.</summary>
    /// <param name="computeShare">FLOPs over the peak and the time: of the precision of the multiplication for products, of 16 bits for
    /// attention.</param>
    /// <param name="memoryShare">Bytes over the bandwidth and the time.</param>
    /// <param name="callSeconds">Time of one call, s.</param>
    /// <param name="point">Where they go, <see cref="Axes"/> numbers.</param>
    public static void Fill(double computeShare, double memoryShare, double callSeconds, Span<double> point)
    {
        point[0] = Math.Log2(Math.Max(LeastShare, computeShare));
        point[1] = Math.Log2(Math.Max(LeastShare, memoryShare));
        point[2] = Math.Log2(Math.Max(1e-9, callSeconds) * 1e6);
    }
}
