using CsCheck;
using Millwright.Catalog;
using Millwright.Infrastructure;
using Millwright.Quantities;
using static Millwright.Tests.Infrastructure.InfrastructureFixtures;

namespace Millwright.Tests.Infrastructure;

public sealed class BillOfMaterialsTests(ITestOutputHelper output)
{
    [Fact]
    public void BernsteinsGigawattCostsThirtyFiveBillion()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillOfMaterials bill = BillOfMaterials.Of(Request(Gb200, Gb200Bernstein, 132e3, racks, BuildingBernsteinUsdPerFacilityWatt * 1e9));
        Show("gb200-bernstein", bill);
        Assert.Equal(35e9, bill.TotalUsd, 35e9 * 0.05);
        Assert.Equal(0.39, bill.Share(BillGroup.Chips), 0.03);
        Assert.Equal(0.13, bill.Share(BillGroup.Network), 0.03);
        Assert.InRange(bill.Share(BillGroup.Storage), 0.01, 0.015);
        AssertCloses(bill);
    }

    [Fact]
    public void EpochsGigawattOfItCostsThirtyEightBillion()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, PowerPath.From(1e9, PowerBasis.It, PeakFactorBernstein, UtilityFactor).FacilityWatts, PeakFactorBernstein);
        // Row gb200-epoch-netstor: 0.70 M a rack of network and storage beside 2.75 M of servers; 0.10 of it storage, a share that only splits it.
        BillOfMaterials bill = BillOfMaterials.Of(Request(Gb200, Gb200EpochServer, 132e3, racks, BuildingEpochUsdPerItWatt * 1e9) with
        {
            Method = NetworkMethod.Share,
            NetworkShareOfIt = 0.6 / 3.45,
            StorageShareOfIt = 0.1 / 3.45,
        });
        Show("gb200-epoch", bill);
        Assert.Equal(7_575 * 3.45e6, bill.ItUsd, 1.0);
        Assert.Equal(37.9e9, bill.TotalUsd, 37.9e9 * 0.05);
        AssertCloses(bill);
    }

    [Theory]
    [InlineData(190e3, 4_121, 55e9)]
    [InlineData(230e3, 3_404, 48e9)]
    public void TheInterviewsGigawattCostsFiftyFiveBillionOvernight(double systemWatts, long systems, double expectedUsd)
    {
        RackPlan racks = RackPlan.Fit(Vr200, systemWatts, 1e9, PeakFactorBernstein);
        BillOfMaterials bill = BillOfMaterials.Of(Request(Vr200, Vr200MorganStanley, systemWatts, racks, BuildingBernsteinUsdPerFacilityWatt * 1e9) with
        {
            Method = NetworkMethod.Share,
            NetworkShareOfIt = 0.2,
        });
        Show($"vr200-interview at {systemWatts / 1e3} kW", bill);
        Assert.Equal(systems, racks.Systems);
        Assert.Equal(expectedUsd, bill.TotalUsd, expectedUsd * 0.05);
        Assert.Equal(0.2, bill.Usd(BillGroup.Network) / bill.ItUsd, 1e-12);
        Assert.Equal(0, bill.Usd(BillGroup.Storage));
        AssertCloses(bill);
    }

    [Fact]
    public void ANetworkCountedPartByPartLandsInTheOutsideBand()
    {
        RackPlan racks = RackPlan.Fit(Vr200, 190e3, 1e9, PeakFactorBernstein);
        int rails = ScaleOutRails.EndpointsPerChip(200e9, 100e9);
        FatTree tree = FatTree.Build(ScaleOutRails.Endpoints(racks.Chips, 72, rails), 144, 7);
        BillOfMaterials bill = BillOfMaterials.Of(Request(Vr200, Vr200MorganStanley, 190e3, racks, BuildingBernsteinUsdPerFacilityWatt * 1e9) with
        {
            Tree = tree,
            StorageShareOfIt = 0.022,
        });
        Show("vr200 by parts", bill);
        output.WriteLine($"{tree.Endpoints} endpoints, {tree.Tiers} tiers, {tree.Switches} switches, {tree.Transceivers} modules");
        output.WriteLine($"network {bill.KnownWatts(BillGroup.Network) / 1e6:0} MW beside {racks.ItWatts / 1e6:0} MW of racks");
        Assert.Equal(3, tree.Tiers);
        Assert.InRange(bill.Usd(BillGroup.Network) / bill.ItUsd, 0.15, 0.23); // rule-fabric-share
        Assert.Equal(0.022, bill.Usd(BillGroup.Storage) / bill.ItUsd, 1e-12);
        Assert.Equal((tree.Switches * 3200.0) + (tree.Transceivers * 14.0), bill.KnownWatts(BillGroup.Network), 1.0);

        // Racks, network and storage still leave a tenth of the gigawatt for cooling: the peak factor over the racks holds them all.
        double itWatts = racks.ItWatts + bill.KnownWatts(BillGroup.Network) + bill.KnownWatts(BillGroup.Storage);
        Assert.InRange(1e9 / itWatts, 1.05, 1.15); // pue-dlc-new
        AssertCloses(bill);
    }

    [Fact]
    public void WhatAPriceHoldsIsNotAddedAgain()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillRequest request = Request(Gb200, Gb200Bernstein, 132e3, racks, 0) with
        {
            Tree = FatTree.Build(racks.Chips, 144, 7),
            NetworkShareOfIt = 0.2,
            StorageShareOfIt = 0.022,
        };
        Assert.Equal(racks.Systems * 3.4e6, BillOfMaterials.Of(request).TotalUsd, 1.0);
        Assert.Equal(racks.Systems * 3.4e6, BillOfMaterials.Of(request with { Method = NetworkMethod.Share }).TotalUsd, 1.0);
    }

    [Fact]
    public void CardsAreAddedOnlyWhereThePriceLacksThem()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        FatTree tree = FatTree.Build(racks.Chips, 144, 7);
        BillRequest with = Request(Gb200, Gb200SemiAnalysis, 132e3, racks, 0) with { Tree = tree };
        BillRequest without = with with { Scope = Gb200SemiAnalysis with { Nic = Inclusion.No } };
        Assert.DoesNotContain(BillOfMaterials.Of(with).Parts, p => p.Name == "network cards");
        Assert.Equal(
            tree.Endpoints * 2_600.0, BillOfMaterials.Of(without).TotalUsd - BillOfMaterials.Of(with).TotalUsd, 1.0);
    }

    [Fact]
    public void AnUnclearScopeIsNoted()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillOfMaterials bill = BillOfMaterials.Of(Request(Gb200, Gb200MorganStanley, 132e3, racks, 0) with { Tree = FatTree.Build(racks.Chips, 144, 7) });
        Assert.Contains(bill.Notes, n => n.Contains("gb200-ms", StringComparison.Ordinal));
        Assert.True(bill.Usd(BillGroup.Network) > 0);
    }

    [Fact]
    public void ThePriceOfAChipAloneIsNotAPriceOfTheSystem()
    {
        SystemRecord mi300x = Gb200 with { Id = "mi300x", Kind = "node", ChipsPerSystem = 8 };
        RackPlan nodes = RackPlan.Fit(mi300x, 10e3, 1e7, 1.3);
        BillOfMaterials bill = BillOfMaterials.Of(Request(mi300x, Mi300xChip, 10e3, nodes, 1e8));
        Assert.StartsWith("no price known for mi300x", bill.Reason, StringComparison.Ordinal);
        Assert.Contains("chips.price", bill.Reason, StringComparison.Ordinal);
        Assert.True(double.IsNaN(bill.TotalUsd));
        Assert.Empty(bill.Parts);
        Assert.Null(SystemPrices.BestKnown(Prices, "mi300x"));
    }

    [Fact]
    public void WithoutAPriceNoneIsInvented()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillRequest request = Request(Gb200, Gb200SemiAnalysis, 132e3, racks, 0) with { Tree = FatTree.Build(racks.Chips, 144, 7) };
        Assert.NotNull(BillOfMaterials.Of(request with { Scope = null }).Reason);
        Assert.NotNull(BillOfMaterials.Of(request with { SystemPriceUsd = null }).Reason);
        Assert.Contains("quantum-x-photonics", BillOfMaterials.Of(request with { Switch = new("quantum-x-photonics", null, null) }).Reason, StringComparison.Ordinal);
        Assert.Contains("pods", BillOfMaterials.Of(request with { Tree = FatTree.Build(10_000_000, 64, 7) }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TheBestKnownPriceIsTheClearestAndStrongest()
    {
        Assert.Equal("gb200-nvl72-bernstein", SystemPrices.BestKnown(Prices, "gb200-nvl72")?.Id);
        Assert.Equal("vr200-nvl72-ms", SystemPrices.BestKnown(Prices, "vr200-nvl72")?.Id);
    }

    [Fact]
    public void AStatedPriceIsSplitByTheKnownPriceOfAChip()
    {
        RackPlan racks = RackPlan.Fit(Vr200, 190e3, 1e9, PeakFactorBernstein);
        PriceScope stated = SystemPrices.Stated("vr200-nvl72", 8.5e6);
        BillOfMaterials bill = BillOfMaterials.Of(Request(Vr200, stated, 190e3, racks, 0) with { Method = NetworkMethod.Share, NetworkShareOfIt = 0.2 });
        Assert.Equal(racks.Chips * 55e3, bill.Usd(BillGroup.Chips), 1.0);
        Assert.Equal(racks.Systems * (8.5e6 - (72 * 55e3)), bill.Usd(BillGroup.Servers), 1.0);
    }

    [Fact]
    public void ChipsNeverCostMoreThanTheirSystem()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillOfMaterials bill = BillOfMaterials.Of(
            Request(Gb200, Gb200SemiAnalysis, 132e3, racks, 0) with { Method = NetworkMethod.Share, Split = new PriceSplit(60e3, 0, 0) });
        Assert.Equal(0, bill.Usd(BillGroup.Servers), 1.0);
        Assert.Equal(racks.Systems * 3.1e6, bill.TotalUsd, 1.0);
        Assert.Single(bill.Notes);
    }

    [Fact]
    public void AnUnknownPriceOfAChipLeavesTheChipsInTheServers()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillOfMaterials bill = BillOfMaterials.Of(
            Request(Gb200, Gb200SemiAnalysis, 132e3, racks, 0) with { Method = NetworkMethod.Share, Split = new PriceSplit(null, 0, 0) });
        Assert.False(bill.ChipsKnown);
        Assert.Equal(racks.Systems * 3.1e6, bill.Usd(BillGroup.Servers), 1.0);
    }

    [Fact]
    public void SparesComeOnTopAndDrawNoPower()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        BillRequest request = Request(Gb200, Gb200Bernstein, 132e3, racks, 1e9);
        BillOfMaterials none = BillOfMaterials.Of(request);
        BillOfMaterials some = BillOfMaterials.Of(request with { SpareSystems = 100 });
        Assert.Equal(100 * 3.4e6, some.TotalUsd - none.TotalUsd, 1.0);
        Assert.Equal(racks.ItWatts, none.KnownWatts(BillGroup.Chips) + none.KnownWatts(BillGroup.Servers), 1.0);
        Assert.Equal(racks.ItWatts, some.KnownWatts(BillGroup.Chips) + some.KnownWatts(BillGroup.Servers), 1.0);
        AssertCloses(some);
    }

    [Fact]
    public void EveryBillClosesAndItsSharesSumToOne() =>
        Gen.Select(
            Gen.Long[0, 20_000],
            Gen.Double[1e5, 1e7],
            Gen.Select(Gen.Double[0, 0.45], Gen.Double[0, 0.45]),
            Gen.Double[0, 1e5],
            AnyOf(Prices.Where(SystemPrices.IsWholeSystem).ToArray()),
            Gen.Enum<NetworkMethod>(),
            Gen.Long[0, 500]).Holds((systems, price, shares, chip, scope, method, spares) =>
        {
            RackPlan racks = RackPlan.Fit(Gb200, 132e3, (systems + 0.5) * 132e3, 1);
            BillOfMaterials bill = BillOfMaterials.Of(Request(Gb200, scope, 132e3, racks, 1e9) with
            {
                SystemPriceUsd = price,
                Split = PriceSplit.Of(Prices, scope, Gb200, price) with { ChipUsd = chip },
                Method = method,
                NetworkShareOfIt = shares.Item1,
                StorageShareOfIt = shares.Item2,
                SpareSystems = spares,
                Tree = FatTree.Build(racks.Chips, 144, 7),
            });
            Assert.Null(bill.Reason);
            AssertCloses(bill);
            Assert.All(bill.Parts, p => Assert.True(p.CostUsd >= -1e-3, p.Name));
        });

    [Fact]
    public void TheBuildingsSharesSumToOneAndFollowTheRows()
    {
        BuildingShares s = Building;
        Assert.Equal(1, s.LandAndShell + s.Generators + s.Ups + s.Switchgear + s.Substation + s.CoolantDistribution + s.HeatRejection, 1e-12);
        Assert.Equal(10.0 / 43, s.LandAndShell, 1e-12);
        Assert.Equal(2, s.Generators / s.Ups, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => BuildingShares.Of(10, 33, 0, 0, 0, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BuildingShares.Of(10, 33, -1, 5, 1, 1, 1, 1));
    }

    [Fact]
    public void SharesOfAllItThatLeaveNothingForSystemsAreRefused()
    {
        RackPlan racks = RackPlan.Fit(Gb200, 132e3, 1e9, PeakFactorBernstein);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => BillOfMaterials.Of(Request(Gb200, Gb200SemiAnalysis, 132e3, racks, 0) with { NetworkShareOfIt = 0.6, StorageShareOfIt = 0.4 }));
    }

    [Fact]
    public void OneSiteIsCountedWithFewAllocations()
    {
        BillRequest request = Request(Vr200, Vr200MorganStanley, 190e3, RackPlan.Fit(Vr200, 190e3, 1e9, PeakFactorBernstein), 14.83e9);
        double total = 0;
        long Allocated()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RackPlan racks = RackPlan.Fit(Vr200, 190e3, 1e9, PeakFactorBernstein);
            BillOfMaterials bill = BillOfMaterials.Of(request with { Tree = FatTree.Build(racks.Chips * 2, 144, 7), Systems = racks.Systems });
            BuildSchedule schedule = BuildSchedule.Plan(5e7, 8e7, 9e7, 6e7, 1.5e7);
            total += bill.TotalUsd + CapexDraws.Of(schedule, bill.Usd(BillGroup.Building), bill.ItUsd).TotalUsd(0);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated();
        Assert.InRange(Allocated(), 0, 4_096);
        Assert.True(total > 0);
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertCloses(BillOfMaterials bill)
    {
        Assert.True(Math.Abs(bill.OpenUsd) <= 1e-9 * (1 + bill.TotalUsd), $"{bill.OpenUsd} USD open");
        double shares = 0;
        foreach (BillGroup group in Enum.GetValues<BillGroup>())
        {
            shares += bill.Share(group);
        }

        Assert.Equal(1, shares, 1e-9);
    }

    private void Show(string name, BillOfMaterials bill)
    {
        output.WriteLine($"{name}: {bill.TotalUsd / 1e9:0.000} B$");
        foreach (BillGroup group in Enum.GetValues<BillGroup>())
        {
            output.WriteLine($"  {group}: {bill.Usd(group) / 1e9:0.000} B$, {bill.Share(group):P1}");
        }
    }
}
