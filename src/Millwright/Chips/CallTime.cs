namespace Millwright.Chips;

/// <summary>Time of one call by what the chip does meanwhile.</summary>
/// <param name="FloorSeconds">Launch and other fixed time, s.</param>
/// <param name="ComputeSeconds">Time bound by compute, s.</param>
/// <param name="MemorySeconds">Time bound by memory or a link, s.</param>
public readonly record struct CallTime(double FloorSeconds, double ComputeSeconds, double MemorySeconds)
{
    /// <summary>Whole time, s.</summary>
    public double TotalSeconds => FloorSeconds + ComputeSeconds + MemorySeconds;
}
