using System.Globalization;
using System.Text;
using System.Text.Json;
using Millwright.Catalog;

namespace Millwright.Applications;

/// <summary>
/// Reads a request trace line by line and makes the histogram of its lengths: bins of equal weight by input, the share of input that an unlimited
/// prefix cache holds where the trace
/// names its blocks, and the busiest minute where it has times. It keeps counts of lengths, not requests, so that a trace of any length fits in
/// memory.
/// Formats are told apart by their first line: Azure LLM inference traces (CSV with TIMESTAMP, ContextTokens, GeneratedTokens; Patel et al., ISCA
/// 2024),
/// BurstGPT (CSV with Timestamp in s, Request tokens, Response tokens; Wang et al., arXiv 2401.17644), Mooncake traces (JSON lines with timestamp in
/// ms, input_length, output_length, hash_ids of 512-token blocks; Qin et al., FAST 2025), Qwen-Bailian traces (the same with chat_id, timestamp in s and
/// 16-token blocks), LLMServingSim workloads (JSON lines with input_toks, output_toks, arrival_time_ns), and plain length tables (CSV with
/// input_length and output_length, input_tokens and output_tokens, or num_prefill_tokens and num_decode_tokens).
/// </summary>
public static class TraceReader
{
    /// <summary>Tokens of a prefix block in Mooncake traces.</summary>
    public const int MooncakeBlockTokens = 512;

    /// <summary>Tokens of a prefix block in Qwen-Bailian traces.</summary>
    public const int BailianBlockTokens = 16;

    private const int RowsBetweenReports = 8192;

    private static readonly (string Time, string Input, string Output)[] KnownColumns =
    [
        ("TIMESTAMP", "ContextTokens", "GeneratedTokens"),
        ("Timestamp", "Request tokens", "Response tokens"),
        ("", "input_length", "output_length"),
        ("", "input_tokens", "output_tokens"),
        ("", "num_prefill_tokens", "num_decode_tokens"),
    ];

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
        using var reader = new StreamReader(trace, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        return Read(reader, id, name, source, licence, bins, cancellation);
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
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var first = trace.ReadLine()?.Trim().TrimStart('\uFEFF') ?? "";
        var lengths = new LengthCounter();
        if (first.StartsWith('{'))
        {
            ReadJsonLines(trace, first, lengths, progress, cancellation);
        }
        else
        {
            ReadTable(trace, first, lengths, progress, cancellation);
        }

        return lengths.Count > 0
            ? new TraceSummary(lengths.Count, lengths.InputStatistics(), lengths.OutputStatistics(), lengths.Histogram(id, name, source, licence, bins))
            : throw new TraceFormatException(1, "no request found");
    }

    private static void ReadTable(TextReader trace, string header, LengthCounter lengths, IProgress<long>? progress, CancellationToken cancellation)
    {
        var columns = header.Split(',', StringSplitOptions.TrimEntries);
        var known = KnownColumns.FirstOrDefault(k => columns.Contains(k.Input) && columns.Contains(k.Output));
        if (known.Input is null)
        {
            throw new TraceFormatException(
                1, $"found the columns '{Shown(header)}'; known are {string.Join("; ", KnownColumns.Select(k => $"{k.Input}, {k.Output}"))}, or JSON lines with input_length, output_length");
        }

        var (input, output, time) = (Array.IndexOf(columns, known.Input), Array.IndexOf(columns, known.Output), Array.IndexOf(columns, known.Time));
        for (var line = 2; trace.ReadLine() is { } text; line++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (line % RowsBetweenReports == 0)
            {
                progress?.Report(lengths.Count);
            }

            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var fields = text.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != columns.Length)
            {
                throw new TraceFormatException(line, $"found {fields.Length} fields where the header has {columns.Length}: '{Shown(text)}'");
            }

            lengths.Add(Tokens(fields[input], line), Tokens(fields[output], line));
            if (time >= 0)
            {
                lengths.AddTime(Seconds(fields[time], line));
            }
        }
    }

    private static void ReadJsonLines(TextReader trace, string first, LengthCounter lengths, IProgress<long>? progress, CancellationToken cancellation)
    {
        var seen = new HashSet<long>();
        var line = 1;
        for (var text = first; text is not null; text = trace.ReadLine(), line++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (line % RowsBetweenReports == 0)
            {
                progress?.Report(lengths.Count);
            }

            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            try
            {
                using var request = JsonDocument.Parse(text);
                var root = request.RootElement;
                var simulated = root.TryGetProperty("input_toks", out _);
                var bailian = root.TryGetProperty("chat_id", out _);
                var input = Whole(root, simulated ? "input_toks" : "input_length", line);
                lengths.Add(input, Whole(root, simulated ? "output_toks" : "output_length", line));
                if (root.TryGetProperty(simulated ? "arrival_time_ns" : "timestamp", out var stamp) && stamp.ValueKind == JsonValueKind.Number && stamp.TryGetDouble(out var time))
                {
                    lengths.AddTime(time / (simulated ? 1e9 : bailian ? 1 : 1000));
                }

                if (root.TryGetProperty("hash_ids", out var blocks) && blocks.ValueKind == JsonValueKind.Array)
                {
                    lengths.AddCached(CachedTokens(blocks, input, bailian ? BailianBlockTokens : MooncakeBlockTokens, seen, line));
                }
            }
            catch (JsonException fault)
            {
                throw new TraceFormatException(line, $"not a JSON object: {fault.Message}");
            }
        }
    }

    // every block but the last of a prompt is full
    private static long CachedTokens(JsonElement blocks, int inputTokens, int blockTokens, HashSet<long> seen, int line)
    {
        var count = blocks.GetArrayLength();
        if (count != (inputTokens + (long)blockTokens - 1) / blockTokens)
        {
            throw new TraceFormatException(line, $"found {count} hash_ids for {inputTokens} input tokens; a block has {blockTokens} tokens");
        }

        long cached = 0;
        var index = 0;
        foreach (var block in blocks.EnumerateArray())
        {
            if (block.ValueKind != JsonValueKind.Number || !block.TryGetInt64(out var hash))
            {
                throw new TraceFormatException(line, "hash_ids must hold whole numbers");
            }

            var tokens = index < count - 1 ? blockTokens : inputTokens - (long)blockTokens * (count - 1);
            if (!seen.Add(hash))
            {
                cached += tokens;
            }

            index++;
        }

        return cached;
    }

    private static int Whole(JsonElement request, string name, int line) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var tokens) && tokens >= 0
            ? tokens
            : throw new TraceFormatException(line, $"'{name}' must be a whole number of at least 0");

    private static int Tokens(string field, int line) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
            ? tokens
            : throw new TraceFormatException(line, $"'{Shown(field)}' is not a whole number of tokens");

    // seconds as a number, or a date and time; .NET counts in 100 ns, as fine as these stamps
    private static double Seconds(string field, int line) =>
        double.TryParse(field, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e12
            ? seconds
            : DateTime.TryParse(field, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var stamp)
                ? stamp.Ticks / (double)TimeSpan.TicksPerSecond
                : throw new TraceFormatException(line, $"'{Shown(field)}' is not a date and time");

    // one short line whatever the file holds
    private static string Shown(string text) =>
        string.Concat((text.Length <= 80 ? text : text[..77] + "...").Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
