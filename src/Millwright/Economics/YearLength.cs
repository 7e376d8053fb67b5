namespace Millwright.Economics;

/// <summary>Length of a year and a month: 8,760 h, and a twelfth of it.</summary>
internal static class YearLength
{
    public const double Hours = 8760;
    public const double Seconds = Hours * 3600;
    public const double MonthSeconds = Seconds / 12;
}
