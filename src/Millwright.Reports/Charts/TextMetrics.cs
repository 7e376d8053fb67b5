using System.Text;

namespace Millwright.Reports.Charts;

/// <summary>
/// How wide a text is, without a font: advance widths of Helvetica, widened to those of DejaVu Sans, the widest of the faces that
/// a page may meet. Too wide costs a little room, too narrow would make labels overlap.
/// </summary>
internal static class TextMetrics
{
    // Thousandths of the font size, from space to tilde.
    private static ReadOnlySpan<short> Widths =>
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584,
        584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
        278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
        500, 334, 260, 334, 584,
    ];

    /// <summary>Width of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Font size.</param>
    /// <param name="bold">True for a bold face.</param>
    /// <returns>Width in the unit of the font size.</returns>
    public static double Width(string text, double size, bool bold = false)
    {
        double sum = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            sum += RuneWidth(rune);
        }

        return sum * size / 1000 * (bold ? 1.27 : 1.17);
    }

    /// <summary>The text, cut with an ellipsis where it is too wide; empty where not even one letter fits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxWidth">Greatest width.</param>
    /// <param name="size">Font size.</param>
    /// <param name="bold">True for a bold face.</param>
    /// <returns>Text no wider than asked.</returns>
    public static string Fit(string text, double maxWidth, double size, bool bold = false)
    {
        if (Width(text, size, bold) <= maxWidth)
        {
            return text;
        }

        var kept = new StringBuilder();
        double room = maxWidth - Width("\u2026", size, bold);
        foreach (Rune rune in text.EnumerateRunes())
        {
            double width = RuneWidth(rune) * size / 1000 * (bold ? 1.27 : 1.17);
            if (width > room)
            {
                break;
            }

            room -= width;
            kept.Append(rune.ToString());
        }

        string start = kept.ToString().TrimEnd(' ', ',', '.', ':', ';');
        return start.Length == 0 ? "" : start + "\u2026";
    }

    private static int RuneWidth(Rune rune) => rune.Value switch
    {
        >= 32 and <= 126 => Widths[rune.Value - 32],
        < 32 => 600,
        0x2026 => 1000,
        0x2013 or 0x2212 => 584,
        < 0x300 => 667,
        < 0x1100 => 800,
        _ => 1300,
    };
}
