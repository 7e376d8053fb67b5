using System.Globalization;
using System.Text.Json;
using Millwright.Cli.Tests.Commands;
using Millwright.Cli.Tests.Documents;

namespace Millwright.Cli.Tests.Simulation;

/// <summary>The command that simulates a deployment: what it shows, what it writes, and what it refuses.</summary>
public sealed class SimulateTests
{
    private const string Csv = "request,input_tokens,output_tokens,arrival_s,scheduled_s,first_token_s,last_token_s,cached_tokens,preemptions,status";

    private static readonly string[] s_llama = ["simulate", "--model", "llama-3.1-8b", "--system", "hgx-h100"];
    private static readonly string[] s_small = [.. s_llama, "--rate", "8/s", "--requests", "200", "--isl", "512", "--osl", "64", "--seed", "7"];

    [Fact]
    public async Task The_page_shows_what_simulate_answers() => QuotedText.Match(
        "docs/simulate.md",
        "simulate",
        "",
        await Run.Answers([.. s_llama, "--chips", "2", "--rate", "40/s", "--requests", "20000", "--isl", "512", "--osl", "128", "--router", "least-loaded", "--ttft", "100 ms", "--tpot", "15 ms", "--chip-hour", "2.5 $/GPU-h"]));

    [Fact]
    public async Task The_page_shows_the_figures_of_a_small_run()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        await Run.Answers([.. s_small, "--ttft", "100 ms", "--chip-hour", "2.5 $/GPU-h", "--json", json]);
        QuotedText.Match("docs/simulate.md", "json", "json", File.ReadAllText(json));
    }

    [Fact]
    public async Task The_answer_fits_a_screen_and_tells_how_far_saturation_is()
    {
        string answer = await Run.Answers(s_small);
        Assert.InRange(answer.Split('\n').Length, 15, 40);
        Assert.Contains(" of the ", answer, StringComparison.Ordinal);
        Assert.Contains(" that saturate\n", answer, StringComparison.Ordinal);
        Assert.Contains("200 finished, 0 refused, 0 open", answer, StringComparison.Ordinal);
        Assert.Contains("no price stated: --chip-hour", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("PARTIAL", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("goodput", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_above_saturation_runs_and_is_said_first()
    {
        string answer = await Run.Answers([.. s_llama, "--rate", "500/s", "--requests", "2000", "--isl", "512", "--osl", "128"]);
        Assert.StartsWith("ABOVE SATURATION: ", answer, StringComparison.Ordinal);
        Assert.Contains("2,000 finished", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rows_of_requests_add_up_and_are_a_trace_that_repeats_the_run()
    {
        using WorkFolder folder = new();
        string first = folder.File("first.csv");
        string second = folder.File("second.csv");
        await Run.Answers([.. s_small, "--requests-csv", first]);
        string[] lines = File.ReadAllLines(first);
        Assert.Equal(Csv, lines[0]);
        Assert.Equal(201, lines.Length);
        for (int i = 1; i < lines.Length; i++)
        {
            string[] fields = lines[i].Split(',');
            Assert.Equal(10, fields.Length);
            double[] times = [.. fields[3..7].Select(static f => double.Parse(f, NumberStyles.Float, CultureInfo.InvariantCulture))];
            Assert.True(times[0] <= times[1] && times[1] < times[2] && times[2] < times[3], lines[i]);
            Assert.Equal(((i - 1).ToString(CultureInfo.InvariantCulture), "512", "64", "0", "0", "finished"), (fields[0], fields[1], fields[2], fields[7], fields[8], fields[9]));
            Assert.All(fields[3..7], static f => Assert.InRange(f.Length - f.IndexOf('.', StringComparison.Ordinal) - 1, 6, 12));
        }

        await Run.Answers([.. s_llama, "--trace", first, "--requests-csv", second]);
        Assert.Equal(File.ReadAllText(first), File.ReadAllText(second));
    }

    [Fact]
    public async Task Figures_do_not_depend_on_threads_nor_on_stepping_through_each_iteration()
    {
        string[] fleet = [.. s_llama, "--chips", "3", "--rate", "30/s", "--requests", "300", "--isl", "300", "--osl", "40", "--arrivals", "gamma:2"];
        string leaps = await Run.Answers([.. fleet, "--threads", "1"]);
        Assert.Equal(leaps, await Run.Answers([.. fleet, "--threads", "4"]));
        Assert.Equal(leaps, await Run.Answers([.. fleet, "--each-step"]));
        Assert.NotEqual(leaps, await Run.Answers([.. fleet, "--seed", "1"]));
    }

    [Fact]
    public async Task Json_keeps_what_the_csv_says()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        string csv = folder.File("run.csv");
        await Run.Answers([.. s_small, "--json", json, "--requests-csv", csv]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement root = document.RootElement;
        Assert.Equal("millwright.simulation/1", root.GetProperty("schema").GetString());
        Assert.Equal(7, root.GetProperty("seed").GetInt32());
        Assert.False(root.GetProperty("partial").GetBoolean());
        double[] first = [.. File.ReadLines(csv).Skip(1).Select(static l => l.Split(',')).Select(static f => Number(f[5]) - Number(f[3])).Order()];
        JsonElement ttft = root.GetProperty("latency").GetProperty("ttft");
        Assert.Equal(first.Average(), ttft.GetProperty("mean_s").GetDouble(), 1e-9);
        Assert.Equal(first[(int)Math.Ceiling(0.9 * first.Length) - 1], ttft.GetProperty("p90_s").GetDouble(), 1e-9);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("cost").GetProperty("usd_per_chip_hour").ValueKind);
        double used = root.GetProperty("energy").EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.Object).Sum(static p => p.Value.GetProperty("joules").GetDouble());
        Assert.Equal(root.GetProperty("energy").GetProperty("joules").GetDouble(), used, 1e-6);

        static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_price_for_the_time_in_steps_alone_is_lower_by_the_busy_share()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        await Run.Answers([.. s_llama, "--rate", "0.2/s", "--requests", "50", "--isl", "512", "--osl", "64", "--chip-hour", "3.6 $/GPU-h", "--json", json]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement cost = document.RootElement.GetProperty("cost");
        double reserved = cost.GetProperty("usd_per_million_output_tokens_reserved").GetDouble();
        double perSecond = document.RootElement.GetProperty("throughput").GetProperty("output_tokens_per_second").GetDouble();
        double busy = document.RootElement.GetProperty("use").GetProperty("utilisation").GetDouble();
        Assert.Equal(1000 / perSecond, reserved, 1e-9 * reserved);
        Assert.InRange(busy, 0.02, 0.5);
        Assert.Equal(reserved * busy, cost.GetProperty("usd_per_million_output_tokens_used").GetDouble(), 1e-9 * reserved);
        Assert.True(document.RootElement.GetProperty("energy").GetProperty("idle").GetProperty("joules").GetDouble() > 0);
    }

    [Fact]
    public async Task The_timeline_is_json_with_a_track_and_counters_for_each_replica()
    {
        using WorkFolder folder = new();
        string timeline = folder.File("steps.json");
        string json = folder.File("run.json");
        await Run.Answers([.. s_llama, "--replicas", "2", "--rate", "10/s", "--requests", "60", "--isl", "400", "--osl", "30", "--timeline", timeline, "--json", json]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(timeline));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] steps = [.. events.Where(static e => e.GetProperty("ph").GetString() == "X")];
        Assert.Equal([0, 1], steps.Select(static e => e.GetProperty("tid").GetInt32()).Distinct().Order());
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(figures.RootElement.GetProperty("use").GetProperty("steps").GetInt64(), steps.Sum(static e => e.GetProperty("args").GetProperty("steps").GetInt64()));
        Assert.Equal(60 * 400, steps.Sum(static e => e.GetProperty("args").GetProperty("prompt_tokens").GetInt64()));
        foreach (IGrouping<int, JsonElement> track in steps.GroupBy(static e => e.GetProperty("tid").GetInt32()))
        {
            double end = 0;
            foreach (JsonElement step in track)
            {
                Assert.True(step.GetProperty("ts").GetDouble() >= end - 1e-3);
                end = step.GetProperty("ts").GetDouble() + step.GetProperty("dur").GetDouble();
            }
        }

        string[] counters = [.. events.Where(static e => e.GetProperty("ph").GetString() == "C").Select(static e => e.GetProperty("name").GetString()!).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["replica 0 cache", "replica 0 requests", "replica 1 cache", "replica 1 requests"], counters);
    }

    [Fact]
    public async Task The_page_for_eyes_stands_alone_and_draws_latencies_and_the_course()
    {
        using WorkFolder folder = new();
        string html = folder.File("run.html");
        await Run.Answers([.. s_small, "--html", html]);
        string page = File.ReadAllText(html);
        Assert.Contains("Distribution of time to first token", page, StringComparison.Ordinal);
        Assert.Contains("Requests that run and wait", page, StringComparison.Ordinal);
        Assert.Contains("Cache in use", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_loop_keeps_so_many_requests_under_way()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        string answer = await Run.Answers([.. s_llama, "--concurrency", "16", "--requests", "320", "--isl", "256", "--osl", "100", "--json", json]);
        Assert.Contains("16 at once", answer, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.InRange(document.RootElement.GetProperty("use").GetProperty("mean_running").GetDouble(), 14, 16);
        Assert.Equal(16, document.RootElement.GetProperty("load").GetProperty("concurrency").GetInt32());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("load").GetProperty("offered_over_saturation").ValueKind);
        Assert.InRange(document.RootElement.GetProperty("load").GetProperty("finished_over_saturation").GetDouble(), 0.01, 1);
    }

    [Fact]
    public async Task Requests_that_are_too_long_are_refused_one_by_one_and_counted()
    {
        using WorkFolder folder = new();
        string trace = folder.File("trace.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n0.6,5000,10\n0.7,100,10\n");
        string csv = folder.File("rows.csv");
        string answer = await Run.Answers([.. s_llama, "--max-model-len", "2048", "--trace", trace, "--requests-csv", csv]);
        Assert.StartsWith("REFUSED: 1 of 3 requests", answer, StringComparison.Ordinal);
        Assert.Contains("2 finished, 1 refused, 0 open", answer, StringComparison.Ordinal);
        Assert.Equal("1,5000,10,0.600000,,,,0,0,refused", File.ReadAllLines(csv)[2]);
    }

    [Fact]
    public async Task A_file_holds_the_same_keys_and_what_is_typed_goes_over_it()
    {
        using WorkFolder folder = new();
        folder.File("trace.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n0.6,200,10\n");
        string file = folder.File("run.yaml", "model: llama-3.1-8b\nsystem: hgx-h100\ntrace: trace.csv\nmax_batched_tokens: 2048\nttft: 1 s\nexact: true\n");
        string answer = await Run.Answers("simulate", file);
        Assert.Contains("2,048 tokens and ", answer, StringComparison.Ordinal);
        Assert.Contains("2 finished", answer, StringComparison.Ordinal);
        Assert.Contains(" 512 tokens and ", await Run.Answers("simulate", file, "--max-batched-tokens", "512"), StringComparison.Ordinal);
        string wrong = folder.File("wrong.yaml", "model: llama-3.1-8b\nsystem: hgx-h100\ntrce: trace.csv\n");
        Assert.Contains("wrong.yaml:3:1: there is no key \"trce\". Did you mean trace?", await Run.Refuses("simulate", wrong), StringComparison.Ordinal);
        string bad = folder.File("bad.yaml", "model: llama-3.1-8b\nsystem: hgx-h100\nrate: -3/s\nrequests: 10\nisl: 5\nosl: 5\n");
        Assert.Contains("bad.yaml:3:7: rate: ", await Run.Refuses("simulate", bad), StringComparison.Ordinal);
        string unknown = folder.File("unknown.yaml", "model: llama-3.1-9b\nsystem: hgx-h100\n");
        Assert.Contains("unknown.yaml:1:8: ", await Run.Refuses("simulate", unknown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_lines_of_a_trace_are_named()
    {
        using WorkFolder folder = new();
        string backwards = folder.File("back.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n0.4,100,10\n");
        Assert.Contains("back.csv:3:", await Run.Refuses([.. s_llama, "--trace", backwards]), StringComparison.Ordinal);
        string empty = folder.File("empty.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n");
        Assert.Contains("no request", await Run.Refuses([.. s_llama, "--trace", empty]), StringComparison.Ordinal);
        string lengths = folder.File("lengths.csv", "input_length,output_length\n100,10\n");
        Assert.Contains("no stamps", await Run.Refuses([.. s_llama, "--trace", lengths]), StringComparison.Ordinal);
        Assert.Contains("1 finished", await Run.Answers([.. s_llama, "--trace", lengths, "--rate", "1/s"]), StringComparison.Ordinal);
        string stamped = folder.File("stamped.csv", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n");
        Assert.Contains("stamps of its own", await Run.Refuses([.. s_llama, "--trace", stamped, "--rate", "1/s"]), StringComparison.Ordinal);
        Assert.Contains("replaced by an output", await Run.Refuses([.. s_llama, "--trace", stamped, "--json", stamped]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name the model")]
    [InlineData("name the system", "--model", "llama-3.1-8b")]
    [InlineData("Did you mean llama-3.1-8b", "--model", "llama-3.1-8", "--system", "hgx-h100")]
    [InlineData("Did you mean hgx-h100", "--model", "llama-3.1-8b", "--system", "hgx-h10")]
    [InlineData("name one system", "--model", "llama-3.1-8b", "--system", "hgx-h100,hgx-h200")]
    [InlineData("say how requests come", "--model", "llama-3.1-8b", "--system", "hgx-h100")]
    [InlineData("say how many", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s")]
    [InlineData("state the input tokens", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--requests", "10")]
    [InlineData("--rate", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "0/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("from 1 to", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--requests", "10", "--isl", "0", "--osl", "5")]
    [InlineData("from 1 to", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--requests", "ten", "--isl", "5", "--osl", "5")]
    [InlineData("longer than the 131072", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--requests", "10", "--isl", "131000", "--osl", "500")]
    [InlineData("not both", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--concurrency", "3", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("no such file", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--trace", "no-such-trace.csv")]
    [InlineData("the trace tells the lengths", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--trace", "README.md", "--isl", "5")]
    [InlineData("does not divide", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--tp", "3", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("no whole number of replicas", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--tp", "2", "--chips", "3", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("--chips says 4", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--chips", "4", "--replicas", "3", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("does not fit on hgx-h100 as tp1", "--model", "llama-3.1-70b", "--system", "hgx-h100", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("name one of vllm", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--engine", "all", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("a version such as", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--engine-version", "latest", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("allowed are mixed", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--batching", "mixd", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("allowed are round-robin", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--router", "robin", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("gamma:CV", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--arrivals", "gamma", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("from 0.01 to 100", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "5/s", "--arrivals", "gamma:1000", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("at most 100 %", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--memory-fraction", "1.5", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("ends at 131072", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--max-model-len", "200000", "--rate", "5/s", "--requests", "10", "--isl", "5", "--osl", "5")]
    [InlineData("105 days", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--rate", "0.0001/s", "--requests", "100000", "--isl", "5", "--osl", "5")]
    [InlineData("name the same file", "--model", "llama-3.1-8b", "--system", "hgx-h100", "--json", "same-file", "--html", "same-file")]
    public async Task Wrong_input_is_refused_in_one_line(string names, params string[] arguments)
    {
        string message = await Run.Refuses(["simulate", .. arguments]);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }
}
