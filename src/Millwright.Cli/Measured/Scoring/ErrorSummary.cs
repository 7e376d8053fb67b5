using Millwright.Numerics;

namespace Millwright.Cli.Measured;

/// <summary>One measured value beside its prediction.</summary>
/// <param name="Group">Group that the row belongs to: rows of one group err alike.</param>
/// <param name="Measured">Measured value, above 0.</param>
/// <param name="Predicted">Predicted value.</param>
/// <param name="Low">p10 of the prediction; null where it has no band.</param>
/// <param name="High">p90 of the prediction.</param>
internal readonly record struct ScoredPoint(string Group, double Measured, double Predicted, double? Low = null, double? High = null)
{
    /// <summary>Error with its sign, as a share of the measured value.</summary>
    public double Signed => Predicted / Measured - 1;

    /// <summary>Error without its sign.</summary>
    public double Absolute => Math.Abs(Signed);
}

/// <summary>A value with its 95 % interval.</summary>
/// <param name="Value">The value.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
internal readonly record struct Interval(double Value, double Low, double High);

/// <summary>Errors of one group of rows.</summary>
/// <param name="Group">The group.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Median">Median absolute percentage error, as a share.</param>
/// <param name="Bias">Median error with its sign, as a share.</param>
/// <param name="InBand">True when the middle of the measured values lies in the predicted band; null without a band.</param>
internal sealed record GroupErrors(string Group, int Rows, double Median, double Bias, bool? InBand)
{
    /// <summary>Errors by group, in the order of their names.</summary>
    public static IReadOnlyList<GroupErrors> Of(IEnumerable<ScoredPoint> points) =>
        [.. points.GroupBy(static p => p.Group, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => One(g.Key, [.. g]))];

    private static GroupErrors One(string group, ScoredPoint[] points)
    {
        ScoredPoint[] banded = [.. points.Where(static p => p is { Low: not null, High: not null })];
        bool? inBand = null;
        if (banded.Length > 0)
        {
            double middle = Quantile(banded.Select(static p => p.Measured / p.Predicted), 0.5);
            inBand = middle >= Quantile(banded.Select(static p => p.Low!.Value / p.Predicted), 0.5) && middle <= Quantile(banded.Select(static p => p.High!.Value / p.Predicted), 0.5);
        }

        return new GroupErrors(group, points.Length, Quantile(points.Select(static p => p.Absolute), 0.5), Quantile(points.Select(static p => p.Signed), 0.5), inBand);
    }

    internal static double Quantile(IEnumerable<double> values, double share) => Percentiles.OfSorted([.. values.Order()], share);
}

