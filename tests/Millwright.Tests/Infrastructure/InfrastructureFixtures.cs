using Millwright.Catalog;
using Millwright.Infrastructure;

namespace Millwright.Tests.Infrastructure;

/// <summary>Rows copied from the tables hardware.csv, network.csv, price-scope.csv and facility.csv, ids kept; only the fields that the tests use.</summary>
internal static class InfrastructureFixtures
{
    public const double PeakFactorBernstein = 1.277; // peak-factor-bernstein
    public const double PeakFactorGpuCampus = 1.35; // peak-factor-gpu
    public const double UtilityFactor = 1.02; // default of site.utility-factor
    public const double BuildingBernsteinUsdPerFacilityWatt = 14.83; // shell-bernstein
    public const double BuildingEpochUsdPerItWatt = 11.77; // shell-epoch

    public static readonly SystemRecord Gb200 = new()
    {
        Id = "gb200-nvl72",
        Vendor = "NVIDIA",
        Name = "GB200 NVL72 rack",
        Kind = "rack",
        Status = "shipping",
        ChipsPerSystem = 72,
        DiesPerChip = 2,
        ScaleUpDomain = 72,
        ScaleOutBytesPerSecond = 50e9,
        ChipWatts = 1200,
        SystemTypicalWatts = 120e3,
        SystemMaxWatts = 132e3,
        UtilityWattsPerChip = 2100,
        ChipPrice = new(30e3, 35e3, 40e3),
        Source = "hardware.csv",
    };

    public static readonly SystemRecord Vr200 = Gb200 with
    {
        Id = "vr200-nvl72",
        Name = "Vera Rubin NVL72 rack",
        ScaleOutBytesPerSecond = 200e9,
        ChipWatts = 2300,
        SystemTypicalWatts = 190e3,
        SystemMaxWatts = 230e3,
        UtilityWattsPerChip = 3400,
        ChipPrice = new(50e3, 55e3, 65e3),
    };

    public static readonly SystemRecord H100 = Gb200 with
    {
        Id = "hgx-h100",
        Name = "HGX/DGX H100",
        Kind = "node",
        ChipsPerSystem = 8,
        DiesPerChip = 1,
        ScaleUpDomain = 8,
        ChipWatts = 700,
        SystemTypicalWatts = 8e3,
        SystemMaxWatts = 10.2e3,
        UtilityWattsPerChip = 1730,
        ChipPrice = new(24.4e3, 30e3, 44.5e3),
    };

    public static readonly PriceScope Gb200Bernstein =
        Price("gb200-nvl72-bernstein", "gb200-nvl72", "it_all", 3.3e6, 3.4e6, 3.5e6, Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, Evidence.Read, "2025-10");

    public static readonly PriceScope Gb200EpochServer =
        Price("gb200-epoch-server", "gb200-nvl72", "derived", 2.64e6, 2.75e6, 2.9e6, Inclusion.Partly, Inclusion.No, Inclusion.No, Evidence.Derived, "2026-05-14");

    public static readonly PriceScope Gb200SemiAnalysis =
        Price("gb200-nvl72-semianalysis", "gb200-nvl72", "system", 3.0e6, 3.1e6, 3.2e6, Inclusion.Yes, Inclusion.No, Inclusion.No, Evidence.Recalled, "2025");

    public static readonly PriceScope Gb200MorganStanley =
        Price("gb200-ms", "gb200-nvl72", "system", 3.5e6, 3.75e6, 4.0e6, Inclusion.Yes, Inclusion.Unknown, Inclusion.No, Evidence.Read, "2026-05");

    public static readonly PriceScope Vr200MorganStanley =
        Price("vr200-nvl72-ms", "vr200-nvl72", "system", 7.0e6, 7.8e6, 9.1e6, Inclusion.Yes, Inclusion.No, Inclusion.No, Evidence.Read, "2026-06-25");

