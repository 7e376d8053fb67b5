using Millwright.Planning;

namespace Millwright.Reports.Tests;

internal static class Comparisons
{
    public static CompareTable Sample() => CompareTable.Of([("gb200-nvl72", Scaled(0.64)), ("gb300-nvl72", Scaled(0.8)), ("vr200-nvl72", SamplePlan.Full())]);

    private static Plan Scaled(double factor)
    {
        Plan plan = SamplePlan.Full();
        return plan with
        {
            Figures = [.. plan.Figures.Select(f => f with { Value = f.Value * factor, Low = f.Low * factor, High = f.High * factor })],
        };
    }
}
