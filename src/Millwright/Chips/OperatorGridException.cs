namespace Millwright.Chips;

/// <summary>A file of operator grids that cannot be read.</summary>
public sealed class OperatorGridException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="line">Line, from 1.</param>
    /// <param name="problem">What was found and what is allowed.</param>
    public OperatorGridException(int line, string problem)
        : base($"operator grids, line {line}: {problem}")
    {
        Line = line;
        Problem = problem;
    }

    /// <summary>Line of the fault, from 1.</summary>
    public int Line { get; }

    /// <summary>What was found and what is allowed, without the line.</summary>
    public string Problem { get; }
}
