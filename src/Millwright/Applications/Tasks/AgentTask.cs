namespace Millwright.Applications.Tasks;

/// <summary>
/// A user's job: a talk, a question, a piece of research, a coding session. Calls of a model with the order among them, and all lengths, times and outcomes, drawn beforehand; only when calls come is
/// for the simulation to find. An object is made once and filled again after <see cref="Release"/>.
/// </summary>
public sealed class AgentTask
{
    private TaskCall[] _calls = new TaskCall[16];
    private TaskJoin[] _joins = new TaskJoin[4];
    private ToolUse[] _tools = new ToolUse[16];
    private TaskContext[] _contexts = new TaskContext[8];
    private int _callCount;
    private int _joinCount;
    private int _toolCount;
    private int _contextCount;
    private Stack<AgentTask>? _home;

    /// <summary>Number of the task, from 0, in order of arrival.</summary>
    public long Number { get; private set; }

    /// <summary>Arrival, ps from the start of the run.</summary>
    public long ArrivalPicoseconds { get; private set; }

    /// <summary>Key of the session, for routers that keep a session on a replica.</summary>
    public ulong SessionKey { get; private set; }

    /// <summary>True where the finished task is a success: the verdict on its result, drawn.</summary>
    public bool Succeeds { get; private set; }

    /// <summary>Its calls.</summary>
    public ReadOnlySpan<TaskCall> Calls => _calls.AsSpan(0, _callCount);

    /// <summary>Waits beside <see cref="TaskCall.Follows"/>.</summary>
    public ReadOnlySpan<TaskJoin> Joins => _joins.AsSpan(0, _joinCount);

    /// <summary>Its tool uses.</summary>
    public ReadOnlySpan<ToolUse> Tools => _tools.AsSpan(0, _toolCount);

    /// <summary>Its contexts.</summary>
    public ReadOnlySpan<TaskContext> Contexts => _contexts.AsSpan(0, _contextCount);

    /// <summary>Tokens at the start of the first call that it shares with other tasks of its kind.</summary>
    public int SharedPrefixTokens => _callCount > 0 && _contexts[_calls[0].Context] is { Parent: >= 0 } own ? own.FromTokens : 0;

    /// <summary>Key of those tokens; 0 where there are none.</summary>
    public ulong SharedPrefixKey => SharedPrefixTokens == 0 ? 0 : _contexts[_contexts[_calls[0].Context].Parent].Key;

    /// <summary>Tool uses before a call.</summary>
    /// <param name="call">Number of the call.</param>
    /// <returns>The uses, which start side by side.</returns>
    public ReadOnlySpan<ToolUse> ToolsOf(int call) => Tools.Slice(Calls[call].FirstTool, Calls[call].ToolUses);

