using Millwright.Catalog;
using Millwright.Infrastructure;

namespace Millwright.Cli.Validation;

/// <summary>Power of one chip with all that it needs, built up from parts, against what others say they see at the meter.</summary>
internal static class PowerFacts
{
    // The largest non-blocking tree of the 64-port switches that H100 clusters were built with.
    private const long LargeCluster = 65_536;

    private const double Tolerance = 0.15;

    public static IEnumerable<FactCheck> Run(CatalogData catalog)
    {
        double utilityFactor = new SiteInput().UtilityFactor.Mid;
        SystemRecord h100 = System(catalog, "hgx-h100");
        NetworkPart networkSwitch = Part(catalog, "qm9700");
        NetworkPart module = Part(catalog, "opt-400g");
        FatTree tree = FatTree.Build(LargeCluster, networkSwitch.Ports ?? 64);
        // The switch draws its typical power with cables that need none; every module is counted at its greatest power besides.
        double networkWatts = ((tree.Switches * networkSwitch.TypicalWatts!.Value) + (tree.Transceivers * module.MaxWatts!.Value)) / tree.Endpoints;
        double storageShare = catalog.FindPrice("rule-storage-share")!.Price.Mid!.Value;
        yield return Check(h100, AllInPower.PerChip(h100.SystemMaxWatts!.Value, h100.ChipsPerSystem, networkWatts, storageShare, Mid(catalog, "peak-factor-gpu"), utilityFactor));

        // The peak factor of this rack is over the power of the racks alone: network and storage are already in it.
        SystemRecord gb200 = System(catalog, "gb200-nvl72");
        yield return Check(gb200, AllInPower.PerChip(gb200.SystemMaxWatts!.Value, gb200.ChipsPerSystem, 0, 0, Mid(catalog, "peak-factor-bernstein"), utilityFactor));
    }

    private static FactCheck Check(SystemRecord system, AllInPower power) => new(
        $"{system.Name}: power at the meter per GPU",
        FactKind.Independent,
        "W",
        system.UtilityWattsPerChip!.Value,
        FactTolerance.Share(Tolerance),
        power.UtilityWatts,
        "SemiAnalysis, in InferenceX, April 2026");

    private static SystemRecord System(CatalogData catalog, string id) => catalog.FindSystem(id) ?? throw new InvalidOperationException($"The catalog lost the system {id}.");

    private static NetworkPart Part(CatalogData catalog, string id) => catalog.FindNetworkPart(id) ?? throw new InvalidOperationException($"The catalog lost the network part {id}.");

    private static double Mid(CatalogData catalog, string id) => catalog.FindFigure(id)?.Mid ?? throw new InvalidOperationException($"The catalog lost the row {id}.");
}
