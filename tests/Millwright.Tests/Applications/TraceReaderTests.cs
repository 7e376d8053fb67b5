using System.Globalization;
using System.Text;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Applications;

public sealed class TraceReaderTests
{
    [Fact]
    public void The_shipped_histogram_is_what_the_reader_makes_of_the_trace()
    {
        var shipped = TestCatalog.Lengths.Single(row => row.Id == "reasoning-mix-4388");
        var read = Read(TestCatalog.Text("traces/reasoning-mix-4388.csv"));
        Assert.Equal(24, read.InputTokens.Count);
        for (var bin = 0; bin < 24; bin++)
        {
            // shipped figures are rounded to a tenth
            Assert.Equal(shipped.InputTokens[bin], read.InputTokens[bin], 0.05001);
            Assert.Equal(shipped.OutputTokens[bin], read.OutputTokens[bin], 0.05001);
        }

        Assert.Null(read.CachedShare);
        Assert.Null(read.PeakToMean);
        Assert.Contains("4388 requests; means 803.8 in, 4043.4 out", read.Note);
    }

    [Fact]
    public void An_azure_trace_gives_lengths_and_the_busiest_minute()
    {
        // 191 of the 300 requests fall into the first of two minutes; sums of the columns are 270,000 and 76,870
        var read = Read(TestCatalog.Text("traces/azure-2023-conv-first-300.csv"), bins: 4);
        Assert.Equal([155.97333333333333, 592.0533333333333, 1048.6133333333332, 1803.36], read.InputTokens);
        Assert.Equal(76870.0 / 300, read.OutputTokens.Average(), 1e-9);
        Assert.Equal(191 / 150.0, read.PeakToMean!.Value, 1e-12);
    }

    [Fact]
    public void A_mooncake_trace_gives_the_share_of_input_in_blocks_seen_before()
    {
        // counted apart: 60,928 of 1,776,339 input tokens lie in blocks of an earlier request
        var read = Read(TestCatalog.Text("traces/mooncake-conversation-first-120.jsonl"), bins: 1);
        Assert.Equal(60928.0 / 1776339, read.CachedShare!.Value, 1e-12);
        Assert.Equal(1776339.0 / 120, read.InputTokens[0], 1e-9);
        Assert.Equal(43897.0 / 120, read.OutputTokens[0], 1e-9);
        Assert.Equal(1, read.PeakToMean);
    }

