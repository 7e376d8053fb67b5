using System.Globalization;

namespace Millwright.Cli.Validation;

/// <summary>What a tolerance is measured in.</summary>
internal enum FactMeasure
{
    /// <summary>A share of the expected value.</summary>
    Share,

    /// <summary>Percentage points, for values that are shares themselves.</summary>
    Points,

    /// <summary>The unit of the value.</summary>
    Units,
}

/// <summary>How far a reached value may lie from the expected one.</summary>
/// <param name="Measure">What the size is measured in.</param>
/// <param name="Size">Greatest deviation; a point is 0.01.</param>
internal readonly record struct FactTolerance(FactMeasure Measure, double Size)
{
    /// <summary>Nothing but the expected value will do.</summary>
    public static FactTolerance Exact => new(FactMeasure.Units, 0);

    public static FactTolerance Share(double size) => new(FactMeasure.Share, size);

    public static FactTolerance Points(double size) => new(FactMeasure.Points, size);

    public static FactTolerance Units(double size) => new(FactMeasure.Units, size);

    /// <summary>The deviation in the measure of the tolerance; NaN when nothing was reached.</summary>
    public double Deviation(double expected, double reached) =>
        Measure == FactMeasure.Share ? (reached - expected) / Math.Abs(expected) : reached - expected;

    /// <summary>True when the reached value is near enough. What was not reached never holds.</summary>
    public bool Holds(double expected, double reached) => Math.Abs(Deviation(expected, reached)) <= Size;

    /// <summary>The tolerance for people.</summary>
    /// <param name="unit">Inside unit of the values.</param>
    public string Text(string unit) => Measure switch
    {
        _ when Size == 0 => "exact",
        FactMeasure.Share => "± " + Percent(Size) + " %",
        FactMeasure.Points => "± " + Percent(Size) + " points",
        _ => "± " + InUnit(Size, unit, "G4"),
    };

    /// <summary>The deviation for people.</summary>
    /// <param name="expected">The expected value.</param>
    /// <param name="reached">The reached value.</param>
    /// <param name="unit">Inside unit of both.</param>
    public string DeviationText(double expected, double reached, string unit)
    {
        double deviation = Deviation(expected, reached);
        return Measure switch
        {
            _ when !double.IsFinite(deviation) => "none reached",
            _ when deviation == 0 => "0",
            FactMeasure.Share => Signed(deviation, Percent(Math.Abs(deviation)) + " %"),
            FactMeasure.Points => Signed(deviation, Percent(Math.Abs(deviation)) + " points"),
            _ => Signed(deviation, InUnit(Math.Abs(deviation), unit, "G2")),
        };
    }

    private static string InUnit(double size, string unit, string format) => unit is "USD/yr" or "USD/GW-yr" or "USD/GW"
        ? (size / 1e9).ToString(format, CultureInfo.InvariantCulture) + " B$"
        : size.ToString(format, CultureInfo.InvariantCulture);

    private static string Signed(double value, string magnitude) => (value < 0 ? "-" : "+") + magnitude;

    // What would round to nothing at two decimals is shown by its order, so that "+0.00 %" is never read as exact.
    private static string Percent(double share) => share * 100 is var percent && percent >= 0.005
        ? percent.ToString("0.##", CultureInfo.InvariantCulture)
        : percent.ToString("0.#E+0", CultureInfo.InvariantCulture);
}
