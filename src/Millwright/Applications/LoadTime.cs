namespace Millwright.Applications;

/// <summary>How long a load may last: a count of picoseconds in 64 bits ends after 106 days, and a simulation adds to it.</summary>
internal static class LoadTime
{
    /// <summary>Greatest time of an arrival, s: 105 days.</summary>
    public const long GreatestSeconds = 105 * 86_400;

    /// <summary>The end, ps; the greatest number where there is none.</summary>
    public static long Until(double? durationSeconds) =>
        durationSeconds is not { } seconds ? long.MaxValue
        : seconds is > 0 and <= GreatestSeconds ? (long)Math.Round(seconds * TraceStamp.SecondPicoseconds)
        : throw new ArgumentOutOfRangeException(nameof(durationSeconds), seconds, "must be above 0 s and at most 105 days");
}
