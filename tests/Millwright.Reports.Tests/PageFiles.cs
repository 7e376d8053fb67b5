using Millwright.Reports.Pages;

namespace Millwright.Reports.Tests;

public sealed class PageFiles
{
    [Fact]
    public void Pages_can_be_written_out_to_be_looked_at()
    {
        string page = PlanPage.Write(SamplePlan.Full(), SamplePlan.Options());
        Assert.InRange(page.Length, 50_000, 1_500_000);
        if (Environment.GetEnvironmentVariable("MILLWRIGHT_PAGE_FOLDER") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, "plan.html"), page);
            File.WriteAllText(Path.Combine(folder, "empty.html"), PlanPage.Write(SamplePlan.Empty()));
            File.WriteAllText(Path.Combine(folder, "compare.html"), Comparisons.Sample().ToHtml("Buy now or wait"));
        }
    }
}
