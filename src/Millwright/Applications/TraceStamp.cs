using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Millwright.Applications;

/// <summary>A stamp as a trace writes it: whole seconds and picoseconds, so that neither dates nor nanoseconds lose a digit.</summary>
/// <param name="Seconds">Whole seconds, from the trace's own start or from year 1.</param>
/// <param name="Picoseconds">The rest, ps in [0, 1e12).</param>
/// <param name="IsDate">True where the trace writes a date, so that the clock starts at the first request.</param>
internal readonly record struct TraceStamp(long Seconds, long Picoseconds, bool IsDate) : IComparable<TraceStamp>
{
    /// <summary>Picoseconds of a second.</summary>
    public const long SecondPicoseconds = 1_000_000_000_000;

    private const int GreatestDigits = 18;

    private static ReadOnlySpan<long> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
    ];

    /// <summary>Stamps in order of time.</summary>
    public int CompareTo(TraceStamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Picoseconds.CompareTo(other.Picoseconds);

    public static bool operator <(TraceStamp left, TraceStamp right) => left.CompareTo(right) < 0;

    public static bool operator >(TraceStamp left, TraceStamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(TraceStamp left, TraceStamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TraceStamp left, TraceStamp right) => left.CompareTo(right) >= 0;

    /// <summary>Time from another stamp, ps; null where it is more than 105 days either way.</summary>
    public long? Since(TraceStamp other)
    {
        var seconds = Seconds - other.Seconds;
        return seconds is > LoadTime.GreatestSeconds or < -LoadTime.GreatestSeconds ? null : seconds * SecondPicoseconds + (Picoseconds - other.Picoseconds);
    }

    /// <summary>A number of units of time, at least 0.</summary>
    /// <param name="text">Digits with at most one point, or with an exponent.</param>
    /// <param name="unitPicoseconds">The unit, a whole divisor of a second, ps.</param>
    /// <param name="stamp">The stamp.</param>
    /// <returns>False where the text is no such number.</returns>
    public static bool TryNumber(ReadOnlySpan<byte> text, long unitPicoseconds, out TraceStamp stamp)
    {
        stamp = default;
        long whole = 0;
        var at = 0;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
        {
            whole = whole * 10 + (text[at] - '0');
        }

        var (wholeDigits, digits) = (at, at);
        long fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            var point = at;
            for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
            {
                // digits finer than a picosecond of a second are dropped
                fraction = at - point < 12 ? fraction * 10 + (text[at] - '0') : fraction;
            }

            digits += at - point;
            fraction *= PowersOfTen[12 - Math.Min(12, at - point)];
        }

        if (digits == 0 || wholeDigits > GreatestDigits || at != text.Length)
        {
            return TryLongNumber(text, unitPicoseconds, out stamp);
        }

        var perSecond = SecondPicoseconds / unitPicoseconds;
        var part = perSecond == 1 ? fraction : Part(fraction, unitPicoseconds);
        stamp = perSecond == 1
            ? new TraceStamp(whole, part, false)
            : new TraceStamp(whole / perSecond, whole % perSecond * unitPicoseconds + part, false);
        return true;
    }

    // what a fraction of a unit is: apart, since code with 128 bits is compiled anew at each start of the program
    private static long Part(long fraction, long unitPicoseconds) => (long)((Int128)fraction * unitPicoseconds / SecondPicoseconds);

    /// <summary>A date and time, ISO 8601 with a space or a T, or any other that .NET reads; UTC where no offset is given.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out TraceStamp stamp)
    {
        if (TryIsoDate(text, out stamp))
        {
            return true;
        }

        Span<char> letters = stackalloc char[64];
        if (text.Length > letters.Length || !Encoding.UTF8.TryGetChars(text, letters, out var written) ||
            !DateTime.TryParse(
                letters[..written], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal | DateTimeStyles.NoCurrentDateDefault, out var date))
        {
            return false;
        }

        stamp = new TraceStamp(date.Ticks / TimeSpan.TicksPerSecond, date.Ticks % TimeSpan.TicksPerSecond * (SecondPicoseconds / TimeSpan.TicksPerSecond), true);
        return true;
    }

    // what has more digits than fit, or an exponent
    private static bool TryLongNumber(ReadOnlySpan<byte> text, long unitPicoseconds, out TraceStamp stamp)
    {
        stamp = default;
        if (!Utf8Parser.TryParse(text, out double number, out var read) || read != text.Length || !(number >= 0))
        {
            return false;
        }

        var seconds = number * ((double)unitPicoseconds / SecondPicoseconds);
        if (!(seconds < 1e12))
        {
            return false;
        }

        var whole = Math.Floor(seconds);
        stamp = new TraceStamp((long)whole, Math.Min((long)Math.Round((seconds - whole) * SecondPicoseconds), SecondPicoseconds - 1), false);
        return true;
    }

    // yyyy-MM-dd HH:mm:ss, a fraction, an offset: 2023-11-16 18:15:46.6805900 and 2024-05-10 00:00:00.009930+00:00
    private static bool TryIsoDate(ReadOnlySpan<byte> text, out TraceStamp stamp)
    {
        stamp = default;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)' ' or (byte)'T') || text[13] != ':' || text[16] != ':' ||
            !TryDigits(text[..4], out var year) || !TryDigits(text.Slice(5, 2), out var month) || !TryDigits(text.Slice(8, 2), out var day) ||
            !TryDigits(text.Slice(11, 2), out var hour) || !TryDigits(text.Slice(14, 2), out var minute) || !TryDigits(text.Slice(17, 2), out var second) ||
            year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var at = 19;
        long fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            var point = ++at;
            for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
            {
                fraction = at - point < 12 ? fraction * 10 + (text[at] - '0') : fraction;
            }

            fraction *= PowersOfTen[12 - Math.Min(12, at - point)];
        }

        if (!TryOffset(text[at..], out var offsetSeconds))
        {
            return false;
        }

        var days = new DateOnly(year, month, day).DayNumber;
        stamp = new TraceStamp(days * 86_400L + hour * 3600 + minute * 60 + second - offsetSeconds, fraction, true);
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.IsEmpty || text is [(byte)'Z'])
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' || !TryDigits(text.Slice(1, 2), out var hours) || !TryDigits(text.Slice(4, 2), out var minutes))
        {
            return false;
        }

        seconds = (text[0] == '-' ? -1 : 1) * (hours * 3600L + minutes * 60);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var letter in text)
        {
            if ((uint)(letter - '0') > 9)
            {
                return false;
            }

            number = number * 10 + (letter - '0');
        }

        return true;
    }
}
