using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>
/// What the prompts of requests hold, as far as a prefix cache must know it: two blocks with one key hold the same tokens after the same tokens. Kept in blocks of
/// the source (512 tokens in a Mooncake trace, 16 in a Bailian one) and asked for in blocks of the engine.
/// </summary>
public sealed class PromptKeys
{
    private readonly List<ulong> _hashes = [];
    private Entry[] _entries = new Entry[1024];

    /// <summary>States the blocks of a prompt by their hashes, each of which stands for its block and all before it.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="hashes">Hashes, in order.</param>
    /// <param name="blockTokens">Tokens of such a block, above 0; the last one may be partly filled.</param>
    /// <param name="inputTokens">Tokens of the prompt.</param>
    public void Add(int request, ReadOnlySpan<ulong> hashes, int blockTokens, int inputTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockTokens, 1);
        Set(request, new Entry(_hashes.Count, blockTokens, (int)Math.Min(inputTokens, (long)hashes.Length * blockTokens), 0, Own(request)));
        _hashes.AddRange(hashes);
    }

    /// <summary>States a prompt that begins with something that others begin with too, and goes on with a context of its own, which only grows from call to call.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="shared">Key of what is shared.</param>
    /// <param name="sharedTokens">Its tokens; 0 for none.</param>
    /// <param name="context">Key of the context.</param>
    public void Add(int request, ulong shared, int sharedTokens, ulong context) => Set(request, new Entry(0, 0, sharedTokens, shared, context));

    /// <summary>The key of an engine's block of a request: of its prompt, and behind it of what it makes.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="blockTokens">Tokens of a block of the engine.</param>
    /// <returns>The key.</returns>
    public ulong Key(int request, int block, int blockTokens)
    {
        Entry entry = request < _entries.Length ? _entries[request] : default;
        long end = (long)(block + 1) * blockTokens;
        if (end > entry.KnownTokens)
        {
            return Mix(entry.IsSet ? entry.Context : Own(request), (ulong)block);
        }

        if (entry.HashTokens == 0)
        {
            return Mix(entry.Shared, (ulong)block);
        }

        // a hash stands for all before it: that of the block that holds the last token, and the place within
        long last = end - 1;
        return Mix(_hashes[entry.First + (int)(last / entry.HashTokens)], (ulong)(last % entry.HashTokens));
    }

    // a request that tells nothing shares nothing
    private static ulong Own(int request) => Mix(0x5851F42D4C957F2DUL, (ulong)request);

    private static ulong Mix(ulong key, ulong place) => RandomStream.Mix(key ^ RandomStream.Mix(place + 0x9E3779B97F4A7C15UL));

    private void Set(int request, Entry entry)
    {
        if (request >= _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(request + 1, 2 * _entries.Length));
        }

        _entries[request] = entry with { IsSet = true };
    }

    private readonly record struct Entry(int First, int HashTokens, int KnownTokens, ulong Shared, ulong Context)
    {
        public bool IsSet { get; init; }
    }
}
