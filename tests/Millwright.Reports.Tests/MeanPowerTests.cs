using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Reports.Pages;

namespace Millwright.Reports.Tests;

/// <summary>The picture of watts shows the yearly means where they close, and says which power it shows.</summary>
public sealed class MeanPowerTests
{
    [Fact]
    public void Means_that_close_are_drawn_as_means()
    {
        string page = PlanPage.Write(With(874e6, 580e6, 199e6, 36e6, 42e6, 17e6));
        Assert.Contains("The mean over a year at full power, by use. The site is built for 1 GW of facility power.", page, StringComparison.Ordinal);
        Assert.Contains("Utility meter to Facility 0.86 GW, Facility to IT 0.78 GW, IT to Chips 0.58 GW", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Reserve", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Means_that_do_not_close_are_not_drawn()
    {
        string page = PlanPage.Write(With(900e6, 580e6, 199e6, 36e6, 42e6, 17e6));
        Assert.Contains("At the design peak.", page, StringComparison.Ordinal);
    }

    private static Plan With(double drawn, double chips, double other, double cooling, double losses, double before)
    {
        Plan plan = SamplePlan.Full();
        (string, double)[] watts =
        [
            ("power.utility", drawn), ("power.chips", chips), ("power.it_other", other), ("power.cooling", cooling), ("power.losses", losses), ("power.utility_losses", before),
        ];
        string[] names = [.. watts.Select(static w => w.Item1)];
        return plan with
        {
            Figures =
            [
                .. plan.Figures.Where(f => !names.Contains(f.Name, StringComparer.Ordinal)),
                .. watts.Select(static w => new PlanFigure(w.Item1, w.Item2, "W", null, null, Evidence.Derived, null, null)),
            ],
        };
    }
}
