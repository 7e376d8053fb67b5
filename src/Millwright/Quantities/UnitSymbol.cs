namespace Millwright.Quantities;

/// <summary>What a unit symbol counts.</summary>
internal enum UnitClass
{
    One,
    Money,
    Power,
    Energy,
    Time,
    Data,
    Arithmetic,
    Token,
    Chip,
    Task,
    Carbon,
    Water,
    Staff,
}

/// <summary>One symbol and its size as an exact ratio in the base of its class: USD, W, kWh, s, B, FLOP, tok, g, L.</summary>
/// <param name="Text">Spelling.</param>
/// <param name="Class">What it counts.</param>
/// <param name="Numerator">Numerator of its size; whole.</param>
/// <param name="Denominator">Denominator of its size; whole.</param>
internal sealed record UnitSymbol(string Text, UnitClass Class, double Numerator, double Denominator)
{
    /// <summary>Every symbol by its spelling; case counts.</summary>
    public static Dictionary<string, UnitSymbol> All { get; } = Index(Make());

    /// <summary>Words that multiply the symbol after them.</summary>
    public static Dictionary<string, UnitSymbol> Scales { get; } = Index(
    [
        new("k", UnitClass.One, 1e3, 1),
        new("thousand", UnitClass.One, 1e3, 1),
        new("M", UnitClass.One, 1e6, 1),
        new("million", UnitClass.One, 1e6, 1),
        new("B", UnitClass.One, 1e9, 1),
        new("bn", UnitClass.One, 1e9, 1),
        new("billion", UnitClass.One, 1e9, 1),
        new("T", UnitClass.One, 1e12, 1),
        new("trillion", UnitClass.One, 1e12, 1),
    ]);

    // reading must start fast: dictionaries of classes need no code made at run time, frozen ones and those of structs do
    private static Dictionary<string, UnitSymbol> Index(IEnumerable<UnitSymbol> symbols)
    {
        Dictionary<string, UnitSymbol> index = new(StringComparer.Ordinal);
        foreach (UnitSymbol symbol in symbols)
        {
            index.Add(symbol.Text, symbol);
        }

        return index;
    }

    private static IEnumerable<UnitSymbol> Make()
    {
        foreach (string text in new[] { "ratio", "share", "x", "1" })
        {
            yield return new(text, UnitClass.One, 1, 1);
        }

        yield return new("%", UnitClass.One, 1, 100);
        yield return new("percent", UnitClass.One, 1, 100);
        yield return new("bp", UnitClass.One, 1, 1e4);
        yield return new("bps", UnitClass.One, 1, 1e4);

        foreach (string dollar in new[] { "$", "USD", "US$" })
        {
            foreach (UnitSymbol symbol in Scaled(dollar, UnitClass.Money, ["", "k", "M", "B", "T"], 1))
            {
                yield return symbol;
            }
        }

        yield return new("USD_k", UnitClass.Money, 1e3, 1);
        yield return new("USD_M", UnitClass.Money, 1e6, 1);
        yield return new("USD_B", UnitClass.Money, 1e9, 1);
        foreach (string cent in new[] { "c", "ct", "cent", "cents", "US_cents" })
        {
            yield return new(cent, UnitClass.Money, 1, 100);
        }

        foreach (UnitSymbol symbol in Scaled("W", UnitClass.Power, ["", "k", "M", "G", "T"], 1))
        {
            yield return symbol;
        }

        yield return new("Wh", UnitClass.Energy, 1, 1e3);
        yield return new("kWh", UnitClass.Energy, 1, 1);
        yield return new("MWh", UnitClass.Energy, 1e3, 1);
        yield return new("GWh", UnitClass.Energy, 1e6, 1);
        yield return new("TWh", UnitClass.Energy, 1e9, 1);

        yield return new("ns", UnitClass.Time, 1, 1e9);
        yield return new("us", UnitClass.Time, 1, 1e6);
        yield return new("µs", UnitClass.Time, 1, 1e6);
        yield return new("ms", UnitClass.Time, 1, 1e3);
        foreach (UnitSymbol symbol in Times(1, "s", "sec", "second", "seconds")
            .Concat(Times(TimeLength.MinuteSeconds, "min", "minute", "minutes"))
            .Concat(Times(TimeLength.HourSeconds, "h", "hr", "hour", "hours"))
            .Concat(Times(TimeLength.DaySeconds, "d", "day", "days"))
            .Concat(Times(604800, "wk", "week", "weeks"))
            .Concat(Times(TimeLength.MonthSeconds, "mo", "month", "months"))
            .Concat(Times(TimeLength.YearSeconds, "y", "yr", "year", "years")))
        {
            yield return symbol;
        }

        foreach (string bytes in new[] { "B", "byte", "bytes" })
        {
            yield return new(bytes, UnitClass.Data, 1, 1);
        }

        foreach (UnitSymbol symbol in Scaled("B", UnitClass.Data, ["k", "M", "G", "T", "P"], 1))
        {
            yield return symbol;
        }

        double binary = 1;
        foreach (string text in new[] { "KiB", "MiB", "GiB", "TiB", "PiB" })
        {
            binary *= 1024;
            yield return new(text, UnitClass.Data, binary, 1);
        }

        foreach (string bit in new[] { "b", "bit" })
        {
            foreach (UnitSymbol symbol in Scaled(bit, UnitClass.Data, ["", "k", "M", "G", "T"], 8))
            {
                yield return symbol;
            }
        }

        foreach (string flop in new[] { "FLOP", "FLOPs" })
        {
            foreach (UnitSymbol symbol in Scaled(flop, UnitClass.Arithmetic, ["", "k", "M", "G", "T", "P", "E"], 1))
            {
                yield return symbol;
            }
        }

        foreach (string token in new[] { "tok", "token", "tokens" })
        {
            foreach (UnitSymbol symbol in Scaled(token, UnitClass.Token, ["", "k", "M", "B", "T"], 1))
            {
                yield return symbol;
            }
        }

        foreach (string chip in new[] { "GPU", "GPUs", "chip", "chips" })
        {
            yield return new(chip, UnitClass.Chip, 1, 1);
        }

        yield return new("task", UnitClass.Task, 1, 1);
        yield return new("tasks", UnitClass.Task, 1, 1);
        foreach (string carbon in new[] { "", "CO2", "CO2e" })
        {
            yield return new("g" + carbon, UnitClass.Carbon, 1, 1);
            yield return new("kg" + carbon, UnitClass.Carbon, 1e3, 1);
            yield return new("t" + carbon, UnitClass.Carbon, 1e6, 1);
        }

        yield return new("L", UnitClass.Water, 1, 1);
        yield return new("l", UnitClass.Water, 1, 1);
        yield return new("m3", UnitClass.Water, 1e3, 1);
        yield return new("FTE", UnitClass.Staff, 1, 1);
    }

    private static IEnumerable<UnitSymbol> Times(double seconds, params string[] names) => names.Select(name => new UnitSymbol(name, UnitClass.Time, seconds, 1));

    private static IEnumerable<UnitSymbol> Scaled(string text, UnitClass unitClass, string[] prefixes, double denominator)
    {
        foreach (string prefix in prefixes)
        {
            double scale = prefix switch
            {
                "" => 1,
                "k" => 1e3,
                "M" => 1e6,
                "B" or "G" => 1e9,
                "T" => 1e12,
                "P" => 1e15,
                _ => 1e18,
            };
            yield return new(prefix + text, unitClass, scale, denominator);
        }
    }
}
