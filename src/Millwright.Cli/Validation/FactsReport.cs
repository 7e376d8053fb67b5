using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli.Validation;

/// <summary>Everything that the product can be held against, and how it did.</summary>
/// <param name="Checks">Checks against outside figures.</param>
/// <param name="Returns">Returns of the default gigawatt, as it ships and with one input changed.</param>
/// <param name="Models">Parameter counts, the greatest deviation first.</param>
/// <param name="Serving">Errors of the predicted throughput by group.</param>
/// <param name="Grids">The operator grids that ship, each with its error on measured shapes that the fit did not see.</param>
internal sealed record FactsReport(
    IReadOnlyList<FactCheck> Checks,
    IReadOnlyList<ReturnCase> Returns,
    IReadOnlyList<ModelCount> Models,
    IReadOnlyList<ServingErrors> Serving,
    IReadOnlyCollection<OperatorGrid> Grids)
{
    /// <summary>Runs the product against all of them.</summary>
    /// <param name="catalog">The shipped catalog.</param>
    /// <param name="preset">Gives a shipped scenario by its name, such as "gb200-epoch".</param>
    public static FactsReport Run(CatalogData catalog, Func<string, ScenarioInput> preset) => new(
        [.. PlanFacts.Run(catalog, preset), .. YearlyCostFacts.Run(catalog), .. PowerFacts.Run(catalog), .. FormulaFacts.Run(), .. FinanceFacts.Run()],
        ReturnFacts.Run(catalog, preset),
        ModelFacts.Run(catalog),
        ServingFacts.Errors(ServingFacts.Run(catalog)),
        ShippedOperators.Load().Grids);

    /// <summary>A scenario as it shipped, whatever lies on the disk.</summary>
    /// <param name="name">Its name, such as "gb200-epoch".</param>
    /// <param name="catalog">The catalog.</param>
    public static ScenarioInput Preset(string name, CatalogData catalog) =>
        ScenarioReader.Read("scenarios/" + name + ".yaml", catalog, library: ShippedScenarios.Find);
}
