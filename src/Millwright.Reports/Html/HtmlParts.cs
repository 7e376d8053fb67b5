using Millwright.Catalog;

namespace Millwright.Reports.Html;

/// <summary>A headline figure on a card.</summary>
/// <param name="What">What it is, in few words.</param>
/// <param name="Value">The figure as text, or words where there is none.</param>
public sealed record Card(string What, string Value)
{
    /// <summary>Range, such as "p10 to p90: 48 to 63 B$"; null for none.</summary>
    public string? Range { get; init; }

    /// <summary>What stands behind it; null for no mark.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>More lines in plain words.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>Outside figures beside it.</summary>
    public IReadOnlyList<CardOutside> Outside { get; init; } = [];

    /// <summary>Address on the page that says more, such as "#f-capex.total"; null for none.</summary>
    public string? Link { get; init; }
}

/// <summary>An outside figure on a card.</summary>
/// <param name="Label">Whose figure, with its date.</param>
/// <param name="Value">The figure as text.</param>
/// <param name="OutsideMarket">True when ours is more than twice it or less than half.</param>
public sealed record CardOutside(string Label, string Value, bool OutsideMarket);

/// <summary>How a note or a flag is meant.</summary>
public enum Tone
{
    /// <summary>For information.</summary>
    Plain,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Needs attention.</summary>
    Bad,
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Numeric">True for numbers: set to the right.</param>
public readonly record struct HtmlColumn(string Title, bool Numeric = false);

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text.</param>
public readonly record struct HtmlCell(string Text)
{
    /// <summary>A web address or "#place" that the text links to; null for none. Other text is not linked.</summary>
    public string? Link { get; init; }

    /// <summary>A mark of evidence after the text; null for none.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>A flag after the text; null for none.</summary>
    public string? Flag { get; init; }

    /// <summary>How the flag is meant.</summary>
    public Tone FlagTone { get; init; }

    /// <summary>True for names that are typed as they are, such as figure names.</summary>
    public bool Code { get; init; }

    /// <summary>A second, quieter line; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>Plain text as a cell.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator HtmlCell(string text) => new(text);
}

/// <summary>A row of a table; its first cell heads it.</summary>
/// <param name="Cells">Its cells, one per column.</param>
public sealed record HtmlRow(IReadOnlyList<HtmlCell> Cells)
{
    /// <summary>Id for links; null for none.</summary>
    public string? Id { get; init; }

    /// <summary>Group for filtering; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>True for a total.</summary>
    public bool Strong { get; init; }
}

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows.</param>
public sealed record HtmlTable(string Caption, IReadOnlyList<HtmlColumn> Columns, IReadOnlyList<HtmlRow> Rows)
{
    /// <summary>
    /// True to offer a choice of groups above the table. It works without script; with script there is a box for words, too.
    /// A page takes one such table.
    /// </summary>
    public bool Filterable { get; init; }
}
