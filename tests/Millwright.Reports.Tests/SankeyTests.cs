using CsCheck;
using Millwright.Planning;
using Millwright.Reports.Charts;
using Millwright.Reports.Pages;

namespace Millwright.Reports.Tests;

public sealed class SankeyTests
{
    internal static readonly Gen<SankeyFlow[]> Flows =
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 6], Gen.Double[-2, 10], (from, step, size) => new SankeyFlow("node " + from, "node number " + (from + step), Math.Pow(10, size)))
            .Select(flow => flow with { To = flow.To.Replace("number ", "", StringComparison.Ordinal) }).Array[0, 14];

    [Fact]
    public void Ribbons_fill_their_nodes_and_keep_their_thickness() =>
        Flows.Holds(flows =>
        {
            SankeyLayout layout = SankeyLayout.Place(flows, 16, 380);
            foreach (SankeyNode node in layout.Nodes)
            {
                double scale = node.Height / node.Value;
                double into = layout.Ribbons.Where(r => r.To == node).Sum(r => r.Thickness);
                double outOf = layout.Ribbons.Where(r => r.From == node).Sum(r => r.Thickness);
                Assert.Equal(node.In * scale, into, node.Height * 1e-9);
                Assert.Equal(node.Out * scale, outOf, node.Height * 1e-9);
                Assert.InRange(node.Top, -1e-6, layout.Height + 1e-6);
                Assert.InRange(node.Top + node.Height, -1e-6, layout.Height + 1e-6);
            }

            foreach (SankeyRibbon ribbon in layout.Ribbons)
            {
                Assert.Equal(ribbon.From.Column + 1, ribbon.To.Column);
                Assert.InRange(ribbon.FromTop, ribbon.From.Top - 1e-6, ribbon.From.Top + ribbon.From.Height + 1e-6);
                Assert.InRange(ribbon.ToTop, ribbon.To.Top - 1e-6, ribbon.To.Top + ribbon.To.Height + 1e-6);
            }
        });

    [Fact]
    public void Nodes_of_one_column_never_overlap() =>
        Flows.Holds(flows =>
        {
            foreach (IGrouping<int, SankeyNode> column in SankeyLayout.Place(flows, 16, 380).Nodes.GroupBy(node => node.Column))
            {
                SankeyNode[] nodes = [.. column.OrderBy(node => node.Top)];
                for (int i = 1; i < nodes.Length; i++)
                {
                    Assert.True(nodes[i].Top >= nodes[i - 1].Top + nodes[i - 1].Height + 15.999);
                }
            }
        });

    [Fact]
    public void Flows_in_a_circle_are_refused() =>
        Assert.Throws<ArgumentException>(() => Svg.Sankey("circle", [new("a", "b", 1), new("b", "c", 1), new("c", "a", 1)], "W", Svg.Wide));

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.2)]
    [InlineData(0.0)]
    [InlineData(3.0)]
    public void Dollars_and_watts_of_a_plan_are_conserved(double revenueFactor)
    {
        Plan plan = SamplePlan.Full();
        plan = plan with
        {
            Figures = [.. plan.Figures.Select(f => f.Name == "revenue.per_year" ? f with { Value = f.Value * revenueFactor } : f)],
            Series = [.. plan.Series.Select(s => s.Name == "finance.revenue" ? s with { Y = [.. s.Y.Select(y => y * revenueFactor)] } : s)],
        };
        AssertConserved(PlanFlows.Dollars(new PlanView(plan), out _), expectFlows: true);
        AssertConserved(PlanFlows.Dollars(new PlanView(plan with { Series = [] }), out _), expectFlows: true);
        AssertConserved(PlanFlows.Power(new PlanView(plan), out _), expectFlows: true);
    }

    [Fact]
    public void Watts_that_do_not_add_up_are_not_drawn()
    {
        Plan plan = SamplePlan.Full();
        plan = plan with { Figures = [.. plan.Figures.Select(f => f.Name == "power.cooling" ? f with { Value = 400e6 } : f)] };
        Assert.Empty(PlanFlows.Power(new PlanView(plan), out string reason));
        Assert.Contains("more than the facility power", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_years_dollars_reach_those_who_get_them()
    {
        List<SankeyFlow> flows = PlanFlows.Dollars(new PlanView(SamplePlan.Full()), out _);
        double revenue = flows.Where(flow => flow.From == "Revenue").Sum(flow => flow.Value);
        Assert.Equal(13.3e9, revenue, 1);
        Assert.Contains(flows, flow => flow is { From: "Operating cost", To: "Energy", Value: > 0.5e9 });
        Assert.Contains(flows, flow => flow is { From: "Left for capital", To: "Debt service", Value: > 7e9 });
    }

    private static void AssertConserved(List<SankeyFlow> flows, bool expectFlows)
    {
        SankeyFlow[] real = [.. flows.Where(flow => flow.Value > 0)];
        Assert.Equal(expectFlows, real.Length > 0);
        foreach (string node in real.Select(flow => flow.From).Intersect(real.Select(flow => flow.To)))
        {
            double into = real.Where(flow => flow.To == node).Sum(flow => flow.Value);
            double outOf = real.Where(flow => flow.From == node).Sum(flow => flow.Value);
            Assert.Equal(1, into / outOf, 1e-9);
        }
    }
}
