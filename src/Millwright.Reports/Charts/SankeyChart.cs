using static Millwright.Reports.Charts.SvgCanvas;

namespace Millwright.Reports.Charts;

internal static class SankeyChart
{
    private const double NodeWidth = 14;

    public static string Draw(string description, IReadOnlyList<SankeyFlow> flows, string unit, double width)
    {
        var canvas = new SvgCanvas(width, description);
        bool narrow = width < 600;
        SankeyLayout layout = SankeyLayout.Place(flows, narrow ? 20 : 16, narrow ? 420 : 380);
        if (layout.Nodes.Count == 0)
        {
            return canvas.Finish(1);
        }

        double size = narrow ? 11.5 : 13;
        double labelHeight = narrow ? 28 : 19;
        const double top = 16;
        double lastWidth = Math.Min(
            layout.Nodes.Where(node => node.Column == layout.Columns - 1).Max(node => LabelWidth(node, unit, size, narrow)) + 22,
            width * (narrow ? 0.4 : 0.34));
        double step = layout.Columns > 1 ? (width - lastWidth - NodeWidth) / (layout.Columns - 1) : 0;
        double least = layout.Nodes.GroupBy(node => node.Column).Max(group => group.Count()) * labelHeight;
        double bottom = top + Math.Max(layout.Height, least);

        foreach (SankeyRibbon ribbon in layout.Ribbons)
        {
            double x1 = (ribbon.From.Column * step) + (ribbon.From.IsPassing ? 0 : NodeWidth);
            double x2 = ribbon.To.Column * step;
            double middle = (x1 + x2) / 2;
            double a1 = top + ribbon.FromTop;
            double b1 = top + ribbon.ToTop;
            double thickness = Math.Max(ribbon.Thickness, 0.75);
            canvas.Path(
                $"M{N(x1)} {N(a1)}C{N(middle)} {N(a1)} {N(middle)} {N(b1)} {N(x2)} {N(b1)}V{N(b1 + thickness)}C{N(middle)} {N(b1 + thickness)} {N(middle)} {N(a1 + thickness)} {N(x1)} {N(a1 + thickness)}Z",
                Key.Colour("b", ribbon.To.Place),
                $"{ribbon.Link.Source.Name} to {ribbon.Link.Target.Name}: {Humanize.Value(ribbon.Link.Value, unit)}");
        }

        double all = layout.Nodes.Where(node => node.In == 0).Sum(node => node.Value);
        foreach (SankeyNode node in layout.Nodes.Where(node => !node.IsPassing))
        {
            string share = all > 0 ? ", " + Humanize.Value(node.Value / all, "share") : "";
            canvas.Rect(node.Column * step, top + node.Top, NodeWidth, Math.Max(node.Height, 1), Key.Colour("s", node.Place), $"{node.Name}: {Humanize.Value(node.Value, unit)}{share}", 2);
        }

        foreach (IGrouping<int, SankeyNode> column in layout.Nodes.Where(node => !node.IsPassing).GroupBy(node => node.Column).OrderByDescending(group => group.Key))
        {
            Labels(canvas, [.. column.OrderBy(node => node.Top)], unit, layout.Columns, step, size, labelHeight, narrow, top, bottom);
        }

        return canvas.Finish(bottom + 8);
    }

    private static void Labels(
        SvgCanvas canvas, SankeyNode[] nodes, string unit, int columns, double step, double size, double labelHeight, bool narrow, double top, double bottom)
    {
        double[] wanted = [.. nodes.Select(node => top + node.Top + (node.Height / 2))];
        double[] placed = Key.Spread(wanted, labelHeight, top - 8, bottom + 6);
        bool last = nodes[0].Column == columns - 1;
        for (int i = 0; i < nodes.Length; i++)
        {
            double x = (nodes[i].Column * step) + NodeWidth;
            double room = (last ? canvas.Width - x : step - NodeWidth) - 14;
            if (last && Math.Abs(placed[i] - wanted[i]) > 1)
            {
                canvas.Path($"M{N(x + 1)} {N(wanted[i])}L{N(x + 9)} {N(placed[i])}", "lead");
            }

            string value = Humanize.Value(nodes[i].Value, unit);
            if (narrow)
            {
                canvas.Text(x + 12, placed[i] - 3, nodes[i].Name, Anchor.Start, "lb halo", size, room);

                // A number cut short would read as another number: it is whole or not there, and the node's title says it anyway.
                if (TextMetrics.Width(value, size, bold: true) <= room)
                {
                    canvas.Text(x + 12, placed[i] + 10.5, value, Anchor.Start, "st halo", size, room, bold: true);
                }

                continue;
            }

            double valueWidth = TextMetrics.Width(value, size, bold: true);
            canvas.Text(x + 12, placed[i] + 4.5, value, Anchor.Start, "st halo", size, room, bold: true);
            canvas.Text(x + 12 + valueWidth + 7, placed[i] + 4.5, nodes[i].Name, Anchor.Start, "lb halo", size, room - valueWidth - 7);
        }
    }

    private static double LabelWidth(SankeyNode node, string unit, double size, bool narrow)
    {
        double name = TextMetrics.Width(node.Name, size);
        double value = TextMetrics.Width(Humanize.Value(node.Value, unit), size, bold: true);
        return NodeWidth + (narrow ? Math.Max(name, value) : name + 7 + value);
    }
}
