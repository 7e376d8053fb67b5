namespace Millwright.Reports.Charts;

internal static class WaterfallChart
{
    private const double RowHeight = 30;

    public static string Draw(string description, IReadOnlyList<WaterfallStep> steps, string unit, double width)
    {
        var canvas = new SvgCanvas(width, description);
        WaterfallStep[] shown = [.. steps.Where(step => step.IsTotal || double.IsFinite(step.Value))];
        var rows = new List<(WaterfallStep Step, double From, double To)>();
        double running = 0;
        foreach (WaterfallStep step in shown)
        {
            rows.Add(step.IsTotal ? (step, 0, running) : (step, running, running + step.Value));
            running = step.IsTotal ? running : running + step.Value;
        }

        if (rows.Count == 0)
        {
            return canvas.Finish(1);
        }

        double labelWidth = Math.Min(rows.Max(row => TextMetrics.Width(row.Step.Label, 12.5, row.Step.IsTotal)) + 12, width * 0.38);
        double valueWidth = Math.Min(rows.Max(row => TextMetrics.Width(Text(row), 12.5, bold: true)) + 12, width * 0.35);
        double low = Math.Min(0, rows.Min(row => Math.Min(row.From, row.To)));
        double high = Math.Max(0, rows.Max(row => Math.Max(row.From, row.To)));
        Axis axis = Axis.Over(low, high, unit, labelWidth, width - valueWidth, width < 420 ? 3 : 6, fit: true);
        double bottom = 4 + (rows.Count * RowHeight);
        for (int i = 0; i < rows.Count; i++)
        {
            (WaterfallStep step, double from, double to) = rows[i];
            double y = 4 + (i * RowHeight);
            double x1 = axis.At(Math.Min(from, to));
            double x2 = axis.At(Math.Max(from, to));
            string style = step.IsTotal ? "s7" : to >= from ? "s0" : "s1";
            canvas.Rect(x1, y + 4, Math.Max(x2 - x1, 1.5), RowHeight - 9, style, $"{step.Label}: {Text(rows[i])}", 2);
            if (i + 1 < rows.Count)
            {
                double x = axis.At(to);
                canvas.Line(x, y + 4, x, y + RowHeight + RowHeight - 5, "mark");
            }

            canvas.Text(0, y + 19, step.Label, Anchor.Start, step.IsTotal ? "st" : "lb", 12.5, labelWidth - 8, step.IsTotal);
            canvas.Text(x2 + 6, y + 19, Text(rows[i]), Anchor.Start, "st", 12.5, valueWidth, bold: true);
        }

        canvas.Line(axis.At(0), 2, axis.At(0), bottom, "zero");
        return canvas.Finish(bottom + 4);

        string Text((WaterfallStep Step, double From, double To) row) =>
            row.Step.IsTotal ? Humanize.Value(row.To, unit) : (row.To >= row.From ? "+" : "\u2212") + Humanize.Value(Math.Abs(row.Step.Value), unit);
    }
}
