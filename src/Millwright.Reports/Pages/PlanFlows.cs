using Millwright.Reports.Charts;

namespace Millwright.Reports.Pages;

/// <summary>The flows of a plan's Sankey diagrams. At every node between the ends, what comes in goes out.</summary>
internal static class PlanFlows
{
    private static readonly string[] OpexParts =
        ["opex.energy", "opex.staff", "opex.maintenance_it", "opex.maintenance_facility", "opex.insurance", "opex.property_tax", "opex.licences", "opex.water"];

    /// <summary>Parts of the operating cost that the plan has, with their titles.</summary>
    public static List<ChartPart> Opex(PlanView plan)
    {
        List<ChartPart> parts =
            [.. OpexParts.Where(name => plan.Value(name) is > 0).Select(name => new ChartPart(FigureTitles.Of(name), plan.Value(name)!.Value))];
        if (plan.Value("opex.per_year") is double total)
        {
            double rest = total - parts.Sum(part => part.Value);
            if (rest > total * 1e-6)
            {
                parts.Add(new ChartPart("Other operating cost", rest));
            }
        }

        return parts;
    }

    /// <summary>
    /// Watts from the utility to the chips: the means of the year, which close, where the plan has them; else the design peak.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="caption">What the picture shows; or, where there is none, why.</param>
    /// <returns>The flows; none where they do not add up.</returns>
    public static List<SankeyFlow> Power(PlanView plan, out string caption)
    {
        if (MeanPower(plan) is { Count: > 0 } mean)
        {
            caption = plan.NumberText("site.power_facility") is string built
                ? $"The mean over a year at full power, by use. The site is built for {built} of facility power."
                : "The mean over a year at full power, by use.";
            return mean;
        }

        List<SankeyFlow> peak = DesignPower(plan, out string reason);
        caption = peak.Count > 0 ? "At the design peak. Reserve is what the facility is built for beyond IT, cooling and losses." : reason;
        return peak;
    }

    private static List<SankeyFlow> MeanPower(PlanView plan)
    {
        if (plan.Value("power.utility") is not double drawn || plan.Value("power.chips") is not double chips || plan.Value("power.it_other") is not double other)
        {
            return [];
        }

        double before = plan.Value("power.utility_losses") ?? 0;
        double cooling = plan.Value("power.cooling") ?? 0;
        double losses = plan.Value("power.losses") ?? 0;
        if (drawn <= 0 || Math.Abs(chips + other + cooling + losses + before - drawn) > 1e-6 * drawn)
        {
            return [];
        }

        return
        [
            new SankeyFlow("Utility meter", "Facility", drawn - before),
            new SankeyFlow("Facility", "IT", chips + other),
            new SankeyFlow("IT", "Chips", chips),
            new SankeyFlow("IT", "Other IT: hosts, network, storage", other),
            new SankeyFlow("Facility", "Cooling", cooling),
            new SankeyFlow("Facility", "Losses on site", losses),
            new SankeyFlow("Utility meter", "Losses before the site", before),
        ];
    }

    private static List<SankeyFlow> DesignPower(PlanView plan, out string reason)
    {
        reason = "";
        if (plan.Value("site.power_facility") is not double facility || plan.Value("site.power_it") is not double it)
        {
            reason = "The plan has no facility and IT power to draw.";
            return [];
        }

        var flows = new List<SankeyFlow>();
        double before = plan.Value("power.utility_losses") ?? Math.Max(0, (plan.Value("site.power_utility") ?? facility) - facility);
        if (before > 0)
        {
            flows.Add(new SankeyFlow("Utility meter", "Facility", facility));
        }

        double cooling = plan.Value("power.cooling") ?? 0;
        double losses = plan.Value("power.losses") ?? 0;
        double reserve = facility - it - cooling - losses;
        if (reserve < -1e-6 * facility)
        {
            reason = "IT power, cooling and losses are more than the facility power, so they cannot be drawn as parts of it.";
            return [];
        }

        double chips = plan.Value("power.chips") ?? 0;
        double other = plan.Value("power.it_other") ?? Math.Max(0, it - chips);
        flows.Add(new SankeyFlow("Facility", "IT", it));
        if (Math.Abs(chips + other - it) <= 1e-6 * it && chips > 0)
        {
            flows.Add(new SankeyFlow("IT", "Chips", chips));
            flows.Add(new SankeyFlow("IT", "Other IT: hosts, network, storage", other));
        }

        flows.Add(new SankeyFlow("Facility", "Cooling", cooling));
        flows.Add(new SankeyFlow("Facility", "Losses on site", losses));
        flows.Add(new SankeyFlow("Facility", "Reserve", reserve > 1e-6 * facility ? reserve : 0));
        flows.Add(new SankeyFlow("Utility meter", "Losses before the site", before));
        return flows;
    }

