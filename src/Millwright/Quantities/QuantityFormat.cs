using System.Globalization;

namespace Millwright.Quantities;

/// <summary>Prints amounts as people write them, in the unit a person would choose. What is printed in full reads back to the same bits.</summary>
public static class QuantityFormat
{
    /// <summary>Prints a value in full: <see cref="QuantityText"/> reads it back to the same bits.</summary>
    /// <param name="value">Value in the inside unit of the kind; finite.</param>
    /// <param name="kind">What is measured.</param>
    /// <param name="basis">Power basis to name, or null.</param>
    /// <returns>Text such as "7.5 c/kWh" or "1 GW facility".</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static string Print(double value, QuantityKind kind, PowerBasis? basis = null)
    {
        Finite(value);
        foreach (string unit in Preference(value, kind))
        {
            if (ShortestExact(value, unit, kind) is { } number)
            {
                return Join(number, unit, basis);
            }
        }

        throw new InvalidOperationException($"The inside unit of {kind} does not print exactly.");
    }

    /// <summary>Prints an amount in full, with its range when it has one.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="kind">What is measured.</param>
    /// <returns>Text such as "6.5 .. 7.5 .. 9 c/kWh".</returns>
    public static string Print(Amount amount, QuantityKind kind)
    {
        ArgumentNullException.ThrowIfNull(amount);
        if (amount.Low is not { } low || amount.High is not { } high)
        {
            return Print(amount.Mid, kind, amount.Basis);
        }

        foreach (string unit in Preference(amount.Mid, kind))
        {
            if (ShortestExact(low, unit, kind) is { } a && ShortestExact(amount.Mid, unit, kind) is { } b && ShortestExact(high, unit, kind) is { } c)
            {
                return Join($"{a} .. {b} .. {c}", unit, amount.Basis);
            }
        }

        return string.Join(" .. ", Print(low, kind, amount.Basis), Print(amount.Mid, kind, amount.Basis), Print(high, kind, amount.Basis));
    }

    /// <summary>Prints a value for reading, rounded.</summary>
    /// <param name="value">Value in the inside unit of the kind; finite.</param>
    /// <param name="kind">What is measured.</param>
    /// <param name="significantDigits">Digits to keep, 1 to 15.</param>
    /// <param name="basis">Power basis to name, or null.</param>
    /// <returns>Text such as "12.3 B$/GW-yr".</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or the digits are outside 1 to 15.</exception>
    public static string PrintRounded(double value, QuantityKind kind, int significantDigits, PowerBasis? basis = null)
    {
        Finite(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(significantDigits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(significantDigits, 15);
        string unit = Preference(Round(value, significantDigits), kind)[0];
        return Join(Decimal(Round(Factor(unit, kind).Undo(value), significantDigits)), unit, basis);
    }

    /// <summary>The limits of a key in words.</summary>
    /// <param name="input">The key's description.</param>
    /// <returns>Text such as "1 to 3", "at least 0 $" or "any"; units are those of the greater limit.</returns>
    public static string PrintLimits(InputAttribute input)
    {
        ArgumentNullException.ThrowIfNull(input);
        bool hasLeast = double.IsFinite(input.Min);
        bool hasMost = double.IsFinite(input.Max);
        string least = hasLeast ? Print(input.Min, input) : "";
        string most = hasMost ? Print(input.Max, input) : "";
        return (hasLeast, hasMost, input.MinExcluded) switch
        {
            (true, true, false) => $"{least} to {most}",
            (true, true, true) => $"above {least}, up to {most}",
            (true, false, false) => $"at least {least}",
            (true, false, true) => $"above {least}",
            (false, true, _) => $"at most {most}",
            _ => "any",
        };
    }

    /// <summary>Prints a value of a key in full, without a power basis.</summary>
    /// <param name="value">Value in the inside unit; finite.</param>
    /// <param name="input">The key's description.</param>
    /// <returns>Text such as "65 %" for a share, and "1.2" for a ratio that may lie above one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static string Print(double value, InputAttribute input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Kind is not { } kind)
        {
            return Decimal(value);
        }

        // shares whose limit lies above one are ratios, such as a PUE: "1 to 3", not "100 % to 3"
        return kind == QuantityKind.Fraction && double.IsFinite(input.Max) && input.Max > 1 ? Decimal(value) : Print(value, kind);
    }

    /// <summary>Units in the order in which a person would choose them; the last is the inside unit, which always prints exactly.</summary>
    private static List<string> Preference(double value, QuantityKind kind)
    {
        KindRule rule = KindRule.Of(kind);
        double size = Math.Abs(value);
        List<string> order = kind switch
        {
            QuantityKind.Fraction => size > 1 ? [""] : ["%"],
            QuantityKind.EnergyPrice => ["c/kWh"],
            QuantityKind.MoneyPerPower when size >= 1 || size == 0 => ["B$/GW"],
            QuantityKind.MoneyPerPower => ["$/kW"],
            QuantityKind.MoneyPerPowerYear => ["B$/GW-yr"],
            QuantityKind.Duration when size == 0 => ["s"],
            _ when size == 0 => [rule.Units[0]],
            _ => Ranked(value, rule, kind),
        };
        order.Add(rule.Inside);
        return order;
    }

    private static List<string> Ranked(double value, KindRule rule, QuantityKind kind)
    {
        bool plainCount = kind is QuantityKind.Count or QuantityKind.Tokens or QuantityKind.TaskRate;
        List<(string Unit, int Score)> fit = [];
        for (int i = 0; i < rule.Units.Length; i++)
        {
            double number = Math.Abs(Factor(rule.Units[i], kind).Undo(value));
            bool first = i == 0;
            bool last = i == rule.Units.Length - 1;
            double most = first && plainCount ? 1e5 : 1000;
            if ((number >= 1 || first) && (number < most || last))
            {
                // short beats long ("18 months" beats "1.5 years"); among numbers that are long anyway the greater unit is easier to read
                int length = ShortestExact(value, rule.Units[i], kind)?.Length ?? 20;
                fit.Add((rule.Units[i], first && plainCount ? 0 : Math.Min(length, 8)));
                if (first && plainCount)
                {
                    break;
                }
            }
        }

        fit.Reverse();
        return [.. fit.OrderBy(f => f.Score).Select(f => f.Unit)];
    }

    private static UnitFactor Factor(string unit, QuantityKind kind) =>
        UnitTable.TryParse(unit, kind, out UnitFactor factor, out _, out string? problem) ? factor : throw new InvalidOperationException(problem);

    private static string? ShortestExact(double value, string unit, QuantityKind kind)
    {
        UnitFactor factor = Factor(unit, kind);
        double number = factor.Undo(value);
        if (!double.IsFinite(number))
        {
            return null;
        }

        for (int digits = 1; digits <= 17; digits++)
        {
            double rounded = double.Parse(number.ToString("E" + (digits - 1), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (factor.Apply(rounded) == value)
            {
                return Decimal(rounded);
            }
        }

        return null;
    }

    private static double Round(double value, int digits) =>
        double.Parse(value.ToString("E" + (digits - 1), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Decimal(double value) =>
        Math.Abs(value) is 0 or (>= 1e-5 and < 1e15)
            ? value.ToString("0.#################################", CultureInfo.InvariantCulture) is var text
                && double.Parse(text, CultureInfo.InvariantCulture) == value ? text : value.ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Join(string number, string unit, PowerBasis? basis)
    {
        string text = unit.Length == 0 ? number : $"{number} {unit}";
        return basis is { } named ? $"{text} {UnitTable.Write(named)}" : text;
    }

    private static void Finite(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A finite number is needed.");
        }
    }
}
