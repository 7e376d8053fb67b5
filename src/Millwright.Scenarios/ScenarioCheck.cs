using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Infrastructure;
using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios;

/// <summary>What can be checked only when every value is known.</summary>
internal static class ScenarioCheck
{
    private static readonly KeyShape s_system = Key(ScenarioShape.Root, nameof(Planning.ScenarioInput.Chips), nameof(ChipsInput.System));
    private static readonly KeyShape s_priceRow = Key(ScenarioShape.Root, nameof(Planning.ScenarioInput.Chips), nameof(ChipsInput.PriceRow));
    private static readonly KeyShape s_power = Key(ScenarioShape.Root, nameof(Planning.ScenarioInput.Site), nameof(SiteInput.Power));

    /// <summary>Checks a whole scenario.</summary>
    /// <param name="bag">Its values.</param>
    /// <param name="catalog">The catalog, or null.</param>
    /// <param name="file">File to show where a value has no place of its own.</param>
    /// <exception cref="InputException">The first thing that is wrong.</exception>
    public static void Whole(ScenarioBag bag, CatalogData? catalog, string file)
    {
        CheckPriceRow(bag, catalog, file);
        foreach (WorkloadBag workload in bag.Workloads)
        {
            foreach (KeyShape key in ScenarioShape.Workload.Keys.Where(k => k.Input.Required && !workload.Values.ContainsKey(k)))
            {
                throw Wrong(workload.Node, file, $"workloads.{workload.Name}: the key \"{key.Name}\" is missing; wanted is {ScenarioValue.Wanted(key)}");
            }

            if (!Has(workload, nameof(WorkloadInput.Lengths)) && !(Has(workload, nameof(WorkloadInput.InputTokens)) && Has(workload, nameof(WorkloadInput.OutputTokens))))
            {
                throw Wrong(
                    workload.Node, file, $"workloads.{workload.Name}: the lengths of requests are missing; give \"lengths\", or \"input_tokens\" and \"output_tokens\"");
            }
        }

        if (bag.Values.TryGetValue(s_power, out StatedValue? power) && power.Value is null && !bag.Workloads.Exists(w => Has(w, nameof(WorkloadInput.Demand))))
        {
            throw Wrong(power.Node, file, "site.power: auto sizes the site from demand, and no workload states one; give \"demand\", such as 1000 tasks/s");
        }
    }

    private static void CheckPriceRow(ScenarioBag bag, CatalogData? catalog, string file)
    {
        if (catalog is null || !bag.Values.TryGetValue(s_priceRow, out StatedValue? row) || row.Value is not string id || catalog.FindPrice(id) is not { } price)
        {
            return;
        }

        string system = bag.Values.TryGetValue(s_system, out StatedValue? stated) ? (string)stated.Value! : (string)s_system.Default!;
        if (price.SystemId != system && price.SystemId != "*")
        {
            string[] own = [.. catalog.PriceScopes.Where(p => p.SystemId == system && p.Kind != "rule").Select(p => p.Id)];
            string allowed = own.Length == 0 ? $"no row prices {system}: leave the key out" : "allowed: " + string.Join(", ", own);
            throw Wrong(row.Node, file, $"chips.price_row: \"{id}\" prices {price.SystemId}, and chips.system is {system}; {allowed}");
        }
    }

    private static bool Has(WorkloadBag workload, string property) =>
        workload.Values.Any(v => v.Key.Property.Name == property && v.Value.Value is not null);

    private static InputException Wrong(YamlNode? place, string file, string message) => place?.Wrong(message) ?? new InputException(file, 0, 0, message);

    private static KeyShape Key(SectionShape root, string section, string property) =>
        root.Keys.Single(k => k.Property.Name == section).Section!.Keys.Single(k => k.Property.Name == property);
}
