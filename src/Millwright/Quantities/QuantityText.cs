using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Millwright.Quantities;

/// <summary>Reads amounts as people write them: "1 GW facility", "7.8 c/kWh", "$55B", "6.5 .. 7.5 .. 9 c/kWh".</summary>
public static class QuantityText
{
    /// <summary>Reads an amount.</summary>
    /// <param name="text">A number with its unit, or three of them as "low .. mid .. high" (a unit may stand once, after the last).</param>
    /// <param name="kind">What is measured.</param>
    /// <param name="needsBasis">True when the text must say IT, facility or utility.</param>
    /// <param name="amount">The amount in the inside unit of the kind; null on failure.</param>
    /// <param name="problem">What is wrong in plain words: what was found, what is allowed, the nearest right spelling; null on success.</param>
    /// <returns>True when the text is right.</returns>
    public static bool TryParse(
        string text, QuantityKind kind, bool needsBasis, [NotNullWhen(true)] out Amount? amount, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        amount = null;
        string trimmed = text.Trim();
        if (trimmed.Length is 0 or > 200)
        {
            problem = $"{(trimmed.Length == 0 ? "nothing" : "a long text")} was found; wanted is {KindRule.Of(kind).Name}, such as {Sample(kind, needsBasis)}";
            return false;
        }

        string[] parts = trimmed.Split("..");
        if (parts.Length is not (1 or 3))
        {
            problem = $"\"{trimmed}\" is not a range; allowed: low .. mid .. high, three numbers";
            return false;
        }

        Span<double> values = stackalloc double[3];
        PowerBasis? basis = null;
        string? lastUnit = null;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (!TryParseOne(parts[i].Trim(), kind, lastUnit, out values[i], out PowerBasis? ownBasis, out string unit, out problem))
            {
                return false;
            }

            if (i < parts.Length - 1 && ownBasis is not null && ownBasis != basis)
            {
                problem = $"\"{trimmed}\" mixes power bases; allowed is one of IT, facility and utility";
                return false;
            }

            basis ??= ownBasis;
            lastUnit ??= unit;
        }

        if (needsBasis && basis is null)
        {
            problem = $"\"{trimmed}\" does not say where the power is measured; allowed: \"{trimmed} IT\", \"{trimmed} facility\" or \"{trimmed} utility\"";
            return false;
        }

        if (parts.Length == 1)
        {
            problem = null;
            amount = new(values[0], Basis: basis);
            return true;
        }

