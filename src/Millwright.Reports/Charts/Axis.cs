using System.Globalization;

namespace Millwright.Reports.Charts;

/// <summary>A linear axis with round ticks.</summary>
internal sealed class Axis
{
    private Axis(double low, double high, double step, DisplayUnit unit, double from, double to)
    {
        Low = low;
        High = high;
        Step = step;
        Unit = unit;
        From = from;
        To = to;
    }

    public double Low { get; }

    public double High { get; }

    public double Step { get; }

    public DisplayUnit Unit { get; }

    public double From { get; }

    public double To { get; }

    /// <summary>An axis that covers the values, from pixel to pixel.</summary>
    public static Axis Over(double low, double high, string unit, double from, double to, int ticks, bool fit = false)
    {
        DisplayUnit scale = Humanize.Scale(unit, Math.Max(Math.Abs(low), Math.Abs(high)));
        double a = low / scale.Factor;
        double b = high / scale.Factor;
        if (b - a < 1e-12 * Math.Max(1, Math.Abs(b)))
        {
            double widen = Math.Max(Math.Abs(b) * 0.1, 1e-3);
            a = a > 0 ? Math.Max(0, a - widen) : a - widen;
            b += widen;
        }

        double step = NiceStep((b - a) / Math.Max(1, ticks));
        double first = fit ? a : Math.Floor((a / step) + 1e-9) * step;
        double last = fit ? b : Math.Ceiling((b / step) - 1e-9) * step;
        return new Axis(first * scale.Factor, last * scale.Factor, step * scale.Factor, scale, from, to);
    }

    /// <summary>An axis of bare numbers with a given step, from edge to edge of the data.</summary>
    public static Axis Stepped(double low, double high, double step, double from, double to) =>
        new(low, high, step, new DisplayUnit(1, ""), from, to);

    /// <summary>A step of 1, 2 or 5 times a power of ten, at least as large as asked.</summary>
    public static double NiceStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double mantissa = step / power;
        return power * (mantissa <= 1.0000001 ? 1 : mantissa <= 2.0000001 ? 2 : mantissa <= 5.0000001 ? 5 : 10);
    }

    public double At(double value) => From + ((value - Low) / (High - Low) * (To - From));

    public IEnumerable<double> Ticks()
    {
        long first = (long)Math.Ceiling((Low / Step) - 1e-9);
        long last = (long)Math.Floor((High / Step) + 1e-9);
        for (long i = first; i <= last; i++)
        {
            yield return i * Step;
        }
    }

    public string TickText(double value)
    {
        double shown = value / Unit.Factor;
        if (Math.Abs(shown) >= 1e7)
        {
            return shown.ToString("0.##E+0", CultureInfo.InvariantCulture);
        }

        double step = Step / Unit.Factor;
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 9);
        string text = Math.Round(shown, decimals).ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.AsSpan(1).IndexOfAnyExcept("0.,") < 0 ? text[1..] : text;
    }
}
