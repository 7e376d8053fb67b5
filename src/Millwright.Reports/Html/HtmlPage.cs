using System.Text;

namespace Millwright.Reports.Html;

/// <summary>
/// Builds one self-contained page: no network, no font, no picture from elsewhere; readable without script, in light, in dark and on paper. All text is
/// escaped here. The page is also well-formed XML. Example: <c>new HtmlPage("Catalog").Section("systems", "Systems", section => section.Table(table)).Write()</c>.
/// </summary>
/// <param name="title">Title of the page.</param>
public sealed class HtmlPage(string title)
{
    // Shows the box for words and hides the rows that lack them; the page is whole without it.
    private const string Script = """
        (function(){var box=document.getElementById("filter-words");if(!box){return;}box.hidden=false;
        var rows=Array.prototype.slice.call(document.querySelectorAll(".filtered tbody tr"));
        box.addEventListener("input",function(){var words=box.value.toLowerCase().split(/\s+/);
        rows.forEach(function(row){var text=row.textContent.toLowerCase();row.hidden=!words.every(function(word){return text.indexOf(word)!==-1;});});});})();
        """;

    private readonly List<(string Id, string Title, string Body)> _sections = [];
    private readonly List<string> _lead = [];
    private readonly List<string> _foot = [];
    private string _kicker = "Millwright";
    private string? _subtitle;

    /// <summary>Sets the small line above the title.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This page.</returns>
    public HtmlPage Kicker(string text)
    {
        _kicker = text;
        return this;
    }

    /// <summary>Sets the line under the title.</summary>
    /// <param name="text">The text; null for none.</param>
    /// <returns>This page.</returns>
    public HtmlPage Subtitle(string? text)
    {
        _subtitle = text;
        return this;
    }

    /// <summary>Adds a sentence to the head of the page: the answer in short.</summary>
    /// <param name="text">The sentence.</param>
    /// <returns>This page.</returns>
    public HtmlPage Lead(string text)
    {
        _lead.Add(text);
        return this;
    }

    /// <summary>Adds a line to the foot of the page.</summary>
    /// <param name="text">The line.</param>
    /// <returns>This page.</returns>
    public HtmlPage Foot(string text)
    {
        _foot.Add(text);
        return this;
    }

    /// <summary>Adds a section.</summary>
    /// <param name="id">Id, unique on the page.</param>
    /// <param name="heading">Heading; also its entry in the navigation.</param>
    /// <param name="build">Fills it.</param>
    /// <returns>This page.</returns>
    public HtmlPage Section(string id, string heading, Action<HtmlSection> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var section = new HtmlSection();
        build(section);
        _sections.Add((Markup.Id(id), heading, section.ToString()));
        return this;
    }

    /// <summary>The whole page.</summary>
    /// <returns>HTML that is also well-formed XML.</returns>
    public string Write()
    {
        var html = new StringBuilder(64 * 1024);
        html.Append("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n");
        html.Append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>").Append(Markup.Escape(title)).Append("</title>\n<style>\n");
        html.Append(Theme.PageStyle).Append("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
        html.Append("<header class=\"top\"><div class=\"in\">\n<p class=\"kicker\">").Append(Markup.Escape(_kicker)).Append("</p>\n<h1>").Append(Markup.Escape(title)).Append("</h1>\n");
        if (!string.IsNullOrWhiteSpace(_subtitle))
        {
            html.Append("<p class=\"sub\">").Append(Markup.Escape(_subtitle)).Append("</p>\n");
        }

        foreach (string lead in _lead)
        {
            html.Append("<p class=\"lead-text\">").Append(Markup.Escape(lead)).Append("</p>\n");
        }

        html.Append("</div></header>\n");
        if (_sections.Count > 1)
        {
            html.Append("<nav class=\"nav\" aria-label=\"Sections\"><div class=\"in\"><ul>\n");
            foreach ((string id, string heading, _) in _sections)
            {
                html.Append("<li><a href=\"#").Append(id).Append("\">").Append(Markup.Escape(heading)).Append("</a></li>\n");
            }

            html.Append("</ul></div></nav>\n");
        }

        html.Append("<main id=\"main\"><div class=\"in\">\n");
        bool filtered = false;
        foreach ((string id, string heading, string body) in _sections)
        {
            html.Append("<section id=\"").Append(id).Append("\" aria-labelledby=\"h-").Append(id).Append("\">\n<h2 id=\"h-").Append(id).Append("\">");
            html.Append(Markup.Escape(heading)).Append("</h2>\n").Append(body).Append("</section>\n");
            filtered |= body.Contains("id=\"filter-words\"", StringComparison.Ordinal);
        }

        html.Append("</div></main>\n");
        if (_foot.Count > 0)
        {
            html.Append("<footer><div class=\"in\">\n");
            foreach (string line in _foot)
            {
                html.Append("<p>").Append(Markup.Escape(line)).Append("</p>\n");
            }

            html.Append("</div></footer>\n");
        }

        if (filtered)
        {
            html.Append("<script>\n").Append(Script).Append("\n</script>\n");
        }

        return html.Append("</body>\n</html>\n").ToString();
    }
}
