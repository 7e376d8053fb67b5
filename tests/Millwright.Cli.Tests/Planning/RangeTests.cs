using Millwright.Planning;

namespace Millwright.Cli.Tests.Planning;

public sealed class RangeTests
{
    private static readonly string[] Headlines =
    [
        "capex.total", "capex.per_gw", "capex.per_gw_it", "capex.chips", "capex.building", "racks.count", "chips.count", "opex.per_year", "opex.energy", "energy.per_year",
        "carbon.per_year", "annual_cost.total", "break_even.usd_per_gw_year", "break_even.usd_per_gpu_hour", "break_even.utilisation", "cost.per_gpu_hour",
        "tokens.output_per_second", "tokens.input_per_second", "tokens.revenue_per_year", "cost.per_million_output_tokens", "cost.per_million_uncached_input_tokens",
        "cost.per_million_cached_input_tokens", "margin.gross", "margin.operating", "finance.uses_total", "finance.project_irr", "finance.equity_irr", "finance.moic",
        "schedule.first_power", "schedule.full_power",
    ];

    public static TheoryData<string> Names => [.. Chain.Ready];

    [Theory]
    [MemberData(nameof(Names))]
    public void Headline_figures_lie_between_their_tenth_and_ninetieth_percentile(string name)
    {
        Plan plan = Chain.Study(name);
        foreach (string figure in Headlines)
        {
            PlanFigure found = plan.Find(figure) ?? throw new KeyNotFoundException(figure);
            Assert.True(found.Low is not null && found.High is not null, $"{figure} has no range");
            Assert.True(found.Low <= found.Value && found.Value <= found.High, $"{figure}: {found.Low} .. {found.Value} .. {found.High}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_range_is_upside_down(string name) => Assert.All(Chain.Study(name).Figures, static f =>
    {
        Assert.Equal(f.Low is null, f.High is null);
        Assert.True(f.Low is null || f.Low <= f.High, f.Name);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void What_moves_the_return_is_told_greatest_first(string name)
    {
        IReadOnlyList<Swing> swings = Chain.Study(name).Swings;
        Assert.True(swings.Count > 10);
        Assert.Equal(swings.Select(static s => Math.Abs(s.High - s.Low)).OrderDescending(), swings.Select(static s => Math.Abs(s.High - s.Low)));
        Assert.Contains(swings.Take(8), static s => s.Input is "chips.price" or "economics.it_life" or "facility.grid_wait");
    }
}
