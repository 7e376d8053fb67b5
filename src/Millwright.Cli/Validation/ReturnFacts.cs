using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli.Validation;

/// <summary>One way to run the gigawatt, and the returns that it gives.</summary>
/// <param name="Case">What differs from the scenario as it ships.</param>
/// <param name="OpexUsdPerYear">Operating cost in the base year, USD.</param>
/// <param name="ProjectReturns">Return of the project at each price and term, 1/yr.</param>
internal sealed record ReturnCase(string Case, double OpexUsdPerYear, IReadOnlyList<double> ProjectReturns);

/// <summary>
/// Returns of the default gigawatt beside the ranges of a model made by hand. They are no check: the hand model's inputs are not known in full, so what
/// is shown is what moves ours.
/// </summary>
internal static class ReturnFacts
{
    /// <summary>The prices and terms, and the hand model's ranges, 1/yr.</summary>
    public static readonly IReadOnlyList<(string Name, string Figure, double Low, double High)> Ranges =
    [
        ("8.4 B$, 5 years", "returns.coreweave_5y.project_irr", -0.08, -0.04),
        ("11 B$, 5 years", "returns.semianalysis_5y.project_irr", -0.01, 0.03),
        ("13.3 B$, 5 years", "returns.oracle_openai_5y.project_irr", 0.04, 0.08),
        ("13.3 B$, 6 years", "returns.oracle_openai_6y.project_irr", 0.07, 0.11),
    ];

    private static readonly (string Case, string Key, string Value)[] Changes =
    [
        ("IT maintenance 1.5 % a year, not 3 %", "economics.it_maintenance", "1.5 %"),
        ("no property tax", "economics.property_tax", "0 %"),
        ("no inflation of operating cost", "finance.inflation", "0 %/yr"),
        ("no income tax", "finance.income_tax", "0 %"),
        ("energy at 6 c/kWh", "energy.price", "6 c/kWh"),
        ("all chips at once, no ramp", "facility.ramp_time", "0 months"),
    ];

    public static IReadOnlyList<ReturnCase> Run(CatalogData catalog, Func<string, ScenarioInput> preset)
    {
        ScenarioInput gigawatt = preset("gigawatt");
        return
        [
            Case("as it ships", gigawatt, catalog),
            .. Changes.Select(change => Case(change.Case, ScenarioEdit.Set(gigawatt, change.Key, change.Value, catalog), catalog)),
        ];
    }

    /// <summary>True when the return lies in the hand model's range.</summary>
    public static bool IsInside(int range, double rate) => rate >= Ranges[range].Low && rate <= Ranges[range].High;

    /// <summary>What the cases say, in one sentence.</summary>
    public static string Finding(IReadOnlyList<ReturnCase> cases)
    {
        string[] outside = [.. Ranges.Where((_, i) => !IsInside(i, cases[0].ProjectReturns[i])).Select(static r => r.Name)];
        if (outside.Length == 0)
        {
            return "All four lie in the hand model's ranges.";
        }

        string[] cures = [.. cases.Skip(1).Where(static c => c.ProjectReturns.Select((rate, i) => IsInside(i, rate)).All(static inside => inside)).Select(static c => c.Case)];
        string operatingCost = (cases[0].OpexUsdPerYear / 1e9).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
        return $"Outside the hand model's range: {string.Join("; ", outside)}. What decides is the operating cost of {operatingCost} B$ a year, which rises with inflation while the price stands still: "
            + (cures.Length == 0 ? "no single change below brings all four inside." : $"all four come inside with either of these alone: {string.Join("; ", cures)}.")
            + " Nothing was set to meet the ranges.";
    }

    private static ReturnCase Case(string name, ScenarioInput scenario, CatalogData catalog)
    {
        FigureBook book = PlanFacts.Plan(scenario, catalog);
        return new ReturnCase(name, PlanFacts.Value(book, "opex.per_year"), [.. Ranges.Select(range => PlanFacts.Value(book, range.Figure))]);
    }
}
