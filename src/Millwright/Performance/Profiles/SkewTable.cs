namespace Millwright.Performance.Profiles;

/// <summary>
/// What uneven contexts of decoding sequences add to an attention call: a share of the way from the time at the mean context to that at the longest one,
/// in bins of the chunk, the sequences, the place of the mean between the shortest and the longest context, the longest context and the prefix. Immutable.
/// </summary>
public sealed class SkewTable
{
    private readonly double[] _chunks;
    private readonly double[] _sequences;
    private readonly double[] _places;
    private readonly double[] _longest;
    private readonly double[] _prefixes;
    private readonly double[] _shares;

    /// <summary>Makes a table.</summary>
    /// <param name="rows">Bins: chunk, and upper ends of the others, with the share and the number of samples that it was fitted to.</param>
    /// <exception cref="ArgumentException">No row.</exception>
    public SkewTable(IReadOnlyList<SkewRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            throw new ArgumentException("no rows", nameof(rows));
        }

        _chunks = Ends(rows, static r => r.Chunk);
        _sequences = Ends(rows, static r => r.Sequences);
        _places = Ends(rows, static r => r.Place);
        _longest = Ends(rows, static r => r.Longest);
        _prefixes = Ends(rows, static r => r.Prefix);

        // a bin that was not measured: the mean of the measured ones
        double samples = rows.Sum(static r => r.Samples);
        double mean = samples > 0 ? rows.Sum(static r => r.Share * r.Samples) / samples : rows.Average(static r => r.Share);
        _shares = new double[_chunks.Length * _sequences.Length * _places.Length * _longest.Length * _prefixes.Length];
        Array.Fill(_shares, mean);
        foreach (SkewRow row in rows)
        {
            _shares[Index(
                Array.IndexOf(_chunks, row.Chunk),
                Array.IndexOf(_sequences, row.Sequences),
                Array.IndexOf(_places, row.Place),
                Array.IndexOf(_longest, row.Longest),
                Array.IndexOf(_prefixes, row.Prefix))] = row.Share;
        }
    }

    /// <summary>Upper ends of the bins of the longest context, tokens, ascending.</summary>
    internal ReadOnlySpan<double> LongestEnds => _longest;

    /// <summary>The share.</summary>
    /// <param name="chunk">New prompt tokens, 0 for none: the nearest measured one counts.</param>
    /// <param name="sequences">Decoding sequences.</param>
    /// <param name="place">Mean less shortest over longest less shortest context, 0 to 1.</param>
    /// <param name="longest">Longest context, tokens.</param>
    /// <param name="prefix">Tokens before the chunk.</param>
    /// <returns>Share of the way from the time at the mean context to that at the longest.</returns>
    public double At(double chunk, double sequences, double place, double longest, double prefix) =>
        AtBin(chunk, sequences, place, BinOf(_longest, longest), prefix);

    internal double AtBin(double chunk, double sequences, double place, int longestBin, double prefix) =>
        _shares[Index(Nearest(chunk), BinOf(_sequences, sequences), BinOf(_places, place), longestBin, BinOf(_prefixes, prefix))];

    /// <summary>The first bin that ends at or above a value; the last for those beyond.</summary>
    internal static int BinOf(ReadOnlySpan<double> ends, double value)
    {
        int bin = 0;
        while (bin < ends.Length - 1 && ends[bin] < value)
        {
            bin++;
        }

        return bin;
    }

    // a call without a prompt is one of its own
    private int Nearest(double chunk)
    {
        int first = _chunks[0] == 0 && chunk > 0 && _chunks.Length > 1 ? 1 : 0;
        int nearest = first;
        for (int i = first + 1; i < _chunks.Length && chunk > 0; i++)
        {
            nearest = Math.Abs(_chunks[i] - chunk) < Math.Abs(_chunks[nearest] - chunk) ? i : nearest;
        }

        return nearest;
    }

    private int Index(int chunk, int sequences, int place, int longest, int prefix) =>
        (((chunk * _sequences.Length + sequences) * _places.Length + place) * _longest.Length + longest) * _prefixes.Length + prefix;

    private static double[] Ends(IReadOnlyList<SkewRow> rows, Func<SkewRow, double> end) => [.. rows.Select(end).Distinct().Order()];
}

/// <summary>A bin of uneven contexts.</summary>
/// <param name="Chunk">New prompt tokens, 0 for none.</param>
/// <param name="Sequences">Most decoding sequences.</param>
/// <param name="Place">Greatest place of the mean between the shortest and the longest context.</param>
/// <param name="Longest">Greatest longest context, tokens.</param>
/// <param name="Prefix">Most tokens before the chunk.</param>
/// <param name="Share">Share of the way from the time at the mean context to that at the longest.</param>
/// <param name="Samples">Samples that it was fitted to.</param>
public readonly record struct SkewRow(double Chunk, double Sequences, double Place, double Longest, double Prefix, double Share, double Samples);
