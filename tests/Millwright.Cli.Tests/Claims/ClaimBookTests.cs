using Millwright.Catalog;
using Millwright.Cli.Claims;

namespace Millwright.Cli.Tests.Claims;

public sealed class ClaimBookTests
{
    private static readonly CatalogData Catalog = WithFigures(
        Figure("a", "B$", 8, 10, 12),
        Figure("b", "B$", null, 4, null),
        Figure("c", "percent", null, 25, null),
        Figure("d", "flag 0/1", 0, null, null));

    [Theory]
    [InlineData(9.0, 11.0, ClaimVerdict.Holds)]
    [InlineData(10.0, 10.0, ClaimVerdict.Holds)]
    [InlineData(11.0, null, ClaimVerdict.HoldsInPart)]
    [InlineData(null, 9.0, ClaimVerdict.HoldsInPart)]
    [InlineData(12.5, null, ClaimVerdict.DoesNotHold)]
    [InlineData(null, 7.5, ClaimVerdict.DoesNotHold)]
    public void One_test_holds_by_its_value_and_in_part_by_its_range(double? least, double? most, object verdict) =>
        Assert.Equal(verdict, Answer([Rows("x", "t/a")], [new ClaimTest("x", least, most, "s")]).Verdict);

    [Fact]
    public void One_test_met_and_one_missed_hold_in_part()
    {
        ClaimAnswer answer = Answer([Rows("x", "t/a"), Rows("y", "t/b")], [new ClaimTest("x", 9, null, "s"), new ClaimTest("y", 9, null, "s")]);
        Assert.Equal([TestOutcome.Met, TestOutcome.Missed], answer.Tests.Select(static t => t.Outcome));
        Assert.Equal(ClaimVerdict.HoldsInPart, answer.Verdict);
    }

    [Fact]
    public void A_measure_without_a_value_meets_no_test()
    {
        ClaimAnswer answer = Answer([Rows("x", "t/d")], [new ClaimTest("x", null, 5, "s")]);
        Assert.Equal(ClaimVerdict.DoesNotHold, answer.Verdict);
        Assert.Equal("the row has no such value", answer.Figures[0].Shown);
    }

    [Fact]
    public void Rows_are_summed_scaled_divided_and_turned_into_growth()
    {
        ClaimAnswer answer = Answer(
            [
                new ClaimMeasure { Name = "sum", Label = "sum", Rows = ["t/a", "t/b"] },
                Rows("low", "t/a") with { Part = ClaimPart.Low },
                Rows("usd", "t/a") with { Factor = 1e9, Unit = "USD" },
                Rows("b", "t/b"),
                new ClaimMeasure { Name = "ratio", Label = "ratio", Of = "usd", Per = "b", Factor = 1e-9 },
                new ClaimMeasure { Name = "growth", Label = "growth", Of = "ratio", Per = "b", Factor = 16 * 4, Years = 2 },
                Rows("share", "t/c"),
            ],
            [new ClaimTest("sum", 0, null, "s")]);
        Assert.Equal([14, 8, 10e9, 4, 2.5, Math.Sqrt(40), 25], answer.Figures.Select(static f => f.Value));
        Assert.Equal(["14 B$", "8 B$", "10.0 B$", "4 B$", "2.50 x", "6.32 x/yr", "25.0 %"], answer.Figures.Select(static f => f.Shown));
        Assert.Equal((8e9, 12e9), (answer.Figures[2].Low, answer.Figures[2].High));
        Assert.Null(answer.Figures[4].Low);
    }

    [Fact]
    public void A_negative_factor_turns_the_range_round()
    {
        MeasuredFigure figure = Answer([Rows("x", "t/a") with { Factor = -1 }], [new ClaimTest("x", null, 0, "s")]).Figures[0];
        Assert.Equal((-12, -10, -8), (figure.Low, figure.Value, figure.High));
    }

    [Fact]
    public void The_answer_is_told_with_the_figures_in_place() =>
        Assert.Equal("from 8 B$ to 4 B$", Answer([Rows("x", "t/a") with { Part = ClaimPart.Low }, Rows("y", "t/b")], [new ClaimTest("x", 0, null, "s")], "from {x} to {y}").Text);

    [Fact]
    public void A_plan_is_run_once_for_all_that_ask_for_it()
    {
        ClaimBook book = new(ShippedCatalog.Load(), TestContext.Current.CancellationToken);
        ClaimMeasure capex = new() { Name = "x", Label = "x", Scenario = "scenarios/gigawatt.yaml", Figure = "capex.total" };
        ClaimRecord claim = Claim([capex, capex with { Name = "y", Figure = "chips.count" }, capex with { Name = "z", Changes = ["site.power=2 GW facility"] }], [new ClaimTest("x", 0, null, "s")], "a");
        ClaimAnswer answer = book.Answer(claim);
        book.Answer(claim);
        Assert.Equal(2, book.PlansRun);
        Assert.True(answer.Figures[2].Value > 1.9 * answer.Figures[0].Value);
        Assert.Equal(["plan scenarios/gigawatt.yaml", "plan scenarios/gigawatt.yaml --set site.power=\"2 GW facility\""], answer.Commands);
    }

    [Fact]
    public void A_figure_that_the_plan_does_not_make_is_an_error_of_ours()
    {
        ClaimBook book = new(ShippedCatalog.Load(), TestContext.Current.CancellationToken);
        ClaimRecord claim = Claim([new ClaimMeasure { Name = "x", Label = "x", Scenario = "scenarios/gigawatt.yaml", Figure = "capex.nothing" }], [new ClaimTest("x", 0, null, "s")], "a");
        Assert.Contains("capex.nothing", Assert.Throws<InvalidOperationException>(() => book.Answer(claim)).Message, StringComparison.Ordinal);
    }

    private static ClaimAnswer Answer(ClaimMeasure[] measures, ClaimTest[] tests, string text = "a") =>
        new ClaimBook(Catalog, TestContext.Current.CancellationToken).Answer(Claim(measures, tests, text));

    private static ClaimRecord Claim(ClaimMeasure[] measures, ClaimTest[] tests, string text) =>
        new() { Id = "X1", Group = "g", Claim = "c", Answer = text, Measures = measures, Tests = tests };

    private static ClaimMeasure Rows(string name, string row) => new() { Name = name, Label = name, Rows = [row] };

    private static CatalogFigure Figure(string id, string unit, double? low, double? mid, double? high) =>
        new(id, "t", "", "m", "", unit, low, mid, high, Evidence.Read, false, "s", "2026", "");

    private static CatalogData WithFigures(params CatalogFigure[] figures)
    {
        CatalogData empty = CatalogData.Empty;
        return new CatalogData
        {
            Hash = "",
            Figures = figures,
            Systems = empty.Systems,
            NetworkParts = empty.NetworkParts,
            PriceScopes = empty.PriceScopes,
            Models = empty.Models,
            TokenPrices = empty.TokenPrices,
            Locations = empty.Locations,
            Claims = empty.Claims,
            LengthHistograms = empty.LengthHistograms,
            Workloads = empty.Workloads,
        };
    }
}
