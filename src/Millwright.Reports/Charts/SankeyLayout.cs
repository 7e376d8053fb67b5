namespace Millwright.Reports.Charts;

/// <summary>A placed node of a Sankey diagram.</summary>
internal sealed class SankeyNode(string name, int place, bool passing = false)
{
    /// <summary>True for a place that a long flow passes through: it takes room but is not drawn.</summary>
    public bool IsPassing => passing;

    public string Name => name;

    public int Place => place;

    public int Column { get; set; }

    public double In { get; set; }

    public double Out { get; set; }

    public double Value => Math.Max(In, Out);

    public double Top { get; set; }

    public double Height { get; set; }

    public double NextIn { get; set; }

    public double NextOut { get; set; }
}

/// <summary>A placed flow: a ribbon of the same thickness at both ends.</summary>
internal readonly record struct SankeyRibbon(SankeyLink Link, SankeyNode From, SankeyNode To, double FromTop, double ToTop, double Thickness);

/// <summary>A flow between two nodes; a long one is cut into pieces of one column each, and remembers its ends.</summary>
internal sealed record SankeyLink(SankeyNode From, SankeyNode To, double Value, SankeyNode Source, SankeyNode Target);

/// <summary>
/// Places nodes in columns by the longest way from a source, ends at the right edge, and orders each column by the middle of what flows in, so that ribbons cross little.
/// </summary>
internal sealed class SankeyLayout
{
    private SankeyLayout(List<SankeyNode> nodes, List<SankeyRibbon> ribbons, int columns, double height)
    {
        Nodes = nodes;
        Ribbons = ribbons;
        Columns = columns;
        Height = height;
    }

    public List<SankeyNode> Nodes { get; }

    public List<SankeyRibbon> Ribbons { get; }

    public int Columns { get; }

    public double Height { get; }

    public static SankeyLayout Place(IReadOnlyList<SankeyFlow> flows, double gap, double least)
    {
        var byName = new Dictionary<string, SankeyNode>(StringComparer.Ordinal);
        var nodes = new List<SankeyNode>();
        var whole = new List<SankeyLink>();
        foreach (SankeyFlow flow in flows.Where(flow => double.IsFinite(flow.Value) && flow.Value > 0))
        {
            SankeyNode from = Node(flow.From);
            SankeyNode to = Node(flow.To);
            from.Out += flow.Value;
            to.In += flow.Value;
            whole.Add(new SankeyLink(from, to, flow.Value, from, to));
        }

        int columns = AssignColumns(nodes, whole);
        List<SankeyLink> links = Cut(nodes, whole);
        List<SankeyNode>[] byColumn = [.. Enumerable.Range(0, columns).Select(column => nodes.Where(node => node.Column == column).ToList())];
        double height = Math.Max(least, byColumn.Select(column => column.Count).DefaultIfEmpty(0).Max() * (gap + 14));
        double scale = byColumn.Select(column => (height - (gap * (column.Count - 1))) / column.Sum(node => node.Value)).DefaultIfEmpty(1).Min();
        foreach (List<SankeyNode> column in byColumn)
        {
            SankeyNode[] ordered = [.. column.OrderBy(node => Middle(node, links)).ThenBy(node => node.Place)];
            double used = column.Sum(node => node.Value * scale) + (gap * (column.Count - 1));
            double y = (height - used) / 2;
            foreach (SankeyNode node in ordered)
            {
                node.Top = y;
                node.Height = node.Value * scale;
                node.NextIn = y;
                node.NextOut = y;
                y += node.Height + gap;
            }
        }

        return new SankeyLayout(nodes, Ribbon(links, scale), columns, height);

        SankeyNode Node(string name)
        {
            if (!byName.TryGetValue(name, out SankeyNode? node))
            {
                node = new SankeyNode(name, nodes.Count);
                byName.Add(name, node);
                nodes.Add(node);
            }

            return node;
        }
    }

    private static int AssignColumns(List<SankeyNode> nodes, List<SankeyLink> links)
    {
        bool moved = true;
        for (int round = 0; moved; round++)
        {
            if (round > nodes.Count)
            {
                throw new ArgumentException("The flows run in a circle: a Sankey diagram needs a direction.", nameof(links));
            }

            moved = false;
            foreach ((SankeyNode from, SankeyNode to, _, _, _) in links)
            {
                if (to.Column <= from.Column)
                {
                    to.Column = from.Column + 1;
                    moved = true;
                }
            }
        }

        int last = nodes.Select(node => node.Column).DefaultIfEmpty(0).Max();
        foreach (SankeyNode node in nodes.Where(node => node.Out == 0))
        {
            node.Column = last;
        }

        return nodes.Count == 0 ? 0 : last + 1;
    }

    private static List<SankeyLink> Cut(List<SankeyNode> nodes, List<SankeyLink> whole)
    {
        var pieces = new List<SankeyLink>();
        foreach (SankeyLink link in whole)
        {
            SankeyNode from = link.From;
            for (int column = link.From.Column + 1; column < link.To.Column; column++)
            {
                var passing = new SankeyNode(link.To.Name, link.To.Place, passing: true) { Column = column, In = link.Value, Out = link.Value };
                nodes.Add(passing);
                pieces.Add(link with { From = from, To = passing });
                from = passing;
            }

            pieces.Add(link with { From = from });
        }

        return pieces;
    }

    private static double Middle(SankeyNode node, List<SankeyLink> links)
    {
        double sum = 0;
        double weight = 0;
        foreach ((SankeyNode from, SankeyNode to, double value, _, _) in links)
        {
            if (to == node)
            {
                sum += value * (from.Top + (from.Height / 2));
                weight += value;
            }
        }

        return weight > 0 ? Math.Round(sum / weight, 6) : 0;
    }

    private static List<SankeyRibbon> Ribbon(List<SankeyLink> links, double scale)
    {
        var ends = new Dictionary<(SankeyNode, SankeyNode, int), double>();
        int[] order = [.. Enumerable.Range(0, links.Count)];
        foreach (int i in order.OrderBy(i => links[i].From.Column).ThenBy(i => links[i].From.Top).ThenBy(i => links[i].To.Top))
        {
            ends[(links[i].From, links[i].To, i)] = links[i].From.NextOut;
            links[i].From.NextOut += links[i].Value * scale;
        }

        var ribbons = new List<SankeyRibbon>(links.Count);
        foreach (int i in order.OrderBy(i => links[i].To.Column).ThenBy(i => links[i].To.Top).ThenBy(i => links[i].From.Top).ThenBy(i => i))
        {
            (SankeyNode from, SankeyNode to, double value, _, _) = links[i];
            ribbons.Add(new SankeyRibbon(links[i], from, to, ends[(from, to, i)], to.NextIn, value * scale));
            to.NextIn += value * scale;
        }

        return ribbons;
    }
}
