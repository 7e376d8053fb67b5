using System.Text.Json;
using Millwright.Cli.Tests.Documents;

namespace Millwright.Cli.Tests.Commands;

/// <summary>The commands that look for deployments: what they show, and what they refuse.</summary>
public sealed class ConfigureTests
{
    private static readonly string[] Llama =
        ["configure", "--model", "llama-3.1-70b", "--system", "h200", "--chips", "8", "--isl", "2048", "--osl", "512", "--ttft", "1 s", "--tpot", "40 ms"];

    [Fact]
    public async Task The_page_shows_what_configure_answers() => QuotedText.Match(
        "docs/configure.md", "configure", "", await Run.Answers([.. Llama, "--top", "3", "--without", "memory-bandwidth=3.35TB/s"]));

    [Fact]
    public async Task The_page_shows_what_generations_answers() => QuotedText.Match(
        "docs/generations.md", "generations", "", await Run.Answers("generations", "--workload", "chat"));

    [Fact]
    public async Task The_answer_comes_first_and_fits_a_screen()
    {
        string[] lines = (await Run.Answers([.. Llama, "--quick"])).Split('\n');
        Assert.StartsWith("llama-3.1-70b on hgx-h200: 2048 tokens in, 512 out", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Best: hgx-h200, vllm, ", lines[1], StringComparison.Ordinal);
        Assert.Contains(" tok/s/chip (", lines[2], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 20, 80);
    }

    [Fact]
    public async Task Files_hold_the_answer_for_machines_and_for_eyes()
    {
        using WorkFolder folder = new();
        string json = System.IO.Path.Combine(folder.Path, "answer.json");
        string html = System.IO.Path.Combine(folder.Path, "answer.html");
        await Run.Answers([.. Llama, "--quick", "--without", "precision=bf16", "--json", json, "--html", html]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Contains("frontier", File.ReadAllText(json), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        string page = File.ReadAllText(html);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("precision=bf16", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_that_nothing_meets_are_an_honest_answer()
    {
        string answer = await Run.Answers([.. Llama[..^1], "0.1 ms", "--quick"]);
        Assert.Contains("No deployment meets 0.1 ms per output token; the nearest takes", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_launch_of_the_answer_is_written()
    {
        using WorkFolder folder = new();
        string target = System.IO.Path.Combine(folder.Path, "launch");
        string answer = await Run.Answers([.. Llama, "--quick", "--emit", "vllm", "--out", target]);
        Assert.Contains("Wrote ", answer, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(target));
    }

    private static readonly string[] s_mixture =
        ["configure", "--model", "gpt-oss-20b", "--system", "hgx-h100", "--chips", "4", "--isl", "1024", "--osl", "256", "--precision", "fp8", "--quick"];

    [Fact]
    public async Task Decode_split_into_attention_and_feed_forward_is_shown_with_its_options()
    {
        string answer = await Run.Answers([.. s_mixture, "--pools", "together,split"]);
        Assert.Contains("together, split", answer, StringComparison.Ordinal);
        Assert.Contains("micro-batches", answer, StringComparison.Ordinal);
        Assert.Contains("workers of pools split", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("workers of pools apart", answer, StringComparison.Ordinal);
        string alone = await Run.Answers([.. s_mixture, "--pools", "split"]);
        Assert.Contains(" feed-forward in ", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("deployments compiled", alone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_engine_is_told_to_split_decode()
    {
        string message = await Run.Refuses([.. s_mixture, "--pools", "split", "--emit", "vllm", "--out", "never-written"]);
        Assert.Contains("attention and feed-forward on chips of their own", message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
        Assert.False(Directory.Exists("never-written"));
    }

    [Fact]
    public async Task The_skew_of_routing_is_told_where_it_is_not_the_usual()
    {
        string usual = await Run.Answers(s_mixture);
        Assert.DoesNotContain("skew", usual, StringComparison.Ordinal);
        Assert.Equal(usual, await Run.Answers([.. s_mixture, "--skew", "1.01"]));
        string even = await Run.Answers([.. s_mixture, "--skew", "0"]);
        Assert.Contains("; 4 chips; routing skew 0\n", even, StringComparison.Ordinal);
        Assert.Contains("; 4 chips; routing skew 1.5\n", await Run.Answers([.. s_mixture, "--skew", "1.5"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from 0", "configure", "--model", "gpt-oss-20b", "--system", "h200", "--isl", "5", "--osl", "100", "--skew", "2.5")]
    [InlineData("from 0", "configure", "--model", "gpt-oss-20b", "--system", "h200", "--isl", "5", "--osl", "100", "--skew", "-1")]
    [InlineData("together, apart and split", "configure", "--model", "gpt-oss-20b", "--system", "h200", "--isl", "5", "--osl", "100", "--pools", "aside")]
    [InlineData("at least one", "configure", "--model", "gpt-oss-20b", "--system", "h200", "--isl", "5", "--osl", "100", "--pools", ",")]
    [InlineData("llama-3.1-70b", "configure", "--model", "llama-3.1-70", "--system", "h200", "--isl", "100", "--osl", "100")]
    [InlineData("gb200-nvl72", "configure", "--model", "llama-3.1-70b", "--system", "gb200-nvl7", "--isl", "100", "--osl", "100")]
    [InlineData("above 0", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "-5", "--osl", "100")]
    [InlineData("above 0", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--tpot", "-4 ms")]
    [InlineData("--isl", "configure", "--model", "llama-3.1-70b", "--system", "h200")]
    [InlineData("at least one chip", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--chips", "0")]
    [InlineData("not several", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--chips", "8", "--rate", "2/s")]
    [InlineData("facility", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--power", "1 MW")]
    [InlineData("longer than", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "500000", "--osl", "100")]
    [InlineData("memory-bandwidth", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--without", "memory-bandwith=1TB/s")]
    [InlineData("such as", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--without", "nic")]
    [InlineData("allowed are", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--engine", "triton")]
    [InlineData("rated power", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--power-cap", "120 %")]
    [InlineData("3:1.8", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--draft", "3")]
    [InlineData("--engine sglang", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--isl", "5", "--osl", "100", "--emit", "sglang", "--out", "x")]
    [InlineData("no such file", "configure", "--model", "llama-3.1-70b", "--system", "h200", "--trace", "no-such-trace.csv")]
    [InlineData("reasoning", "generations", "--workload", "talk")]
    public async Task Wrong_input_is_refused_in_one_line(string names, params string[] arguments)
    {
        string message = await Run.Refuses(arguments);
        Assert.Contains(names, message, StringComparison.Ordinal);
        Assert.Single(message.Trim().Split('\n'));
    }
}
