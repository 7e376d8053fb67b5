using System.IO.Compression;
using System.Text;
using CsCheck;
using Millwright.Applications;

namespace Millwright.Tests.Applications;

public sealed class TraceFaultTests
{
    private const string Vidur = "arrived_at,num_prefill_tokens,num_decode_tokens\n";
    private const string Azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    private const string Own = "request,arrival_s,input_tokens,output_tokens\n";

    [Theory]
    [InlineData("", 1, "the trace is empty")]
    [InlineData("\n \r\n", 1, "the trace is empty")]
    [InlineData(Vidur, 1, "no request found")]
    [InlineData(Vidur + "1,5,5\n0.9,5,5\n", 3, "the clock runs backwards, from 1 s to 0.9 s")]
    [InlineData(Vidur + "1,0,5\n", 2, "0 input and 5 output tokens; a request has at least 1 of each")]
    [InlineData(Vidur + "1,5,-5\n", 2, "'-5' is not a whole number of tokens")]
    [InlineData(Vidur + "1,5,2147483648\n", 2, "'2147483648' is not a whole number of tokens up to 2147483647")]
    [InlineData(Vidur + "1,5,99999999999999999999\n", 2, "is not a whole number of tokens up to")]
    [InlineData(Vidur + "-1,5,5\n", 2, "'-1' is not a date and time, nor a number of seconds of at least 0")]
    [InlineData(Vidur + "1700000000,5,5\n", 2, "more than 105 days after the start")]
    [InlineData(Vidur + "1,5,5\n2,5", 3, "found 2 fields where the header has 3")]
    [InlineData(Vidur + "1,5,5,\n", 2, "found 4 fields where the header has 3")]
    [InlineData(Vidur + "1,5,5\n2023-11-16 18:15:46,5,5\n", 3, "a date and time among numbers of seconds")]
    [InlineData("arrived_at,arrived_at,num_prefill_tokens,num_decode_tokens\n", 1, "the column 'arrived_at' stands 2 times")]
    [InlineData(Azure + "2023-11-16 18:15:46.68,5,5\n2023-11-16 18:15:46.67,5,5\n", 3, "the clock runs backwards, from 0 s to -0.01 s")]
    [InlineData(Azure + "2023-02-29 18:15:46.68,5,5\n", 2, "is not a date and time")]
    [InlineData(Own + "0,0,5,5\n1,1,5,5\n0,2,5,5\n", 4, "the request 0 stands in an earlier line too")]
    [InlineData(Own + "x,0,5,5\n", 2, "'x' is not a whole number for the request")]
    [InlineData("{\"timestamp\": 5, \"input_length\": 1, \"output_length\": 2}\n{\"timestamp\": 3, \"input_length\": 1, \"output_length\": 2}\n", 2, "the clock runs backwards")]
    [InlineData("{\"timestamp\": 5, \"input_length\": 1, \"output_length\": 2}\n{\"input_length\": 1, \"output_length\": 2}\n", 2, "'timestamp' is missing")]
    [InlineData("{\"timestamp\": \"5\", \"input_length\": 1, \"output_length\": 2}\n", 1, "'timestamp' must be a number of at least 0")]
    [InlineData("{\"timestamp\": 5, \"input_length\": 1, \"output_length\": 0}\n", 1, "a request has at least 1 of each")]
    [InlineData("{\"input_toks\": 5000000000, \"output_toks\": 0, \"arrival_time_ns\": 1}\n", 1, "'input_toks' must be a whole number")]
    [InlineData("{\"chat_id\": 7, \"timestamp\": 1, \"input_length\": 1, \"output_length\": 1}\n{\"chat_id\": 7, \"timestamp\": 2, \"input_length\": 1, \"output_length\": 1}\n", 2, "the chat_id 7 stands in an earlier line too")]
    [InlineData("{\"timestamp\": 5, \"input_length\": 1, \"output_length\": 2} x", 1, "not a JSON object")]
    [InlineData("{\"timestamp\": 5, \"input_length\": 1, \"output_length\": 2}\n[1]\n", 2, "not a JSON object")]
    [InlineData("{\"session_id\": \"a\", \"round_index\": 0, \"input_tokens_total\": 1, \"output_tokens\": 1, \"timing_events\": []}", 1, "holds no stamp")]
    public void A_wrong_row_is_named_by_its_line(string text, int line, string words)
    {
        var fault = Assert.Throws<TraceFormatException>(() => TraceText.Read(text));
        Assert.Contains(words, fault.Message);
        Assert.Equal(line, fault.Line);
    }

