namespace Millwright.Applications;

/// <summary>Requests in order of arrival, one at a time, in bounded memory.</summary>
public interface IRequestStream
{
    /// <summary>Tokens of a prefix block; 0 where the requests name no blocks.</summary>
    int BlockTokens { get; }

    /// <summary>Hashes of the blocks of the prompt of the request just read, in order; the last block may be partly filled. Empty where none are named.
    /// Valid until the next request is read.</summary>
    ReadOnlySpan<ulong> PrefixBlocks { get; }

    /// <summary>Reads the next request.</summary>
    /// <param name="request">The request; arrivals never fall.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="TraceFormatException">A line of the trace is wrong.</exception>
    bool TryRead(out TraceRequest request);
}
