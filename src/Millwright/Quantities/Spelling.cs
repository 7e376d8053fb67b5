namespace Millwright.Quantities;

/// <summary>Finds the word that was probably meant.</summary>
public static class Spelling
{
    private const int LongestWord = 80;

    /// <summary>The word of a list that is nearest to a misspelt one.</summary>
    /// <remarks>
    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Source: Damerau, "A technique for computer
    /// detection and correction of spelling errors", Communications of the ACM 7 (1964). Case and the difference of "-" and "_" do not count.
    /// </remarks>
    /// <param name="found">The word found.</param>
    /// <param name="allowed">The words allowed.</param>
    /// <returns>The nearest word, or null when none is near: more than a third of the letters differ.</returns>
    public static string? Nearest(string found, IEnumerable<string> allowed)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(allowed);
        if (found.Length is 0 or > LongestWord)
        {
            return null;
        }

        string plain = Plain(found);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string word in allowed)
        {
            if (Math.Abs(word.Length - found.Length) > Math.Max(1, word.Length / 2))
            {
                continue;
            }

            int distance = Distance(plain, Plain(word));
            if (distance < bestDistance && distance <= Math.Max(1, Math.Max(plain.Length, word.Length) / 3))
            {
                best = word;
                bestDistance = distance;
            }
        }

        return bestDistance >= Math.Max(found.Length, best?.Length ?? 0) ? null : best;
    }

    /// <summary>A hint to append to a message.</summary>
    /// <param name="found">The word found.</param>
    /// <param name="allowed">The words allowed.</param>
    /// <returns>"; did you mean "x"?" with the nearest word, or nothing when none is near.</returns>
    public static string Hint(string found, IEnumerable<string> allowed) => Nearest(found, allowed) is { } near ? $"; did you mean \"{near}\"?" : "";

    /// <summary>The words that hold a piece of text, for a list too long to print.</summary>
    /// <param name="found">The word found.</param>
    /// <param name="allowed">The words allowed.</param>
    /// <param name="most">Most words to return.</param>
    /// <returns>The words that share their first letters with the word found, longest agreement first; may be empty.</returns>
    public static IReadOnlyList<string> Alike(string found, IEnumerable<string> allowed, int most)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(allowed);
        string plain = Plain(found.Length > LongestWord ? found[..LongestWord] : found);
        return [.. allowed
            .Select(word => (word, shared: SharedPrefix(plain, Plain(word))))
            .Where(p => p.shared >= 3)
            .OrderByDescending(p => p.shared)
            .ThenBy(p => p.word, StringComparer.Ordinal)
            .Take(most)
            .Select(p => p.word)];
    }

    private static string Plain(string word) => word.Replace('-', '_').ToUpperInvariant();

    private static int SharedPrefix(string a, string b)
    {
        int n = 0;
        while (n < a.Length && n < b.Length && a[n] == b[n])
        {
            n++;
        }

        return n;
    }

    private static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] now = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    now[j] = Math.Min(now[j], before[j - 2] + 1);
                }
            }

            (before, last, now) = (last, now, before);
        }

        return last[b.Length];
    }
}
