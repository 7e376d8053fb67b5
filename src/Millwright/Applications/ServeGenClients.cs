using System.Formats.Tar;
using System.Globalization;
using Millwright.Numerics;

namespace Millwright.Applications;

/// <summary>
/// Clients of a ServeGen workload (Xiang et al., "ServeGen", NSDI 2026): each has a rate and a gamma or Weibull process per window, and lengths per
/// window of a few hours. Files are chunk-i-trace.csv and chunk-i-dataset.json of one folder.
/// </summary>
public sealed class ServeGenClients
{
    private const string TraceEnd = "-trace.csv";
    private const string LengthsEnd = "-dataset.json";

    private readonly ServeGenClient[] _clients;

    private ServeGenClients(ServeGenClient[] clients)
    {
        _clients = clients;
        SpanSeconds = clients.Max(static c => c.EndSeconds);
    }

    /// <summary>Number of clients.</summary>
    public int Count => _clients.Length;

    /// <summary>Clients without lengths, by number: their requests need lengths from elsewhere.</summary>
    public IReadOnlyList<int> WithoutLengths => [.. _clients.Where(static c => !c.HasLengths).Select(static c => c.Number)];

    /// <summary>End of the last window, s.</summary>
    public double SpanSeconds { get; }

    /// <summary>The clients, in order of their numbers.</summary>
    internal IReadOnlyList<ServeGenClient> All => _clients;

    /// <summary>Mean requests/s of all clients together.</summary>
    /// <param name="fromSeconds">Start, s.</param>
    /// <param name="untilSeconds">End, s, after the start.</param>
    /// <returns>Requests/s.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The end is not after the start.</exception>
    public double MeanRatePerSecond(double fromSeconds, double untilSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(untilSeconds, fromSeconds);
        double requests = 0;
        foreach (var client in _clients)
        {
            for (var window = 0; window < client.Windows.Length; window++)
            {
                var length = Math.Min(untilSeconds, client.EndOf(window)) - Math.Max(fromSeconds, client.Windows[window].StartSeconds);
                requests += Math.Max(0, length) * client.Windows[window].RatePerSecond;
            }
        }

        return requests / (untilSeconds - fromSeconds);
    }

    /// <summary>Lengths of all requests, whoever sends them and whenever: a window of a client by its number of requests, then input and output from its tables, where they stand
    /// apart from each other.</summary>
    /// <returns>The distribution. Clients without lengths count for nothing.</returns>
    /// <exception cref="InvalidOperationException">No client has lengths.</exception>
    public LengthDistribution Lengths() => new MixedLengths(_clients);

    /// <summary>Reads the files of a folder.</summary>
    /// <param name="files">Names and contents; names that end otherwise than in chunk-i-trace.csv and chunk-i-dataset.json are passed over. A content is read before the next file
    /// is asked for, and left open.</param>
    /// <returns>The clients.</returns>
    /// <exception cref="TraceFormatException">A file does not fit, there are two of a kind, lengths come without their trace, or no client is there.</exception>
    public static ServeGenClients Read(IEnumerable<(string Name, Stream Content)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var clients = new SortedDictionary<int, ServeGenClient>();
        var lengths = new Dictionary<int, byte[]>();
        string? folder = null;
        foreach (var (name, content) in files)
        {
            var path = name.Replace('\\', '/');
            var cut = path.LastIndexOf('/') + 1;
            if (!TryChunk(path[cut..], out var number, out var isTrace))
            {
                continue;
            }

            folder ??= path[..cut];
            if (folder != path[..cut])
            {
                throw new TraceFormatException(1, $"found clients in the folders '{folder}' and '{path[..cut]}'; choose one workload");
            }

            if (isTrace)
            {
                if (!clients.TryAdd(number, ServeGenClient.ReadTrace(number, content)))
                {
                    throw new TraceFormatException(1, $"found two traces of client {number}");
                }
            }
            else if (!lengths.TryAdd(number, Bytes(content)))
            {
                throw new TraceFormatException(1, $"found two sets of lengths of client {number}");
            }
        }

        foreach (var (number, bytes) in lengths)
        {
            if (!clients.TryGetValue(number, out var client))
            {
                throw new TraceFormatException(1, $"found lengths of client {number}, but no chunk-{number}{TraceEnd}");
            }

            using var json = new MemoryStream(bytes);
            client.ReadLengths(json);
        }

        return clients.Count > 0 ? new ServeGenClients([.. clients.Values]) : throw new TraceFormatException(1, "no chunk-i-trace.csv found");
    }

    /// <summary>Reads a tar archive of one or more folders.</summary>
    /// <param name="tar">The archive, unpacked if it was compressed; left open.</param>
    /// <param name="folder">Part of the path of the workload that is meant, such as m-large; null where the archive holds one.</param>
    /// <returns>The clients.</returns>
    /// <exception cref="TraceFormatException">The archive is broken, or as for <see cref="Read"/>.</exception>
    public static ServeGenClients ReadTar(Stream tar, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(tar);
        try
        {
            return Read(Entries(tar, folder));
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new TraceFormatException(1, "the archive is broken or cut off", fault);
        }
    }

    private static IEnumerable<(string Name, Stream Content)> Entries(Stream tar, string? folder)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } content && (folder is null || entry.Name.Contains('/' + folder.Trim('/') + '/', StringComparison.Ordinal)))
            {
                yield return (entry.Name, content);
            }
        }
    }

    private static bool TryChunk(string file, out int number, out bool isTrace)
    {
        number = 0;
        isTrace = file.EndsWith(TraceEnd, StringComparison.Ordinal);
        var end = isTrace ? TraceEnd : LengthsEnd;
        return file.StartsWith("chunk-", StringComparison.Ordinal) && file.EndsWith(end, StringComparison.Ordinal) && file.Length > 6 + end.Length &&
            int.TryParse(file.AsSpan(6, file.Length - 6 - end.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static byte[] Bytes(Stream content)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed class MixedLengths : LengthDistribution
    {
        private const int DrawsOfRequest = 8;

        private readonly ServeGenLengthWindow[] _parts;
        private readonly DiscreteTable _choice;

        public MixedLengths(ServeGenClient[] clients)
        {
            var requests = new Dictionary<ServeGenLengthWindow, double>();
            foreach (var client in clients.Where(static c => c.HasLengths))
            {
                for (var window = 0; window < client.Windows.Length; window++)
                {
                    var (start, rate, _) = client.Windows[window];
                    if (rate > 0)
                    {
                        var lengths = client.LengthsAt(start);
                        requests[lengths] = requests.GetValueOrDefault(lengths) + rate * (client.EndOf(window) - start);
                    }
                }
            }

            if (requests.Count == 0)
            {
                throw new InvalidOperationException("no client of this workload has lengths");
            }

            _parts = [.. requests.Keys];
            _choice = new DiscreteTable([.. Enumerable.Range(0, _parts.Length)], [.. requests.Values]);
        }

        public override (int Input, int Output) Draw(RandomStream random, ulong variable, long request) =>
            _parts[_choice.At(random.Uniform(variable, request * DrawsOfRequest))].Draw(random, variable, request * DrawsOfRequest + 1);
    }
}
