using System.Globalization;
using System.Text.Json;
using Millwright.Cli.Tests.Commands;
using Millwright.Cli.Tests.Documents;

namespace Millwright.Cli.Tests.Simulation;

/// <summary>Caches, pools, classes, scaling, failures, several fleets and tasks, asked for on the command line.</summary>
public sealed class FleetTests
{
    private static readonly string[] s_llama = ["simulate", "--model", "llama-3.1-8b", "--system", "hgx-h100"];
    private static readonly string[] s_load = ["--rate", "20/s", "--requests", "400", "--isl", "500", "--osl", "50"];

    [Fact]
    public async Task The_page_shows_a_fleet_with_prompts_apart_and_classes() => QuotedText.Match(
        "docs/simulate.md",
        "apart",
        "",
        await Run.Answers(
            [
                .. s_llama, "--replicas", "2", "--decode-replicas", "2", "--rate", "20/s", "--requests", "3000", "--isl", "2000", "--osl", "200", "--schedule", "priority",
                "--classes", "live 70% ttft=120ms tpot=40ms; batch 30% ttft=1s priority=1", "--chip-hour", "2.5 $/GPU-h",
            ]));

    [Fact]
    public async Task The_page_shows_tasks() => QuotedText.Match(
        "docs/simulate.md",
        "tasks",
        "",
        await Run.Answers(
            [
                "simulate", "--model", "llama-3.3-70b", "--system", "hgx-h200", "--tp", "4", "--chips", "16", "--workload", "coding-agent", "--tasks", "60", "--task-concurrency", "40", "--router", "session",
                "--kv-tiers", "host:1TB@200GB/s", "--sandboxes", "8", "--core-hour", "0.05", "--chip-hour", "3 $/GPU-h",
            ]));

    [Fact]
    public async Task Prompts_that_begin_alike_are_found_in_the_cache_unless_it_is_off()
    {
        using WorkFolder folder = new();
        string trace = folder.File(
            "trace.jsonl",
            string.Concat(Enumerable.Range(0, 20).Select(static i => string.Create(
                CultureInfo.InvariantCulture, $"{{\"timestamp\": {3000 * i}, \"input_length\": 1200, \"output_length\": 10, \"hash_ids\": [1, 2, {100 + i}]}}\n"))));
        string json = folder.File("run.json");
        await Run.Answers([.. s_llama, "--trace", trace, "--json", json]);
        Assert.Equal(19 * 1024, Use(json, "prompt_tokens_cached"));
        Assert.Equal(20 * 1200 - 19 * 1024, Use(json, "prompt_tokens_computed"));
        await Run.Answers([.. s_llama, "--trace", trace, "--json", json, "--prefix-cache", "false"]);
        Assert.Equal(0, Use(json, "prompt_tokens_cached"));
    }

