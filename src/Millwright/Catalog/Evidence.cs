namespace Millwright.Catalog;

/// <summary>What stands behind a figure, from strongest to weakest.</summary>
public enum Evidence
{
    /// <summary>A maker's or publisher's own specification; carries no range.</summary>
    Datasheet,

    /// <summary>Read in the named source.</summary>
    Read,

    /// <summary>Computed from figures that were read.</summary>
    Derived,

    /// <summary>From memory; the page was not opened.</summary>
    Recalled,

    /// <summary>A stated assumption.</summary>
    Assumption,
}