/// <summary>Errors over many groups, each figure with its interval.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Groups">Groups.</param>
/// <param name="OverGroups">Median over groups of each group's median absolute percentage error.</param>
/// <param name="Pooled">Median absolute percentage error over all rows.</param>
/// <param name="Ninetieth">90th percentile over all rows.</param>
/// <param name="Mean">Mean over all rows.</param>
/// <param name="Bias">Median error with its sign over all rows.</param>
/// <param name="GroupsInBand">Share of groups whose measured values lie in the band; null without a band.</param>
/// <param name="RowsInBand">Share of rows likewise.</param>
internal sealed record ErrorSummary(
    string Name, int Rows, int Groups, Interval OverGroups, Interval Pooled, Interval Ninetieth, double Mean, double Bias, double? GroupsInBand, double? RowsInBand)
{
    /// <summary>Draws of the bootstrap.</summary>
    public const int Draws = 1000;

    /// <summary>Seed of the bootstrap.</summary>
    public const ulong Seed = 20260101;

    private const double Lower = 0.025;
    private const double Upper = 0.975;

    /// <summary>Sums up points; the intervals resample whole groups, since rows of one group err alike.</summary>
    /// <remarks>Cluster bootstrap with percentile intervals: Davison and Hinkley, "Bootstrap methods and their application", 1997, sections 3.8 and 5.3.</remarks>
    /// <param name="name">What was compared: also the key of the random stream, so that a line does not change when others come or go.</param>
    /// <param name="points">The points.</param>
    /// <returns>The errors; null when there is no point.</returns>
    public static ErrorSummary? Of(string name, IReadOnlyCollection<ScoredPoint> points)
    {
        if (points.Count == 0)
        {
            return null;
        }

        IReadOnlyList<GroupErrors> groups = GroupErrors.Of(points);
        Dictionary<string, int> indices = groups.Select(static (g, i) => (g.Group, i)).ToDictionary(static p => p.Group, static p => p.i, StringComparer.Ordinal);
        (double Error, int Group)[] sorted = [.. points.Select(p => (p.Absolute, indices[p.Group])).OrderBy(static p => p.Absolute)];
        double[] medians = [.. groups.Select(static g => g.Median)];
        (double[] overGroups, double[] pooled, double[] ninetieth) = Resample(name, medians, sorted);
        double[] errors = [.. sorted.Select(static p => p.Error)];
        ScoredPoint[] banded = [.. points.Where(static p => p is { Low: not null, High: not null })];
        bool[] inBand = [.. groups.Where(static g => g.InBand is not null).Select(static g => g.InBand == true)];
        return new ErrorSummary(
            name,
            points.Count,
            groups.Count,
            Around(GroupErrors.Quantile(medians, 0.5), overGroups),
            Around(Percentiles.OfSorted(errors, 0.5), pooled),
            Around(Percentiles.OfSorted(errors, 0.9), ninetieth),
            errors.Average(),
            GroupErrors.Quantile(points.Select(static p => p.Signed), 0.5),
            inBand.Length == 0 ? null : inBand.Count(static b => b) / (double)inBand.Length,
            banded.Length == 0 ? null : banded.Count(static p => p.Measured >= p.Low && p.Measured <= p.High) / (double)banded.Length);
    }

    private static (double[] OverGroups, double[] Pooled, double[] Ninetieth) Resample(string name, double[] medians, (double Error, int Group)[] sorted)
    {
        RandomStream random = new(Seed);
        ulong key = RandomStream.KeyOf(name);
        int groups = medians.Length;
        double[] overGroups = new double[Draws];
        double[] pooled = new double[Draws];
        double[] ninetieth = new double[Draws];
        int[] times = new int[groups];
        double[] drawn = new double[groups];
        for (int draw = 0; draw < Draws; draw++)
        {
            Array.Clear(times);
            for (int i = 0; i < groups; i++)
            {
                int pick = (int)(random.Uniform(key, (long)draw * groups + i) * groups);
                times[pick]++;
                drawn[i] = medians[pick];
            }

            Array.Sort(drawn);
            overGroups[draw] = Percentiles.OfSorted(drawn, 0.5);
            long weight = sorted.Sum(p => (long)times[p.Group]);
            pooled[draw] = WeightedQuantile(sorted, times, weight, 0.5);
            ninetieth[draw] = WeightedQuantile(sorted, times, weight, 0.9);
        }

        return (overGroups, pooled, ninetieth);
    }

    // The same definition as Percentiles, over a list in which each point stands as often as its group was drawn.
    private static double WeightedQuantile((double Error, int Group)[] sorted, int[] times, long weight, double share)
    {
        double place = share * (weight - 1);
        long below = (long)Math.Floor(place);
        long seen = 0;
        double? at = null;
        foreach ((double error, int group) in sorted)
        {
            seen += times[group];
            if (at is null && seen > below)
            {
                at = error;
            }

            if (at is { } found && (seen > below + 1 || place == below))
            {
                return found + (place - below) * (error - found);
            }
        }

        return at ?? sorted[^1].Error;
    }

    private static Interval Around(double value, double[] draws)
    {
        Array.Sort(draws);
        return new Interval(value, Percentiles.OfSorted(draws, Lower), Percentiles.OfSorted(draws, Upper));
    }
}
