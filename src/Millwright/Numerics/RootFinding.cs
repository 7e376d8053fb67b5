namespace Millwright.Numerics;

/// <summary>Roots of functions of one number.</summary>
public static class RootFinding
{
    private const int MaxSteps = 1000;
    private const double DoubleSpacing = 2.2204460492503131e-16;

    /// <summary>A root between two places where the function has opposite signs.</summary>
    /// <remarks>Source: R. P. Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 4: bisection, secant and inverse quadratic steps.</remarks>
    /// <param name="function">A function that is continuous between the two places.</param>
    /// <param name="lower">One end.</param>
    /// <param name="upper">The other end.</param>
    /// <param name="tolerance">Width of the interval around the root at which the search stops, in the unit of x.</param>
    /// <returns>The root, in the unit of x.</returns>
    /// <exception cref="ArgumentException">The function has the same sign at both ends, or is not a number there.</exception>
    public static double Brent(Func<double, double> function, double lower, double upper, double tolerance = 1e-15)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Brent(new Delegated(function), lower, upper, tolerance);
    }

    /// <summary>A root between two places where the function has opposite signs; the form without a delegate, for hot paths.</summary>
    /// <remarks>Source: R. P. Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 4.</remarks>
    /// <typeparam name="TFunction">The function, as a struct.</typeparam>
    /// <param name="function">A function that is continuous between the two places.</param>
    /// <param name="lower">One end.</param>
    /// <param name="upper">The other end.</param>
    /// <param name="tolerance">Width of the interval around the root at which the search stops, in the unit of x.</param>
    /// <returns>The root, in the unit of x.</returns>
    /// <exception cref="ArgumentException">The function has the same sign at both ends, or is not a number there.</exception>
    public static double Brent<TFunction>(TFunction function, double lower, double upper, double tolerance = 1e-15)
        where TFunction : IScalarFunction, allows ref struct
    {
        double previous = lower;
        double best = upper;
        double atPrevious = function.At(previous);
        double atBest = function.At(best);
        if (atPrevious == 0)
        {
            return previous;
        }

        if (atBest == 0)
        {
            return best;
        }

        if (double.IsNaN(atPrevious) || double.IsNaN(atBest) || atPrevious > 0 == atBest > 0)
        {
            throw new ArgumentException($"The function does not change sign between {lower:R} and {upper:R}.", nameof(upper));
        }

        double other = previous;
        double atOther = atPrevious;
        double step = best - previous;
        double stepBefore = step;
        for (int i = 0; i < MaxSteps; i++)
        {
            if (Math.Abs(atOther) < Math.Abs(atBest))
            {
                (previous, best, other) = (best, other, best);
                (atPrevious, atBest, atOther) = (atBest, atOther, atBest);
            }

            double width = (DoubleSpacing * 2 * Math.Abs(best)) + (0.5 * tolerance);
            double half = 0.5 * (other - best);
            if (Math.Abs(half) <= width || atBest == 0)
            {
                return best;
            }

            if (Math.Abs(stepBefore) < width || Math.Abs(atPrevious) <= Math.Abs(atBest))
            {
                step = stepBefore = half;
            }
            else
            {
                double s = atBest / atPrevious;
                double p;
                double q;
                if (previous == other)
                {
                    p = 2 * half * s;
                    q = 1 - s;
                }
                else
                {
                    double r = atBest / atOther;
                    double t = atPrevious / atOther;
                    p = s * ((2 * half * t * (t - r)) - ((best - previous) * (r - 1)));
                    q = (t - 1) * (r - 1) * (s - 1);
                }

                (p, q) = p > 0 ? (p, -q) : (-p, q);
                if (2 * p < Math.Min((3 * half * q) - Math.Abs(width * q), Math.Abs(stepBefore * q)))
                {
                    stepBefore = step;
                    step = p / q;
                }
                else
                {
                    step = stepBefore = half;
                }
            }

            previous = best;
            atPrevious = atBest;
            best += Math.Abs(step) > width ? step : Math.CopySign(width, half);
            atBest = function.At(best);
            if (atBest > 0 == atOther > 0)
            {
                other = previous;
                atOther = atPrevious;
                step = stepBefore = best - previous;
            }
        }

        return best;
    }

    private readonly struct Delegated(Func<double, double> function) : IScalarFunction
    {
        public double At(double x) => function(x);
    }
}
