using Millwright.Catalog;
using Millwright.Infrastructure;
using Millwright.Quantities;

namespace Millwright.Planning.Stages;

/// <summary>Figures of the capital cost that later stages build on.</summary>
internal readonly record struct CapexFigures(Figure Total, Figure It, Figure Building, Figure NetworkWatts, BillOfMaterials Bill);

/// <summary>The overnight cost, part by part.</summary>
internal sealed class CapexStage
{
    private static readonly BillGroup[] Groups = [BillGroup.Chips, BillGroup.Servers, BillGroup.Network, BillGroup.Storage, BillGroup.Building];

    // Most of all IT that network and storage may be together.
    private const double MostBesideServers = 0.95;

    private readonly CatalogData _catalog;
    private readonly SystemRecord _system;
    private readonly PriceScope _scope;
    private readonly UncertainValue _price;
    private readonly NetworkInput _network;
    private readonly NetworkPart _switch;
    private readonly NetworkPart _transceiver;
    private readonly NetworkPart _cable;
    private readonly UncertainValue? _switchPrice;
    private readonly UncertainValue? _transceiverPrice;
    private readonly UncertainValue? _cablePrice;
    private readonly UncertainValue _networkShare;
    private readonly UncertainValue _storageShare;
    private readonly UncertainValue _oversubscription;
    private readonly ResolvedInput _building;
    private readonly UncertainValue _salesTax;
    private readonly BuildingShares _buildingShares;
    private readonly string _chipPriceSource;

    public CapexStage(ScenarioInput scenario, CatalogData catalog, SystemRecord system, InputResolver inputs)
    {
        _catalog = catalog;
        _system = system;
        _network = scenario.Network;
        PriceScope? row = scenario.Chips.PriceRow is { } id
            ? catalog.FindPrice(id) ?? throw new MissingInputException("chips.price_row", $"The price list has no row called \"{id}\".")
            : SystemPrices.BestKnown(catalog.PriceScopes, system.Id);
        if (row is not null && row.SystemId != system.Id)
        {
            throw new MissingInputException("chips.price_row", $"The row {row.Id} prices {row.SystemId}, and the scenario buys {system.Id}.");
        }

        if (row is not null && !SystemPrices.IsWholeSystem(row))
        {
            throw new MissingInputException("chips.price", SystemPrices.NoPriceKnown(system.Id, row));
        }

        if (scenario.Chips.Price is { } stated)
        {
            _price = inputs.Resolve("chips.price", QuantityKind.Money, stated, least: 0).Value;
            _scope = row ?? SystemPrices.Stated(system.Id, stated.Mid);
        }
        else
        {
            _scope = row ?? throw new MissingInputException("chips.price", SystemPrices.NoPriceKnown(system.Id));
            _price = InputResolver.FromPrice("chips.price", row.Price, row.Evidence, row.Source, row.Date, row.Id, row.Correlation);
        }

        _switch = Part(catalog, scenario.Network.Switch, "network.switch");
        _transceiver = Part(catalog, scenario.Network.Transceiver, "network.transceiver");
        _cable = Part(catalog, scenario.Network.Cable, "network.cable");
        if (scenario.Network.Method == NetworkMethod.Parts && _scope.ScaleOutNetwork != Inclusion.Yes)
        {
            _switchPrice = PartPrice("network.switch_price", _switch);
            _transceiverPrice = PartPrice("network.transceiver_price", _transceiver);
            _cablePrice = PartPrice("network.cable_price", _cable);
        }

        _networkShare = Share(catalog, inputs, "network.share_of_it", scenario.Network.ShareOfIt, "rule-fabric-share");
        _storageShare = Share(catalog, inputs, "network.storage_share_of_it", scenario.Network.StorageShareOfIt, "rule-storage-share");
        if (_networkShare.Distribution.Mid + _storageShare.Distribution.Mid > MostBesideServers)
        {
            throw new MissingInputException(
                "network.storage_share_of_it",
                "Network and storage together take more than 95 % of all IT and leave nothing for the systems. State a smaller network.share_of_it or network.storage_share_of_it.");
        }

        _oversubscription = inputs.Resolve("network.pod_oversubscription", QuantityKind.Fraction, scenario.Network.PodOversubscription, least: 1).Value;
        _building = inputs.Resolve("facility.building_cost", QuantityKind.MoneyPerPower, scenario.Facility.BuildingCost, "shell-bernstein", least: 0);
        _salesTax = inputs.Resolve("economics.sales_tax", QuantityKind.Fraction, scenario.Economics.SalesTax, least: 0).Value;
        _buildingShares = BuildingShares.FromCatalog(catalog);
        _chipPriceSource = ChipPriceSource(catalog, system, _scope);
    }

