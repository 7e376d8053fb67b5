using Millwright.Applications.Tasks;
using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>
/// What the prompts of requests hold, as far as a prefix cache must know it: two blocks with one key hold the same tokens after the same tokens. Kept in blocks of
/// the source (512 tokens in a Mooncake trace, 16 in a Bailian one) and asked for in blocks of the engine.
/// </summary>
public sealed class PromptKeys
{
    private const int FirstCapacity = 1024;

    private readonly List<ulong> _hashes = [];

    // a ring as the columns of the requests; null until a prompt is stated. Hashes are counted from the first one ever, of which some may be forgotten.
    private Entry[]? _entries;
    private long _forgottenHashes;
    private int _first;
    private int _end;

    /// <summary>States the blocks of a prompt by their hashes, each of which stands for its block and all before it.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="hashes">Hashes, in order.</param>
    /// <param name="blockTokens">Tokens of such a block, above 0; the last one may be partly filled.</param>
    /// <param name="inputTokens">Tokens of the prompt.</param>
    public void Add(int request, ReadOnlySpan<ulong> hashes, int blockTokens, int inputTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockTokens, 1);
        Set(request, new Entry(_forgottenHashes + _hashes.Count, blockTokens, (int)Math.Min(inputTokens, (long)hashes.Length * blockTokens), 0, Own(request)));
        _hashes.AddRange(hashes);
    }

    /// <summary>States a prompt that begins with something that others begin with too, and goes on with a context of its own, which only grows from call to call.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="shared">Key of what is shared.</param>
    /// <param name="sharedTokens">Its tokens; 0 for none.</param>
    /// <param name="context">Key of the context.</param>
    public void Add(int request, ulong shared, int sharedTokens, ulong context) => Set(request, new Entry(0, 0, sharedTokens, shared, context));

    /// <summary>States the prompt of a call of a task; what the call makes has keys of the task, too.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="task">The task, which must not be given back while the request is open.</param>
    /// <param name="call">Number of the call.</param>
    internal void Add(int request, AgentTask task, int call) => Set(request, new Entry(call, 0, 0, 0, 0) { Task = task });

    /// <summary>The key of an engine's block of a request: of its prompt, and behind it of what it makes.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="blockTokens">Tokens of a block of the engine.</param>
    /// <returns>The key.</returns>
    public ulong Key(int request, int block, int blockTokens)
    {
        Entry entry = _entries is not null && request < _end ? _entries[request & (_entries.Length - 1)] : default;
        if (entry.Task is { } task)
        {
            return task.BlockKey((int)entry.First, block, blockTokens);
        }

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
        return Mix(_hashes[(int)(entry.First - _forgottenHashes + last / entry.HashTokens)], (ulong)(last % entry.HashTokens));
    }

    // a request that tells nothing shares nothing
    private static ulong Own(int request) => Mix(0x5851F42D4C957F2DUL, (ulong)request);

    private static ulong Mix(ulong key, ulong place) => RandomStream.Mix(key ^ RandomStream.Mix(place + 0x9E3779B97F4A7C15UL));

    /// <summary>Forgets the prompts of the requests in front of one.</summary>
    /// <param name="first">The first request that is still asked for.</param>
    internal void Forget(int first)
    {
        if (_entries is null || first <= _first)
        {
            return;
        }

        // entries in front of the new first one, of which the last says where hashes that are still asked for begin
        long hashes = _forgottenHashes;
        for (int request = _first; request < Math.Min(first, _end); request++)
        {
            ref Entry entry = ref _entries[request & (_entries.Length - 1)];
            hashes = entry.HashTokens > 0 ? entry.First + (entry.KnownTokens + (long)entry.HashTokens - 1) / entry.HashTokens : hashes;
            entry = default;
        }

        _first = first;
        _end = Math.Max(_end, first);
        if (hashes - _forgottenHashes > _hashes.Count / 2)
        {
            _hashes.RemoveRange(0, (int)(hashes - _forgottenHashes));
            _forgottenHashes = hashes;
        }
    }

    private void Set(int request, Entry entry)
    {
        _entries ??= new Entry[FirstCapacity];
        while (request - _first >= _entries.Length)
        {
            Entry[] larger = new Entry[2 * _entries.Length];
            for (int i = _first; i < _end; i++)
            {
                larger[i & (larger.Length - 1)] = _entries[i & (_entries.Length - 1)];
            }

            _entries = larger;
        }

        _entries[request & (_entries.Length - 1)] = entry with { IsSet = true };
        _end = Math.Max(_end, request + 1);
    }

    private readonly record struct Entry(long First, int HashTokens, int KnownTokens, ulong Shared, ulong Context)
    {
        public bool IsSet { get; init; }

        public AgentTask? Task { get; init; }
    }
}
