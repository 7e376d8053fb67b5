namespace Millwright.Tests.Architecture;

/// <summary>The table of docs/architecture.md: which folder of the library may know which others.</summary>
internal static class LayerTable
{
    private static readonly string[] Everything =
    [
        "Quantities", "Numerics", "Simulation", "Catalog", "Operators", "Energy", "Chips", "Infrastructure", "Models", "Applications", "Performance", "Serving", "Economics", "Finance",
    ];

    /// <summary>Folders that each folder may know. The reason for each arrow stands in docs/architecture.md.</summary>
    public static IReadOnlyDictionary<string, string[]> MayKnow { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Quantities"] = [],
        ["Numerics"] = [],
        ["Simulation"] = ["Numerics"],
        ["Catalog"] = ["Quantities"],
        ["Operators"] = ["Quantities"],
        ["Energy"] = ["Quantities", "Numerics"],
        ["Chips"] = ["Quantities", "Numerics", "Catalog", "Operators"],
        ["Infrastructure"] = ["Quantities", "Numerics", "Catalog"],
        ["Models"] = ["Operators"],
        ["Applications"] = ["Quantities", "Numerics", "Catalog"],
        ["Performance"] = ["Catalog", "Chips", "Models", "Operators"],
        ["Serving"] = ["Quantities", "Numerics", "Simulation", "Catalog", "Operators", "Chips", "Models", "Applications", "Performance"],
        ["Economics"] = ["Quantities", "Numerics", "Serving"],
        ["Finance"] = ["Quantities", "Numerics"],
        ["Planning"] = Everything,
        ["Studies"] = [.. Everything, "Planning"],
    };
}
