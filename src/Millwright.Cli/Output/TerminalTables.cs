using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millwright.Cli.Output;

/// <summary>Shows a document on the terminal.</summary>
internal static class TerminalTables
{
    private const int WidthWithoutTerminal = 160;

    public static void Write(TableDocument document, TextWriter output, bool colours)
    {
        IAnsiConsole console = ConsoleOn(output, colours);
        foreach (string line in document.Summary)
        {
            console.WriteLine(line);
        }

        foreach (DocumentTable table in document.Tables)
        {
            console.Write(Render(table));
        }

        foreach (string note in document.Notes)
        {
            console.WriteLine(note);
        }
    }

    /// <summary>A console on a writer: colours and the terminal's width on a terminal, neither elsewhere.</summary>
    public static IAnsiConsole ConsoleOn(TextWriter output, bool colours)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!colours)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }

    private static Table Render(DocumentTable table)
    {
        Table shown = new() { Border = TableBorder.Simple };
        if (table.Caption.Length > 0)
        {
            shown.Title = new TableTitle(Markup.Escape(table.Caption));
        }

        foreach (DocumentColumn column in table.Columns)
        {
            TableColumn head = new(new Text(column.Heading));
            shown.AddColumn(column.IsNumber ? head.RightAligned() : head);
        }

        foreach (IReadOnlyList<DocumentCell> row in table.Rows)
        {
            shown.AddRow(row.Select(static cell => (IRenderable)new Text(cell.Text)));
        }

        return shown;
    }
}
