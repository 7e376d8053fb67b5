using Millwright.Quantities;

namespace Millwright.Energy;

/// <summary>What the site pays for power and what the power carries with it.</summary>
public sealed record EnergyInput
{
    /// <summary>Price of energy at the meter, USD/kWh.</summary>
    [Input(QuantityKind.EnergyPrice, "Price of energy at the meter.", Min = 0, Max = 2, CatalogDefault = "location:electricity-price")]
    public Amount? Price { get; init; }

    /// <summary>Carbon per energy, g/kWh.</summary>
    [Input(QuantityKind.CarbonIntensity, "Carbon per energy drawn.", Min = 0, Max = 2000, CatalogDefault = "location:carbon-intensity")]
    public Amount? CarbonIntensity { get; init; }

    /// <summary>Site water per IT energy, L/kWh.</summary>
    [Input(QuantityKind.WaterIntensity, "Site water per IT energy; closed-loop liquid cooling needs almost none.", Min = 0, Max = 20, CatalogDefault = "water-closed")]
    public Amount? WaterIntensity { get; init; }
}
