namespace Millwright.Applications;

/// <summary>How a trace is taken in.</summary>
public sealed record TraceOptions
{
    /// <summary>Requests that arrive earlier are left out and counted, s on the clock of the trace; the clock then starts here. At least 0.</summary>
    public double FromSeconds { get; init; }

    /// <summary>The first request that arrives here or later ends the reading, s on the clock of the trace; infinite for the whole trace.</summary>
    public double UntilSeconds { get; init; } = double.PositiveInfinity;

    /// <summary>True to leave out and count requests without input or output, such as the failed ones of BurstGPT; false to refuse them.</summary>
    public bool SkipEmptyRequests { get; init; }
}
