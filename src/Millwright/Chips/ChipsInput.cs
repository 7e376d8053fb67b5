using Millwright.Quantities;

namespace Millwright.Chips;

/// <summary>Which system is bought, at which price and power.</summary>
public sealed record ChipsInput
{
    /// <summary>Id of the system.</summary>
    [Input("The system bought.", Refers = "systems", Default = "vr200-nvl72")]
    public string System { get; init; } = "vr200-nvl72";

    /// <summary>Id of the price row, which also says what the price holds; null for the best known price of the system.</summary>
    [Input("Row of the price list that prices the system and says what the price holds. Left out: the best known price.", Refers = "prices")]
    public string? PriceRow { get; init; }

    /// <summary>Price of one system, USD; overrides the price of the row.</summary>
    [Input(QuantityKind.Money, "Price of one system. Left out: the price of the row.", Min = 0, Max = 1e11)]
    public Amount? Price { get; init; }

    /// <summary>Greatest power of one system, W; null for the catalog's figure that the power is provisioned by.</summary>
    [Input(QuantityKind.Power, "Power one system is provisioned with. Left out: typical power of the system as the maker states it.", Min = 1, Max = 1e9)]
    public Amount? SystemPower { get; init; }

    /// <summary>Most systems that can be had; null for no limit.</summary>
    [Input(QuantityKind.Count, "Most systems that can be had. Left out: no limit.", Min = 1, Max = 1e9)]
    public Amount? SupplyLimit { get; init; }

    /// <summary>Spare systems over those that serve.</summary>
    [Input(QuantityKind.Fraction, "Spare systems over those that serve, when the site is sized from demand.", Min = 0, Max = 1, Default = "2 %")]
    public Amount Spares { get; init; } = new(0.02);
}
