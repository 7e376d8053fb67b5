using CsCheck;
using Millwright.Infrastructure;

namespace Millwright.Tests.Infrastructure;

public sealed class FatTreeTests
{
    private static readonly Gen<int> AnyRadix = AnyOf(4, 8, 40, 64, 72, 128, 144);
    private static readonly Gen<double> AnyOversubscription = AnyOf(1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 16.0, 64.0);

    // The first and the last row: 48 switches for 1,024 (net-gpu-switches-1k) and 5,120 for 65,536 (net-gpu-3tier).
    [Theory]
    [InlineData(1_024, 2, 48)]
    [InlineData(2_048, 2, 96)]
    [InlineData(4_096, 3, 320)]
    [InlineData(16_384, 3, 1_280)]
    [InlineData(65_536, 3, 5_120)]
    public void SwitchesOfSixtyFourPortsAreCountedAsPublished(long endpoints, int tiers, long switches)
    {
        FatTree tree = FatTree.Build(endpoints, 64);
        Assert.Equal(tiers, tree.Tiers);
        Assert.Equal(switches, tree.Switches);
        Assert.Equal(1, tree.Pods);
        Assert.Equal(endpoints * tiers, tree.Links);
        Assert.Equal(2 * tree.Links, tree.Transceivers);
    }

    [Fact]
    public void TwoTiersOf144PortsHold10368()
    {
        Assert.Equal(2, FatTree.Build(10_368, 144).Tiers); // stated by the maker of q3400
        Assert.Equal(3, FatTree.Build(10_369, 144).Tiers);
        Assert.Equal(746_496, FatTree.LargestNonBlocking(144));
    }

    [Fact]
    public void SmallSitesNeedOneSwitchOrNone()
    {
        Assert.Equal(0, FatTree.Build(0, 64).Switches);
        Assert.Equal(1, FatTree.Build(64, 64).Switches);
        FatTree two = FatTree.Build(65, 64);
        Assert.Equal(3, two.Layer(0).Switches);
        Assert.Equal(2, two.Layer(1).Switches);
    }

    [Fact]
    public void UnevenEndpointsRoundUpInEachLayer()
    {
        FatTree tree = FatTree.Build(5_000, 64);
        Assert.Equal(157, tree.Layer(0).Switches); // 156.25
        Assert.Equal(157, tree.Layer(1).Switches);
        Assert.Equal(79, tree.Layer(2).Switches); // 78.125
    }

    [Fact]
    public void AboveTheLargestTreeEqualPodsAreJoinedByACore()
    {
        // 131,072 endpoints on 64 ports at 7 to 1: pods of up to 56 x 1,024, so three pods of 43,690 or 43,691.
        FatTree tree = FatTree.Build(131_072, 64, 7);
        Assert.Equal(4, tree.Tiers);
        Assert.Equal(3, tree.Pods);
        Assert.Equal(3 * 1_366, tree.Layer(0).Switches); // ceil(43,690 / 32)
        Assert.Equal(3 * 1_366, tree.Layer(1).Switches);
        Assert.Equal(3 * 781, tree.Layer(2).Switches); // ceil(43,690 / 56)
        Assert.Equal(293, tree.Layer(3).Switches); // ceil(3 x 781 x 8 / 64)
        Assert.InRange(tree.PodOversubscription, 6.9, 7);
    }

