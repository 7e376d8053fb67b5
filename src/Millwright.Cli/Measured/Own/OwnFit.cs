using Millwright.Serving;

namespace Millwright.Cli.Measured.Own;

/// <summary>One measured load with its run.</summary>
/// <param name="Point">What was measured.</param>
/// <param name="Case">The run.</param>
/// <param name="Chips">Chips of the run.</param>
/// <param name="CountsFirstToken">True when its TTFT is fitted: the lightest load of its lengths, where requests wait least.</param>
internal sealed record OwnRun(OwnPoint Point, ServingCase Case, int Chips, bool CountsFirstToken);

/// <summary>One load before and after the fit, ms; null where it was not measured or not predicted.</summary>
/// <param name="Run">The load.</param>
/// <param name="Measured">Measured TPOT; output tokens a second where the tool gave no TPOT.</param>
/// <param name="Before">Predicted without residuals.</param>
/// <param name="After">Predicted with them.</param>
/// <param name="LeftOut">Predicted with residuals fitted without this load or its file.</param>
internal sealed record OwnLine(OwnRun Run, double Measured, double Before, double After, double? LeftOut);

/// <summary>
/// Fits at most three residuals to a user's own runs: least squares of logarithms, shrunk towards 0, 1 and 1, so that few points move them little.
/// </summary>
/// <remarks>Ridge regression as a normal prior: Hoerl and Kennard, Technometrics 12 (1970); minimum by Levenberg and Marquardt (SIAM J. Appl. Math. 11, 1963).</remarks>
internal sealed class OwnFit
{
    // Standard deviations, in logarithms: of a measured value around a right model, and of the residuals before anything is measured.
    private const double TokenNoise = 0.05;
    private const double FirstTokenNoise = 0.25;
    private const double HostScaleSeconds = 3e-3;
    private const double DecodeSpread = 0.25;
    private const double PrefillSpread = 0.4;
    private const double MostHostSeconds = 0.2;

    private const int FewestToLeaveOut = 4;
    private const int FewestFiles = 3;
    private const int Iterations = 60;

    private readonly Func<Residuals, ServingCase, ServingEstimate?> _predict;

    private OwnFit(Func<Residuals, ServingCase, ServingEstimate?> predict) => _predict = predict;

    /// <summary>The residuals.</summary>
    public Residuals Residuals { get; private set; } = Residuals.None;

    /// <summary>How many were fitted: 1 to 3.</summary>
    public int Fitted { get; private set; }

    /// <summary>The loads.</summary>
    public IReadOnlyList<OwnLine> Lines { get; private set; } = [];

    /// <summary>How loads were left out: "file", "point" or empty for not at all.</summary>
    public string LeftOutBy { get; private set; } = "";

    /// <summary>Measured over predicted time that one prediction in ten falls short of, and that one in ten exceeds; null with too few points.</summary>
    public (double Low, double High)? Band { get; private set; }

    /// <summary>Fits residuals.</summary>
    /// <param name="runs">The loads, each with a TPOT or a throughput.</param>
    /// <param name="predict">Predicts with residuals.</param>
    /// <returns>The fit; no line for a load that cannot be predicted.</returns>
    public static OwnFit Of(IReadOnlyList<OwnRun> runs, Func<Residuals, ServingCase, ServingEstimate?> predict)
    {
        OwnFit fit = new(predict);
        OwnRun[] usable = [.. runs.Where(r => Measured(r) is not null && predict(Residuals.None, r.Case) is not null)];
        if (usable.Length == 0)
        {
            return fit;
        }

        fit.Fitted = Count(usable);
        fit.Residuals = fit.Fit(usable, fit.Fitted);
        bool byFile = usable.Select(static r => r.Point.File).Distinct(StringComparer.Ordinal).Count() >= FewestFiles;
        fit.LeftOutBy = usable.Length < FewestToLeaveOut ? "" : byFile ? "file" : "point";
        fit.Lines = [.. usable.Select(r => fit.Line(r, usable))];
        fit.Band = BandOf(fit.Lines, fit.Fitted);
        return fit;
    }

    /// <summary>The measured value that is fitted: TPOT in ms, or output tokens a second where the tool gave none.</summary>
    public static double? Measured(OwnRun run) => run.Point.TimePerOutputTokenMs ?? run.Point.OutputTokensPerSecond;

    private OwnLine Line(OwnRun run, OwnRun[] all)
    {
        Residuals? without = null;
        if (LeftOutBy.Length > 0)
        {
            OwnRun[] rest = [.. all.Where(other => LeftOutBy == "file" ? other.Point.File != run.Point.File : !ReferenceEquals(other, run))];
            without = Fit(rest, Math.Min(Fitted, Count(rest)));
        }

        return new OwnLine(run, Measured(run)!.Value, Predicted(run, Residuals.None), Predicted(run, Residuals), without is { } left ? Predicted(run, left) : null);
    }

    // One point tells one number, two tell two; the third needs a third point and some time to first token.
    private static int Count(OwnRun[] runs) => runs.Length == 1 ? 1 : runs.Length == 2 || !runs.Any(HasFirstToken) ? 2 : 3;

    private static bool HasFirstToken(OwnRun run) => run is { CountsFirstToken: true, Point.TimeToFirstTokenMs: not null };

