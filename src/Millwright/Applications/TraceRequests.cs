using System.Globalization;

namespace Millwright.Applications;

/// <summary>
/// The requests of a trace in order of arrival, read as they are asked for. No row is lost in silence: what cannot be a request is refused with its
/// line, or left out and counted where the options say so.
/// Memory does not grow with the trace, but for TraceLab, whose rounds have to be sorted (about 64 bytes a round), and for ids that do not count up.
/// </summary>
public sealed class TraceRequests : IRequestStream
{
    private readonly TraceRows _rows;
    private readonly TraceOptions _options;
    private readonly SpreadSteps? _spread;
    private readonly PriorityQueue<TraceRow, (TraceStamp Stamp, long Order)>? _ahead;
    private readonly bool _hasClock;
    private readonly bool _whole;
    private readonly bool _plain;
    private TraceStamp? _start;
    private TraceStamp _last;
    private long _read;
    private bool _ended;

    private TraceRequests(TraceRows rows, TraceOptions options)
    {
        _rows = rows;
        _options = options;
        _hasClock = rows.HasClock;
        _whole = options.FromSeconds == 0 && double.IsPositiveInfinity(options.UntilSeconds);
        _ahead = rows.LookAhead > 0 ? new() : null;
        _spread = rows.Format == TraceFormat.Mooncake && _hasClock ? new SpreadSteps() : null;
        _plain = _whole && _hasClock && _ahead is null && _spread is null;
    }

    /// <summary>The format that was found.</summary>
    public TraceFormat Format => _rows.Format;

    /// <summary>True where the trace has stamps; false where all requests arrive at 0, and arrivals are for <see cref="TimedRequests"/> to give.</summary>
    public bool HasClock => _hasClock;

    /// <summary>Line that was read last, from 1.</summary>
    public int Line => _rows.Line;

    /// <summary>Requests given so far.</summary>
    public long Count { get; private set; }

    /// <summary>Requests left out for want of input or output.</summary>
    public long EmptyRequests { get; private set; }

    /// <summary>Requests left out because they arrive before the time asked for.</summary>
    public long EarlyRequests { get; private set; }

    /// <summary>Id of the request just read: the trace's own where it has ids, else the number of its row from 0.</summary>
    public long RequestId { get; private set; }

    /// <inheritdoc/>
    public int BlockTokens => _rows.BlockTokens;

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> PrefixBlocks => _spread is null ? _rows.Blocks : _spread.Blocks;

    /// <summary>Opens a trace, whatever its format.</summary>
    /// <param name="utf8">The text in UTF-8; the caller unwraps compression and keeps the stream. It is read ahead of the requests.</param>
    /// <param name="options">How the trace is taken in; null for whole and strict.</param>
    /// <returns>Its requests.</returns>
    /// <exception cref="TraceFormatException">The format is unknown, or the first line does not fit it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time that is negative, no number, or ends before it begins.</exception>
    public static TraceRequests Open(Stream utf8, TraceOptions? options = null)
    {
        var how = options ?? new TraceOptions();
        CheckWindow(how);
        return new TraceRequests(TraceRows.Open(utf8), how);
    }

    /// <summary>The requests of rows that are open already.</summary>
    internal static TraceRequests Of(TraceRows rows, TraceOptions options)
    {
        CheckWindow(options);
        return new TraceRequests(rows, options);
    }

