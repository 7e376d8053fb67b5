namespace Millwright.Reports.Charts;

internal static class PanelChart
{
    private const double RowHeight = 34;

    public static string Draw(string description, IReadOnlyList<ChartPanel> panels, double width)
    {
        var canvas = new SvgCanvas(width, description);
        const double gap = 32;
        int columns = Math.Clamp((int)((width + gap) / (230 + gap)), 1, Math.Max(1, panels.Count));
        double panelWidth = (width - (gap * (columns - 1))) / columns;
        double y = 0;
        for (int first = 0; first < panels.Count; first += columns)
        {
            double height = 0;
            for (int i = first; i < Math.Min(first + columns, panels.Count); i++)
            {
                height = Math.Max(height, Panel(canvas, panels[i], (i - first) * (panelWidth + gap), y, panelWidth));
            }

            y += height + 20;
        }

        return canvas.Finish(Math.Max(1, y - 10));
    }

    private static double Panel(SvgCanvas canvas, ChartPanel panel, double left, double top, double width)
    {
        canvas.Text(left, top + 14, panel.Title, Anchor.Start, "st", 13, width, bold: true);
        double greatest = panel.Bars.Select(bar => double.IsFinite(bar.Value) ? Math.Abs(bar.Value) : 0).DefaultIfEmpty(0).Max();
        double least = panel.Bars.Select(bar => double.IsFinite(bar.Value) ? bar.Value : 0).DefaultIfEmpty(0).Min();
        double from = least < 0 ? left + (width / 2) : left;
        double room = least < 0 ? width / 2 : width;
        for (int i = 0; i < panel.Bars.Count; i++)
        {
            ChartPart bar = panel.Bars[i];
            double y = top + 24 + (i * RowHeight);
            string text = Humanize.Value(bar.Value, panel.Unit);
            double textWidth = TextMetrics.Width(text, 12, bold: true);
            canvas.Text(left + width, y + 12, text, Anchor.End, "st", 12, bold: true);
            canvas.Text(left, y + 12, bar.Label, Anchor.Start, "lb", 12, width - textWidth - 8);
            canvas.Rect(left, y + 17, width, 8, "track", null, 4);
            if (double.IsFinite(bar.Value) && greatest > 0)
            {
                double length = Math.Abs(bar.Value) / greatest * room;
                canvas.Rect(bar.Value < 0 ? from - length : from, y + 17, length, 8, Key.Colour("s", i), $"{bar.Label}: {text}", Math.Min(4, length / 2));
            }
        }

        return 24 + (panel.Bars.Count * RowHeight);
    }
}
