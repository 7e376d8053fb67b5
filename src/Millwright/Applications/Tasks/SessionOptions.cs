namespace Millwright.Applications.Tasks;

/// <summary>How the sessions of a trace are made into tasks.</summary>
public sealed record SessionOptions
{
    /// <summary>How the trace is taken in; not for TraceLab, which is read whole.</summary>
    public TraceOptions Trace { get; init; } = new();

    /// <summary>Time that an answer began after in the run that was traced, s: a gap between two arrivals less the answer is the pause between them. 0 takes the whole gap for a pause. Not for TraceLab,
    /// which tells when answers end.</summary>
    public double SecondsToFirstToken { get; init; }

    /// <summary>Time per output token in the run that was traced, s.</summary>
    public double SecondsPerOutputToken { get; init; }

    /// <summary>Tokens at the start of each session that all of them share, such as a system prompt; at least 0.</summary>
    public int SharedPrefixTokens { get; init; }

    /// <summary>CPU cores that a traced tool keeps busy: a trace does not tell.</summary>
    public double CoresPerTool { get; init; } = 1;
}