    /// <summary>Begins to fill the task anew.</summary>
    /// <param name="number">Number of the task.</param>
    /// <param name="arrivalPicoseconds">Arrival, ps, at least 0.</param>
    /// <param name="sessionKey">Key of its session.</param>
    /// <param name="succeeds">Whether it succeeds if it finishes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An arrival before the start.</exception>
    public void Begin(long number, long arrivalPicoseconds, ulong sessionKey, bool succeeds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arrivalPicoseconds);
        (Number, ArrivalPicoseconds, SessionKey, Succeeds) = (number, arrivalPicoseconds, sessionKey, succeeds);
        _callCount = _joinCount = _toolCount = _contextCount = 0;
    }

    /// <summary>Lets the task come at another time: in a closed loop it comes when another one has ended.</summary>
    /// <param name="picoseconds">The time, ps.</param>
    internal void ArriveAt(long picoseconds) => ArrivalPicoseconds = picoseconds;

    /// <summary>Adds a context.</summary>
    /// <param name="context">The context; its parent stands before it and reaches to where it begins.</param>
    /// <returns>Its index.</returns>
    /// <exception cref="ArgumentException">A parent that is not there, or own tokens that begin before those of the parent.</exception>
    public int AddContext(TaskContext context)
    {
        if (context.Parent >= _contextCount || context.Parent < -1 || context.FromTokens < (context.Parent < 0 ? 0 : _contexts[context.Parent].FromTokens) || (context.Parent < 0 && context.FromTokens > 0))
        {
            throw new ArgumentException($"context {_contextCount} begins at token {context.FromTokens} of context {context.Parent}, which does not reach there", nameof(context));
        }

        return Add(ref _contexts, ref _contextCount, context);
    }

    /// <summary>Adds a tool use; those of one call stand together.</summary>
    /// <param name="use">The use.</param>
    /// <returns>Its index.</returns>
    /// <exception cref="ArgumentException">A time or a number of cores below 0, or no try.</exception>
    public int AddTool(ToolUse use) => use is { Picoseconds: >= 0, Cores: >= 0, Tries: >= 1, Kind: >= 0 }
        ? Add(ref _tools, ref _toolCount, use)
        : throw new ArgumentException($"a tool use takes at least 0 s and 0 cores in at least one try; found {use}", nameof(use));

    /// <summary>Adds a call. It may follow one that is added later.</summary>
    /// <param name="call">The call; its context and its tool uses stand there.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">Lengths below 1, a context or a tool use that is not there.</exception>
    public int AddCall(in TaskCall call)
    {
        if (call.InputTokens < 1 || call.OutputTokens < 1 || call.ReasoningTokens < 0 || call.ReasoningTokens > call.OutputTokens || call.ThinkPicoseconds < 0 || call.NewTokens < 0
            || (uint)call.Context >= (uint)_contextCount || (uint)call.OutputContext >= (uint)_contextCount || call.FirstTool < 0 || call.ToolUses < 0 || call.FirstTool + call.ToolUses > _toolCount)
        {
            throw new ArgumentException($"call {_callCount} of task {Number} has lengths, a context or tools that cannot be: {call}", nameof(call));
        }

        return Add(ref _calls, ref _callCount, call);
    }

    /// <summary>Makes a call wait for one more.</summary>
    /// <param name="call">The call that waits.</param>
    /// <param name="follows">The call that it waits for.</param>
    public void AddJoin(int call, int follows) => Add(ref _joins, ref _joinCount, new TaskJoin(call, follows));

    /// <summary>Key of a block of tokens of a call's sequence, its input and then its output. Two blocks of one key hold the same tokens behind the same tokens, so that one can be read from a prefix cache
    /// for the other.</summary>
    /// <param name="call">Number of the call.</param>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="blockTokens">Tokens of a block, at least 1.</param>
    /// <returns>The key, which depends on the size of a block too.</returns>
    public ulong BlockKey(int call, int block, int blockTokens)
    {
        long end = ((long)block + 1) * blockTokens;
        ref readonly var known = ref _calls[call];
        int context = end <= known.InputTokens ? known.Context : known.OutputContext;
        while (end <= _contexts[context].FromTokens)
        {
            context = _contexts[context].Parent;
        }

        return TaskKey.OfBlock(_contexts[context].Key, block, blockTokens);
    }

    /// <summary>Keys of the whole blocks at the start of a call's sequence.</summary>
    /// <param name="call">Number of the call.</param>
    /// <param name="blockTokens">Tokens of a block, at least 1.</param>
    /// <param name="tokens">Tokens to go to; those of the last block that is not whole have no key.</param>
    /// <param name="keys">Where keys go: room for tokens / blockTokens of them.</param>
    /// <returns>Number of keys.</returns>
    public int BlockKeys(int call, int blockTokens, int tokens, Span<ulong> keys)
    {
        int blocks = tokens / blockTokens;
        for (int block = blocks - 1; block >= 0;)
        {
            // from the end: a block lies in the context that it ends in, and so do those before it down to where the context begins
            long end = ((long)block + 1) * blockTokens;
            ref readonly var known = ref _calls[call];
            bool inside = end <= known.InputTokens;
            int context = inside ? known.Context : known.OutputContext;
            while (end <= _contexts[context].FromTokens)
            {
                context = _contexts[context].Parent;
            }

            int least = _contexts[context].FromTokens / blockTokens;
            if (!inside && known.OutputContext != known.Context)
            {
                least = Math.Max(least, known.InputTokens / blockTokens);
            }

            for (ulong key = _contexts[context].Key; block >= least; block--)
            {
                keys[block] = TaskKey.OfBlock(key, block, blockTokens);
            }
        }

        return blocks;
    }

    /// <summary>Refuses an order of calls that cannot be: numbers that are not there, a circle, or none that starts with the task.</summary>
    /// <exception cref="InvalidOperationException">Such an order.</exception>
    public void Check()
    {
        var waits = new int[_callCount];
        foreach (ref readonly var call in Calls)
        {
            if (call.Follows < -1 || call.Follows >= _callCount)
            {
                throw new InvalidOperationException($"task {Number} has a call that follows call {call.Follows} of {_callCount}");
            }
        }

        foreach (var join in Joins)
        {
            if ((uint)join.Call >= (uint)_callCount || (uint)join.Follows >= (uint)_callCount)
            {
                throw new InvalidOperationException($"task {Number} joins call {join.Follows} to call {join.Call} of {_callCount}");
            }

            waits[join.Call]++;
        }

        var ready = new Stack<int>();
        for (int i = 0; i < _callCount; i++)
        {
            waits[i] += _calls[i].Follows >= 0 ? 1 : 0;
            if (waits[i] == 0)
            {
                ready.Push(i);
            }
        }

        int seen = 0;
        while (ready.TryPop(out int done))
        {
            seen++;
            for (int i = 0; i < _callCount; i++)
            {
                if (_calls[i].Follows == done && --waits[i] == 0)
                {
                    ready.Push(i);
                }
            }

            foreach (var join in Joins)
            {
                if (join.Follows == done && --waits[join.Call] == 0)
                {
                    ready.Push(join.Call);
                }
            }
        }

        if (seen != _callCount || _callCount == 0)
        {
            throw new InvalidOperationException(_callCount == 0 ? $"task {Number} has no call" : $"calls of task {Number} wait for each other in a circle");
        }
    }

    /// <summary>Gives the task back to the stream that made it; it must not be used after.</summary>
    public void Release()
    {
        _home?.Push(this);
    }

    /// <summary>A task out of a store, or a new one.</summary>
    internal static AgentTask Rent(Stack<AgentTask> home) => home.TryPop(out var task) ? task : new AgentTask { _home = home };

    private static int Add<TItem>(ref TItem[] items, ref int count, TItem item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, 2 * count);
        }

        items[count] = item;
        return count++;
    }
}
