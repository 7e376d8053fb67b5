using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Millwright.Applications;
using Millwright.Numerics;

namespace Millwright.Tests.Applications;

public sealed class ServeGenTests
{
    private const string Lengths = "{\"0\": {\"input_tokens\": \"{10: 0.5, 20: 0.5}\", \"output_tokens\": \"{1: 1.0}\"}, \"600\": {\"input_tokens\": \"{}\", \"output_tokens\": \"{}\"}}";

    [Fact]
    public void A_client_of_the_published_data_sends_at_its_rate_with_its_lengths()
    {
        // 90 requests a day, all in the ten minutes from 30,000 s; means of its tables 119.18 and 388.6
        var clients = ServeGenClients.Read(Files(
            ("data/reason/deepseek-r1/chunk-52-trace.csv", TraceText.Sample("servegen-deepseek-r1-chunk-52-trace.csv")),
            ("data/reason/deepseek-r1/chunk-52-dataset.json", TraceText.Sample("servegen-deepseek-r1-chunk-52-dataset.json"))));
        Assert.Equal((1, 86_400.0), (clients.Count, clients.SpanSeconds));
        Assert.Equal(90 / 86_400.0, clients.MeanRatePerSecond(0, 86_400), 1e-12);

        var busy = TraceText.All(new ServeGenRequests(clients, new ServeGenOptions { Seed = 1, MeanRatePerSecond = 0.5 }));
        Assert.Equal(43_200, busy.Count, 43_200 * 0.05);
        Assert.Equal(119.178, busy.Average(r => r.InputTokens), 2.0);
        Assert.Equal(388.6, busy.Average(r => r.OutputTokens), 8.0);
        Assert.True(busy[^1].ArrivalPicoseconds - busy[0].ArrivalPicoseconds <= 600 * TraceText.Second);
        Assert.Equal(busy.OrderBy(r => r.ArrivalPicoseconds), busy);

        var lengths = clients.Lengths();
        var drawn = Enumerable.Range(0, 40_000).Select(i => lengths.Draw(new RandomStream(1), 5, i)).ToArray();
        Assert.Equal(119.178, drawn.Average(d => d.Input), 2.0);
        Assert.Equal(388.6, drawn.Average(d => d.Output), 8.0);
    }

    [Fact]
    public void Clients_are_merged_in_order_of_time_at_the_rate_asked_for_and_by_their_shares()
    {
        var clients = Two();
        Assert.Equal((2 * 600 + 6 * 600 + 4 * 600) / 1200.0, clients.MeanRatePerSecond(0, 1200), 1e-12);
        var load = new ServeGenRequests(clients, new ServeGenOptions { Seed = 3, MeanRatePerSecond = 100 });
        var first = new List<TraceRequest>();
        var second = new List<TraceRequest>();
        long last = 0;
        while (load.TryRead(out var request))
        {
            Assert.True(request.ArrivalPicoseconds >= last);
            last = request.ArrivalPicoseconds;
            (load.Client == 4 ? first : second).Add(request);
        }

        // client 4: 2 and 4 /s, client 11: 0 and 6 /s, all times 100 / 6; gaps of CV 1 and 0.5
        Assert.Equal(120_000, load.Count, 5 * Math.Sqrt(120_000));
        Assert.Equal(20_000, first.Count(r => r.ArrivalPicoseconds < 600 * TraceText.Second), 5 * Math.Sqrt(20_000));
        Assert.Equal(40_000, first.Count(r => r.ArrivalPicoseconds >= 600 * TraceText.Second), 5 * Math.Sqrt(40_000));
        Assert.Equal(60_000, second.Count, 5 * Math.Sqrt(60_000));
        Assert.True(second[0].ArrivalPicoseconds >= 600 * TraceText.Second);

        // the second window names no lengths: those of the first hold on
        Assert.Equal(15, first.Average(r => r.InputTokens), 0.2);
        Assert.All(second, r => Assert.Equal((7, 3), (r.InputTokens, r.OutputTokens)));
    }

    [Fact]
    public void A_client_sends_the_same_whoever_else_is_there_and_however_many_are_asked_for()
    {
        var alone = TraceText.All(new ServeGenRequests(ServeGenClients.Read(First())));
        var load = new ServeGenRequests(Two());
        var found = new List<TraceRequest>();
        while (load.TryRead(out var request))
        {
            if (load.Client == 4)
            {
                found.Add(request);
            }
        }

        Assert.Equal(alone, found);
        Assert.Equal(alone.Take(50), TraceText.All(new ServeGenRequests(ServeGenClients.Read(First()), new ServeGenOptions { Requests = 50 })));
        Assert.NotEqual(alone, TraceText.All(new ServeGenRequests(ServeGenClients.Read(First()), new ServeGenOptions { Seed = 1 })));
    }

    [Fact]
    public void A_part_of_the_time_starts_its_clock_anew()
    {
        var read = TraceText.All(new ServeGenRequests(Two(), new ServeGenOptions { FromSeconds = 900, DurationSeconds = 100 }));
        Assert.Equal(1000, read.Count, 5 * Math.Sqrt(1000));
        Assert.True(read[^1].ArrivalPicoseconds < 100 * TraceText.Second);
        Assert.True(read[0].ArrivalPicoseconds < 2 * TraceText.Second);
    }