    [Fact]
    public void MorePodsThanPortsAreRefusedWithAReason()
    {
        long largest = FatTree.LargestPodded(64, 7);
        Assert.Equal(64L * 57_344, largest);
        Assert.Null(FatTree.Build(largest, 64, 7).Reason);
        FatTree tooMany = FatTree.Build(largest + 1, 64, 7);
        Assert.Equal(0, tooMany.Switches);
        Assert.Contains("65 pods", tooMany.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NoSwitchUsesMorePortsThanItHas() => Trees((n, k, o) =>
    {
        FatTree tree = FatTree.Build(n, k, o);
        for (int tier = 0; tier < tree.Tiers; tier++)
        {
            FatTreeLayer layer = tree.Layer(tier);
            Assert.True(layer.PortsUsed <= layer.Switches * k, $"layer {tier} of {n} endpoints on {k} ports");
            Assert.True(tier == tree.Tiers - 1 || tree.Tiers == 1 || layer.DownLinks <= layer.Switches * (k - (layer.UpLinks / layer.Switches)));
        }
    });

    [Fact]
    public void EveryLinkHasTwoEnds() => Trees((n, k, o) =>
    {
        FatTree tree = FatTree.Build(n, k, o);
        if (tree.Reason is not null)
        {
            return;
        }

        long switchPorts = 0;
        for (int tier = 0; tier < tree.Tiers; tier++)
        {
            switchPorts += tree.Layer(tier).PortsUsed;
            Assert.Equal(tier == tree.Tiers - 1 ? 0 : tree.Layer(tier + 1).DownLinks, tree.Layer(tier).UpLinks);
        }

        Assert.Equal(2 * tree.Links, switchPorts + n);
    });

    [Fact]
    public void ANonBlockingTreeHasFullBisection() => Trees((n, k, o) =>
    {
        if (n > FatTree.LargestNonBlocking(k))
        {
            return;
        }

        FatTree tree = FatTree.Build(n, k, o);
        Assert.Equal(1, tree.PodOversubscription);
        for (int tier = 0; tier < tree.Tiers; tier++)
        {
            Assert.Equal(n, tree.Layer(tier).DownLinks);
        }
    });

    [Fact]
    public void PodsKeepTheStatedOversubscription() => Trees((n, k, o) =>
    {
        FatTree tree = FatTree.Build(n, k, o);
        if (tree.Tiers == 4)
        {
            Assert.InRange(tree.PodOversubscription, 0, o * (1 + 1e-12));
            Assert.True(tree.Pods <= k);
            Assert.True(n <= tree.Pods * (FatTree.LargestPodded(k, o) / k));
        }
    });

    [Fact]
    public void MoreEndpointsNeverNeedLess() => Trees((n, k, o) =>
    {
        FatTree tree = FatTree.Build(n, k, o);
        FatTree next = FatTree.Build(n + 1, k, o);
        if (next.Reason is null)
        {
            Assert.True(next.Switches >= tree.Switches, $"switches {tree.Switches} then {next.Switches} at {n} endpoints, {k} ports, {o} to 1");
            Assert.True(next.Links > tree.Links);
        }
    });

    [Theory]
    [InlineData(64, 7.0)]
    [InlineData(8, 3.0)]
    [InlineData(8, 1.5)]
    [InlineData(4, 1.0)]
    public void CountsGrowAcrossEveryBoundary(int radix, double oversubscription)
    {
        long last = Math.Min(FatTree.LargestPodded(radix, oversubscription), 400_000);
        FatTree before = FatTree.Build(0, radix, oversubscription);
        for (long n = 1; n <= last; n++)
        {
            FatTree tree = FatTree.Build(n, radix, oversubscription);
            Assert.True(tree.Switches >= before.Switches && tree.Links > before.Links, $"{n} endpoints");
            before = tree;
        }
    }

    // Wires two tiers cable by cable, by dealing the uplinks of the leaves to the spines in turn.
    [Fact]
    public void TwoTiersCanReallyBeWired() =>
        Gen.Select(AnyOf(4, 8, 16, 64), Gen.Double[0, 1]).Holds((radix, share) =>
        {
            int half = radix / 2;
            int n = radix + 1 + (int)(share * ((half * radix) - radix - 1));
            FatTree tree = FatTree.Build(n, radix);
            int[] spinePorts = new int[tree.Layer(1).Switches];
            int dealt = 0;
            int leaves = 0;
            for (int placed = 0; placed < n; placed += half)
            {
                leaves++;
                for (int up = Math.Min(half, n - placed); up > 0; up--)
                {
                    spinePorts[dealt++ % spinePorts.Length]++;
                }
            }

            Assert.Equal(tree.Layer(0).Switches, leaves);
            Assert.All(spinePorts, ports => Assert.InRange(ports, 1, radix));
            Assert.True(Math.Ceiling((double)n / (spinePorts.Length - 1)) > radix, "one spine fewer would not do");
        });

    [Fact]
    public void CopperToTheHostSavesTwoModulesALink()
    {
        FatTree optical = FatTree.Build(1_024, 64);
        FatTree copper = FatTree.Build(1_024, 64, copperHostLinks: true);
        Assert.Equal(optical.Links, copper.Links);
        Assert.Equal(1_024, copper.CopperLinks);
        Assert.Equal(optical.Transceivers - (2 * 1_024), copper.Transceivers);
    }

    [Theory]
    [InlineData(50e9, 100e9, 1)] // 400 Gb/s on an 800 Gb/s port
    [InlineData(100e9, 100e9, 1)]
    [InlineData(200e9, 100e9, 2)] // vr200-nvl72 on q3400
    [InlineData(300e9, 100e9, 3)] // mi455x-helios
    [InlineData(450e9, 200e9, 3)]
    public void AChipHasAsManyRailsAsItsBandwidthNeeds(double chip, double port, int rails) =>
        Assert.Equal(rails, ScaleOutRails.EndpointsPerChip(chip, port));

    [Fact]
    public void OneScaleUpDomainNeedsNoScaleOut()
    {
        Assert.Equal(0, ScaleOutRails.Endpoints(72, 72, 2));
        Assert.Equal(288, ScaleOutRails.Endpoints(144, 72, 2));
    }

    [Theory]
    [InlineData(-1, 64, 1)]
    [InlineData(10, 1, 1)]
    [InlineData(10, 64, 0.5)]
    [InlineData(10, 64, double.NaN)]
    public void ImpossibleTreesAreRefused(long endpoints, int radix, double oversubscription) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FatTree.Build(endpoints, radix, oversubscription));

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Trees(Action<long, int, double> check) =>
        Gen.Select(Gen.Double[0, 1], AnyRadix, AnyOversubscription).Holds((share, radix, oversubscription) =>
        {
            // As many draws in each decade: small trees matter as much as large ones.
            double largest = FatTree.LargestPodded(radix, oversubscription);
            check(Math.Max(1, (long)Math.Pow(largest, share)), radix, oversubscription);
        });
}
