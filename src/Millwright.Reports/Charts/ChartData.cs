namespace Millwright.Reports.Charts;

/// <summary>A part of a whole.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">Its value, in the unit of the chart.</param>
public readonly record struct ChartPart(string Label, double Value);

/// <summary>A bar made of parts.</summary>
/// <param name="Label">What the bar is; may be empty where there is one bar.</param>
/// <param name="Parts">Its parts, in the order drawn.</param>
public sealed record ChartBar(string Label, IReadOnlyList<ChartPart> Parts);

/// <summary>One layer of a stack of columns.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Values">One value per column, in the unit of the chart.</param>
public sealed record ChartLayer(string Label, IReadOnlyList<double> Values);

/// <summary>A flow between two nodes of a Sankey diagram.</summary>
/// <param name="From">Name of the node it leaves.</param>
/// <param name="To">Name of the node it reaches.</param>
/// <param name="Value">Its size, in the unit of the chart; zero, negative and non-finite flows are not drawn.</param>
public readonly record struct SankeyFlow(string From, string To, double Value);

/// <summary>A line over a common x axis.</summary>
/// <param name="Label">What it is.</param>
/// <param name="X">Places along the axis, ascending.</param>
/// <param name="Y">Values, in the unit of the chart; non-finite values leave a gap.</param>
/// <param name="Low">Lower edge of a band (p10), or null.</param>
/// <param name="High">Upper edge of a band (p90), or null.</param>
/// <param name="Filled">True to fill the area down to zero.</param>
public sealed record ChartLine(
    string Label, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double>? Low = null, IReadOnlyList<double>? High = null, bool Filled = false);

/// <summary>A place along the x axis worth naming.</summary>
/// <param name="Label">What happens there.</param>
/// <param name="X">The place.</param>
public readonly record struct ChartMarker(string Label, double X);

/// <summary>A step of a waterfall.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The change, or the running sum where <paramref name="IsTotal"/> is set (the value is then not read).</param>
/// <param name="IsTotal">True for a bar from zero to the sum of all changes before it.</param>
public readonly record struct WaterfallStep(string Label, double Value, bool IsTotal = false);

/// <summary>A bar of a tornado.</summary>
/// <param name="Label">The input that moves the result.</param>
/// <param name="Low">Result with the input at its p10.</param>
/// <param name="High">Result with the input at its p90.</param>
/// <param name="Note">What a reader should know about the range; may be empty.</param>
public readonly record struct TornadoBar(string Label, double Low, double High, string Note = "");

/// <summary>A row of a range chart.</summary>
/// <param name="Label">Whose figure it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Low">p10, or null.</param>
/// <param name="High">p90, or null.</param>
/// <param name="Note">Such as its date; may be empty.</param>
/// <param name="Outside">True for a figure of others.</param>
public readonly record struct RangeRow(string Label, double Value, double? Low, double? High, string Note, bool Outside);

/// <summary>One panel of small multiples: the same few bars for one figure.</summary>
/// <param name="Title">What the panel shows.</param>
/// <param name="Unit">Unit of its values.</param>
/// <param name="Bars">One bar per case; a non-finite value is shown as n/a.</param>
public sealed record ChartPanel(string Title, string Unit, IReadOnlyList<ChartPart> Bars);
