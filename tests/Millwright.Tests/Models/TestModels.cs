using System.Globalization;
using Millwright.Models;

namespace Millwright.Tests.Models;

/// <summary>The published configurations that the tests read.</summary>
internal static class TestModels
{
    public static string Config(string id)
    {
        using var stream = typeof(TestModels).Assembly.GetManifestResourceStream($"models/{id}.json")
            ?? throw new InvalidOperationException($"no configuration '{id}'");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static ModelArchitecture Parse(string id) => ModelArchitecture.Parse(id, Config(id));

    public static IReadOnlyList<ExpectedCount> ExpectedCounts()
    {
        using var stream = typeof(TestModels).Assembly.GetManifestResourceStream("models/expected-counts.csv")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line =>
            {
                var cells = line.Split(',');
                return new ExpectedCount(
                    cells[0], double.Parse(cells[1], CultureInfo.InvariantCulture), double.Parse(cells[2], CultureInfo.InvariantCulture));
            }),
        ];
    }

    public static TheoryData<string> AllIds() => [.. ExpectedCounts().Select(row => row.Id)];
}

internal sealed record ExpectedCount(string Id, double Total, double Active);
