using CsCheck;
using Millwright.Economics;

namespace Millwright.Tests.Economics;

public sealed class AllocationTests
{
    private static readonly Gen<AllocationProgram> Sound =
        Gen.OneOf(AllocationPrograms.WithTies, AllocationPrograms.AtScale, AllocationPrograms.WithManyWorkloads);

    private static readonly Gen<AllocationProgram> Any = Gen.OneOf(Sound, AllocationPrograms.OfAnySize);

    [Fact]
    public void Power_and_chips_that_both_bind_are_shared_as_by_hand()
    {
        // x + y = 10 and 3 x + y = 20 give 5 and 5; chip 3 = m + 3 l and 2 = m + l give m = 1.5 and l = 0.5.
        AllocationResult result = Allocation.Solve([new(3, 3, 100), new(2, 1, 100)], 10, 20);

        Assert.Equal(5, result.Chips[0], 1e-12);
        Assert.Equal(5, result.Chips[1], 1e-12);
        Assert.Equal(25, result.Summary.ContributionUsdPerSecond, 1e-12);
        Assert.Equal(1.5, result.Summary.ChipUsdPerSecond, 1e-12);
        Assert.Equal(0.5, result.Summary.WattUsdPerSecond, 1e-12);
        Assert.Equal(BindingLimits.Chips | BindingLimits.Power, result.Summary.Binding);
    }

    [Fact]
    public void Where_power_is_ample_the_dearest_demand_is_served_first()
    {
        AllocationResult result = Allocation.Solve([new(1, 5, 8), new(3, 9, 4), new(2, 1, 3), new(-1, 1, 9)], 10, double.PositiveInfinity);

        Assert.Equal([3, 4, 3, 0], result.Chips);
        Assert.Equal([0, 2, 1, 0], result.DemandUsdPerSecond);
        Assert.Equal(1, result.Summary.ChipUsdPerSecond);
        Assert.Equal(0, result.Summary.WattUsdPerSecond);
        Assert.Equal(BindingLimits.Chips | BindingLimits.Demand, result.Summary.Binding);
    }

    [Fact]
    public void Where_demand_is_short_more_chips_are_worth_nothing()
    {
        AllocationSummary summary = Allocation.Solve([new(3, 2, 4), new(2, 2, 3)], 10, 100).Summary;

        Assert.Equal(0, summary.ChipUsdPerSecond);
        Assert.Equal(BindingLimits.Demand, summary.Binding);
        Assert.Equal(14, summary.AssignedWatts);
    }

    [Fact]
    public void Demand_without_limit_takes_all_chips()
    {
        AllocationResult result = Allocation.Solve([new(3, 2, double.PositiveInfinity), new(2, 2, 3)], 10, 1000);

        Assert.Equal([10, 0], result.Chips);
        Assert.Equal(30, result.Summary.DualUsdPerSecond);
    }

    [Fact]
    public void Workloads_that_lose_money_or_do_not_exist_get_nothing()
    {
        Assert.Equal(BindingLimits.None, Allocation.Solve([], 10, 10).Summary.Binding);
        Assert.Equal([0, 0], Allocation.Solve([new(0, 1, 5), new(-2, 0, 5)], 10, 10).Chips);
    }

    [Fact]
    public void Equals_the_optimum_of_a_simplex_solver() =>
        Sound.Holds(
            program =>
            {
                (double objective, double dual) = AllocationPrograms.ByGlop(program);
                AllocationSummary summary = program.Solve().Summary;
                Assert.Equal(objective, summary.ContributionUsdPerSecond, 1e-8 * program.Scale);
                Assert.Equal(dual, summary.DualUsdPerSecond, 1e-8 * program.Scale);
            },
            iter: 1500);

    [Fact]
    public void Equals_the_best_of_all_vertices() =>
        Gen.OneOf(AllocationPrograms.WithTies, AllocationPrograms.AtScale.Where(p => p.Candidates.Length <= 5)).Holds(
            program => Assert.Equal(
                AllocationPrograms.ByVertices(program), program.Solve().Summary.ContributionUsdPerSecond, 1e-9 * program.Scale),
            iter: 1500);

    [Fact]
    public void Primal_equals_dual_and_both_keep_their_limits() =>
        Any.Holds(
            program =>
            {
                AllocationResult result = program.Solve();
                AllocationSummary summary = result.Summary;
                double scale = program.Scale;
                Assert.Equal(summary.DualUsdPerSecond, summary.ContributionUsdPerSecond, 1e-9 * scale);
                Assert.True(summary.AssignedChips <= program.Chips * (1 + 1e-12));
                Assert.True(summary.AssignedWatts <= program.Watts * (1 + 1e-9));
                Assert.True(summary.ChipUsdPerSecond >= 0 && summary.WattUsdPerSecond >= 0);
                for (int w = 0; w < program.Candidates.Length; w++)
                {
                    AllocationCandidate candidate = program.Candidates[w];
                    Assert.InRange(result.Chips[w], 0, candidate.DemandChips * (1 + 1e-12));
                    double price = summary.ChipUsdPerSecond + (summary.WattUsdPerSecond * candidate.ChipWatts) + result.DemandUsdPerSecond[w];
                    Assert.True(result.DemandUsdPerSecond[w] >= 0);
                    Assert.True(price >= candidate.UsdPerChipSecond - 1e-9);
                }
            },
            iter: 20_000);

