using Millwright.Reports.Html;

namespace Millwright.Cli.Output;

/// <summary>Writes a document as one self-contained page.</summary>
internal static class DocumentPage
{
    public static string Write(TableDocument document)
    {
        HtmlPage page = new HtmlPage(document.Title).Kicker("Millwright · " + document.Command);
        foreach (string line in document.Summary)
        {
            page.Lead(line);
        }

        foreach (DocumentTable table in document.Tables)
        {
            string heading = table.Caption.Length > 0 ? table.Caption : document.Title;
            page.Section(table.Name, heading, section => section.Table(new HtmlTable(
                heading,
                [.. table.Columns.Select(static c => new HtmlColumn(c.Heading, c.IsNumber))],
                [.. table.Rows.Select(static row => new HtmlRow([.. row.Select(Cell)]))])));
        }

        if (document.Notes.Count > 0)
        {
            page.Section("notes", "Notes", section => section.Points(document.Notes));
        }

        return page.Write();
    }

    private static HtmlCell Cell(DocumentCell cell) => new(cell.Text) { Link = Markup.IsAddress(cell.Text) ? cell.Text : null };
}
