using Millwright.Chips;
using Millwright.Numerics;

namespace Millwright.Cli.Calibration;

/// <summary>Cross-validation by whole shapes: every point of a shape falls into the same of five folds, so that no shape is scored that was fitted.</summary>
internal static class HeldOut
{
    /// <summary>Folds.</summary>
    public const int Folds = 5;

    /// <summary>The fold of a shape.</summary>
    /// <param name="shape">What makes up the shape, such as columns and inner.</param>
    /// <returns>0 to 4; the same on each machine.</returns>
    public static int Fold(params ReadOnlySpan<double> shape)
    {
        ulong hash = 14695981039346656037;
        foreach (double part in shape)
        {
            hash = (hash ^ BitConverter.DoubleToUInt64Bits(part)) * 1099511628211;
            hash ^= hash >> 29;
        }

        // the high bits of a product are better mixed than the low ones
        return (int)((hash * 0x9E3779B97F4A7C15 >> 33) % Folds);
    }

    /// <summary>Fits a grid to all points and tells how grids fitted without a fold did on it.</summary>
    /// <param name="axes">Nodes.</param>
    /// <param name="points">Coordinates.</param>
    /// <param name="targets">Values that the grid is fitted to.</param>
    /// <param name="folds">Fold of each point.</param>
    /// <param name="smoothness">Smoothness of each axis.</param>
    /// <param name="error">Absolute relative error of a fitted value at a point.</param>
    /// <returns>The grid of all points; the errors, in the order of the points.</returns>
    public static (SmoothGrid Grid, double[] Errors) Fit(
        IReadOnlyList<double[]> axes,
        IReadOnlyList<double[]> points,
        IReadOnlyList<double> targets,
        IReadOnlyList<int> folds,
        double[] smoothness,
        Func<double, int, double> error)
    {
        SmoothGrid FitTo(IReadOnlyList<int> seen) =>
            SmoothGrid.Fit(axes, [.. seen.Select(p => points[p])], [.. seen.Select(p => targets[p])], smoothness);
        return Fit(folds, FitTo, (grid, p) => error(grid.At(points[p]), p));
    }

    /// <summary>Fits anything to all points and tells how the same fitted without a fold did on it.</summary>
    /// <typeparam name="T">What is fitted.</typeparam>
    /// <param name="folds">Fold of each point.</param>
    /// <param name="fit">Fits to the points of these numbers.</param>
    /// <param name="error">Absolute relative error of a fit at a point.</param>
    /// <returns>The fit to all points; the errors, in the order of the points.</returns>
    public static (T All, double[] Errors) Fit<T>(IReadOnlyList<int> folds, Func<IReadOnlyList<int>, T> fit, Func<T, int, double> error)
    {
        double[] errors = new double[folds.Count];
        for (int fold = 0; fold < Folds; fold++)
        {
            List<int> seen = [];
            List<int> unseen = [];
            for (int p = 0; p < folds.Count; p++)
            {
                (folds[p] == fold ? unseen : seen).Add(p);
            }

            if (unseen.Count == 0 || seen.Count == 0)
            {
                continue;
            }

            T fitted = fit(seen);
            foreach (int p in unseen)
            {
                errors[p] = error(fitted, p);
            }
        }

        return (fit([.. Enumerable.Range(0, folds.Count)]), errors);
    }

    /// <summary>log2 of each number.</summary>
    public static double[] Logs(params ReadOnlySpan<double> numbers)
    {
        double[] logs = new double[numbers.Length];
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] = Math.Log2(numbers[i]);
        }

        return logs;
    }

    /// <summary>Relative error of a factor against the measured one, both as log2.</summary>
    public static double OfFactor(double fitted, double measured) => Math.Abs(Math.Pow(2, Math.Max(0, fitted) - measured) - 1);

    /// <summary>Mean error of factors on all points.</summary>
    public static Func<OperatorGrid, double> MeanOfFactors(List<double[]> points, List<double> targets) =>
        grid => points.Select((point, p) => OfFactor(grid.LogFactor.At(point), targets[p])).Average();

    /// <summary>A percentile of errors by nearest rank.</summary>
    public static double Percentile(IReadOnlyCollection<double> errors, double share)
    {
        double[] sorted = [.. errors];
        Array.Sort(sorted);
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}
