namespace Millwright.Reports.Charts;

/// <summary>Grid lines and tick labels round a plot.</summary>
internal static class Frame
{
    public static string UnitTitle(Axis axis) => axis.Unit.Label;

    /// <summary>Draws a vertical axis at the left with grid lines.</summary>
    /// <returns>The x where the plot begins.</returns>
    public static double Left(SvgCanvas canvas, Axis axis, double top, double bottom, double right, string title)
    {
        double[] ticks = [.. axis.Ticks()];
        double left = ticks.Select(tick => TextMetrics.Width(axis.TickText(tick), 12)).DefaultIfEmpty(0).Max() + 8;
        if (title.Length > 0)
        {
            canvas.Text(0, top - 12, title, Anchor.Start, "ax", 12, right);
        }

        foreach (double tick in ticks)
        {
            double y = axis.At(tick);
            canvas.Line(left, y, right, y, "gr");
            canvas.Text(left - 6, Math.Min(y + 4, bottom + 4), axis.TickText(tick), Anchor.End, "ax");
        }

        return left;
    }

    /// <summary>Draws a horizontal axis with grid lines upwards, the unit at its end.</summary>
    /// <returns>The y below the labels.</returns>
    public static double Bottom(SvgCanvas canvas, Axis axis, double top, double bottom, string title)
    {
        foreach (double tick in axis.Ticks())
        {
            double x = axis.At(tick);
            canvas.Line(x, top, x, bottom, "gr");
            canvas.Text(x, bottom + 16, axis.TickText(tick), Anchor.Middle, "ax");
        }

        if (title.Length > 0)
        {
            canvas.Text(canvas.Width, bottom + 34, title, Anchor.End, "ax");
            return bottom + 40;
        }

        return bottom + 22;
    }
}
