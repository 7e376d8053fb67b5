using System.Text;

namespace Millwright.Cli.Output;

/// <summary>Writes a document as a page of the documentation.</summary>
internal static class DocumentMarkdown
{
    /// <summary>The document as Markdown.</summary>
    /// <param name="document">The document.</param>
    /// <param name="writtenBy">The command that writes it, which the page names so that nobody edits it by hand.</param>
    public static string Write(TableDocument document, string writtenBy)
    {
        StringBuilder text = new();
        text.Append("# ").Append(document.Title).Append("\n\n");
        text.Append("Written by `").Append(writtenBy).Append("`; do not edit it by hand.\n");
        foreach (string line in document.Summary)
        {
            text.Append('\n').Append(line).Append('\n');
        }

        foreach (DocumentTable table in document.Tables)
        {
            text.Append("\n## ").Append(table.Caption.Length > 0 ? table.Caption : table.Name).Append("\n\n");
            Row(text, table.Columns.Select(static c => c.Heading));
            Row(text, table.Columns.Select(static c => c.IsNumber ? "---:" : "---"));
            foreach (IReadOnlyList<DocumentCell> row in table.Rows)
            {
                Row(text, row.Select(static cell => cell.Text));
            }
        }

        if (document.Notes.Count > 0)
        {
            text.Append("\n## Notes\n\n");
            foreach (string note in document.Notes)
            {
                text.Append("- ").Append(note).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells)
    {
        text.Append('|');
        foreach (string cell in cells)
        {
            text.Append(' ').Append(cell.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        }

        text.Append('\n');
    }
}
