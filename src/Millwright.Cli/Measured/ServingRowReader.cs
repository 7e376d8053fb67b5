using System.Globalization;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured;

/// <summary>Reads a table of measured serving runs: columns by name in any order, others are ignored, cells may be empty.</summary>
internal static class ServingRowReader
{
    // Without these no row can be told from another, or be run at all.
    private static readonly string[] s_required = ["id", "scenario", "model", "chip", "framework", "precision", "isl", "osl"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">CSV, plain or gzip.</param>
    /// <returns>Its rows, in order.</returns>
    /// <exception cref="InputException">The file cannot be read, or a cell is wrong.</exception>
    public static IReadOnlyList<ServingRow> Read(string path) => Parse(InputBytes.Read(path, "a CSV table of measured runs"), path);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">File, for messages.</param>
    /// <returns>Its rows, in order.</returns>
    /// <exception cref="InputException">The text is no such table, or a cell is wrong.</exception>
    public static IReadOnlyList<ServingRow> Parse(string text, string file)
    {
        CsvTable table = CsvTable.Parse(text, file, s_required);
        if (table.Records.Count == 0)
        {
            throw new InputException(file, 1, 1, "The table has a header and no rows.");
        }

        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        List<ServingRow> rows = new(table.Records.Count);
        foreach (CsvCell[] record in table.Records)
        {
            ServingRow row = Row(new Cells(table, record));
            if (!lines.TryAdd(row.Id, row.Line))
            {
                CsvCell id = table.Cell(record, "id");
                throw new InputException(file, id.Line, id.Column, $"The id \"{CsvTable.Shown(row.Id)}\" stands in line {lines[row.Id]} already. Each row needs its own.");
            }

            rows.Add(row);
        }

        return rows;
    }

    private static ServingRow Row(Cells cells) => new()
    {
        Line = cells.Line,
        Id = cells.Needed("id"),
        ConfigId = cells.Text("config_id"),
        Source = cells.Text("source"),
        Date = cells.Text("date"),
        Scenario = cells.Needed("scenario"),
        Model = cells.Text("model"),
        Chip = cells.Text("chip"),
        System = cells.Text("system"),
        Chips = cells.Count("num_chips", 1),
        Framework = cells.Text("framework"),
        FrameworkVersion = cells.Text("framework_version"),
        Precision = cells.Text("precision"),
        Speculation = cells.Text("spec_decoding"),
        Apart = cells.Flag("disagg") ?? false,
        TensorWays = cells.Count("tp", 1),
        PipelineStages = cells.Count("pp", 1),
        ExpertWays = cells.Count("ep", 1),
        AttentionDataParallel = cells.Flag("dp_attention"),
        Prefill = cells.Pool("prefill"),
        Decode = cells.Pool("decode"),
        CacheOffload = cells.Text("kv_offload"),
        Dataset = cells.Text("dataset"),
        InputTokens = cells.Number("isl", aboveZero: true),
        OutputTokens = cells.Number("osl", aboveZero: true),
        LengthDistribution = cells.Text("length_dist"),
        Concurrency = cells.Number("concurrency", aboveZero: true),
        RequestRatePerSecond = cells.Number("request_rate_per_s", aboveZero: true),
        Requests = cells.Number("num_requests", aboveZero: true),
        TotalTokensPerChipSecond = cells.Number("total_tok_s_per_chip", aboveZero: true),
        OutputTokensPerChipSecond = cells.Number("output_tok_s_per_chip", aboveZero: true),
        TimeToFirstTokenMs = cells.Latency("ttft_ms"),
        TimePerOutputTokenMs = cells.Latency("tpot_ms"),
        ChipWatts = cells.Number("avg_power_w_per_chip"),
        CacheHitTheoretical = cells.Share("prefix_cache_hit_theoretical"),
        CacheHitOnChip = cells.Share("prefix_cache_hit_gpu"),
        IsLatest = cells.Flag("is_latest") ?? true,
        Quality = cells.Text("quality") is { Length: > 0 } quality ? quality : "ok",
        Notes = cells.Text("notes"),
    };

    private readonly struct Cells(CsvTable table, CsvCell[] record)
    {
        public int Line => record[0].Line;

        public string Text(string column) => table.Cell(record, column).Text.Trim();

        public string Needed(string column) => Text(column) is { Length: > 0 } text ? text : throw Wrong(column, "This cell must not be empty.");

        public double? Number(string column, bool aboveZero = false)
        {
            string text = Text(column);
            return text.Length == 0 ? null
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && (aboveZero ? number > 0 : number >= 0) ? number
                : throw Wrong(column, $"\"{CsvTable.Shown(text)}\" is no number {(aboveZero ? "above 0" : "of at least 0")}, nor empty.");
        }

        public double? Share(string column) => Number(column) is not { } share ? null : share < 1 ? share : throw Wrong(column, "A share lies from 0 to below 1.");

        public int? Count(string column, int least)
        {
            string text = Text(column);
            return text.Length == 0 ? null
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number == Math.Floor(number) && number >= least && number <= 1e6 ? (int)number
                : throw Wrong(column, $"\"{CsvTable.Shown(text)}\" is no whole number of at least {least}, nor empty.");
        }

        public bool? Flag(string column) => Text(column).ToLowerInvariant() switch
        {
            "" => null,
            "true" => true,
            "false" => false,
            _ => throw Wrong(column, $"\"{CsvTable.Shown(Text(column))}\" is neither true nor false, nor empty."),
        };

        public PoolColumns Pool(string name) => new(Count(name + "_workers", 0), Count(name + "_chips", 0), Count(name + "_tp", 1), Count(name + "_ep", 1), Flag(name + "_dp_attention"));

        public LatencyColumns Latency(string name) => new(Number(name + "_mean"), Number(name + "_p50"), Number(name + "_p90"), Number(name + "_p99"));

        private InputException Wrong(string column, string problem)
        {
            CsvCell cell = table.Cell(record, column);
            return new InputException(table.File, cell.Line, cell.Column, $"Column {column}: {problem}");
        }
    }
}