    public CapexFigures Run(FigureBook book, SiteFigures site)
    {
        Figure price = book.Input("chips.price", _price);
        Figure buildingPerWatt = book.Input("facility.building_cost", _building.Value, _building.Basis ?? PowerBasis.Facility);
        Figure basis = (_building.Basis ?? PowerBasis.Facility) switch
        {
            PowerBasis.It => site.ItWatts,
            PowerBasis.Utility => site.UtilityWatts,
            _ => site.FacilityWatts,
        };
        Figure buildingUsd = book.Define(
            "capex.building_overnight", "USD", "facility.building_cost x power on its basis", buildingPerWatt, basis, static (c, w) => c * w);
        Figure oversubscription = book.Input("network.pod_oversubscription", _oversubscription);
        EngineRun<FatTree> tree = book.Run([site.Chips, oversubscription], x => Tree((long)x[0], x[1]));
        string? noTree = tree.Result.Reason;
        tree.Output("network.endpoints", "1", "chips x ports a chip: scale-out rate of a chip / rate of a switch port", static t => t.Endpoints, reason: noTree);
        tree.Output("network.switches", "1", "switches of the fat tree over all its tiers", static t => t.Switches, reason: noTree);
        tree.Output("network.transceivers", "1", "two for each optical link", static t => t.Transceivers, reason: noTree);
        tree.Output("network.tiers", "1", "tiers of the fat tree", static t => t.Tiers, reason: noTree);

        Figure networkShare = book.Input("network.share_of_it", _networkShare);
        Figure storageShare = book.Input("network.storage_share_of_it", _storageShare);
        EngineRun<BillOfMaterials> bill = _switchPrice is null
            ? book.Run(
                [site.Racks, price, site.SystemWatts, networkShare, storageShare, buildingUsd, site.Chips, oversubscription],
                x => Bill(x, default, default, default))
            : book.Run(
                [
                    site.Racks, price, site.SystemWatts, networkShare, storageShare, buildingUsd, site.Chips, oversubscription,
                    book.Input("network.switch_price", _switchPrice),
                    book.Input("network.transceiver_price", _transceiverPrice!),
                    book.Input("network.cable_price", _cablePrice!),
                ],
                x => Bill(x, x[8], x[9], x[10]));
        if (bill.Result.Reason is { } reason)
        {
            throw new MissingInputException("network.switch", reason);
        }

        Figure chipPrice = book.Define(
            "chips.chip_price", "USD", _chipPriceSource + "; never more than its part of chips.price", price, networkShare, storageShare, (p, n, s) => ChipPrice(p, n, StorageShare(n, s)));
        Figure[] groups =
        [
            book.Define(
                "capex.chips",
                "USD",
                bill.Result.ChipsKnown ? "chips.count x chips.chip_price" : "no price of a chip alone is known: counted within servers",
                site.Chips,
                chipPrice,
                static (n, p) => double.IsFinite(p) ? n * p : 0),
            bill.Output("capex.servers", "USD", FormulaOf(BillGroup.Servers), static b => b.Usd(BillGroup.Servers)),
            bill.Output("capex.network", "USD", FormulaOf(BillGroup.Network), static b => b.Usd(BillGroup.Network)),
            bill.Output("capex.storage", "USD", FormulaOf(BillGroup.Storage), static b => b.Usd(BillGroup.Storage)),
            book.Define("capex.building", "USD", "land, shell, power and cooling: capex.building_overnight", buildingUsd, static b => b),
        ];
        Figure itNet = book.Sum("capex.it_before_tax", "USD", "chips + servers + network + storage", groups.AsSpan(0, 4));
        Figure salesTax = book.Input("economics.sales_tax", _salesTax);
        Figure tax = book.Define("capex.sales_tax", "USD", "capex.it_before_tax x economics.sales_tax", itNet, salesTax, static (c, t) => c * t);
        Figure it = book.Sum("capex.it", "USD", "IT with its sales tax", [itNet, tax]);
        Figure total = book.Sum("capex.total", "USD", "overnight cost: chips + servers + network + storage + sales tax + building", [it, groups[4]]);
        book.Define("capex.per_gw", "USD/GW", "capex.total / site.power_facility", total, site.FacilityWatts, static (c, w) => c / w * 1e9, PowerBasis.Facility);
        book.Define("capex.per_gw_it", "USD/GW", "capex.total / site.power_it", total, site.ItWatts, static (c, w) => c / w * 1e9, PowerBasis.It);
        book.Define("capex.per_gpu", "USD", "capex.total / chips.count", total, site.Chips, static (c, n) => c / n);
        for (int i = 0; i < Groups.Length; i++)
        {
            // The sales tax is borne by the IT groups in proportion, so that the five shares sum to one.
            bool isBuilding = Groups[i] == BillGroup.Building;
            book.Define(
                "capex.share." + Name(Groups[i])["capex.".Length..],
                "1",
                isBuilding ? "capex.building / capex.total" : "group with its sales tax / capex.total",
                [groups[i], total, salesTax],
                x => x[0] * (isBuilding ? 1 : 1 + x[2]) / x[1]);
        }

        Figure networkWatts = bill.Output(
            "network.power", "W", "switches and optics at typical power, and storage at its share of the cost; zero where the systems' price holds them uncounted", static b => Watts(b, BillGroup.Network) + Watts(b, BillGroup.Storage), PowerBasis.It);
        book.Define(
            "site.utility_watts_per_gpu", "W", "site.power_utility / chips.count: all-in power at the meter for each chip", site.UtilityWatts, site.Chips, static (w, n) => w / n, PowerBasis.Utility);
        return new CapexFigures(total, it, groups[4], networkWatts, bill.Result);
    }

