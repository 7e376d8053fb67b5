using System.Globalization;
using Millwright.Economics;
using Millwright.Infrastructure;

namespace Millwright.Cli.Validation;

/// <summary>Published results that follow from published inputs by one formula each.</summary>
internal static class FormulaFacts
{
    private static readonly (long Endpoints, double Switches)[] Trees = [(1_024, 48), (2_048, 96), (4_096, 320), (16_384, 1_280), (65_536, 5_120)];

    public static IEnumerable<FactCheck> Run()
    {
        foreach ((long endpoints, double switches) in Trees)
        {
            yield return new(
                $"Fat tree of 64-port switches, {endpoints.ToString("N0", CultureInfo.InvariantCulture)} endpoints: switches",
                FactKind.Formula,
                "1",
                switches,
                FactTolerance.Exact,
                FatTree.Build(endpoints, 64).Switches,
                "Al-Fares, Loukissas, Vahdat, SIGCOMM 2008");
        }

        yield return new(
            "Oracle-OpenAI, 300 B$ over 5 years for 4.5 GW", FactKind.Formula, "USD/GW-yr", 13.33e9, FactTolerance.Units(0.005e9), ContractMetrics.UsdPerGigawattYear(300e9, 5, 4.5e9), "press, September 2025");
        yield return new(
            "Anthropic-SpaceX, 15 B$ a year for 220,000 GPUs", FactKind.Formula, "USD/GPU-h", 7.78, FactTolerance.Units(0.005), ContractMetrics.UsdPerChipHour(15e9, 220e3), "press, 2026");

        const string DeepSeek = "DeepSeek, open-infra-index, 28 February 2025";
        double costUsd = ContractMetrics.RentUsd(226.75 * 8, 24, 2);
        double revenueUsd = new ByTokenClass(266e9, 342e9, 168e9).ValueUsd(new ByTokenClass(0.55, 0.14, 2.19));
        yield return new("DeepSeek's day: rent of its nodes", FactKind.Formula, "USD", 87_072, FactTolerance.Units(0.5), costUsd, DeepSeek);
        yield return new("DeepSeek's day: its tokens at list prices", FactKind.Formula, "USD", 562_100, FactTolerance.Share(0.001), revenueUsd, DeepSeek);
        yield return new("DeepSeek's day: profit over cost", FactKind.Formula, "share", 5.455, FactTolerance.Points(0.005), ContractMetrics.ProfitOverCost(revenueUsd, costUsd), DeepSeek);
    }
}
