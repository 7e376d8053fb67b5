namespace Millwright.Applications;

/// <summary>A row as it stands in a trace: nothing checked but that it can be read.</summary>
internal struct TraceRow
{
    /// <summary>When it arrived; the default where the trace has no clock.</summary>
    public TraceStamp Stamp;

    /// <summary>Input tokens, at least 0.</summary>
    public int InputTokens;

    /// <summary>Output tokens, at least 0.</summary>
    public int OutputTokens;

    /// <summary>Session, or -1.</summary>
    public long Session;

    /// <summary>Priority, or 0.</summary>
    public int Priority;

    /// <summary>The trace's own id of the request, or the number of the row from 0.</summary>
    public long Id;
}

/// <summary>The rows of a trace of one format. Here, and in its readers, lies all that is known of a format.</summary>
/// <param name="lines">The text.</param>
internal abstract class TraceRows(TraceLines lines)
{
    /// <summary>The format.</summary>
    public abstract TraceFormat Format { get; }

    /// <summary>True where every row has a stamp.</summary>
    public abstract bool HasClock { get; }

    /// <summary>Tokens of a prefix block, 0 where the format names none.</summary>
    public virtual int BlockTokens => 0;

    /// <summary>Blocks of the row just read.</summary>
    public virtual ReadOnlySpan<ulong> Blocks => default;

    /// <summary>True where the row just read names its blocks, be they none.</summary>
    public virtual bool HasBlocks => false;

    /// <summary>Step of the trace's clock, ps: a stamp that is no further behind its forerunner counts as equal.</summary>
    public virtual long GranularityPicoseconds => 1_000_000;

    /// <summary>Rows that may have to be read ahead to bring arrivals into order.</summary>
    public virtual int LookAhead => 0;

    /// <summary>Line just read, from 1.</summary>
    public int Line => Lines.Number;

    /// <summary>The text.</summary>
    protected TraceLines Lines { get; } = lines;

    /// <summary>Reads the next row.</summary>
    /// <param name="row">The row.</param>
    /// <returns>False at the end.</returns>
    public abstract bool TryRead(out TraceRow row);

    /// <summary>Tells the format by the first line.</summary>
    /// <param name="bytes">The text in UTF-8; left open.</param>
    /// <returns>Its rows.</returns>
    /// <exception cref="TraceFormatException">No known format.</exception>
    public static TraceRows Open(Stream bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var lines = new TraceLines(bytes);
        if (!lines.TryRead(out var first))
        {
            throw new TraceFormatException(1, $"the trace is empty; it must begin with {TableRows.KnownNames}");
        }

        return first.TrimStart(" \t"u8) is [(byte)'{', ..] ? JsonRows.Open(lines, first) : TableRows.Open(lines, first);
    }
}
