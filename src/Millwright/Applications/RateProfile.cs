namespace Millwright.Applications;

/// <summary>A place on a rate profile.</summary>
/// <param name="TimeSeconds">Time from the start, s.</param>
/// <param name="RatePerSecond">Requests/s from here on a straight line to the next place.</param>
public readonly record struct RatePoint(double TimeSeconds, double RatePerSecond);

/// <summary>Requests per second over time: straight lines between places, then as the last place has it, or from the start again.</summary>
public sealed class RateProfile
{
    private const double DaySeconds = 86_400;

    private readonly RatePoint[] _points;

    private RateProfile(RatePoint[] points, double? periodSeconds)
    {
        _points = points;
        PeriodSeconds = periodSeconds;
    }

    /// <summary>The places.</summary>
    public IReadOnlyList<RatePoint> Points => _points;

    /// <summary>Time after which the profile begins anew, s; null where it does not.</summary>
    public double? PeriodSeconds { get; }

    /// <summary>The same rate for ever.</summary>
    /// <param name="ratePerSecond">Requests/s, above 0.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">A rate that is not above 0 or not finite.</exception>
    public static RateProfile Constant(double ratePerSecond) => Linear([new RatePoint(0, ratePerSecond)]);

    /// <summary>From one rate to another on a straight line, and on at the second.</summary>
    /// <param name="fromPerSecond">Requests/s at the start, at least 0.</param>
    /// <param name="toPerSecond">Requests/s at the end, at least 0.</param>
    /// <param name="seconds">Time of the ramp, s, above 0.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">An argument outside its range, or both rates 0.</exception>
    public static RateProfile Ramp(double fromPerSecond, double toPerSecond, double seconds) =>
        Linear([new RatePoint(0, fromPerSecond), new RatePoint(seconds, toPerSecond)]);

    /// <summary>Straight lines between places.</summary>
    /// <param name="points">Places in order of time, the first at 0 s; two of one time make a step.</param>
    /// <param name="periodSeconds">Time after which the profile begins anew, s, at least that of the last place; null for never.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">No place, times that fall, a rate below 0 or not finite, or nothing but zeros.</exception>
    public static RateProfile Linear(IReadOnlyList<RatePoint> points, double? periodSeconds = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0 || points[0].TimeSeconds != 0)
        {
            throw new ArgumentException("a rate profile must have a place at 0 s", nameof(points));
        }

        for (var i = 0; i < points.Count; i++)
        {
            var (time, rate) = points[i];
            if (!(rate >= 0 && double.IsFinite(rate)) || !double.IsFinite(time) || (i > 0 && time < points[i - 1].TimeSeconds))
            {
                throw new ArgumentException($"place {i + 1} of the rate profile is {rate} /s at {time} s; rates must be at least 0, and times must not fall", nameof(points));
            }
        }

        if (points.All(static p => p.RatePerSecond == 0))
        {
            throw new ArgumentException("a rate profile of zeros brings no request", nameof(points));
        }

        return periodSeconds is { } period && !(period > 0 && double.IsFinite(period) && period >= points[^1].TimeSeconds)
            ? throw new ArgumentException($"the period is {period} s; it must be above 0, and at least the time of the last place", nameof(periodSeconds))
            : new RateProfile([.. points], periodSeconds);
    }

    /// <summary>The shape of a day, every day: weights at equal distances over 24 h, joined by straight lines and scaled to a mean.</summary>
    /// <param name="meanRatePerSecond">Mean requests/s over the day, above 0.</param>
    /// <param name="weights">Weights, at least 0 and not all 0; 24 of them for one each hour, the first at the start.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">An argument outside its range.</exception>
    public static RateProfile Day(double meanRatePerSecond, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);

        // straight lines round a closed circle of equal steps have the mean of their corners
        var mean = weights.Count == 0 ? 0 : weights.Average();
        return mean > 0 && meanRatePerSecond > 0
            ? Linear(
                [.. weights.Append(weights[0]).Select((w, i) => new RatePoint(i * (DaySeconds / weights.Count), w / mean * meanRatePerSecond))], DaySeconds)
            : throw new ArgumentException("a day needs a mean rate above 0, and weights of which one is above 0", nameof(weights));
    }
}