    // The chips of a system cannot cost more than what its price leaves beside the network and storage that it holds: as the bill reckons it.
    private double ChipPrice(double systemPriceUsd, double networkShare, double storageShare)
    {
        PriceSplit split = PriceSplit.Of(_catalog.PriceScopes, _scope, _system, systemPriceUsd);
        bool holdsAll = _scope.Kind == "it_all";
        double network = holdsAll || _scope.ScaleOutNetwork == Inclusion.Yes ? split.NetworkUsdInSystem ?? (networkShare * systemPriceUsd) : 0;
        double storage = holdsAll || _scope.Storage == Inclusion.Yes ? split.StorageUsdInSystem ?? (storageShare * systemPriceUsd) : 0;
        return split.ChipUsd is { } chip ? Math.Min(chip, Math.Max(0, systemPriceUsd - network - storage) / _system.ChipsPerSystem) : double.NaN;
    }

    // Where the ranges of both reach high in one draw, the systems keep their least.
    private static double StorageShare(double networkShare, double storageShare) => Math.Min(storageShare, MostBesideServers - Math.Min(networkShare, MostBesideServers));

    private static string ChipPriceSource(CatalogData catalog, SystemRecord system, PriceScope scope)
    {
        string kind = scope.Kind == "it_all" ? "share" : "chip";
        PriceScope? row = catalog.PriceScopes.FirstOrDefault(p => p.SystemId == system.Id && p.Kind == kind && p.Chips == Inclusion.Yes);
        return row is null
            ? "price of one chip by the record of the system " + system.Id
            : $"price of one chip within chips.price: row {row.Id} of the price list ({row.Source}, {row.Date})";
    }

