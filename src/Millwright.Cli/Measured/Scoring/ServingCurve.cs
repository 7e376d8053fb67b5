namespace Millwright.Cli.Measured;

/// <summary>Throughput per chip against tokens per second and user, along the loads of one configuration: measured and predicted.</summary>
/// <param name="Key">What curves must share to be compared.</param>
/// <param name="Chip">The chip.</param>
/// <param name="Layout">The layout.</param>
/// <param name="Measured">Measured points, ascending by tokens per second and user.</param>
/// <param name="Predicted">Predicted points, likewise.</param>
internal sealed record ServingCurve(string Key, string Chip, string Layout, IReadOnlyList<(double User, double Chip)> Measured, IReadOnlyList<(double User, double Chip)> Predicted)
{
    /// <summary>Least measured tokens per second and user.</summary>
    public double Least => Measured[0].User;

    /// <summary>Greatest measured tokens per second and user.</summary>
    public double Greatest => Measured[^1].User;

    /// <summary>Curves of configurations with at least two loads that were answered.</summary>
    /// <param name="predictions">Scored rows.</param>
    /// <param name="key">What curves must share to be compared.</param>
    public static IReadOnlyList<ServingCurve> Of(IEnumerable<RowPrediction> predictions, Func<RowPrediction, string> key) =>
    [
        .. predictions
            .Where(static p => p.Estimate is not null && p.Row.TotalTokensPerChipSecond is not null && MeasuredUser(p) is not null)
            .GroupBy(static p => p.Row.ConfigId.Length > 0 ? p.Row.ConfigId : p.Row.Id, StringComparer.Ordinal)
            .OrderBy(static g => g.Key, StringComparer.Ordinal)
            .Select(g => One([.. g], key))
            .Where(static c => c.Measured.Count >= 2 && c.Predicted.Count >= 2),
    ];

    /// <summary>Throughput per chip of a curve at some tokens per second and user: straight lines between points in logarithms, the end pieces go on.</summary>
    public static double At(IReadOnlyList<(double User, double Chip)> curve, double user)
    {
        int above = 1;
        while (above < curve.Count - 1 && curve[above].User < user)
        {
            above++;
        }

        (double x0, double y0) = (Math.Log(curve[above - 1].User), Math.Log(curve[above - 1].Chip));
        (double x1, double y1) = (Math.Log(curve[above].User), Math.Log(curve[above].Chip));
        return Math.Exp(y0 + (Math.Log(user) - x0) / (x1 - x0) * (y1 - y0));
    }

    private static ServingCurve One(RowPrediction[] rows, Func<RowPrediction, string> key)
    {
        RowPrediction first = rows[0];
        return new ServingCurve(
            key(first),
            first.Row.Chip,
            first.Mapped.Case!.Pools is { } pools ? $"{pools.PrefillWorkers} x {pools.PrefillLayout} + {pools.DecodeWorkers} x {pools.DecodeLayout}" : first.Mapped.Case.Layout?.ToString() ?? "",
            Points(rows.Select(static p => (MeasuredUser(p)!.Value, p.Row.TotalTokensPerChipSecond!.Value))),
            Points(rows.Select(static p => (1e3 / p.TimePerOutputTokenMs!.Value, p.TotalTokensPerChipSecond!.Value))));
    }

    // Points as fast for the user as one another are one: the best counts.
    private static (double User, double Chip)[] Points(IEnumerable<(double User, double Chip)> points) =>
        [.. points.Where(static p => p is { User: > 0, Chip: > 0 }).GroupBy(static p => p.User).Select(static g => (g.Key, g.Max(static p => p.Chip))).OrderBy(static p => p.Key)];

    private static double? MeasuredUser(RowPrediction prediction) =>
        (prediction.Row.TimePerOutputTokenMs.Median ?? prediction.Row.TimePerOutputTokenMs.Mean) is > 0 and var ms ? 1e3 / ms : null;
}

/// <summary>Chips ordered by throughput at equal tokens per second and user.</summary>
/// <param name="Pairs">Pairs of curves that are measured more than 10 % apart.</param>
/// <param name="OrderedRight">Pairs among them that the prediction orders as the measurement.</param>
internal readonly record struct ChipOrder(int Pairs, int OrderedRight)
{
    /// <summary>Difference that counts, as a share.</summary>
    public const double Apart = 0.1;

    /// <summary>Share ordered right; not a number without pairs.</summary>
    public double Share => (double)OrderedRight / Pairs;

    /// <summary>Compares each two curves of different chips with one key, in the geometric middle of what both were measured over.</summary>
    public static ChipOrder Of(IEnumerable<ServingCurve> curves)
    {
        int pairs = 0;
        int right = 0;
        foreach (IGrouping<string, ServingCurve> group in curves.GroupBy(static c => c.Key, StringComparer.Ordinal))
        {
            ServingCurve[] members = [.. group];
            for (int i = 0; i < members.Length; i++)
            {
                for (int j = i + 1; j < members.Length; j++)
                {
                    (ServingCurve a, ServingCurve b) = (members[i], members[j]);
                    double low = Math.Max(a.Least, b.Least);
                    double high = Math.Min(a.Greatest, b.Greatest);
                    if (a.Chip == b.Chip || low >= high)
                    {
                        continue;
                    }

                    double user = Math.Sqrt(low * high);
                    double measured = ServingCurve.At(a.Measured, user) / ServingCurve.At(b.Measured, user);
                    if (Math.Max(measured, 1 / measured) <= 1 + Apart)
                    {
                        continue;
                    }

                    pairs++;
                    double predicted = ServingCurve.At(a.Predicted, user) / ServingCurve.At(b.Predicted, user);
                    right += predicted > 1 == measured > 1 ? 1 : 0;
                }
            }
        }

        return new ChipOrder(pairs, right);
    }
}

/// <summary>What is lost when the layout that is predicted best is taken instead of the one measured best.</summary>
/// <param name="Groups">Groups with at least three layouts.</param>
/// <param name="Median">Median loss over groups, as a share of the best throughput per chip; not a number without groups.</param>
internal readonly record struct LayoutRegret(int Groups, double Median)
{
    private const int FewestLayouts = 3;

    // Places inside the measured range of a group, as shares of its logarithm.
    private static readonly double[] s_places = [0.25, 0.5, 0.75];

    /// <summary>Compares layouts of one key at equal tokens per second and user.</summary>
    public static LayoutRegret Of(IEnumerable<ServingCurve> curves)
    {
        List<double> losses = [];
        foreach (IGrouping<string, ServingCurve> group in curves.GroupBy(static c => c.Key, StringComparer.Ordinal))
        {
            double low = Math.Log(group.Min(static c => c.Least));
            double high = Math.Log(group.Max(static c => c.Greatest));
            double[] found = [.. s_places.Select(place => Loss([.. group], Math.Exp(low + place * (high - low)))).OfType<double>()];
            if (found.Length > 0)
            {
                losses.Add(found.Average());
            }
        }

        return new LayoutRegret(losses.Count, losses.Count == 0 ? double.NaN : GroupErrors.Quantile(losses, 0.5));
    }

    private static double? Loss(ServingCurve[] curves, double user)
    {
        ServingCurve[] there = [.. curves.Where(c => c.Least <= user && user <= c.Greatest)];
        if (there.DistinctBy(static c => c.Layout).Count() < FewestLayouts)
        {
            return null;
        }

        ServingCurve chosen = there.MaxBy(c => ServingCurve.At(c.Predicted, user))!;
        return 1 - ServingCurve.At(chosen.Measured, user) / there.Max(c => ServingCurve.At(c.Measured, user));
    }
}
