namespace Millwright.Reports.Charts;

internal static class RangeChart
{
    public static string Draw(string description, IReadOnlyList<RangeRow> rows, string unit, double width)
    {
        var canvas = new SvgCanvas(width, description);
        RangeRow[] shown = [.. rows.Where(row => double.IsFinite(row.Value))];
        if (shown.Length == 0)
        {
            return canvas.Finish(1);
        }

        bool stacked = width < 600;
        double rowHeight = stacked ? 40 : 27;
        double valueWidth = Math.Min(shown.Max(row => TextMetrics.Width(Humanize.Value(row.Value, unit), 12.5, bold: true)) + 8, width * 0.3);
        double labelWidth = stacked ? 0 : Math.Min(shown.Max(row => TextMetrics.Width(Label(row), 12.5)) + 14, width * 0.46);
        double low = Math.Min(0, shown.Min(row => Math.Min(row.Value, Math.Min(Finite(row.Low, row.Value), Finite(row.High, row.Value)))));
        double high = shown.Max(row => Math.Max(row.Value, Math.Max(Finite(row.Low, row.Value), Finite(row.High, row.Value))));
        double bottom = 4 + (shown.Length * rowHeight);
        Axis axis = Axis.Over(low, high, unit, labelWidth + 8, width - valueWidth - 12, width < 420 ? 4 : 5);
        double end = Frame.Bottom(canvas, axis, 2, bottom, "");
        for (int i = 0; i < shown.Length; i++)
        {
            RangeRow row = shown[i];
            double y = 4 + (i * rowHeight) + (stacked ? 26 : 13);
            string text = Humanize.Value(row.Value, unit);
            double x = axis.At(row.Value);
            canvas.Text(0, stacked ? y - 12 : y + 4.5, Label(row), Anchor.Start, row.Outside ? "lb halo" : "st halo", 12.5, stacked ? width - valueWidth : labelWidth - 10);
            canvas.Text(width, y + 4.5, text, Anchor.End, "st halo", 12.5, bold: !row.Outside);
            if (row.Outside)
            {
                canvas.Path($"M{SvgCanvas.N(x)} {SvgCanvas.N(y - 6)}L{SvgCanvas.N(x + 6)} {SvgCanvas.N(y)}L{SvgCanvas.N(x)} {SvgCanvas.N(y + 6)}L{SvgCanvas.N(x - 6)} {SvgCanvas.N(y)}Z", "s1", $"{Label(row)}: {text}");
                continue;
            }

            double from = axis.At(Finite(row.Low, row.Value));
            double to = axis.At(Finite(row.High, row.Value));
            string range = row is { Low: double l, High: double h } ? ", p10 to p90 " + Humanize.Range(l, h, unit) : "";
            canvas.Rect(Math.Min(from, to), y - 5, Math.Max(Math.Abs(to - from), 1), 10, "b0", $"{Label(row)}: {text}{range}", 5);
            canvas.Rect(x - 1.75, y - 8, 3.5, 16, "s0", $"{Label(row)}: {text}{range}", 1.5);
        }

        return canvas.Finish(end);
    }

    private static string Label(RangeRow row) => row.Note.Length == 0 ? row.Label : $"{row.Label}, {row.Note}";

    private static double Finite(double? value, double otherwise) => value is double number && double.IsFinite(number) ? number : otherwise;
}
