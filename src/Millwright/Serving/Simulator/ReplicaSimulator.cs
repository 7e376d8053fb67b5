using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// One replica, step by step: which requests each step takes, by the rules of its engine, and how long it lasts. While nothing but decoding goes on, and
/// until the first of completion, arrival that can start, end of free cache and bend of the attention line, steps are summed in closed form; stepping
/// through each of them gives the same times to the last picosecond, since all costs are whole.
/// </summary>
internal sealed class ReplicaSimulator
{
    private const int None = -1;

    private readonly StepClock _clock;
    private readonly EnginePolicy _policy;
    private readonly RequestTable _table;
    private readonly RequestFeed _feed;
    private readonly ReplicaMonitor _monitor;
    private readonly bool _leaps;
    private readonly DoneCount? _done;
    private readonly CancellationToken _cancellation;

    // running requests that decode: one slot each, linked in the order in which they started
    private readonly int[] _request;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly long[] _finish;
    private readonly int[] _phase;
    private readonly int[] _free;
    private readonly FinishHeap _finishing;
    private int _freeSlots;
    private int _newest = None;
    private int _oldest = None;
    private int _decoding;

    // requests by (tokens in the cache - decode steps so far) modulo block: who needs a block next
    private readonly int[] _phases;

    // decode steps so far: all decoding requests go in step, so that one counter stands for the progress of each
    private long _steps;
    private long _context;
    private long _freeBlocks;

    // the request whose prompt is under way, if any
    private int _partial = None;
    private int _partialDone;
    private int _partialTokens;

    private readonly WaitingLine _waiting = new();
    private readonly Dictionary<int, int> _made = [];
    private readonly List<int> _started = [];
    private long _now;
    private long _stalled;

    public ReplicaSimulator(
        StepClock clock, EnginePolicy policy, RequestTable table, RequestFeed feed, ReplicaMonitor monitor, DoneCount? done = null, bool leaps = true, CancellationToken cancellation = default)
    {
        _done = done;
        _cancellation = cancellation;
        _clock = clock;
        _policy = policy;
        _table = table;
        _feed = feed;
        _monitor = monitor;
        _leaps = leaps;
        int slots = policy.MaxSequences;
        _request = new int[slots];
        _next = new int[slots];
        _previous = new int[slots];
        _finish = new long[slots];
        _phase = new int[slots];
        _free = new int[slots];
        for (int i = 0; i < slots; i++)
        {
            _free[i] = slots - 1 - i;
        }

        _freeSlots = slots;
        _finishing = new FinishHeap(slots, _finish, _request);
        _phases = new int[policy.BlockTokens];
        _freeBlocks = policy.CacheBlocks;
    }

    /// <summary>Time of the next step's start, ps.</summary>
    public long Now => _now;

    /// <summary>Requests that wait or run.</summary>
    public int Outstanding => _waiting.Count + _decoding + (_partial == None ? 0 : 1);

    // those that decode, the prompt under way, and prompts that this step brings to their end
    private int Running => _decoding + (_partial == None ? 0 : 1) + _started.Count;

    /// <summary>Cache blocks in use.</summary>
    public long UsedBlocks => _policy.CacheBlocks - _freeBlocks;

    /// <summary>Runs every step that starts before a time.</summary>
    /// <param name="limit">The time, ps.</param>
    public void RunUntil(long limit)
    {
        while (!_cancellation.IsCancellationRequested)
        {
            TakeArrivals();
            if (_decoding == 0 && _partial == None && _waiting.Count == 0)
            {
                long arrival = _feed.NextArrival;
                if (arrival >= limit)
                {
                    return;
                }

                _monitor.Idle(_now, arrival);
                _now = arrival;
                continue;
            }

            if (_now >= limit)
            {
                return;
            }

            if (_policy.Batching == BatchingKind.PromptsFirst)
            {
                PromptsOrDecode(limit);
            }
            else if (_partial != None || CanStart() || !Leap(limit))
            {
                MixedStep();
            }
        }
    }

