using System.Text.Json;

namespace Millwright.Applications;

/// <summary>Rows of a trace in JSON lines: one object in a line, fields found by name, others passed over.</summary>
/// <param name="lines">The text.</param>
/// <param name="pending">The first line, already read.</param>
internal abstract class JsonRows(TraceLines lines, byte[] pending) : TraceRows(lines)
{
    private byte[]? _pending = pending;

    /// <summary>Tells the format by the fields of the first object.</summary>
    public static JsonRows Open(TraceLines lines, ReadOnlySpan<byte> first)
    {
        bool simulated = false, chat = false, round = false, clock = false;
        try
        {
            var reader = new Utf8JsonReader(first);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                simulated |= reader.ValueTextEquals("input_toks"u8);
                chat |= reader.ValueTextEquals("chat_id"u8);
                round |= reader.ValueTextEquals("input_tokens_total"u8);
                clock |= reader.ValueTextEquals("timestamp"u8) || reader.ValueTextEquals("arrival_time_ns"u8);
                reader.Read();
                reader.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw NoObject(lines, fault);
        }

        var copy = first.ToArray();
        return round ? new TraceLabRows(lines, copy)
            : simulated ? new JsonRequestRows(lines, copy, JsonShape.ServingSim, clock)
            : chat ? new JsonRequestRows(lines, copy, JsonShape.Bailian, clock)
            : new JsonRequestRows(lines, copy, JsonShape.Mooncake, clock);
    }

    /// <inheritdoc/>
    public sealed override bool TryRead(out TraceRow row)
    {
        row = default;
        row.Session = -1;
        ReadOnlySpan<byte> line;
        if (_pending is { } first)
        {
            line = first;
            _pending = null;
        }
        else if (!Lines.TryRead(out line))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Lines.Fault($"not a JSON object: '{TraceLines.Shown(line)}'");
            }

            Begin();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!Take(ref reader, ref row))
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            // what follows the object is a fault too
            reader.Read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw NoObject(Lines, fault);
        }

        Finish(ref row);
        return true;
    }

    /// <summary>Before the fields of a row.</summary>
    protected abstract void Begin();

    /// <summary>Takes a field: the reader stands at its name, and is left at the end of its value.</summary>
    /// <returns>False, and the reader where it was, for a field that does not matter.</returns>
    protected abstract bool Take(ref Utf8JsonReader reader, ref TraceRow row);

    /// <summary>After the fields of a row.</summary>
    protected abstract void Finish(ref TraceRow row);

    /// <summary>A whole number of at least 0.</summary>
    protected int Whole(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var tokens) && tokens >= 0 ? tokens : throw NotWhole(name);
    }

    /// <summary>A whole number, as ids are.</summary>
    protected long Id(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id) ? id : throw Lines.Fault($"'{name}' must be a whole number");
    }

    /// <summary>Fault of a count that is missing or no count.</summary>
    protected TraceFormatException NotWhole(string name) => Lines.Fault($"'{name}' must be a whole number of at least 0 and at most {int.MaxValue}");

    private static TraceFormatException NoObject(TraceLines lines, Exception fault) => new(lines.Number, $"not a JSON object: {fault.Message}", fault);
}
