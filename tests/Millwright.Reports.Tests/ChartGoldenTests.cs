using Millwright.Reports.Charts;

namespace Millwright.Reports.Tests;

public sealed class ChartGoldenTests
{
    private static readonly ChartPart[] Capex = [new("Chips", 21.4e9), new("Servers", 10.1e9), new("Network", 7.88e9), new("Storage", 0.79e9), new("Building and plant", 14.83e9)];

    [Fact]
    public void Stacked_bar() => Golden.Match("stacked-bar.svg", Svg.Standalone(Svg.StackedBars("Capital cost by part", [new("", Capex)], "USD", Svg.Wide)));

    [Fact]
    public void Stacked_columns() => Golden.Match(
        "stacked-columns.svg",
        Svg.StackedColumns("Cost by year", ["1", "2", "3"], [new("Energy", [0.1e9, 0.5e9, 0.52e9]), new("Debt service", [0, 8e9, 8.1e9]), new("Refund", [0, -1e9, 0])], "USD/yr", Svg.Half, "year"));

    [Fact]
    public void Sankey() => Golden.Match(
        "sankey.svg",
        Svg.Sankey("Watts", [new("Utility meter", "Facility", 1e9), new("Utility meter", "Losses", 0.02e9), new("Facility", "IT", 0.78e9), new("Facility", "Cooling", 0.22e9), new("IT", "Chips", 0.78e9)], "W", Svg.Wide));

    [Fact]
    public void Lines() => Golden.Match(
        "lines.svg", Svg.Lines("Debt", [new("Debt", [0, 12, 24, 36, 48], [0, 10e9, 35e9, double.NaN, 20e9], [0, 8e9, 30e9, 20e9, 15e9], [0, 12e9, 40e9, 35e9, 25e9])], "USD", "month", [new("full power", 24)], Svg.Half));

    [Fact]
    public void Waterfall() => Golden.Match("waterfall.svg", Svg.Waterfall("Yearly need", [new("Capital", 12e9), new("Energy", 0.5e9), new("Need", 0, true), new("Revenue", -13e9), new("Gap", 0, true)], "USD/yr", Svg.Narrow));

    [Fact]
    public void Tornado() => Golden.Match("tornado.svg", Svg.Tornado("IRR", 0.058, [new("Contract price", -0.04, 0.11), new("Delay", 0.05, 0.02, "\u00b110 %")], "share", Svg.Wide));

    [Fact]
    public void Ranges() => Golden.Match("ranges.svg", Svg.Ranges("Capex per GW", [new("This plan", 55, 48, 63, "", false), new("Bernstein, GB200", 35, null, null, "2025-11", true)], "USD/W", Svg.Half));

    [Fact]
    public void Small_multiples() => Golden.Match("small-multiples.svg", Svg.SmallMultiples("Compare", [new("Capex", "USD", [new("gb200", 35e9), new("vr200", 55e9)]), new("IRR", "share", [new("gb200", -0.02), new("vr200", 0.06)])], Svg.Half));
}
