using System.Globalization;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Reports;

/// <summary>
/// Numbers for people: inside units in, short text out, the same in the terminal and in pages. Money is written as B$, M$, k$ or $, power as GW, MW or kW,
/// shares as percent. Culture invariant. Example: <c>Humanize.Value(55e9, "USD")</c> is "55.0 B$", <c>Humanize.Value(0.075, "USD/kWh")</c> is "7.5 c/kWh".
/// </summary>
public static class Humanize
{
    /// <summary>A value with its unit.</summary>
    /// <param name="value">Value in the inside unit.</param>
    /// <param name="unit">Inside unit: "USD", "USD/yr", "USD/W", "USD/(W yr)", "USD/kWh", "USD/Mtok", "USD/GPU-h", "W", "kWh", "s", "months", "tok/s", "t", "m3", "1/yr", "share" (percent), "1" (a bare number) and the like; others are shown as they are.</param>
    /// <returns>Text such as "55.0 B$", "4,121", "0.78 GW", "7.5 c/kWh", "12.3 %", "18 months"; "n/a" where the value is not a finite number.</returns>
    public static string Value(double value, string unit) => Scale(unit, value).Text(value);

    /// <summary>The value of a figure with its unit; its reason where it has no value.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>Text such as "55.0 B$", or the reason in words.</returns>
    public static string Value(PlanFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        // A code stands for words, such as the status of the debt; the words are in the reason.
        bool inWords = figure.Unit == "code" && figure.Reason is not null;
        return !inWords && figure.Value is double value && double.IsFinite(value) ? Value(value, UnitOf(figure.Name, figure.Unit)) : figure.Reason ?? "no value";
    }

    /// <summary>The value of a figure by its parts.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <param name="value">Value in the inside unit, or null.</param>
    /// <param name="unit">Inside unit.</param>
    /// <param name="reason">The state in words where the unit is "code", or why there is no value.</param>
    /// <returns>Text such as "55.0 B$", or the reason in words.</returns>
    public static string Value(string name, double? value, string unit, string? reason) => value switch
    {
        double known when double.IsFinite(known) => unit == "code" && reason is { Length: > 0 } ? reason : Value(known, UnitOf(name, unit)),
        _ => reason ?? "no value",
    };

    /// <summary>The range of a figure, or null where it has none.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>Text such as "48.0 to 63.0 B$", p10 to p90.</returns>
    public static string? Range(PlanFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return figure is { Low: double low, High: double high } && low != high ? Range(low, high, UnitOf(figure.Name, figure.Unit)) : null;
    }

