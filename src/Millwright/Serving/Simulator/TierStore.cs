using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Memory behind the cache of a replica, for blocks that it has no room for.</summary>
/// <param name="Name">Name, such as "host".</param>
/// <param name="CapacityBytes">Bytes that a replica has there.</param>
/// <param name="ReadBytesPerSecond">Rate towards the chips of a replica, all of them together, B/s.</param>
/// <param name="WriteBytesPerSecond">Rate from them, B/s.</param>
/// <param name="LatencySeconds">Time until the first byte comes, s.</param>
public sealed record CacheTier(string Name, double CapacityBytes, double ReadBytesPerSecond, double WriteBytesPerSecond, double LatencySeconds);

/// <summary>
/// Tiers behind a cache. Each full block is written to the first as soon as it is known; what a tier has no room for goes to the next one, and is lost behind the last. A link does one
/// transfer after another in each direction, so that prompts which fetch at once share it. What is fetched from a lower tier passes all above.
/// </summary>
internal sealed class TierStore
{
    private readonly Tier[] _tiers;

    public TierStore(EnginePolicy policy)
    {
        _tiers = [.. policy.Tiers.Select(tier => new Tier(tier, policy.BlockBytes))];
    }

    /// <summary>Blocks behind those that the cache holds, one after another, that any tier holds.</summary>
    /// <param name="cache">Knows the keys.</param>
    /// <param name="id">The request.</param>
    /// <param name="from">The first block.</param>
    /// <param name="most">Blocks before this one count.</param>
    public int Match(ReplicaCache cache, int id, int from, int most)
    {
        int block = from;
        while (block < most && Holds(cache.Key(id, block)))
        {
            block++;
        }

        return block - from;
    }

    private bool Holds(ulong key)
    {
        foreach (Tier tier in _tiers)
        {
            if (tier.Pool.Holds(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fetches blocks.</summary>
    /// <returns>When the last one has come, ps.</returns>
    public long Fetch(ReplicaCache cache, int id, int from, int blocks, long time)
    {
        long ready = time;
        long latency = 0;
        for (int block = from; block < from + blocks; block++)
        {
            ulong key = cache.Key(id, block);
            int at = Array.FindIndex(_tiers, tier => tier.Pool.Holds(key));
            long came = time;
            for (int i = at; i >= 0; i--)
            {
                Tier tier = _tiers[i];
                latency = Math.Max(latency, tier.Latency);
                came = Math.Max(came, tier.WrittenAt.GetValueOrDefault(key));
                came = tier.Reads.Pass(came, 1);
                if (i < at)
                {
                    // it stays where it passed
                    Insert(i, key, came);
                }
                else
                {
                    tier.Pool.Use(key);
                    tier.Pool.Release(key);
                }
            }

            ready = Math.Max(ready, came);
        }

        // a transfer waits once for its first byte, however many blocks follow
        return ready + latency;
    }

    /// <summary>Keeps a block.</summary>
    public void Store(ulong key, long time)
    {
        Tier first = _tiers[0];
        if (first.Pool.Holds(key))
        {
            first.Pool.Use(key);
            first.Pool.Release(key);
            return;
        }

        Insert(0, key, time);
    }

    private void Insert(int at, ulong key, long time)
    {
        Tier tier = _tiers[at];
        if (tier.Blocks < 1 || tier.Pool.Holds(key))
        {
            return;
        }

        long written = tier.Writes.Pass(time, 1);
        tier.Pool.Take(1, lost =>
        {
            tier.WrittenAt.Remove(lost, out long since);
            if (at + 1 < _tiers.Length)
            {
                Insert(at + 1, lost, Math.Max(time, since));
            }
        });
        tier.Pool.Name(key);
        tier.Pool.Release(key);
        tier.WrittenAt[key] = written;
    }

    private sealed class Tier(CacheTier record, double blockBytes)
    {
        public long Blocks { get; } = (long)Math.Min(int.MaxValue, record.CapacityBytes / blockBytes);

        public BlockPool Pool { get; } = new((long)Math.Min(int.MaxValue, record.CapacityBytes / blockBytes));

        public Dictionary<ulong, long> WrittenAt { get; } = [];

        public TransferLink Reads { get; } = new(SimulatedTime.FromSeconds(blockBytes / record.ReadBytesPerSecond));

        public TransferLink Writes { get; } = new(SimulatedTime.FromSeconds(blockBytes / record.WriteBytesPerSecond));

        public long Latency { get; } = SimulatedTime.FromSeconds(record.LatencySeconds);
    }
}

/// <summary>A link that passes one block after another.</summary>
/// <param name="blockPicoseconds">Time of a block, ps.</param>
internal sealed class TransferLink(long blockPicoseconds)
{
    private long _freeAt;

    /// <summary>Passes blocks.</summary>
    /// <returns>When the last has passed, ps.</returns>
    public long Pass(long time, long blocks)
    {
        _freeAt = Math.Max(_freeAt, time) + blocks * blockPicoseconds;
        return _freeAt;
    }
}
