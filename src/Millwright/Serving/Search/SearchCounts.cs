namespace Millwright.Serving.Search;

/// <summary>What became of every setting of the space: a setting is a layout, a precision, a token budget and a batch.</summary>
/// <param name="Settings">All settings: the product of the options.</param>
/// <param name="Visited">Settings that were timed.</param>
/// <param name="RejectedByMemory">Settings whose weights or cache do not fit, or that the engine's own bound forbids.</param>
/// <param name="PrunedByProof">Settings that cannot matter: beyond a limit that a smaller batch already breaks, or beaten by what was found.</param>
/// <param name="Boundary">Batches between two options that were timed to meet a limit exactly; not settings of the grid.</param>
/// <param name="Compiled">Deployments compiled.</param>
public readonly record struct SearchCounts(long Settings, long Visited, long RejectedByMemory, long PrunedByProof, long Boundary, long Compiled)
{
    /// <summary>Counts of two parts of the space.</summary>
    /// <param name="a">One part.</param>
    /// <param name="b">The other.</param>
    /// <returns>Both.</returns>
    public static SearchCounts operator +(SearchCounts a, SearchCounts b) => new(
        a.Settings + b.Settings,
        a.Visited + b.Visited,
        a.RejectedByMemory + b.RejectedByMemory,
        a.PrunedByProof + b.PrunedByProof,
        a.Boundary + b.Boundary,
        a.Compiled + b.Compiled);

    /// <summary>The same as the operator.</summary>
    /// <param name="other">The other part.</param>
    /// <returns>Both.</returns>
    public SearchCounts Add(SearchCounts other) => this + other;
}

/// <summary>What became of the systems with their caps and networks.</summary>
/// <param name="Offered">All of them.</param>
/// <param name="Searched">Those that were searched.</param>
/// <param name="Same">Those whose answers are those of the same system with its own network, since no unit leaves the scale-up domain.</param>
/// <param name="PrunedByProof">Those that cannot be the best, the cheapest or the most frugal.</param>
public readonly record struct VariantCounts(int Offered, int Searched, int Same, int PrunedByProof)
{
    /// <summary>Counts of two parts.</summary>
    /// <param name="a">One part.</param>
    /// <param name="b">The other.</param>
    /// <returns>Both.</returns>
    public static VariantCounts operator +(VariantCounts a, VariantCounts b) =>
        new(a.Offered + b.Offered, a.Searched + b.Searched, a.Same + b.Same, a.PrunedByProof + b.PrunedByProof);

    /// <summary>The same as the operator.</summary>
    /// <param name="other">The other part.</param>
    /// <returns>Both.</returns>
    public VariantCounts Add(VariantCounts other) => this + other;
}
