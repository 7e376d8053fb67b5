using System.Collections.Frozen;

namespace Millwright.Quantities;

/// <summary>How the texts of one kind of quantity are built: what stands above and below the stroke, and which units a person would choose.</summary>
/// <param name="Name">The kind in words, with its article.</param>
/// <param name="Top">What stands above the stroke.</param>
/// <param name="Below">What stands below it, in any order.</param>
/// <param name="InsidePerBase">Inside unit over the product of class bases, as a whole number (31536000 for "per year").</param>
/// <param name="Inside">A text of the inside unit itself.</param>
/// <param name="Units">Units to print and to offer, ascending.</param>
/// <param name="Example">A text that is right.</param>
internal sealed record KindRule(
    string Name, UnitClass Top, UnitClass[] Below, double InsidePerBase, string Inside, string[] Units, string Example)
{
    private static readonly FrozenDictionary<QuantityKind, KindRule> Rules = new Dictionary<QuantityKind, KindRule>
    {
        [QuantityKind.Fraction] = new("a share or ratio", UnitClass.One, [], 1, "", ["%", ""], "85 %"),
        [QuantityKind.RatePerYear] = new("a yearly rate", UnitClass.One, [UnitClass.Time], UnitSymbol.YearSeconds, "/yr", ["%/yr"], "9 %"),
        [QuantityKind.Power] = new("a power", UnitClass.Power, [], 1, "W", ["W", "kW", "MW", "GW"], "1 GW"),
        [QuantityKind.Energy] = new("an energy", UnitClass.Energy, [], 1, "kWh", ["kWh", "MWh", "GWh", "TWh"], "8.76 TWh"),
        [QuantityKind.EnergyPrice] = new("a price of energy", UnitClass.Money, [UnitClass.Energy], 1, "$/kWh", ["c/kWh", "$/kWh", "$/MWh"], "7.5 c/kWh"),
        [QuantityKind.Duration] = new("a time", UnitClass.Time, [], 1, "s", ["us", "ms", "s", "min", "h", "days", "months", "years"], "18 months"),
        [QuantityKind.Money] = new("an amount of money", UnitClass.Money, [], 1, "$", ["$", "k$", "M$", "B$", "T$"], "55 B$"),
        [QuantityKind.MoneyPerYear] = new(
            "money per year", UnitClass.Money, [UnitClass.Time], UnitSymbol.YearSeconds, "$/yr", ["$/yr", "k$/yr", "M$/yr", "B$/yr", "T$/yr"], "14.7 B$/yr"),
        [QuantityKind.MoneyPerPower] = new(
            "a cost per power", UnitClass.Money, [UnitClass.Power], 1, "$/W", ["$/kW", "$/W", "M$/MW", "B$/GW"], "10 B$/GW"),
        [QuantityKind.MoneyPerPowerYear] = new(
            "a yearly price per power",
            UnitClass.Money,
            [UnitClass.Power, UnitClass.Time],
            UnitSymbol.YearSeconds,
            "$/W-yr",
            ["$/kW-yr", "M$/MW-yr", "B$/GW-yr"],
            "13.3 B$/GW-yr"),
        [QuantityKind.MoneyPerMillionTokens] = new(
            "a price of tokens", UnitClass.Money, [UnitClass.Token], 1e6, "$/Mtok", ["$/Mtok"], "0.55 $/Mtok"),
        [QuantityKind.MoneyPerChipHour] = new(
            "a price of chip-hours", UnitClass.Money, [UnitClass.Chip, UnitClass.Time], 3600, "$/GPU-h", ["$/GPU-h"], "5.7 $/GPU-h"),
        [QuantityKind.MoneyPerChipYear] = new(
            "a yearly cost per chip", UnitClass.Money, [UnitClass.Chip, UnitClass.Time], UnitSymbol.YearSeconds, "$/GPU-yr", ["$/GPU-yr"], "4500 $/GPU-yr"),
        [QuantityKind.Count] = new("a number", UnitClass.One, [], 1, "", ["", "k", "M", "B"], "1000"),
        [QuantityKind.Tokens] = new("a number of tokens", UnitClass.Token, [], 1, "tok", ["tok", "ktok", "Mtok", "Btok"], "1200 tok"),
        [QuantityKind.TokenRate] = new("a rate of tokens", UnitClass.Token, [UnitClass.Time], 1, "tok/s", ["tok/s", "ktok/s", "Mtok/s", "Btok/s"], "12 tok/s"),
        [QuantityKind.TaskRate] = new(
            "a rate of tasks", UnitClass.Task, [UnitClass.Time], 1, "tasks/s", ["tasks/s", "k tasks/s", "M tasks/s", "B tasks/s"], "1000 tasks/s"),
        [QuantityKind.DataSize] = new("an amount of data", UnitClass.Data, [], 1, "B", ["B", "kB", "MB", "GB", "TB"], "288 GB"),
        [QuantityKind.Bandwidth] = new(
            "a rate of data", UnitClass.Data, [UnitClass.Time], 1, "B/s", ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"], "400 Gb/s"),
        [QuantityKind.ComputeRate] = new(
            "a rate of arithmetic", UnitClass.Arithmetic, [UnitClass.Time], 1, "FLOP/s", ["FLOP/s", "GFLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s"], "2.5 PFLOP/s"),
        [QuantityKind.CarbonIntensity] = new("carbon per energy", UnitClass.Carbon, [UnitClass.Energy], 1, "g/kWh", ["g/kWh"], "330 g/kWh"),
        [QuantityKind.WaterIntensity] = new("water per energy", UnitClass.Water, [UnitClass.Energy], 1, "L/kWh", ["L/kWh"], "0.5 L/kWh"),
        [QuantityKind.StaffPerPower] = new("staff per power", UnitClass.Staff, [UnitClass.Power], 1, "FTE/W", ["FTE/MW"], "0.2 FTE/MW"),
    }.ToFrozenDictionary();

    /// <summary>True when a number alone is right.</summary>
    public bool AllowsBare => Top is UnitClass.One or UnitClass.Token && Below.All(c => c == UnitClass.Time && Top == UnitClass.One);

    /// <summary>True when the text may say IT, facility or utility.</summary>
    public bool AllowsBasis => Top == UnitClass.Power || Below.Contains(UnitClass.Power);

    /// <summary>True when "k", "M" and "B" may stand before the unit, or alone.</summary>
    public bool AllowsScale => Top is UnitClass.Money or UnitClass.Token or UnitClass.Task;

    /// <summary>The rule of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Its rule.</returns>
    public static KindRule Of(QuantityKind kind) => Rules[kind];

    /// <summary>The units offered, as words.</summary>
    /// <returns>A list such as "c/kWh, $/kWh or $/MWh".</returns>
    public string Offer()
    {
        string[] shown = [.. Units.Where(u => u.Length > 0).Select(u => u)];
        string list = shown.Length switch
        {
            0 => "a plain number",
            1 => shown[0],
            _ => $"{string.Join(", ", shown[..^1])} or {shown[^1]}",
        };
        return AllowsBare && shown.Length > 0 ? $"{list} or no unit" : list;
    }
}
