namespace Millwright.Cli.Calibration;

/// <summary>
/// The fit of four physical parameters: t = t0 + ((c / a)^p + (b / s)^p)^(1/p), with c and b the ideal times of compute and memory, a and s the shares of
/// the peaks that kernels reach, at most 1, and p how well the two overlap. Fitted by least absolute log errors, coordinate by coordinate, from a few
/// starts.
/// </summary>
internal static class FourParameters
{
    private const int Passes = 40;
    private const int MostPoints = 4000;

    public static FewParameterFit Fit(List<GemmPoint> points, List<int> folds)
    {
        double[] errors = new double[points.Count];
        for (int fold = 0; fold < HeldOut.Folds; fold++)
        {
            double[] parameters = Best([.. points.Where((_, i) => folds[i] != fold)]);
            for (int i = 0; i < points.Count; i++)
            {
                if (folds[i] == fold)
                {
                    errors[i] = Math.Abs(Time(parameters, points[i]) / points[i].Seconds - 1);
                }
            }
        }

        double[] all = Best(points);
        string form = FormattableString.Invariant($"t0 {Math.Exp(all[0]) * 1e6:0.0} µs, a {Share(all[1]):0.00}, b {Share(all[2]):0.00}, p {Math.Exp(all[3]):0.0}");
        return new FewParameterFit(form, 4, errors);
    }

    // a share between 0 and 1 for any number
    private static double Share(double free) => 1 / (1 + Math.Exp(-free));

    private static double Time(double[] parameters, GemmPoint point)
    {
        double compute = point.ComputeSeconds / Share(parameters[1]);
        double memory = point.MemorySeconds / Share(parameters[2]);
        double power = Math.Exp(parameters[3]);
        double greater = Math.Max(compute, memory);
        double ratio = Math.Min(compute, memory) / greater;
        return Math.Exp(parameters[0]) + greater * Math.Pow(1 + Math.Pow(ratio, power), 1 / power);
    }

    private static double[] Best(List<GemmPoint> points)
    {
        int step = Math.Max(1, points.Count / MostPoints);
        GemmPoint[] sample = [.. points.Where((_, i) => i % step == 0)];
        double[] best = [Math.Log(sample.Min(p => p.Seconds)), 0.8, 1.2, 0.7];
        double bestLoss = Loss(best, sample);
        double[] sizes = [0.5, 0.5, 0.5, 0.5];
        for (int pass = 0; pass < Passes; pass++)
        {
            for (int d = 0; d < best.Length; d++)
            {
                bool moved = false;
                foreach (double change in (ReadOnlySpan<double>)[sizes[d], -sizes[d]])
                {
                    double[] next = [.. best];
                    next[d] += change;
                    double loss = Math.Abs(next[3]) < 3 ? Loss(next, sample) : double.MaxValue;
                    if (loss < bestLoss)
                    {
                        (best, bestLoss, moved) = (next, loss, true);
                        break;
                    }
                }

                sizes[d] *= moved ? 1.5 : 0.5;
            }
        }

        return best;
    }

    private static double Loss(double[] parameters, GemmPoint[] points)
    {
        double sum = 0;
        foreach (GemmPoint point in points)
        {
            sum += Math.Abs(Math.Log(Time(parameters, point) / point.Seconds));
        }

        return sum / points.Length;
    }
}
