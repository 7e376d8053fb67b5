using System.Globalization;

namespace Millwright.Performance.Profiles;

/// <summary>
/// A user's own layer timings of one model on one chip at one degree of tensor parallelism, in the tables of LLMServingSim
/// (casys-kaist/LLMServingSim, profiler/README.md), and times of exchanges where they were measured. Immutable.
/// </summary>
/// <param name="Dense">Time of one call of each dense layer over the tokens of a step, by the layer's name.</param>
/// <param name="PerSequence">Time of the head and of sampling over the sequences of a step, by name.</param>
/// <param name="Attention">Time of one attention call.</param>
/// <param name="Experts">Time of one layer of routed experts, or null.</param>
/// <param name="Skew">What uneven contexts add, or null.</param>
/// <param name="Collectives">Times of exchanges, or null.</param>
/// <example><code>
/// LayerProfile profile = LayerProfile.Read(name => File.Exists(name) ? File.OpenText(name) : null);
/// </code></example>
public sealed record LayerProfile(
    IReadOnlyDictionary<string, LayerTable> Dense,
    IReadOnlyDictionary<string, LayerTable> PerSequence,
    AttentionTable Attention,
    ExpertTable? Experts,
    SkewTable? Skew,
    CollectiveTable? Collectives)
{
    private const double Micro = 1e-6;

    /// <summary>Files of a profile: the first three must be there.</summary>
    public static IReadOnlyList<string> Files { get; } = ["dense.csv", "per_sequence.csv", "attention.csv", "moe.csv", "skew_fit.csv", "collectives.csv"];

    /// <summary>Reads a profile.</summary>
    /// <param name="open">Opens a file of <see cref="Files"/> by its name; null where there is none.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="LayerProfileException">A file is missing or wrong.</exception>
    public static LayerProfile Read(Func<string, TextReader?> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new LayerProfile(
            ByLayer(Rows(open, "dense.csv", "layer", "tokens", "time_us"), "dense.csv"),
            ByLayer(Rows(open, "per_sequence.csv", "layer", "sequences", "time_us"), "per_sequence.csv"),
            Made("attention.csv", () => new AttentionTable(
                [.. Rows(open, "attention.csv", "prefill_chunk", "kv_prefill", "n_decode", "kv_decode", "time_us").Select(static r => new AttentionRow(r[0], r[1], r[2], r[3], r[4] * Micro))])),
            ExpertsOf(open),
            SkewOf(open),
            CollectivesOf(open));
    }

    private static ExpertTable? ExpertsOf(Func<string, TextReader?> open)
    {
        List<ProfileRow> rows = [.. Rows(open, "moe.csv", "tokens", "activated_experts", "time_us")];
        return rows.Count == 0 ? null : Made("moe.csv", () => new ExpertTable(rows.Select(static r => (r[0], r[1], r[2] * Micro))));
    }

    private static SkewTable? SkewOf(Func<string, TextReader?> open)
    {
        List<SkewRow> rows = [];
        foreach (ProfileRow row in Rows(open, "skew_fit.csv", "pc", "n_label", "skew_rate_label", "kv_big_label", "kp_label", "alpha", "n_samples"))
        {
            rows.Add(new SkewRow(row[0], row.End(1), row.End(2), row.End(3), row.End(4), row[5], row[6]));
        }

        return rows.Count == 0 ? null : new SkewTable(rows);
    }

    private static CollectiveTable? CollectivesOf(Func<string, TextReader?> open)
    {
        Dictionary<(string, int), LayerTable> tables = [];
        foreach (IGrouping<(string Name, int Chips), ProfileRow> group in Rows(open, "collectives.csv", "collective", "chips", "bytes", "time_us").GroupBy(static r => (r.Text(0), (int)r[1])))
        {
            tables.Add(group.Key, Made("collectives.csv", () => new LayerTable(group.Select(static r => (r[2], r[3] * Micro)))));
        }

        return tables.Count == 0 ? null : new CollectiveTable(tables);
    }

    private static Dictionary<string, LayerTable> ByLayer(IEnumerable<ProfileRow> rows, string file) =>
        rows.GroupBy(static r => r.Text(0), StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, g => Made(file, () => new LayerTable(g.Select(static r => (r[1], r[2] * Micro)))), StringComparer.Ordinal);

    private static T Made<T>(string file, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException problem)
        {
            throw new LayerProfileException(file, 0, problem.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static IEnumerable<ProfileRow> Rows(Func<string, TextReader?> open, string file, params string[] columns)
    {
        using TextReader? reader = open(file);
        if (reader is null)
        {
            if (Files.Take(3).Contains(file, StringComparer.Ordinal))
            {
                throw new LayerProfileException(file, 0, $"a profile needs this file, with the columns {string.Join(", ", columns)}");
            }

            yield break;
        }

        string[] header = (reader.ReadLine() ?? "").Split(',', StringSplitOptions.TrimEntries);
        int[] places = new int[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            places[i] = Array.IndexOf(header, columns[i]);
            if (places[i] < 0)
            {
                throw new LayerProfileException(file, 1, $"the column {columns[i]} is missing; needed are {string.Join(", ", columns)}");
            }
        }

        int line = 1;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (text.Length == 0)
            {
                continue;
            }

            string[] cells = text.Split(',', StringSplitOptions.TrimEntries);
            yield return cells.Length == header.Length
                ? new ProfileRow(file, line, cells, places, columns)
                : throw new LayerProfileException(file, line, $"found {cells.Length} cells where the header has {header.Length}");
        }
    }

    // a line of a table, with the columns in the order in which they were asked for
    private readonly struct ProfileRow(string file, int line, string[] cells, int[] places, string[] columns)
    {
        public double this[int column] =>
            double.TryParse(cells[places[column]], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                && (value >= 0 || columns[column] == "alpha")
                ? value
                : throw new LayerProfileException(file, line, $"{columns[column]}: \"{cells[places[column]]}\" was found; a number from 0 is wanted");

        public string Text(int column) => cells[places[column]];

        /// <summary>Upper end of a bin as its label tells it: "n&lt;=128", "sr&lt;=40%", "kvB&lt;=4k", "kp=0"; endless for "n&gt;256".</summary>
        public double End(int column)
        {
            string label = Text(column);
            int sign = label.IndexOfAny(['=', '>']);
            ReadOnlySpan<char> number = label.AsSpan(sign + 1);
            if (sign >= 0 && label[sign] == '>')
            {
                return double.PositiveInfinity;
            }

            double unit = number.EndsWith("k", StringComparison.OrdinalIgnoreCase) ? 1024 : number.EndsWith("%", StringComparison.Ordinal) ? 0.01 : 1;
            return sign >= 0 && double.TryParse(unit == 1 ? number : number[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? value * unit
                : throw new LayerProfileException(file, line, $"{columns[column]}: \"{label}\" was found; a bin such as n<=128 is wanted");
        }
    }
}
