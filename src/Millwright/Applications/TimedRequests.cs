namespace Millwright.Applications;

/// <summary>The requests of another stream, such as a table of lengths or a trace at another rate, in their order and with their blocks, but with arrivals of a clock. It ends with
/// the stream.</summary>
/// <param name="requests">The requests.</param>
/// <param name="clock">Their arrivals.</param>
public sealed class TimedRequests(IRequestStream requests, ArrivalClock clock) : IRequestStream
{
    /// <inheritdoc/>
    public int BlockTokens => requests.BlockTokens;

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> PrefixBlocks => requests.PrefixBlocks;

    /// <inheritdoc/>
    public bool TryRead(out TraceRequest request)
    {
        if (!requests.TryRead(out request))
        {
            return false;
        }

        if (!clock.TryNext(out var arrival))
        {
            // a row must not be lost in silence
            throw new InvalidOperationException("the rate of arrivals falls to 0 before the requests end");
        }

        request = request with { ArrivalPicoseconds = arrival };
        return true;
    }
}
