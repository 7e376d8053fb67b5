namespace Millwright.Applications;

/// <summary>A trace that cannot be read: an unknown format, or a line that does not fit it.</summary>
public sealed class TraceFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="line">Line, from 1.</param>
    /// <param name="problem">What was found and what is allowed.</param>
    /// <param name="inner">What it was found by; null for the reader itself.</param>
    public TraceFormatException(int line, string problem, Exception? inner = null)
        : base($"trace, line {line}: {problem}", inner)
    {
        Line = line;
        Problem = problem;
    }

    /// <summary>Line of the fault, from 1.</summary>
    public int Line { get; }

    /// <summary>What was found and what is allowed, without the line.</summary>
    public string Problem { get; }
}
