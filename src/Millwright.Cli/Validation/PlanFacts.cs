using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli.Validation;

/// <summary>The studies of a gigawatt: their scenarios, run through the whole chain.</summary>
internal static class PlanFacts
{
    private const string Bernstein = "Bernstein, October 2025";
    private const string Epoch = "Epoch AI, May 2026";
    private const string Interview = "interview of 8 October 2025, 50 to 60 B$; racks by Morgan Stanley, June 2026";

    public static IEnumerable<FactCheck> Run(CatalogData catalog, Func<string, ScenarioInput> preset)
    {
        FigureBook bernstein = Plan(preset("gb200-bernstein"), catalog);
        yield return PerGigawatt("gb200-bernstein", bernstein, 35e9, Bernstein);
        yield return Racks("gb200-bernstein", bernstein, 5932, FactTolerance.Share(0.01), "1 GW / 168.6 kW, " + Bernstein);
        yield return ShareOfCost("gb200-bernstein: share of the chips", "chips", bernstein, 0.39, Bernstein);
        yield return ShareOfCost("gb200-bernstein: share of the network", "network", bernstein, 0.13, Bernstein);

        FigureBook tenfold = Plan(ScenarioEdit.Set(preset("gb200-bernstein"), "site.power", "10 GW facility", catalog), catalog);
        yield return new(
            "GB200 at 168.6 kW a rack: GPUs in 10 GW", FactKind.Chain, "1", 4.27e6, FactTolerance.Share(0.01), Value(tenfold, "chips.count"), "interview of 8 October 2025, 4 to 5 million; counted from " + Bernstein);

        FigureBook epoch = Plan(preset("gb200-epoch"), catalog);
        yield return new("gb200-epoch: capital cost of 1 GW IT", FactKind.Chain, "USD/GW", 37.9e9, FactTolerance.Share(0.05), Value(epoch, "capex.per_gw_it"), Epoch);

        FigureBook rubin = Plan(preset("vr200-interview"), catalog);
        yield return Racks("vr200-interview", rubin, 4121, FactTolerance.Exact, "floor(1 GW / (190 kW x 1.277))");
        yield return new("vr200-interview: GPUs", FactKind.Chain, "1", 296_712, FactTolerance.Exact, Value(rubin, "chips.count"), "4,121 racks of 72");
        yield return PerGigawatt("vr200-interview", rubin, 55e9, Interview);
        FigureBook rubinMax = Plan(preset("vr200-interview-230kw"), catalog);
        yield return PerGigawatt("vr200-interview at 230 kW", rubinMax, 48e9, "racks by Morgan Stanley, June 2026, at their greatest power");
    }

    /// <summary>A recorded run at the medians.</summary>
    public static FigureBook Plan(ScenarioInput scenario, CatalogData catalog) =>
        new Planner(scenario, catalog, Session.Search).Run(static (_, value) => value.Distribution.Mid, recording: true).Book;

    /// <summary>The value of a figure; NaN where the book has none.</summary>
    public static double Value(FigureBook book, string name) => book.Find(name)?.Value ?? double.NaN;

    private static FactCheck PerGigawatt(string preset, FigureBook book, double usd, string source) =>
        new(preset + ": capital cost of 1 GW facility", FactKind.Chain, "USD/GW", usd, FactTolerance.Share(0.05), Value(book, "capex.per_gw"), source);

    private static FactCheck Racks(string preset, FigureBook book, double racks, FactTolerance tolerance, string source) =>
        new(preset + ": racks", FactKind.Chain, "1", racks, tolerance, Value(book, "racks.count"), source);

    private static FactCheck ShareOfCost(string name, string group, FigureBook book, double share, string source) =>
        new(name, FactKind.Chain, "share", share, FactTolerance.Points(0.03), Value(book, "capex.share." + group), source);
}
