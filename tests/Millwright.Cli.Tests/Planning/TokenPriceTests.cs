using Millwright.Planning;

namespace Millwright.Cli.Tests.Planning;

public sealed class TokenPriceTests
{
    // Prices of today fall while the site is built: with a yearly change of -30 % and power from month 18, the first month is sold at 0.7^1.5 of them.
    [Fact]
    public void Prices_change_from_ground_break_on()
    {
        string[] changes = [.. Chain.Tokens, .. Enumerable.Select(["chat", "reasoning", "research", "browser-agent", "coding-agent"], static w => $"workloads.{w}.price_change=0 %/yr")];
        IReadOnlyList<double> falling = Revenue(Chain.Run("gigawatt", Chain.Tokens));
        IReadOnlyList<double> level = Revenue(Chain.Run("gigawatt", changes));
        Assert.Equal(0, falling[17]);
        Assert.Equal(Math.Pow(0.7, 1.5), falling[18] / level[18], 1e-9);
        Assert.Equal(Math.Pow(0.7, 3), falling[36] / level[36], 1e-9);
    }

    private static IReadOnlyList<double> Revenue(PlanRun run) => run.Series.Single(static s => s.Name == "finance.revenue").Y;
}
