using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>
/// The requests that fall on some of many like replicas, so that some stand for all. In turn, each of so many requests goes to one replica: those of the first replicas are kept, just as they would come there.
/// Otherwise each request is kept with the same chance: for routers that draw or hash, the sample is what those replicas would see; for routers that look at replicas it is a fleet in small, whose
/// difference to the large one falls with one over the sample (mean field: Mitzenmacher, IEEE TPDS 2001).
/// </summary>
/// <param name="requests">All requests.</param>
/// <param name="sample">Replicas that are kept, at least 1.</param>
/// <param name="replicas">All replicas, no fewer.</param>
/// <param name="inTurn">True where replicas are served in turn.</param>
/// <param name="seed">Seed of the run.</param>
public sealed class SampledRequests(IRequestStream requests, int sample, int replicas, bool inTurn, ulong seed) : IRequestStream
{
    private static readonly ulong s_sample = RandomStream.KeyOf("load.replicas");

    private readonly RandomStream _random = new(seed);
    private long _read;

    /// <inheritdoc/>
    public int BlockTokens => requests.BlockTokens;

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> PrefixBlocks => requests.PrefixBlocks;

    /// <inheritdoc/>
    public bool TryRead(out TraceRequest request)
    {
        while (requests.TryRead(out request))
        {
            long number = _read++;

            // a session stays together
            long drawn = request.Session >= 0 ? request.Session : number;
            if (inTurn ? number % replicas < sample : _random.Uniform(s_sample, drawn) * replicas < sample)
            {
                return true;
            }
        }

        return false;
    }
}
