using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Reports.Pages;

/// <summary>The answer in a few sentences, from the figures that a plan has.</summary>
internal static class PlanHeadlines
{
    public static List<string> Of(PlanView plan, PlanPageOptions options)
    {
        var sentences = new List<string>();
        Add(sentences, Build(plan, options));
        Add(sentences, Earn(plan));
        return sentences;
    }

    public static string System(PlanView plan, PlanPageOptions options) => options.SystemName ?? plan.Plan.Scenario.Chips.System.ToUpperInvariant();

    public static string Place(PlanView plan, PlanPageOptions options) => options.LocationName ?? Humanize.Words(plan.Plan.Scenario.Site.Location);

    public static string? SitePower(PlanView plan)
    {
        PowerBasis basis = plan.Plan.Scenario.Site.Power?.Basis ?? PowerBasis.Facility;
        (string name, string word) = basis switch
        {
            PowerBasis.It => ("site.power_it", "IT power"),
            PowerBasis.Utility => ("site.power_utility", "utility power"),
            _ => ("site.power_facility", "facility power"),
        };
        return plan.NumberText(name) is string text ? $"{text} of {word}" : null;
    }

    private static string Build(PlanView plan, PlanPageOptions options)
    {
        string sentence = SitePower(plan) is string power ? $"{power} in {Place(plan, options)}" : $"A site in {Place(plan, options)}";
        sentence += plan.NumberText("racks.count") is string racks ? $" holds {racks} systems of {System(plan, options)}" : $" with {System(plan, options)}";
        sentence += plan.NumberText("chips.count") is string chips ? $", {chips} GPUs" : "";
        if (plan.Figure("capex.total") is PlanFigure capex && plan.Value("capex.total") is not null)
        {
            sentence += $", and costs {Humanize.Value(capex)} to build";
            sentence += Humanize.Range(capex) is string range ? $" (p10 to p90: {range})" : "";
        }

        return sentence + ".";
    }

    private static string? Earn(PlanView plan)
    {
        if (plan.NumberText("annual_cost.total") is not string need)
        {
            return null;
        }

        string sentence = $"It needs {need}";
        if (plan.Value("break_even.usd_per_gw_year") is double even)
        {
            string unit = plan.Figure("break_even.usd_per_gw_year")!.Unit;
            sentence += $", which is {Humanize.Value(even, unit)}";
            if (plan.Value("revenue.per_gw_year") is double earned && plan.Figure("revenue.per_gw_year")!.Unit == unit)
            {
                sentence += $"; it earns {Humanize.Value(earned, unit)}, " + (earned >= even * 1.005 ? "more than it needs" : earned <= even * 0.995 ? "less than it needs" : "just what it needs");
            }
        }

        sentence += ".";
        string? project = plan.NumberText("finance.project_irr");
        string? equity = plan.NumberText("finance.equity_irr");
        if (project is not null || equity is not null)
        {
            string[] parts = [.. new[] { project is null ? null : $"{project} on the project", equity is null ? null : $"{equity} on equity" }.OfType<string>()];
            sentence += $" The internal rate of return is {string.Join(" and ", parts)}.";
        }

        return sentence;
    }

    private static void Add(List<string> sentences, string? sentence)
    {
        if (sentence is not null)
        {
            sentences.Add(sentence);
        }
    }
}
