using System.Text;

namespace Millwright.Quantities;

/// <summary>Regular expressions of unit texts, for editors.</summary>
public static class QuantityPattern
{
    /// <summary>True when a number alone is right.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True for shares, yearly rates, counts and tokens.</returns>
    public static bool AllowsBare(QuantityKind kind) => KindRule.Of(kind).AllowsBare;

    /// <summary>True when a dollar sign may stand before the number.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True for money and all prices.</returns>
    public static bool IsMoney(QuantityKind kind) => KindRule.Of(kind).Top == UnitClass.Money;

    /// <summary>The pattern of the unit alone, without a power basis.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>A regular expression in the dialect that JSON Schema and .NET share; a group, without anchors.</returns>
    public static string Unit(QuantityKind kind)
    {
        KindRule rule = KindRule.Of(kind);
        StringBuilder text = new("(");
        text.Append(Top(rule, kind));
        if (kind == QuantityKind.RatePerYear)
        {
            text.Append("((/| per )").Append(Symbols(UnitClass.Time)).Append(")?");
        }
        else
        {
            IReadOnlyList<UnitClass> below = rule.Below.ToList();
            for (int i = 0; i < below.Count; i++)
            {
                // in any order; the reader tells which
                string symbols = below.Count == 1 ? Symbols(below[0]) : $"({string.Join('|', below.Select(Symbols))})";
                string scale = below[i] == UnitClass.Token ? $"({Scales()} )?" : "";
                text.Append(i == 0 ? "(/| per )" : "(/|-| per )").Append(scale).Append(symbols);
            }
        }

        return text.Append(')').ToString();
    }

    private static string Top(KindRule rule, QuantityKind kind) => rule.Top switch
    {
        UnitClass.Money => $"(({Scales()} )?{Symbols(UnitClass.Money)}|{Scales()})?",
        UnitClass.One when kind == QuantityKind.Count => $"{Scales()}?",
        UnitClass.One => $"{Symbols(UnitClass.One)}?",
        UnitClass.Token when rule.AllowsBare => $"(({Scales()} ?)?{Symbols(UnitClass.Token)}|{Scales()})?",
        UnitClass.Token => $"({Scales()} ?)?{Symbols(UnitClass.Token)}",
        UnitClass.Task => $"({Scales()} ?)?{Symbols(UnitClass.Task)}?",
        _ => Symbols(rule.Top),
    };

    private static string Scales() => $"({string.Join('|', UnitSymbol.Scales.Keys.Order(StringComparer.Ordinal))})";

    private static string Symbols(UnitClass unitClass)
    {
        IEnumerable<string> texts = UnitSymbol.All.Values.Where(s => s.Class == unitClass).Select(s => s.Text.Replace("$", @"\$", StringComparison.Ordinal));
        return $"({string.Join('|', texts.OrderByDescending(t => t.Length).ThenBy(t => t, StringComparer.Ordinal))})";
    }
}
