using Millwright.Planning;

namespace Millwright.Cli.Tests.Planning;

/// <summary>Money is earned by systems, not by power that stands empty.</summary>
public sealed class FilledPowerTests
{
    [Fact]
    public void Power_that_no_system_fills_earns_nothing()
    {
        PlanRun whole = Chain.Run("gigawatt");
        PlanRun few = Chain.Run("gigawatt", "chips.supply_limit=100");
        few.AssertSound();
        double filled = few.Value("racks.count") * few.Value("chips.system_power") * few.Value("site.peak_factor");
        Assert.Equal(filled, few.Value("site.power_filled"), 1e-3);
        Assert.Equal(few.Value("revenue.contract_price") * filled, few.Value("revenue.per_year"), 1);
        Assert.Equal(10 * filled, few.Value("finance.supplier_equity_offered"), 1);
        Assert.True(few.Value("finance.project_irr") < whole.Value("finance.project_irr") - 0.05);
        Assert.True(few.Value("binding.megawatt_value") < 0);
        Assert.Equal(few.Value("annual_cost.capital_building") / -1e3, few.Value("binding.megawatt_value"), 1);
    }

    [Fact]
    public void What_is_too_little_for_one_more_system_is_let_with_the_rest()
    {
        PlanRun run = Chain.Run("gigawatt");
        Assert.True(run.Value("site.power_left") > 0);
        Assert.Equal(run.Value("site.power_facility"), run.Value("site.power_filled"));
        Assert.Equal(13.3e9, run.Value("revenue.per_year"), 1);
    }

    [Fact]
    public void A_site_too_small_for_one_system_earns_nothing()
    {
        PlanRun run = Chain.Run("gigawatt", "site.power=100 kW facility");
        Assert.Equal(0, run.Value("racks.count"));
        Assert.Equal(0, run.Value("revenue.per_year"));
        Assert.Equal(0, run.Value("finance.debt"));
    }

    [Fact]
    public void A_site_sized_from_its_demand_keeps_within_the_supply_of_systems()
    {
        PlanRun free = Chain.Run("demand");
        PlanRun limited = Chain.Run("demand", "chips.supply_limit=10");
        limited.AssertSound();
        Assert.StartsWith("demand", free.Reason("binding"), StringComparison.Ordinal);
        Assert.True(free.Value("binding.megawatt_value") < 0);
        Assert.Equal(10, limited.Value("racks.count"));
        Assert.True(limited.Value("chips.count") < limited.Value("chips.needed"));
        Assert.StartsWith("chips", limited.Reason("binding"), StringComparison.Ordinal);
        Assert.True(limited.Value("allocation.chip_value") > 0);
    }

    [Fact]
    public void Demands_that_fill_the_chips_to_the_last_leave_none_wanting()
    {
        Plan plan = Chain.Study("gigawatt");
        PlanFigure chip = plan.Find("allocation.chip_value")!;
        Assert.Equal((0, 0, 0), (chip.Value, chip.Low, chip.High));
    }
}
