using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// One replica, step by step: which requests each step takes, by the rules of its engine, and how long it lasts. While nothing but decoding goes on, and
/// until the first of completion, arrival that can start, end of free cache and bend of the attention line, steps are summed in closed form; stepping
/// through each of them gives the same times to the last picosecond, since all costs are whole.
/// </summary>
internal sealed class ReplicaSimulator : ISimulatedReplica
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

    // an engine that schedules ahead decides on a step when the one before begins: what comes, ends and frees blocks later is not yet known to it
    private readonly bool _ahead;
    private long _seen;
    private int _held;
    private long _heldBlocks;

    // longest and shortest context of decoding requests, less the steps so far
    private readonly bool _spreads;
    private long _longest = long.MinValue;
    private long _shortest = long.MaxValue;
    private long _squares;

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
        _ahead = policy.Asynchronous;
        _spreads = clock.SeesSpread;
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

    /// <summary>True when a step would go on with something: decoding requests, or a prompt under way.</summary>
    public bool IsRunning => _decoding > 0 || _partial != None;

    /// <summary>What a router of engines that step together looks at: those that wait count four times. Source: vllm-project/vllm
    /// vllm/v1/engine/core_client.py, DPLBAsyncMPClient.</summary>
    public int Score => Outstanding + 3 * _waiting.Count;

    /// <summary>Cache blocks in use.</summary>
    public long UsedBlocks => _policy.CacheBlocks - _freeBlocks;

    /// <summary>Runs every step that starts before a time.</summary>
    /// <param name="limit">The time, ps.</param>
    public void RunUntil(long limit)
    {
        while (!_cancellation.IsCancellationRequested)
        {
            TakeArrivals();
            if (_decoding == 0 && _partial == None)
            {
                if (_waiting.Count == 0)
                {
                    long arrival = _feed.NextArrival;
                    if (arrival >= limit)
                    {
                        return;
                    }

                    // one that came during the last step of a run that ended finds the engine idle
                    WaitUntil(arrival);
                    continue;
                }

                Drain();
                TakeArrivals();
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

    /// <summary>Waits without a step, and decides on the next one when it begins.</summary>
    /// <param name="time">Time of that step, ps.</param>
    public void WaitUntil(long time)
    {
        _now = Math.Max(_now, time);
        Drain();
    }

    // nothing runs: a step is decided on when it begins
    private void Drain()
    {
        _seen = _now;
        _held = 0;
        _heldBlocks = 0;
    }

    private void TakeArrivals()
    {
        while (_feed.NextArrival <= _seen)
        {
            long ready = _feed.NextArrival;
            Offer(_feed.Take(), ready);
        }
    }

    /// <summary>Lets a request wait, or refuses it.</summary>
    /// <param name="id">The request.</param>
    /// <param name="ready">When the engine could look at it, ps: the time at which it is refused.</param>
    public void Offer(int id, long ready)
    {
        if (Blocks(_table.InputTokens[id] + _table.OutputTokens[id]) > _policy.CacheBlocks || _table.InputTokens[id] + _table.OutputTokens[id] > _policy.MaxContextTokens)
        {
            _table.Refuse(id);
            _monitor.Refuse(_table.InputTokens[id]);
            _done?.Add();
            _feed.Done(id, ready);
            return;
        }

        _waiting.Add(id);
    }

    // what a request still has to put through a prompt: its input, and what it had made before it was set back
    private int PromptTokens(int id) => _table.InputTokens[id] + _made.GetValueOrDefault(id);

    private int Room => _policy.Batching == BatchingKind.Static && _decoding > 0 ? 0 : _policy.MaxSequences - _decoding - _held - (_partial == None ? 0 : 1);

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
        return budget > 0 && BlocksToStart(id, Math.Min(PromptTokens(id), budget)) <= _freeBlocks - _heldBlocks - (_policy.Batching == BatchingKind.PromptsFirst ? 0 : BlocksOfStep());
    }

    // blocks that decoding requests need for one more token each
    private long BlocksOfStep() => _policy.NoEvict || _decoding == 0 ? 0 : _phases[PhaseDue(_steps)];

    private int PhaseDue(long steps) => (int)((_policy.BlockTokens - steps % _policy.BlockTokens) % _policy.BlockTokens);

    private void PromptsOrDecode(long limit)
    {
        if (_partial != None || CanStart())
        {
            PromptBatch prompts = StartPrompts(_policy.MaxBatchedTokens, admits: true);
            if (prompts.Tokens > 0)
            {
                long duration = _clock.Mixed(new RankStep(0, 0, default, prompts));
                _monitor.Prompts(_now, duration, 0, 0, prompts.Tokens, prompts.Prompts, Running, _waiting.Count, UsedBlocks);
                Pass(duration, duration);
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
        RankStep step = Plan();
        if (step.Prompts.Tokens > 0)
        {
            DoMixed(step, _clock.Mixed(step));
        }
        else if (_decoding > 0)
        {
            DecodeSteps(1);
        }
    }

    /// <summary>Takes what the next step holds.</summary>
    /// <returns>The step.</returns>
    public RankStep Plan()
    {
        bool preempted = MakeRoom();
        long due = BlocksOfStep();
        _freeBlocks -= due;
        PromptBatch prompts = StartPrompts(_policy.MaxBatchedTokens - _decoding, !preempted);
        if (prompts.Tokens == 0)
        {
            _freeBlocks += due;
        }

        return new RankStep(_decoding, _context, Spread, prompts);
    }

    // a step with prompts
    private void DoMixed(in RankStep step, long duration)
    {
        PromptBatch prompts = step.Prompts;
        _monitor.Prompts(_now, duration, step.Sequences, step.ContextTokens, prompts.Tokens, prompts.Prompts, Running, _waiting.Count, UsedBlocks);
        Pass(duration, duration);
        if (step.Sequences > 0)
        {
            _steps++;
            _context += step.Sequences;
            FinishDecoding();
        }

        EndPrompts();
    }

    /// <summary>Does a step that others decide the length of.</summary>
    /// <param name="step">What was planned.</param>
    /// <param name="duration">Its length, ps.</param>
    public void Do(in RankStep step, long duration)
    {
        if (step.Prompts.Tokens > 0)
        {
            DoMixed(step, duration);
        }
        else if (step.Sequences > 0)
        {
            Decoded(duration, 0, 1, duration);
            FinishDecoding();
        }
        else
        {
            Pass(duration, duration);
        }
    }

    // lets time pass over steps of which the last one takes so long
    private void Pass(long duration, long last)
    {
        _now += duration;
        _seen = _ahead ? _now - last : _now;
        _held = 0;
        _heldBlocks = 0;
    }

    private ContextSpread Spread => !_spreads || _decoding == 0
        ? default
        : new ContextSpread(_decoding * (_longest + _steps) - _context, _context - _decoding * (_shortest + _steps));

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

    // takes prompts into a step
    private PromptBatch StartPrompts(int budget, bool admits)
    {
        int taken = 0;
        int prompts = 0;
        long prefix = 0;
        _squares = 0;
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
                return default;
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
            if (blocks > _freeBlocks - _heldBlocks)
            {
                break;
            }

            _freeBlocks -= blocks;
            _waiting.RemoveFirst();
            _table.Schedule(id, _seen);
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

        return new PromptBatch(taken, prompts, prefix, _squares);
    }

    private void Take(int part, ref int taken, ref int prompts)
    {
        _squares += (long)part * part;
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
                Finish(id, _policy.NoEvict ? Blocks(_table.InputTokens[id] + _table.OutputTokens[id]) : Blocks(tokens));
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
        if (_spreads)
        {
            _longest = Math.Max(_longest, OffsetOf(slot));
            _shortest = Math.Min(_shortest, OffsetOf(slot));
        }
    }

    // context of a decoding request less the steps so far: it stays the same
    private long OffsetOf(int slot) => _table.InputTokens[_request[slot]] + _table.OutputTokens[_request[slot]] - _finish[slot];

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
        if (_spreads && (OffsetOf(slot) == _longest || OffsetOf(slot) == _shortest))
        {
            FindSpread();
        }
    }

    private void FinishDecoding()
    {
        while (_finishing.Count > 0 && _finish[_finishing.First] <= _steps)
        {
            int slot = _finishing.RemoveFirst();
            int id = _request[slot];
            long blocks = Blocks(_policy.NoEvict ? _table.InputTokens[id] + _table.OutputTokens[id] : TokensInCache(slot));
            Leave(slot);
            Finish(id, blocks);
        }
    }

    private void Finish(int id, long blocks)
    {
        _freeBlocks += blocks;
        if (_ahead)
        {
            _held++;
            _heldBlocks += blocks;
        }

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

        // the places of requests that have just ended are free after one step
        if (_held > 0 && _waiting.Count > 0)
        {
            most = 1;
        }

        // an arrival ends the leap where it could start: once the engine sees it
        long arrival = _waiting.Count == 0 && Room + _held > 0 ? _feed.NextArrival : SimulatedTime.Never;
        do
        {
            most -= _now < arrival ? DecodeSteps(most, Math.Min(limit, arrival)) : DecodeSteps(1, limit);
        }
        while (most > 0 && _now < limit && _seen < arrival);

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
        AttentionSegment line = _clock.Attention(decoding, _context, Spread);
        long first = _clock.Decode(decoding) + line.At(_context);
        long growth = line.SlopePicoseconds * decoding;
        long steps = Math.Min(most, line.To == long.MaxValue ? most : (line.To - _context + decoding - 1) / decoding);
        steps = Math.Max(1, Math.Min(steps, StartedBefore(limit - _now, first, growth, steps)));
        Decoded(first, growth, steps, (long)Total(first, growth, steps));
        return steps;
    }

    private void Decoded(long first, long growth, long steps, long duration)
    {
        int decoding = _decoding;
        if (!_policy.NoEvict)
        {
            _freeBlocks -= BlocksOf(steps);
        }

        _monitor.Decode(_now, first, growth, steps, duration, decoding, _context, _stalled, Running, _waiting.Count, UsedBlocks);
        _stalled = 0;
        Pass(duration, first + growth * (steps - 1));
        _steps += steps;
        _context += decoding * steps;
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
    private static WideInteger Total(long first, long growth, long steps) => WideInteger.Progression(first, growth, steps);

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
