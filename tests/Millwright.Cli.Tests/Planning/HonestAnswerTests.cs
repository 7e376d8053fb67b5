using Millwright.Planning;
using Millwright.Studies;

namespace Millwright.Cli.Tests.Planning;

/// <summary>Odd questions get honest answers: the ledgers close, nothing is thrown, and what has no value says why.</summary>
public sealed class HonestAnswerTests
{
    public static TheoryData<string> Names => [.. Chain.Ready];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_ready_scenarios_are_sound_sold_either_way(string name)
    {
        Chain.Run(name).AssertSound();
        Chain.Run(name, Chain.Tokens).AssertSound();
    }

    [Theory]
    [InlineData("texas")]
    [InlineData("virginia")]
    [InlineData("germany")]
    public void A_scenario_of_defaults_plans_in_each_place(string location) =>
        Chain.Run(Chain.Empty("site.location=" + location, "energy.price=8 c/kWh", "facility.grid_wait=3 years", "economics.property_tax=1 %", "finance.state_income_tax=5 %", "energy.carbon_intensity=300 g/kWh")).AssertSound();

    [Fact]
    public void Without_workloads_there_are_no_tokens_and_the_contract_still_pays()
    {
        PlanRun run = Chain.Run(Chain.Empty());
        run.AssertSound();
        Assert.Equal(0, run.Value("tokens.output_per_year"));
        Assert.Equal("no tokens are sold", run.Reason("margin.gross"));
        Assert.True(run.Value("revenue.per_year") > 1e10);
        Plan plan = PlanStudy.Make(new Planner(Chain.Empty(), Chain.Catalog, Chain.Search), "tests", 8, cancellation: TestContext.Current.CancellationToken);
        Assert.Null(plan.Find("cost.per_million_output_tokens")!.Value);
        Assert.NotNull(plan.Find("cost.per_million_output_tokens")!.Reason);
    }

    [Fact]
    public void Tokens_without_workloads_bring_nothing_and_nobody_lends()
    {
        PlanRun run = Chain.Run(Chain.Empty(Chain.Tokens));
        run.AssertSound();
        Assert.Equal(0, run.Value("revenue.per_year"));
        Assert.Equal(0, run.Value("finance.debt"));
    }

    [Fact]
    public void A_model_that_the_chip_cannot_hold_is_refused_with_a_reason_and_the_rest_is_planned()
    {
        string[] changes = ["chips.system=hgx-h100", "workloads.coding-agent.precision=bf16"];
        PlanRun run = Chain.Run("gigawatt", changes);
        run.AssertSound();
        Assert.Equal(0, run.Value("workload.coding-agent.output_per_chip_second"));
        Assert.False(string.IsNullOrWhiteSpace(run.Reason("workload.coding-agent.model_output_rate")));
        Assert.True(run.Value("workload.chat.output_tokens_per_second") > 0);
        PlanWorkload coding = Assert.Single(run.Workloads, static w => w.Name == "coding-agent");
        Assert.Equal(0, coding.ChipShare);
        Assert.Equal(run.Reason("workload.coding-agent.model_output_rate"), coding.BoundBy);
        Chain.Run("gigawatt", [.. changes, .. Chain.Tokens]).AssertSound();
        Assert.Contains("cannot be sized", Assert.Throws<MissingInputException>(() => Chain.Run("gigawatt", [.. changes, .. Chain.FromDemand])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 MW facility")]
    [InlineData("10 kW facility")]
    [InlineData("1 GW IT")]
    [InlineData("1 GW utility")]
    [InlineData("10 GW facility")]
    public void Small_and_large_sites_are_sound(string power)
    {
        foreach (string name in (string[])["gigawatt", "gb200-bernstein"])
        {
            Chain.Run(name, "site.power=" + power).AssertSound();
            Chain.Run(name, "site.power=" + power, "revenue.mode=tokens").AssertSound();
        }
    }

    [Fact]
    public void A_megawatt_holds_four_racks()
    {
        PlanRun run = Chain.Run("gigawatt", "site.power=1 MW facility");
        Assert.Equal(4, run.Value("racks.count"));
        Assert.Equal(288, run.Value("chips.count"));
    }

    [Fact]
    public void Ten_gigawatts_join_pods_since_no_tree_is_large_enough()
    {
        PlanRun run = Chain.Run("gigawatt", "site.power=10 GW facility");
        Assert.True(run.Value("network.endpoints") > 746_496);
        Assert.Equal(4, run.Value("network.tiers"));
        Assert.True(run.Value("network.switches") > 10 * 15_000);
    }

    [Fact]
    public void More_endpoints_than_pods_can_join_is_said_not_guessed()
    {
        MissingInputException refused = Assert.Throws<MissingInputException>(
            () => Chain.Run("gigawatt", "site.power=10 GW facility", "network.switch=qm9700", "network.pod_oversubscription=1"));
        Assert.Equal("network.switch", refused.Key);
        Assert.Contains("pods", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_brings_the_last_of_the_money_the_plan_says_so()
    {
        PlanRun run = Chain.Run("gigawatt", "finance.equity_limit=$1B");
        run.AssertSound();
        Assert.Equal(2, run.Value("finance.status"));
        Assert.StartsWith("not financeable", run.Reason("finance.status"), StringComparison.Ordinal);
        Assert.True(run.Value("finance.gap") > 1e9);
        Assert.StartsWith("money", run.Reason("binding"), StringComparison.Ordinal);
        Assert.Equal(0, Chain.Run("gigawatt", "finance.equity_limit=$100B").Value("finance.gap"));
    }

    [Fact]
    public void A_contract_that_ends_before_the_loan_lends_less_and_still_closes()
    {
        PlanRun full = Chain.Run("gigawatt");
        PlanRun run = Chain.Run("gigawatt", "revenue.contract_term=2 years", "revenue.renewal_price=0 %");
        run.AssertSound();
        Assert.True(run.Value("finance.debt") < full.Value("finance.debt"));
        Assert.True(run.Value("finance.status") != 0 || Math.Abs(run.Value("finance.closing_debt")) < 1);
    }

    [Fact]
    public void Fewer_systems_than_fit_bind_the_plan()
    {
        PlanRun run = Chain.Run("gigawatt", "chips.supply_limit=1000");
        run.AssertSound();
        Assert.Equal(1000, run.Value("racks.count"));
        Assert.StartsWith("chips", run.Reason("binding"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_a_known_price_asks_for_one()
    {
        Assert.Equal("chips.system_power", Assert.Throws<MissingInputException>(() => Chain.Run("gigawatt", "chips.system=mi355x")).Key);
        MissingInputException missing = Assert.Throws<MissingInputException>(() => Chain.Run("gigawatt", "chips.system=mi355x", "chips.system_power=14 kW"));
        Assert.Equal("chips.price", missing.Key);
        Assert.Contains("mi355x", missing.Message, StringComparison.Ordinal);
        Chain.Run("gigawatt", "chips.system=mi355x", "chips.price=$350k", "chips.system_power=14 kW").AssertSound();
    }

    [Fact]
    public void Every_system_plans_once_its_price_and_power_are_stated()
    {
        List<string> planned = [];
        foreach (string system in Chain.Catalog.Systems.Where(static s => s.Kind is "node" or "rack" or "pod").Select(static s => s.Id))
        {
            PlanRun run = Chain.Run("gigawatt", "chips.system=" + system, "chips.price=$2M", "chips.system_power=100 kW");
            run.AssertSound();
            Assert.All(run.Workloads, static w => Assert.NotEqual("", w.BoundBy));
            planned.Add(system);
        }

        Assert.True(planned.Count > 15);
    }
}