    private double Predicted(OwnRun run, in Residuals residuals)
    {
        ServingEstimate estimate = _predict(residuals, run.Case)!;
        return run.Point.TimePerOutputTokenMs is not null ? estimate.TimePerOutputTokenSeconds * 1e3 : estimate.OutputTokensPerChipSecond * run.Chips;
    }

    private Residuals Fit(OwnRun[] runs, int count)
    {
        // in the order in which few points tell them: decode, host, prefill
        double[] best = new double[3];
        double[] errors = Errors(runs, best, count);
        double cost = Sum(errors);
        double damping = 1e-3;
        for (int i = 0; i < Iterations && damping < 1e9; i++)
        {
            double[] step = Step(runs, best, errors, count, damping);
            double[] trial = [.. best.Select((value, k) => k < count ? Clamp(k, value + step[k]) : value)];
            double[] trialErrors = Errors(runs, trial, count);
            double trialCost = Sum(trialErrors);
            if (trialCost < cost)
            {
                bool done = cost - trialCost < 1e-12 * (1 + cost);
                (best, errors, cost) = (trial, trialErrors, trialCost);
                damping /= 5;
                if (done)
                {
                    break;
                }
            }
            else
            {
                damping *= 5;
            }
        }

        return Of(best);
    }

    // Parameters are scaled by their prior spread, so that each is about 1.
    private static Residuals Of(double[] x) => new(x[1] * HostScaleSeconds, Math.Exp(x[0] * DecodeSpread), Math.Exp(x[2] * PrefillSpread));

    private static double Clamp(int parameter, double value) => parameter == 1 ? Math.Clamp(value, 0, MostHostSeconds / HostScaleSeconds) : Math.Clamp(value, -12, 12);

    private double[] Errors(OwnRun[] runs, double[] x, int count)
    {
        Residuals residuals = Of(x);
        List<double> errors = new(runs.Length * 2 + 3);
        foreach (OwnRun run in runs)
        {
            ServingEstimate estimate = _predict(residuals, run.Case)!;
            double predicted = run.Point.TimePerOutputTokenMs is not null ? estimate.TimePerOutputTokenSeconds * 1e3 : estimate.OutputTokensPerChipSecond * run.Chips;
            errors.Add(Math.Log(predicted / Measured(run)!.Value) / TokenNoise);
            if (HasFirstToken(run))
            {
                errors.Add(count < 3 ? 0 : Math.Log(estimate.TimeToFirstTokenSeconds * 1e3 / run.Point.TimeToFirstTokenMs!.Value) / FirstTokenNoise);
            }
        }

        errors.AddRange(x);
        return [.. errors];
    }

    private double[] Step(OwnRun[] runs, double[] x, double[] errors, int count, double damping)
    {
        const double nudge = 1e-4;
        double[][] slopes = new double[count][];
        for (int k = 0; k < count; k++)
        {
            double[] moved = [.. x];
            moved[k] += nudge;
            double[] there = Errors(runs, moved, count);
            slopes[k] = [.. there.Select((error, i) => (error - errors[i]) / nudge)];
        }

        double[,] matrix = new double[count, count + 1];
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                matrix[a, b] = Dot(slopes[a], slopes[b]);
            }

            matrix[a, a] *= 1 + damping;
            matrix[a, count] = -Dot(slopes[a], errors);
        }

        return Solve(matrix, count);
    }

    // Gauss with the greatest pivot; the prior keeps the matrix positive definite.
    private static double[] Solve(double[,] matrix, int count)
    {
        for (int k = 0; k < count; k++)
        {
            int pivot = Enumerable.Range(k, count - k).MaxBy(i => Math.Abs(matrix[i, k]));
            for (int j = k; j <= count; j++)
            {
                (matrix[k, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[k, j]);
            }

            for (int i = k + 1; i < count; i++)
            {
                double factor = matrix[i, k] / matrix[k, k];
                for (int j = k; j <= count; j++)
                {
                    matrix[i, j] -= factor * matrix[k, j];
                }
            }
        }

        double[] x = new double[3];
        for (int i = count - 1; i >= 0; i--)
        {
            double rest = matrix[i, count];
            for (int j = i + 1; j < count; j++)
            {
                rest -= matrix[i, j] * x[j];
            }

            x[i] = rest / matrix[i, i];
        }

        return x;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();

    private static double Sum(double[] errors) => Dot(errors, errors);

    // 90 % points of Student's t by degrees of freedom, 1 and up: few points, wide band. Source: any table of the t distribution.
    private static readonly double[] s_student = [3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341];
    private const double Normal = 1.282;

    private static (double Low, double High)? BandOf(IReadOnlyList<OwnLine> lines, int fitted)
    {
        double[] errors = [.. lines.Where(static l => l.LeftOut is not null).Select(static l => Math.Log(l.Measured / l.LeftOut!.Value))];
        int freedom = errors.Length - fitted;
        if (freedom < 1)
        {
            return null;
        }

        double spread = Math.Sqrt(errors.Sum(static e => e * e) / errors.Length);
        double reach = spread * (freedom <= s_student.Length ? s_student[freedom - 1] : Normal);
        return (Math.Exp(-reach), Math.Exp(reach));
    }
}
