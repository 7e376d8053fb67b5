namespace Millwright.Reports;

/// <summary>What figures are called in reports.</summary>
public static class FigureTitles
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["capex.total"] = "Capital cost, overnight",
        ["capex.per_gw"] = "Capital cost per GW",
        ["capex.per_gw_it"] = "Capital cost per GW of IT",
        ["capex.chips"] = "Chips",
        ["capex.servers"] = "Servers",
        ["capex.network"] = "Network",
        ["capex.storage"] = "Storage",
        ["capex.building"] = "Building and plant",
        ["site.power_utility"] = "Power at the utility meter",
        ["site.power_facility"] = "Facility power",
        ["site.power_it"] = "IT power",
        ["power.chips"] = "Chips",
        ["power.it_other"] = "Other IT",
        ["power.cooling"] = "Cooling",
        ["power.losses"] = "Losses on site",
        ["power.utility_losses"] = "Losses before the site",
        ["pue"] = "PUE, yearly",
        ["racks.count"] = "Racks",
        ["chips.count"] = "GPUs",
        ["chips.per_gw"] = "GPUs per GW",
        ["chips.dies"] = "Dies",
        ["network.switches"] = "Switches",
        ["network.transceivers"] = "Transceivers",
        ["tokens.output_per_second"] = "Output tokens sold",
        ["tokens.input_per_second"] = "Input tokens taken",
        ["tokens.output_per_year"] = "Output tokens a year",
        ["tokens.all_per_second"] = "All tokens, in and out",
        ["tokens.revenue_per_gw_year"] = "Tokens at list prices, per GW-year",
        ["cost.per_million_output_tokens"] = "Cost of output tokens",
        ["cost.per_million_uncached_input_tokens"] = "Cost of uncached input",
        ["cost.per_million_cached_input_tokens"] = "Cost of cached input",
        ["cost.per_gpu_hour"] = "Cost of a GPU-hour",
        ["revenue.per_year"] = "Revenue a year",
        ["revenue.per_gw_year"] = "Revenue per GW-year",
        ["opex.per_year"] = "Operating cost a year",
        ["opex.per_gw_it"] = "Operating cost per GW of IT",
        ["opex.energy"] = "Energy",
        ["opex.staff"] = "Staff",
        ["opex.maintenance_it"] = "IT maintenance",
        ["opex.maintenance_facility"] = "Facility maintenance",
        ["opex.insurance"] = "Insurance",
        ["opex.property_tax"] = "Property tax",
        ["opex.licences"] = "Licences",
        ["opex.water"] = "Water",
        ["energy.price"] = "Price of energy",
        ["energy.per_year"] = "Energy a year",
        ["annual_cost.total"] = "Yearly need",
        ["annual_cost.per_gw_it"] = "Yearly need per GW of IT",
        ["annual_cost.capital_it"] = "Capital for IT",
        ["annual_cost.capital_building"] = "Capital for building",
        ["carbon.per_year"] = "Carbon a year",
        ["water.per_year"] = "Water a year",
        ["break_even.usd_per_gw_year"] = "Break-even per GW-year",
        ["break_even.usd_per_gpu_hour"] = "Break-even per GPU-hour",
        ["break_even.utilisation"] = "Break-even use",
        ["finance.uses_total"] = "Uses of funds",
        ["finance.equity"] = "Outside equity",
        ["finance.supplier_equity"] = "Supplier equity",
        ["finance.debt"] = "Senior debt",
        ["finance.equity_irr"] = "IRR of equity",
        ["finance.project_irr"] = "IRR of the project",
        ["finance.moic"] = "Money multiple of equity (MOIC)",
        ["finance.payback"] = "Payback",
        ["finance.min_dscr"] = "Lowest DSCR",
        ["finance.status"] = "Status of the debt",
        ["finance.idc"] = "Interest during construction",
        ["finance.fees"] = "Financing fees",
        ["schedule.first_power"] = "First power",
        ["schedule.full_power"] = "Full power",
        ["margin.token"] = "Token margin",
        ["margin.gross"] = "Gross margin",
        ["margin.operating"] = "Operating margin",
        ["binding"] = "What binds",
    };

    /// <summary>The title of a figure: known ones by table, others from the words of their name.</summary>
    /// <param name="name">Name of the figure, such as "capex.total".</param>
    /// <returns>Title such as "Capital cost, overnight".</returns>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Titles.TryGetValue(name, out string? title))
        {
            return title;
        }

        string[] parts = [.. name.Split('.').Select(static part => Words(part)).Where(static part => part.Length > 0)];
        return parts.Length == 0 ? name : char.ToUpperInvariant(parts[0][0]) + string.Join(": ", parts)[1..];
    }

    /// <summary>Whether a figure has a title beyond the words of its name.</summary>
    /// <param name="name">Name of the figure.</param>
    /// <returns>True where the title says more.</returns>
    public static bool Knows(string name) => Titles.ContainsKey(name);

    private static string Words(string part) => string.Join(
        ' ',
        part.Split(['_', '-', ' '], StringSplitOptions.RemoveEmptyEntries).Select(static word => word switch
        {
            "it" or "pue" or "irr" or "gw" or "gpu" or "usd" or "dscr" or "wacc" or "moic" => word.ToUpperInvariant(),
            _ => word,
        }));
}
