using System.Text;
using System.Text.Json;

namespace Millwright.Applications;

/// <summary>
/// Rows of a TraceLab release: one round of a coding agent in a line, rounds of a session together, sessions in any order, so that the whole trace
/// has to be brought into order. A round arrives when the last message or tool result that it answers does.
/// </summary>
/// <param name="lines">The text.</param>
/// <param name="pending">The first line.</param>
internal sealed class TraceLabRows(TraceLines lines, byte[] pending) : JsonRows(lines, pending)
{
    private readonly HashSet<ulong> _seen = [];
    private ulong _session;
    private int _round;
    private bool _hasSession;
    private bool _hasInput;
    private bool _hasOutput;
    private TraceStamp? _lastAsked;
    private TraceStamp? _first;
    private long _row;
    private List<RoundTool>? _tools;

    /// <summary>Reads tools too, from here on.</summary>
    public void TakeTools() => _tools = [];

    /// <summary>Number of the round within its session.</summary>
    public int Round => _round;

    /// <summary>When the model's output of the round just read had come to its end; null where no event says so.</summary>
    public TraceStamp? LastOutput { get; private set; }

    /// <summary>Tools that the round just read calls; empty before <see cref="TakeTools"/>.</summary>
    public IReadOnlyList<RoundTool> Tools => _tools ?? [];

    /// <inheritdoc/>
    public override TraceFormat Format => TraceFormat.TraceLab;

    /// <inheritdoc/>
    public override bool HasClock => true;

    /// <inheritdoc/>
    public override int LookAhead => int.MaxValue;

    /// <inheritdoc/>
    protected override void Begin()
    {
        _hasSession = _hasInput = _hasOutput = false;
        _round = -1;
        (_lastAsked, _first, LastOutput) = (null, null, null);
        _tools?.Clear();
    }

    /// <inheritdoc/>
    protected override bool Take(ref Utf8JsonReader reader, ref TraceRow row)
    {
        if (reader.ValueTextEquals("session_id"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
            {
                throw Lines.Fault("'session_id' must be text");
            }

            _session = TextHash.Of(reader.ValueSpan);
            row.Session = TextHash.OfSession(reader.ValueSpan);
            _hasSession = true;
        }
        else if (reader.ValueTextEquals("round_index"u8))
        {
            _round = Whole(ref reader, "round_index");
        }
        else if (reader.ValueTextEquals("input_tokens_total"u8))
        {
            row.InputTokens = Whole(ref reader, "input_tokens_total");
            _hasInput = true;
        }
        else if (reader.ValueTextEquals("output_tokens"u8))
        {
            row.OutputTokens = Whole(ref reader, "output_tokens");
            _hasOutput = true;
        }
        else if (reader.ValueTextEquals("timing_events"u8))
        {
            TakeEvents(ref reader);
        }
        else if (_tools is not null && reader.ValueTextEquals("tools"u8))
        {
            TakeToolList(ref reader, _tools);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Finish(ref TraceRow row)
    {
        if (!_hasInput || !_hasOutput)
        {
            throw NotWhole(_hasInput ? "output_tokens" : "input_tokens_total");
        }

        if (!_hasSession || _round < 0)
        {
            throw Lines.Fault($"'{(_hasSession ? "round_index" : "session_id")}' is missing");
        }

        row.Stamp = _lastAsked ?? _first ?? throw Lines.Fault("'timing_events' holds no stamp, so the round has no arrival");
        row.Id = _row++;

        // golden ratio: rounds of one session must not fall on those of another
        if (!_seen.Add(_session ^ ((ulong)_round + 1) * 0x9E3779B97F4A7C15UL))
        {
            throw Lines.Fault($"round {_round} of the session stands in an earlier line too");
        }
    }

    private void TakeEvents(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Lines.Fault("'timing_events' must be a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Lines.Fault("'timing_events' must hold objects");
            }

            TakeEvent(ref reader);
        }
    }

    private void TakeToolList(ref Utf8JsonReader reader, List<RoundTool> tools)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Lines.Fault("'tools' must be a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Lines.Fault("'tools' must hold objects");
            }

            tools.Add(Tool(ref reader));
        }
    }

    private RoundTool Tool(ref Utf8JsonReader reader)
    {
        string name = "unknown";
        double? wall = null, inside = null;
        bool failed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tool_name"u8))
            {
                reader.Read();
                name = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty ? Encoding.UTF8.GetString(reader.ValueSpan) : name;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("tool_wall_latency_ms"u8))
            {
                wall = Milliseconds(ref reader, "tool_wall_latency_ms");
            }
            else if (reader.ValueTextEquals("tool_internal_latency_ms"u8))
            {
                inside = Milliseconds(ref reader, "tool_internal_latency_ms");
            }
            else if (reader.ValueTextEquals("is_error"u8))
            {
                reader.Read();
                failed = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // as the authors of the trace have it: the tool's own time where it is there
        return new RoundTool(name, (long)Math.Round((inside ?? wall ?? 0) * (TraceStamp.SecondPicoseconds / 1000)), failed);
    }

    private double? Milliseconds(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number when reader.TryGetDouble(out double time) && time is >= 0 and < 1000.0 * LoadTime.GreatestSeconds => time,
            _ => throw Lines.Fault($"'{name}' must be a number of milliseconds of at least 0, or null"),
        };
    }

    private void TakeEvent(ref Utf8JsonReader reader)
    {
        var asked = false;
        TraceStamp? at = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("event_type"u8))
            {
                reader.Read();
                asked = reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("user_message"u8) || reader.ValueTextEquals("tool_result"u8));
                reader.Skip();
            }
            else if (reader.ValueTextEquals("timestamp"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    at = TraceStamp.TryDate(reader.ValueSpan, out var stamp) ? stamp : throw Lines.Fault($"'{TraceLines.Shown(reader.ValueSpan)}' is not a date and time");
                }
                else
                {
                    reader.Skip();
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (at is not { } known)
        {
            return;
        }

        if (!asked && (LastOutput is not { } output || known > output))
        {
            LastOutput = known;
        }

        if (asked && (_lastAsked is not { } last || known > last))
        {
            _lastAsked = known;
        }

        if (_first is not { } first || known < first)
        {
            _first = known;
        }
    }
}

/// <summary>A tool that a round calls.</summary>
/// <param name="Name">Name.</param>
/// <param name="Picoseconds">Time that it took, ps; 0 where the trace does not say.</param>
/// <param name="Failed">True where it ended with an error.</param>
internal readonly record struct RoundTool(string Name, long Picoseconds, bool Failed);
