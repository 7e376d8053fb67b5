using System.Diagnostics.CodeAnalysis;

namespace Millwright.Quantities;

/// <summary>Reads unit texts: "M$/MW IT", "c/kWh", "%/yr", and the spellings of the catalog such as "USD_M/MW_IT" or "% of assessed value".</summary>
public static class UnitTable
{
    private static readonly string[] s_basisWords = ["IT", "facility", "utility"];

    /// <summary>The factor from a catalog unit to the inside unit of a kind.</summary>
    /// <param name="catalogUnit">Unit as the table writes it. Words after a ratio, as in "% of assessed value", say of what and do not count.</param>
    /// <param name="kind">What is measured.</param>
    /// <param name="factorToInside">The number that a value in this unit is multiplied by; 0 on failure.</param>
    /// <param name="basis">The power basis that the unit names, or null.</param>
    /// <returns>True when the unit measures the kind.</returns>
    public static bool TryGetFactor(string catalogUnit, QuantityKind kind, out double factorToInside, out PowerBasis? basis)
    {
        ArgumentNullException.ThrowIfNull(catalogUnit);
        factorToInside = 0;
        if (!TryParse(WithoutOfWhat(catalogUnit.Trim()), kind, out UnitFactor factor, out basis, out _))
        {
            return false;
        }

        factorToInside = factor.Apply(1);
        return true;
    }

    /// <summary>Writes a basis as a scenario does.</summary>
    /// <param name="basis">The basis.</param>
    /// <returns>"IT", "facility" or "utility".</returns>
    public static string Write(PowerBasis basis) => s_basisWords[(int)basis];

    /// <summary>Reads a unit.</summary>
    /// <param name="unit">The text after the number.</param>
    /// <param name="kind">What is measured.</param>
    /// <param name="factor">Factor to the inside unit.</param>
    /// <param name="basis">Power basis named, or null.</param>
    /// <param name="problem">What is wrong, in plain words.</param>
    /// <returns>True when the unit measures the kind.</returns>
    internal static bool TryParse(
        string unit, QuantityKind kind, out UnitFactor factor, out PowerBasis? basis, [NotNullWhen(false)] out string? problem)
    {
        KindRule rule = KindRule.Of(kind);
        factor = new(1, 1);
        basis = null;
        problem = null;
        if (unit.Length == 0)
        {
            if (rule.AllowsBare)
            {
                return true;
            }

            problem = $"the unit is missing; allowed: {rule.Offer()}";
            return false;
        }

        string normal = Normal(unit, rule.Top);
        string[] parts = normal.Split('/');
        double top = 1;
        double bottom = 1;
        UnitClassSet below = UnitClassSet.None;
        UnitClass? above = null;
        bool scaled = false;
        for (int i = 0; i < parts.Length; i++)
        {
            bool isTop = i == 0;
            foreach (string piece in isTop ? [parts[0]] : parts[i].Split('-'))
            {
                UnitClass? pieceClass = null;
                foreach (string word in piece.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    int place = Array.IndexOf(s_basisWords, word);
                    if (place >= 0 && rule.AllowsBasis)
                    {
                        if (basis is not null)
                        {
                            problem = $"\"{unit}\" names two power bases; allowed is one of IT, facility and utility";
                            return false;
                        }

                        basis = (PowerBasis)place;
                        continue;
                    }

                    double numerator;
                    double denominator;
                    if (IsScale(word, isTop ? rule.Top : UnitClass.Token, kind, out numerator) && pieceClass is null && (isTop || rule.Below.Contains(UnitClass.Token)))
                    {
                        denominator = 1;
                        scaled |= isTop;
                    }
                    else if (UnitSymbol.All.TryGetValue(word, out UnitSymbol? symbol) && pieceClass is null)
                    {
                        (numerator, denominator) = (symbol.Numerator, symbol.Denominator);
                        pieceClass = symbol.Class;
                    }
                    else
                    {
                        problem = Unknown(unit, word, rule);
                        return false;
                    }

                    top *= isTop ? numerator : denominator;
                    bottom *= isTop ? denominator : numerator;
                }

                if (isTop)
                {
                    above = pieceClass;
                }
                else if (pieceClass is { } named && !below.Contains(named))
                {
                    below = below.With(named);
                }
                else
                {
                    problem = $"\"{unit}\" is not a unit; allowed: {rule.Offer()}";
                    return false;
                }
            }
        }

        // "2 k" of a count or of tokens, and "5 /yr", have nothing above the stroke but the number itself
        above ??= rule.Top is UnitClass.One or UnitClass.Task || (scaled && rule.Top == UnitClass.Token && below.IsEmpty) ? rule.Top : null;
        bool yearImplied = kind == QuantityKind.RatePerYear && below.IsEmpty;
        if (above != rule.Top || !(yearImplied || below == rule.Below))
        {
            problem = $"\"{unit}\" does not measure {rule.Name}; allowed: {rule.Offer()}";
            return false;
        }

        factor = new(yearImplied ? top : top * rule.InsidePerBase, bottom);
        return true;
    }

