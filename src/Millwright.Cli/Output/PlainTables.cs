using System.Text;

namespace Millwright.Cli.Output;

/// <summary>Shows a document as plain lines: for commands that are over in a tenth of a second, of which <see cref="TerminalTables"/> would take half.</summary>
internal static class PlainTables
{
    private const int Gap = 3;

    public static void Write(TableDocument document, TextWriter output)
    {
        foreach (string line in document.Summary)
        {
            output.WriteLine(line);
        }

        foreach (DocumentTable table in document.Tables)
        {
            output.WriteLine();
            Write(table, output);
        }

        output.WriteLine();
        foreach (string note in document.Notes)
        {
            output.WriteLine(note);
        }
    }

    private static void Write(DocumentTable table, TextWriter output)
    {
        int[] widths = new int[table.Columns.Count];
        bool headed = false;
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = table.Columns[i].Heading.Length;
            headed |= widths[i] > 0;
            foreach (IReadOnlyList<DocumentCell> row in table.Rows)
            {
                widths[i] = Math.Max(widths[i], row[i].Text.Length);
            }
        }

        if (headed)
        {
            Write(table, output, widths, null);
        }

        foreach (IReadOnlyList<DocumentCell> row in table.Rows)
        {
            Write(table, output, widths, row);
        }
    }

    // a row, or without one the headings
    private static void Write(DocumentTable table, TextWriter output, int[] widths, IReadOnlyList<DocumentCell>? row)
    {
        StringBuilder line = new("  ");
        for (int i = 0; i < widths.Length; i++)
        {
            string cell = row is null ? table.Columns[i].Heading : row[i].Text;
            line.Append(table.Columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])).Append(' ', Gap);
        }

        output.WriteLine(line.ToString().TrimEnd());
    }
}
