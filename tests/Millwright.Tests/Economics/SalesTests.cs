using CsCheck;
using Millwright.Economics;
using Millwright.Serving;

namespace Millwright.Tests.Economics;

public sealed class SalesTests
{
    internal static ServingPoint Point(
        double output,
        double input,
        double cached,
        double prefill = 0.2,
        double cachedShare = 0.05,
        BatchLimit limit = BatchLimit.TimePerOutputToken,
        string reason = "") =>
        new(output, input, cached, prefill, cachedShare, 1 - prefill - cachedShare, 0.5, 0.03, 64, 8, 100e9, 1200, limit, reason, 0.2);

    internal static readonly WorkloadOffer Chat = new()
    {
        Name = "chat",
        Point = Point(400, 800, 1200),
        DemandOutputTokensPerSecond = 400 * 1000,
        PeakToMean = 2,
        PaidShare = 0.5,
        PriceUsdPerMillion = new ByTokenClass(0.55, 0.14, 2.19),
        ItWattsPerChip = 2500,
        VariableUsdPerChipSecond = 6e-5,
    };

    internal static readonly Gen<WorkloadOffer> AnyOffer = Gen.Select(
        Gen.Select(Gen.Double[10, 1000], Gen.Double[0, 5000], Gen.Double[0, 20000]),
        Gen.Select(Gen.Double[0, 0.6], Gen.Double[0, 0.4], Gen.Double[1, 4], Gen.Double[0, 1]),
        Gen.Select(Gen.Double[0, 1e7], Gen.Double[0, 3], Gen.Double[-0.5, 1], Gen.Double[-0.6, 0.2]),
        Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 1e-3]),
        Gen.Bool,
        (rates, shares, market, variable, servable) => new WorkloadOffer
        {
            Name = "any",
            Point = Point(
                rates.Item1, rates.Item2, rates.Item3, shares.Item1, shares.Item2, servable ? BatchLimit.Memory : BatchLimit.Infeasible, servable ? "" : "does not fit"),
            PeakToMean = shares.Item3,
            PaidShare = shares.Item4,
            DemandOutputTokensPerSecond = market.Item1,
            PriceUsdPerMillion = new ByTokenClass(market.Item2 / 4, market.Item2 / 16, market.Item2),
            DemandGrowthPerYear = market.Item3,
            PriceChangePerYear = market.Item4,
            VariableUsdPerChipSecond = variable,
            ItWattsPerChip = 1000 + (1000 * shares.Item1),
        });

    private static readonly Gen<(WorkloadOffer[] Offers, double Chips, double Watts, int Month)> AnyMonth =
        Gen.Select(AnyOffer.Array[0, 6], Gen.Double[0, 3e4], Gen.Double[0, 6e7], Gen.Int[0, 84]);

    [Fact]
    public void Capacity_that_meets_the_peak_is_quiet_the_rest_of_the_time()
    {
        // 1,000 chips' worth of mean demand needs 2,000 chips at its peak; 500 of them serve 250 chips' worth.
        MonthSales short_ = Sales.InMonth([Chat], 500, double.PositiveInfinity, 0);
        MonthSales ample = Sales.InMonth([Chat], 5000, double.PositiveInfinity, 0);

        Assert.Equal(500, short_.Workloads[0].Chips, 1e-9);
        Assert.Equal(250, short_.BusyChips, 1e-9);
        Assert.Equal(100_000, short_.Workloads[0].TokensPerSecond.Output, 1e-6);
        Assert.Equal(SalesLimit.Chips, short_.Workloads[0].Limit);
        Assert.Equal(2000, ample.Workloads[0].Chips, 1e-9);
        Assert.Equal(400_000, ample.Workloads[0].TokensPerSecond.Output, 1e-6);
        Assert.Equal(0.2, ample.BusyShare, 1e-12);
        Assert.Equal(SalesLimit.Demand, ample.Workloads[0].Limit);
    }

    [Fact]
    public void Free_tokens_are_served_and_cost_but_earn_nothing()
    {
        MonthSales half = Sales.InMonth([Chat], 5000, 1e9, 0);
        MonthSales all = Sales.InMonth([Chat with { PaidShare = 1 }], 5000, 1e9, 0);

        Assert.Equal(all.Tokens, half.Tokens);
        Assert.Equal(all.VariableUsd, half.VariableUsd);
        Assert.Equal(all.RevenueUsd / 2, half.RevenueUsd, 1e-3);
        Assert.Equal(
            1000 * ((400 * 2.19) + (800 * 0.55) + (1200 * 0.14)) / 1e6 * 2_628_000, all.RevenueUsd, 1e-3);
    }

    [Fact]
    public void Demand_grows_and_prices_change_month_by_month()
    {
        WorkloadOffer offer = Chat with { DemandGrowthPerYear = 1, PriceChangePerYear = -0.3 };
        MonthSales[] months = [.. Enumerable.Range(0, 25).Select(month => Sales.InMonth([offer], 1e5, 1e12, month))];

        Assert.Equal(4, months[24].Tokens.Output / months[0].Tokens.Output, 1e-9);
        Assert.Equal(4 * 0.49, months[24].RevenueUsd / months[0].RevenueUsd, 1e-9);
        Assert.Equal(Math.Sqrt(2), months[6].Tokens.Output / months[0].Tokens.Output, 1e-9);
    }

    [Fact]
    public void Power_that_binds_is_named()
    {
        MonthSales month = Sales.InMonth([Chat], 5000, 2500 * 100, 0);

        Assert.Equal(100, month.Workloads[0].Chips, 1e-9);
        Assert.Equal(SalesLimit.Power, month.Workloads[0].Limit);
        Assert.Equal(BindingLimits.Power, month.Allocation.Binding);
    }

    [Fact]
    public void Memory_is_named_where_it_holds_the_batch_of_a_workload_that_wants_chips()
    {
        WorkloadOffer offer = Chat with { Point = Point(400, 800, 1200, limit: BatchLimit.Memory) };
        MonthSales month = Sales.InMonth([offer], 100, 1e9, 0);

        Assert.Equal(SalesLimit.Memory, month.Workloads[0].Limit);
        Assert.Equal("memory", Sales.Describe(offer, month.Workloads[0].Limit));
    }

    [Fact]
    public void A_workload_that_cannot_be_served_gets_nothing_and_says_why()
    {
        WorkloadOffer large = Chat with { Name = "large", Point = Point(0, 0, 0, limit: BatchLimit.Infeasible, reason: "weights exceed the memory of 72 chips") };
        MonthSales month = Sales.InMonth([large, Chat], 5000, 1e9, 3);

        Assert.Equal(0, month.Workloads[0].Chips);
        Assert.Equal(default, month.Workloads[0].TokensPerSecond);
        Assert.Equal("weights exceed the memory of 72 chips", Sales.Describe(large, month.Workloads[0].Limit));
        Assert.Equal(SalesLimit.Demand, month.Workloads[1].Limit);
    }

    [Fact]
    public void A_price_below_the_energy_of_a_token_sells_nothing()
    {
        WorkloadOffer offer = Chat with { PriceUsdPerMillion = Chat.PriceUsdPerMillion.Scaled(0.001) };
        WorkloadSales sales = Sales.InMonth([offer], 5000, 1e9, 0).Workloads[0];

        Assert.Equal(0, sales.Chips);
        Assert.Equal(SalesLimit.Price, sales.Limit);
    }

    [Fact]
    public void Sold_tokens_are_never_negative_nor_above_demand_nor_above_capacity() =>
        AnyMonth.Holds(
            month =>
            {
                MonthSales sales = Sales.InMonth(month.Offers, month.Chips, month.Watts, month.Month);
                Assert.True(sales.BusyChips <= month.Chips * (1 + 1e-12));
                Assert.True(sales.Workloads.Sum(w => w.Chips) <= month.Chips * (1 + 1e-12));
                for (int w = 0; w < month.Offers.Length; w++)
                {
                    ByTokenClass tokens = sales.Workloads[w].TokensPerSecond;
                    Assert.True(tokens.UncachedInput >= 0 && tokens.CachedInput >= 0);
                    Assert.InRange(tokens.Output, 0, month.Offers[w].DemandAt(month.Month));
                }
            },
            iter: 3000);

    [Fact]
    public void Contribution_is_revenue_less_variable_cost() =>
        AnyMonth.Holds(
            month =>
            {
                MonthSales sales = Sales.InMonth(month.Offers, month.Chips, month.Watts, month.Month);
                double contributionUsd = sales.Allocation.ContributionUsdPerSecond * 2_628_000;
                Assert.Equal(sales.RevenueUsd - sales.VariableUsd, contributionUsd, 1e-9 * Math.Max(1, sales.RevenueUsd));
            },
            iter: 3000);

    [Fact]
    public void No_price_is_no_revenue() =>
        AnyMonth.Holds(month =>
        {
            WorkloadOffer[] free = [.. month.Offers.Select(o => o with { PriceUsdPerMillion = default })];
            MonthSales sales = Sales.InMonth(free, month.Chips, month.Watts, month.Month);
            Assert.Equal(0, sales.RevenueUsd);
            Assert.True(sales.Tokens.Total >= 0);
        });

    [Fact]
    public void Demand_can_be_stated_in_tasks_or_as_a_share_of_the_chips()
    {
        Assert.Equal(30_000, WorkloadOffer.DemandOfTasks(5, 12, 500));

        double filling = WorkloadOffer.DemandFilling(0.2, 5000, Chat.Point, Chat.PeakToMean);
        Assert.Equal(1000, Sales.InMonth([Chat with { DemandOutputTokensPerSecond = filling }], 5000, 1e9, 0).Workloads[0].Chips, 1e-9);
    }

    [Fact]
    public void The_energy_of_a_chip_second_is_its_power_at_the_meter_times_the_price() =>
        Assert.Equal(2.0 * 1.25 * 0.08 / 3600, WorkloadOffer.EnergyUsdPerChipSecond(2000, 1.25, 0.08), 1e-18);

    [Fact]
    public void A_peak_below_the_mean_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Sales.InMonth([Chat with { PeakToMean = 0.9 }], 1, 1, 0));
    }
}
