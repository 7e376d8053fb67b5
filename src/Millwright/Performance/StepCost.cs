using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// Time of a step of one batch composition as a function of the summed context of its decoding sequences: linear between knots, chosen so that it stays
/// within a tolerance of the sum over operators. A composition is compiled once; a look-up takes a few nanoseconds and allocates nothing. A sequence
/// that ends, a prompt that starts, and a batch that outgrows the captured graphs are changes of composition. Immutable; safe to share between threads.
/// </summary>
public sealed class StepCost
{
    /// <summary>Greatest relative distance from the sum over operators.</summary>
    public const double Tolerance = 1e-3;

    // a segment is tried at a few points inside: a kink between them would have to be narrower than they are apart
    private const int Probes = 7;

    // least width of a segment, as a share of the context where it lies: short contexts bend on their own scale
    private const double LeastWidth = 1e-4;

    private readonly double[] _contexts;
    private readonly double[] _seconds;

    private StepCost(double[] contexts, double[] seconds)
    {
        _contexts = contexts;
        _seconds = seconds;
    }

    /// <summary>Knots: summed context, tokens.</summary>
    public IReadOnlyList<double> ContextTokens => _contexts;

    /// <summary>Knots: time of the step, s.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    /// <summary>Compiles a composition.</summary>
    /// <param name="model">The deployment.</param>
    /// <param name="composition">Sequences and prompts of the step; its context is not looked at.</param>
    /// <param name="leastContextTokens">Least summed context, tokens; at least one for each decoding sequence is assumed.</param>
    /// <param name="mostContextTokens">Greatest summed context, tokens.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not finite.</exception>
    public static StepCost Compile(StepModel model, StepShape composition, double leastContextTokens, double mostContextTokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        double least = Math.Max(leastContextTokens, composition.DecodeSequences);
        if (!(mostContextTokens >= least && double.IsFinite(mostContextTokens)))
        {
            throw new ArgumentOutOfRangeException(nameof(mostContextTokens), mostContextTokens, $"must be finite and at least {least}");
        }

        double TimeAt(double context) => model.Time(composition with { DecodeContextTokens = context }).TotalSeconds;
        if (composition.DecodeSequences <= 0 || mostContextTokens == least)
        {
            return new StepCost([least], [TimeAt(least)]);
        }

        StepKnots knots = Knots(TimeAt, least, mostContextTokens);
        return new StepCost(knots.Contexts.AsSpan(0, knots.Count).ToArray(), knots.Seconds.AsSpan(0, knots.Count).ToArray());
    }

    /// <summary>Time of the step.</summary>
    /// <param name="contextTokens">Summed context, tokens; beyond the range of the knots the nearest segment goes on.</param>
    /// <returns>Time, s.</returns>
    public double At(double contextTokens)
    {
        double[] contexts = _contexts;
        if (contexts.Length == 1)
        {
            return _seconds[0];
        }

        int low = 0;
        int high = contexts.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (contexts[middle] <= contextTokens)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return _seconds[low] + (_seconds[high] - _seconds[low]) * (contextTokens - contexts[low]) / (contexts[high] - contexts[low]);
    }

    /// <summary>Knots between which a time is a straight line within half of <see cref="Tolerance"/>.</summary>
    internal static StepKnots Knots(Func<double, double> timeAt, double least, double most)
    {
        // operators bend on a logarithmic scale: each octave of the context is looked at by itself
        StepKnots knots = new();
        knots.Add(least, timeAt(least));
        while (knots.Contexts[knots.Count - 1] < most)
        {
            (double from, double seconds) = (knots.Contexts[knots.Count - 1], knots.Seconds[knots.Count - 1]);
            double to = 2 * from < most ? 2 * from : most;
            Refine(timeAt, from, seconds, to, timeAt(to), knots);
        }

        return knots;
    }

    // halves a segment until the straight line fits, then adds its end
    private static void Refine(
        Func<double, double> timeAt, double from, double fromSeconds, double to, double toSeconds, StepKnots knots)
    {
        if (to - from > LeastWidth * to)
        {
            for (int i = 1; i <= Probes; i++)
            {
                double share = i / (Probes + 1.0);
                double line = fromSeconds + share * (toSeconds - fromSeconds);
                double exact = timeAt(from + share * (to - from));
                if (Math.Abs(line - exact) > Tolerance / 2 * exact)
                {
                    double middle = from + (to - from) / 2;
                    double seconds = timeAt(middle);
                    Refine(timeAt, from, fromSeconds, middle, seconds, knots);
                    Refine(timeAt, middle, seconds, to, toSeconds, knots);
                    return;
                }
            }
        }

        knots.Add(to, toSeconds);
    }
}
