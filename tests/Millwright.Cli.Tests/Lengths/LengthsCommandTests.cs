using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Millwright.Catalog;
using Millwright.Scenarios;

namespace Millwright.Cli.Tests.Lengths;

public sealed class LengthsCommandTests : IDisposable
{
    private const string Table = "input_length,output_length\n10,1\n20,2\n30,3\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("millwright-lengths-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_compressed_trace_becomes_lengths_that_the_catalog_holds()
    {
        string trace = Compressed("My Chat.csv.gz", Resource("azure-2023-conv-first-300.csv"));
        string overlay = Path.Combine(_folder, "overlay");
        string json = Path.Combine(_folder, "lengths.json");

        (int code, string output, string errors) = await Run("lengths", trace, "--output", overlay, "--json", json);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("--catalog " + overlay, output, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement facts = document.RootElement.GetProperty("trace")[0];
        Assert.Equal(300, facts.GetProperty("requests").GetInt32());
        Assert.Equal(191 / 150.0, facts.GetProperty("peak_to_mean").GetDouble(), 1e-12);
        Assert.Equal(JsonValueKind.Null, facts.GetProperty("cached_share").ValueKind);

        // sums of the two columns, counted apart
        Assert.Equal(270000 / 300.0, document.RootElement.GetProperty("tokens")[0].GetProperty("mean").GetDouble(), 1e-9);
        Assert.Equal(76870 / 300.0, document.RootElement.GetProperty("tokens")[1].GetProperty("mean").GetDouble(), 1e-9);

        LengthHistogram lengths = CatalogYaml.LoadDirectory(overlay, ShippedCatalog.Load()).FindLengths("my-chat")!;
        Assert.Equal(24, lengths.InputTokens.Count);
        Assert.Equal(trace, lengths.Source);
        Assert.Equal(191 / 150.0, lengths.PeakToMean!.Value, 1e-6);
        Assert.Null(lengths.CachedShare);
    }

    [Fact]
    public async Task A_trace_with_block_hashes_tells_its_cached_share()
    {
        string trace = Text("conversation.jsonl", Resource("mooncake-conversation-first-120.jsonl"));
        (int code, string output, _) = await Run("lengths", trace, "--id", "mine");
        Assert.Equal(0, code);

        // 60,928 of 1,776,339 input tokens
        Assert.Contains("3.4 %", output, StringComparison.Ordinal);
        Assert.StartsWith("mine, read from", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lengths_that_lie_there_are_not_replaced()
    {
        string overlay = Path.Combine(_folder, "overlay");
        Assert.Equal(0, (await Run("lengths", Text("a.csv", Table), "--output", overlay)).Code);
        string before = File.ReadAllText(Path.Combine(overlay, "lengths.yaml"));

        (int code, string output, string errors) = await Run("lengths", Text("b.csv", Table), "--output", overlay);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("not replaced", errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(overlay, "lengths.yaml")));
    }

    [Theory]
    [InlineData("", ":1:1: ")]
    [InlineData("a,b\n1,2\n", "found the columns 'a,b'; known are ")]
    [InlineData("input_length,output_length\n1,2\n3\n", ":3:1: found 1 fields where the header has 2")]
    [InlineData("input_length,output_length\n1,-2\n", ":2:1: '-2' is not a whole number of tokens")]
    [InlineData("{\"input_length\": 1, \"output_length\": 2}\n{", ":2:1: not a JSON object")]
    [InlineData("input_length,output_length\n1,2\n\0\0\n", "this is not text")]
    public async Task A_wrong_trace_ends_in_one_message(string text, string part) => await Refused(Text("bad.csv", text), part);

    [Fact]
    public async Task A_broken_archive_a_folder_and_a_missing_file_are_told_apart()
    {
        string broken = Path.Combine(_folder, "broken.csv.gz");
        File.WriteAllBytes(broken, [0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
        await Refused(broken, "compressed, and broken");
        await Refused(_folder, "this is a directory");
        await Refused(Path.Combine(_folder, "none.csv"), "no such file");
        await Refused(Text("one-line.csv", new string('a', 2_000_000)), "longer than a million");
    }

    [Fact]
    public async Task An_id_that_is_no_plain_name_is_refused_before_the_trace_is_read()
    {
        (int code, _, string errors) = await Run("lengths", Text("a.csv", Table), "--id", "../a");
        Assert.Equal(2, code);
        Assert.Contains("cannot be the id", errors, StringComparison.Ordinal);
    }

    private static async Task Refused(string path, string part)
    {
        (int code, string output, string errors) = await Run("lengths", path);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(path, errors, StringComparison.Ordinal);
        Assert.Contains(part, errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(c => c == '\n'));
    }

    private static async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(LengthsCommandTests).Assembly.GetManifestResourceStream("traces/" + name)!);
        return reader.ReadToEnd();
    }

    private string Text(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Compressed(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        using GZipStream stream = new(File.Create(path), CompressionLevel.Fastest);
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
