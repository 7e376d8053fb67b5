using Millwright.Chips;

namespace Millwright.Performance;

/// <summary>
/// Time of a group of operators as a function of the tokens of a step: tabulated at four knots to the octave when a deployment is compiled, linear
/// between them, read without allocation.
/// </summary>
internal sealed class StepCurve
{
    private const int KnotsPerOctave = 4;
    private const int Octaves = 18;
    private const int Knots = KnotsPerOctave * Octaves + 1;

    private static readonly double[] s_tokens = Tokens();

    private readonly CallTime[] _times = new CallTime[Knots];
    private bool _empty = true;

    /// <summary>True when all its operators are in: more are not taken.</summary>
    public bool IsFull { get; set; }

    /// <summary>Most tokens of the table, beyond which time grows in proportion.</summary>
    public static double MostTokens => s_tokens[^1];

    private static double[] Tokens()
    {
        double[] tokens = new double[Knots];
        for (int i = 0; i < Knots; i++)
        {
            tokens[i] = Math.Pow(2, (double)i / KnotsPerOctave);
        }

        return tokens;
    }

    /// <summary>Adds an operator.</summary>
    /// <param name="timeOf">Time of one call at a number of tokens.</param>
    /// <param name="calls">Calls in one step.</param>
    public void Add(Func<double, CallTime> timeOf, double calls)
    {
        if (calls <= 0 || IsFull)
        {
            return;
        }

        _empty = false;
        for (int i = 0; i < Knots; i++)
        {
            _times[i] += timeOf(s_tokens[i]) * calls;
        }
    }

    /// <summary>Time at a number of tokens; none takes none, and a fraction of one as long as one.</summary>
    public CallTime At(double tokens)
    {
        if (_empty || tokens <= 0)
        {
            return default;
        }

        if (tokens <= 1)
        {
            return _times[0];
        }

        if (tokens >= MostTokens)
        {
            double scale = tokens / MostTokens;
            ref readonly CallTime last = ref _times[^1];
            return new CallTime(last.FloorSeconds, last.ComputeSeconds * scale, last.MemorySeconds * scale);
        }

        int knot = Math.Min((int)(Math.Log2(tokens) * KnotsPerOctave), Knots - 2);
        double share = (tokens - s_tokens[knot]) / (s_tokens[knot + 1] - s_tokens[knot]);
        ref readonly CallTime a = ref _times[knot];
        ref readonly CallTime b = ref _times[knot + 1];
        return new CallTime(
            a.FloorSeconds + share * (b.FloorSeconds - a.FloorSeconds),
            a.ComputeSeconds + share * (b.ComputeSeconds - a.ComputeSeconds),
            a.MemorySeconds + share * (b.MemorySeconds - a.MemorySeconds));
    }
}