    public static readonly PriceScope Mi300xChip =
        Price("mi300x-chip", "mi300x", "chip", 10e3, 12.5e3, 15e3, Inclusion.No, Inclusion.No, Inclusion.No, Evidence.Read, "2024-02") with
        {
            Server = Inclusion.No,
            RackScaleUp = Inclusion.No,
            Includes = "one accelerator module, board not included",
        };

    public static readonly IReadOnlyList<PriceScope> Prices =
    [
        Gb200SemiAnalysis,
        Gb200Bernstein,
        Part("gb200-bern-gpu", "share", 2.242e6, 2.301e6, 2.36e6) with { Chips = Inclusion.Yes },
        Part("gb200-bern-cpu", "share", 147_500, 177_000, 206_500) with { Server = Inclusion.Partly },
        Part("gb200-bern-network", "share", 708e3, 767e3, 826e3) with { Nic = Inclusion.Yes, ScaleOutNetwork = Inclusion.Yes },
        Part("gb200-bern-switch", "share", 147_500, 177_000, 206_500) with { ScaleOutNetwork = Inclusion.Yes },
        Part("gb200-bern-storage", "share", 59e3, 73_750, 88_500) with { Storage = Inclusion.Yes },
        Gb200EpochServer,
        Part("gb200-epoch-netstor", "derived", 550e3, 700e3, 800e3) with { ScaleOutNetwork = Inclusion.Yes, Storage = Inclusion.Yes },
        Gb200MorganStanley,
        Part("gb200-nvl72-chip", "chip", 30e3, 35e3, 40e3) with { Chips = Inclusion.Yes },
        Vr200MorganStanley,
        Part("vr200-nvl72-chip", "chip", 50e3, 55e3, 65e3) with { SystemId = "vr200-nvl72", Chips = Inclusion.Yes },
        Mi300xChip,
    ];

    // share-bern-land-building, share-bern-mep (percent); eq-genset, eq-ups, eq-mv-switchgear, eq-substation, eq-cdu, eq-heat-reject (USD/kW).
    public static readonly BuildingShares Building = BuildingShares.Of(10, 33, 800, 400, 800, 200, 250, 450);

    public static readonly PricedPart Q3400 = new("q3400", 120e3, 3200);
    public static readonly PricedPart Module800 = new("opt-800g-dr8", 1200, 14);
    public static readonly PricedPart FibreTrunk = new("mpo-trunk", 100, 0);
    public static readonly PricedPart ConnectX8 = new("cx8-800", 2600, 45);

    public static BillRequest Request(SystemRecord system, PriceScope scope, double systemWatts, RackPlan racks, double buildingUsd) => new()
    {
        Scope = scope,
        SystemId = system.Id,
        SystemPriceUsd = scope.Price.Mid,
        Systems = racks.Systems,
        ChipsPerSystem = system.ChipsPerSystem,
        SystemWatts = systemWatts,
        ChipWatts = system.ChipWatts,
        Split = PriceSplit.Of(Prices, scope, system, scope.Price.Mid.GetValueOrDefault()),
        BuildingUsd = buildingUsd,
        BuildingShares = Building,
        Switch = Q3400,
        Transceiver = Module800,
        Cable = FibreTrunk,
        NetworkCard = ConnectX8,
    };

    private static PriceScope Part(string id, string kind, double low, double mid, double high) =>
        Price(id, "gb200-nvl72", kind, low, mid, high, Inclusion.No, Inclusion.No, Inclusion.No, Evidence.Derived, "2025-10") with
        {
            Chips = Inclusion.No,
            Baseboard = Inclusion.No,
            Server = Inclusion.No,
            RackScaleUp = Inclusion.No,
        };

    private static PriceScope Price(
        string id, string systemId, string kind, double low, double mid, double high, Inclusion nic, Inclusion network, Inclusion storage, Evidence evidence, string date) =>
        new(
            id, systemId, kind, new(low, mid, high), id, Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, Inclusion.Yes, nic, network, storage, Inclusion.No,
            "price-scope.csv", date, evidence, "");
}
