namespace Millwright.Catalog;

/// <summary>How bad a finding is.</summary>
public enum CatalogSeverity
{
    /// <summary>Worth a look; a plan can use the catalog.</summary>
    Warning,

    /// <summary>Wrong; a plan built on it could be wrong.</summary>
    Error,
}

/// <summary>Something that a check of the catalog found.</summary>
/// <param name="Code">Stable code of the check, such as "CAT003".</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">The row: "system vr200-nvl72".</param>
/// <param name="Message">What is wrong, in plain words.</param>
public sealed record CatalogFinding(string Code, CatalogSeverity Severity, string Subject, string Message);
