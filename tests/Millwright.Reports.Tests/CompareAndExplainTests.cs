using System.Xml.Linq;
using Millwright.Planning;

namespace Millwright.Reports.Tests;

public sealed class CompareAndExplainTests
{
    [Fact]
    public void Columns_stand_side_by_side_with_their_change_against_the_first()
    {
        CompareTable table = Comparisons.Sample();
        Assert.Equal(["gb200-nvl72", "gb300-nvl72", "vr200-nvl72"], table.Columns);
        CompareRow capex = table.Rows.Single(row => row.Name == "capex.total");
        Assert.Equal(["35.2 B$", "44.0 B$", "55.0 B$"], capex.Cells.Select(cell => cell.Text));
        Assert.Null(capex.Cells[0].Change);
        Assert.Equal("+25.0 %", CompareTable.ChangeText(capex.Cells[1]));
        Assert.Null(table.Rows.Single(row => row.Name == "finance.project_irr").Cells[2].Change);
        Assert.Equal("repaid in month 84", table.Rows.Single(row => row.Name == "finance.status").Cells[0].Text);
    }

    [Fact]
    public void A_plan_that_lacks_a_figure_says_none_and_rows_that_all_lack_are_left_out()
    {
        Plan full = SamplePlan.Full();
        Plan poor = full with { Figures = [.. full.Figures.Where(f => f.Name != "capex.total")] };
        CompareTable table = CompareTable.Of([("poor", poor), ("full", full)], ["capex.total", "no.such.figure"]);
        CompareRow row = Assert.Single(table.Rows);
        Assert.Equal(["none", "55.0 B$"], row.Cells.Select(cell => cell.Text));
        Assert.Null(row.Cells[1].Change);
    }

    [Fact]
    public void The_comparison_makes_a_page_of_its_own()
    {
        XDocument page = XDocument.Parse(Comparisons.Sample().ToHtml("Buy now or wait"));
        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), svg => SvgText.AssertReadable(svg.ToString(SaveOptions.DisableFormatting)));
    }

    [Fact]
    public void A_tree_explains_down_to_the_sources_and_opens_each_figure_once()
    {
        ExplainTree tree = ExplainTree.Of(SamplePlan.Full(), "capex.per_gw")!;
        Assert.Equal("capex.total / site.power_facility", tree.Formula);
        Assert.Equal("48.2 to 63.1 B$/GW", tree.Range);
        ExplainTree building = tree.Children[0].Children[1].Children[0];
        Assert.Equal("facility.building_cost", building.Name);
        Assert.Equal("https://example.org/bernstein", building.Source);
        Assert.Equal("12.9 to 17.1 B$/GW", building.Range);
        Assert.Null(ExplainTree.Of(SamplePlan.Full(), "no.such.figure"));
    }

    [Fact]
    public void A_tree_of_shared_inputs_stays_small()
    {
        // Thirty levels of which each uses the one before twice over: opened everywhere it would be a billion nodes.
        var nodes = new List<FigureNode> { new("n0", "1", "", 1, [], null, null, null, null) };
        for (int i = 1; i <= 30; i++)
        {
            nodes.Add(new FigureNode("n" + i, "1", "sum", i, i > 1 ? [i - 1, i - 2] : [0, 0], null, null, null, null));
        }

        ExplainTree tree = ExplainTree.Of(SamplePlan.Empty() with { Nodes = nodes }, "n30")!;
        Assert.InRange(Count(tree), 31, 62);
    }

    private static int Count(ExplainTree tree) => 1 + tree.Children.Sum(Count);
}
