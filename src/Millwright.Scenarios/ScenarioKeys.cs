using Millwright.Quantities;

namespace Millwright.Scenarios;

/// <summary>One key of a scenario, for tables.</summary>
/// <param name="Path">Path, such as "site.power"; NAME stands for the name of a workload.</param>
/// <param name="Kind">What it wants: "a price of energy", "one of contract, tokens", "a text" and so on.</param>
/// <param name="Units">Units to offer, or empty.</param>
/// <param name="Default">Its default as a scenario writes it; "row ID" for a row of the catalog; empty when it may be left out without one.</param>
/// <param name="Range">Allowed values.</param>
/// <param name="Help">What it means.</param>
public sealed record ScenarioKey(string Path, string Kind, string Units, string Default, string Range, string Help);

/// <summary>The keys of a scenario.</summary>
public static class ScenarioKeys
{
    /// <summary>Every key that holds a value, in the order of the records.</summary>
    /// <returns>The keys.</returns>
    public static IReadOnlyList<ScenarioKey> All() => [.. ScenarioShape.Leaves.Select(Describe)];

    /// <summary>The default of a key in words.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, the row of the catalog that holds it, or an empty text.</returns>
    internal static string DefaultOf(KeyShape key)
    {
        if (key.Input.Required || key.Section is not null)
        {
            return "";
        }

        if (key.Input.CatalogDefault is { } row)
        {
            return "row " + row;
        }

        return key.Default is null ? "" : ScenarioValue.Write(key, key.Default) ?? "";
    }

    private static ScenarioKey Describe(KeyShape key) => new(
        key.Path,
        key.Form switch
        {
            ValueForm.Quantity => QuantityWords.Name(key.Input.Kind!.Value),
            ValueForm.Choice => $"one of {string.Join(", ", key.Choices.Select(c => c.Word))}",
            ValueForm.Whole => "a whole number",
            _ when key.Input.Refers is { } collection => $"id of {CatalogNames.Describe(collection)}",
            _ => "a text",
        },
        key.Form == ValueForm.Quantity ? UnitsOf(key) : "",
        DefaultOf(key),
        RangeOf(key),
        key.Input.Help);

    private static string UnitsOf(KeyShape key)
    {
        string units = string.Join(", ", QuantityWords.Units(key.Input.Kind!.Value).Where(u => u.Length > 0));
        return key.Input.NeedsPowerBasis ? units + "; IT, facility or utility" : units;
    }

    private static string RangeOf(KeyShape key)
    {
        string range = key.Form is ValueForm.Quantity or ValueForm.Whole ? QuantityFormat.PrintLimits(key.Input) : "";
        return key.Input.AllowsAuto ? range + "; auto" : key.Input.Required ? "required" : range;
    }
}