    private static bool IsScale(string word, UnitClass unitClass, QuantityKind kind, out double scale)
    {
        scale = 1;
        bool allowed = unitClass is UnitClass.Money or UnitClass.Token or UnitClass.Task || kind == QuantityKind.Count;
        if (!allowed || !UnitSymbol.Scales.TryGetValue(word, out UnitSymbol? symbol))
        {
            return false;
        }

        scale = symbol.Numerator;
        return true;
    }

    private static string Normal(string unit, UnitClass top)
    {
        string text = unit.Replace(" per ", "/", StringComparison.Ordinal);
        foreach (string word in s_basisWords)
        {
            text = text.Replace("_" + word, " " + word, StringComparison.Ordinal);
        }

        // rates with a name of their own: "Gbps" says "Gb/s", "PFLOPS" says "PFLOP/s"
        if (top == UnitClass.Data && text.EndsWith("bps", StringComparison.Ordinal))
        {
            return text[..^2] + "/s";
        }

        if (text.EndsWith("FLOPS", StringComparison.Ordinal))
        {
            return text[..^1] + "/s";
        }

        return text;
    }

    /// <summary>"% of insured value per year" says "%/yr", "bp over SOFR" says "bp", "percent_capex/yr" says "percent/yr".</summary>
    private static string WithoutOfWhat(string unit)
    {
        foreach (string ratio in new[] { "%", "percent", "bp", "ratio", "share" })
        {
            if (unit.Length > ratio.Length && unit.StartsWith(ratio, StringComparison.Ordinal) && unit[ratio.Length] is ' ' or '_')
            {
                bool yearly = unit.EndsWith(" per year", StringComparison.Ordinal) || unit.EndsWith("/yr", StringComparison.Ordinal);
                return yearly ? ratio + "/yr" : ratio;
            }
        }

        return unit;
    }

    private static string Unknown(string unit, string word, KindRule rule)
    {
        string? nearest = null;
        if (rule.Units.FirstOrDefault(u => string.Equals(u, unit, StringComparison.OrdinalIgnoreCase)) is { Length: > 0 } same)
        {
            nearest = same;
        }
        else
        {
            string[] known =
            [
                .. UnitSymbol.All.Values.Where(s => s.Class == rule.Top || rule.Below.Contains(s.Class)).Select(s => s.Text).Order(StringComparer.Ordinal),
                .. rule.AllowsBasis ? s_basisWords : [],
            ];
            nearest = known.FirstOrDefault(k => string.Equals(k, word, StringComparison.OrdinalIgnoreCase)) ?? Spelling.Nearest(word, known);
        }

        string hint = nearest is null ? "" : $"; did you mean \"{nearest}\"?";
        return $"unknown unit \"{Shorten(word)}\"{(hint.Length == 0 ? ";" : hint)} allowed: {rule.Offer()}";
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

/// <summary>A factor as an exact ratio of whole numbers, so that "7.5 c" is 0.075 to the last bit.</summary>
/// <param name="Numerator">Numerator.</param>
/// <param name="Denominator">Denominator.</param>
internal readonly record struct UnitFactor(double Numerator, double Denominator)
{
    /// <summary>The value in the inside unit.</summary>
    /// <param name="value">Value in the unit.</param>
    /// <returns>Value times the factor, rounded once where the ratio or its inverse is whole.</returns>
    public double Apply(double value) => Numerator >= Denominator ? value * (Numerator / Denominator) : value / (Denominator / Numerator);

    /// <summary>The value in the unit.</summary>
    /// <param name="inside">Value in the inside unit.</param>
    /// <returns>Value over the factor.</returns>
    public double Undo(double inside) => Numerator >= Denominator ? inside / (Numerator / Denominator) : inside * (Denominator / Numerator);
}
