using Millwright.Catalog;
using Millwright.Numerics;

namespace Millwright.Applications.Tasks;

/// <summary>
/// A quantity that is drawn by inverse transform: one uniform number makes one value, so that a draw is a pure function of its place. Lognormal: exp(μ + σ z). Geometric from a = 0 or 1 with mean m:
/// a + ⌊ln u / ln((m - a) / (m - a + 1))⌋. What falls outside its bounds counts as the bound.
/// </summary>
public sealed class DrawnValue
{
    private const double MostSpread = 12;

    private readonly DrawnLaw _law;
    private readonly double _location;
    private readonly double _spread;

    private DrawnValue(DrawnLaw law, double location, double spread, double least, double most)
    {
        (_law, _location, _spread, Least, Most) = (law, location, spread, least, most);
    }

    /// <summary>Least value.</summary>
    public double Least { get; }

    /// <summary>Greatest value.</summary>
    public double Most { get; }

    /// <summary>Mean, the bounds taken into account.</summary>
    public double Mean => _law switch
    {
        DrawnLaw.Fixed => _location,
        DrawnLaw.Geometric => GeometricMean(),
        _ => LognormalMean(),
    };

    /// <summary>Always the same.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The quantity.</returns>
    public static DrawnValue Fixed(double value) => new(DrawnLaw.Fixed, value, 0, value, value);

    /// <summary>Lognormal by median and mean: σ² = 2 ln(mean / median) without an upper bound; with one, the σ whose bounded mean is the mean, by root finding.</summary>
    /// <param name="median">Median, above 0.</param>
    /// <param name="mean">Mean, the bounds taken into account; above the median.</param>
    /// <param name="least">Least value, at least 0.</param>
    /// <param name="most">Greatest value.</param>
    /// <returns>The quantity.</returns>
    /// <exception cref="ArgumentException">An argument outside its range, or a mean that no spread reaches below the upper bound.</exception>
    public static DrawnValue Lognormal(double median, double mean, double least = 0, double most = double.PositiveInfinity)
    {
        if (!(median > 0 && mean >= median && double.IsFinite(mean)))
        {
            throw new ArgumentException($"a lognormal quantity needs a median above 0 and a mean above it; found {median} and {mean}", nameof(mean));
        }

        double location = Math.Log(median);
        double free = Math.Sqrt(2 * Math.Log(mean / median));
        if (double.IsPositiveInfinity(most) || free == 0)
        {
            return Bounded(DrawnLaw.Lognormal, location, free, least, most);
        }

        // a bound above takes from the mean, so that the spread is greater than without; half of a very wide law lies at each bound
        return Bounded(DrawnLaw.Lognormal, location, MostSpread, least, most).Mean > mean
            ? Bounded(
                DrawnLaw.Lognormal, location, RootFinding.Brent(spread => Bounded(DrawnLaw.Lognormal, location, spread, least, most).Mean - mean, free / 2, MostSpread), least, most)
            : throw new ArgumentException($"no lognormal quantity with the median {median} and values up to {most} has the mean {mean}", nameof(mean));
    }

    /// <summary>Lognormal by median and 90th percentile: σ = ln(p90 / p50) / 1.2816.</summary>
    /// <param name="median">Median, above 0.</param>
    /// <param name="percentile90">90th percentile, above the median.</param>
    /// <param name="least">Least value, at least 0.</param>
    /// <param name="most">Greatest value.</param>
    /// <returns>The quantity.</returns>
    /// <exception cref="ArgumentException">An argument outside its range.</exception>
    public static DrawnValue LognormalOfPercentiles(double median, double percentile90, double least = 0, double most = double.PositiveInfinity) =>
        median > 0 && percentile90 >= median && double.IsFinite(percentile90)
            ? Bounded(DrawnLaw.Lognormal, Math.Log(median), Math.Log(percentile90 / median) / NormalDistribution.Quantile90, least, most)
            : throw new ArgumentException($"a lognormal quantity needs a median above 0 and a 90th percentile above it; found {median} and {percentile90}", nameof(percentile90));

