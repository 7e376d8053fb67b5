using Millwright.Numerics;

namespace Millwright.Applications.Tasks;

/// <summary>
/// The sessions of a real trace, each a task: its requests in their order, each after a pause behind the answer to the one before. The trace is read whole, about 48 bytes a request.
/// Inputs tell what is new: one that is at least the input and output before goes on from both; one that is at least the input before goes on from that, and the output was not kept; one that is up to a
/// tenth shorter is what is left of the input before; one that is shorter yet is a summary and shares nothing but the common prefix. A trace names no verdicts: every finished task is a success.
/// </summary>
public sealed class SessionTasks : ITaskStream
{
    private const double LeastLeft = 0.9;

    private readonly List<Row> _rows = [];
    private readonly List<int> _heads = [];
    private readonly List<ToolUse> _tools = [];
    private readonly List<string> _toolNames = [];
    private readonly Stack<AgentTask> _home = new();
    private readonly int _prefix;
    private ArrivalClock? _clock;
    private DrawnValue? _gaps;
    private RandomStream _random;
    private ulong _variable;
    private int _next;

    private SessionTasks(SessionOptions options)
    {
        if (options.SharedPrefixTokens < 0 || !(options.SecondsToFirstToken >= 0) || !(options.SecondsPerOutputToken >= 0) || !(options.CoresPerTool >= 0))
        {
            throw new ArgumentException("times, cores and the shared prefix of sessions must be at least 0", nameof(options));
        }

        _prefix = options.SharedPrefixTokens;
    }

    /// <summary>Sessions in all.</summary>
    public int Sessions => _heads.Count;

    /// <summary>Requests in all.</summary>
    public int Requests => _rows.Count;

    /// <summary>Tasks given so far.</summary>
    public long Count => _next;

    /// <inheritdoc/>
    public IReadOnlyList<string> ToolNames => _toolNames;

    /// <summary>Sessions of a trace with a clock: TraceLab (rounds with their tools and waits for the user), Qwen-Bailian (chat_id, parent_chat_id), BurstGPT (Session ID), or a table with the columns
    /// session and arrival_s. A request without a session is a task of its own.</summary>
    /// <param name="utf8">The text in UTF-8; the caller unwraps compression and keeps the stream.</param>
    /// <param name="options">How sessions are made into tasks; null for as they stand.</param>
    /// <returns>The tasks.</returns>
    /// <exception cref="TraceFormatException">A line does not fit its format.</exception>
    /// <exception cref="ArgumentException">The trace names no sessions or has no clock, or an option outside its range.</exception>
    public static SessionTasks FromTrace(Stream utf8, SessionOptions? options = null)
    {
        var how = options ?? new SessionOptions();
        var tasks = new SessionTasks(how);
        var rows = TraceRows.Open(utf8);
        if (rows is TraceLabRows rounds)
        {
            tasks.ReadRounds(rounds, how);
            return tasks;
        }

        var requests = TraceRequests.Of(rows, how.Trace);
        if (!requests.HasClock)
        {
            throw new ArgumentException("the trace has no clock; give arrivals and gaps, as for a table of sessions", nameof(utf8));
        }

        tasks.ReadRequests(requests, how);
        return tasks;
    }