    private static double Watts(BillOfMaterials bill, BillGroup group)
    {
        double watts = bill.KnownWatts(group);
        return double.IsFinite(watts) ? watts : 0;
    }

    private static string Name(BillGroup group) => group switch
    {
        BillGroup.Chips => "capex.chips",
        BillGroup.Servers => "capex.servers",
        BillGroup.Network => "capex.network",
        BillGroup.Storage => "capex.storage",
        _ => "capex.building",
    };

    private static string FormulaOf(BillGroup group) => group switch
    {
        BillGroup.Servers => "systems x price less the chips (and less network and storage where the price holds them)",
        BillGroup.Network => "switches, optics and cables, counted or as a share of all IT; taken out of the systems' price where that holds them",
        _ => "share of all IT; taken out of the systems' price where that holds it",
    };

    private FatTree Tree(long chips, double oversubscription)
    {
        if (_system.ScaleOutBytesPerSecond is not { } chipRate || _switch.PortBytesPerSecond is not { } portRate || _switch.Ports is not { } ports)
        {
            return default;
        }

        int perChip = ScaleOutRails.EndpointsPerChip(chipRate, portRate);
        return FatTree.Build(ScaleOutRails.Endpoints(chips, _system.ScaleUpDomain ?? 1, perChip), ports, oversubscription);
    }

    private BillOfMaterials Bill(double[] x, double switchUsd, double transceiverUsd, double cableUsd) => BillOfMaterials.Of(new BillRequest
    {
        Scope = _scope,
        SystemId = _system.Id,
        SystemPriceUsd = x[1],
        Systems = (long)x[0],
        ChipsPerSystem = _system.ChipsPerSystem,
        SystemWatts = x[2],
        ChipWatts = _system.ChipWatts,
        Split = PriceSplit.Of(_catalog.PriceScopes, _scope, _system, x[1]),
        Method = _network.Method,
        NetworkShareOfIt = x[3],
        StorageShareOfIt = StorageShare(x[3], x[4]),
        Tree = _switchPrice is null ? default : Tree((long)x[6], x[7]),
        Switch = new PricedPart(_switch.Name, switchUsd, _switch.TypicalWatts),
        Transceiver = new PricedPart(_transceiver.Name, transceiverUsd, _transceiver.TypicalWatts),
        Cable = new PricedPart(_cable.Name, cableUsd, _cable.TypicalWatts),
        BuildingUsd = x[5],
        BuildingShares = _buildingShares,
    });

    private static NetworkPart Part(CatalogData catalog, string id, string key) =>
        catalog.FindNetworkPart(id) ?? throw new MissingInputException(key, $"The catalog has no network part called \"{id}\".");

    private static UncertainValue PartPrice(string key, NetworkPart part) =>
        InputResolver.FromPrice(key, part.Price, part.PriceEvidence, part.Source, part.PriceDate, part.Id, part.Correlation);

    private static UncertainValue Share(CatalogData catalog, InputResolver inputs, string key, Amount? given, string ruleId)
    {
        if (given is not null)
        {
            return inputs.Resolve(key, QuantityKind.Fraction, given, least: 0, greatest: 0.9).Value;
        }

        PriceScope rule = catalog.FindPrice(ruleId) ?? throw new MissingInputException(key, $"The price list has no rule called \"{ruleId}\".");
        UncertainValue value = InputResolver.FromPrice(key, rule.Price, rule.Evidence, rule.Source, rule.Date, rule.Id, null);
        return value with { Unit = "1", Greatest = 0.9 };
    }
}
