namespace Millwright.Scenarios.CatalogFiles;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearestSpelling
{
    /// <summary>A hint that names the closest allowed word.</summary>
    /// <param name="found">What was written.</param>
    /// <param name="allowed">What may stand there.</param>
    /// <returns>"; nearest: "x"", or nothing when no word is close.</returns>
    public static string Hint(string found, IEnumerable<string> allowed)
    {
        string? best = null;
        int bestDistance = Math.Max(2, found.Length / 2) + 1;
        foreach (string candidate in allowed)
        {
            if (Math.Abs(candidate.Length - found.Length) >= bestDistance)
            {
                continue;
            }

            int distance = Distance(found, candidate);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best is null ? "" : $"; nearest: \"{best}\"";
    }

    // Edits by insertion, deletion and replacement, case ignored (Levenshtein, two rows).
    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = previous[j - 1] + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
