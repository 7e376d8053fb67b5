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
    private const int MostCompared = 128;

    private readonly StepClock _clock;
    private readonly EnginePolicy _policy;
    private readonly RequestTable _table;
    private readonly RequestFeed _feed;
    private readonly ReplicaMonitor _monitor;
    private readonly bool _leaps;
    private readonly bool _limitsPatience;
    private readonly DoneCount? _done;
    private readonly CancellationToken _cancellation;

    private readonly DecodeSet _decode;
    private readonly WaitingLine _waiting;
    private ReplicaCache _cache;

    // the request whose prompt is under way, if any
    private int _partial = None;
    private int _partialDone;
    private int _partialTokens;
    private int _partialNamed;

    // tokens that a request had made when it was set back, and that go through a prompt again
    private readonly Dictionary<int, int> _made = [];

    // prompts that this step brings to their end, with their leading blocks that have a key
    private readonly List<(int Id, int Named)> _started = [];

    // requests whose cache is on its way from elsewhere, and those that have it and wait for a step; their blocks are held
    private readonly List<Transfer> _coming = [];
    private readonly Dictionary<int, HeldBlocks> _come = [];

    // prompts that are done and whose cache waits to be taken by another replica
    private readonly Dictionary<int, HeldBlocks> _handedOver = [];

    private long _now;
    private long _stalled;
    private long _squares;
    private long _due;

    // an engine that schedules ahead decides on a step when the one before begins: what comes, ends and frees blocks later is not yet known to it
    private readonly bool _ahead;
    private long _seen;
    private int _held;
    private long _heldBlocks;

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

        // a prompt that was done elsewhere is not given up
        _limitsPatience = policy.PatiencePicoseconds != SimulatedTime.Never && policy.Role != ReplicaRole.Decode;
        _decode = new DecodeSet(table, policy, clock.SeesSpread);
        _waiting = new WaitingLine(table, policy.Order == SchedulingOrder.Priority);
        _cache = new ReplicaCache(policy, table);
    }

    /// <summary>Requests that wait or run.</summary>
    public int Outstanding => _waiting.Count + _coming.Count + _decode.Count + (_partial == None ? 0 : 1);

    // those that decode, the prompt under way, and prompts that this step brings to their end
    private int Running => _decode.Count + (_partial == None ? 0 : 1) + _started.Count;

    /// <summary>True when a step would go on with something: decoding requests, or a prompt under way.</summary>
    public bool IsRunning => _decode.Count > 0 || _partial != None;

    /// <summary>What a router of engines that step together looks at: those that wait count four times. Source: vllm-project/vllm
    /// vllm/v1/engine/core_client.py, DPLBAsyncMPClient.</summary>
    public int Score => Outstanding + 3 * _waiting.Count;

    /// <inheritdoc/>
    public long UsedBlocks => _cache.All - _cache.Free;

    /// <inheritdoc/>
    public int PrefixTokens(int id) => _cache.Match(id, _table.InputTokens[id] - 1).Blocks * _policy.BlockTokens;

    /// <summary>Runs every step that starts before a time.</summary>
    /// <param name="limit">The time, ps.</param>
    public void RunUntil(long limit)
    {
        while (!_cancellation.IsCancellationRequested)
        {
            TakeComers();
            if (!IsRunning)
            {
                if (!StartsFromRest())
                {
                    if (_come.Count > 0 && _coming.Count + _handedOver.Count == 0)
                    {
                        DropCome();
                        continue;
                    }

                    long wake = Math.Min(_feed.NextArrival, NextTransfer);
                    if (wake >= limit)
                    {
                        return;
                    }

                    // one that came during the last step of a run that ended finds the engine idle
                    WaitUntil(wake);
                    continue;
                }

                Drain();
                TakeComers();
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

    /// <inheritdoc/>
    public long NextStep
    {
        get
        {
            if (IsRunning || StartsFromRest())
            {
                // nothing that others could see happens before the end of the steps that only decode
                bool decodes = _decode.Count > 0 && _partial == None && (_waiting.Count == 0 || (_held == 0 && _policy.Order == SchedulingOrder.FirstCome && !CanStart()));
                return decodes
                    ? Math.Max(_now, Math.Min(Math.Min(_feed.NextArrival, Wake()), _now + EndOfLine()) - 1)
                    : _now;
            }

            long wake = Math.Min(_feed.NextArrival, NextTransfer);
            return wake == SimulatedTime.Never ? wake : Math.Max(_now, wake);
        }
    }

    // time of the steps up to the first completion or bend
    private long EndOfLine()
    {
        int decoding = _decode.Count;
        AttentionSegment line = _clock.Attention(decoding, _decode.Context, _decode.Spread);
        long first = _clock.Decode(decoding) + line.At(_decode.Context);
        long growth = line.SlopePicoseconds * decoding;
        long steps = Math.Max(1, Math.Min(_decode.StepsToFinish, line.To == long.MaxValue ? long.MaxValue : (line.To - _decode.Context + decoding - 1) / decoding));
        return (long)Total(first, growth, steps);
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

    // when nothing runs, the whole cache is free but for what is on its way
    private bool StartsFromRest() => _waiting.Count > 0 && ((_coming.Count == 0 && _come.Count == 0 && _handedOver.Count == 0) || CanStart());

    private void TakeComers()
    {
        while (_feed.NextArrival <= _seen)
        {
            long ready = _feed.NextArrival;
            Offer(_feed.Take(), ready);
        }

        if (_coming.Count > 0)
        {
            TakeTransfers();
        }
    }

    // requests that came with their beginning hold blocks which the first one needs: it is left to the cache
    private void DropCome()
    {
        foreach ((int id, HeldBlocks held) in _come)
        {
            _cache.End(id, held.Named, held.Tokens, held.Blocks, _now);
        }

        _come.Clear();
    }

    private long NextTransfer
    {
        get
        {
            long next = SimulatedTime.Never;
            foreach (Transfer transfer in _coming)
            {
                next = Math.Min(next, transfer.Ready);
            }

            return next;
        }
    }

    // what has come can be worked on: a prompt with its beginning waits in front, one that was done elsewhere decodes
    private void TakeTransfers()
    {
        while (true)
        {
            int first = None;
            for (int i = 0; i < _coming.Count; i++)
            {
                Transfer transfer = _coming[i];
                if (transfer.Ready <= _seen && (!transfer.IsWhole || Room > 0) && (first == None || (transfer.Ready, transfer.Id).CompareTo((_coming[first].Ready, _coming[first].Id)) < 0))
                {
                    first = i;
                }
            }

            if (first == None)
            {
                return;
            }

            Transfer come = _coming[first];
            _coming.RemoveAt(first);
            int named = _cache.Name(come.Id, come.Held.Named, come.Held.Tokens, come.Ready);
            if (come.IsWhole)
            {
                _table.MakeFirst(come.Id, come.Ready);
                _monitor.MakeFirst();
                _decode.Enter(come.Id, come.Held.Tokens, _table.OutputTokens[come.Id] - 1, named);
            }
            else
            {
                _come[come.Id] = come.Held with { Named = named };
                _waiting.AddFirst(come.Id);
            }
        }
    }

    /// <inheritdoc/>
    public void Come(int id, long ready)
    {
        int place = _coming.FindIndex(transfer => transfer.Id == id);
        _coming[place] = _coming[place] with { Ready = ready };
    }

    /// <inheritdoc/>
    public void GiveBack(int id)
    {
        if (_handedOver.Remove(id, out HeldBlocks? held))
        {
            _cache.End(id, held.Named, held.Tokens, held.Blocks, _now);
        }
    }

    /// <inheritdoc/>
    public void Fail(List<int> lost)
    {
        while (_waiting.Count > 0)
        {
            lost.Add(_waiting.First);
            _waiting.RemoveFirst();
        }

        foreach (Transfer transfer in _coming)
        {
            lost.Add(transfer.Id);
        }

        if (_partial != None)
        {
            lost.Add(_partial);
        }

        while (_decode.Newest != None)
        {
            lost.Add(_decode.Request(_decode.Newest));
            _decode.Remove(_decode.Newest);
        }

        foreach (int id in _handedOver.Keys)
        {
            lost.Add(id);
        }

        _partial = None;
        _coming.Clear();
        _come.Clear();
        _handedOver.Clear();
        _made.Clear();
        _cache = new ReplicaCache(_policy, _table);
        Drain();
    }

    /// <summary>Lets a request wait, or refuses it.</summary>
    /// <param name="id">The request.</param>
    /// <param name="ready">When the engine could look at it, ps: the time at which it is refused.</param>
    public void Offer(int id, long ready)
    {
        int tokens = _table.InputTokens[id] + _table.OutputTokens[id];
        if (_cache.Blocks(tokens) > _cache.All || tokens > _policy.MaxContextTokens)
        {
            Refuse(id, RequestStatus.Refused, ready);
        }
        else if (_waiting.Count >= _policy.MostWaiting && _policy.Role != ReplicaRole.Decode)
        {
            Refuse(id, RequestStatus.Shed, ready);
        }
        else
        {
            _waiting.Add(id);
        }
    }

    private void Refuse(int id, RequestStatus status, long time)
    {
        _table.Refuse(id, status);
        _monitor.Refuse(_table.InputTokens[id], status);
        _done?.Add();
        _feed.Done(id, time);
    }

    // what a request still has to put through a prompt: its input, and what it had made before it was set back
    private int PromptTokens(int id) => _table.InputTokens[id] + MadeBefore(id);

    private int MadeBefore(int id) => _made.TryGetValue(id, out int made) ? made : 0;

    private int Room => _policy.Batching == BatchingKind.Static && _decode.Count > 0 ? 0 : _policy.MaxSequences - _decode.Count - _held - (_partial == None ? 0 : 1);

    // free blocks that the requests which decode do not need for their next token
    private long Available => _cache.Free - _heldBlocks - _due;

    // true when the next step can start the first waiting request
    private bool CanStart()
    {
        if (_waiting.Count == 0 || Room <= 0)
        {
            return false;
        }

        int budget = _policy.MaxBatchedTokens - (_policy.Batching == BatchingKind.PromptsFirst ? 0 : _decode.Count);
        long due = _policy.Batching == BatchingKind.PromptsFirst ? 0 : BlocksOfStep();
        return budget > 0 && TryFirst(out int id) && StartOf(id, budget).Blocks <= Available - due;
    }

    // the waiting request that is looked at now; those that have waited too long are given up
    private bool TryFirst(out int id)
    {
        while (_waiting.Count > 0)
        {
            if (_policy.Order == SchedulingOrder.LongestPrefix && _waiting.Count is > 1 and <= MostCompared)
            {
                BringLongest();
            }

            id = _waiting.First;
            if (!_limitsPatience || _seen <= PatienceEnd(id) || _made.ContainsKey(id) || _come.ContainsKey(id))
            {
                return true;
            }

            _waiting.RemoveFirst();
            Refuse(id, RequestStatus.GivenUp, PatienceEnd(id));
        }

        id = None;
        return false;
    }

    private long PatienceEnd(int id) => _table.ArrivalPicoseconds[id] + _policy.PatiencePicoseconds;

    private void BringLongest()
    {
        int best = 0;
        int most = -1;
        for (int i = 0; i < _waiting.Count; i++)
        {
            int blocks = _cache.Match(_waiting[i], PromptTokens(_waiting[i]) - 1).Blocks;
            if (blocks > most)
            {
                (best, most) = (i, blocks);
            }
        }

        _waiting.BringFirst(best);
    }

    // what it takes to start a waiting request with no more than so many tokens
    private Start StartOf(int id, int budget)
    {
        int whole = PromptTokens(id);
        long all = _policy.NoEvict ? _cache.Blocks(_table.InputTokens[id] + _table.OutputTokens[id]) : 0;
        if (_come.TryGetValue(id, out HeldBlocks? held))
        {
            int rest = Math.Min(whole - held.Tokens, budget);
            return new Start(held.Tokens, held.Named, rest, _policy.NoEvict ? 0 : _cache.Blocks(held.Tokens + rest) - held.Blocks, default);
        }

        // at least one token goes through a step, so that there is something to go on from
        PrefixMatch match = _cache.Match(id, whole - 1);
        int block = _policy.BlockTokens;
        if (_policy.Role == ReplicaRole.Decode && !_made.ContainsKey(id))
        {
            long wanted = Math.Max(all, _cache.Blocks(whole)) - match.Blocks;
            return new Start(match.Blocks * block, match.Blocks, 0, wanted, match) { FetchedTokens = whole - match.Blocks * block };
        }

        if (_cache.Tiers is { } tiers && tiers.Match(_cache, id, match.Blocks, (whole - 1) / block) is > 0 and int fetched)
        {
            long wanted = Math.Max(all, match.Blocks + fetched) - match.Blocks;
            return new Start(match.Blocks * block, match.Blocks, 0, wanted, match) { FetchedTokens = fetched * block };
        }

        int done = match.Blocks * block;
        int part = Math.Min(whole - done, budget);
        return new Start(done, match.Blocks, part, (_policy.NoEvict ? all : _cache.Blocks(done + part)) - match.Blocks, match);
    }

    // blocks that decoding requests need for one more token each
    private long BlocksOfStep() => _policy.NoEvict ? 0 : _decode.BlocksOfStep();

    private void PromptsOrDecode(long limit)
    {
        if (_partial != None || CanStart())
        {
            PromptBatch prompts = StartPrompts(_policy.MaxBatchedTokens, admits: true);
            if (prompts.Tokens > 0)
            {
                long duration = _clock.Mixed(new RankStep(0, 0, default, prompts));
                _monitor.Prompts(_now, duration, 0, 0, 0, prompts.Tokens, prompts.Prompts, Running, _waiting.Count, UsedBlocks);
                Pass(duration, duration);
                _stalled += _decode.Count > 0 ? duration : 0;
                EndPrompts();
                return;
            }

            // a prompt under way that found no block has given way: it may start again after the next step
            DecodeAfterPreempting();
            return;
        }

        if (_decode.Count == 0 || !Leap(limit))
        {
            DecodeAfterPreempting();
        }
    }

    private void DecodeAfterPreempting()
    {
        MakeRoom();
        if (_decode.Count > 0)
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
        else if (_decode.Count > 0)
        {
            DecodeSteps(1);
        }
    }

    /// <summary>Takes what the next step holds.</summary>
    /// <returns>The step.</returns>
    public RankStep Plan()
    {
        bool preempted = MakeRoom();
        _due = BlocksOfStep();
        PromptBatch prompts = StartPrompts(_policy.MaxBatchedTokens - _decode.Count, !preempted);
        _due = 0;
        return new RankStep(_decode.Count, _decode.Context, _decode.Spread, prompts);
    }

    // a step with prompts
    private void DoMixed(in RankStep step, long duration)
    {
        PromptBatch prompts = step.Prompts;
        (int running, int waiting) = (Running, _waiting.Count);
        long made = 0;
        if (step.Sequences > 0)
        {
            _cache.Take(BlocksOfStep());
            made = _decode.Advance(1);
        }

        _monitor.Prompts(_now, duration, step.Sequences, made, step.ContextTokens, prompts.Tokens, prompts.Prompts, running, waiting, UsedBlocks);
        Pass(duration, duration);
        if (step.Sequences > 0)
        {
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

    // sets back requests until the decoding ones find the blocks of their next token
    private bool MakeRoom()
    {
        bool any = false;
        while (BlocksOfStep() > _cache.Free)
        {
            any = true;
            int slot = LastToServe();
            if (_partial != None && (slot == None || _policy.Order != SchedulingOrder.Priority || _waiting.IsBefore(_decode.Request(slot), _partial)))
            {
                SetBackPartial();
                continue;
            }

            int id = _decode.Request(slot);
            long tokens = _decode.TokensInCache(slot);
            _made[id] = (int)(tokens - _table.InputTokens[id]) + 1;
            int named = _decode.Named(slot);
            _decode.Remove(slot);
            _cache.End(id, named, tokens, _cache.Blocks(tokens), _now);
            SetBack(id);
        }

        return any;
    }

    // the decoding request that gives way: the newest, or the last one by priority
    private int LastToServe()
    {
        int last = _decode.Newest;
        if (_policy.Order == SchedulingOrder.Priority)
        {
            for (int slot = last; slot != None; slot = _decode.Before(slot))
            {
                last = _waiting.IsBefore(_decode.Request(last), _decode.Request(slot)) ? slot : last;
            }
        }

        return last;
    }

    private void SetBackPartial()
    {
        int id = _partial;
        _cache.End(id, _partialNamed, _partialDone, _cache.Blocks(_partialDone), _now);
        _partial = None;
        SetBack(id);
    }

    private void SetBack(int id)
    {
        _table.Preempt(id);
        _monitor.Preempt();
        _waiting.AddFirst(id);
    }

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
            long more = _policy.NoEvict ? 0 : _cache.Blocks(_partialDone + part) - _cache.Blocks(_partialDone);
            if (more > _cache.Free - _due)
            {
                // the newest request gives way, and this is the newest
                SetBackPartial();
                return default;
            }

            _cache.Take(more);
            prefix += (long)part * _partialDone;
            Put(_partial, part, ref taken, ref prompts);
        }

        while (admits && _partial == None && taken < budget && Room - _started.Count > 0 && TryFirst(out int id))
        {
            Start start = StartOf(id, budget - taken);
            if (start.Blocks > Available)
            {
                break;
            }

            _waiting.RemoveFirst();
            if (!_come.Remove(id))
            {
                _cache.Use(id, start.Match.Blocks);
            }

            _cache.Take(start.Blocks - start.Match.Free);
            if (start.FetchedTokens > 0)
            {
                Fetch(id, start);
                continue;
            }

            if (_table.ScheduledPicoseconds[id] == SimulatedTime.Never && start.Done > 0)
            {
                _table.Cache(id, start.Done);
            }

            _monitor.Reuse(start.Done);
            _table.Schedule(id, _seen);
            _partialDone = start.Done;
            _partialNamed = start.Named;
            _partialTokens = PromptTokens(id);
            prefix += (long)start.Part * start.Done;
            Put(id, start.Part, ref taken, ref prompts);
        }

        return new PromptBatch(taken, prompts, prefix, _squares);
    }

    // lets the cache of a request come from where it is; its blocks are held meanwhile
    private void Fetch(int id, in Start start)
    {
        int tokens = start.Done + start.FetchedTokens;
        HeldBlocks held = new(tokens, start.Named, start.Match.Blocks + start.Blocks - start.Match.Free);
        bool isWhole = _policy.Role == ReplicaRole.Decode && !_made.ContainsKey(id);
        long ready = SimulatedTime.Never;
        if (isWhole)
        {
            _feed.Pull(id, start.FetchedTokens, _seen);
        }
        else
        {
            ready = _cache.Tiers!.Fetch(_cache, id, start.Match.Blocks, start.FetchedTokens / _policy.BlockTokens, _seen);
            _monitor.Fetch(start.FetchedTokens);
        }

        _coming.Add(new Transfer(id, ready, isWhole, held));
    }

    private void Put(int id, int part, ref int taken, ref int prompts)
    {
        _squares += (long)part * part;
        _partialDone += part;
        taken += part;
        prompts++;
        _partialNamed = _cache.Name(id, _partialNamed, _partialDone, _seen);
        if (_partialDone == _partialTokens)
        {
            _started.Add((id, _partialNamed));
            _partial = None;
        }
        else
        {
            _partial = id;
        }
    }

    // prompts that are through have made their first token, and decode from the next step on
    private void EndPrompts()
    {
        foreach ((int id, int named) in _started)
        {
            int made = MadeBefore(id);
            _made.Remove(id);
            int left = _table.OutputTokens[id] - made - 1;
            int tokens = _table.InputTokens[id] + made;
            long blocks = _cache.Blocks(_policy.NoEvict ? _table.InputTokens[id] + _table.OutputTokens[id] : tokens);
            if (_policy.Role == ReplicaRole.Prefill && left > 0)
            {
                _handedOver[id] = new HeldBlocks(tokens, named, blocks);
                _held += _ahead ? 1 : 0;
                _feed.HandOver(id, _now);
                continue;
            }

            _table.MakeFirst(id, _now);
            _monitor.MakeFirst();
            if (left == 0)
            {
                Finish(id, named, tokens, blocks);
                continue;
            }

            _decode.Enter(id, tokens, left, named);
        }

        _started.Clear();
    }

    private void FinishDecoding()
    {
        while (_decode.TryFinish(out int id, out long tokens, out int named))
        {
            Finish(id, named, tokens, _cache.Blocks(_policy.NoEvict ? _table.InputTokens[id] + _table.OutputTokens[id] : tokens));
        }
    }

    private void Finish(int id, int named, long tokens, long blocks)
    {
        long freed = _cache.End(id, named, tokens, blocks, _now);
        if (_ahead)
        {
            _held++;
            _heldBlocks += freed;
        }

        _table.Finish(id, _now);
        _monitor.Finish(id, _table);
        _done?.Add();
        _feed.Done(id, _now);
    }

    // sums decode steps until something else can happen; false when not even one step finds its blocks
    private bool Leap(long limit)
    {
        if (_decode.Count == 0)
        {
            return false;
        }

        long most = _leaps ? _decode.StepsToFinish : 1;
        if (!_policy.NoEvict)
        {
            most = Math.Min(most, _decode.StepsWithin(_cache.Free, most));
        }

        if (most <= 0)
        {
            return false;
        }

        // the places of requests that have just ended are free after one step,
        // and blocks that are taken change which waiting request the cache holds most of
        if ((_held > 0 && _waiting.Count + _coming.Count > 0) || (_policy.Order == SchedulingOrder.LongestPrefix && _waiting.Count > 0))
        {
            most = 1;
        }

        // an arrival ends the leap where it could start: once the engine sees it
        long wake = Wake();
        do
        {
            most -= _now < wake ? DecodeSteps(most, Math.Min(limit, wake)) : DecodeSteps(1, limit);
        }
        while (most > 0 && _now < limit && _seen < wake);

        FinishDecoding();
        return true;
    }

    // when something comes that a step could start
    private long Wake()
    {
        bool hasRoom = Room + _held > 0;

        // one that comes first in its turn may fit where the others do not
        long wake = hasRoom && (_waiting.Count == 0 || _policy.Order != SchedulingOrder.FirstCome) ? _feed.NextArrival : SimulatedTime.Never;
        if (_coming.Count > 0)
        {
            foreach (Transfer transfer in _coming)
            {
                wake = !transfer.IsWhole || hasRoom ? Math.Min(wake, transfer.Ready) : wake;
            }
        }

        if (_limitsPatience && _waiting.Count > 0 && hasRoom)
        {
            wake = Math.Min(wake, PatienceEnd(_waiting.First) + 1);
        }

        return wake;
    }

    private void DecodeSteps(long steps)
    {
        DecodeSteps(steps, SimulatedTime.Never);
        FinishDecoding();
    }

    // so many decode steps, no further than one line of attention and the last step that starts before the limit
    private long DecodeSteps(long most, long limit)
    {
        int decoding = _decode.Count;
        long context = _decode.Context;
        AttentionSegment line = _clock.Attention(decoding, context, _decode.Spread);
        long first = _clock.Decode(decoding) + line.At(context);
        long growth = line.SlopePicoseconds * decoding;
        long steps = Math.Min(most, line.To == long.MaxValue ? most : (line.To - context + decoding - 1) / decoding);
        steps = Math.Max(1, Math.Min(steps, StartedBefore(limit - _now, first, growth, steps)));
        Decoded(first, growth, steps, (long)Total(first, growth, steps));
        return steps;
    }

    private void Decoded(long first, long growth, long steps, long duration)
    {
        int decoding = _decode.Count;
        long context = _decode.Context;
        if (!_policy.NoEvict)
        {
            _cache.Take(_decode.BlocksOf(steps));
        }

        long made = _decode.Advance(steps);
        _monitor.Decode(_now, first, growth, steps, duration, decoding, made, context, _stalled, Running, _waiting.Count, UsedBlocks);
        _stalled = 0;
        Pass(duration, first + growth * (steps - 1));
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

    // blocks that a request holds while it is not in a step: an object, since tables of values would be compiled anew at each start of the program
    private sealed record HeldBlocks(int Tokens, int Named, long Blocks);

    private sealed record Transfer(int Id, long Ready, bool IsWhole, HeldBlocks Held);

    // how a waiting request starts: tokens that the cache holds, leading blocks with a key, tokens of its first part, free blocks that it takes
    private readonly record struct Start
    {
        public Start(int done, int named, int part, long more, PrefixMatch match)
        {
            (Done, Named, Part, Match) = (done, named, part, match);
            Blocks = more + match.Free;
        }

        public int Done { get; }

        public int Named { get; }

        public int Part { get; }

        public PrefixMatch Match { get; }

        public long Blocks { get; }

        public int FetchedTokens { get; init; }
    }
}
