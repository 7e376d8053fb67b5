using System.Text.Json;
using Millwright.Cli.Tests.Commands;
using Millwright.Cli.Tests.Documents;

namespace Millwright.Cli.Tests.Simulation;

/// <summary>Rates that are looked for: what is shown and written, and what is refused.</summary>
public sealed class RateStudyTests
{
    private static readonly string[] s_llama = ["simulate", "--model", "llama-3.1-8b", "--system", "hgx-h100"];
    private static readonly string[] s_lengths = [.. s_llama, "--requests", "600", "--isl", "512", "--osl", "64"];
    private static readonly string[] s_find = [.. s_lengths, "--find", "rate", "--ttft", "150 ms", "--tpot", "15 ms"];

    [Fact]
    public async Task The_page_shows_what_a_search_answers() => QuotedText.Match(
        "docs/simulate.md",
        "rates",
        "",
        await Run.Answers([.. s_llama, "--find", "rate", "--frontier", "--isl", "512", "--osl", "128", "--ttft", "200 ms", "--tpot", "20 ms", "--chip-hour", "2.5 $/GPU-h"]));

    [Fact]
    public async Task The_rate_found_meets_the_limits_when_it_is_run_and_one_beyond_does_not()
    {
        using WorkFolder folder = new();
        string json = folder.File("rates.json");
        await Run.Answers([.. s_find, "--json", json]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement found = document.RootElement.GetProperty("found");
        double rate = found.GetProperty("requests_per_second").GetDouble();
        Assert.True(rate < document.RootElement.GetProperty("saturation").GetProperty("requests_per_second").GetDouble());
        Assert.InRange(found.GetProperty("beyond_requests_per_second").GetDouble() / rate, 1, 1.0100001);
        Assert.True(found.GetProperty("tpot_s").GetDouble() <= 0.015 && found.GetProperty("ttft_s").GetDouble() <= 0.15);
        Assert.True(found.GetProperty("beyond_tpot_s").GetDouble() > 0.015 || found.GetProperty("beyond_ttft_s").GetDouble() > 0.15);
        Assert.Equal(0, document.RootElement.GetProperty("frontier").GetArrayLength());

        // the same requests at the rate found, by hand
        string run = folder.File("run.json");
        await Run.Answers([.. s_lengths, "--rate", rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "/s", "--json", run]);
        using JsonDocument one = JsonDocument.Parse(File.ReadAllText(run));
        Assert.InRange(one.RootElement.GetProperty("latency").GetProperty("tpot").GetProperty("p99_s").GetDouble(), 0.012, 0.0158);
    }

    [Fact]
    public async Task A_frontier_stands_alone_and_is_the_same_on_any_number_of_threads()
    {
        using WorkFolder folder = new();
        string json = folder.File("rates.json");
        string html = folder.File("rates.html");
        string one = await Run.Answers([.. s_lengths, "--frontier", "--threads", "1", "--json", json, "--html", html]);
        Assert.Equal(one, await Run.Answers([.. s_lengths, "--frontier", "--threads", "3"]));
        Assert.Contains("requests/s saturate\n", one, StringComparison.Ordinal);
        Assert.DoesNotContain("goodput", one, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement[] rungs = [.. document.RootElement.GetProperty("frontier").EnumerateArray()];
        Assert.Equal(13, rungs.Length);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("found").ValueKind);
        double[] latencies = [.. rungs.Select(static r => r.GetProperty("tpot_p99_s").GetDouble())];
        Assert.Equal(latencies.Order(), latencies);
        Assert.True(rungs[0].GetProperty("joules_per_output_token").GetDouble() > rungs[^3].GetProperty("joules_per_output_token").GetDouble());
        Assert.Equal(JsonValueKind.Null, rungs[0].GetProperty("usd_per_million_output_tokens_reserved").ValueKind);
        string page = File.ReadAllText(html);
        Assert.Contains("Time to first token over the rate", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_is_stretched_and_lengths_alone_get_arrivals()
    {
        using WorkFolder folder = new();
        string rows = string.Concat(Enumerable.Range(0, 300).Select(static i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i * 0.5 + i % 3 * 0.1},{200 + i % 7 * 50},{30 + i % 5}\n")));
        string stamped = folder.File("stamped.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n" + rows);
        string[] find = ["--find", "rate", "--tpot", "20 ms", "--percentile", "90 %"];
        string answer = await Run.Answers([.. s_llama, .. find, "--trace", stamped]);
        Assert.Contains("stamped.csv at its own stamps, stretched", answer, StringComparison.Ordinal);
        Assert.Contains("in 90 % of the requests", answer, StringComparison.Ordinal);
        Assert.Contains("TPOT p90", answer, StringComparison.Ordinal);
        string lengths = folder.File("lengths.csv", "input_length,output_length\n" + string.Concat(Enumerable.Repeat("300,30\n", 200)));
        Assert.Contains("gamma:2 arrivals", await Run.Answers([.. s_llama, .. find, "--trace", lengths, "--arrivals", "gamma:2"]), StringComparison.Ordinal);
        Assert.Contains("which are stretched", await Run.Refuses([.. s_llama, .. find, "--trace", stamped, "--arrivals", "constant"]), StringComparison.Ordinal);
        string burst = folder.File("burst.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n1,100,10\n1,100,10\n");
        Assert.Contains("do not all come at once", await Run.Refuses([.. s_llama, .. find, "--trace", burst]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_that_no_rate_meets_are_said_first()
    {
        string answer = await Run.Answers([.. s_lengths, "--find", "rate", "--ttft", "1 ms"]);
        Assert.StartsWith("NO RATE meets TTFT 1.00 ms", answer, StringComparison.Ordinal);
        Assert.Contains("saturates", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("say what the rate is to meet", "--find", "rate", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("allowed are rate", "--find", "capacity", "--ttft", "1 s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("leave it out", "--find", "rate", "--ttft", "1 s", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("a closed loop has no rate", "--frontier", "--concurrency", "5", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("which is missing", "--frontier", "--percentile", "0.9", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("at most 100 %", "--find", "rate", "--ttft", "1 s", "--percentile", "99", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("shows one run", "--frontier", "--requests", "10", "--isl", "5", "--osl", "5", "--requests-csv", "rows.csv")]
    [InlineData("two requests or more", "--frontier", "--requests", "1", "--isl", "5", "--osl", "5")]
    [InlineData("state the input tokens", "--frontier", "--osl", "5")]
    public async Task Wrong_input_is_refused_in_one_line(string names, params string[] arguments)
    {
        string message = await Run.Refuses([.. s_llama, .. arguments]);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }
}
