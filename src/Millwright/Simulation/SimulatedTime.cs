using Millwright.Numerics;

namespace Millwright.Simulation;

/// <summary>Simulated time: whole picoseconds from the start, in 64 bits, which last 106 days. Sums of times need 128.</summary>
public static class SimulatedTime
{
    /// <summary>Picoseconds of a second.</summary>
    public const long PerSecond = 1_000_000_000_000;

    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The longest time that can be simulated, s.</summary>
    public const double MostSeconds = 9.2e6;

    /// <summary>The nearest whole picosecond.</summary>
    /// <param name="seconds">Time, s, from 0 to <see cref="MostSeconds"/>.</param>
    /// <returns>Picoseconds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A time that is negative, not a number, or too long.</exception>
    public static long FromSeconds(double seconds) => seconds is >= 0 and <= MostSeconds
        ? (long)Math.Round(seconds * PerSecond)
        : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, $"a simulated time is 0 to {MostSeconds:0} s");

    /// <summary>A time in seconds.</summary>
    /// <param name="picoseconds">The time.</param>
    /// <returns>Seconds.</returns>
    public static double ToSeconds(long picoseconds) => (double)picoseconds / PerSecond;

    /// <summary>A sum of times in seconds.</summary>
    /// <param name="picoseconds">The sum.</param>
    /// <returns>Seconds.</returns>
    public static double ToSeconds(WideInteger picoseconds) => (double)picoseconds / PerSecond;
}
