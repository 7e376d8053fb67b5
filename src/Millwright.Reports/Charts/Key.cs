namespace Millwright.Reports.Charts;

/// <summary>Keys that say which colour is what.</summary>
internal static class Key
{
    /// <summary>Style class of the nth colour; the ninth starts again.</summary>
    public static string Colour(string kind, int place) => kind + (place % Theme.Colours.Length).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A key in as many columns as fit, each entry with its own text at the right.</summary>
    /// <returns>The y below the key.</returns>
    public static double Table(SvgCanvas canvas, double top, IReadOnlyList<(int Colour, string Label, string Text)> entries, double least)
    {
        double widest = entries.Select(entry => TextMetrics.Width(entry.Label, 12.5) + TextMetrics.Width(entry.Text, 12.5, bold: true)).DefaultIfEmpty(0).Max() + 52;
        double columnWidth = Math.Min(Math.Max(widest, least), canvas.Width);
        int columns = Math.Max(1, (int)(canvas.Width / columnWidth));
        double cell = canvas.Width / columns;
        int rows = (entries.Count + columns - 1) / columns;
        for (int i = 0; i < entries.Count; i++)
        {
            double x = i / rows * cell;
            double y = top + (i % rows * 22);
            double right = x + cell - 20;
            canvas.Rect(x, y + 4, 11, 11, Colour("s", entries[i].Colour), null, 2);
            double textWidth = Math.Min(TextMetrics.Width(entries[i].Text, 12.5, bold: true), cell * 0.6);
            canvas.Text(right, y + 14, entries[i].Text, Anchor.End, "st", 12.5, textWidth + 0.01, bold: true);
            canvas.Text(x + 18, y + 14, entries[i].Label, Anchor.Start, "lb", 12.5, right - textWidth - 10 - x - 18);
        }

        return top + (rows * 22);
    }

    /// <summary>A key that flows in lines.</summary>
    /// <returns>The y below the key.</returns>
    public static double Flow(SvgCanvas canvas, double top, IReadOnlyList<(int Colour, string Label)> entries)
    {
        double x = 0;
        double y = top;
        foreach ((int colour, string label) in entries)
        {
            double textWidth = Math.Min(TextMetrics.Width(label, 12.5), canvas.Width - 18);
            if (x > 0 && x + 18 + textWidth > canvas.Width)
            {
                x = 0;
                y += 22;
            }

            canvas.Rect(x, y + 4, 11, 11, Colour("s", colour), null, 2);
            canvas.Text(x + 18, y + 14, label, Anchor.Start, "lb", 12.5, textWidth + 0.01);
            x += 18 + textWidth + 20;
        }

        return y + 22;
    }

    /// <summary>Moves centres apart so that boxes of the given height fit between the edges, keeping their order and moving little.</summary>
    /// <param name="centres">Wanted centres, ascending.</param>
    /// <param name="height">Height of each box.</param>
    /// <param name="top">Upper edge.</param>
    /// <param name="bottom">Lower edge.</param>
    /// <returns>Centres that are at least a height apart wherever there is room for all.</returns>
    public static double[] Spread(IReadOnlyList<double> centres, double height, double top, double bottom)
    {
        double[] placed = [.. centres];
        for (int i = 0; i < placed.Length; i++)
        {
            placed[i] = Math.Max(placed[i], i == 0 ? top + (height / 2) : placed[i - 1] + height);
        }

        for (int i = placed.Length - 1; i >= 0; i--)
        {
            placed[i] = Math.Min(placed[i], i == placed.Length - 1 ? bottom - (height / 2) : placed[i + 1] - height);
        }

        return placed;
    }
}
