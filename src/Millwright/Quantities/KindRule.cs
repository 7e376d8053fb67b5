namespace Millwright.Quantities;

/// <summary>How the texts of one kind of quantity are built: what stands above and below the stroke, and which units a person would choose.</summary>
/// <param name="Name">The kind in words, with its article.</param>
/// <param name="Top">What stands above the stroke.</param>
/// <param name="Below">What stands below it, in any order.</param>
/// <param name="InsidePerBase">Inside unit over the product of class bases, as a whole number (a year of seconds for "per year").</param>
/// <param name="Inside">A text of the inside unit itself.</param>
/// <param name="Units">Units to print and to offer, ascending.</param>
/// <param name="Example">A text that is right.</param>
internal sealed record KindRule(
    string Name, UnitClass Top, UnitClassSet Below, double InsidePerBase, string Inside, string[] Units, string Example)
{
    // in the order of QuantityKind
    private static readonly KindRule[] s_rules =
    [
        new("a share or ratio", UnitClass.One, UnitClassSet.None, 1, "", ["%", ""], "85 %"),
        new("a yearly rate", UnitClass.One, UnitClassSet.Of(UnitClass.Time), TimeLength.YearSeconds, "/yr", ["%/yr"], "9 %"),
        new("a power", UnitClass.Power, UnitClassSet.None, 1, "W", ["W", "kW", "MW", "GW"], "1 GW"),
        new("an energy", UnitClass.Energy, UnitClassSet.None, 1, "kWh", ["kWh", "MWh", "GWh", "TWh"], "8.76 TWh"),
        new("a price of energy", UnitClass.Money, UnitClassSet.Of(UnitClass.Energy), 1, "$/kWh", ["c/kWh", "$/kWh", "$/MWh"], "7.5 c/kWh"),
        new("a time", UnitClass.Time, UnitClassSet.None, 1, "s", ["us", "ms", "s", "min", "h", "days", "months", "years"], "18 months"),
        new("an amount of money", UnitClass.Money, UnitClassSet.None, 1, "$", ["$", "k$", "M$", "B$", "T$"], "55 B$"),
        new(
            "money per year", UnitClass.Money, UnitClassSet.Of(UnitClass.Time), TimeLength.YearSeconds, "$/yr", ["$/yr", "k$/yr", "M$/yr", "B$/yr", "T$/yr"], "14.7 B$/yr"),
        new(
            "a cost per power", UnitClass.Money, UnitClassSet.Of(UnitClass.Power), 1, "$/W", ["$/kW", "$/W", "M$/MW", "B$/GW"], "10 B$/GW"),
        new(
            "a yearly price per power",
            UnitClass.Money,
            UnitClassSet.Of(UnitClass.Power, UnitClass.Time),
            TimeLength.YearSeconds,
            "$/W-yr",
            ["$/kW-yr", "M$/MW-yr", "B$/GW-yr"],
            "13.3 B$/GW-yr"),
        new(
            "a price of tokens", UnitClass.Money, UnitClassSet.Of(UnitClass.Token), 1e6, "$/Mtok", ["$/Mtok"], "0.55 $/Mtok"),
        new(
            "a price of chip-hours", UnitClass.Money, UnitClassSet.Of(UnitClass.Chip, UnitClass.Time), TimeLength.HourSeconds, "$/GPU-h", ["$/GPU-h"], "5.7 $/GPU-h"),
        new(
            "a yearly cost per chip", UnitClass.Money, UnitClassSet.Of(UnitClass.Chip, UnitClass.Time), TimeLength.YearSeconds, "$/GPU-yr", ["$/GPU-yr"], "4500 $/GPU-yr"),
        new("a number", UnitClass.One, UnitClassSet.None, 1, "", ["", "k", "M", "B"], "1000"),
        new("a number of tokens", UnitClass.Token, UnitClassSet.None, 1, "tok", ["tok", "ktok", "Mtok", "Btok"], "1200 tok"),
        new("a rate of tokens", UnitClass.Token, UnitClassSet.Of(UnitClass.Time), 1, "tok/s", ["tok/s", "ktok/s", "Mtok/s", "Btok/s"], "12 tok/s"),
        new(
            "a rate of tasks", UnitClass.Task, UnitClassSet.Of(UnitClass.Time), 1, "tasks/s", ["tasks/s", "k tasks/s", "M tasks/s", "B tasks/s"], "1000 tasks/s"),
        new("an amount of data", UnitClass.Data, UnitClassSet.None, 1, "B", ["B", "kB", "MB", "GB", "TB"], "288 GB"),
        new(
            "a rate of data", UnitClass.Data, UnitClassSet.Of(UnitClass.Time), 1, "B/s", ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"], "400 Gb/s"),
        new(
            "a rate of arithmetic", UnitClass.Arithmetic, UnitClassSet.Of(UnitClass.Time), 1, "FLOP/s", ["FLOP/s", "GFLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s"], "2.5 PFLOP/s"),
        new("carbon per energy", UnitClass.Carbon, UnitClassSet.Of(UnitClass.Energy), 1, "g/kWh", ["g/kWh"], "330 g/kWh"),
        new("water per energy", UnitClass.Water, UnitClassSet.Of(UnitClass.Energy), 1, "L/kWh", ["L/kWh"], "0.5 L/kWh"),
        new("staff per power", UnitClass.Staff, UnitClassSet.Of(UnitClass.Power), 1, "FTE/W", ["FTE/MW"], "0.2 FTE/MW"),
    ];

    /// <summary>True when a number alone is right.</summary>
    public bool AllowsBare => (Top == UnitClass.One && (Below.IsEmpty || Below == UnitClassSet.Of(UnitClass.Time))) || (Top == UnitClass.Token && Below.IsEmpty);

    /// <summary>True when the text may say IT, facility or utility.</summary>
    public bool AllowsBasis => Top == UnitClass.Power || Below.Contains(UnitClass.Power);

    /// <summary>The rule of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Its rule.</returns>
    public static KindRule Of(QuantityKind kind) => s_rules[(int)kind];

    /// <summary>The units offered, as words.</summary>
    /// <returns>A list such as "c/kWh, $/kWh or $/MWh".</returns>
    public string Offer()
    {
        string[] shown = [.. Units.Where(u => u.Length > 0)];
        string list = shown.Length switch
        {
            0 => "a plain number",
            1 => shown[0],
            _ => $"{string.Join(", ", shown[..^1])} or {shown[^1]}",
        };
        return AllowsBare && shown.Length > 0 ? $"{list} or no unit" : list;
    }
}
