using System.Globalization;
using System.Text;
using System.Text.Json;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>What the fit had seen of a deployment that is to be predicted.</summary>
public enum PredictionKind
{
    /// <summary>Chip and model were both in the fit.</summary>
    Measured,

    /// <summary>The chip was in the fit, the model not.</summary>
    ModelNeverSeen,

    /// <summary>The chip was not in the fit.</summary>
    ChipNeverSeen,
}

/// <summary>Ratio of measured to predicted time that one prediction in ten falls short of, and that one in ten exceeds.</summary>
/// <param name="Low">p10 of measured over predicted time.</param>
/// <param name="High">p90 of measured over predicted time.</param>
public readonly record struct ErrorBand(double Low, double High);

/// <summary>Factors of one engine, or of one engine on one chip beside those of the engine.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="SystemId">The system; empty for the engine on all systems.</param>
/// <param name="Factors">The factors.</param>
public sealed record EngineFactorsRow(EngineFamily Engine, string SystemId, EngineFactors Factors);

/// <summary>The fitted end-to-end residuals of the engines, what they were fitted to, and how far predictions were off on what was held out.</summary>
public sealed class EngineCalibration
{
    // by words: a table keyed by numbers and words together would be compiled anew at each start of the program
    private readonly Dictionary<string, EngineFactors> _rows;
    private readonly HashSet<string> _models;
    private readonly HashSet<string> _systems;

