namespace Millwright.Models;

/// <summary>How many cached entries a token looks at: one for each <paramref name="TokensPerEntry"/> tokens before it, at most a limit.</summary>
/// <param name="MostEntries">Most entries looked at: a window or the top k of an indexer; infinite for all.</param>
/// <param name="Chosen">True when an indexer chooses the entries for each token, false for the last ones.</param>
/// <param name="TokensPerEntry">Context tokens that share one entry; 1 without compression.</param>
internal readonly record struct AttendedContext(double MostEntries, bool Chosen = false, double TokensPerEntry = 1)
{
    /// <summary>Entries at a context length.</summary>
    public double At(double contextTokens) => Math.Min(contextTokens / TokensPerEntry, MostEntries);

    /// <summary>
    /// Mean entries over the tokens 1..n of a causal prompt part behind a prefix P: the mean of min(P + i, w), with
    /// w the limit in tokens. Exact for whole numbers: a ramp of sum m P + m (m + 1) / 2 up to the limit, then the limit.
    /// </summary>
    public double MeanOverPrompt(double prefixTokens, double promptTokens)
    {
        var limit = MostEntries * TokensPerEntry;
        var ramp = Math.Clamp(limit - prefixTokens, 0, promptTokens);
        var beyond = promptTokens - ramp;
        var sum = ramp * (prefixTokens + (ramp + 1) / 2) + (beyond > 0 ? beyond * limit : 0);

        // below one token the closed form of the ramp may pass the limit
        return Math.Min(sum / promptTokens, limit) / TokensPerEntry;
    }
}
