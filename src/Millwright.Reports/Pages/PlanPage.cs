using Millwright.Planning;
using Millwright.Reports.Html;

namespace Millwright.Reports.Pages;

/// <summary>
/// The report of a plan: one self-contained HTML page. What the plan lacks is left out, with words in its place where a reader would look for it.
/// Example: <c>File.WriteAllText("plan.html", PlanPage.Write(plan))</c>.
/// </summary>
public static class PlanPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">What the page says beyond the plan; null for nothing.</param>
    /// <returns>HTML that needs no network and no script.</returns>
    public static string Write(Plan plan, PlanPageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        options ??= new PlanPageOptions();
        var view = new PlanView(plan);
        var page = new HtmlPage(plan.Scenario.Name.Length == 0 ? "Plan" : plan.Scenario.Name);
        page.Kicker("Millwright \u00b7 plan of an AI factory").Subtitle(plan.Scenario.Description);
        foreach (string headline in PlanHeadlines.Of(view, options))
        {
            page.Lead(headline);
        }

        page.Section("answer", "The answer", section => PlanCards.Add(section, view, options));
        page.Section("cost", "Cost", section => CostSections.Cost(section, view));
        page.Section("power", "Power", section => SiteSections.Power(section, view));
        page.Section("schedule", "Schedule", section => SiteSections.Schedule(section, view));
        page.Section("serving", "Serving", section => ServingSection.Add(section, view));
        page.Section("money", "Money", section => MoneySections.Money(section, view));
        page.Section("returns", "Returns", section => MoneySections.Returns(section, view, options));
        page.Section("market", "Market", section => MarketSection.Add(section, view));
        page.Section("checks", "Checks", section => FigureSections.Checks(section, view));
        page.Section("figures", "All figures", section => FigureSections.Figures(section, view));
        if (options.Command is not null)
        {
            page.Foot("Made by: " + options.Command);
        }

        page.Foot($"{plan.Tool}, catalog {plan.CatalogHash}, seed {plan.Scenario.Seed}, {plan.Draws} draws; costs in dollars of {plan.Scenario.BaseYear}, cash flows nominal. The same scenario, catalog and seed give the same page.");
        page.Foot("p10 and p90: one draw in ten falls below the first and one in ten above the second. Evidence is that of the weakest input that moves a figure: datasheet, read in its source, derived, recalled or assumed.");
        return page.Write();
    }
}
