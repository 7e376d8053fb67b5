namespace Millwright.Quantities;

/// <summary>The one unit that each kind of quantity has inside.</summary>
public static class InsideUnit
{
    /// <summary>The unit of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The unit as figures print it; "1" for plain numbers.</returns>
    public static string Of(QuantityKind kind) => kind switch
    {
        QuantityKind.RatePerYear => "1/yr",
        QuantityKind.Power => "W",
        QuantityKind.Energy => "kWh",
        QuantityKind.EnergyPrice => "USD/kWh",
        QuantityKind.Duration => "s",
        QuantityKind.Money => "USD",
        QuantityKind.MoneyPerYear => "USD/yr",
        QuantityKind.MoneyPerPower => "USD/W",
        QuantityKind.MoneyPerPowerYear => "USD/W-yr",
        QuantityKind.MoneyPerMillionTokens => "USD/Mtok",
        QuantityKind.MoneyPerChipHour => "USD/GPU-h",
        QuantityKind.MoneyPerChipYear => "USD/GPU-yr",
        QuantityKind.Tokens => "tok",
        QuantityKind.TokenRate => "tok/s",
        QuantityKind.TaskRate => "1/s",
        QuantityKind.DataSize => "B",
        QuantityKind.Bandwidth => "B/s",
        QuantityKind.ComputeRate => "FLOP/s",
        QuantityKind.CarbonIntensity => "g/kWh",
        QuantityKind.WaterIntensity => "L/kWh",
        QuantityKind.StaffPerPower => "FTE/W",
        _ => "1",
    };
}
