namespace Millwright.Serving.Simulator;

/// <summary>One replica of a fleet: one engine, or several that step together.</summary>
internal interface ISimulatedReplica
{
    /// <summary>Requests that wait or run.</summary>
    int Outstanding { get; }

    /// <summary>Runs every step that starts before a time.</summary>
    /// <param name="limit">The time, ps.</param>
    void RunUntil(long limit);
}