    /// <summary>Sessions of a table without a clock: the columns session, input_tokens and output_tokens, rows of a session in their order, such as the AgentX sessions (session, turn_index, agent_depth,
    /// input_tokens, output_tokens).</summary>
    /// <param name="utf8">The text in UTF-8; the caller unwraps compression and keeps the stream.</param>
    /// <param name="arrivals">Arrivals of the sessions.</param>
    /// <param name="gapSeconds">Pause between an answer and the next request of the session, s.</param>
    /// <param name="seed">Seed of the pauses.</param>
    /// <param name="options">How sessions are made into tasks; null for as they stand.</param>
    /// <returns>The tasks; a clock of the table's own is not looked at.</returns>
    /// <exception cref="TraceFormatException">A line does not fit its format.</exception>
    /// <exception cref="ArgumentException">The table names no sessions, or an option outside its range.</exception>
    public static SessionTasks FromTable(Stream utf8, ArrivalClock arrivals, DrawnValue gapSeconds, ulong seed, SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ArgumentNullException.ThrowIfNull(gapSeconds);
        var how = options ?? new SessionOptions();
        var tasks = new SessionTasks(how) { _clock = arrivals, _gaps = gapSeconds, _random = new RandomStream(seed), _variable = RandomStream.KeyOf("session.gaps") };
        tasks.ReadRequests(TraceRequests.Of(TraceRows.Open(utf8), how.Trace), how);
        return tasks;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rate of arrivals falls to 0 before the sessions end.</exception>
    public bool TryRead(out AgentTask task)
    {
        task = null!;
        if (_next == _heads.Count)
        {
            return false;
        }

        int row = _heads[_next];
        long arrival = _rows[row].Arrival;
        if (_clock is not null && !_clock.TryNext(out arrival))
        {
            throw new InvalidOperationException("the rate of arrivals falls to 0 before the sessions end");
        }

        task = AgentTask.Rent(_home);
        Fill(task, row, arrival);
        _next++;
        return true;
    }

    private void Fill(AgentTask task, int row, long arrival)
    {
        ulong session = TaskKey.Of(RandomStream.KeyOf("session"), (ulong)_rows[row].Session);
        task.Begin(_next, arrival, session, succeeds: true);
        int shared = task.AddContext(new TaskContext(-1, 0, RandomStream.KeyOf("session.prefix")));
        int prefix = Math.Min(_prefix, _rows[row].Input);
        int context = task.AddContext(new TaskContext(shared, prefix, session));
        int previous = -1;
        long kept = 0;
        for (int call = 0; row >= 0; call++)
        {
            var known = _rows[row];
            int next = known.Next;
            int from = previous;
            int added = known.Input - prefix;
            if (previous >= 0)
            {
                int before = task.Calls[previous].InputTokens;
                added = Math.Max(0, (int)(known.Input - before - kept));
                if (known.Input < before && known.Input >= LeastLeft * before && known.Input >= task.Contexts[context].FromTokens)
                {
                    context = task.AddContext(new TaskContext(context, known.Input, TaskKey.Of(session, (ulong)call)));
                }
                else if (known.Input < before)
                {
                    from = -1;
                    int least = Math.Min(_prefix, known.Input);
                    context = task.AddContext(new TaskContext(shared, least, TaskKey.Of(session, (ulong)call)));
                    added = known.Input - least;
                }
            }

            bool stays = next < 0 || _rows[next].Input >= (long)known.Input + known.Output;
            int outputContext = stays ? context : task.AddContext(new TaskContext(context, known.Input, TaskKey.Of(session ^ 0xD407UL, (ulong)call)));
            kept = stays ? known.Output : 0;
            int firstTool = task.Tools.Length;
            for (int tool = known.FirstTool; tool < known.FirstTool + known.Tools; tool++)
            {
                task.AddTool(_tools[tool]);
            }

            previous = task.AddCall(new TaskCall
            {
                Follows = call - 1,
                ContextFrom = from,
                Context = context,
                OutputContext = outputContext,
                InputTokens = known.Input,
                NewTokens = added,
                OutputTokens = known.Output,
                ThinkPicoseconds = call == 0 ? 0 : _gaps is null ? known.Pause : Gap(call),
                FirstTool = firstTool,
                ToolUses = known.Tools,
                IsLast = next < 0,
                Priority = known.Priority,
            });
            row = next;
        }
    }

    private long Gap(int call) =>
        (long)Math.Round(Math.Max(0, _gaps!.At(_random.Uniform(_variable, ((long)_next << 20) + call))) * TraceStamp.SecondPicoseconds);

    private void ReadRequests(TraceRequests requests, SessionOptions how)
    {
        Dictionary<long, int> last = [];
        bool named = false;
        long own = -1;
        while (requests.TryRead(out var request))
        {
            int row = _rows.Count;
            named |= request.Session >= 0;
            long session = request.Session >= 0 ? request.Session : own--;
            long pause = 0;
            if (request.Session >= 0 && last.TryGetValue(session, out int before))
            {
                var previous = _rows[before];
                double answer = how.SecondsToFirstToken + how.SecondsPerOutputToken * previous.Output;
                pause = Math.Max(0, request.ArrivalPicoseconds - previous.Arrival - (long)Math.Min(answer * TraceStamp.SecondPicoseconds, long.MaxValue / 2));
                _rows[before] = previous with { Next = row };
            }
            else
            {
                _heads.Add(row);
            }

            last[session] = row;
            _rows.Add(new Row(request.ArrivalPicoseconds, pause, request.InputTokens, request.OutputTokens, session, request.Priority, -1, 0, 0));
        }

        if (!named)
        {
            throw new ArgumentException($"the trace ({requests.Format}) names no sessions; TraceLab, Qwen-Bailian, BurstGPT and tables with a column 'session' do", nameof(requests));
        }
    }

    private void ReadRounds(TraceLabRows rounds, SessionOptions how)
    {
        rounds.TakeTools();
        List<(Row Row, TraceStamp Asked, TraceStamp Ended, int Round)> all = [];
        while (rounds.TryRead(out var row))
        {
            if (row.InputTokens < 1 || row.OutputTokens < 1)
            {
                if (!how.Trace.SkipEmptyRequests)
                {
                    throw new TraceFormatException(rounds.Line, $"found {row.InputTokens} input and {row.OutputTokens} output tokens; a request has at least 1 of each");
                }

                continue;
            }

            int first = _tools.Count;
            foreach (var tool in rounds.Tools)
            {
                int kind = _toolNames.IndexOf(tool.Name);
                if (kind < 0)
                {
                    kind = _toolNames.Count;
                    _toolNames.Add(tool.Name);
                }

                _tools.Add(new ToolUse(kind, tool.Picoseconds, how.CoresPerTool, 1, tool.Failed));
            }

            all.Add((new Row(0, 0, row.InputTokens, row.OutputTokens, row.Session, 0, -1, first, _tools.Count - first), row.Stamp, rounds.LastOutput ?? row.Stamp, rounds.Round));
        }

        if (all.Count == 0)
        {
            throw new TraceFormatException(rounds.Line, "no request found");
        }

        var start = all.Min(static r => r.Asked);
        foreach (var session in all.GroupBy(static r => r.Row.Session).OrderBy(static s => s.Min(static r => r.Asked)))
        {
            _heads.Add(_rows.Count);
            (Row Row, TraceStamp Asked, TraceStamp Ended, int Round)[] ordered = [.. session.OrderBy(static r => r.Round)];
            for (int i = 0; i < ordered.Length; i++)
            {
                // the tools that a round calls stand before the next one
                var (row, asked, _, _) = ordered[i];
                long pause = 0;
                int firstTool = 0, tools = 0;
                if (i > 0)
                {
                    var previous = ordered[i - 1];
                    (firstTool, tools) = (previous.Row.FirstTool, previous.Row.Tools);
                    long gap = Math.Max(0, Since(asked, previous.Ended));
                    long longest = 0;
                    for (int tool = firstTool; tool < firstTool + tools; tool++)
                    {
                        // one that began before the answer had ended holds up the next call only by what is left of it
                        _tools[tool] = _tools[tool] with { Picoseconds = Math.Min(_tools[tool].Picoseconds, gap) };
                        longest = Math.Max(longest, _tools[tool].Picoseconds);
                    }

                    pause = gap - longest;
                }

                _rows.Add(row with { Arrival = Since(asked, start), Pause = pause, FirstTool = firstTool, Tools = tools, Next = i == ordered.Length - 1 ? -1 : _rows.Count + 1 });
            }
        }
    }

    private static long Since(TraceStamp time, TraceStamp start) =>
        time.Since(start) ?? throw new ArgumentException("a session of the trace lasts more than 105 days", nameof(time));

    private readonly record struct Row(long Arrival, long Pause, int Input, int Output, long Session, int Priority, int Next, int FirstTool, int Tools);
}
