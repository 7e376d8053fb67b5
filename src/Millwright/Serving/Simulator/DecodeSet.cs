using Millwright.Performance;

namespace Millwright.Serving.Simulator;

/// <summary>
/// The requests of a replica that decode: a slot each, linked in the order in which they started. All go in step, so that one counter of steps stands for the
/// progress of each, and counts by (tokens in the cache - steps so far) modulo block say who needs a block next. Drafted tokens make requests go at paces of their own;
/// then each step is one by itself.
/// </summary>
internal sealed class DecodeSet
{
    private const int None = -1;

    private readonly RequestTable _table;
    private readonly int _blockTokens;
    private readonly bool _spreads;
    private readonly DraftedTokens? _drafted;

    private readonly int[] _request;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly long[] _finish;
    private readonly int[] _phase;
    private readonly int[] _named;
    private readonly int[] _free;
    private readonly FinishHeap _finishing;
    private int _freeSlots;
    private int _oldest = None;

    // requests by (tokens in the cache - decode steps so far) modulo block
    private readonly int[] _phases;

    // of requests with drafted tokens: when they entered, tokens in the cache, tokens still to make
    private readonly long[] _entered;
    private readonly long[] _tokens;
    private readonly int[] _left;

    // longest and shortest context of decoding requests, less the steps so far
    private long _longest = long.MinValue;
    private long _shortest = long.MaxValue;

    public DecodeSet(RequestTable table, EnginePolicy policy, bool spreads)
    {
        _table = table;
        _blockTokens = policy.BlockTokens;
        _spreads = spreads;
        _drafted = policy.Drafted;
        int slots = policy.MaxSequences;
        _request = new int[slots];
        _next = new int[slots];
        _previous = new int[slots];
        _finish = new long[slots];
        _phase = new int[slots];
        _named = new int[slots];
        _free = new int[slots];
        for (int i = 0; i < slots; i++)
        {
            _free[i] = slots - 1 - i;
        }

        _freeSlots = slots;
        _finishing = new FinishHeap(slots, _finish, _request);
        _phases = new int[policy.BlockTokens];
        int drafting = _drafted is null ? 0 : slots;
        _entered = new long[drafting];
        _tokens = new long[drafting];
        _left = new int[drafting];
    }

    /// <summary>Requests that decode.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that their next step attends to.</summary>
    public long Context { get; private set; }

    /// <summary>Decode steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The slot that was taken last; -1 for none.</summary>
    public int Newest { get; private set; } = None;

    /// <summary>Steps until the first request ends; at least one decodes. 1 where each goes at its own pace.</summary>
    public long StepsToFinish => _drafted is null ? _finish[_finishing.First] - Steps : 1;

    /// <summary>How uneven the contexts are.</summary>
    public ContextSpread Spread => !_spreads || Count == 0
        ? default
        : new ContextSpread(Count * (_longest + Steps) - Context, Context - Count * (_shortest + Steps));

    /// <summary>The request of a slot.</summary>
    public int Request(int slot) => _request[slot];

    /// <summary>The slot that started before another one; -1 for none.</summary>
    public int Before(int slot) => _previous[slot];

    /// <summary>Leading blocks of a slot's request that have a key.</summary>
    public int Named(int slot) => _named[slot];

    /// <summary>Tokens of a slot's request in the cache: its prompt and what it has made, but for the newest token.</summary>
    public long TokensInCache(int slot) => _drafted is not null
        ? _tokens[slot]
        : _table.InputTokens[_request[slot]] + _table.OutputTokens[_request[slot]] - 1 - (_finish[slot] - Steps);

    /// <summary>Blocks that all need for their next step.</summary>
    public long BlocksOfStep()
    {
        if (Count == 0)
        {
            return 0;
        }

        if (_drafted is null)
        {
            return _phases[PhaseDue(Steps)];
        }

        long blocks = 0;
        for (int slot = _oldest; slot != None; slot = _next[slot])
        {
            blocks += Blocks(_tokens[slot] + Gain(slot)) - Blocks(_tokens[slot]);
        }

        return blocks;
    }

    /// <summary>Blocks that all need for so many steps.</summary>
    public long BlocksOf(long steps)
    {
        if (_drafted is not null)
        {
            return BlocksOfStep();
        }

        long rounds = steps / _blockTokens;
        long blocks = rounds * Count;
        for (long step = rounds * _blockTokens; step < steps; step++)
        {
            blocks += _phases[PhaseDue(Steps + step)];
        }

        return blocks;
    }

