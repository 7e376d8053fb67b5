namespace Millwright.Quantities;

/// <summary>Lengths of time: a year is 365 days of 24 h, a month a twelfth of it.</summary>
public static class TimeLength
{
    /// <summary>Seconds of a minute.</summary>
    public const double MinuteSeconds = 60;

    /// <summary>Seconds of an hour.</summary>
    public const double HourSeconds = 3600;

    /// <summary>Seconds of a day.</summary>
    public const double DaySeconds = 24 * HourSeconds;

    /// <summary>Hours of a year: 8,760.</summary>
    public const double YearHours = 365 * 24;

    /// <summary>Seconds of a year.</summary>
    public const double YearSeconds = YearHours * HourSeconds;

    /// <summary>Seconds of a month.</summary>
    public const double MonthSeconds = YearSeconds / 12;
}
