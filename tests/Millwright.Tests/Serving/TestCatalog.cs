using System.Globalization;
using Millwright.Catalog;

namespace Millwright.Tests.Serving;

/// <summary>The shipped lengths, read by the simple shape that these files have, and the systems that the tests need.</summary>
internal static class TestCatalog
{
    private static readonly Dictionary<string, SystemRecord> Known = new[]
    {
        System("hgx-a100-80", "NVIDIA", "node", "2020-11-16", 312e12, null, null, 80e9, 2.039e12, 300e9, 8, 400),
        System("hgx-h100", "NVIDIA", "node", "2022-03-22", 989e12, 1979e12, null, 80e9, 3.35e12, 450e9, 8, 700),
        System("hgx-h200", "NVIDIA", "node", "2023-11-13", 989e12, 1979e12, null, 141e9, 4.8e12, 450e9, 8, 700),
        System("hgx-b200", "NVIDIA", "node", "2024-03-18", 2250e12, 4500e12, 9000e12, 180e9, 8e12, 900e9, 8, 1000),
        System("hgx-b300", "NVIDIA", "node", "2025-03-18", 2250e12, 4500e12, 13500e12, 270e9, 8e12, 900e9, 8, 1100),
        System("gb200-nvl72", "NVIDIA", "rack", "2024-03-18", 2500e12, 5000e12, 10000e12, 186e9, 8e12, 900e9, 72, 1200),
        System("gb300-nvl72", "NVIDIA", "rack", "2025-03-18", 2500e12, 5000e12, 15000e12, 288e9, 8e12, 900e9, 72, 1400),
        System("vr200-nvl72", "NVIDIA", "rack", "2025-03-18", 4000e12, 17500e12, 35000e12, 288e9, 22e12, 1800e9, 72, 2300),
        System("mi355x", "AMD", "node", "2025-06-12", 2516e12, 5033e12, 10066e12, 288e9, 8e12, 576e9, 8, 1400),
        System("mi300x", "AMD", "node", "2023-12-06", 1307e12, 2615e12, null, 192e9, 5.3e12, 448e9, 8, 750),
    }.ToDictionary(system => system.Id);

    public static IReadOnlyList<LengthHistogram> Lengths { get; } =
    [
        .. Rows("catalog/lengths.yaml").Select(row => new LengthHistogram(
            row["id"], row["name"], Numbers(row["input_tokens"]), Numbers(row["output_tokens"]), NumberOrNull(row["cached_share"]),
            NumberOrNull(row["peak_to_mean"]), row["source"], row["licence"], row["note"])),
    ];

    public static SystemRecord System(string id) => Known[id];

    public static SystemRecord System(
        string id, string vendor, string kind, string announced, double? bf16, double? fp8, double? fp4, double? memory, double? bandwidth, double? link, int domain, double? watts) => new()
        {
            Id = id,
            Vendor = vendor,
            Name = id,
            Kind = kind,
            Status = "shipping",
            Announced = announced,
            Bf16FlopsPerSecond = bf16,
            Fp8FlopsPerSecond = fp8,
            Fp4FlopsPerSecond = fp4,
            MemoryBytes = memory,
            MemoryBytesPerSecond = bandwidth,
            ScaleUpBytesPerSecond = link,
            ScaleUpDomain = domain,
            ScaleOutBytesPerSecond = 50e9,
            ChipWatts = watts,
            Source = "data sheet",
        };

    public static string Text(string resource)
    {
        using var reader = new StreamReader(
            typeof(TestCatalog).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"no resource '{resource}'"));
        return reader.ReadToEnd();
    }

    private static List<Dictionary<string, string>> Rows(string resource)
    {
        var rows = new List<Dictionary<string, string>>();
        foreach (var line in Text(resource).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                rows.Add([]);
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            rows[^1][line[2..colon]] = line[(colon + 2)..].Trim().Trim('\'').Replace("''", "'");
        }

        return rows;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double? NumberOrNull(string text) => text == "null" ? null : Number(text);

    private static double[] Numbers(string text) => [.. text.Trim('[', ']').Split(", ").Select(Number)];
}
