using System.Text.Json;

namespace Millwright.Applications;

/// <summary>Names and units of a JSON trace.</summary>
/// <param name="Format">The format.</param>
/// <param name="Time">Field of the stamp.</param>
/// <param name="Input">Field of the input.</param>
/// <param name="Output">Field of the output.</param>
/// <param name="UnitPicoseconds">Unit of the stamp and step of the clock, ps.</param>
/// <param name="BlockTokens">Tokens of a prefix block.</param>
internal sealed record JsonShape(TraceFormat Format, string Time, string Input, string Output, long UnitPicoseconds, int BlockTokens)
{
    /// <summary>Mooncake: ms.</summary>
    public static readonly JsonShape Mooncake = new(TraceFormat.Mooncake, "timestamp", "input_length", "output_length", TraceStamp.SecondPicoseconds / 1000, 512);

    /// <summary>Qwen-Bailian: s.</summary>
    public static readonly JsonShape Bailian = new(TraceFormat.Bailian, "timestamp", "input_length", "output_length", TraceStamp.SecondPicoseconds, 16);

    /// <summary>LLMServingSim: ns.</summary>
    public static readonly JsonShape ServingSim = new(TraceFormat.ServingSim, "arrival_time_ns", "input_toks", "output_toks", 1000, 0);
}

/// <summary>Rows of Mooncake, Qwen-Bailian and LLMServingSim traces.</summary>
internal sealed class JsonRequestRows : JsonRows
{
    private readonly JsonShape _shape;
    private readonly bool _chats;

    // turn by turn to the first chat of the talk: only turns after the first take room
    private readonly Dictionary<long, long> _rootOf = [];
    private readonly SeenIds _seen = new();
    private ulong[] _blocks = [];
    private int _blockCount;
    private bool _hasInput;
    private bool _hasOutput;
    private bool _hasStamp;
    private bool _hasBlocks;
    private bool _hasId;
    private long _parent;
    private long _row;

    /// <summary>Reads rows of a shape.</summary>
    public JsonRequestRows(TraceLines lines, byte[] pending, JsonShape shape, bool clock)
        : base(lines, pending)
    {
        _shape = shape;
        _chats = shape.Format == TraceFormat.Bailian;
        HasClock = clock;
    }

    /// <inheritdoc/>
    public override TraceFormat Format => _shape.Format;

    /// <inheritdoc/>
    public override bool HasClock { get; }

    /// <inheritdoc/>
    public override int BlockTokens => _shape.BlockTokens;

    /// <inheritdoc/>
    public override ReadOnlySpan<ulong> Blocks => _blocks.AsSpan(0, _blockCount);

    /// <inheritdoc/>
    public override bool HasBlocks => _hasBlocks;

    /// <inheritdoc/>
    public override long GranularityPicoseconds => Math.Min(_shape.UnitPicoseconds, TraceStamp.SecondPicoseconds / 1000);

    /// <inheritdoc/>
    protected override void Begin()
    {
        _blockCount = 0;
        _parent = -1;
        _hasInput = _hasOutput = _hasStamp = _hasBlocks = _hasId = false;
    }

    /// <inheritdoc/>
    protected override bool Take(ref Utf8JsonReader reader, ref TraceRow row)
    {
        if (reader.ValueTextEquals(_shape.Input))
        {
            row.InputTokens = Whole(ref reader, _shape.Input);
            _hasInput = true;
        }
        else if (reader.ValueTextEquals(_shape.Output))
        {
            row.OutputTokens = Whole(ref reader, _shape.Output);
            _hasOutput = true;
        }
        else if (HasClock && reader.ValueTextEquals(_shape.Time))
        {
            reader.Read();
            row.Stamp = reader.TokenType == JsonTokenType.Number && TraceStamp.TryNumber(reader.ValueSpan, _shape.UnitPicoseconds, out var stamp)
                ? stamp
                : throw Lines.Fault($"'{_shape.Time}' must be a number of at least 0");
            _hasStamp = true;
        }
        else if (_shape.BlockTokens > 0 && reader.ValueTextEquals("hash_ids"u8))
        {
            TakeBlocks(ref reader);
        }
        else if (_chats && reader.ValueTextEquals("chat_id"u8))
        {
            row.Id = Id(ref reader, "chat_id");
            _hasId = true;
        }
        else if (_chats && reader.ValueTextEquals("parent_chat_id"u8))
        {
            _parent = Id(ref reader, "parent_chat_id");
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
            throw NotWhole(_hasInput ? _shape.Output : _shape.Input);
        }

        if (HasClock && !_hasStamp)
        {
            throw Lines.Fault($"'{_shape.Time}' is missing; earlier lines have it");
        }

        if (_hasBlocks && _blockCount != (row.InputTokens + (long)_shape.BlockTokens - 1) / _shape.BlockTokens)
        {
            throw Lines.Fault($"found {_blockCount} hash_ids for {row.InputTokens} input tokens; a block has {_shape.BlockTokens} tokens");
        }

        if (!_chats)
        {
            row.Id = _row++;
            return;
        }

        if (!_hasId)
        {
            throw Lines.Fault("'chat_id' is missing; earlier lines have it");
        }

        if (!_seen.Add(row.Id))
        {
            throw Lines.Fault($"the chat_id {row.Id} stands in an earlier line too; ids must differ");
        }

        row.Session = row.Id;
        if (_parent != -1)
        {
            row.Session = _rootOf.GetValueOrDefault(_parent, _parent);
            _rootOf.Add(row.Id, row.Session);
        }
    }

    private void TakeBlocks(ref Utf8JsonReader reader)
    {
        reader.Read();
        _blockCount = 0;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Lines.Fault("'hash_ids' must be a list of whole numbers");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long hash = 0;
            ulong beyond = 0;
            if (reader.TokenType != JsonTokenType.Number || (!reader.TryGetInt64(out hash) && !reader.TryGetUInt64(out beyond)))
            {
                throw Lines.Fault("hash_ids must hold whole numbers");
            }

            if (_blockCount == _blocks.Length)
            {
                Array.Resize(ref _blocks, Math.Max(64, _blocks.Length * 2));
            }

            _blocks[_blockCount++] = beyond != 0 ? beyond : (ulong)hash;
        }

        _hasBlocks = true;
    }
}
