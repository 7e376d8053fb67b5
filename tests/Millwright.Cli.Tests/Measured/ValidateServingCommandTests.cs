using System.Text.Json;
using Millwright.Cli.Measured;
using Millwright.Cli.Tests.Commands;

namespace Millwright.Cli.Tests.Measured;

public sealed class ValidateServingCommandTests
{
    [Fact]
    public async Task A_table_is_predicted_and_scored()
    {
        using WorkFolder folder = new();
        string output = await Run.Answers("validate", "serving", Sample.Path, "--out", folder.File("p.csv"), "--json", folder.File("s.json"), "--html", folder.File("s.html"));
        Assert.StartsWith($"{Sample.Rows.Count} rows of serving-sample.csv:", output, StringComparison.Ordinal);
        Assert.Equal(["p.csv", "s.html", "s.json"], folder.Names);

        string[] lines = File.ReadAllLines(folder.File("p.csv"));
        Assert.Equal(PredictionFile.Header, lines[0]);
        Assert.Equal(Sample.Rows.Select(r => r.Id), lines.Skip(1).Select(l => l.Split(',')[0]));

        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(folder.File("s.json")));
        JsonElement tpot = summary.RootElement.GetProperty("goals")[0];
        Assert.Equal("TPOT, together", tpot.GetProperty("what").GetString());
        Assert.True(tpot.GetProperty("pooled_low").GetDouble() <= tpot.GetProperty("pooled").GetDouble());
        foreach (string table in new[] { "breakdown", "groups", "answers", "reported" })
        {
            Assert.True(summary.RootElement.GetProperty(table).GetArrayLength() > 0, table);
        }
    }

    // The benchmark's owner asks for it wherever a figure of ours stands beside the name.
    [Fact]
    public async Task The_benchmarks_name_never_stands_without_its_disclaimer()
    {
        using WorkFolder folder = new();
        string output = await Run.Answers("validate", "serving", Sample.Path, "--html", folder.File("s.html"));
        foreach (string text in new[] { string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), File.ReadAllText(folder.File("s.html")) })
        {
            Assert.Contains("MLPerf", text, StringComparison.Ordinal);
            Assert.Contains("Result not verified by MLCommons Association.", text, StringComparison.Ordinal);
            Assert.Contains("See www.mlcommons.org for more information.", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_page_shows_each_way_of_leaving_out_what_is_missed_the_peer_and_no_folder_of_the_machine()
    {
        using WorkFolder folder = new();
        string peer = folder.File("peer.csv", "id,status,ttft_ms,tpot_ms\n" + string.Join('\n', Sample.Rows.Where(r => r.TimePerOutputTokenMs.Mean is not null).Select(r => $"{r.Id},ok,1,{r.TimePerOutputTokenMs.Mean}")) + "\n");
        await Run.Answers("validate", "serving", Sample.Path, "--cross-validate", "all", "--peer", peer, "--write", folder.File("page.md"));
        string page = File.ReadAllText(folder.File("page.md"));
        Assert.Contains("Written by `millwright validate serving serving-sample.csv --cross-validate all --peer peer.csv --write page.md`", page, StringComparison.Ordinal);
        foreach (string name in new[] { "configuration left out", "model left out whole", "chip left out whole" })
        {
            Assert.Contains($"## Goals and what is reached: {name}", page, StringComparison.Ordinal);
            Assert.Contains($"## TPOT beside another program's answers: {name}", page, StringComparison.Ordinal);
        }

        // the peer of this test knows the measured values: where we are worse is said in words
        Assert.Contains("## Where it is worse than its goal or the peer\n", page, StringComparison.Ordinal);
        Assert.Contains("the peer is better", page, StringComparison.Ordinal);
        Assert.Contains("≤ 14 % and ≤ 35 %", page, StringComparison.Ordinal);
        Assert.Contains("## What the fit saw", page, StringComparison.Ordinal);
        Assert.Contains("Result not verified by MLCommons Association.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(Sample.Path)!, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(peer)!, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_in_place_of_an_input_or_of_the_predictions_is_refused()
    {
        using WorkFolder folder = new();
        string rows = folder.File("rows.csv", Sample.Text);
        Assert.Contains("This is an input", await Run.Refuses("validate", "serving", rows, "--write", rows), StringComparison.Ordinal);
        Assert.Contains("Two outputs name the same file", await Run.Refuses("validate", "serving", rows, "--out", folder.File("a"), "--write", folder.File("a")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peers_answers_stand_beside_ours()
    {
        using WorkFolder folder = new();
        string peer = folder.File("peer.csv", "id,status,ttft_ms,tpot_ms\n" + string.Join('\n', Sample.Rows.Where(r => r.TimePerOutputTokenMs.Mean is not null).Select(r => $"{r.Id},ok,1,{r.TimePerOutputTokenMs.Mean}")) + "\n");
        await Run.Answers("validate", "serving", Sample.Path, "--peer", peer, "--json", folder.File("s.json"));
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(folder.File("s.json")));
        JsonElement both = summary.RootElement.GetProperty("peer")[0];
        Assert.Equal(0, both.GetProperty("theirs_mean").GetDouble());
        Assert.True(both.GetProperty("count").GetInt32() > 10);
    }

    [Fact]
    public async Task Two_runs_write_the_same_bytes()
    {
        using WorkFolder folder = new();
        foreach (string name in new[] { "1", "2" })
        {
            await Run.Answers("validate", "serving", Sample.Path, "--out", folder.File(name + ".csv"), "--json", folder.File(name + ".json"));
        }

        Assert.Equal(File.ReadAllText(folder.File("1.csv")), File.ReadAllText(folder.File("2.csv")));
        Assert.Equal(File.ReadAllText(folder.File("1.json")), File.ReadAllText(folder.File("2.json")));
    }

    [Fact]
    public async Task Wrong_inputs_are_refused_with_their_place()
    {
        using WorkFolder folder = new();
        string bad = folder.File("bad.csv", Sample.MinimalHeader + "\na,closed-loop,M,C,vLLM,fp8,-5,128\n");
        Assert.StartsWith(bad + ":2:28: Column isl:", await Run.Refuses("validate", "serving", bad, "--out", folder.File("p.csv")), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("p.csv")));
        Assert.Contains("no such file", await Run.Refuses("validate", "serving", folder.File("none.csv")), StringComparison.Ordinal);
        Assert.Contains("This is an input", await Run.Refuses("validate", "serving", bad, "--out", bad), StringComparison.Ordinal);
        Assert.Contains("\"status\" is missing", await Run.Refuses("validate", "serving", Sample.Path, "--peer", bad), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_unknown_chips_and_models_are_answered_with_why_not()
    {
        using WorkFolder folder = new();
        string table = folder.File("t.csv", Sample.MinimalHeader + ",concurrency,tp\na,closed-loop,Zeta-9,H100-SXM,vLLM,fp8,5,128,4,1\nb,closed-loop,Qwen3-32B,Q1,vLLM,fp8,5,128,4,1\nc,closed-loop,Qwen3-32B,H100-SXM,vLLM,fp8,512,128,4,1\n");
        await Run.Answers("validate", "serving", table, "--out", folder.File("p.csv"));
        string[] lines = File.ReadAllLines(folder.File("p.csv"));
        Assert.StartsWith("a,unanswered,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("b,unanswered,", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("c,ok,", lines[3], StringComparison.Ordinal);
    }
}
