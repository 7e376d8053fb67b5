namespace Millwright.Scenarios.CatalogFiles;

/// <summary>A piece of a catalog file and where it stands.</summary>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal abstract record CatalogNode(int Line, int Column);

/// <summary>A text or number.</summary>
/// <param name="Text">The text, without quotes.</param>
/// <param name="IsQuoted">True when it stands in quotes.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal sealed record ScalarNode(string Text, bool IsQuoted, int Line, int Column) : CatalogNode(Line, Column);

/// <summary>A list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal sealed record ListNode(IReadOnlyList<CatalogNode> Items, int Line, int Column) : CatalogNode(Line, Column);

/// <summary>Keys with values; no key stands twice.</summary>
/// <param name="Entries">Keys with values, in file order.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
internal sealed record MapNode(IReadOnlyList<MapEntry> Entries, int Line, int Column) : CatalogNode(Line, Column);

/// <summary>One key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
internal readonly record struct MapEntry(ScalarNode Key, CatalogNode Value);