    private static void CheckWindow(TraceOptions options)
    {
        if (!(options.FromSeconds >= 0 && double.IsFinite(options.FromSeconds) && options.UntilSeconds > options.FromSeconds))
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"from {options.FromSeconds} s until {options.UntilSeconds} s", "the trace must be read from at least 0 s until later");
        }
    }

    /// <inheritdoc/>
    public bool TryRead(out TraceRequest request)
    {
        // nearly all traces: in order, as they stand
        if (_plain)
        {
            if (!TryFilled(out var next))
            {
                request = default;
                return false;
            }

            Check(ref next.Stamp);
            Count++;
            RequestId = next.Id;
            request = new TraceRequest(Arrival(next.Stamp), next.InputTokens, next.OutputTokens, next.Session, next.Priority);
            return true;
        }

        while (TryNext(out var row, out var arrival))
        {
            if (!_whole)
            {
                if (arrival < _options.FromSeconds * TraceStamp.SecondPicoseconds)
                {
                    EarlyRequests++;
                    continue;
                }

                if (arrival >= _options.UntilSeconds * TraceStamp.SecondPicoseconds)
                {
                    _ended = true;
                    break;
                }

                arrival -= (long)(_options.FromSeconds * TraceStamp.SecondPicoseconds);
            }

            Count++;
            RequestId = row.Id;
            request = new TraceRequest(arrival, row.InputTokens, row.OutputTokens, row.Session, row.Priority);
            return true;
        }

        request = default;
        return false;
    }

    private bool TryNext(out TraceRow row, out long arrival)
    {
        arrival = 0;
        if (_ended)
        {
            row = default;
            return false;
        }

        if (_spread is not null)
        {
            return _spread.TryNext(this, out row, out arrival);
        }

        if (!TryOrdered(out row))
        {
            return false;
        }

        arrival = _hasClock ? Arrival(row.Stamp) : 0;
        return true;
    }

    // rows that may be requests, in order of arrival; the clock is checked
    private bool TryOrdered(out TraceRow row)
    {
        if (_ahead is null)
        {
            if (!TryFilled(out row))
            {
                return false;
            }
        }
        else
        {
            while (_ahead.Count < _rows.LookAhead && !_ended && TryFilled(out var next))
            {
                _ahead.Enqueue(next, (next.Stamp, _read));
            }

            if (!_ahead.TryDequeue(out row, out _))
            {
                return false;
            }
        }

        if (_hasClock)
        {
            Check(ref row.Stamp);
        }

        return true;
    }

    private bool TryFilled(out TraceRow row)
    {
        while (_rows.TryRead(out row))
        {
            _read++;
            if (row.InputTokens > 0 && row.OutputTokens > 0)
            {
                return true;
            }

            if (!_options.SkipEmptyRequests)
            {
                throw Fault($"found {row.InputTokens} input and {row.OutputTokens} output tokens; a request has at least 1 of each");
            }

            EmptyRequests++;
        }

        return _read == 0 ? throw Fault("no request found") : false;
    }

    private void Check(ref TraceStamp stamp)
    {
        if (_start is { } start && stamp.IsDate != start.IsDate)
        {
            throw Fault("a date and time among numbers of seconds, or the other way round");
        }

        if (_start is null)
        {
            // a date says nothing of when the run began, a number of seconds does
            _start = stamp.IsDate ? stamp : default(TraceStamp);
        }
        else if (stamp < _last)
        {
            if (_last.Since(stamp) is not { } behind || behind > _rows.GranularityPicoseconds)
            {
                throw Fault($"the clock runs backwards, from {Words(_last)} to {Words(stamp)}; requests must stand in order of arrival");
            }

            stamp = _last;
        }

        _last = stamp;
    }

    private long Arrival(TraceStamp stamp) =>
        stamp.Since(_start.GetValueOrDefault()) ??
        throw Fault($"found {Words(stamp)}, more than 105 days after the start; a clock counts seconds from the start of the trace, or is a date and time");

    private string Words(TraceStamp stamp) =>
        string.Create(CultureInfo.InvariantCulture, $"{(stamp.Seconds - (_start?.Seconds ?? 0)) + (stamp.Picoseconds - (_start?.Picoseconds ?? 0)) / 1e12:0.######} s");

    private TraceFormatException Fault(string problem) => new(_rows.Line, problem);

    /// <summary>
    /// Requests of one stamp are spread evenly over the step of the clock that the stamp stands for. The conversation trace of Mooncake counts in steps of
    /// 3 s, give or take a few ms; others of its kind in ms: a step is 3 s until two stamps follow each other sooner, and 1 ms from then on. A trace with
    /// one stamp has no step, and keeps it.
    /// </summary>
    private sealed class SpreadSteps
    {
        private const long CoarseStep = 3 * TraceStamp.SecondPicoseconds;
        private const long LeastCoarseStep = CoarseStep - TraceStamp.SecondPicoseconds / 10;
        private const long FineStep = TraceStamp.SecondPicoseconds / 1000;

        // more at one stamp are left there: they are a queue, not a rate
        private const int GreatestGroup = 1 << 16;

        private readonly List<(TraceRow Row, int FirstBlock, int Blocks)> _group = [];
        private ulong[] _arena = [];
        private int _arenaUsed;
        private int _at;
        private TraceRow _carry;
        private bool _hasCarry;
        private bool _coarse = true;
        private bool _stepped;
        private long _begin;
        private long _step;

        public ReadOnlySpan<ulong> Blocks => _at == 0 ? default : _arena.AsSpan(_group[_at - 1].FirstBlock, _group[_at - 1].Blocks);

        public bool TryNext(TraceRequests trace, out TraceRow row, out long arrival)
        {
            if (_at == _group.Count && !Fill(trace))
            {
                (row, arrival) = (default, 0);
                return false;
            }

            row = _group[_at].Row;
            arrival = _begin + (long)((Int128)_step * _at / _group.Count);
            _at++;
            return true;
        }

        private bool Fill(TraceRequests trace)
        {
            _group.Clear();
            (_at, _arenaUsed) = (0, 0);
            if (!_hasCarry && !trace.TryOrdered(out _carry))
            {
                return false;
            }

            _hasCarry = false;
            var stamp = _carry.Stamp;
            Add(_carry, trace._rows.Blocks);
            while (_group.Count < GreatestGroup && trace.TryOrdered(out _carry))
            {
                if (_carry.Stamp != stamp)
                {
                    _hasCarry = true;
                    break;
                }

                Add(_carry, trace._rows.Blocks);
            }

            _begin = trace.Arrival(stamp);
            _step = 0;
            if (_hasCarry)
            {
                var gap = trace.Arrival(_carry.Stamp) - _begin;
                _coarse &= gap >= LeastCoarseStep;
                _stepped = true;
                _step = Math.Min(_coarse ? CoarseStep : FineStep, gap);
            }
            else if (_stepped && _group.Count < GreatestGroup)
            {
                _step = _coarse ? CoarseStep : FineStep;
            }

            return true;
        }

        private void Add(TraceRow row, ReadOnlySpan<ulong> blocks)
        {
            if (_arenaUsed + blocks.Length > _arena.Length)
            {
                Array.Resize(ref _arena, Math.Max(_arenaUsed + blocks.Length, _arena.Length * 2));
            }

            blocks.CopyTo(_arena.AsSpan(_arenaUsed));
            _group.Add((row, _arenaUsed, blocks.Length));
            _arenaUsed += blocks.Length;
        }
    }
}