        return TryMakeRange(values[0], values[1], values[2], basis, out amount, out problem);
    }

    /// <summary>Joins three values to an amount with a range.</summary>
    /// <param name="low">Tenth percentile.</param>
    /// <param name="mid">Median.</param>
    /// <param name="high">Ninetieth percentile.</param>
    /// <param name="basis">Power basis, or null.</param>
    /// <param name="amount">The amount; null on failure.</param>
    /// <param name="problem">What is wrong; null on success.</param>
    /// <returns>True when the three ascend.</returns>
    public static bool TryMakeRange(
        double low, double mid, double high, PowerBasis? basis, [NotNullWhen(true)] out Amount? amount, [NotNullWhen(false)] out string? problem)
    {
        if (low <= mid && mid <= high)
        {
            amount = new(mid, low, high, basis);
            problem = null;
            return true;
        }

        amount = null;
        problem = "a range must ascend: low, then mid, then high (10 %, 50 % and 90 % of outcomes lie below)";
        return false;
    }

    private static string Sample(QuantityKind kind, bool needsBasis) => $"\"{KindRule.Of(kind).Example}{(needsBasis ? " facility" : "")}\"";

    private static bool TryParseOne(
        string text,
        QuantityKind kind,
        string? unitElsewhere,
        out double value,
        out PowerBasis? basis,
        out string unit,
        [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        basis = null;
        unit = "";
        KindRule rule = KindRule.Of(kind);
        string rest = text;
        bool negative = false;
        string dollar = "";
        if (rule.Top == UnitClass.Money && (rest.StartsWith("-$", StringComparison.Ordinal) || rest.StartsWith("-US$", StringComparison.Ordinal)))
        {
            negative = true;
            rest = rest[1..];
        }

        foreach (string sign in new[] { "US$", "USD", "$" })
        {
            if (rule.Top == UnitClass.Money && rest.StartsWith(sign, StringComparison.Ordinal))
            {
                dollar = "$";
                rest = rest[sign.Length..].TrimStart();
                break;
            }
        }

        int length = NumberLength(rest);
        if (length == 0)
        {
            problem = NotANumber(text, rule);
            return false;
        }

        string number = rest[..length].Replace("_", "", StringComparison.Ordinal);
        rest = rest[length..];
        if (rest.StartsWith(',') || rest.StartsWith('.') || rest.StartsWith('_'))
        {
            string hint = Uncomma(number, rest) is { } plain ? $", such as \"{plain}\"" : "";
            problem = $"\"{text}\" is not a number; write digits with a point before decimals and \"_\" between thousands{hint}";
            return false;
        }

        value = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        unit = rest.Trim();
        if (dollar.Length > 0)
        {
            unit = WithDollar(unit);
        }

        string used = unit.Length == 0 && unitElsewhere is not null ? unitElsewhere : unit;
        if (!UnitTable.TryParse(used, kind, out UnitFactor factor, out basis, out problem))
        {
            problem = unit.Length == 0 ? $"\"{text}\" has no unit; allowed: {rule.Offer()}" : $"in \"{text}\": {problem}";
            return false;
        }

        value = factor.Apply(negative ? -value : value);
        if (!double.IsFinite(value))
        {
            problem = $"\"{text}\" is too large for a number";
            return false;
        }

        return true;
    }

    /// <summary>The number that "1,000" or "7,5" means: three digits after the comma are thousands, others decimals.</summary>
    private static string? Uncomma(string number, string rest)
    {
        if (rest[0] != ',' || number.Contains('.') || rest.Length == 1)
        {
            return null;
        }

        int digits = Digits(rest, 1);
        string after = rest[(1 + digits)..];
        return digits == 0 || after.StartsWith(',') ? null : number + (digits == 3 ? "" : ".") + rest[1..];
    }

    /// <summary>"B/GW" after "$10" says "B$/GW".</summary>
    private static string WithDollar(string unit)
    {
        int end = unit.IndexOfAny([' ', '/']);
        string first = end < 0 ? unit : unit[..end];
        string after = end < 0 ? "" : unit[end..];
        if (UnitSymbol.All.ContainsKey(first + "$"))
        {
            return $"{first}${after}";
        }

        return UnitSymbol.Scales.ContainsKey(first) ? $"{first} ${after}" : unit.Length == 0 || unit[0] == '/' ? "$" + unit : "$ " + unit;
    }

    private static string NotANumber(string text, KindRule rule)
    {
        string shown = text.Length <= 60 ? text : text[..60] + "...";
        string bare = text.TrimStart('.', '-', '+');
        if (bare.StartsWith("nan", StringComparison.OrdinalIgnoreCase) || bare.StartsWith("inf", StringComparison.OrdinalIgnoreCase))
        {
            return $"\"{shown}\" is not a finite number; wanted is {rule.Name}, such as \"{rule.Example}\"";
        }

        return $"\"{shown}\" does not begin with a number; wanted is {rule.Name}, such as \"{rule.Example}\"";
    }

    /// <summary>Length of the number at the start: sign, digits with "_" between, decimals, exponent; 0 when there is none.</summary>
    private static int NumberLength(string text)
    {
        int i = 0;
        if (i < text.Length && text[i] is '+' or '-')
        {
            i++;
        }

        int digits = Digits(text, i);
        if (digits == 0)
        {
            return 0;
        }

        i += digits;
        if (i + 1 < text.Length && text[i] == '.' && char.IsAsciiDigit(text[i + 1]))
        {
            i += 1 + Digits(text, i + 1);
        }

        if (i + 1 < text.Length && text[i] is 'e' or 'E')
        {
            int at = i + 1;
            if (text[at] is '+' or '-')
            {
                at++;
            }

            int exponent = Digits(text, at);
            if (exponent > 0)
            {
                i = at + exponent;
            }
        }

        return i;
    }

    private static int Digits(string text, int start)
    {
        int i = start;
        while (i < text.Length && (char.IsAsciiDigit(text[i]) || (text[i] == '_' && i > start && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))))
        {
            i++;
        }

        return i - start;
    }
}
