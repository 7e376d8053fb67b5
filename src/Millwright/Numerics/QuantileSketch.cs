namespace Millwright.Numerics;

/// <summary>
/// Quantiles of many whole numbers in fixed memory: counts in bins whose bounds grow by a fixed ratio, so that each quantile is within a stated relative
/// error of a value that was added (DDSketch; Masson, Rim and Lee, VLDB 2019). Two sketches merge without loss. The order of adding does not matter.
/// </summary>
public sealed class QuantileSketch
{
    /// <summary>Relative error of a quantile.</summary>
    public const double RelativeError = 0.005;

    private const double Ratio = (1 + RelativeError) / (1 - RelativeError);

    // more than the octaves of 64 bits take
    private const int MostBounds = 6000;

    private static readonly long[] s_upper = Bounds();
    private static readonly double s_binsOfOctave = 1 / Math.Log2(Ratio);

    // bounds below a few hundred are whole numbers one apart: fewer bins than the ratio alone would make
    private static readonly int s_merged = (int)(Math.Log2(s_upper[^2]) * s_binsOfOctave) - (s_upper.Length - 2);

    private readonly long[] _counts = new long[s_upper.Length];
    private int _lowest = int.MaxValue;
    private int _highest = -1;

    /// <summary>Values added, with their weights.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the values, with their weights.</summary>
    public WideInteger Sum { get; private set; }

    /// <summary>The greatest value added; 0 before any.</summary>
    public long Greatest { get; private set; }

    /// <summary>Mean of the values; 0 before any.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value; below 0 counts as 0.</param>
    /// <param name="weight">How often, at least 0.</param>
    public void Add(long value, long weight = 1) => Add(value, 0, 1, weight);

    /// <summary>Adds an arithmetic progression, in a time that grows with the bins that it crosses and not with its terms: the same as adding each.</summary>
    /// <param name="first">First value.</param>
    /// <param name="increment">From one to the next; below 0 for one that falls.</param>
    /// <param name="terms">Number of values.</param>
    /// <param name="weight">How often each.</param>
    public void Add(long first, long increment, long terms, long weight)
    {
        if (terms <= 0 || weight <= 0)
        {
            return;
        }

        if (increment < 0)
        {
            first += increment * (terms - 1);
            increment = -increment;
        }

        long last = first + increment * (terms - 1);
        Count += terms * weight;
        Sum += WideInteger.Progression(first, increment, terms) * weight;
        Greatest = Math.Max(Greatest, last);
        int bin = IndexOf(first);
        _lowest = Math.Min(_lowest, bin);
        while (terms > 0)
        {
            long inside = increment == 0 || last <= s_upper[bin] ? terms : (s_upper[bin] - first) / increment + 1;
            _counts[bin] += inside * weight;
            _highest = Math.Max(_highest, bin);
            terms -= inside;
            if (terms > 0)
            {
                first += increment * inside;
                bin = first <= s_upper[bin + 1] ? bin + 1 : IndexOf(first);
            }
        }
    }

    /// <summary>Adds all that another sketch holds.</summary>
    /// <param name="other">The other.</param>
    public void Merge(QuantileSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = Math.Max(0, Math.Min(other._lowest, other._highest)); i <= other._highest; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Sum += other.Sum;
        Greatest = Math.Max(Greatest, other.Greatest);
        _lowest = Math.Min(_lowest, other._lowest);
        _highest = Math.Max(_highest, other._highest);
    }

    /// <summary>A quantile: the value that a share of all values do not exceed.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <returns>A value within <see cref="RelativeError"/> of the one at rank ceil(share x count); 0 before any value.</returns>
    public double Quantile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = Math.Max(0, Math.Min(_lowest, _highest)); i <= _highest; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                // the middle of the bin, by ratio; the first bins hold one whole number each
                double low = i == 0 ? 0 : s_upper[i - 1] + 1;
                return Math.Min(Greatest, s_upper[i] - low < 1 ? s_upper[i] : 2 * low * s_upper[i] / (low + s_upper[i]));
            }
        }

        return 0;
    }

    /// <summary>Bins that hold something, with their upper bounds: for histograms.</summary>
    /// <returns>Upper bound and count of each, ascending.</returns>
    public IEnumerable<(long Upper, long Count)> Bins()
    {
        for (int i = Math.Max(0, Math.Min(_lowest, _highest)); i <= _highest; i++)
        {
            if (_counts[i] > 0)
            {
                yield return (s_upper[i], _counts[i]);
            }
        }
    }

    // an estimate, made exact by the whole bounds: steps and leaps must agree on the bin of each value
    private static int IndexOf(long value)
    {
        if (value <= 0)
        {
            return 0;
        }

        int bin = Math.Clamp((int)(Math.Log2(value) * s_binsOfOctave) - s_merged, 0, s_upper.Length - 1);
        while (value > s_upper[bin])
        {
            bin++;
        }

        while (bin > 0 && value <= s_upper[bin - 1])
        {
            bin--;
        }

        return bin;
    }

    private static long[] Bounds()
    {
        long[] bounds = new long[MostBounds];
        int count = 1;
        for (double bound = 1; bound < 9.2e18; bound *= Ratio)
        {
            long whole = (long)bound;
            if (whole > bounds[count - 1])
            {
                bounds[count++] = whole;
            }
        }

        bounds[count++] = long.MaxValue;
        long[] exact = new long[count];
        Array.Copy(bounds, exact, count);
        return exact;
    }
}
