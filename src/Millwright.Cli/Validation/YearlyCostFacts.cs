using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;

namespace Millwright.Cli.Validation;

/// <summary>
/// Published yearly costs of a gigawatt, planned by the whole chain: 10,000 systems of 100 kW that cost what the study says, in a building that costs what it
/// says, with every cost that the study does not know set to zero.
/// </summary>
internal static class YearlyCostFacts
{
    private const string Source = "Epoch AI, May 2026";

    private static readonly (double Years, double Usd)[] EpochYears = [(3, 12.07e9), (5, 8.49e9), (7, 6.97e9)];

    public static IEnumerable<FactCheck> Run(CatalogData catalog)
    {
        // 26.113 B$ of IT and 11.769 B$ of building, 0.902 B$ a year to run, here all of it as staff.
        foreach ((double years, double usd) in EpochYears)
        {
            FigureBook epoch = Plan(catalog, "2.6113 M$", "11.769 B$/GW IT", "6.5 %", years, 14, energyPrice: "0 c/kWh", staffCost: "9.02 M$/yr");
            yield return new(
                $"Epoch's gigawatt: a year with chips that live {years:0} years", FactKind.Chain, "USD/yr", usd, FactTolerance.Share(0.01), PlanFacts.Value(epoch, "annual_cost.total"), Source);
        }

        FigureBook gigawatt = Plan(catalog, "3.575 M$", "19.25 B$/GW IT", "9 %", 5, 20, energyPrice: "6 c/kWh", staffCost: "5 M$/yr");
        yield return new(
            "A gigawatt of 55 B$, 65 % IT, 9 %, 5 and 20 years: its rent",
            FactKind.Chain,
            "USD/GW-yr",
            12.25e9,
            FactTolerance.Share(0.005),
            PlanFacts.Value(gigawatt, "break_even.usd_per_gw_year"),
            "annuities worked by hand");
    }

    // A hundred members of staff carry the running cost that is not energy.
    private static FigureBook Plan(
        CatalogData catalog, string systemPrice, string building, string wacc, double itYears, double buildingYears, string energyPrice, string staffCost)
    {
        ScenarioInput scenario = ScenarioReader.ReadText(
            $$"""
            site: { power: 1 GW IT, peak_factor: 1, pue: 1, utility_factor: 1, load_factor: 85 % }
            chips: { system: gb200-nvl72, system_power: 100 kW, price: {{systemPrice}} }
            energy: { price: {{energyPrice}}, water_intensity: 0 L/kWh }
            facility: { building_cost: {{building}} }
            finance: { wacc: {{wacc}} }
            economics:
              it_life: {{itYears}} years
              building_life: {{buildingYears}} years
              it_maintenance: 0 %/yr
              facility_maintenance: 0 %/yr
              insurance: 0 %/yr
              property_tax: 0 %/yr
              staff: 0.1 FTE/MW
              staff_cost: {{staffCost}}
            """,
            "a published gigawatt",
            catalog);
        return PlanFacts.Plan(scenario, catalog);
    }
}
