using System.Globalization;

namespace Millwright.Reports;

/// <summary>A unit as people read it, and how to get there from the inside unit.</summary>
/// <param name="Factor">Size of one display unit in the inside unit: 1e9 for B$ from USD.</param>
/// <param name="Label">The display unit, such as "B$/yr"; empty for a bare number.</param>
/// <param name="Whole">True where whole numbers stand for things that cannot be split, such as racks.</param>
/// <param name="Tight">True where the label follows the number without a space: "297k".</param>
public readonly record struct DisplayUnit(double Factor, string Label, bool Whole = false, bool Tight = false)
{
    /// <summary>The number without its unit, to about three significant digits.</summary>
    /// <param name="value">Value in the inside unit.</param>
    /// <returns>Text such as "55.0", "4,121", "0.78".</returns>
    public string Number(double value)
    {
        double shown = value / Factor;
        if (Label is "%" or "%/yr")
        {
            // rates are quoted to the basis point: 3.55 %/yr
            string digits = Label == "%/yr" || (Math.Abs(shown) < 0.095 && shown != 0) ? "0.0#" : "0.0";
            return Format(shown, Math.Abs(shown) >= 99.95 ? "#,0" : digits);
        }

        if (Whole && Math.Abs(shown - Math.Round(shown)) < 1e-9)
        {
            return Format(shown, "#,0");
        }

        if (Label is "GW" or "MW" or "kW")
        {
            return Format(shown, Math.Abs(shown) >= 100 ? "#,0" : Math.Abs(shown) >= 10 ? "0.#" : "0.##");
        }

        return Label is "months" or "years" or "days" or "h" or "min" or "c/kWh" ? Format(shown, "#,0.#") : ThreeDigits(shown);
    }

    /// <summary>The number with its unit.</summary>
    /// <param name="value">Value in the inside unit.</param>
    /// <returns>Text such as "55.0 B$".</returns>
    public string Text(double value)
    {
        if (!double.IsFinite(value))
        {
            return "n/a";
        }

        string number = Number(value);
        string label = number == "1" && Label is "months" or "years" or "days" ? Label[..^1] : Label;
        return label.Length == 0 ? number : number + (Tight ? "" : " ") + label;
    }

    internal static string ThreeDigits(double shown)
    {
        double size = Math.Abs(shown);
        string format = size switch
        {
            0 => "0",
            >= 1e7 => "0.00E+0",
            >= 99.95 => "#,0",
            >= 9.995 => "0.0",
            >= 0.9995 => "0.00",
            >= 0.0995 => "0.00#",
            >= 0.000000995 => "0.0#######",
            _ => "0.0#E+0",
        };
        if (size is < 0.0995 and >= 0.000000995)
        {
            int digits = (int)Math.Ceiling(-Math.Log10(size)) + 1;
            shown = Math.Round(shown, digits);
        }

        return Format(shown, format);
    }

    private static string Format(double shown, string format)
    {
        string text = shown.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.AsSpan(1).IndexOfAnyExcept("0.,") < 0 ? text[1..] : text;
    }
}
