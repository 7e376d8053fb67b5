using Millwright.Quantities;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Reads tiers behind the cache: "host:512GB@200GB/s, ssd:8TB@20GB/s".</summary>
internal static class CacheTiers
{
    private const string Wanted = "NAME:CAPACITY@RATE is wanted, such as \"host:512GB@200GB/s, ssd:8TB@20GB/s\"";

    // until the first byte comes: a copy within a machine; a read of flash or over a network
    private const double NearSeconds = 20e-6;
    private const double FarSeconds = 200e-6;

    public static IReadOnlyList<CacheTier> Read(SimulateInput input)
    {
        if (input.Text("kv-tiers") is not { } text)
        {
            return [];
        }

        List<CacheTier> tiers = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pieces = part.Split([':', '@'], StringSplitOptions.TrimEntries);
            if (pieces.Length != 3 || pieces[0].Length == 0)
            {
                throw input.Wrong("kv-tiers", $"\"{part}\" was found; {Wanted}");
            }

            double capacity = Amount(input, part, pieces[1], QuantityKind.DataSize);
            double rate = Amount(input, part, pieces[2], QuantityKind.Bandwidth);
            tiers.Add(new CacheTier(pieces[0], capacity, rate, rate, tiers.Count == 0 ? NearSeconds : FarSeconds));
        }

        return tiers.Count > 0 ? tiers : throw input.Wrong("kv-tiers", Wanted);
    }

    private static double Amount(SimulateInput input, string part, string text, QuantityKind kind) =>
        QuantityText.TryParse(text, kind, false, out Amount? amount, out string? problem) && amount.Mid > 0
            ? amount.Mid
            : throw input.Wrong("kv-tiers", $"\"{part}\": {(problem is { Length: > 0 } ? problem : "more than 0 is wanted")}");
}
