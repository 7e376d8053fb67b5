using Millwright.Catalog;

namespace Millwright.Applications;

/// <summary>
/// Reads a request trace and makes the histogram of its lengths: bins of equal weight by input, the share of input that an unlimited prefix cache holds
/// where the trace names its blocks, and the busiest minute where it has times. It keeps counts of lengths, not requests, so that a trace of any length
/// fits in memory. Formats are those of <see cref="TraceFormat"/>; requests may stand in any order, and without input or output, unlike in
/// <see cref="TraceRequests"/>.
/// </summary>
public static class TraceReader
{
    private const int RowsBetweenReports = 8192;

    /// <summary>Reads a trace to its end.</summary>
    /// <param name="trace">The text; the caller unwraps compression.</param>
    /// <param name="id">Id of the histogram.</param>
    /// <param name="name">Name in full.</param>
    /// <param name="source">Where the trace comes from.</param>
    /// <param name="licence">Licence of the trace.</param>
    /// <param name="bins">Bins, at least 1; fewer when there are fewer requests.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The histogram.</returns>
    /// <exception cref="TraceFormatException">The format is unknown, a line does not fit it, or there is no request.</exception>
    public static LengthHistogram Read(
        TextReader trace, string id, string name, string source, string licence, int bins = 24, CancellationToken cancellation = default) =>
        Measure(trace, id, name, source, licence, bins, null, cancellation).Histogram;

    /// <summary>Reads a UTF-8 trace to its end; see <see cref="Read(TextReader, string, string, string, string, int, CancellationToken)"/>.</summary>
    /// <param name="trace">The bytes; the caller unwraps compression. The stream is left open.</param>
    /// <param name="id">Id of the histogram.</param>
    /// <param name="name">Name in full.</param>
    /// <param name="source">Where the trace comes from.</param>
    /// <param name="licence">Licence of the trace.</param>
    /// <param name="bins">Bins, at least 1.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The histogram.</returns>
    /// <exception cref="TraceFormatException">The format is unknown, a line does not fit it, or there is no request.</exception>
    public static LengthHistogram Read(
        Stream trace, string id, string name, string source, string licence, int bins = 24, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Measure(TraceRows.Open(trace), id, name, source, licence, bins, null, cancellation).Histogram;
    }

    /// <summary>Reads a trace to its end and measures it.</summary>
    /// <param name="trace">The text; the caller unwraps compression.</param>
    /// <param name="id">Id of the histogram.</param>
    /// <param name="name">Name in full.</param>
    /// <param name="source">Where the trace comes from.</param>
    /// <param name="licence">Licence of the trace.</param>
    /// <param name="bins">Bins, at least 1; fewer when there are fewer requests.</param>
    /// <param name="progress">Told the number of requests read, now and then; null for nobody.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Requests, means, percentiles and the histogram.</returns>
    /// <exception cref="TraceFormatException">The format is unknown, a line does not fit it, or there is no request.</exception>
    public static TraceSummary Measure(
        TextReader trace, string id, string name, string source, string licence, int bins = 24, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using var bytes = new TextBytes(trace);
        return Measure(TraceRows.Open(bytes), id, name, source, licence, bins, progress, cancellation);
    }

    private static TraceSummary Measure(
        TraceRows rows, string id, string name, string source, string licence, int bins, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var lengths = new LengthCounter();
        var seen = new HashSet<ulong>();
        TraceStamp? first = null;
        while (rows.TryRead(out var row))
        {
            cancellation.ThrowIfCancellationRequested();
            lengths.Add(row.InputTokens, row.OutputTokens);
            if (lengths.Count % RowsBetweenReports == 0)
            {
                progress?.Report(lengths.Count);
            }

            if (rows.HasClock)
            {
                first ??= row.Stamp;
                lengths.AddTime(row.Stamp.Seconds - first.Value.Seconds + (row.Stamp.Picoseconds - first.Value.Picoseconds) / (double)TraceStamp.SecondPicoseconds);
            }

            if (rows.HasBlocks)
            {
                lengths.AddCached(CachedTokens(rows.Blocks, row.InputTokens, rows.BlockTokens, seen));
            }
        }

        return lengths.Count > 0
            ? new TraceSummary(lengths.Count, lengths.InputStatistics(), lengths.OutputStatistics(), lengths.Histogram(id, name, source, licence, bins))
            : throw new TraceFormatException(1, "no request found");
    }

    // every block but the last of a prompt is full
    private static long CachedTokens(ReadOnlySpan<ulong> blocks, int inputTokens, int blockTokens, HashSet<ulong> seen)
    {
        long cached = 0;
        for (var index = 0; index < blocks.Length; index++)
        {
            if (!seen.Add(blocks[index]))
            {
                cached += index < blocks.Length - 1 ? blockTokens : inputTokens - (long)blockTokens * (blocks.Length - 1);
            }
        }

        return cached;
    }
}
