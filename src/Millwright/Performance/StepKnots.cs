namespace Millwright.Performance;

/// <summary>Points of a time over the context, in order: two columns, since a list of pairs would be compiled anew at each start of the program.</summary>
internal sealed class StepKnots
{
    private const int FirstCapacity = 16;

    /// <summary>Number of points.</summary>
    public int Count { get; private set; }

    /// <summary>Summed contexts, tokens; longer than <see cref="Count"/>.</summary>
    public double[] Contexts { get; private set; } = new double[FirstCapacity];

    /// <summary>Times, s.</summary>
    public double[] Seconds { get; private set; } = new double[FirstCapacity];

    /// <summary>Adds a point.</summary>
    /// <param name="context">Summed context, tokens.</param>
    /// <param name="seconds">Time, s.</param>
    public void Add(double context, double seconds)
    {
        if (Count == Contexts.Length)
        {
            Contexts = Longer(Contexts);
            Seconds = Longer(Seconds);
        }

        Contexts[Count] = context;
        Seconds[Count++] = seconds;
    }

    private static double[] Longer(double[] column)
    {
        double[] longer = new double[2 * column.Length];
        Array.Copy(column, longer, column.Length);
        return longer;
    }
}
