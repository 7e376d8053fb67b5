namespace Millwright.Serving.Simulator;

/// <summary>One replica of a fleet: one engine, or several that step together.</summary>
internal interface ISimulatedReplica
{
    /// <summary>Requests that wait or run.</summary>
    int Outstanding { get; }

    /// <summary>Cache blocks in use.</summary>
    long UsedBlocks { get; }

    /// <summary>When it must go on, ps: steps that start later change nothing before that others could see, unless something comes. Never while nothing is to be done.</summary>
    long NextStep { get; }

    /// <summary>Runs every step that starts before a time.</summary>
    /// <param name="limit">The time, ps.</param>
    void RunUntil(long limit);

    /// <summary>Does nothing until a time.</summary>
    /// <param name="time">The time, ps.</param>
    void WaitUntil(long time);

    /// <summary>Leading tokens of a request that the cache holds.</summary>
    /// <param name="id">The request.</param>
    int PrefixTokens(int id);

    /// <summary>Tells when the cache of a request that was asked for has come.</summary>
    /// <param name="id">The request.</param>
    /// <param name="ready">The time, ps.</param>
    void Come(int id, long ready);

    /// <summary>Gives back the blocks of a prompt that was handed over.</summary>
    /// <param name="id">The request.</param>
    void GiveBack(int id);

    /// <summary>Loses all requests and the cache.</summary>
    /// <param name="lost">Takes the requests.</param>
    void Fail(List<int> lost);
}
