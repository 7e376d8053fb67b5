namespace Millwright.Quantities;

/// <summary>Words about kinds of quantities, for messages and documentation.</summary>
public static class QuantityWords
{
    /// <summary>The kind in words.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Words such as "a price of energy".</returns>
    public static string Name(QuantityKind kind) => KindRule.Of(kind).Name;

    /// <summary>A text that is right, without a power basis.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>A text such as "7.5 c/kWh".</returns>
    public static string Example(QuantityKind kind) => KindRule.Of(kind).Example;

    /// <summary>The units to offer.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Units, ascending; an empty text means that a number alone is right.</returns>
    public static IReadOnlyList<string> Units(QuantityKind kind) => KindRule.Of(kind).Units;
}
