namespace Millwright.Reports.Charts;

internal static class TornadoChart
{
    public static string Draw(string description, double planned, IReadOnlyList<TornadoBar> bars, string unit, double width)
    {
        var canvas = new SvgCanvas(width, description);
        TornadoBar[] shown = [.. bars.Where(bar => double.IsFinite(bar.Low) && double.IsFinite(bar.High))];
        if (shown.Length == 0 || !double.IsFinite(planned))
        {
            return canvas.Finish(1);
        }

        bool stacked = width < 600;
        double rowHeight = stacked ? 46 : 32;
        double labelWidth = stacked ? 0 : Math.Min(shown.Max(bar => TextMetrics.Width(Label(bar), 12.5)) + 14, width * 0.36);
        double widest = shown.Max(bar => Math.Max(TextMetrics.Width(Humanize.Value(bar.Low, unit), 12), TextMetrics.Width(Humanize.Value(bar.High, unit), 12)));
        double valueWidth = Math.Min(widest + 12, width * 0.25);
        double low = shown.Min(bar => Math.Min(bar.Low, bar.High));
        double high = shown.Max(bar => Math.Max(bar.Low, bar.High));
        double top = Key.Flow(canvas, 0, [(4, "input at its p10"), (5, "input at its p90")]) + 24;
        double bottom = top + (shown.Length * rowHeight);
        Axis axis = Axis.Over(Math.Min(low, planned), Math.Max(high, planned), unit, labelWidth + valueWidth, width - valueWidth - 2, width < 420 ? 3 : 6, fit: true);
        double end = Frame.Bottom(canvas, axis, top, bottom, Frame.UnitTitle(axis));
        double middle = axis.At(planned);
        canvas.Text(middle, top - 8, "planned " + Humanize.Value(planned, unit), Anchor.Middle, "st", 12, bold: true);
        for (int i = 0; i < shown.Length; i++)
        {
            TornadoBar bar = shown[i];
            double y = top + (i * rowHeight) + (stacked ? 20 : 6);
            if (stacked)
            {
                canvas.Text(0, y - 5, Label(bar), Anchor.Start, "lb halo", 12.5, width);
            }
            else
            {
                canvas.Text(0, y + 14, Label(bar), Anchor.Start, "lb", 12.5, labelWidth - 10);
            }

            // With both ends on one side the bars would cover each other: each gets half the height.
            bool sameSide = (bar.Low - planned) * (bar.High - planned) > 0;
            End(canvas, bar, bar.Low, "s4", "p10", axis, middle, y, sameSide ? 9.5 : 20, unit);
            End(canvas, bar, bar.High, "s5", "p90", axis, middle, sameSide ? y + 10.5 : y, sameSide ? 9.5 : 20, unit);
            double left = Math.Min(bar.Low, bar.High);
            double right = Math.Max(bar.Low, bar.High);
            canvas.Text(Math.Min(axis.At(left), middle) - 5, y + 14, Humanize.Value(left, unit), Anchor.End, "lb halo", 12, valueWidth);
            canvas.Text(Math.Max(axis.At(right), middle) + 5, y + 14, Humanize.Value(right, unit), Anchor.Start, "lb halo", 12, valueWidth);
        }

        canvas.Line(middle, top - 2, middle, bottom, "zero");
        return canvas.Finish(end);
    }

    private static void End(SvgCanvas canvas, TornadoBar bar, double value, string style, string at, Axis axis, double middle, double y, double height, string unit)
    {
        double x = axis.At(value);
        canvas.Rect(Math.Min(x, middle), y, Math.Max(Math.Abs(x - middle), 0.5), height, style, $"{bar.Label} at its {at}: {Humanize.Value(value, unit)}", 1.5);
    }

    private static string Label(TornadoBar bar) => bar.Note.Length == 0 ? bar.Label : $"{bar.Label} ({bar.Note})";
}
