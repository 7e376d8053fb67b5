namespace Millwright.Infrastructure;

/// <summary>The five groups that the cost of an AI factory is split into.</summary>
public enum BillGroup
{
    /// <summary>Accelerator chips.</summary>
    Chips,

    /// <summary>The rest of the node or rack: hosts, memory, scale-up switches, cards, power shelves, chassis.</summary>
    Servers,

    /// <summary>The scale-out network.</summary>
    Network,

    /// <summary>Shared storage.</summary>
    Storage,

    /// <summary>Land, shell, power and cooling.</summary>
    Building,
}

/// <summary>One line of a bill of materials.</summary>
/// <param name="Name">What is bought.</param>
/// <param name="Group">Group it is counted in.</param>
/// <param name="Count">How many; 1 for a lump.</param>
/// <param name="UnitPriceUsd">Price of one, USD.</param>
/// <param name="CostUsd">Count x price, USD.</param>
/// <param name="Watts">Greatest power of all of them, W; null where it is not counted on its own.</param>
public readonly record struct BillPart(string Name, BillGroup Group, double Count, double UnitPriceUsd, double CostUsd, double? Watts);

/// <summary>A part that can be bought, at the price and power planned with.</summary>
/// <param name="Name">Name or id, for the bill and for messages.</param>
/// <param name="PriceUsd">Price of one, USD; null where none is known.</param>
/// <param name="Watts">Power of one, W; null where none is known.</param>
public readonly record struct PricedPart(string Name, double? PriceUsd, double? Watts);
