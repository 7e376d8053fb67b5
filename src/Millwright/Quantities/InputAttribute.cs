namespace Millwright.Quantities;

/// <summary>
/// Describes one key of a scenario: its quantity, allowed range, default and meaning. The reader, the JSON Schema, the commented scenario and the
/// documentation are all made from it. Limits are in the inside unit of the kind.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    /// <summary>Describes a key that is not a number.</summary>
    /// <param name="help">What the key means, in a short sentence.</param>
    public InputAttribute(string help) => Help = help;

    /// <summary>Describes a number.</summary>
    /// <param name="kind">What it measures.</param>
    /// <param name="help">What the key means, in a short sentence.</param>
    public InputAttribute(QuantityKind kind, string help)
    {
        Kind = kind;
        Help = help;
    }

    /// <summary>What the number measures; null for a key that is not a number.</summary>
    public QuantityKind? Kind { get; }

    /// <summary>What the key means.</summary>
    public string Help { get; }

    /// <summary>Least value allowed, inside unit.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Greatest value allowed, inside unit.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>True when the least value itself is not allowed.</summary>
    public bool MinExcluded { get; init; }

    /// <summary>True when the text must say "IT", "facility" or "utility".</summary>
    public bool NeedsPowerBasis { get; init; }

    /// <summary>The default as a user would write it; null when the key may be left out without one, or the default is a catalog row.</summary>
    public string? Default { get; init; }

    /// <summary>Id of the catalog row that holds the default with its range and source. "location:NAME" means the row that the site's location names.</summary>
    public string? CatalogDefault { get; init; }

    /// <summary>The catalog collection whose ids the text must be one of, such as "systems" or "models"; null when free.</summary>
    public string? Refers { get; init; }

    /// <summary>True when the word "auto" is allowed besides a value (it is read as null).</summary>
    public bool AllowsAuto { get; init; }

    /// <summary>True when the scenario must hold the key.</summary>
    public bool Required { get; init; }
}
