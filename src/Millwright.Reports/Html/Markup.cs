using System.Text;

namespace Millwright.Reports.Html;

/// <summary>Text made safe for pages and pictures.</summary>
public static class Markup
{
    /// <summary>
    /// The text with every character that has a meaning in HTML or XML replaced by its entity, for element text and quoted attributes alike. Characters that
    /// XML 1.0 forbids (control characters, halves of surrogate pairs) become U+FFFD, so that no name can break a page.
    /// </summary>
    /// <param name="text">Any text; null is empty.</param>
    /// <returns>Escaped text.</returns>
    public static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&':
                    result.Append("&amp;");
                    break;
                case '<':
                    result.Append("&lt;");
                    break;
                case '>':
                    result.Append("&gt;");
                    break;
                case '"':
                    result.Append("&quot;");
                    break;
                case '\'':
                    result.Append("&#39;");
                    break;
                case '\t' or '\n' or '\r':
                    result.Append(' ');
                    break;
                case < 0x20 or (>= 0x7f and <= 0x9f) or 0xfffe or 0xffff:
                    result.Append('\ufffd');
                    break;
                case >= 0x202a and <= 0x202e or (>= 0x2066 and <= 0x2069):
                    // Marks that turn the reading order round could make a name show as another.
                    result.Append('\ufffd');
                    break;
                default:
                    result.Append(rune.ToString());
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>A name as the id of an element: letters, digits, dots, underscores and hyphens; anything else becomes a hyphen.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>An id that needs no escaping.</returns>
    public static string Id(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var result = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            result.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-');
        }

        return result.Length == 0 ? "-" : result.ToString();
    }

    /// <summary>True when the text is a web address that a page may link to.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>True for https and http addresses.</returns>
    public static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
}