    [Fact]
    public void An_archive_reads_as_its_files_do()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var (name, content) in First().Append(("data/other/readme.txt", new MemoryStream([1]))))
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
            }
        }

        tar.Position = 0;
        var read = TraceText.All(new ServeGenRequests(ServeGenClients.ReadTar(tar)));
        Assert.Equal(TraceText.All(new ServeGenRequests(ServeGenClients.Read(First()))), read);
        using var broken = new MemoryStream(tar.ToArray()[..700]);
        Assert.Throws<TraceFormatException>(() => ServeGenClients.ReadTar(broken));
    }

    [Fact]
    public void Clients_without_lengths_are_refused_or_take_those_that_are_given()
    {
        var clients = ServeGenClients.Read(Files(("chunk-4-trace.csv", Encoding.UTF8.GetBytes("0,2,1,Gamma,1,0.5\n600,4,1,Gamma,1,0.25\n"))));
        Assert.Equal([4], clients.WithoutLengths);
        Assert.Contains("client 4", Assert.Throws<ArgumentException>(() => new ServeGenRequests(clients)).Message);
        var read = TraceText.All(new ServeGenRequests(clients, new ServeGenOptions { OtherLengths = LengthDistribution.Fixed(8, 9) }));
        Assert.All(read, r => Assert.Equal((8, 9), (r.InputTokens, r.OutputTokens)));
        Assert.Throws<InvalidOperationException>(clients.Lengths);
    }

    [Theory]
    [InlineData("0,2,1,Gamma,1\n", "{}", "found 5 fields")]
    [InlineData("0,2,1,Gamma,1,1\n", "{}", "has 1 windows")]
    [InlineData("0,2,1,Pareto,1,1\n600,0,0,,0,0\n", "{}", "known are Gamma and Weibull")]
    [InlineData("0,2,1,Gamma,0,1\n600,0,0,,0,0\n", "{}", "the shape of a gamma process")]
    [InlineData("0,-2,1,Gamma,1,1\n600,0,0,,0,0\n", "{}", "'-2' is not a number of at least 0")]
    [InlineData("600,2,1,Gamma,1,1\n0,0,0,,0,0\n", "{}", "does not follow")]
    [InlineData("0,2,1,Gamma,1,1\n600,0,0,,0,0\n", "{\"0\": ", "are not JSON")]
    [InlineData("0,2,1,Gamma,1,1\n600,0,0,,0,0\n", "{\"0\": {\"input_tokens\": \"{a: 1}\", \"output_tokens\": \"{1: 1}\"}}", "where a length and a colon must stand")]
    [InlineData("0,2,1,Gamma,1,1\n600,0,0,,0,0\n", "{\"0\": {\"input_tokens\": \"{1: x}\", \"output_tokens\": \"{1: 1}\"}}", "where a probability must stand")]
    [InlineData("0,2,1,Gamma,1,1\n600,0,0,,0,0\n", "{\"0\": {\"input_tokens\": 5, \"output_tokens\": \"{1: 1}\"}}", "must be text such as")]
    public void A_wrong_file_is_refused_in_words(string trace, string lengths, string words)
    {
        var fault = Assert.Throws<TraceFormatException>(() => ServeGenClients.Read(Files(
            ("chunk-4-trace.csv", Encoding.UTF8.GetBytes(trace)), ("chunk-4-dataset.json", Encoding.UTF8.GetBytes(lengths)))));
        Assert.Contains(words, fault.Message);
    }

    [Fact]
    public void Two_folders_and_lengths_without_a_trace_are_refused()
    {
        var trace = Encoding.UTF8.GetBytes("0,2,1,Gamma,1,0.5\n600,4,1,Gamma,1,0.25\n");
        Assert.Contains("choose one", Assert.Throws<TraceFormatException>(() => ServeGenClients.Read(Files(("a/chunk-1-trace.csv", trace), ("b/chunk-2-trace.csv", trace)))).Message);
        Assert.Contains("no chunk-3-trace.csv", Assert.Throws<TraceFormatException>(() => ServeGenClients.Read(Files(("chunk-3-dataset.json", "{}"u8.ToArray())))).Message);
        Assert.Contains("no chunk-i-trace.csv", Assert.Throws<TraceFormatException>(() => ServeGenClients.Read([])).Message);
    }

    private static IEnumerable<(string, Stream)> First() => Files(
        ("data/x/chunk-4-trace.csv", Encoding.UTF8.GetBytes("0,2,1,Gamma,1,0.5\n600,4,1,Gamma,1,0.25\n")),
        ("data/x/chunk-4-dataset.json", Encoding.UTF8.GetBytes(Lengths)));

    // a Weibull shape of 2.1 has a CV of about 0.5
    private static ServeGenClients Two() => ServeGenClients.Read(First().Concat(Files(
        ("data/x/chunk-11-trace.csv", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0,0,0,,0,0\n600,6,0.5,Weibull,{2.1},0.19\n"))),
        ("data/x/chunk-11-dataset.json", Encoding.UTF8.GetBytes("{\"600\": {\"input_tokens\": \"{7: 1.0}\", \"output_tokens\": \"{3: 1.0}\"}}")))));

    private static IEnumerable<(string, Stream)> Files(params (string Name, byte[] Bytes)[] files) => files.Select(f => (f.Name, (Stream)new MemoryStream(f.Bytes)));
}