    /// <summary>Makes a calibration.</summary>
    /// <param name="source">What it was fitted to.</param>
    /// <param name="rows">Factors of engines and of engines on chips.</param>
    /// <param name="models">Models of the fit.</param>
    /// <param name="systems">Systems of the fit.</param>
    /// <param name="bands">Band of each kind of prediction.</param>
    /// <param name="parameters">Fitted numbers.</param>
    /// <param name="observations">Measured points that they were fitted to.</param>
    public EngineCalibration(
        string source,
        IReadOnlyList<EngineFactorsRow> rows,
        IReadOnlyList<string> models,
        IReadOnlyList<string> systems,
        IReadOnlyDictionary<PredictionKind, ErrorBand> bands,
        int parameters,
        int observations)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Source = source;
        Rows = rows;
        Models = models;
        Systems = systems;
        Bands = bands;
        Parameters = parameters;
        Observations = observations;
        _rows = rows.ToDictionary(row => KeyOf(row.Engine, row.SystemId), row => row.Factors, StringComparer.Ordinal);
        _models = [.. models];
        _systems = [.. systems];
    }

    /// <summary>No factors, and the bands of a model without any fit.</summary>
    public static EngineCalibration None { get; } = new("none", [], [], [], new Dictionary<PredictionKind, ErrorBand>(), 0, 0);

    /// <summary>What it was fitted to.</summary>
    public string Source { get; }

    /// <summary>Factors of engines and of engines on chips.</summary>
    public IReadOnlyList<EngineFactorsRow> Rows { get; }

    /// <summary>Models of the fit.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Systems of the fit.</summary>
    public IReadOnlyList<string> Systems { get; }

    /// <summary>Band of each kind of prediction.</summary>
    public IReadOnlyDictionary<PredictionKind, ErrorBand> Bands { get; }

    /// <summary>Fitted numbers.</summary>
    public int Parameters { get; }

    /// <summary>Measured points that they were fitted to.</summary>
    public int Observations { get; }

    /// <summary>Factors of an engine on a system: those of the engine, times those of the pair where it was measured.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="systemId">The system.</param>
    /// <returns>The factors.</returns>
    public EngineFactors FactorsOf(EngineFamily engine, string systemId)
    {
        EngineFactors own = _rows.GetValueOrDefault(KeyOf(engine, "")) ?? new EngineFactors();
        return _rows.GetValueOrDefault(KeyOf(engine, systemId)) is { } pair ? own.Times(pair) : own;
    }

    private static string KeyOf(EngineFamily engine, string systemId) => string.Create(CultureInfo.InvariantCulture, $"{(int)engine}/{systemId}");

    /// <summary>What the fit had seen of a deployment.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="systemId">The system.</param>
    /// <returns>The kind.</returns>
    public PredictionKind KindOf(string modelId, string systemId) =>
        !_systems.Contains(systemId) ? PredictionKind.ChipNeverSeen
        : !_models.Contains(modelId) ? PredictionKind.ModelNeverSeen
        : PredictionKind.Measured;

    /// <summary>The band of a kind of prediction.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The band; without a calibration that of a factor of two either way.</returns>
    public ErrorBand BandOf(PredictionKind kind) => Bands.TryGetValue(kind, out ErrorBand band) ? band : new ErrorBand(0.5, 2);

    /// <summary>The band of a prediction: that of its kind; on a chip that the fit has not seen and whose operators are borrowed, as much wider as borrowing
    /// adds.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="systemId">The system.</param>
    /// <param name="borrowedError">What borrowed operator times add, as a fraction: <see cref="Chips.OperatorClock.BorrowedError"/>.</param>
    /// <returns>The band.</returns>
    public ErrorBand BandOf(string modelId, string systemId, double borrowedError)
    {
        PredictionKind kind = KindOf(modelId, systemId);
        ErrorBand band = BandOf(kind);
        return kind == PredictionKind.ChipNeverSeen ? new ErrorBand(band.Low / (1 + borrowedError), band.High * (1 + borrowedError)) : band;
    }

    /// <summary>The same factors with other bands.</summary>
    /// <param name="bands">Band of each kind of prediction.</param>
    /// <returns>The calibration.</returns>
    public EngineCalibration With(IReadOnlyDictionary<PredictionKind, ErrorBand> bands) =>
        new(Source, Rows, Models, Systems, bands, Parameters, Observations);

    /// <summary>Reads a calibration.</summary>
    /// <param name="json">The text that <see cref="ToJson"/> writes.</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="InvalidDataException">The text is not such a file, or a number is out of range.</exception>
    public static EngineCalibration Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            Dictionary<PredictionKind, ErrorBand> bands = [];
            foreach (JsonProperty band in root.GetProperty("bands").EnumerateObject())
            {
                bands[KindOf(band.Name)] = new ErrorBand(Positive(band.Value, "low"), Positive(band.Value, "high"));
            }

            return new EngineCalibration(
                root.GetProperty("source").GetString()!,
                ReadRows(root.GetProperty("engines")),
                ReadNames(root.GetProperty("models")),
                ReadNames(root.GetProperty("systems")),
                bands,
                root.GetProperty("parameters").GetInt32(),
                root.GetProperty("observations").GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"not an engine calibration: {e.Message}", e);
        }
    }

    /// <summary>Writes the calibration.</summary>
    /// <returns>JSON, readable and in a fixed order.</returns>
    public string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("source", Source);
            writer.WriteNumber("parameters", Parameters);
            writer.WriteNumber("observations", Observations);
            writer.WriteStartObject("bands");
            foreach ((PredictionKind kind, ErrorBand band) in Bands.OrderBy(pair => pair.Key))
            {
                writer.WriteStartObject(kind.ToString());
                writer.WriteNumber("low", Rounded(band.Low));
                writer.WriteNumber("high", Rounded(band.High));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartArray("engines");
            foreach (EngineFactorsRow row in Rows)
            {
                WriteRow(writer, row);
            }

            writer.WriteEndArray();
            WriteNames(writer, "models", Models);
            WriteNames(writer, "systems", Systems);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteRow(Utf8JsonWriter writer, EngineFactorsRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("engine", row.Engine.ToString());
        writer.WriteString("system", row.SystemId);
        writer.WriteNumber("host_us", Rounded(row.Factors.HostSeconds * 1e6));
        writer.WriteNumber("host_us_per_sequence", Rounded(row.Factors.HostSecondsPerSequence * 1e6));
        writer.WriteNumber("launch", Rounded(row.Factors.Launch));
        writer.WriteNumber("dense", Rounded(row.Factors.Dense));
        writer.WriteNumber("decode_attention", Rounded(row.Factors.DecodeAttention));
        writer.WriteNumber("prefill", Rounded(row.Factors.Prefill));
        writer.WriteNumber("experts", Rounded(row.Factors.Experts));
        writer.WriteNumber("exchange", Rounded(row.Factors.Exchange));
        writer.WriteNumber("stall", Rounded(row.Factors.Stall));
        writer.WriteNumber("prefill_use", Rounded(row.Factors.PrefillUse));
        writer.WriteNumber("request_us", Rounded(row.Factors.RequestSeconds * 1e6));
        writer.WriteNumber("request_us_per_token", Rounded(row.Factors.RequestSecondsPerToken * 1e6));
        if (row.Factors.ByPrecision is { } factors)
        {
            writer.WriteStartObject("by_precision");
            for (int p = 0; p < PrecisionFactors.Count; p++)
            {
                if (factors.Dense[p] != 1 || factors.Experts[p] != 1)
                {
                    writer.WriteStartObject(((OperandPrecision)p).ToString());
                    writer.WriteNumber("dense", Rounded(factors.Dense[p]));
                    writer.WriteNumber("experts", Rounded(factors.Experts[p]));
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static List<EngineFactorsRow> ReadRows(JsonElement rows)
    {
        List<EngineFactorsRow> read = [];
        foreach (JsonElement row in rows.EnumerateArray())
        {
            read.Add(ReadRow(row));
        }

        return read;
    }

    private static List<string> ReadNames(JsonElement names)
    {
        List<string> read = [];
        foreach (JsonElement name in names.EnumerateArray())
        {
            read.Add(name.GetString()!);
        }

        return read;
    }

    private static EngineFactorsRow ReadRow(JsonElement row) => new(
        EngineOf(row.GetProperty("engine").GetString()!),
        row.GetProperty("system").GetString()!,
        new EngineFactors(
            NotNegative(row, "host_us") / 1e6,
            NotNegative(row, "host_us_per_sequence") / 1e6,
            Positive(row, "launch"),
            Positive(row, "dense"),
            Positive(row, "decode_attention"),
            Positive(row, "prefill"),
            Positive(row, "experts"),
            Positive(row, "exchange"),
            Positive(row, "stall"),
            Positive(row, "prefill_use"),
            row.TryGetProperty("request_us", out _) ? NotNegative(row, "request_us") / 1e6 : 0,
            row.TryGetProperty("request_us_per_token", out _) ? NotNegative(row, "request_us_per_token") / 1e6 : 0)
        {
            ByPrecision = row.TryGetProperty("by_precision", out JsonElement precisions) ? ReadPrecisions(precisions) : null,
        });

    private static EngineFamily EngineOf(string name) => name switch
    {
        nameof(EngineFamily.TensorRtLlm) => EngineFamily.TensorRtLlm,
        nameof(EngineFamily.Vllm) => EngineFamily.Vllm,
        nameof(EngineFamily.Sglang) => EngineFamily.Sglang,
        _ => throw new FormatException($"'{name}' is no engine"),
    };

    // by name: the runtime's own reading of names would be compiled anew at each start of the program
    private static PredictionKind KindOf(string name) => name switch
    {
        nameof(PredictionKind.Measured) => PredictionKind.Measured,
        nameof(PredictionKind.ModelNeverSeen) => PredictionKind.ModelNeverSeen,
        nameof(PredictionKind.ChipNeverSeen) => PredictionKind.ChipNeverSeen,
        _ => throw new FormatException($"'{name}' is no kind of prediction"),
    };

    private static OperandPrecision PrecisionOf(string name) => name switch
    {
        nameof(OperandPrecision.Bf16) => OperandPrecision.Bf16,
        nameof(OperandPrecision.Fp8) => OperandPrecision.Fp8,
        nameof(OperandPrecision.Fp8Block) => OperandPrecision.Fp8Block,
        nameof(OperandPrecision.Fp4) => OperandPrecision.Fp4,
        nameof(OperandPrecision.Mxfp4) => OperandPrecision.Mxfp4,
        nameof(OperandPrecision.Int8) => OperandPrecision.Int8,
        nameof(OperandPrecision.Int4) => OperandPrecision.Int4,
        _ => throw new FormatException($"'{name}' is no precision"),
    };

    private static PrecisionFactors ReadPrecisions(JsonElement precisions)
    {
        double[] dense = new double[PrecisionFactors.Count];
        double[] experts = new double[PrecisionFactors.Count];
        for (int i = 0; i < PrecisionFactors.Count; i++)
        {
            (dense[i], experts[i]) = (1, 1);
        }

        foreach (JsonProperty precision in precisions.EnumerateObject())
        {
            int p = (int)PrecisionOf(precision.Name);
            dense[p] = Positive(precision.Value, "dense");
            experts[p] = Positive(precision.Value, "experts");
        }

        return new PrecisionFactors(dense, experts);
    }

    private static double Positive(JsonElement element, string name) =>
        element.GetProperty(name).GetDouble() is > 0 and < 1e6 and var value ? value : throw new FormatException($"'{name}' must be above 0");

    private static double NotNegative(JsonElement element, string name) =>
        element.GetProperty(name).GetDouble() is >= 0 and < 1e9 and var value ? value : throw new FormatException($"'{name}' must be at least 0");

    private static double Rounded(double value) => double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