    private void TakeArrivals()
    {
        while (_feed.NextArrival <= _now)
        {
            int id = _feed.Take();
            if (Blocks(_table.InputTokens[id] + _table.OutputTokens[id]) > _policy.CacheBlocks || _table.InputTokens[id] + _table.OutputTokens[id] > _policy.MaxContextTokens)
            {
                _table.Refuse(id);
                _monitor.Refuse(_table.InputTokens[id]);
                _done?.Add();
                _feed.Done(id, _now);
                continue;
            }

            _waiting.Add(id);
        }
    }

    // what a request still has to put through a prompt: its input, and what it had made before it was set back
    private int PromptTokens(int id) => _table.InputTokens[id] + _made.GetValueOrDefault(id);

    private int Room => _policy.Batching == BatchingKind.Static && _decoding > 0 ? 0 : _policy.MaxSequences - _decoding - (_partial == None ? 0 : 1);

    private long Blocks(long tokens) => (tokens + _policy.BlockTokens - 1) / _policy.BlockTokens;

    // blocks that the first waiting request must find to start with so many tokens
    private long BlocksToStart(int id, int tokens) => Blocks(_policy.NoEvict ? _table.InputTokens[id] + _table.OutputTokens[id] : tokens);

    // true when the next step can start the first waiting request
    private bool CanStart()
    {
        if (_waiting.Count == 0 || Room <= 0)
        {
            return false;
        }

        int budget = _policy.MaxBatchedTokens - (_policy.Batching == BatchingKind.PromptsFirst ? 0 : _decoding);
        int id = _waiting.First;
        return budget > 0 && BlocksToStart(id, Math.Min(PromptTokens(id), budget)) <= _freeBlocks - (_policy.Batching == BatchingKind.PromptsFirst ? 0 : BlocksOfStep());
    }

    // blocks that decoding requests need for one more token each
    private long BlocksOfStep() => _policy.NoEvict || _decoding == 0 ? 0 : _phases[PhaseDue(_steps)];

    private int PhaseDue(long steps) => (int)((_policy.BlockTokens - steps % _policy.BlockTokens) % _policy.BlockTokens);

    private void PromptsOrDecode(long limit)
    {
        if (_partial != None || CanStart())
        {
            int tokens = StartPrompts(_policy.MaxBatchedTokens, out int prompts, out long prefix, admits: true);
            if (tokens > 0)
            {
                long duration = _clock.Mixed(0, tokens, (int)(prefix / tokens), prompts);
                _monitor.Prompts(_now, duration, 0, 0, tokens, prompts, Running, _waiting.Count, UsedBlocks);
                _now += duration;
                _stalled += _decoding > 0 ? duration : 0;
                EndPrompts();
                return;
            }

            // a prompt under way that found no block has given way: it may start again after the next step
            DecodeAfterPreempting();
            return;
        }

        if (_decoding == 0 || !Leap(limit))
        {
            DecodeAfterPreempting();
        }
    }

    private void DecodeAfterPreempting()
    {
        MakeRoom();
        if (_decoding > 0)
        {
            DecodeSteps(1);
        }
    }

    // a step of decoding requests, of the prompt under way, and of those that can start
    private void MixedStep()
    {
        bool preempted = MakeRoom();
        int decoding = _decoding;
        long context = _context;
        long due = BlocksOfStep();
        _freeBlocks -= due;
        int tokens = StartPrompts(_policy.MaxBatchedTokens - decoding, out int prompts, out long prefix, !preempted);
        if (tokens == 0)
        {
            _freeBlocks += due;
            if (_decoding > 0)
            {
                DecodeSteps(1);
            }

            return;
        }

        long attention = decoding > 0 ? _clock.Attention(decoding, context).At(context) : 0;
        long duration = _clock.Mixed(decoding, tokens, (int)(prefix / tokens), prompts) + attention;
        _monitor.Prompts(_now, duration, decoding, context, tokens, prompts, Running, _waiting.Count, UsedBlocks);
        _now += duration;
        if (decoding > 0)
        {
            _steps++;
            _context += decoding;
            FinishDecoding();
        }

        EndPrompts();
    }