    [Fact]
    public async Task Fleets_beside_take_the_classes_that_name_them()
    {
        using WorkFolder folder = new();
        folder.File("far.yaml", "name: far\nmodel: llama-3.1-8b\nsystem: hgx-h200\nnetwork: 80 ms\n");
        string file = folder.File("service.yaml", "name: near\nmodel: llama-3.1-8b\nsystem: hgx-h100\nbeside: far.yaml\nclasses: live 50% fleets=near; batch 50% fleets=far\n");
        string json = folder.File("run.json");
        await Run.Answers(["simulate", file, .. s_load, "--json", json]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        long[] finished = [.. document.RootElement.GetProperty("pools").EnumerateArray().Select(static pool => pool.GetProperty("finished").GetInt64())];
        long[] asked = [.. document.RootElement.GetProperty("classes").EnumerateArray().Select(static one => one.GetProperty("requests").GetInt64())];
        Assert.Equal(asked, finished);
        Assert.Equal(400, finished.Sum());
    }

    [Fact]
    public async Task Replicas_scale_fail_and_turn_requests_away()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        await Run.Answers(
            [
                .. s_llama, "--replicas", "3", "--rate", "30/s", "--requests", "3000", "--isl", "500", "--osl", "200", "--max-sequences", "16", "--scale-from", "1", "--scale-target", "8", "--scale-every", "2 s",
                "--start-time", "5 s", "--mtbf", "60 s", "--repair", "5 s", "--patience", "20 s", "--max-waiting", "200", "--router", "least-loaded", "--json", json,
            ]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement pool = document.RootElement.GetProperty("pools")[0];
        Assert.Equal(3, pool.GetProperty("replicas").GetInt32());
        Assert.True(pool.GetProperty("failures").GetInt64() > 0);
        Assert.True(pool.GetProperty("present_replica_seconds").GetDouble() < 3 * document.RootElement.GetProperty("seconds").GetDouble());
        JsonElement requests = document.RootElement.GetProperty("requests");
        Assert.Equal(3000, requests.GetProperty("finished").GetInt64() + requests.GetProperty("refused").GetInt64());
    }

    [Fact]
    public async Task A_sample_of_replicas_stands_for_all()
    {
        string answer = await Run.Answers([.. s_llama, "--replicas", "100", "--sample-replicas", "4", "--rate", "1000/s", "--requests", "20000", "--isl", "500", "--osl", "50"]);
        Assert.Contains("4 of 100 replicas were simulated", answer, StringComparison.Ordinal);
        Assert.Contains("800 finished", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_that_changes_brings_more_where_it_is_higher()
    {
        string answer = await Run.Answers([.. s_llama, "--rate-over-time", "0 s:5/s, 100 s:25/s", "--duration", "100 s", "--isl", "100", "--osl", "10"]);
        Assert.Contains("poisson arrivals at 0 s:5/s, 100 s:25/s", answer, StringComparison.Ordinal);
        string count = answer.Split('\n').Single(static line => line.Contains(" finished,", StringComparison.Ordinal)).Split(" finished")[0].Split(' ')[^1];

        // 15/s in the mean for 100 s
        Assert.InRange(int.Parse(count, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 1400, 1600);
    }

    [Fact]
    public async Task A_closed_loop_goes_over_all_replicas_where_a_router_looks_at_them() =>
        Assert.Contains("100 finished", await Run.Answers([.. s_llama, "--replicas", "2", "--concurrency", "5", "--router", "least-loaded", "--requests", "100", "--isl", "500", "--osl", "50"]), StringComparison.Ordinal);

    [Fact]
    public async Task Drafted_tokens_shorten_the_time_of_each()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        await Run.Answers([.. s_llama, "--rate", "1/s", "--requests", "50", "--isl", "500", "--osl", "200", "--json", json]);
        double plain = Tpot(json);
        await Run.Answers([.. s_llama, "--rate", "1/s", "--requests", "50", "--isl", "500", "--osl", "200", "--draft-tokens", "3", "--accepted-tokens", "1.5", "--json", json]);
        Assert.InRange(Tpot(json), plain / 2.5, plain / 1.8);
    }

    [Fact]
    public async Task Uneven_experts_and_whole_requests_take_their_time()
    {
        using WorkFolder folder = new();
        string json = folder.File("run.json");
        string[] experts = ["simulate", "--model", "gpt-oss-120b", "--system", "hgx-h200", "--tp", "8", "--ep", "8", "--rate", "100/s", "--requests", "500", "--isl", "1000", "--osl", "100", "--json", json];
        await Run.Answers([.. experts, "--skew", "0"]);
        double even = Tpot(json);
        await Run.Answers([.. experts, "--skew", "2"]);
        Assert.True(Tpot(json) > even);
        Assert.Contains("whole requests reserved", await Run.Answers([.. s_llama, .. s_load, "--no-evict", "true"]), StringComparison.Ordinal);
        Assert.DoesNotContain("whole requests reserved", await Run.Answers([.. s_llama, .. s_load, "--engine", "trtllm", "--no-evict", "false"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NAME:CAPACITY@RATE is wanted", "--kv-tiers", "host")]
    [InlineData("from 0 (all experts as popular) to 2", "--skew", "3")]
    [InlineData("true or false is wanted", "--no-evict", "perhaps")]
    [InlineData("allowed are fcfs", "--schedule", "sjf")]
    [InlineData("state --draft-tokens", "--accepted-tokens", "1.5")]
    [InlineData("state the mean tokens", "--draft-tokens", "3")]
    [InlineData("no more can be accepted", "--draft-tokens", "3", "--accepted-tokens", "4")]
    [InlineData("the shares make 90 %", "--classes", "a 50%; b 40%")]
    [InlineData("\"late=1s\" was found", "--classes", "a 100% late=1s")]
    [InlineData("there is no fleet \"far\"", "--classes", "a 100% fleets=far")]
    [InlineData("--decode-replicas how many", "--decode-tp", "2")]
    [InlineData("does not divide", "--decode-replicas", "1", "--decode-tp", "3")]
    [InlineData("are not simulated", "--decode-replicas", "1", "--mtbf", "1 h")]
    [InlineData("there are at most 1 replicas", "--scale-from", "2")]
    [InlineData("--scale-from how few", "--scale-target", "2")]
    [InlineData("--mtbf how often", "--repair", "1 h")]
    [InlineData("there are 1 replicas", "--sample-replicas", "2")]
    [InlineData("is for tasks", "--tasks", "5")]
    [InlineData("not both", "--rate-over-time", "0h:5/s")]
    [InlineData("tasks bring their own requests", "--workload", "chat")]
    [InlineData("no-such-file", "--beside", "no-such-file.yaml")]
    public async Task Wrong_input_is_refused_in_one_line(string names, params string[] arguments)
    {
        string message = await Run.Refuses([.. s_llama, .. s_load, .. arguments]);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("did you mean \"chat\"", "--workload", "chatt", "--tasks", "5", "--task-rate", "1/s")]
    [InlineData("say how many: --tasks", "--workload", "chat", "--task-rate", "1/s")]
    [InlineData("say how tasks come", "--workload", "chat", "--tasks", "5")]
    [InlineData("not both", "--workload", "chat", "--sessions", "x.csv", "--tasks", "5", "--task-rate", "1/s")]
    [InlineData("not both", "--workload", "chat", "--tasks", "5", "--task-rate", "1/s", "--task-concurrency", "3")]
    [InlineData("has no reasoning budget", "--workload", "chat", "--tasks", "5", "--task-rate", "1/s", "--reasoning-budget", "high")]
    [InlineData("no such file", "--sessions", "no-such-sessions.csv", "--task-rate", "1/s")]
    public async Task Wrong_tasks_are_refused_in_one_line(string names, params string[] arguments)
    {
        string message = await Run.Refuses([.. s_llama, .. arguments]);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }

    private static long Use(string json, string key)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        return document.RootElement.GetProperty("use").GetProperty(key).GetInt64();
    }

    private static double Tpot(string json)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        return document.RootElement.GetProperty("latency").GetProperty("tpot").GetProperty("mean_s").GetDouble();
    }
}
