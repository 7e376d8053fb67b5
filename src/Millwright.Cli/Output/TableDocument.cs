namespace Millwright.Cli.Output;

/// <summary>What a command shows: some text and tables. One document serves the terminal, the page and the machine.</summary>
/// <param name="Command">The command that made it, such as "catalog list".</param>
/// <param name="Title">Title of the page.</param>
/// <param name="Summary">A few sentences above the tables.</param>
/// <param name="Tables">The tables.</param>
/// <param name="Notes">Lines below the tables.</param>
internal sealed record TableDocument(
    string Command, string Title, IReadOnlyList<string> Summary, IReadOnlyList<DocumentTable> Tables, IReadOnlyList<string> Notes);

/// <summary>One table.</summary>
/// <param name="Name">Key of the table in JSON, such as "systems".</param>
/// <param name="Caption">Caption; may be empty.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Rows">Cells, row by row, each as many as there are columns.</param>
internal sealed record DocumentTable(string Name, string Caption, IReadOnlyList<DocumentColumn> Columns, IReadOnlyList<IReadOnlyList<DocumentCell>> Rows);

/// <summary>One column.</summary>
/// <param name="Name">Key of the column in JSON, in snake_case.</param>
/// <param name="Heading">Heading for people.</param>
/// <param name="IsNumber">True to align to the right.</param>
internal sealed record DocumentColumn(string Name, string Heading, bool IsNumber = false);

/// <summary>One cell: its text for people and its value for machines.</summary>
/// <param name="Text">Text for people.</param>
/// <param name="Number">The value, where the cell is a number.</param>
internal readonly record struct DocumentCell(string Text, double? Number = null)
{
    public static implicit operator DocumentCell(string text) => new(text);
}
