using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Millwright.Cli.Simulation;
using Millwright.Cli.Tests.Commands;

namespace Millwright.Cli.Tests.Simulation;

/// <summary>Loads that are drawn while they run: lengths from files, an end in time, and more requests than are kept; and options read without the parser.</summary>
public sealed class LongLoadTests
{
    private static readonly string[] s_llama = ["simulate", "--model", "llama-3.1-8b", "--system", "hgx-h100"];

    [Fact]
    public async Task Lengths_are_drawn_together_from_the_rows_of_a_table()
    {
        using WorkFolder folder = new();
        string table = folder.File("lengths.csv");
        string rows = folder.File("rows.csv");
        File.WriteAllText(table, "num_prefill_tokens,num_decode_tokens\n100,7\n200,11\n300,13\n");
        await Run.Answers([.. s_llama, "--rate", "20/s", "--duration", "10 s", "--lengths", table, "--requests-csv", rows]);
        string[][] fields = [.. File.ReadLines(rows).Skip(1).Select(static line => line.Split(','))];
        Assert.InRange(fields.Length, 140, 260);
        Assert.Equal(["100/7", "200/11", "300/13"], fields.Select(static f => $"{f[1]}/{f[2]}").Distinct().Order(StringComparer.Ordinal));
        Assert.All(fields, static f => Assert.True(double.Parse(f[3], CultureInfo.InvariantCulture) < 10));
    }

    [Fact]
    public async Task Lengths_are_drawn_from_an_archive_of_clients()
    {
        using WorkFolder folder = new();
        string archive = folder.File("clients.tar.gz");
        string json = folder.File("run.json");
        using (GZipStream packed = new(File.Create(archive), CompressionLevel.Fastest))
        using (TarWriter tar = new(packed))
        {
            Add(tar, "w/chunk-0-trace.csv", "0,1,1,Gamma,1,1\n600,1,1,Gamma,1,1\n");
            Add(tar, "w/chunk-0-dataset.json", """{"0": {"input_tokens": "{40: 1}", "output_tokens": "{9: 0.5, 10: 0.5}"}}""");
        }

        await Run.Answers([.. s_llama, "--rate", "20/s", "--requests", "400", "--lengths", archive, "--json", json]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement load = document.RootElement.GetProperty("load");
        Assert.Equal(40, load.GetProperty("mean_input_tokens").GetDouble());
        Assert.InRange(load.GetProperty("mean_output_tokens").GetDouble(), 9.3, 9.7);

        static void Add(TarWriter tar, string name, string text) =>
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
    }

    [Fact]
    public async Task More_requests_than_are_kept_are_written_in_the_order_in_which_they_came()
    {
        using WorkFolder folder = new();
        string rows = folder.File("rows.csv");
        string json = folder.File("run.json");
        string answer = await Run.Answers([.. s_llama, "--chips", "3", "--rate", "200/s", "--requests", "220000", "--isl", "16", "--osl", "2", "--requests-csv", rows, "--json", json]);
        Assert.Contains("220,000 finished", answer, StringComparison.Ordinal);
        Assert.Contains("Percentiles lie within", answer, StringComparison.Ordinal);
        int next = 0;
        double last = 0;
        foreach (string line in File.ReadLines(rows).Skip(1))
        {
            string[] fields = line.Split(',');
            Assert.Equal(next++, int.Parse(fields[0], CultureInfo.InvariantCulture));
            double arrival = double.Parse(fields[3], CultureInfo.InvariantCulture);
            Assert.True(arrival >= last && fields[9] == "finished", line);
            last = arrival;
        }

        Assert.Equal(220_000, next);

        // kept whole, the same run has the same means and counts, and exact percentiles within what the others state
        string exact = folder.File("exact.json");
        await Run.Answers([.. s_llama, "--chips", "3", "--rate", "200/s", "--requests", "220000", "--isl", "16", "--osl", "2", "--exact", "--json", exact]);
        using JsonDocument one = JsonDocument.Parse(File.ReadAllText(json));
        using JsonDocument other = JsonDocument.Parse(File.ReadAllText(exact));
        foreach (string part in (string[])["requests", "throughput", "use", "energy"])
        {
            Assert.Equal(one.RootElement.GetProperty(part).GetRawText(), other.RootElement.GetProperty(part).GetRawText());
        }

        foreach (string latency in (string[])["ttft", "tpot", "e2e", "queueing"])
        {
            (JsonElement a, JsonElement b) = (one.RootElement.GetProperty("latency").GetProperty(latency), other.RootElement.GetProperty("latency").GetProperty(latency));
            Assert.Equal(a.GetProperty("mean_s").GetDouble(), b.GetProperty("mean_s").GetDouble());
            Assert.Equal(1, a.GetProperty("p99_s").GetDouble() / b.GetProperty("p99_s").GetDouble(), 0.0051);
        }
    }

    [Theory]
    [InlineData("duration", "--trace", "lengths.csv", "--duration", "10 s")]
    [InlineData("isl", "--rate", "20/s", "--requests", "10", "--lengths", "lengths.csv", "--isl", "5")]
    [InlineData("lengths", "--trace", "lengths.csv", "--lengths", "lengths.csv")]
    [InlineData("no such file", "--rate", "20/s", "--requests", "10", "--lengths", "none.csv")]
    [InlineData("requests", "--rate", "20/s", "--lengths", "lengths.csv")]
    public async Task Contradictions_are_refused(string told, params string[] arguments)
    {
        using WorkFolder folder = new();
        File.WriteAllText(folder.File("lengths.csv"), "num_prefill_tokens,num_decode_tokens\n100,7\n");
        string[] placed = [.. arguments.Select(word => word.EndsWith(".csv", StringComparison.Ordinal) ? folder.File(word) : word)];
        Assert.Contains(told, await Run.Refuses([.. s_llama, .. placed]), StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_options_are_read_without_the_parser()
    {
        TypedOptions? plain = TypedOptions.TryRead(["run.yaml", "--model", "m", "--exact", "--catalog", "a", "--catalog", "b", "--json", "out.json"]);
        Assert.NotNull(plain);
        Assert.Equal("run.yaml", plain.File);
        Assert.Equal(["a", "b"], plain.Catalog);
        Assert.Equal([("exact", "true"), ("json", "out.json"), ("model", "m")], plain.Values.Select(static pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(["--json", "out.json"], plain.OutputPaths());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--nonsense", "1")]
    [InlineData("--model")]
    [InlineData("--model", "--system")]
    [InlineData("--model", "a", "--model", "b")]
    [InlineData("--model=a")]
    [InlineData("--exact", "false")]
    [InlineData("a.yaml", "b.yaml")]
    [InlineData("@more")]
    [InlineData("--isl", "-5")]
    public void Whatever_else_is_left_to_the_parser(params string[] arguments) => Assert.Null(TypedOptions.TryRead(arguments));
}
