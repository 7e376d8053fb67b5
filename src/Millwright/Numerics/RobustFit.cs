namespace Millwright.Numerics;

/// <summary>
/// Fits a few parameters to residuals with least absolute deviations and a normal prior on each parameter: Gauss-Newton steps with numerical
/// derivatives, damped (Levenberg, Quarterly of Applied Mathematics 2, 1944; Marquardt, SIAM J. 11, 1963), residuals reweighted between steps.
/// </summary>
public static class RobustFit
{
    private const double LeastResidual = 0.02;
    private const double Step = 1e-4;

    /// <summary>Fits.</summary>
    /// <param name="residuals">Writes the residuals of the parameters, one for each observation.</param>
    /// <param name="observations">Number of observations.</param>
    /// <param name="weights">Weight of each observation.</param>
    /// <param name="priorMeans">Mean of the prior of each parameter; the fit starts there.</param>
    /// <param name="priorDeviations">Standard deviation of the prior of each parameter, above 0.</param>
    /// <param name="rounds">Most rounds.</param>
    /// <returns>The parameters.</returns>
    public static double[] Solve(
        Action<double[], double[]> residuals, int observations, double[] weights, double[] priorMeans, double[] priorDeviations, int rounds = 30)
    {
        ArgumentNullException.ThrowIfNull(residuals);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(priorMeans);
        ArgumentNullException.ThrowIfNull(priorDeviations);
        int n = priorMeans.Length;
        double[] x = [.. priorMeans];
        double[] r = new double[observations];
        double[] moved = new double[observations];
        double[][] derivative = new double[n][];
        residuals(x, r);
        double loss = Loss(x, r, weights, priorMeans, priorDeviations);
        double damping = 1e-3;
        for (int round = 0; round < rounds; round++)
        {
            for (int j = 0; j < n; j++)
            {
                double size = Step * priorDeviations[j];
                double[] y = [.. x];
                y[j] += size;
                residuals(y, moved);
                derivative[j] = new double[observations];
                for (int i = 0; i < observations; i++)
                {
                    derivative[j][i] = (moved[i] - r[i]) / size;
                }
            }

            double[,] matrix = new double[n, n];
            double[] right = new double[n];
            for (int i = 0; i < observations; i++)
            {
                double weight = weights[i] / Math.Max(LeastResidual, Math.Abs(r[i]));
                for (int j = 0; j < n; j++)
                {
                    right[j] -= weight * derivative[j][i] * r[i];
                    for (int k = 0; k <= j; k++)
                    {
                        matrix[j, k] += weight * derivative[j][i] * derivative[k][i];
                    }
                }
            }

            for (int j = 0; j < n; j++)
            {
                double precision = 1 / (priorDeviations[j] * priorDeviations[j]);
                matrix[j, j] += precision;
                right[j] -= precision * (x[j] - priorMeans[j]);
            }

            bool better = false;
            for (int trial = 0; trial < 8 && !better; trial++)
            {
                double[] step = SolveSymmetric(matrix, right, damping);
                double[] y = [.. x];
                for (int j = 0; j < n; j++)
                {
                    y[j] += step[j];
                }

                residuals(y, moved);
                double next = Loss(y, moved, weights, priorMeans, priorDeviations);
                if (next < loss)
                {
                    bool done = loss - next < 1e-7 * loss;
                    x = y;
                    moved.CopyTo(r, 0);
                    loss = next;
                    damping = Math.Max(1e-9, damping / 5);
                    better = true;
                    if (done)
                    {
                        return x;
                    }
                }
                else
                {
                    damping *= 5;
                }
            }

            if (!better)
            {
                break;
            }
        }

        return x;
    }

    private static double Loss(double[] x, double[] r, double[] weights, double[] means, double[] deviations)
    {
        double sum = 0;
        for (int i = 0; i < r.Length; i++)
        {
            double size = Math.Abs(r[i]);
            sum += 2 * weights[i] * (size > LeastResidual ? size - LeastResidual / 2 : size * size / (2 * LeastResidual));
        }

        for (int j = 0; j < x.Length; j++)
        {
            double offset = (x[j] - means[j]) / deviations[j];
            sum += offset * offset;
        }

        return sum;
    }

    // Cholesky of the damped matrix; only its lower half is read
    private static double[] SolveSymmetric(double[,] matrix, double[] right, double damping)
    {
        int n = right.Length;
        double[,] l = new double[n, n];
        for (int j = 0; j < n; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                double sum = matrix[j, k] * (j == k ? 1 + damping : 1);
                for (int i = 0; i < k; i++)
                {
                    sum -= l[j, i] * l[k, i];
                }

                l[j, k] = j == k ? Math.Sqrt(Math.Max(sum, 1e-300)) : sum / l[k, k];
            }
        }

        double[] x = [.. right];
        for (int j = 0; j < n; j++)
        {
            for (int i = 0; i < j; i++)
            {
                x[j] -= l[j, i] * x[i];
            }

            x[j] /= l[j, j];
        }

        for (int j = n - 1; j >= 0; j--)
        {
            for (int i = j + 1; i < n; i++)
            {
                x[j] -= l[i, j] * x[i];
            }

            x[j] /= l[j, j];
        }

        return x;
    }
}
