using System.Globalization;
using System.Text.Json;
using Millwright.Scenarios;

namespace Millwright.Cli.Measured.Own;

/// <summary>Reads result files of serving benchmarks; the tool is told by the content, not by the name.</summary>
/// <remarks>
/// Formats: vllm-project/vllm vllm/benchmarks/serve.py (--save-result, one JSON object); sgl-project/sglang python/sglang/bench_serving.py and
/// docs/developer_guide/bench_serving.md (--output-file, JSON lines); ai-dynamo/aiperf docs/tutorials/working-with-profile-exports.md and GenAI-Perf
/// (profile_export_*.json and .csv); NVIDIA/TensorRT-LLM tensorrt_llm/bench (trtllm-bench --report_json, and the summary that it prints).
/// </remarks>
internal static class OwnFile
{
    private const string Known =
        "known are: JSON of \"vllm bench serve --save-result\", JSON lines of \"sglang.bench_serving --output-file\", profile_export JSON or CSV of AIPerf and GenAI-Perf, "
        + "and the report or the log of trtllm-bench";

    /// <summary>Reads the points of one file.</summary>
    /// <exception cref="InputException">The file cannot be read, is of no known tool, or lacks a figure.</exception>
    public static IReadOnlyList<OwnPoint> Read(string path) => Parse(InputBytes.Read(path, "a benchmark's result"), path);

    /// <summary>Reads the points of a text.</summary>
    public static IReadOnlyList<OwnPoint> Parse(string text, string path)
    {
        string begin = text.TrimStart();
        if (begin.Length == 0)
        {
            throw new InputException(path, 0, 0, $"The file is empty; {Known}.");
        }

        // the lines of a log begin with a bracket too
        return text.Contains("PERFORMANCE OVERVIEW", StringComparison.Ordinal) ? [BenchLog.Read(text, path)]
            : begin[0] is '{' or '[' ? Json(text, path)
            : begin.StartsWith("Metric,", StringComparison.Ordinal) ? [ProfileCsv.Read(text, path)]
            : throw new InputException(path, 1, 1, $"The format is not known; {Known}.");
    }

    private static List<OwnPoint> Json(string text, string path)
    {
        List<OwnPoint> points = [];
        if (Document(text, out _) is { } whole)
        {
            using (whole)
            {
                if (whole.RootElement.ValueKind == JsonValueKind.Array)
                {
                    foreach (JsonElement item in whole.RootElement.EnumerateArray())
                    {
                        points.Add(One(new OwnJson(item, path, 1), points.Count + 1));
                    }
                }
                else
                {
                    points.Add(One(new OwnJson(whole.RootElement, path, 1), 1));
                }
            }

            return points.Count > 0 ? points : throw new InputException(path, 1, 1, $"The list is empty; {Known}.");
        }

        int line = 0;
        foreach (string each in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(each))
            {
                continue;
            }

            if (Document(each, out JsonException? fault) is not { } document)
            {
                throw new InputException(path, line, (int)(fault!.BytePositionInLine ?? 0) + 1, $"This is no complete JSON object. Is the file cut off? {Capital(Known)}.");
            }

            using (document)
            {
                points.Add(One(new OwnJson(document.RootElement, path, line), points.Count + 1));
            }
        }

