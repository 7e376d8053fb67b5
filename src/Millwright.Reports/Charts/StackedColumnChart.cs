namespace Millwright.Reports.Charts;

internal static class StackedColumnChart
{
    public static string Draw(string description, IReadOnlyList<string> columns, IReadOnlyList<ChartLayer> layers, string unit, double width, string xTitle)
    {
        var canvas = new SvgCanvas(width, description);
        double[] ups = new double[columns.Count];
        double[] downs = new double[columns.Count];
        foreach (ChartLayer layer in layers)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                double value = At(layer, i);
                ups[i] += Math.Max(value, 0);
                downs[i] += Math.Min(value, 0);
            }
        }

        double top = Key.Flow(canvas, 0, [.. layers.Select((layer, i) => (i, layer.Label))]) + 26;
        const double plot = 240;
        double bottom = top + plot;
        Axis axis = Axis.Over(downs.DefaultIfEmpty(0).Min(), ups.DefaultIfEmpty(0).Max(), unit, bottom, top, 5);
        double left = Frame.Left(canvas, axis, top, bottom, width, Frame.UnitTitle(axis));
        double step = columns.Count == 0 ? 0 : (width - left) / columns.Count;
        double columnWidth = Math.Min(step * 0.72, 64);
        double zero = axis.At(0);
        double[] up = new double[columns.Count];
        double[] down = new double[columns.Count];
        for (int l = 0; l < layers.Count; l++)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                double value = At(layers[l], i);
                if (value == 0)
                {
                    continue;
                }

                double start = value > 0 ? up[i] : down[i];
                (value > 0 ? up : down)[i] += value;
                double y1 = axis.At(start);
                double y2 = axis.At(start + value);
                double x = left + (step * i) + ((step - columnWidth) / 2);
                canvas.Rect(x, Math.Min(y1, y2), columnWidth, Math.Abs(y2 - y1), Key.Colour("s", l), $"{columns[i]}, {layers[l].Label}: {Humanize.Value(value, unit)}");
            }
        }

        canvas.Line(left, zero, width, zero, "zero");
        for (int i = 0; i < columns.Count; i++)
        {
            double middle = left + (step * (i + 0.5));
            string sum = axis.Unit.Number(ups[i] + downs[i]);
            if (TextMetrics.Width(sum, 11.5, bold: true) < step - 1)
            {
                canvas.Text(middle, axis.At(ups[i]) - 5, sum, Anchor.Middle, "st", 11.5, step, bold: true);
            }
        }

        double widest = columns.Select(column => TextMetrics.Width(column, 12)).DefaultIfEmpty(0).Max();
        int every = step <= 0 ? 1 : Math.Max(1, (int)Math.Ceiling((Math.Min(widest, 90) + 6) / step));
        for (int i = 0; i < columns.Count; i += every)
        {
            canvas.Text(left + (step * (i + 0.5)), bottom + 17, columns[i], Anchor.Middle, "ax", 12, (step * every) - 4);
        }

        double height = bottom + 24;
        if (xTitle.Length > 0)
        {
            canvas.Text(width, bottom + 35, xTitle, Anchor.End, "ax", 12);
            height += 18;
        }

        return canvas.Finish(height);
    }

    private static double At(ChartLayer layer, int i) => i < layer.Values.Count && double.IsFinite(layer.Values[i]) ? layer.Values[i] : 0;
}
