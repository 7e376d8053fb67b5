using System.Globalization;
using System.Text;
using Millwright.Catalog;
using Millwright.Reports.Charts;

namespace Millwright.Reports.Html;

/// <summary>A section of a page under construction. Every text given is escaped.</summary>
public sealed class HtmlSection
{
    private readonly StringBuilder _html = new();

    internal HtmlSection()
    {
    }

    /// <summary>Adds a paragraph.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This section.</returns>
    public HtmlSection Paragraph(string text) => Element("p", null, text);

    /// <summary>Adds a quiet note.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This section.</returns>
    public HtmlSection Note(string text) => Element("p", "note", text);

    /// <summary>Adds a heading inside the section.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This section.</returns>
    public HtmlSection Heading(string text) => Element("h3", null, text);

    /// <summary>Adds a callout.</summary>
    /// <param name="tone">How it is meant.</param>
    /// <param name="heading">What it says, in bold.</param>
    /// <param name="text">More; may be empty.</param>
    /// <returns>This section.</returns>
    public HtmlSection Callout(Tone tone, string heading, string text)
    {
        _html.Append("<div class=\"callout ").Append(ClassOf(tone)).Append("\" role=\"note\"><p><b>").Append(Markup.Escape(heading)).Append("</b>");
        if (text.Length > 0)
        {
            _html.Append(' ').Append(Markup.Escape(text));
        }

        _html.Append("</p></div>\n");
        return this;
    }

    /// <summary>Adds a list of points.</summary>
    /// <param name="points">The points.</param>
    /// <returns>This section.</returns>
    public HtmlSection Points(IEnumerable<string> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        _html.Append("<ul>\n");
        foreach (string point in points)
        {
            _html.Append("<li>").Append(Markup.Escape(point)).Append("</li>\n");
        }

        _html.Append("</ul>\n");
        return this;
    }

    /// <summary>Adds a list of names and what they mean.</summary>
    /// <param name="entries">Names and texts.</param>
    /// <returns>This section.</returns>
    public HtmlSection Definitions(IEnumerable<(string Name, HtmlCell Text)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _html.Append("<dl>\n");
        foreach ((string name, HtmlCell text) in entries)
        {
            _html.Append("<dt>").Append(Markup.Escape(name)).Append("</dt><dd>");
            AppendCell(text);
            _html.Append("</dd>\n");
        }

        _html.Append("</dl>\n");
        return this;
    }

    /// <summary>Adds headline cards.</summary>
    /// <param name="cards">The cards.</param>
    /// <returns>This section.</returns>
    public HtmlSection Cards(IEnumerable<Card> cards)
    {
        ArgumentNullException.ThrowIfNull(cards);
        _html.Append("<ul class=\"cards\">\n");
        foreach (Card card in cards)
        {
            AppendCard(card);
        }

        _html.Append("</ul>\n");
        return this;
    }

    /// <summary>Adds a picture, drawn once for wide and once for narrow screens.</summary>
    /// <param name="heading">What it shows.</param>
    /// <param name="caption">How to read it; may be empty.</param>
    /// <param name="draw">Draws it at a width: one of the functions of <see cref="Svg"/>.</param>
    /// <returns>This section.</returns>
    public HtmlSection Picture(string heading, string caption, Func<double, string> draw)
    {
        AppendPicture(heading, caption, draw, Svg.Wide);
        return this;
    }

    /// <summary>Adds pictures side by side, two in a row where there is room.</summary>
    /// <param name="pictures">Heading, caption and drawing of each.</param>
    /// <returns>This section.</returns>
    public HtmlSection Pictures(IReadOnlyList<(string Heading, string Caption, Func<double, string> Draw)> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 1)
        {
            return Picture(pictures[0].Heading, pictures[0].Caption, pictures[0].Draw);
        }

        if (pictures.Count == 0)
        {
            return this;
        }

