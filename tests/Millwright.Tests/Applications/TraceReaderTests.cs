using System.Text;
using Millwright.Applications;
using Millwright.Catalog;
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

    [Theory]
    [InlineData("", 1, "columns")]
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
}
