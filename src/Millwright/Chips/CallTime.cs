namespace Millwright.Chips;

/// <summary>Time of one call by what the chip does meanwhile.</summary>
/// <param name="FloorSeconds">Launch and other fixed time, s.</param>
/// <param name="ComputeSeconds">Time bound by compute, s.</param>
/// <param name="MemorySeconds">Time bound by memory or a link, s.</param>
public readonly record struct CallTime(double FloorSeconds, double ComputeSeconds, double MemorySeconds)
{
    /// <summary>Whole time, s.</summary>
    public double TotalSeconds => FloorSeconds + ComputeSeconds + MemorySeconds;

    /// <summary>Two calls one after another.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    /// <returns>The time of both.</returns>
    public static CallTime operator +(CallTime first, CallTime second) => new(
        first.FloorSeconds + second.FloorSeconds, first.ComputeSeconds + second.ComputeSeconds, first.MemorySeconds + second.MemorySeconds);

    /// <summary>A call several times.</summary>
    /// <param name="call">The call.</param>
    /// <param name="times">How often.</param>
    /// <returns>The time of all.</returns>
    public static CallTime operator *(CallTime call, double times) =>
        new(call.FloorSeconds * times, call.ComputeSeconds * times, call.MemorySeconds * times);
}
