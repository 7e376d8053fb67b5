namespace Millwright.Serving.Simulator;

/// <summary>Blocks of a prompt that a cache holds already.</summary>
/// <param name="Blocks">Leading blocks that are held.</param>
/// <param name="Free">Those of them that nobody uses: to use them takes free blocks.</param>
internal readonly record struct PrefixMatch(int Blocks, int Free);

/// <summary>The cache of a replica: how many blocks are free, and with a prefix cache what the others hold.</summary>
internal sealed class ReplicaCache
{
    private readonly int _blockTokens;
    private readonly PromptKeys? _keys;
    private readonly BlockPool? _pool;
    private readonly TierStore? _tiers;

    // the prompt that was looked up last
    private int _matchedRequest = -1;
    private int _matchedTokens;
    private int _matchedVersion;
    private PrefixMatch _match;

    public ReplicaCache(EnginePolicy policy, RequestTable table)
    {
        _blockTokens = policy.BlockTokens;
        All = policy.CacheBlocks;
        Free = policy.CacheBlocks;
        if (policy.CachesPrefixes)
        {
            _keys = table.Keys;
            _pool = new BlockPool(policy.CacheBlocks);
            _tiers = policy.Tiers.Count > 0 ? new TierStore(policy) : null;
        }
    }

    /// <summary>Blocks of the cache.</summary>
    public long All { get; }

    /// <summary>Blocks that nobody uses.</summary>
    public long Free { get; private set; }

    /// <summary>The tiers behind the cache; null for none.</summary>
    public TierStore? Tiers => _tiers;

    /// <summary>Blocks of so many tokens.</summary>
    public long Blocks(long tokens) => (tokens + _blockTokens - 1) / _blockTokens;

    /// <summary>Key of a block of a request.</summary>
    public ulong Key(int id, int block) => _keys!.Key(id, block, _blockTokens);

    /// <summary>Leading blocks of a request that the cache holds, of its first tokens.</summary>
    /// <param name="id">The request.</param>
    /// <param name="tokens">Tokens whose full blocks count.</param>
    public PrefixMatch Match(int id, int tokens)
    {
        if (_pool is null)
        {
            return default;
        }

        if (_matchedRequest == id && _matchedTokens == tokens && _matchedVersion == _pool.Version)
        {
            return _match;
        }

        int most = tokens / _blockTokens;
        int blocks = 0;
        int free = 0;
        while (blocks < most && _pool.Holds(Key(id, blocks), out bool isFree))
        {
            blocks++;
            free += isFree ? 1 : 0;
        }

        (_matchedRequest, _matchedTokens, _matchedVersion, _match) = (id, tokens, _pool.Version, new PrefixMatch(blocks, free));
        return _match;
    }

    /// <summary>Uses leading blocks of a request that are held.</summary>
    public void Use(int id, int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            Free -= _pool!.Use(Key(id, i)) ? 1 : 0;
        }

        _matchedRequest = -1;
    }

    /// <summary>Takes free blocks for new tokens.</summary>
    public void Take(long blocks)
    {
        Free -= blocks;
        _pool?.Take(blocks);
    }

    /// <summary>Gives back blocks that were taken and hold nothing.</summary>
    public void GiveBack(long blocks)
    {
        Free += blocks;
        _pool?.GiveBlank(blocks);
    }

    /// <summary>Gives keys to the full blocks of a request.</summary>
    /// <param name="id">The request.</param>
    /// <param name="named">Leading blocks that have one.</param>
    /// <param name="tokens">Its tokens in the cache.</param>
    /// <param name="time">Now, ps: when they can go to the tier below.</param>
    /// <returns>Leading blocks that have one now.</returns>
    public int Name(int id, int named, long tokens, long time)
    {
        if (_pool is null)
        {
            return 0;
        }

        int full = (int)(tokens / _blockTokens);
        for (int i = named; i < full; i++)
        {
            ulong key = Key(id, i);
            if (_pool.Name(key))
            {
                _tiers?.Store(key, time);
                continue;
            }

            // another request holds the same tokens: one block does for both
            Free -= _pool.Use(key) ? 1 : 0;
            GiveBack(1);
        }

        return Math.Max(named, full);
    }

    /// <summary>Gives back all blocks of a request, the last one first, so that its beginning stays longest.</summary>
    /// <param name="id">The request.</param>
    /// <param name="named">Leading blocks that have a key.</param>
    /// <param name="tokens">Its tokens in the cache.</param>
    /// <param name="blocks">Blocks that it holds.</param>
    /// <param name="time">Now, ps.</param>
    /// <returns>Blocks that are free now and were not before.</returns>
    public long End(int id, int named, long tokens, long blocks, long time)
    {
        if (_pool is null)
        {
            Free += blocks;
            return blocks;
        }

        long before = Free;
        named = Name(id, named, tokens, time);
        GiveBack(blocks - named);
        for (int i = named - 1; i >= 0; i--)
        {
            Free += _pool.Release(Key(id, i)) ? 1 : 0;
        }

        return Free - before;
    }
}
