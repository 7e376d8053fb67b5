using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>Kinds of renewal process.</summary>
public enum ArrivalKind
{
    /// <summary>Exponential gaps.</summary>
    Poisson,

    /// <summary>Equal gaps.</summary>
    Constant,

    /// <summary>Gamma gaps.</summary>
    Gamma,

    /// <summary>Weibull gaps.</summary>
    Weibull,
}

/// <summary>
/// How requests follow each other: a renewal process of mean gap 1, which a <see cref="RateProfile"/> stretches to its rate. Gaps are pure functions of
/// (seed, variable, number of the gap).
/// </summary>
public sealed record ArrivalProcess
{
    private const double LeastVariation = 0.01;
    private const double GreatestVariation = 100;

    // one rejection takes two draws, and a gap below shape 1 one more; 64 draws make a gap that never ends a matter of 1e-40
    private const int DrawsOfGap = 64;

    private readonly double _scale;

    private ArrivalProcess(ArrivalKind kind, double shape, double scale, double variation)
    {
        Kind = kind;
        Shape = shape;
        _scale = scale;
        CoefficientOfVariation = variation;
    }

    /// <summary>Exponential gaps by inverse transform: -ln u.</summary>
    public static ArrivalProcess Poisson { get; } = new(ArrivalKind.Poisson, 1, 1, 1);

    /// <summary>Equal gaps.</summary>
    public static ArrivalProcess Constant { get; } = new(ArrivalKind.Constant, double.PositiveInfinity, 1, 0);

    /// <summary>The kind.</summary>
    public ArrivalKind Kind { get; }

    /// <summary>Shape of the gaps' distribution: 1 for Poisson, infinite for constant.</summary>
    public double Shape { get; }

    /// <summary>Standard deviation of the gaps over their mean.</summary>
    public double CoefficientOfVariation { get; }

    /// <summary>Gamma gaps: shape 1 / CV².</summary>
    /// <param name="coefficientOfVariation">CV, in [0.01, 100]; above 1 for bursts.</param>
    /// <returns>The process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A CV outside its range.</exception>
    public static ArrivalProcess Gamma(double coefficientOfVariation)
    {
        Require(coefficientOfVariation, nameof(coefficientOfVariation));
        return GammaOfShape(1 / (coefficientOfVariation * coefficientOfVariation));
    }

    /// <summary>Gamma gaps of a shape.</summary>
    /// <param name="shape">Shape, in [1e-4, 1e6].</param>
    /// <returns>The process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A shape outside its range.</exception>
    public static ArrivalProcess GammaOfShape(double shape) =>
        shape is >= 0.99e-4 and <= 1e6
            ? new(ArrivalKind.Gamma, shape, 1, 1 / Math.Sqrt(shape))
            : throw new ArgumentOutOfRangeException(nameof(shape), shape, "the shape of a gamma process must lie in [0.0001, 1000000]");

    /// <summary>Weibull gaps: the shape k solves CV² = Γ(1 + 2/k) / Γ(1 + 1/k)² - 1.</summary>
    /// <param name="coefficientOfVariation">CV, in [0.01, 100].</param>
    /// <returns>The process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A CV outside its range.</exception>
    public static ArrivalProcess Weibull(double coefficientOfVariation)
    {
        Require(coefficientOfVariation, nameof(coefficientOfVariation));
        var wanted = Math.Log(1 + coefficientOfVariation * coefficientOfVariation);
        return WeibullOfShape(Math.Exp(RootFinding.Brent(logShape => LogMoments(Math.Exp(logShape)) - wanted, Math.Log(0.05), Math.Log(1000))));
    }

    /// <summary>Weibull gaps of a shape, by inverse transform: (-ln u)^(1/k) / Γ(1 + 1/k).</summary>
    /// <param name="shape">Shape k, in [0.05, 1000].</param>
    /// <returns>The process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A shape outside its range.</exception>
    public static ArrivalProcess WeibullOfShape(double shape) =>
        shape is >= 0.0499 and <= 1001
            ? new(ArrivalKind.Weibull, shape, Math.Exp(-GammaFunction.Log(1 + 1 / shape)), Math.Sqrt(Math.Exp(LogMoments(shape)) - 1))
            : throw new ArgumentOutOfRangeException(nameof(shape), shape, "the shape of a Weibull process must lie in [0.05, 1000]");

    /// <summary>A gap of mean 1.</summary>
    /// <param name="random">The run's random numbers.</param>
    /// <param name="variable">Key of the variable.</param>
    /// <param name="gap">Number of the gap, from 0.</param>
    /// <returns>The gap, at least 0.</returns>
    internal double Gap(RandomStream random, ulong variable, long gap) => Kind switch
    {
        ArrivalKind.Poisson => -Math.Log(random.Uniform(variable, gap)),
        ArrivalKind.Constant => 1,
        ArrivalKind.Weibull => Math.Pow(-Math.Log(random.Uniform(variable, gap)), 1 / Shape) * _scale,
        _ => GammaDraw(Shape, random, variable, gap * DrawsOfGap) / Shape,
    };

    /// <summary>
    /// The gap before the first arrival, such that the mean rate holds from the start: what is left, at a moment taken at random, of a gap weighted by its length
    /// (equilibrium renewal process; Cox, "Renewal Theory", 1962, chapter 5). With an ordinary gap instead, about (CV² - 1) / 2 requests too many arrive at the start.
    /// A constant process waits one gap.
    /// </summary>
    /// <param name="random">The run's random numbers.</param>
    /// <param name="variable">Key of the variable.</param>
    /// <returns>The gap, at least 0.</returns>
    internal double FirstGap(RandomStream random, ulong variable) => Kind switch
    {
        // weighted by its length, a gamma gap has shape + 1, and the power k of a Weibull gap is a gamma variable of shape 1 + 1/k
        ArrivalKind.Gamma => random.Uniform(variable, -1) * GammaDraw(Shape + 1, random, variable, -DrawsOfGap) / Shape,
        ArrivalKind.Weibull => random.Uniform(variable, -1) * Math.Pow(GammaDraw(1 + 1 / Shape, random, variable, -DrawsOfGap), 1 / Shape) * _scale,
        _ => Gap(random, variable, 0),
    };

    // Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000): section 2, and for shapes below 1 section 6
    private static double GammaDraw(double shape, RandomStream random, ulong variable, long firstDraw)
    {
        var draw = firstDraw;
        var boost = 1.0;
        if (shape < 1)
        {
            boost = Math.Pow(random.Uniform(variable, draw++), 1 / shape);
            shape++;
        }

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = random.Normal(variable, draw++);
            var uniform = random.Uniform(variable, draw++);
            var root = 1 + c * normal;
            if (root <= 0)
            {
                continue;
            }

            var v = root * root * root;
            if (Math.Log(uniform) < 0.5 * normal * normal + d - d * v + d * Math.Log(v))
            {
                return d * v * boost;
            }
        }
    }

    private static double LogMoments(double shape) => GammaFunction.Log(1 + 2 / shape) - 2 * GammaFunction.Log(1 + 1 / shape);

    private static void Require(double variation, string name)
    {
        if (!(variation is >= LeastVariation and <= GreatestVariation))
        {
            throw new ArgumentOutOfRangeException(name, variation, "the coefficient of variation must lie in [0.01, 100]; 0 is the constant process");
        }
    }
}