    /// <summary>Most steps, up to those wanted, that so many free blocks allow.</summary>
    public long StepsWithin(long free, long wanted)
    {
        if (_drafted is not null)
        {
            return BlocksOfStep() <= free ? 1 : 0;
        }

        long steps = Math.Min(free / Count, wanted / _blockTokens) * _blockTokens;
        free -= steps / _blockTokens * Count;
        while (steps < wanted)
        {
            int due = _phases[PhaseDue(Steps + steps)];
            if (due > free)
            {
                return steps;
            }

            free -= due;
            steps++;
        }

        return steps;
    }

    /// <summary>Lets a request decode from the next step on.</summary>
    /// <param name="id">The request.</param>
    /// <param name="tokens">Its tokens in the cache.</param>
    /// <param name="left">Tokens that it still has to make, at least 1.</param>
    /// <param name="named">Leading blocks that have a key.</param>
    public void Enter(int id, int tokens, int left, int named)
    {
        int slot = _free[--_freeSlots];
        _request[slot] = id;
        _named[slot] = named;
        if (_drafted is null)
        {
            _finish[slot] = Steps + left;
        }
        else
        {
            _finish[slot] = Steps + _drafted.StepsFor(id, left);
            _entered[slot] = Steps;
            _tokens[slot] = tokens;
            _left[slot] = left;
        }

        _phase[slot] = (int)(((tokens - Steps) % _blockTokens + _blockTokens) % _blockTokens);
        _phases[_phase[slot]]++;
        _previous[slot] = Newest;
        _next[slot] = None;
        if (Newest != None)
        {
            _next[Newest] = slot;
        }
        else
        {
            _oldest = slot;
        }

        Newest = slot;
        Count++;

        // its first decode step attends to the prompt and to the token that the step works on
        Context += tokens + 1;
        _finishing.Add(slot);
        if (_spreads)
        {
            _longest = Math.Max(_longest, OffsetOf(slot));
            _shortest = Math.Min(_shortest, OffsetOf(slot));
        }
    }

    /// <summary>Takes a request out before its end.</summary>
    public void Remove(int slot)
    {
        _finishing.Remove(slot);
        Leave(slot);
    }

    /// <summary>Takes out a request that has made its last token.</summary>
    /// <param name="id">The request.</param>
    /// <param name="tokens">Its tokens in the cache.</param>
    /// <param name="named">Leading blocks that have a key.</param>
    /// <returns>False when none has.</returns>
    public bool TryFinish(out int id, out long tokens, out int named)
    {
        (id, tokens, named) = (None, 0, 0);
        if (_finishing.Count == 0 || _finish[_finishing.First] > Steps)
        {
            return false;
        }

        int slot = _finishing.RemoveFirst();
        (id, tokens, named) = (_request[slot], TokensInCache(slot), _named[slot]);
        Leave(slot);
        return true;
    }

    /// <summary>Goes on by so many steps.</summary>
    /// <returns>Tokens made.</returns>
    public long Advance(long steps)
    {
        if (_drafted is null)
        {
            Steps += steps;
            Context += Count * steps;
            return Count * steps;
        }

        long made = 0;
        for (int slot = _oldest; slot != None; slot = _next[slot])
        {
            int gain = Gain(slot);
            _tokens[slot] += gain;
            _left[slot] -= gain;
            made += gain;
        }

        Steps++;
        Context += made;
        return made;
    }

    // tokens that a request makes in its next step
    private int Gain(int slot) => Math.Min(_left[slot], _drafted!.Made(_request[slot], Steps - _entered[slot]));

    private long Blocks(long tokens) => (tokens + _blockTokens - 1) / _blockTokens;

    private int PhaseDue(long steps) => (int)((_blockTokens - steps % _blockTokens) % _blockTokens);

    // context of a decoding request less the steps so far: it stays the same
    private long OffsetOf(int slot) => _drafted is null
        ? _table.InputTokens[_request[slot]] + _table.OutputTokens[_request[slot]] - _finish[slot]
        : _tokens[slot] + 1 - Steps;

    private void FindSpread()
    {
        _longest = long.MinValue;
        _shortest = long.MaxValue;
        for (int slot = _oldest; slot != None; slot = _next[slot])
        {
            _longest = Math.Max(_longest, OffsetOf(slot));
            _shortest = Math.Min(_shortest, OffsetOf(slot));
        }
    }

    private void Leave(int slot)
    {
        Context -= TokensInCache(slot) + 1;
        _phases[_phase[slot]]--;
        (int before, int after) = (_previous[slot], _next[slot]);
        if (before != None)
        {
            _next[before] = after;
        }
        else
        {
            _oldest = after;
        }

        if (after != None)
        {
            _previous[after] = before;
        }
        else
        {
            Newest = before;
        }

        _free[_freeSlots++] = slot;
        Count--;
        if (_spreads && (_drafted is not null || OffsetOf(slot) == _longest || OffsetOf(slot) == _shortest))
        {
            FindSpread();
        }
    }
}
