using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Serving.Search;

namespace Millwright.Studies;

/// <summary>What a chip of a system costs an hour, and the power that a site spends on it: from the plan of one site that is filled with it.</summary>
public static class SystemOffers
{
    /// <summary>Plans the site with one system, without workloads.</summary>
    /// <param name="site">The scenario that states site, lives, costs and finance; its chips and workloads are not looked at.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="system">The system.</param>
    /// <param name="basis">Basis of the power of a chip.</param>
    /// <param name="problem">What is missing, in words; empty on success.</param>
    /// <returns>The offer: without a cost where a figure that it needs is missing.</returns>
    public static SystemOffer Of(ScenarioInput site, CatalogData catalog, SystemRecord system, PowerBasis basis, out string problem)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(system);
        return Planned(site, catalog, system, new ChipsInput { System = system.Id }, basis, out problem);
    }

    /// <summary>Plans the site with a system that may differ from that of the catalog, at a price that may differ.</summary>
    internal static SystemOffer Planned(
        ScenarioInput site, CatalogData catalog, SystemRecord system, ChipsInput chipsInput, PowerBasis basis, out string problem)
    {
        try
        {
            ScenarioInput filled = site with { Chips = chipsInput, Workloads = [] };
            FigureBook book = new Planner(filled, catalog, search: null, system).Run(static (_, value) => value.Middle, recording: true).Book;
            double chips = ValueOf(book, "chips.count");
            double cost = ValueOf(book, "cost.per_gpu_hour");
            double watts = ValueOf(book, basis switch { PowerBasis.It => "site.power_it", PowerBasis.Utility => "site.power_utility", _ => "site.power_facility" }) / chips;
            bool known = double.IsFinite(cost) && cost > 0;
            problem = known ? "" : $"the plan of {system.Id} tells no cost of a chip-hour";
            return new SystemOffer(
                system,
                known ? cost : null,
                $"yearly cost of \"{site.Name}\" filled with it, capital recovered over its life and every hour sold, over its chips",
                double.IsFinite(watts) && watts > 0 ? watts : null);
        }
        catch (MissingInputException missing)
        {
            problem = missing.Message;
            return new SystemOffer(system);
        }
    }

    private static double ValueOf(FigureBook book, string name) => book.Find(name)?.Value ?? double.NaN;
}
