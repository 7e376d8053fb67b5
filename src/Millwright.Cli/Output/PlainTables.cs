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
        int[] widths = [.. table.Columns.Select((column, i) => table.Rows.Select(row => row[i].Text.Length).Append(column.Heading.Length).Max())];
        if (table.Columns.Skip(1).Any(static c => c.Heading.Length > 0))
        {
            Write(table, output, widths, i => table.Columns[i].Heading);
        }

        foreach (IReadOnlyList<DocumentCell> row in table.Rows)
        {
            Write(table, output, widths, i => row[i].Text);
        }
    }

    private static void Write(DocumentTable table, TextWriter output, int[] widths, Func<int, string> cell)
    {
        string line = "  ";
        for (int i = 0; i < widths.Length; i++)
        {
            line += table.Columns[i].IsNumber ? cell(i).PadLeft(widths[i]) : cell(i).PadRight(widths[i]);
            line += new string(' ', Gap);
        }

        output.WriteLine(line.TrimEnd());
    }
}
