using Millwright.Infrastructure;
using static Millwright.Tests.Infrastructure.InfrastructureFixtures;

namespace Millwright.Tests.Infrastructure;

/// <summary>Our bottom-up power of one chip at the meter against SemiAnalysis (1.73 and 2.10 kW, column facility_kw_per_chip of hardware.csv).</summary>
public sealed class AllInPowerTests(ITestOutputHelper output)
{
    [Fact]
    public void AnH100WithAllItNeedsComesCloseToThePublishedFigure()
    {
        // qm9700 747 W with passive cables (its 1,720 W already holds the modules), opt-400g 12 W, the largest non-blocking tree; storage 2.2 % of IT
        // (rule-storage-share); peak-factor-gpu is over all IT, so network and storage are counted.
        FatTree tree = FatTree.Build(65_536, 64);
        double networkWatts = ((tree.Switches * 747.0) + (tree.Transceivers * 12.0)) / tree.Endpoints;
        AllInPower power = AllInPower.PerChip(10.2e3, 8, networkWatts, 0.022, PeakFactorGpuCampus, UtilityFactor);
        AssertNear("H100", power, 1730);
    }

    [Fact]
    public void AGb200WithAllItNeedsComesCloseToThePublishedFigure()
    {
        // peak-factor-bernstein is over the racks alone: network and storage are already in it.
        AllInPower power = AllInPower.PerChip(132e3, 72, 0, 0, PeakFactorBernstein, UtilityFactor);
        AssertNear("GB200", power, 2100);
    }

    [Fact]
    public void TheUsesOfOneChipSumToItsPower()
    {
        AllInPower power = AllInPower.PerChip(132e3, 72, 100, 0.02, 1.15, 1.02);
        double it = ((132e3 / 72) + 100) / 0.98;
        Assert.Equal(it, power.ItWatts, 1e-9);
        Assert.Equal(it * 1.15 * 1.02, power.UtilityWatts, 1e-9);
        Assert.Throws<ArgumentOutOfRangeException>(() => AllInPower.PerChip(132e3, 72, 100, 1, 1.15, 1.02));
        Assert.Throws<ArgumentOutOfRangeException>(() => AllInPower.PerChip(132e3, 0, 100, 0, 1.15, 1.02));
    }

    private void AssertNear(string name, AllInPower power, double publishedWatts)
    {
        output.WriteLine(
            $"{name}: ours {power.UtilityWatts:0} W ({power}), SemiAnalysis {publishedWatts:0} W, off by {(power.UtilityWatts / publishedWatts) - 1:+0.0 %;-0.0 %}");
        Assert.Equal(publishedWatts, power.UtilityWatts, publishedWatts * 0.15);
    }
}
