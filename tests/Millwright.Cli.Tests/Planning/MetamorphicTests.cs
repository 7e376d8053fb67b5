using CsCheck;
using Millwright.Planning;
using Millwright.Quantities;

namespace Millwright.Cli.Tests.Planning;

/// <summary>When an input moves, what must happen to the answer.</summary>
public sealed class MetamorphicTests
{
    public static TheoryData<string> Names => [.. Chain.Ready.Where(static name => Chain.Scenario(name).Site.Power is not null)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Twice_the_power_holds_twice_the_racks_at_the_same_cost_a_gigawatt(string name)
    {
        ScenarioInput scenario = Chain.Scenario(name);
        PlanRun one = Chain.Run(scenario);
        PlanRun two = Chain.Run(scenario with { Site = scenario.Site with { Power = scenario.Site.Power! with { Mid = scenario.Site.Power.Mid * 2 } } });
        Assert.InRange(two.Value("racks.count") - (2 * one.Value("racks.count")), 0, 1);
        Assert.Equal(one.Value("capex.per_gw"), two.Value("capex.per_gw"), 0.01 * one.Value("capex.per_gw"));
        Assert.Equal(2 * one.Value("opex.per_year"), two.Value("opex.per_year"), 0.01 * two.Value("opex.per_year"));
        Assert.Equal(one.Value("finance.project_irr"), two.Value("finance.project_irr"), 0.005);
        Assert.Equal(2 * one.Value("tokens.output_per_year"), two.Value("tokens.output_per_year"), 0.001 * two.Value("tokens.output_per_year"));
    }

    [Fact]
    public void Dearer_energy_never_lowers_a_cost() => Rising(
        (s, x) => s with { Energy = s.Energy with { Price = new Amount(0.02 + (0.3 * x)) } },
        up: ["opex.energy", "opex.per_year", "opex.variable", "annual_cost.total", "cost.per_million_output_tokens", "cost.per_gpu_hour", "break_even.usd_per_gw_year"],
        down: ["finance.project_irr", "margin.token", "margin.gross", "margin.operating"],
        same: ["capex.total", "energy.per_year", "tokens.output_per_second"]);

    [Fact]
    public void A_higher_contract_price_never_lowers_a_return() => Rising(
        (s, x) => s with { Revenue = s.Revenue with { ContractPrice = new Amount(9 + (12 * x)) } },
        up: ["revenue.per_year", "finance.project_irr", "finance.project_irr_before_tax", "finance.equity_irr", "finance.moic"],
        down: ["break_even.utilisation"],
        same: ["annual_cost.total", "capex.total", "margin.token"]);

    [Fact]
    public void Dearer_chips_never_make_a_cheaper_factory() => Rising(
        (s, x) => s with { Chips = s.Chips with { Price = new Amount(2e6 + (1e7 * x)) } },
        up: ["capex.total", "capex.per_gw", "capex.it", "opex.per_year", "annual_cost.total", "cost.per_million_output_tokens", "finance.uses_total", "depreciation.per_year"],
        down: ["finance.project_irr", "margin.gross"],
        same: ["racks.count", "capex.building", "energy.per_year"]);

    [Fact]
    public void A_higher_cost_of_capital_never_lowers_the_yearly_cost() => Rising(
        (s, x) => s with { Finance = s.Finance with { Wacc = new Amount(0.2 * x) } },
        up: ["annual_cost.capital_it", "annual_cost.capital_building", "annual_cost.total", "break_even.usd_per_gpu_hour"],
        down: [],
        same: ["capex.total", "opex.per_year", "finance.project_irr"]);

    [Fact]
    public void Chips_that_last_longer_never_cost_more_a_year() => Rising(
        (s, x) => s with { Economics = s.Economics with { ItLife = new Amount((2 + (8 * x)) * 31_536_000) } },
        up: [],
        down: ["annual_cost.capital_it", "annual_cost.total", "cost.per_million_output_tokens", "depreciation.per_year"],
        same: ["capex.total", "opex.per_year"]);

    [Fact]
    public void A_larger_peak_never_holds_more_racks() => Rising(
        (s, x) => s with { Site = s.Site with { PeakFactor = new Amount(1 + x) } },
        up: [],
        down: ["racks.count", "chips.count", "site.power_it", "tokens.output_per_year"],
        same: ["site.power_facility"]);

    [Fact]
    public void Less_time_for_each_token_never_makes_more_of_them() => Rising(
        (s, x) => s with { Workloads = [.. s.Workloads.Select(w => w with { TimePerOutputToken = new Amount(0.01 + (0.2 * x)) })] },
        up: ["tokens.output_per_year", "workload.chat.output_per_chip_second", "workload.coding-agent.output_per_chip_second", "workload.reasoning.output_per_chip_second"],
        down: [],
        same: ["capex.total", "racks.count"]);

    [Fact]
    public void Sizing_from_a_demand_that_a_site_meets_gives_that_site_back()
    {
        PlanRun sized = Chain.Run("gigawatt", Chain.FromDemand);
        sized.AssertSound();
        double gigawatts = sized.Value("site.power_facility") / 1e9;
        PlanRun given = Chain.Run("gigawatt", [.. Chain.FromDemand.Skip(1), "site.power=" + gigawatts.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + " GW facility"]);
        Assert.Equal(sized.Value("racks.count"), given.Value("racks.count"), 1.0);
        // With its spares the site serves all that is asked.
        double asked = Chain.Scenario("gigawatt", Chain.FromDemand).Workloads.Sum(w => w.Demand!.Mid * w.StepsPerTask.Mid * sized.Value($"workloads.{w.Name}.output_tokens"));
        Assert.Equal(asked, sized.Value("tokens.output_per_second"), 1e-9 * asked);
    }

    private static void Rising(Func<ScenarioInput, double, ScenarioInput> change, string[] up, string[] down, string[] same)
    {
        ScenarioInput scenario = Chain.Scenario("gigawatt");
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Holds(
            (a, b) =>
            {
                PlanRun low = Chain.Run(change(scenario, Math.Min(a, b)));
                PlanRun high = Chain.Run(change(scenario, Math.Max(a, b)));
                Assert.All(up, figure => Assert.True(Least(high, low, figure), $"{figure} fell from {low.Value(figure):R} to {high.Value(figure):R} ({a}, {b})"));
                Assert.All(down, figure => Assert.True(Least(low, high, figure), $"{figure} rose from {low.Value(figure):R} to {high.Value(figure):R} ({a}, {b})"));
                Assert.All(same, figure => Assert.Equal(low.Value(figure), high.Value(figure)));
            },
            iter: 12);
    }

    // A return that does not exist is neither higher nor lower.
    private static bool Least(PlanRun more, PlanRun less, string figure)
    {
        (double a, double b) = (more.Value(figure), less.Value(figure));
        return !double.IsFinite(a) || !double.IsFinite(b) || a >= b - (1e-9 * Math.Max(1e-6, Math.Abs(b)));
    }
}