    /// <summary>Geometric by its mean.</summary>
    /// <param name="mean">Mean before the upper bound, above <paramref name="least"/>.</param>
    /// <param name="least">Least value, 0 or 1.</param>
    /// <param name="most">Greatest value.</param>
    /// <returns>The quantity.</returns>
    /// <exception cref="ArgumentException">An argument outside its range.</exception>
    public static DrawnValue Geometric(double mean, int least = 1, double most = double.PositiveInfinity) =>
        least is 0 or 1 && mean >= least && double.IsFinite(mean)
            ? Bounded(DrawnLaw.Geometric, mean, mean == least ? 0 : Math.Log((mean - least) / (mean - least + 1)), least, most)
            : throw new ArgumentException($"a geometric quantity needs a mean above its least of 0 or 1; found {mean} and {least}", nameof(mean));

    /// <summary>The quantity of a catalog figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="factor">Factor on its values, such as the end of its band over its middle, above 0; the bounds stay.</param>
    /// <returns>The quantity.</returns>
    /// <exception cref="ArgumentException">The figure lacks the parameters of its law.</exception>
    public static DrawnValue Of(DrawnFigure figure, double factor = 1)
    {
        ArgumentNullException.ThrowIfNull(figure);
        double most = figure.Most ?? double.PositiveInfinity;
        return figure switch
        {
            { Law: DrawnLaw.Fixed, Value: { } value } => Fixed(Math.Clamp(value * factor, figure.Least ?? double.NegativeInfinity, most)),
            { Law: DrawnLaw.Geometric, Mean: { } mean } => Geometric(Math.Max(mean * factor, figure.Least ?? 1), (int)(figure.Least ?? 1), most),
            { Law: DrawnLaw.Lognormal, P50: { } median, P90: { } high } => LognormalOfPercentiles(median * factor, high * factor, figure.Least ?? 0, most),
            { Law: DrawnLaw.Lognormal, P50: { } median, Mean: { } mean } => Lognormal(median * factor, mean * factor, figure.Least ?? 0, most),
            { Law: DrawnLaw.Lognormal, Mean: { } mean, Variation: { } variation } =>
                Lognormal(mean * factor / Math.Sqrt(1 + variation * variation), mean * factor, figure.Least ?? 0, most),
            _ => throw new ArgumentException($"a {figure.Law} figure without the parameters of its law", nameof(figure)),
        };
    }

    /// <summary>The value at a place.</summary>
    /// <param name="uniform">Place in (0, 1).</param>
    /// <returns>The value.</returns>
    public double At(double uniform) => _law switch
    {
        DrawnLaw.Fixed => _location,

        // u near 1 makes the least value, as ⌊ln u / ln q⌋ has it
        DrawnLaw.Geometric => _spread == 0 ? Least : Math.Min(Most, Least + Math.Floor(Math.Log(uniform) / _spread)),
        _ => Math.Clamp(Math.Exp(_location + _spread * NormalDistribution.Quantile(uniform)), Least, Most),
    };

    private static DrawnValue Bounded(DrawnLaw law, double location, double spread, double least, double most) =>
        least >= 0 && most >= least ? new(law, location, spread, least, most) : throw new ArgumentException($"bounds must ascend from 0 on; found {least} and {most}", nameof(most));

    // sum of P(X > k) for whole k below the bound
    private double GeometricMean()
    {
        if (_spread == 0)
        {
            return Least;
        }

        double share = Math.Exp(_spread);
        return Least + share * (1 - Math.Exp(_spread * (Most - Least))) / (1 - share);
    }

    // trapezoids over the normal deviate: the ends hold less than 1e-20 of the weight that a lognormal gives them
    private double LognormalMean()
    {
        const double Step = 1.0 / 256;
        double sum = 0;
        for (double z = -10; z <= 10 + _spread; z += Step)
        {
            sum += Math.Exp(-z * z / 2) * Math.Clamp(Math.Exp(_location + _spread * z), Least, Most);
        }

        return sum * Step / Math.Sqrt(2 * Math.PI);
    }
}