    /// <summary>
    /// Dollars of the first year at full power, from revenue to those who get them. From the monthly cash flows where the plan has them; else from the yearly
    /// cost with capital recovery in place of debt and equity.
    /// </summary>
    public static List<SankeyFlow> Dollars(PlanView plan, out string caption)
    {
        List<ChartPart> opex = Opex(plan);
        double from = Math.Ceiling(plan.Months("schedule.full_power") ?? 0);
        double? revenue = plan.Sum("finance.revenue", from, 12);
        double? cost = plan.Sum("finance.opex", from, 12);
        double? service = plan.Sum("finance.debt_service", from, 12);
        double? distributions = plan.Sum("finance.distributions", from, 12);
        if (revenue is > 0 && cost is not null && service is not null && distributions is not null)
        {
            caption = "The first twelve months at full power, nominal dollars. Tax and reserves are what revenue leaves after operating cost, debt service and distributions.";
            return Split(revenue.Value, Math.Abs(cost.Value), opex, [("Debt service", Math.Abs(service.Value)), ("To equity", distributions.Value)], "Tax and reserves");
        }

        double capitalIt = plan.Value("annual_cost.capital_it") ?? 0;
        double capitalBuilding = plan.Value("annual_cost.capital_building") ?? 0;
        double opexSum = opex.Sum(part => part.Value);
        caption = "A year at full power, real dollars: revenue against operating cost and the recovery of capital at the cost of capital.";
        return plan.Value("revenue.per_year") is double yearly && opexSum + capitalIt + capitalBuilding > 0
            ? Split(yearly, opexSum, opex, [("Capital for IT", capitalIt), ("Capital for building", capitalBuilding)], "Above the cost of capital")
            : [];
    }

    private static List<SankeyFlow> Split(double revenue, double opexTotal, List<ChartPart> opex, (string Label, double Value)[] claims, string rest)
    {
        const string income = "Revenue";
        const string shortfall = "Not covered by revenue";
        const string running = "Operating cost";
        const string capital = "Left for capital";
        var flows = new List<SankeyFlow>();
        double claimed = claims.Sum(claim => Math.Max(claim.Value, 0));
        double fromRevenue = Math.Min(revenue, opexTotal);
        flows.Add(new SankeyFlow(income, running, fromRevenue));
        flows.Add(new SankeyFlow(shortfall, running, opexTotal - fromRevenue));
        double left = revenue - fromRevenue;
        flows.Add(new SankeyFlow(income, capital, left));
        flows.Add(new SankeyFlow(shortfall, capital, Math.Max(0, claimed - left)));
        double parts = opex.Sum(part => part.Value);
        foreach (ChartPart part in opex)
        {
            flows.Add(new SankeyFlow(running, part.Label, part.Value / parts * opexTotal));
        }

        foreach ((string label, double value) in claims)
        {
            flows.Add(new SankeyFlow(capital, label, value));
        }

        flows.Add(new SankeyFlow(capital, rest, left - claimed > 1e-9 * revenue ? left - claimed : 0));
        return flows;
    }
}