    // sets back the newest requests until the decoding ones find the blocks of their next token
    private bool MakeRoom()
    {
        bool any = false;
        while (BlocksOfStep() > _freeBlocks)
        {
            any = true;
            if (_partial != None)
            {
                int id = _partial;
                _freeBlocks += Blocks(_partialDone);
                _partial = None;
                SetBack(id);
            }
            else
            {
                int slot = _newest;
                int id = _request[slot];
                long tokens = TokensInCache(slot);
                _made[id] = (int)(tokens - _table.InputTokens[id]) + 1;
                _freeBlocks += Blocks(tokens);
                _finishing.Remove(slot);
                Leave(slot);
                SetBack(id);
            }
        }

        return any;
    }

    private void SetBack(int id)
    {
        _table.Preempt(id);
        _monitor.Preempt();
        _waiting.AddFirst(id);
    }

    // tokens of a decoding request in the cache: its prompt and what it has made, but for the newest token
    private long TokensInCache(int slot) => _table.InputTokens[_request[slot]] + _table.OutputTokens[_request[slot]] - 1 - (_finish[slot] - _steps);

    // takes prompts into a step, and returns their tokens
    private int StartPrompts(int budget, out int prompts, out long prefix, bool admits)
    {
        int taken = 0;
        prompts = 0;
        prefix = 0;
        _started.Clear();
        if (_partial != None && budget > 0)
        {
            int part = Math.Min(_partialTokens - _partialDone, budget);
            long more = _policy.NoEvict ? 0 : Blocks(_partialDone + part) - Blocks(_partialDone);
            if (more > _freeBlocks)
            {
                // the newest request gives way, and this is the newest
                int id = _partial;
                _freeBlocks += Blocks(_partialDone);
                _partial = None;
                SetBack(id);
                return 0;
            }

            _freeBlocks -= more;
            prefix += (long)part * _partialDone;
            Take(part, ref taken, ref prompts);
            if (_partialDone == _partialTokens)
            {
                _started.Add(_partial);
                _partial = None;
            }
        }

        while (admits && _partial == None && taken < budget && _waiting.Count > 0 && Room - _started.Count > 0)
        {
            int id = _waiting.First;
            int whole = PromptTokens(id);
            int part = Math.Min(whole, budget - taken);
            long blocks = BlocksToStart(id, part);
            if (blocks > _freeBlocks)
            {
                break;
            }

            _freeBlocks -= blocks;
            _waiting.RemoveFirst();
            _table.Schedule(id, _now);
            _partialDone = 0;
            _partialTokens = whole;
            Take(part, ref taken, ref prompts);
            if (part == whole)
            {
                _started.Add(id);
            }
            else
            {
                _partial = id;
            }
        }

        return taken;
    }

    private void Take(int part, ref int taken, ref int prompts)
    {
        _partialDone += part;
        taken += part;
        prompts++;
    }

    // prompts that are through have made their first token, and decode from the next step on
    private void EndPrompts()
    {
        foreach (int id in _started)
        {
            int made = _made.GetValueOrDefault(id);
            _made.Remove(id);
            _table.MakeFirst(id, _now);
            _monitor.MakeFirst();
            int left = _table.OutputTokens[id] - made - 1;
            int tokens = _table.InputTokens[id] + made;
            if (left == 0)
            {
                _freeBlocks += _policy.NoEvict ? Blocks(_table.InputTokens[id] + _table.OutputTokens[id]) : Blocks(tokens);
                Finish(id);
                continue;
            }

            Enter(id, tokens, left);
        }

        _started.Clear();
    }

    private void Enter(int id, int tokens, int left)
    {
        int slot = _free[--_freeSlots];
        _request[slot] = id;
        _finish[slot] = _steps + left;
        _phase[slot] = (int)(((tokens - _steps) % _policy.BlockTokens + _policy.BlockTokens) % _policy.BlockTokens);
        _phases[_phase[slot]]++;
        _previous[slot] = _newest;
        _next[slot] = None;
        if (_newest != None)
        {
            _next[_newest] = slot;
        }
        else
        {
            _oldest = slot;
        }

        _newest = slot;
        _decoding++;

        // its first decode step attends to the prompt and to the token that the step works on
        _context += tokens + 1;
        _finishing.Add(slot);
    }

