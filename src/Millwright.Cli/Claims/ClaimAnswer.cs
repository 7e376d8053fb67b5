using Millwright.Catalog;
using Millwright.Reports;

namespace Millwright.Cli.Claims;

/// <summary>A claim with its computed figures and verdict.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Text">The answer, with its figures set in.</param>
/// <param name="Figures">The measures with their values, in the order of the claim.</param>
/// <param name="Tests">The tests with their outcome.</param>
/// <param name="Outside">The outside figures beside ours.</param>
/// <param name="Commands">Commands that answer it, without the name of the program.</param>
internal sealed record ClaimAnswer(
    ClaimRecord Claim,
    ClaimVerdict Verdict,
    string Text,
    IReadOnlyList<MeasuredFigure> Figures,
    IReadOnlyList<TestedStatement> Tests,
    IReadOnlyList<OutsideFigure> Outside,
    IReadOnlyList<string> Commands)
{
    /// <summary>The verdict in words.</summary>
    public string VerdictWords => Verdict == ClaimVerdict.DependsOn ? $"depends on {Claim.On}" : Words(Verdict);

    /// <summary>What was said in figures, such as "50 to 60 B$/GW"; empty where no figure was said.</summary>
    public string SaidFigures
    {
        get
        {
            double[] said = [.. new[] { Claim.Low, Claim.Mid, Claim.High }.OfType<double>()];
            return said.Length == 0 ? "" : said[0] == said[^1] ? CatalogText.Value(said[0], Claim.Unit) : CatalogText.Range(said[0], said[^1], Claim.Unit);
        }
    }

    /// <summary>A kind of verdict in words.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <returns>Such as "holds in part".</returns>
    public static string Words(ClaimVerdict verdict) => verdict switch
    {
        ClaimVerdict.Holds => "holds",
        ClaimVerdict.HoldsInPart => "holds in part",
        ClaimVerdict.DoesNotHold => "does not hold",
        ClaimVerdict.DependsOn => "depends",
        _ => "not yet",
    };
}

/// <summary>A measure with its value.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Value">Its value; not a number where there is none.</param>
/// <param name="Low">Its p10, or null.</param>
/// <param name="High">Its p90, or null.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Origin">Where it comes from: command and figure, rows, or other measures.</param>
/// <param name="Reason">Why it has no value, or null.</param>
internal sealed record MeasuredFigure(ClaimMeasure Measure, double Value, double? Low, double? High, string Unit, string Origin, string? Reason)
{
    /// <summary>The value with its unit, or why there is none.</summary>
    public string Shown => double.IsFinite(Value) ? CatalogText.Value(Value, Unit) : Reason ?? "no value";

    /// <summary>The range p10 to p90; empty where there is none.</summary>
    public string ShownRange => double.IsFinite(Value) && this is { Low: double low, High: double high } && low != high ? CatalogText.Range(low, high, Unit) : "";
}

/// <summary>How a test came out.</summary>
internal enum TestOutcome
{
    /// <summary>The value lies within the bounds.</summary>
    Met,

    /// <summary>The value lies outside, but the range p10 to p90 reaches the bounds.</summary>
    WithinRange,

    /// <summary>Neither.</summary>
    Missed,
}

/// <summary>A test with its outcome.</summary>
/// <param name="Test">The test.</param>
/// <param name="Figure">The figure tested.</param>
/// <param name="Outcome">How it came out.</param>
internal sealed record TestedStatement(ClaimTest Test, MeasuredFigure Figure, TestOutcome Outcome)
{
    /// <summary>The outcome in a word.</summary>
    public string Word => Outcome switch { TestOutcome.Met => "yes", TestOutcome.WithinRange => "within its range", _ => "no" };

    /// <summary>What was asked, such as "50.0 to 60.0 B$/GW" or "at least 0 %".</summary>
    public string Asked => Test switch
    {
        { AtLeast: double least, AtMost: double most } => least == most ? CatalogText.Value(least, Figure.Unit) : CatalogText.Range(least, most, Figure.Unit),
        { AtLeast: double least } => "at least " + CatalogText.Value(least, Figure.Unit),
        { AtMost: double most } => "at most " + CatalogText.Value(most, Figure.Unit),
        _ => "",
    };
}

/// <summary>A row of the catalog beside our figures.</summary>
/// <param name="Id">Id of the row, as "catalog show" takes it.</param>
/// <param name="What">What it is, in few words.</param>
/// <param name="Value">Its value as text; empty for an event.</param>
/// <param name="Number">Its value in the unit of the row, or null.</param>
/// <param name="Date">Its date.</param>
/// <param name="Source">Its source.</param>
/// <param name="Evidence">What stands behind it.</param>
internal sealed record OutsideFigure(string Id, string What, string Value, double? Number, string Date, string Source, Evidence Evidence);

/// <summary>Values in the units that the catalog's tables use, for people.</summary>
internal static class CatalogText
{
    /// <summary>A value with its unit.</summary>
    /// <param name="value">The value.</param>
    /// <param name="unit">Unit of a table, or an inside unit.</param>
    /// <returns>Such as "35.0 B$/GW" or "47.0 %".</returns>
    public static string Value(double value, string unit)
    {
        if (unit.StartsWith("flag", StringComparison.Ordinal))
        {
            return value == 0 ? "no" : "yes";
        }

        (double factor, string inside) = Inside(unit);
        return Humanize.Value(value * factor, inside);
    }

    /// <summary>Two values in one unit.</summary>
    /// <param name="low">The lower.</param>
    /// <param name="high">The higher.</param>
    /// <param name="unit">Their unit.</param>
    /// <returns>Such as "50.0 to 60.0 B$/GW".</returns>
    public static string Range(double low, double high, string unit)
    {
        (double factor, string inside) = Inside(unit);
        return Humanize.Range(low * factor, high * factor, inside);
    }

    // Tables write percent as whole numbers and dollars with their scale.
    private static (double Factor, string Unit) Inside(string unit) => unit switch
    {
        "%" or "percent" => (0.01, "share"),
        "%/yr" or "percent/yr" => (0.01, "1/yr"),
        _ when unit.StartsWith("USD_", StringComparison.Ordinal) => (1, unit[4..5] + "$" + unit[5..].Replace("/GW/yr", "/GW-yr", StringComparison.Ordinal)),
        _ => (1, unit),
    };
}