    /// <summary>Two values in one unit.</summary>
    /// <param name="low">Lower value, inside unit.</param>
    /// <param name="high">Upper value, inside unit.</param>
    /// <param name="unit">Inside unit.</param>
    /// <returns>Text such as "48.0 to 63.0 B$".</returns>
    public static string Range(double low, double high, string unit)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high))
        {
            return Value(low, unit) + " to " + Value(high, unit);
        }

        DisplayUnit scale = Scale(unit, Math.Max(Math.Abs(low), Math.Abs(high)));
        return (scale.Tight && low != 0 ? scale.Number(low) + scale.Label.Split(' ')[0] : scale.Number(low)) + " to " + scale.Text(high);
    }

    /// <summary>
    /// The unit that a figure is shown in: shares carry the inside unit "1" like counts do, and are told apart by their names. A return or a cost of capital
    /// is a rate per year that people write as a plain percentage.
    /// </summary>
    /// <param name="name">Name of the figure or series.</param>
    /// <param name="unit">Its inside unit.</param>
    /// <returns>"share" for a share that is read in percent, else the unit itself.</returns>
    public static string UnitOf(string name, string unit)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(unit);
        string last = name[(name.LastIndexOf('.') + 1)..];
        bool isReturn = last.EndsWith("irr", StringComparison.Ordinal) || last.EndsWith("irr_before_tax", StringComparison.Ordinal) || last is "wacc";
        if (unit is not ("" or "1"))
        {
            return unit == "1/yr" && isReturn ? "share" : unit;
        }

        bool share = isReturn
            || name.Contains(".share.", StringComparison.Ordinal)
            || name.StartsWith("margin.", StringComparison.Ordinal)
            || last.Split('_').Contains("share")
            || last.EndsWith("utilisation", StringComparison.Ordinal)
            || last is "token_price_scale" or "loan_to_cost" or "availability" or "load_factor" or "income_tax" or "state_income_tax" or "sales_tax" or "residual"
                or "it_residual" or "upfront_fee" or "spares" or "renewal_price" or "bonus_depreciation" or "loss_use";
        return share ? "share" : "1";
    }

    /// <summary>The display unit that fits values of a given size; an axis uses one for all its ticks.</summary>
    /// <param name="unit">Inside unit.</param>
    /// <param name="magnitude">Greatest value to show, inside unit; its sign does not matter.</param>
    /// <returns>Factor and label.</returns>
    public static DisplayUnit Scale(string unit, double magnitude)
    {
        ArgumentNullException.ThrowIfNull(unit);
        double size = RoundToThreeDigits(Math.Abs(magnitude));
        if (unit.StartsWith("USD", StringComparison.Ordinal))
        {
            return Money(unit[3..], size);
        }

        return unit switch
        {
            "1" or "" or "count" => Bare(size, ""),
            "share" or "fraction" or "%" => new DisplayUnit(0.01, "%"),
            "1/yr" => new DisplayUnit(0.01, "%/yr"),
            "1/GW" => Bare(size, "per GW"),
            "W" => Pick(size, [(1e8, 1e9, "GW"), (1e6, 1e6, "MW"), (1e3, 1e3, "kW")], "W"),
            "kWh" or "kWh/yr" => Pick(size, [(1e9, 1e9, "TWh"), (1e6, 1e6, "GWh"), (1e3, 1e3, "MWh")], "kWh", unit[3..]),
            "s" => Duration(size),
            "month" or "months" => new DisplayUnit(1, "months"),
            "yr" or "year" or "years" => new DisplayUnit(1, "years"),
            "t" or "t/yr" => Pick(size, [(1e6, 1e6, "Mt"), (1e3, 1e3, "kt")], "t", unit[1..]),
            "tCO2e" or "t CO2e" or "tCO2e/yr" or "t CO2e/yr" =>
                Pick(size, [(1e6, 1e6, "Mt"), (1e3, 1e3, "kt")], "t", unit.EndsWith("/yr", StringComparison.Ordinal) ? " CO2e/yr" : " CO2e"),
            "B" or "B/s" => Pick(size, [(1e15, 1e15, "PB"), (1e12, 1e12, "TB"), (1e9, 1e9, "GB"), (1e6, 1e6, "MB"), (1e3, 1e3, "kB")], "B", unit[1..]),
            "FLOP/s" => Pick(size, [(1e18, 1e18, "EFLOP/s"), (1e15, 1e15, "PFLOP/s"), (1e12, 1e12, "TFLOP/s")], "FLOP/s"),
            "g/kWh" or "L/kWh" => new DisplayUnit(1, unit),
            "FTE/W" => new DisplayUnit(1e-6, "FTE/MW"),
            _ => Bare(size, unit),
        };
    }

    /// <summary>An id in words: "texas" is "Texas", "new-mexico" is "New Mexico".</summary>
    /// <param name="id">The id.</param>
    /// <returns>The words.</returns>
    public static string Words(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return CultureInfo.InvariantCulture.TextInfo.ToTitleCase(id.Replace('-', ' ').Replace('_', ' '));
    }

    private static DisplayUnit Money(string per, double size)
    {
        switch (per)
        {
            case "/W":
                return new DisplayUnit(1, "B$/GW");
            case "/(W yr)" or "/W-yr" or "/W/yr" or "/(W-yr)":
                return new DisplayUnit(1, "B$/GW-yr");
            case "/kWh":
                return size < 1 ? new DisplayUnit(0.01, "c/kWh") : new DisplayUnit(1, "$/kWh");
            default:
                string shown = per.Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal).Replace(' ', '-');
                return Pick(size, [(1e12, 1e12, "T$"), (1e9, 1e9, "B$"), (1e6, 1e6, "M$"), (1e4, 1e3, "k$")], "$", shown);
        }
    }

    private static DisplayUnit Bare(double size, string unit)
    {
        string after = unit.Length == 0 ? "" : " " + unit;
        return size switch
        {
            >= 1e15 => new DisplayUnit(1e15, "quadrillion" + after),
            >= 1e12 => new DisplayUnit(1e12, "T" + after, Tight: true),
            >= 1e9 => new DisplayUnit(1e9, "B" + after, Tight: true),
            >= 1e6 => new DisplayUnit(1e6, "M" + after, Tight: true),
            >= 1e5 => new DisplayUnit(1e3, "k" + after, Tight: true),
            _ => new DisplayUnit(1, unit, Whole: true),
        };
    }

    private static DisplayUnit Duration(double seconds) => seconds switch
    {
        0 => new DisplayUnit(1, "s"),
        < 1e-3 => new DisplayUnit(1e-6, "us"),
        < 1 => new DisplayUnit(1e-3, "ms"),
        < 120 => new DisplayUnit(1, "s"),
        < 7200 => new DisplayUnit(60, "min"),
        < 3 * TimeLength.DaySeconds => new DisplayUnit(TimeLength.HourSeconds, "h"),
        < 60 * TimeLength.DaySeconds => new DisplayUnit(TimeLength.DaySeconds, "days"),
        < 3 * TimeLength.YearSeconds => new DisplayUnit(TimeLength.MonthSeconds, "months"),
        _ => new DisplayUnit(TimeLength.YearSeconds, "years"),
    };

    private static DisplayUnit Pick(double size, ReadOnlySpan<(double From, double Factor, string Label)> steps, string least, string after = "")
    {
        foreach ((double from, double factor, string label) in steps)
        {
            if (size >= from)
            {
                return new DisplayUnit(factor, label + after);
            }
        }

        return new DisplayUnit(1, least + after);
    }

    private static double RoundToThreeDigits(double size)
    {
        if (!double.IsFinite(size) || size <= 0)
        {
            return 0;
        }

        double step = Math.Pow(10, Math.Floor(Math.Log10(size)) - 2);
        return Math.Round(size / step) * step;
    }
}
