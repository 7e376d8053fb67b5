using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Studies;

namespace Millwright.Cli.Tests.Planning;

/// <summary>A draw may have no plan; the plan has its ranges all the same, or says plainly why not.</summary>
public sealed class DrawTests
{
    // 64 pods of 64-port switches reach 524,288 of these chips, which 1.77 GW hold at the median of the peak factor, and less where the factor is drawn low.
    private static Plan Study(string power) => PlanStudy.Make(
        new Planner(Chain.Scenario("gigawatt", "network.switch=qm9700", "network.pod_oversubscription=1", "site.power=" + power), Chain.Catalog, Chain.Search), "tests");

    [Fact]
    public void A_draw_that_cannot_be_planned_is_missing_and_counted()
    {
        Plan plan = Study("1.625 GW facility");
        PlanCheck told = Assert.Single(plan.Checks, static c => c.Name.StartsWith("draws that cannot be planned", StringComparison.Ordinal));
        Assert.True(told.Ok, told.Detail);
        Assert.NotNull(plan.Find("finance.project_irr")!.Low);
    }

    [Fact]
    public void Where_many_draws_cannot_be_planned_the_user_is_told_which_input_it_is()
    {
        MissingInputException told = Assert.Throws<MissingInputException>(static () => Study("1.75 GW facility"));
        Assert.Equal("network.switch", told.Key);
        Assert.Contains("draws", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Returns_at_other_prices_are_no_better_founded_than_what_they_are_made_from()
    {
        Plan plan = Chain.Study("gigawatt");
        Assert.Equal(Evidence.Assumption, plan.Find("returns.coreweave_5y.project_irr")!.Evidence);
        Assert.Equal(Chain.Catalog.FindFigure("deals/d19-crwv-accounts.revenue_per_gw_year")!.Evidence, plan.Find("returns.coreweave.price")!.Evidence);
    }
}
