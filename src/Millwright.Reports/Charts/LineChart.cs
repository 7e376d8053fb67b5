using System.Text;
using static Millwright.Reports.Charts.SvgCanvas;

namespace Millwright.Reports.Charts;

internal static class LineChart
{
    private const int MostStrips = 150;

    public static string Draw(
        string description, IReadOnlyList<ChartLine> lines, string unit, string xTitle, IReadOnlyList<ChartMarker> markers, double width, bool inMonths)
    {
        var canvas = new SvgCanvas(width, description);
        double[] xs = [.. lines.SelectMany(line => line.X).Where(double.IsFinite)];
        double[] ys = [.. lines.SelectMany(line => line.Y.Concat(line.Low ?? []).Concat(line.High ?? [])).Where(double.IsFinite)];
        if (xs.Length == 0 || ys.Length == 0)
        {
            return canvas.Finish(1);
        }

        bool keyed = lines.Count > 1;
        double top = (keyed ? Key.Flow(canvas, 0, [.. lines.Select((line, i) => (i, line.Label))]) : 0) + 26 + (markers.Count > 0 ? 14 : 0);
        double bottom = top + (width < 600 ? 200 : 230);
        Axis yAxis = Axis.Over(Math.Min(0, ys.Min()), Math.Max(0, ys.Max()), unit, bottom, top, 5);
        double left = Frame.Left(canvas, yAxis, top, bottom, width - 8, Frame.UnitTitle(yAxis));
        Axis xAxis = XAxis(xs.Min(), xs.Max(), left, width - 14, width, inMonths);
        foreach (double tick in xAxis.Ticks())
        {
            double x = xAxis.At(tick);
            canvas.Line(x, bottom, x, bottom + 4, "zero");
            canvas.Text(x, bottom + 18, xAxis.TickText(tick), Anchor.Middle, "ax");
        }

        canvas.Text(width, bottom + 35, xTitle, Anchor.End, "ax");
        for (int i = 0; i < lines.Count; i++)
        {
            DrawLine(canvas, lines[i], i, xAxis, yAxis);
        }

        canvas.Line(left, yAxis.At(0), width - 8, yAxis.At(0), "zero");
        Markers(canvas, markers, xAxis, top, bottom);
        // A telephone has no pointer to hover with.
        if (width > Svg.Narrow)
        {
            Strips(canvas, lines, unit, xTitle, xAxis, top, bottom);
        }
        return canvas.Finish(bottom + 42);
    }

    private static Axis XAxis(double low, double high, double from, double to, double width, bool inMonths)
    {
        int ticks = width < 420 ? 5 : 10;

        // Months read best in years and their halves.
        return inMonths && high - low > 24 && MonthStep((high - low) / ticks) is double step
            ? Axis.Stepped(low, high, step, from, to)
            : Axis.Over(low, high, "1", from, to, ticks, fit: true);
    }

    private static double? MonthStep(double least)
    {
        foreach (double step in (ReadOnlySpan<double>)[6, 12, 24, 60, 120])
        {
            if (step >= least)
            {
                return step;
            }
        }

        return null;
    }

    private static void DrawLine(SvgCanvas canvas, ChartLine line, int colour, Axis xAxis, Axis yAxis)
    {
        int count = Math.Min(line.X.Count, line.Y.Count);
        if (line is { Low: not null, High: not null })
        {
            int edge = Math.Min(count, Math.Min(line.Low.Count, line.High.Count));
            int[] good = [.. Enumerable.Range(0, edge).Where(i => double.IsFinite(line.X[i]) && double.IsFinite(line.Low[i]) && double.IsFinite(line.High[i]))];
            if (good.Length > 1)
            {
                IEnumerable<string> points = good.Select(i => Point(line.X[i], line.High[i]))
                    .Concat(good.Reverse().Select(i => Point(line.X[i], line.Low[i])));
                canvas.Path("M" + string.Join('L', points) + "Z", Key.Colour("b", colour));
            }
        }

        var data = new StringBuilder();
        var run = new List<int>();
        for (int i = 0; i <= count; i++)
        {
            if (i < count && double.IsFinite(line.X[i]) && double.IsFinite(line.Y[i]))
            {
                run.Add(i);
                continue;
            }

            if (run.Count > 0)
            {
                string points = string.Join('L', run.Select(k => Point(line.X[k], line.Y[k])));
                data.Append('M').Append(points);
                if (line.Filled)
                {
                    canvas.Path($"M{Point(line.X[run[0]], 0)}L{points}L{Point(line.X[run[^1]], 0)}Z", Key.Colour("b", colour));
                }

                if (run.Count == 1)
                {
                    canvas.Dot(xAxis.At(line.X[run[0]]), yAxis.At(line.Y[run[0]]), 2.5, Key.Colour("s", colour));
                }
            }

            run.Clear();
        }

        if (data.Length > 0)
        {
            canvas.Path(data.ToString(), Key.Colour("l", colour));
        }

        string Point(double x, double y) => N(xAxis.At(x)) + " " + N(yAxis.At(y));
    }

    private static void Markers(SvgCanvas canvas, IReadOnlyList<ChartMarker> markers, Axis xAxis, double top, double bottom)
    {
        ChartMarker[] shown = [.. markers.Where(m => double.IsFinite(m.X) && m.X >= xAxis.Low && m.X <= xAxis.High).OrderBy(m => m.X)];
        foreach (ChartMarker marker in shown)
        {
            canvas.Line(xAxis.At(marker.X), top - 6, xAxis.At(marker.X), bottom, "mark");
        }

        foreach (ChartMarker marker in shown)
        {
            double x = xAxis.At(marker.X);
            Anchor anchor = x > canvas.Width * 0.6 ? Anchor.End : Anchor.Start;
            double labelX = anchor == Anchor.End ? x - 4 : x + 4;
            if (!canvas.Text(labelX, top - 4, marker.Label, anchor, "mk halo", 11.5))
            {
                canvas.Text(labelX, top - 18, marker.Label, anchor, "mk halo", 11.5);
            }
        }
    }

    // Invisible strips whose title says all values at one place: hovering needs no script.
    private static void Strips(SvgCanvas canvas, IReadOnlyList<ChartLine> lines, string unit, string xTitle, Axis xAxis, double top, double bottom)
    {
        double[] places = [.. lines.SelectMany(line => line.X).Where(double.IsFinite).Distinct().Order()];
        int every = Math.Max(1, (places.Length + MostStrips - 1) / MostStrips);
        for (int i = 0; i < places.Length; i += every)
        {
            double from = i == 0 ? xAxis.At(places[0]) : xAxis.At((places[i] + places[i - every]) / 2);
            double to = i + every < places.Length ? xAxis.At((places[i] + places[i + every]) / 2) : xAxis.At(places[i]) + 4;
            var title = new StringBuilder(xTitle).Append(' ').Append(Humanize.Value(places[i], "1"));
            foreach (ChartLine line in lines)
            {
                int k = IndexOf(line.X, places[i]);
                if (k >= 0 && k < line.Y.Count && double.IsFinite(line.Y[k]))
                {
                    title.Append("; ").Append(line.Label).Append(": ").Append(Humanize.Value(line.Y[k], unit));
                }
            }

            canvas.Rect(from, top, to - from, bottom - top, "hit", title.ToString());
        }
    }

    private static int IndexOf(IReadOnlyList<double> xs, double x)
    {
        for (int i = 0; i < xs.Count; i++)
        {
            if (xs[i] == x)
            {
                return i;
            }
        }

        return -1;
    }
}