    [Fact]
    public void A_stream_reads_as_its_text_does_and_stays_open()
    {
        var text = TestCatalog.Text("traces/azure-2023-conv-first-300.csv");
        using var stream = new MemoryStream([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]);
        var read = TraceReader.Read(stream, "x", "x", "source", "licence", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Read(text).InputTokens, read.InputTokens);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Order_of_the_requests_does_not_matter_and_few_requests_make_few_bins()
    {
        var read = Read("input_tokens,output_tokens\n30,3\n10,1\n20,2\n");
        Assert.Equal([10.0, 20, 30], read.InputTokens);
        Assert.Equal([1.0, 2, 3], read.OutputTokens);
    }

    [Fact]
    public void Percentiles_are_those_of_the_list_of_requests()
    {
        var text = TestCatalog.Text("traces/azure-2023-conv-first-300.csv");
        var summary = Measure(text);
        var columns = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToArray();
        Check(summary.InputTokens, [.. columns.Select(c => double.Parse(c[1], CultureInfo.InvariantCulture)).Order()]);
        Check(summary.OutputTokens, [.. columns.Select(c => double.Parse(c[2], CultureInfo.InvariantCulture)).Order()]);
        Assert.Equal(300, summary.Requests);

        static void Check(TokenStatistics found, double[] sorted)
        {
            Assert.Equal(sorted.Average(), found.Mean, 1e-9);
            Assert.Equal(Percentiles.OfSorted(sorted, 0.5), found.P50, 1e-9);
            Assert.Equal(Percentiles.OfSorted(sorted, 0.9), found.P90, 1e-9);
            Assert.Equal(Percentiles.OfSorted(sorted, 0.99), found.P99, 1e-9);
            Assert.Equal(sorted[^1], found.Greatest);
        }
    }

    [Theory]
    [InlineData("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,GPT-4,100,10,110,API log\n45,GPT-4,200,20,220,API log\n70,GPT-4,300,30,330,API log\n")]
    [InlineData("{\"input_toks\": 100, \"output_toks\": 10, \"arrival_time_ns\": 5000000000}\n{\"input_toks\": 200, \"output_toks\": 20, \"arrival_time_ns\": 45000000000}\n{\"input_toks\": 300, \"output_toks\": 30, \"arrival_time_ns\": 70000000000}\n")]
    [InlineData("{\"chat_id\": 1, \"timestamp\": 5, \"input_length\": 100, \"output_length\": 10}\n{\"chat_id\": 2, \"timestamp\": 45, \"input_length\": 200, \"output_length\": 20}\n{\"chat_id\": 3, \"timestamp\": 70, \"input_length\": 300, \"output_length\": 30}\n")]
    public void Other_traces_are_known_by_their_fields(string text)
    {
        // two of three requests arrive in the first of two minutes
        var read = Read(text);
        Assert.Equal([100.0, 200, 300], read.InputTokens);
        Assert.Equal([10.0, 20, 30], read.OutputTokens);
        Assert.Equal(4 / 3.0, read.PeakToMean!.Value, 1e-12);
    }

    [Fact]
    public void Blocks_of_a_bailian_trace_hold_16_tokens()
    {
        // 16 + 4 tokens, then the same first block and 10 of another
        var read = Read("{\"chat_id\": 1, \"input_length\": 20, \"output_length\": 1, \"hash_ids\": [1, 2]}\n{\"chat_id\": 2, \"input_length\": 26, \"output_length\": 1, \"hash_ids\": [1, 3]}\n");
        Assert.Equal(16 / 46.0, read.CachedShare!.Value, 1e-12);
    }

    [Theory]
    [InlineData("", 1, "columns")]
    [InlineData("{\"input_length\": 2000, \"output_length\": 2, \"hash_ids\": [1, 2]}", 1, "found 2 hash_ids for 2000 input tokens")]
    [InlineData("a,b\n1,2\n", 1, "known are ContextTokens")]
    [InlineData("input_length,output_length\n", 1, "no request")]
    [InlineData("input_length,output_length\n1,2\n\n3\n", 4, "1 fields where the header has 2")]
    [InlineData("input_length,output_length\n1,-2\n", 2, "'-2' is not a whole number")]
    [InlineData("input_length,output_length\n1,2.5\n", 2, "'2.5' is not a whole number")]
    [InlineData("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,2\n", 2, "'yesterday' is not a date")]
    [InlineData("{\"input_length\": 1, \"output_length\": 2}\n{\"input_length\": 1", 2, "not a JSON object")]
    [InlineData("{\"input_length\": 1}", 1, "'output_length' must be a whole number")]
    [InlineData("{\"input_length\": 1, \"output_length\": 2, \"hash_ids\": [\"a\"]}", 1, "hash_ids must hold whole numbers")]
    public void A_wrong_line_is_named_with_what_was_found(string text, int line, string words)
    {
        var fault = Assert.Throws<TraceFormatException>(() => Read(text));
        Assert.Equal(line, fault.Line);
        Assert.Contains(words, fault.Message);
    }

    private static LengthHistogram Read(string text, int bins = 24)
    {
        using var reader = new StringReader(text);
        return TraceReader.Read(reader, "x", "x", "source", "licence", bins);
    }

    private static TraceSummary Measure(string text)
    {
        using var reader = new StringReader(text);
        return TraceReader.Measure(reader, "x", "x", "source", "licence");
    }
}