        return points;
    }

    private static OwnPoint One(OwnJson json, int place)
    {
        if (!json.IsObject)
        {
            throw json.Wrong($"This is no result; {Known}.");
        }

        return json.Has("input_config") && json.Has("request_throughput") ? Profile(json, place)
            : json.Has("world_info") || json.Has("streaming_metrics") || (json.Has("performance") && json.Has("request_info")) ? BenchReport(json, place)
            : json.Has("total_input_tokens") && json.Has("total_output_tokens") ? (json.Has("backend") && (json.Has("random_input_len") || json.Has("total_output_tokens_retokenized")) ? Sglang(json, place) : Vllm(json, place))
            : throw json.Wrong($"The format is not known; {Known}.");
    }

    // one object: backend, model_id, request_rate ("inf" or a number), max_concurrency, completed, total_*_tokens, mean_*_ms ...
    private static OwnPoint Vllm(OwnJson json, int place)
    {
        double completed = json.Needed("completed");
        return new OwnPoint
        {
            File = json.File,
            Place = place,
            Tool = "vllm bench serve",
            Model = json.Text("model_id"),
            InputTokens = json.Needed("total_input_tokens") / completed,
            OutputTokens = json.Needed("total_output_tokens") / completed,
            Requests = completed,
            Concurrency = json.Number("max_concurrency"),
            RequestRatePerSecond = json.Number("max_concurrency") is null ? json.Number("request_rate") : null,
            TimePerOutputTokenMs = json.Number("mean_tpot_ms"),
            TimeToFirstTokenMs = json.Number("median_ttft_ms") ?? json.Number("mean_ttft_ms"),
            OutputTokensPerSecond = json.Number("output_throughput"),
        };
    }

    // The same figures; the loop is open at a rate, closed when --max-concurrency was given, and at "inf" all come at once.
    private static OwnPoint Sglang(OwnJson json, int place) => Vllm(json, place) with { Tool = "sglang.bench_serving", Model = json.Text("model") is { Length: > 0 } model ? model : json.Text("model_id") };

    private static OwnPoint Profile(OwnJson json, int place)
    {
        OwnJson input = json.In("input_config");
        OwnJson load = input.Has("loadgen") ? input.In("loadgen") : input.Has("perf_analyzer") ? input.In("perf_analyzer").In("stimulus") : input;
        return new OwnPoint
        {
            File = json.File,
            Place = place,
            Tool = json.Has("input_sequence_length") && input.Has("loadgen") ? "AIPerf" : "GenAI-Perf",
            Model = ModelName(input),
            InputTokens = json.Average("input_sequence_length") ?? json.Ratio("total_isl", "request_count") ?? throw json.Wrong("There is neither input_sequence_length nor total_isl."),
            OutputTokens = json.Average("output_sequence_length") ?? json.Ratio("total_osl", "request_count") ?? throw json.Wrong("There is neither output_sequence_length nor total_osl."),
            Requests = json.Average("request_count"),
            Concurrency = load.Number("concurrency"),
            RequestRatePerSecond = load.Number("concurrency") is null ? load.Number("request_rate") : null,
            TimePerOutputTokenMs = json.Average("inter_token_latency"),
            TimeToFirstTokenMs = json.Statistic("time_to_first_token", "p50") ?? json.Average("time_to_first_token"),
            OutputTokensPerSecond = json.Average("output_token_throughput"),
        };
    }

    private static string ModelName(OwnJson input) =>
        input.Has("endpoint") && input.In("endpoint").First("model_names") is { Length: > 0 } own ? own : input.First("model_names") is { Length: > 0 } first ? first : input.First("model");

    private static OwnPoint BenchReport(OwnJson json, int place)
    {
        OwnJson performance = json.In("performance");
        OwnJson requests = json.Has("request_info") ? json.In("request_info") : json;
        OwnJson? streaming = json.Has("streaming_metrics") ? json.In("streaming_metrics") : null;
        double? concurrency = requests.Number("avg_num_concurrent_requests");
        return new OwnPoint
        {
            File = json.File,
            Place = place,
            Tool = "trtllm-bench",
            Model = json.Has("engine") ? json.In("engine").Text("model") : "",
            InputTokens = requests.Needed("avg_input_length"),
            OutputTokens = requests.Needed("avg_output_length"),
            Requests = requests.Number("num_requests"),
            Concurrency = concurrency is { } flight ? Math.Max(1, Math.Round(flight)) : null,
            TimePerOutputTokenMs = streaming?.Number("avg_tpot_ms"),
            TimeToFirstTokenMs = streaming?.Number("avg_ttft_ms"),
            OutputTokensPerSecond = performance.Number("system_output_throughput_tok_s") ?? performance.Number("total_output_throughput_tok_s"),
        };
    }

    private static JsonDocument? Document(string text, out JsonException? fault)
    {
        try
        {
            fault = null;
            return JsonDocument.Parse(text);
        }
        catch (JsonException problem)
        {
            fault = problem;
            return null;
        }
    }

    private static string Capital(string text) => char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];
}
