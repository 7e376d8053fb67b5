using Millwright.Quantities;

namespace Millwright.Infrastructure;

/// <summary>The building with its power and cooling, and the time it takes.</summary>
public sealed record FacilityInput
{
    /// <summary>Cost of land, shell, power and cooling, USD/W with a basis.</summary>
    [Input(QuantityKind.MoneyPerPower, "Land, shell, power and cooling, per power with its basis (IT, facility or utility).", Min = 0, Max = 200, NeedsPowerBasis = true, CatalogDefault = "shell-bernstein")]
    public Amount? BuildingCost { get; init; }

    /// <summary>Ground-break to the first hall commissioned, s.</summary>
    [Input(QuantityKind.Duration, "From ground-break to the first hall commissioned.", Min = 0, Max = 1e9, CatalogDefault = "build-shell")]
    public Amount? ConstructionTime { get; init; }

    /// <summary>Wait for the power connection, s.</summary>
    [Input(QuantityKind.Duration, "Wait for the power connection, from the day it was asked for.", Min = 0, Max = 1e9, CatalogDefault = "location:grid-wait")]
    public Amount? GridWait { get; init; }

    /// <summary>Lead time of the substation transformers, s.</summary>
    [Input(QuantityKind.Duration, "Lead time of the substation transformers, from the order.", Min = 0, Max = 1e9, CatalogDefault = "lead-substation-xfmr-2026")]
    public Amount? TransformerLead { get; init; }

    /// <summary>How long before ground-break power and transformers were ordered, s.</summary>
    [Input(QuantityKind.Duration, "How long before ground-break the connection and the transformers were ordered.", Min = 0, Max = 1e9, Default = "24 months")]
    public Amount OrderedAhead { get; init; } = new(2 * TimeLength.YearSeconds);

    /// <summary>First hall to full power, s.</summary>
    [Input(QuantityKind.Duration, "From the first hall to full power; capacity grows in equal monthly steps.", Min = 0, Max = 1e9, Default = "6 months")]
    public Amount RampTime { get; init; } = new(0.5 * TimeLength.YearSeconds);
}