        _html.Append("<div class=\"pair\">\n");
        foreach ((string heading, string caption, Func<double, string> draw) in pictures)
        {
            AppendPicture(heading, caption, draw, Svg.Half);
        }

        _html.Append("</div>\n");
        return this;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="table">The table.</param>
    /// <returns>This section.</returns>
    public HtmlSection Table(HtmlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Filterable)
        {
            AppendFilter(table);
        }

        _html.Append("<div class=\"scroll\"><table>\n<caption>").Append(Markup.Escape(table.Caption)).Append("</caption>\n<thead><tr>");
        foreach (HtmlColumn column in table.Columns)
        {
            _html.Append("<th scope=\"col\"").Append(column.Numeric ? " class=\"num\">" : ">").Append(Markup.Escape(column.Title)).Append("</th>");
        }

        _html.Append("</tr></thead>\n<tbody>\n");
        string[] groups = table.Filterable ? GroupsOf(table) : [];
        foreach (HtmlRow row in table.Rows)
        {
            AppendRow(table, row, groups);
        }

        _html.Append("</tbody></table></div>\n");
        if (table.Filterable)
        {
            _html.Append("</div>\n");
        }

        return this;
    }

    /// <summary>Adds a part that opens on demand.</summary>
    /// <param name="summary">What is inside.</param>
    /// <param name="build">Fills it.</param>
    /// <param name="open">True to start open.</param>
    /// <returns>This section.</returns>
    public HtmlSection Collapsible(string summary, Action<HtmlSection> build, bool open = false)
    {
        ArgumentNullException.ThrowIfNull(build);
        _html.Append(open ? "<details open=\"open\"><summary>" : "<details><summary>").Append(Markup.Escape(summary)).Append("</summary>\n");
        build(this);
        _html.Append("</details>\n");
        return this;
    }

    /// <summary>Adds the tree of figures behind a figure.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="linked">True where each name leads to the row of its figure on the same page.</param>
    /// <returns>This section.</returns>
    public HtmlSection Tree(ExplainTree tree, bool linked = false)
    {
        ArgumentNullException.ThrowIfNull(tree);
        AppendTree(tree, 0, linked);
        return this;
    }

    /// <summary>The HTML so far.</summary>
    /// <returns>HTML.</returns>
    public override string ToString() => _html.ToString();

    private static string ClassOf(Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Bad => "bad",
        _ => "plain",
    };

    private static string EvidenceMark(Evidence evidence)
    {
        (string word, int percent) = evidence switch
        {
            Evidence.Datasheet => ("datasheet", 100),
            Evidence.Read => ("read", 75),
            Evidence.Derived => ("derived", 50),
            Evidence.Recalled => ("recalled", 25),
            _ => ("assumed", 0),
        };
        return string.Create(CultureInfo.InvariantCulture, $"<span class=\"ev\"><i style=\"--p:{percent}\"></i>{word}</span>");
    }

    private HtmlSection Element(string element, string? style, string text)
    {
        _html.Append('<').Append(element);
        if (style is not null)
        {
            _html.Append(" class=\"").Append(style).Append('"');
        }

        _html.Append('>').Append(Markup.Escape(text)).Append("</").Append(element).Append(">\n");
        return this;
    }

    private void AppendCard(Card card)
    {
        _html.Append("<li class=\"card\"><span class=\"what\"><span>");
        AppendLinked(Markup.Escape(card.What), card.Link);
        _html.Append("</span>");
        if (card.Evidence is Evidence evidence)
        {
            _html.Append(EvidenceMark(evidence));
        }

        bool words = card.Value.Length > 16;
        _html.Append("</span><span class=\"big").Append(words ? " words" : "").Append("\">").Append(Markup.Escape(card.Value)).Append("</span>");
        if (card.Range is not null)
        {
            _html.Append("<span class=\"range\">").Append(Markup.Escape(card.Range)).Append("</span>");
        }

        foreach (string more in card.More)
        {
            _html.Append("<span class=\"more\">").Append(Markup.Escape(more)).Append("</span>");
        }

        if (card.Outside.Count > 0)
        {
            _html.Append("<span class=\"gap\"></span><span class=\"outside\">");
            for (int i = 0; i < card.Outside.Count; i++)
            {
                CardOutside outside = card.Outside[i];
                _html.Append(i == 0 ? "" : "<br/>").Append(Markup.Escape(outside.Label)).Append(" <b>").Append(Markup.Escape(outside.Value)).Append("</b>");
                if (outside.OutsideMarket)
                {
                    _html.Append(" <span class=\"flag bad\">OUTSIDE MARKET</span>");
                }
            }

            _html.Append("</span>");
        }

        _html.Append("</li>\n");
    }

    private void AppendPicture(string heading, string caption, Func<double, string> draw, double wide)
    {
        _html.Append("<figure><figcaption><b>").Append(Markup.Escape(heading)).Append("</b>");
        if (caption.Length > 0)
        {
            _html.Append("<span>").Append(Markup.Escape(caption)).Append("</span>");
        }

        _html.Append("</figcaption>\n<div class=\"wide\">").Append(draw(wide)).Append("</div>\n<div class=\"narrow\">").Append(draw(Svg.Narrow)).Append("</div></figure>\n");
    }

    private void AppendFilter(HtmlTable table)
    {
        string[] groups = GroupsOf(table);
        _html.Append("<div class=\"filtered\">\n<style>");
        for (int i = 0; i <= groups.Length; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"#g{i}:checked~.filter label[for=g{i}]{{background:var(--accent);border-color:var(--accent);color:var(--paper)}}");
            _html.Append(CultureInfo.InvariantCulture, $"#g{i}:focus-visible~.filter label[for=g{i}]{{outline:2px solid var(--ink);outline-offset:2px}}");
            if (i > 0)
            {
                _html.Append(CultureInfo.InvariantCulture, $"#g{i}:checked~.scroll tbody tr:not(.r{i}){{display:none}}");
            }
        }

        _html.Append("</style>\n");
        for (int i = 0; i <= groups.Length; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<input type=\"radio\" name=\"group\" id=\"g{i}\"{(i == 0 ? " checked=\"checked\"" : "")}/>");
        }

        _html.Append("\n<div class=\"filter\"><label for=\"g0\">all</label>");
        for (int i = 0; i < groups.Length; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<label for=\"g{i + 1}\">{Markup.Escape(groups[i])}</label>");
        }

        _html.Append("<input type=\"search\" id=\"filter-words\" placeholder=\"words to look for\" aria-label=\"Show the rows that hold these words\" hidden=\"hidden\"/></div>\n");
    }

    private static string[] GroupsOf(HtmlTable table) => [.. table.Rows.Select(row => row.Group).OfType<string>().Distinct(StringComparer.Ordinal)];

    private void AppendRow(HtmlTable table, HtmlRow row, string[] groups)
    {
        _html.Append("<tr");
        if (row.Id is not null)
        {
            _html.Append(" id=\"").Append(Markup.Id(row.Id)).Append('"');
        }

        string style = row.Strong ? "strong" : "";
        if (row.Group is not null && table.Filterable)
        {
            style += " r" + (Array.IndexOf(groups, row.Group) + 1).ToString(CultureInfo.InvariantCulture);
        }

        if (style.Length > 0)
        {
            _html.Append(" class=\"").Append(style.Trim()).Append('"');
        }

        _html.Append('>');
        for (int i = 0; i < row.Cells.Count; i++)
        {
            string element = i == 0 ? "th" : "td";
            _html.Append('<').Append(element).Append(i == 0 ? " scope=\"row\"" : "");
            bool numeric = i < table.Columns.Count && table.Columns[i].Numeric;

            // Numbers stay on one line; words in a column of numbers may not push the table out of the page.
            _html.Append(!numeric ? IsDate(row.Cells[i].Text) ? " class=\"date\">" : ">" : row.Cells[i].Text.Length > 20 ? " class=\"num words\">" : " class=\"num\">");
            AppendCell(row.Cells[i]);
            _html.Append("</").Append(element).Append('>');
        }

        _html.Append("</tr>\n");
    }

    // A date such as 2026-05-14 or 2025-Q1 is read whole.
    private static bool IsDate(string text) =>
        text.Length is >= 6 and <= 10 && text[4] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;

    private void AppendCell(HtmlCell cell)
    {
        string text = Markup.Escape(cell.Text);
        AppendLinked(cell.Code ? $"<code>{text}</code>" : text, cell.Link);
        if (cell.Evidence is Evidence evidence)
        {
            _html.Append(' ').Append(EvidenceMark(evidence));
        }

        if (cell.Flag is not null)
        {
            _html.Append(" <span class=\"flag ").Append(ClassOf(cell.FlagTone)).Append("\">").Append(Markup.Escape(cell.Flag)).Append("</span>");
        }

        if (!string.IsNullOrEmpty(cell.Note))
        {
            _html.Append("<br/><span class=\"note\">").Append(Markup.Escape(cell.Note)).Append("</span>");
        }
    }

    private void AppendLinked(string html, string? link)
    {
        if (link is not null && link.StartsWith('#'))
        {
            _html.Append("<a href=\"#").Append(Markup.Id(link[1..])).Append("\">").Append(html).Append("</a>");
        }
        else if (Markup.IsAddress(link))
        {
            _html.Append("<a href=\"").Append(Markup.Escape(link)).Append("\" rel=\"noopener noreferrer\">").Append(html).Append("</a>");
        }
        else
        {
            _html.Append(html);
        }
    }

    private void AppendTree(ExplainTree tree, int depth, bool linked)
    {
        bool leaf = tree.Children.Count == 0;
        _html.Append(leaf ? "<div class=\"leaf\">" : depth == 0 ? "<details class=\"node\" open=\"open\"><summary>" : "<details class=\"node\"><summary>");
        // Only what is opened elsewhere needs a way there.
        AppendLinked($"<code>{Markup.Escape(tree.Name)}</code>", linked && tree.ShownAbove ? "#f-" + tree.Name : null);
        _html.Append(" = <b>").Append(Markup.Escape(tree.Value)).Append("</b>");
        if (tree.Range is not null)
        {
            _html.Append(" <span class=\"note\">(").Append(Markup.Escape(tree.Range)).Append(")</span>");
        }

        if (tree.Evidence is Evidence evidence)
        {
            _html.Append(' ').Append(EvidenceMark(evidence));
        }

        if (tree.Source is not null)
        {
            _html.Append(" <span class=\"note\">");
            AppendLinked(Markup.Escape(Markup.IsAddress(tree.Source) ? new Uri(tree.Source).Host : tree.Source), tree.Source);
            _html.Append(tree.Date is { Length: > 0 } ? ", " + Markup.Escape(tree.Date) : "").Append("</span>");
        }

        if (tree.ShownAbove)
        {
            _html.Append(" <span class=\"note\">(shown above)</span>");
        }

        if (leaf)
        {
            if (!tree.ShownAbove)
            {
                AppendFormula(tree);
            }

            _html.Append("</div>\n");
            return;
        }

        _html.Append("</summary>\n");
        AppendFormula(tree);
        foreach (ExplainTree child in tree.Children)
        {
            AppendTree(child, depth + 1, linked);
        }

        _html.Append("</details>\n");
    }

    private void AppendFormula(ExplainTree tree)
    {
        if (tree.Formula.Length > 0)
        {
            _html.Append("<div class=\"formula\">= ").Append(Markup.Escape(tree.Formula)).Append("</div>\n");
        }
    }
}
