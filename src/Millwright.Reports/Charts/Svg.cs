namespace Millwright.Reports.Charts;

/// <summary>
/// Charts as pure functions from data to an SVG element for a page of <see cref="Millwright.Reports.Html.HtmlPage"/>. Colours come from the page's style sheet, so that one
/// picture serves light, dark and print; labels never overlap; every mark says its value in a title; the same data give the same text everywhere.
/// Values are in the inside unit named; axes and labels show the unit that people read.
/// </summary>
public static class Svg
{
    /// <summary>Width drawn for a full column of a page.</summary>
    public const double Wide = 1040;

    /// <summary>Width drawn for half a column of a page.</summary>
    public const double Half = 500;

    /// <summary>Width drawn for a telephone.</summary>
    public const double Narrow = 350;

    /// <summary>Horizontal bars made of parts, with a key that lists every part, its value and its share.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="bars">The bars; parts of one label have one colour throughout.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    public static string StackedBars(string description, IReadOnlyList<ChartBar> bars, string unit, double width) =>
        StackedBarChart.Draw(description, bars, unit, width);

    /// <summary>Columns made of layers, such as cost per year by part.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="columns">Name of each column.</param>
    /// <param name="layers">Layers from the bottom up; negative values stack downwards.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="xTitle">What runs along the x axis.</param>
    /// <returns>An svg element.</returns>
    public static string StackedColumns(
        string description, IReadOnlyList<string> columns, IReadOnlyList<ChartLayer> layers, string unit, double width, string xTitle = "") =>
        StackedColumnChart.Draw(description, columns, layers, unit, width, xTitle);

    /// <summary>A Sankey diagram: what flows where, from left to right.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="flows">The flows; nodes appear in the order they are named.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    /// <exception cref="ArgumentException">The flows run in a circle.</exception>
    public static string Sankey(string description, IReadOnlyList<SankeyFlow> flows, string unit, double width) =>
        SankeyChart.Draw(description, flows, unit, width);

    /// <summary>Lines, areas and bands over a common axis, such as cash flow by month.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="xTitle">What runs along the x axis.</param>
    /// <param name="markers">Places along the x axis worth naming.</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="inMonths">True where the x axis may count months, which read best in years and their halves.</param>
    /// <returns>An svg element.</returns>
    public static string Lines(
        string description, IReadOnlyList<ChartLine> lines, string unit, string xTitle, IReadOnlyList<ChartMarker> markers, double width, bool inMonths = true) =>
        LineChart.Draw(description, lines, unit, xTitle, markers, width, inMonths);

    /// <summary>A waterfall of rows: how changes add up.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="steps">The steps in order.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    public static string Waterfall(string description, IReadOnlyList<WaterfallStep> steps, string unit, double width) =>
        WaterfallChart.Draw(description, steps, unit, width);

    /// <summary>A tornado: how far each input moves a result, either side of its planned value.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="planned">The result as planned.</param>
    /// <param name="bars">The bars, greatest first.</param>
    /// <param name="unit">Inside unit of the result.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    public static string Tornado(string description, double planned, IReadOnlyList<TornadoBar> bars, string unit, double width) =>
        TornadoChart.Draw(description, planned, bars, unit, width);

    /// <summary>Range bars from p10 over p50 to p90, beside figures of others.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="rows">The rows in order.</param>
    /// <param name="unit">Inside unit of the values.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    public static string Ranges(string description, IReadOnlyList<RangeRow> rows, string unit, double width) =>
        RangeChart.Draw(description, rows, unit, width);

    /// <summary>Small panels of bars side by side: the same cases, one figure a panel, each on its own scale from zero.</summary>
    /// <param name="description">What the picture shows, for those who cannot see it.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="width">Width of the picture.</param>
    /// <returns>An svg element.</returns>
    public static string SmallMultiples(string description, IReadOnlyList<ChartPanel> panels, double width) =>
        PanelChart.Draw(description, panels, width);

    /// <summary>A picture as a file of its own, with the colours inside.</summary>
    /// <param name="svg">What one of the functions above returned.</param>
    /// <returns>A whole SVG document.</returns>
    public static string Standalone(string svg)
    {
        ArgumentNullException.ThrowIfNull(svg);
        int end = svg.IndexOf('>', StringComparison.Ordinal) + 1;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + svg[4..end] + "\n<style>" + Theme.PictureStyle + "</style>\n" + svg[end..];
    }
}
