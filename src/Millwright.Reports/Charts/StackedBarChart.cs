namespace Millwright.Reports.Charts;

internal static class StackedBarChart
{
    private const double BarHeight = 40;

    public static string Draw(string description, IReadOnlyList<ChartBar> bars, string unit, double width)
    {
        var canvas = new SvgCanvas(width, description);
        List<string> labels = [.. bars.SelectMany(bar => Shown(bar)).Select(part => part.Label).Distinct(StringComparer.Ordinal)];
        double greatest = bars.Select(Sum).DefaultIfEmpty(0).Max();
        bool several = bars.Count > 1;
        double y = 0;
        foreach (ChartBar bar in bars)
        {
            double sum = Sum(bar);
            if (several || bar.Label.Length > 0)
            {
                string text = Humanize.Value(sum, unit);
                double textWidth = TextMetrics.Width(text, 13, bold: true);
                canvas.Text(width, y + 14, text, Anchor.End, "st", 13, bold: true);
                canvas.Text(0, y + 14, bar.Label, Anchor.Start, "lb", 13, width - textWidth - 12);
                y += 22;
            }

            double x = 0;
            foreach (ChartPart part in Shown(bar))
            {
                double partWidth = part.Value / greatest * width;
                int colour = labels.IndexOf(part.Label);
                string value = Humanize.Value(part.Value, unit);
                string share = Humanize.Value(part.Value / sum, "share");
                canvas.Rect(x, y, partWidth - (partWidth > 4 ? 1.5 : 0), BarHeight, Key.Colour("s", colour), $"{part.Label}: {ValueAndShare(part.Value, sum, unit)}", partWidth > 8 ? 3 : 0);
                InsideLabel(canvas, x, y, partWidth - 1.5, part.Label, value, share, colour);
                x += partWidth;
            }

            y += BarHeight + (several ? 14 : 10);
        }

        if (!several && bars.Count == 1 && greatest > 0)
        {
            y = Key.Table(
                canvas,
                y,
                [.. Shown(bars[0]).Select(part => (labels.IndexOf(part.Label), part.Label, ValueAndShare(part.Value, greatest, unit)))],
                240);
        }
        else
        {
            y = Key.Flow(canvas, y, [.. labels.Select((label, i) => (i, label))]);
        }

        return canvas.Finish(y + 2);
    }

    private static string ValueAndShare(double value, double sum, string unit) =>
        unit == "share" ? Humanize.Value(value, unit) : $"{Humanize.Value(value, unit)} \u00b7 {Humanize.Value(value / sum, "share")}";

    private static void InsideLabel(SvgCanvas canvas, double x, double y, double partWidth, string label, string value, string share, int colour)
    {
        string style = Key.Colour("n", colour);
        double middle = x + (partWidth / 2);
        double room = partWidth - 10;
        if (TextMetrics.Width(label, 12, bold: true) <= room && TextMetrics.Width(value, 12) <= room)
        {
            canvas.Text(middle, y + 17, label, Anchor.Middle, style, 12, bold: true);
            canvas.Text(middle, y + 32, value, Anchor.Middle, style, 12);
        }
        else if (TextMetrics.Width(share, 12) <= room)
        {
            canvas.Text(middle, y + 24.5, share, Anchor.Middle, style, 12);
        }
    }

    private static IEnumerable<ChartPart> Shown(ChartBar bar) => bar.Parts.Where(part => double.IsFinite(part.Value) && part.Value > 0);

    private static double Sum(ChartBar bar) => Shown(bar).Sum(part => part.Value);
}
