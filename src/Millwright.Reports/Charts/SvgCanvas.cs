using System.Globalization;
using System.Text;
using Millwright.Reports.Html;

namespace Millwright.Reports.Charts;

/// <summary>Where a text starts from.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>
/// Collects the marks of one picture. It keeps the box of every text and draws none that would run out of the picture or over another text: whatever the data,
/// labels never overlap. What a text that was left out said is still in the mark's title.
/// </summary>
internal sealed class SvgCanvas(double width, string description)
{
    private readonly StringBuilder _body = new();
    private readonly List<(double Left, double Top, double Right, double Bottom)> _texts = [];

    public double Width => width;

    public void Rect(double x, double y, double rectWidth, double height, string style, string? title = null, double radius = 0)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(Math.Max(rectWidth, 0))}\" height=\"{N(Math.Max(height, 0))}\"");
        if (radius > 0)
        {
            _body.Append(CultureInfo.InvariantCulture, $" rx=\"{N(radius)}\"");
        }

        Close("rect", title);
    }

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _body.Append(CultureInfo.InvariantCulture, $"<line class=\"{style}\" x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"/>\n");

    public void Path(string data, string style, string? title = null)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"{data}\"");
        Close("path", title);
    }

    public void Dot(double x, double y, double radius, string style, string? title = null)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"");
        Close("circle", title);
    }

    /// <summary>Draws a text, cut to fit, unless it would overlap another.</summary>
    /// <returns>True when it was drawn.</returns>
    public bool Text(double x, double baseline, string text, Anchor anchor, string style, double size = 12, double maxWidth = double.PositiveInfinity, bool bold = false)
    {
        // What is written is what must fit.
        x = Math.Round(x, 1);
        baseline = Math.Round(baseline, 1);
        double room = anchor switch
        {
            Anchor.Start => width - x,
            Anchor.End => x,
            _ => 2 * Math.Min(x, width - x),
        };
        string shown = TextMetrics.Fit(text, Math.Min(room, maxWidth), size, bold);
        if (string.IsNullOrWhiteSpace(shown))
        {
            return false;
        }

        var box = TextBox(x, baseline, shown, anchor, size, bold);
        if (box.Top < 0 || _texts.Exists(other => Overlap(other, box)))
        {
            return false;
        }

        _texts.Add(box);
        string end = anchor switch
        {
            Anchor.Start => "",
            Anchor.End => " text-anchor=\"end\"",
            _ => " text-anchor=\"middle\"",
        };
        _body.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{N(x)}\" y=\"{N(baseline)}\" font-size=\"{N(size)}\"{(bold ? " font-weight=\"600\"" : "")}{end}>");
        _body.Append(Markup.Escape(shown));
        if (shown != text)
        {
            _body.Append("<title>").Append(Markup.Escape(text)).Append("</title>");
        }

        _body.Append("</text>\n");
        return true;
    }

    public string Finish(double height) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg class=\"chart\" role=\"img\" aria-label=\"{Markup.Escape(description)}\" viewBox=\"0 0 {N(width)} {N(height)}\" width=\"{N(width)}\" height=\"{N(height)}\">\n{_body}</svg>\n");

    public static (double Left, double Top, double Right, double Bottom) TextBox(double x, double baseline, string text, Anchor anchor, double size, bool bold)
    {
        double textWidth = TextMetrics.Width(text, size, bold);
        double left = anchor switch
        {
            Anchor.Start => x,
            Anchor.End => x - textWidth,
            _ => x - (textWidth / 2),
        };
        return (left, baseline - (0.78 * size), left + textWidth, baseline + (0.22 * size));
    }

    public static bool Overlap((double Left, double Top, double Right, double Bottom) a, (double Left, double Top, double Right, double Bottom) b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    /// <summary>A coordinate with at most one decimal, so that pictures are the same everywhere.</summary>
    public static string N(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A picture needs finite coordinates.");
        }

        string text = Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    private void Close(string element, string? title)
    {
        if (title is null)
        {
            _body.Append("/>\n");
        }
        else
        {
            _body.Append("><title>").Append(Markup.Escape(title)).Append("</title></").Append(element).Append(">\n");
        }
    }
}
