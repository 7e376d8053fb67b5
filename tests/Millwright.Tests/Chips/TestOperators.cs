using Millwright.Chips;
using Millwright.Operators;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Chips;

/// <summary>The operator grids that ship, read from their text.</summary>
internal static class TestOperators
{
    public static OperatorLibrary Library { get; } = new(Files().SelectMany(Read));

    public static IEnumerable<string> Files() =>
        typeof(TestOperators).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("operators/", StringComparison.Ordinal));

    public static IReadOnlyList<OperatorGrid> Read(string resource)
    {
        using StreamReader reader = new(typeof(TestOperators).Assembly.GetManifestResourceStream(resource)!);
        return OperatorGridText.Read(reader);
    }

    public static OperatorClock Clock(string system, EngineFamily engine = EngineFamily.TensorRtLlm) =>
        OperatorClock.Create(TestCatalog.System(system), engine, Library, out string reason) ?? throw new InvalidOperationException(reason);
}