    [Fact]
    public void No_change_of_a_limit_is_worth_more_than_its_shadow_price_says() =>
        Gen.Select(Any, Gen.Double[0, 2], Gen.Double[0, 2], Gen.Double[0, 2]).Holds(
            (program, chipFactor, wattFactor, demandFactor) =>
            {
                AllocationResult before = program.Solve();
                var changed = new AllocationProgram(
                    [.. program.Candidates.Select(c => c with { DemandChips = c.DemandChips * demandFactor })],
                    program.Chips * chipFactor,
                    program.Watts * wattFactor);
                double bound = before.Summary.ContributionUsdPerSecond
                    + (before.Summary.ChipUsdPerSecond * (changed.Chips - program.Chips))
                    + (before.Summary.WattUsdPerSecond * (changed.Watts - program.Watts))
                    + program.Candidates.Select((c, w) => before.DemandUsdPerSecond[w] * c.DemandChips * (demandFactor - 1)).Sum();
                Assert.True(changed.Solve().Summary.ContributionUsdPerSecond <= bound + (1e-9 * Math.Max(program.Scale, changed.Scale)));
            },
            iter: 5000);

    [Fact]
    public void At_a_corner_the_price_is_what_one_more_unit_is_worth()
    {
        Assert.Equal(1, Allocation.Solve([new(3, 1, 4), new(1, 1, 9)], 4, 100).Summary.ChipUsdPerSecond);
        Assert.Equal(1, Allocation.Solve([new(3, 1, 4), new(1, 1, 9)], 100, 4).Summary.WattUsdPerSecond);
        Assert.Equal(BindingLimits.Demand, Allocation.Solve([new(3, 1, 4)], 4, 4).Summary.Binding);
    }

    // All corners lie at whole numbers, so half a unit more never passes one.
    [Fact]
    public void Where_one_limit_binds_half_a_unit_more_is_worth_half_its_price() =>
        AllocationPrograms.WithTies.Holds(
            program =>
            {
                AllocationProgram anyPower = program with { Watts = double.PositiveInfinity };
                AllocationSummary before = anyPower.Solve().Summary;
                double after = (anyPower with { Chips = program.Chips + 0.5 }).Solve().Summary.ContributionUsdPerSecond;
                Assert.Equal(0.5 * before.ChipUsdPerSecond, after - before.ContributionUsdPerSecond, 1e-9);

                AllocationProgram manyChips = program with { Chips = 1000 };
                before = manyChips.Solve().Summary;
                after = (manyChips with { Watts = program.Watts + 0.5 }).Solve().Summary.ContributionUsdPerSecond;
                Assert.Equal(0.5 * before.WattUsdPerSecond, after - before.ContributionUsdPerSecond, 1e-9);
            },
            iter: 3000);

    [Fact]
    public void More_demand_never_lowers_the_contribution() =>
        Gen.Select(Any.Where(p => p.Candidates.Length > 0), Gen.Int[0, 100], Gen.Double[0, 1e5]).Holds(
            (program, which, more) =>
            {
                AllocationCandidate[] grown = [.. program.Candidates];
                int w = which % grown.Length;
                grown[w] = grown[w] with { DemandChips = grown[w].DemandChips + more };
                double before = program.Solve().Summary.ContributionUsdPerSecond;
                double after = (program with { Candidates = grown }).Solve().Summary.ContributionUsdPerSecond;
                Assert.True(after >= before - (1e-12 * program.Scale));
            },
            iter: 5000);

    [Fact]
    public void Solving_into_buffers_allocates_nothing()
    {
        AllocationCandidate[] candidates = [new(3, 3, 100), new(2, 1, 100), new(2.5, 2, 7), new(1, 0.5, 4)];
        double[] chips = new double[4];
        double[] prices = new double[4];
        Allocation.Solve(candidates, 10, 20, chips, prices);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Allocation.Solve(candidates, 10, 20, chips, prices);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(-1, 1, 1, 1, 1)]
    [InlineData(double.NaN, 1, 1, 1, 1)]
    [InlineData(double.PositiveInfinity, 1, 1, 1, 1)]
    [InlineData(1, -1, 1, 1, 1)]
    [InlineData(1, double.NaN, 1, 1, 1)]
    [InlineData(1, 1, double.NaN, 1, 1)]
    [InlineData(1, 1, 1, -1, 1)]
    [InlineData(1, 1, 1, 1, -1)]
    [InlineData(1, 1, 1, 1, double.NaN)]
    public void Limits_and_candidates_that_make_no_sense_are_refused(double chips, double watts, double value, double chipWatts, double demand) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Allocation.Solve([new(value, chipWatts, demand)], chips, watts));
}
