using Millwright.Cli.Measured.Own;
using Millwright.Scenarios;

namespace Millwright.Cli.Tests.Measured.Own;

public sealed class OwnFileTests
{
    [Fact]
    public void Vllm_bench_serve()
    {
        OwnPoint point = Assert.Single(OwnFile.Parse(OwnSamples.Vllm, "a.json"));
        Assert.Equal(("vllm bench serve", "meta-llama/Llama-3.1-8B-Instruct"), (point.Tool, point.Model));
        Assert.Equal((1024, 512, 320), (point.InputTokens, point.OutputTokens, point.Requests));
        Assert.Equal((32, null), (point.Concurrency, point.RequestRatePerSecond));
        Assert.Equal((11.25, 250.25, 2677.1), (point.TimePerOutputTokenMs, point.TimeToFirstTokenMs, point.OutputTokensPerSecond));
    }

    [Fact]
    public void A_rate_is_an_open_loop_and_none_is_all_at_once()
    {
        string paced = OwnSamples.Vllm.Replace("\"inf\"", "4.5", StringComparison.Ordinal).Replace("\"max_concurrency\": 32", "\"max_concurrency\": null", StringComparison.Ordinal);
        Assert.Equal(4.5, OwnFile.Parse(paced, "a.json")[0].RequestRatePerSecond);
        OwnPoint unpaced = OwnFile.Parse(OwnSamples.Vllm.Replace("\"max_concurrency\": 32", "\"max_concurrency\": null", StringComparison.Ordinal), "a.json")[0];
        Assert.Equal((null, null), (unpaced.Concurrency, unpaced.RequestRatePerSecond));
    }

    [Fact]
    public void Sglang_bench_serving_appends_a_line_a_run()
    {
        IReadOnlyList<OwnPoint> points = OwnFile.Parse(OwnSamples.Sglang + "\n" + OwnSamples.Sglang.Replace("\"max_concurrency\": 8", "\"max_concurrency\": 64", StringComparison.Ordinal) + "\n", "runs.jsonl");
        Assert.Equal(2, points.Count);
        Assert.All(points, p => Assert.Equal("sglang.bench_serving", p.Tool));
        Assert.Equal([8, 64], points.Select(p => p.Concurrency));
        Assert.Equal((1024, 512, 7.5, 85), (points[0].InputTokens, points[0].OutputTokens, points[0].TimePerOutputTokenMs, points[0].TimeToFirstTokenMs));
        Assert.Equal(["runs.jsonl", "runs.jsonl (2)"], points.Select(p => p.Label));
    }

    [Fact]
    public void Aiperf_and_genai_perf()
    {
        OwnPoint json = Assert.Single(OwnFile.Parse(OwnSamples.Aiperf, "a.json"));
        Assert.Equal(("AIPerf", "openai/gpt-oss-20b", 550, 400, 16, 9.5, 100), (json.Tool, json.Model, json.InputTokens, json.OutputTokens, json.Concurrency, json.TimePerOutputTokenMs, json.TimeToFirstTokenMs));
        OwnPoint older = Assert.Single(OwnFile.Parse(OwnSamples.GenaiPerf, "g.json"));
        Assert.Equal(("GenAI-Perf", "meta-llama/Llama-3.1-8B-Instruct", 6, 8), (older.Tool, older.Model, older.Concurrency, older.TimePerOutputTokenMs));

        // the table does not tell the load: 4 requests a second of 4 s each are 16 in flight
        OwnPoint csv = Assert.Single(OwnFile.Parse(OwnSamples.ProfileCsv, "a.csv"));
        Assert.Equal((550, 400, 16, 9.5, 100), (csv.InputTokens, csv.OutputTokens, csv.Concurrency, csv.TimePerOutputTokenMs, csv.TimeToFirstTokenMs));
        Assert.Equal((1600, 200), (csv.OutputTokensPerSecond, csv.Requests));
    }

    [Fact]
    public void A_statistic_in_other_units_becomes_milliseconds()
    {
        string micro = OwnSamples.Aiperf.Replace("\"inter_token_latency\": {\"unit\": \"ms\", \"avg\": 9.5", "\"inter_token_latency\": {\"unit\": \"us\", \"avg\": 9500", StringComparison.Ordinal);
        Assert.Equal(9.5, OwnFile.Parse(micro, "a.json")[0].TimePerOutputTokenMs!.Value, 1e-12);
    }

    [Fact]
    public void Trtllm_bench_report_and_log()
    {
        OwnPoint report = Assert.Single(OwnFile.Parse(OwnSamples.BenchReport, "r.json"));
        Assert.Equal(("trtllm-bench", 128, 256, 1500, 55, 25600), (report.Tool, report.InputTokens, report.OutputTokens, report.Concurrency, report.TimePerOutputTokenMs, report.OutputTokensPerSecond));
        OwnPoint log = Assert.Single(OwnFile.Parse(OwnSamples.BenchLog, "bench.log"));
        Assert.Equal(("meta-llama/Llama-3.1-8B-Instruct", 128, 256, 3000, 25600), (log.Model, log.InputTokens, log.OutputTokens, log.Requests, log.OutputTokensPerSecond));
        Assert.Null(log.TimePerOutputTokenMs);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("hello", "format is not known")]
    [InlineData("{}", "format is not known")]
    [InlineData("[]", "list is empty")]
    [InlineData("[1]", "no result")]
    [InlineData("{\"total_input_tokens\": 5, \"total_outp", "no complete JSON object")]
    [InlineData("{\"total_input_tokens\": 5, \"total_output_tokens\": 5}", "\"completed\" is missing")]
    [InlineData("{\"total_input_tokens\": -5, \"total_output_tokens\": 5, \"completed\": 1}", "below 0")]
    [InlineData("{\"total_input_tokens\": [], \"total_output_tokens\": 5, \"completed\": 1}", "no number")]
    [InlineData("Metric,avg\nRequest Latency (ms),5\n", "Input Sequence Length")]
    [InlineData("= PERFORMANCE OVERVIEW\n", "Average Input Length")]
    public void What_is_no_result_is_refused_in_words(string text, string message)
    {
        InputException problem = Assert.Throws<InputException>(() => OwnFile.Parse(text, "x.json"));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal("x.json", problem.File);
    }

    [Fact]
    public void A_cut_line_of_a_longer_file_is_told_by_its_number()
    {
        InputException problem = Assert.Throws<InputException>(() => OwnFile.Parse(OwnSamples.Sglang + "\n" + OwnSamples.Sglang[..200], "x.jsonl"));
        Assert.Equal(2, problem.Line);
    }
}