    [Fact]
    public void A_round_that_stands_twice_is_refused()
    {
        var line = Encoding.UTF8.GetString(TraceText.Sample("tracelab-6-rounds.jsonl")).Split('\n')[0] + "\n";
        var fault = Assert.Throws<TraceFormatException>(() => TraceText.Read(line + line));
        Assert.Contains("round 0 of the session stands in an earlier line too", fault.Message);
    }

    [Fact]
    public void A_step_back_within_the_grain_of_the_clock_counts_as_equal()
    {
        var read = TraceText.Read("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,a,1,1,2,b\n4.5,a,1,1,2,b\n6,a,1,1,2,b\n");
        Assert.Equal([5, 5, 6], read.Select(r => r.ArrivalPicoseconds / TraceText.Second));
    }

    [Fact]
    public void A_request_table_too_far_out_of_order_is_refused()
    {
        var rows = string.Concat(Enumerable.Range(0, 400).Select(i => $"{i},{(i == 390 ? 0.5 : i)},5,5\n"));
        Assert.Contains("the clock runs backwards", Assert.Throws<TraceFormatException>(() => TraceText.Read(Own + rows)).Message);
    }

    [Fact]
    public void A_compressed_trace_that_is_cut_off_or_broken_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(TraceText.Vidur(20_000));
        }

        var bytes = packed.ToArray();
        foreach (var broken in (byte[][])[bytes[..(bytes.Length / 2)], bytes[..^4], [.. bytes[..2000], 1, 2, 3, .. bytes[2003..]]])
        {
            using var stream = new GZipStream(new MemoryStream(broken), CompressionMode.Decompress);
            Assert.Throws<TraceFormatException>(() => TraceText.All(TraceRequests.Open(stream)));
        }
    }

    [Fact]
    public void Whatever_is_cut_or_changed_in_a_trace_it_is_read_or_refused_and_nothing_else()
    {
        byte[][] samples =
        [
            TraceText.Sample("azure-2023-conv-first-300.csv")[..4000],
            TraceText.Sample("mooncake-conversation-first-120.jsonl")[..6000],
            TraceText.Sample("llmservingsim-sharegpt-first-20.jsonl"),
            TraceText.Sample("vllm-run-qwen3-30b-a3b-first-60.csv"),
            TraceText.Sample("tracelab-6-rounds.jsonl"),
            TraceText.Vidur(50),
            Encoding.UTF8.GetBytes("{\"chat_id\": 1, \"parent_chat_id\": -1, \"timestamp\": 5, \"input_length\": 20, \"output_length\": 10, \"hash_ids\": [1, 2]}\n{\"chat_id\": 2, \"parent_chat_id\": 1, \"timestamp\": 6, \"input_length\": 20, \"output_length\": 10, \"hash_ids\": [1, 2]}\n"),
        ];
        var refused = 0;
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Byte, Gen.Bool).Holds(
            (sample, cut, place, value, change) =>
            {
                var bytes = samples[sample][..(int)(cut * samples[sample].Length)];
                if (change && bytes.Length > 0)
                {
                    bytes[(int)(place * (bytes.Length - 1))] = value;
                }

                try
                {
                    var read = TraceText.Read(bytes);
                    Assert.Equal(read.OrderBy(r => r.ArrivalPicoseconds), read);
                    Assert.All(read, r => Assert.True(r.InputTokens > 0 && r.OutputTokens > 0));
                }
                catch (TraceFormatException fault)
                {
                    Assert.InRange(fault.Line, 1, 400);
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 2000);
        Assert.True(refused > 200);
    }
}
