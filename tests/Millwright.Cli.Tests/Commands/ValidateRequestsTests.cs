using System.Text.Json;
using Millwright.Cli.Tests.Documents;

namespace Millwright.Cli.Tests.Commands;

/// <summary>A measured run, replayed on the deployment of a file, with layer timings of a folder.</summary>
public sealed class ValidateRequestsTests
{
    private const string Deployment = "model: llama-3.1-8b\nsystem: hgx-h100\nmax-sequences: 4\n";
    private const string Requests = "request,input_tokens,output_tokens,arrival_s,scheduled_s,first_token_s,last_token_s\n0,100,11,0,0,0.01,0.11\n1,100,1,0.5,0.5,0.51,0.51\n";

    [Theory]
    [InlineData("grids", null)]
    [InlineData("timings", "tests/Millwright.Tests/Serving/Data/llama-3.1-8b-rtx-pro-6000")]
    public async Task The_page_shows_what_a_measured_run_gives(string mark, string? profile)
    {
        string run = Path.Combine(Repository.Root, "tests/Millwright.Tests/Serving/Data/llama-3.1-8b-rtx-pro-6000/requests.csv");
        string[] deployment =
        [
            "--model", "llama-3.1-8b", "--system", "rtx-pro-6000-server", "--engine", "vllm", "--engine-version", "0.19.0", "--precision", "bf16", "--max-batched-tokens", "2048", "--max-sequences", "128",
        ];
        QuotedText.Match(
            "docs/validate-requests.md", mark, "", await Run.Answers([.. (string[])["validate", "requests", run], .. deployment, .. profile is null ? [] : (string[])["--profile", Path.Combine(Repository.Root, profile)]]));
    }

    [Fact]
    public async Task A_run_is_replayed_with_the_timings_of_a_profile()
    {
        using WorkFolder folder = new();
        await Write(folder, "run.csv", Requests);
        await Write(folder, "deployment.txt", Deployment + "profile: profile\n");
        Directory.CreateDirectory(folder.File("profile"));
        string[] layers = ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"];
        await Write(folder, "profile/dense.csv", "layer,tokens,time_us\n" + string.Concat(layers.Select(static l => $"{l},1,75\n")));
        await Write(folder, "profile/per_sequence.csv", "layer,sequences,time_us\nlm_head,1,400\n");
        await Write(folder, "profile/attention.csv", "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n0,0,1,1,0\n16,0,0,0,0\n");
        string json = folder.File("errors.json");
        string screen = await Run.Answers("validate", "requests", folder.File("run.csv"), "--deployment", folder.File("deployment.txt"), "--json", json);
        Assert.Contains("layer timings of a profile", screen, StringComparison.Ordinal);

        // 32 layers of 4 x 75 us and a head of 400 us: each step takes the 10 ms that were measured
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        foreach (JsonElement row in document.RootElement.GetProperty("latencies").EnumerateArray().Skip(1))
        {
            Assert.Equal(0, row.GetProperty("error").GetDouble(), 1e-9);
            Assert.Equal(0, row.GetProperty("request_error_p90").GetDouble(), 1e-9);
        }
    }

    [Theory]
    [InlineData("request,input_tokens,output_tokens,arrival_s,first_token_s\n", "last_token_s")]
    [InlineData("input_tokens,output_tokens,arrival_s,first_token_s,last_token_s\n10,5,2,1,3\n", "backwards")]
    [InlineData("input_tokens,output_tokens,arrival_s,first_token_s,last_token_s\nten,5,0,1,3\n", "whole number")]
    public async Task What_is_wrong_in_a_run_is_told_with_its_place(string run, string message)
    {
        using WorkFolder folder = new();
        await Write(folder, "run.csv", run);
        await Write(folder, "deployment.txt", Deployment);
        Assert.Contains(message, await Run.Refuses("validate", "requests", folder.File("run.csv"), "--deployment", folder.File("deployment.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_tables_is_told()
    {
        using WorkFolder folder = new();
        await Write(folder, "run.csv", Requests);
        await Write(folder, "deployment.txt", Deployment);
        string told = await Run.Refuses("validate", "requests", folder.File("run.csv"), "--deployment", folder.File("deployment.txt"), "--profile", folder.File("nowhere"));
        Assert.Contains("dense.csv", told, StringComparison.Ordinal);
    }

    private static Task Write(WorkFolder folder, string name, string text) => File.WriteAllTextAsync(folder.File(name), text, TestContext.Current.CancellationToken);
}
