namespace Millwright.Quantities;

/// <summary>What a number measures. Each kind has one unit inside; texts in other units are converted at the edge.</summary>
public enum QuantityKind
{
    /// <summary>A share or ratio; inside: 1 (so 9 % is 0.09).</summary>
    Fraction,

    /// <summary>A rate per year, such as interest or growth; inside: 1/yr (so 9 % is 0.09).</summary>
    RatePerYear,

    /// <summary>Electrical power; inside: W.</summary>
    Power,

    /// <summary>Electrical energy; inside: kWh.</summary>
    Energy,

    /// <summary>Price of electrical energy; inside: USD/kWh.</summary>
    EnergyPrice,

    /// <summary>Duration; inside: s. A year is 8,760 h, a month a twelfth of it.</summary>
    Duration,

    /// <summary>Money; inside: USD.</summary>
    Money,

    /// <summary>Money per year; inside: USD/yr.</summary>
    MoneyPerYear,

    /// <summary>Capital cost per power; inside: USD/W.</summary>
    MoneyPerPower,

    /// <summary>Yearly rent of power; inside: USD/(W yr).</summary>
    MoneyPerPowerYear,

    /// <summary>Token price or cost; inside: USD per million tokens (USD/Mtok).</summary>
    MoneyPerMillionTokens,

    /// <summary>Chip rent or cost; inside: USD per chip-hour (USD/GPU-h).</summary>
    MoneyPerChipHour,

    /// <summary>Yearly cost of a chip; inside: USD per chip and year (USD/GPU-yr).</summary>
    MoneyPerChipYear,

    /// <summary>A number of things; inside: 1.</summary>
    Count,

    /// <summary>A number of tokens; inside: tok.</summary>
    Tokens,

    /// <summary>A rate of tokens; inside: tok/s.</summary>
    TokenRate,

    /// <summary>A rate of tasks; inside: 1/s.</summary>
    TaskRate,

    /// <summary>Amount of data; inside: B (bytes).</summary>
    DataSize,

    /// <summary>Rate of data; inside: B/s.</summary>
    Bandwidth,

    /// <summary>Rate of arithmetic; inside: FLOP/s.</summary>
    ComputeRate,

    /// <summary>Carbon per energy; inside: g/kWh of CO2 equivalent.</summary>
    CarbonIntensity,

    /// <summary>Water per energy; inside: L/kWh.</summary>
    WaterIntensity,

    /// <summary>Staff per power; inside: FTE/W.</summary>
    StaffPerPower,
}
