using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>Writes the lines of one bill of materials.</summary>
internal sealed class BillWriter(BillRequest request, PriceScope scope, double systemPriceUsd)
{
    private readonly List<BillPart> _parts = new(20);
    private List<string>? _notes;

    public BillOfMaterials Write()
    {
        bool holdsAll = scope.Kind == "it_all";
        bool addsNetwork = !holdsAll && scope.ScaleOutNetwork != Inclusion.Yes;
        bool addsStorage = !holdsAll && scope.Storage != Inclusion.Yes;
        bool addsCards = !holdsAll && scope.Nic is Inclusion.No or Inclusion.Unknown;
        if (addsNetwork && scope.ScaleOutNetwork != Inclusion.No)
        {
            Note($"the price row {scope.Id} does not say clearly that it holds the scale-out network: it was added.");
        }

        if (addsStorage && scope.Storage != Inclusion.No)
        {
            Note($"the price row {scope.Id} does not say clearly that it holds storage: it was added.");
        }

        bool byParts = addsNetwork && request.Method == NetworkMethod.Parts;
        if (byParts && MissingPrice(addsCards) is { } missing)
        {
            return BillOfMaterials.Refuse(missing);
        }

        double networkInSystem = holdsAll || scope.ScaleOutNetwork == Inclusion.Yes
            ? request.Split.NetworkUsdInSystem ?? (request.NetworkShareOfIt * systemPriceUsd)
            : 0;
        double storageInSystem = holdsAll || scope.Storage == Inclusion.Yes
            ? request.Split.StorageUsdInSystem ?? (request.StorageShareOfIt * systemPriceUsd)
            : 0;
        WriteSystems(networkInSystem, storageInSystem);

        double systemsUsd = request.Systems * systemPriceUsd;
        double networkUsd = 0;
        double storageUsd = 0;
        double storageShare = addsStorage ? request.StorageShareOfIt : 0;
        if (byParts)
        {
            networkUsd = WriteNetworkParts(addsCards);
            storageUsd = (systemsUsd + networkUsd) * storageShare / (1 - storageShare);
        }
        else
        {
            double networkShare = addsNetwork ? request.NetworkShareOfIt : 0;
            double allItUsd = systemsUsd / (1 - networkShare - storageShare);
            networkUsd = allItUsd * networkShare;
            storageUsd = allItUsd * storageShare;
            Add("scale-out network, by its share of all IT", BillGroup.Network, networkUsd > 0 ? 1 : 0, networkUsd, null);
        }

        double itWatts = request.Systems * request.SystemWatts;
        Add("shared storage", BillGroup.Storage, storageUsd > 0 ? 1 : 0, storageUsd, itWatts * storageShare / (1 - storageShare));
        WriteBuilding();
        double totalUsd = systemsUsd + (request.SpareSystems * systemPriceUsd) + networkUsd + storageUsd + request.BuildingUsd;
        return BillOfMaterials.Close(_parts, totalUsd, request.Split.ChipUsd is not null, _notes ?? (IReadOnlyList<string>)[]);
    }

    private void WriteSystems(double networkInSystem, double storageInSystem)
    {
        double chipsInSystem = 0;
        double room = Math.Max(0, systemPriceUsd - networkInSystem - storageInSystem);
        if (request.Split.ChipUsd is { } chipUsd)
        {
            chipsInSystem = chipUsd * request.ChipsPerSystem;
            if (chipsInSystem > room)
            {
                chipsInSystem = room;
                Note("the chips alone would cost more than the system they are in: they were cut to its price.");
            }
        }
        else
        {
            Note($"no price of a chip of {request.SystemId} is known: the chips are counted within the servers.");
        }

        // Chips at their rated power, but never more than the system draws.
        double chipWatts = request.Split.ChipUsd is null ? 0 : Math.Min((request.ChipWatts ?? 0) * request.ChipsPerSystem, request.SystemWatts);
        double rest = systemPriceUsd - networkInSystem - storageInSystem - chipsInSystem;
        WriteOneKind("", request.Systems, 1);
        WriteOneKind("spare ", request.SpareSystems, 0);

        void WriteOneKind(string prefix, long systems, int powered)
        {
            if (systems == 0)
            {
                return;
            }

            if (request.Split.ChipUsd is not null)
            {
                double chips = (double)systems * request.ChipsPerSystem;
                Add(prefix + "chips", BillGroup.Chips, chips, chipsInSystem / request.ChipsPerSystem, powered * systems * chipWatts);
            }

            Add(prefix + "servers and racks without chips", BillGroup.Servers, systems, rest, powered * systems * (request.SystemWatts - chipWatts));
            Add(prefix + "scale-out network in the price of the system", BillGroup.Network, networkInSystem > 0 ? systems : 0, networkInSystem, null);
            Add(prefix + "storage in the price of the system", BillGroup.Storage, storageInSystem > 0 ? systems : 0, storageInSystem, null);
        }
    }

    private string? MissingPrice(bool addsCards)
    {
        FatTree tree = request.Tree;
        if (tree.Reason is not null)
        {
            return tree.Reason;
        }

        return Lacks(request.Switch, tree.Switches, "network.switch")
            ?? Lacks(request.Transceiver, tree.Transceivers, "network.transceiver")
            ?? Lacks(request.Cable, tree.OpticalLinks, "network.cable")
            ?? Lacks(request.CopperCable, tree.CopperLinks, "the copper cable")
            ?? (addsCards ? Lacks(request.NetworkCard, tree.Endpoints, "the network card") : null);

        static string? Lacks(PricedPart part, long count, string key) =>
            count > 0 && part.PriceUsd is null
                ? $"no price known for {part.Name ?? key}: choose another part for {key}, or set network.method to share and state network.share-of-it."
                : null;
    }

    private double WriteNetworkParts(bool addsCards)
    {
        FatTree tree = request.Tree;
        return AddParts("switches", request.Switch, tree.Switches)
            + AddParts("optical modules", request.Transceiver, tree.Transceivers)
            + AddParts("fibre cables", request.Cable, tree.OpticalLinks)
            + AddParts("copper cables", request.CopperCable, tree.CopperLinks)
            + (addsCards ? AddParts("network cards", request.NetworkCard, tree.Endpoints) : 0);
    }

    private double AddParts(string name, PricedPart part, long count) =>
        count == 0 ? 0 : Add(name, BillGroup.Network, count, part.PriceUsd.GetValueOrDefault(), count * part.Watts);

    private void WriteBuilding()
    {
        double cost = request.BuildingUsd;
        BuildingShares shares = request.BuildingShares;
        Add("land and shell", BillGroup.Building, 1, cost * shares.LandAndShell, null);
        Add("power: generators", BillGroup.Building, 1, cost * shares.Generators, null);
        Add("power: uninterruptible supplies", BillGroup.Building, 1, cost * shares.Ups, null);
        Add("power: switchgear and busways", BillGroup.Building, 1, cost * shares.Switchgear, null);
        Add("power: substation", BillGroup.Building, 1, cost * shares.Substation, null);
        Add("cooling: coolant distribution", BillGroup.Building, 1, cost * shares.CoolantDistribution, null);
        Add("cooling: heat rejection", BillGroup.Building, 1, cost * shares.HeatRejection, null);
    }

    private double Add(string name, BillGroup group, double count, double unitPriceUsd, double? watts)
    {
        if (count == 0)
        {
            return 0;
        }

        double costUsd = count * unitPriceUsd;
        _parts.Add(new BillPart(name, group, count, unitPriceUsd, costUsd, watts));
        return costUsd;
    }

    private void Note(string text) => (_notes ??= []).Add(text);
}
