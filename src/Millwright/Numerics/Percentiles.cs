namespace Millwright.Numerics;

/// <summary>Percentiles of a sample.</summary>
public static class Percentiles
{
    /// <summary>The value below which a share of a sorted sample lies, by linear interpolation between order statistics.</summary>
    /// <remarks>Definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996).</remarks>
    /// <param name="sorted">The sample in ascending order, not empty.</param>
    /// <param name="share">The share, from 0 to 1.</param>
    /// <returns>The percentile.</returns>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("A sample of at least one value is needed.", nameof(sorted));
        }

        double place = share * (sorted.Length - 1);
        int below = (int)Math.Floor(place);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
