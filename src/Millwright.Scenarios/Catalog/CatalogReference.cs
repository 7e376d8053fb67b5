using Millwright.Scenarios.Yaml;

namespace Millwright.Scenarios.CatalogFiles;

/// <summary>What a reference points to.</summary>
internal enum ReferenceKind
{
    /// <summary>A system.</summary>
    System,

    /// <summary>A figure.</summary>
    Figure,

    /// <summary>Any row that a reader may be shown: a figure, system, network part, price or token price.</summary>
    Row,
}

/// <summary>An id that must exist once all files are read.</summary>
/// <param name="Node">Where it stands.</param>
/// <param name="Kind">What it points to.</param>
/// <param name="Id">The id.</param>
internal readonly record struct CatalogReference(YamlNode Node, ReferenceKind Kind, string Id);
