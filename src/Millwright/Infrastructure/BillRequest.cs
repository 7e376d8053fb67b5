using Millwright.Catalog;

namespace Millwright.Infrastructure;

/// <summary>What a bill of materials is made from.</summary>
public sealed record BillRequest
{
    /// <summary>The price row of the system: what the price holds. Null when no price is known.</summary>
    public required PriceScope? Scope { get; init; }

    /// <summary>Id of the system, for messages.</summary>
    public required string SystemId { get; init; }

    /// <summary>Price of one system planned with, USD; null when none is known.</summary>
    public required double? SystemPriceUsd { get; init; }

    /// <summary>Systems in service.</summary>
    public required long Systems { get; init; }

    /// <summary>Spare systems bought over those in service.</summary>
    public long SpareSystems { get; init; }

    /// <summary>Chips in one system.</summary>
    public required int ChipsPerSystem { get; init; }

    /// <summary>Power of one system, W.</summary>
    public required double SystemWatts { get; init; }

    /// <summary>Power of one chip, W; null where not published.</summary>
    public double? ChipWatts { get; init; }

    /// <summary>What is inside the price of one system.</summary>
    public required PriceSplit Split { get; init; }

    /// <summary>How the network's cost is found.</summary>
    public NetworkMethod Method { get; init; } = NetworkMethod.Parts;

    /// <summary>Network over all IT, for the method "share"; also splits a price that holds the network without saying how much of it.</summary>
    public double NetworkShareOfIt { get; init; }

    /// <summary>Storage over all IT; also splits a price that holds storage without saying how much of it.</summary>
    public double StorageShareOfIt { get; init; }

    /// <summary>The scale-out network, for the method "parts".</summary>
    public FatTree Tree { get; init; }

    /// <summary>The switch.</summary>
    public PricedPart Switch { get; init; }

    /// <summary>The optical module.</summary>
    public PricedPart Transceiver { get; init; }

    /// <summary>The cable of an optical link.</summary>
    public PricedPart Cable { get; init; }

    /// <summary>The cable of a copper link, when the tree has copper links to the endpoints.</summary>
    public PricedPart CopperCable { get; init; }

    /// <summary>The network card, one for each endpoint; used when the price of the system does not hold cards.</summary>
    public PricedPart NetworkCard { get; init; }

    /// <summary>Cost of land, shell, power and cooling, USD.</summary>
    public required double BuildingUsd { get; init; }

    /// <summary>How the building's cost divides.</summary>
    public required BuildingShares BuildingShares { get; init; }
}