    private void Leave(int slot)
    {
        _context -= TokensInCache(slot) + 1;
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
            _newest = before;
        }

        _free[_freeSlots++] = slot;
        _decoding--;
    }

    private void FinishDecoding()
    {
        while (_finishing.Count > 0 && _finish[_finishing.First] <= _steps)
        {
            int slot = _finishing.RemoveFirst();
            int id = _request[slot];
            _freeBlocks += Blocks(_policy.NoEvict ? _table.InputTokens[id] + _table.OutputTokens[id] : TokensInCache(slot));
            Leave(slot);
            Finish(id);
        }
    }

    private void Finish(int id)
    {
        _table.Finish(id, _now);
        _monitor.Finish(id, _table);
        _done?.Add();
        _feed.Done(id, _now);
    }

    // sums decode steps until something else can happen; false when not even one step finds its blocks
    private bool Leap(long limit)
    {
        if (_decoding == 0)
        {
            return false;
        }

        long most = _leaps ? _finish[_finishing.First] - _steps : 1;
        if (!_policy.NoEvict)
        {
            most = Math.Min(most, StepsWithin(_freeBlocks, most));
        }

        if (most <= 0)
        {
            return false;
        }

        // an arrival ends the leap where it could start at once
        if (_waiting.Count == 0 && Room > 0)
        {
            limit = Math.Min(limit, _feed.NextArrival);
        }

        while (most > 0 && _now < limit)
        {
            most -= DecodeSteps(most, limit);
        }

        FinishDecoding();
        return true;
    }

    // most decode steps that so many free blocks allow
    private long StepsWithin(long free, long wanted)
    {
        long steps = Math.Min(free / _decoding, wanted / _policy.BlockTokens) * _policy.BlockTokens;
        free -= steps / _policy.BlockTokens * _decoding;
        while (steps < wanted)
        {
            int due = _phases[PhaseDue(_steps + steps)];
            if (due > free)
            {
                return steps;
            }

            free -= due;
            steps++;
        }

        return steps;
    }

    private void DecodeSteps(long steps)
    {
        DecodeSteps(steps, SimulatedTime.Never);
        FinishDecoding();
    }

    // so many decode steps, no further than one line of attention and the last step that starts before the limit
    private long DecodeSteps(long most, long limit)
    {
        int decoding = _decoding;
        AttentionSegment line = _clock.Attention(decoding, _context);
        long first = _clock.Decode(decoding) + line.At(_context);
        long growth = line.SlopePicoseconds * decoding;
        long steps = Math.Min(most, line.To == long.MaxValue ? most : (line.To - _context + decoding - 1) / decoding);
        steps = Math.Max(1, Math.Min(steps, StartedBefore(limit - _now, first, growth, steps)));
        long duration = (long)Total(first, growth, steps);
        if (!_policy.NoEvict)
        {
            _freeBlocks -= BlocksOf(steps);
        }

        _monitor.Decode(_now, first, growth, steps, duration, decoding, _context, _stalled, Running, _waiting.Count, UsedBlocks);
        _stalled = 0;
        _now += duration;
        _steps += steps;
        _context += decoding * steps;
        return steps;
    }

    private long BlocksOf(long steps)
    {
        long rounds = steps / _policy.BlockTokens;
        long blocks = rounds * _decoding;
        for (long step = rounds * _policy.BlockTokens; step < steps; step++)
        {
            blocks += _phases[PhaseDue(_steps + step)];
        }

        return blocks;
    }

    // duration of so many steps that grow by the same amount
    private static Int128 Total(long first, long growth, long steps) => (Int128)first * steps + (Int128)growth * ((Int128)steps * (steps - 1) / 2);

    // how many of so many steps start before a time: the last one starts when the others are over
    private static long StartedBefore(long time, long first, long growth, long steps)
    {
        if (Total(first, growth, steps - 1) < time)
        {
            return steps;
        }

        long low = 1;
        long high = steps;
        while (high - low > 1)
        {
            long middle = low + (high - low) / 2;
            if (Total(first, growth, middle - 1) < time)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
