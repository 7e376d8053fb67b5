using System.IO.Compression;
using System.Text;
using Millwright.Applications;

namespace Millwright.Tests.Applications;

public sealed class TraceRequestsTests
{
    [Fact]
    public void Azure_requests_arrive_as_long_after_the_first_as_their_dates_say()
    {
        var read = TraceText.Read(TraceText.Sample("azure-2023-conv-first-300.csv"));
        Assert.Equal(300, read.Count);
        Assert.Equal(new TraceRequest(0, 374, 44), read[0]);

        // 18:15:50.9951690 after 18:15:46.6805900
        Assert.Equal(new TraceRequest(4_314_579_000_000, 396, 109), read[1]);
        Assert.Equal((270_000, 76_870), (read.Sum(r => r.InputTokens), read.Sum(r => r.OutputTokens)));
    }

    [Fact]
    public void Azure_stamps_of_2024_have_an_offset_and_may_lack_a_fraction()
    {
        var read = TraceText.Read(
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00+00:00,2162,5\n2024-05-10 00:00:00.009930+00:00,2399,6\n2024-05-10 02:00:01.5+02:00,76,15\n");
        Assert.Equal([0, 9_930_000_000, 1_500_000_000_000], read.Select(r => r.ArrivalPicoseconds));
    }

    [Fact]
    public void Vidur_arrivals_are_taken_as_they_stand_to_the_last_digit()
    {
        var read = TraceText.Read("arrived_at,num_prefill_tokens,num_decode_tokens\n0.050946,512,128\n0.052214000001,512,128\n1e1,3,4\n12,5,6");
        Assert.Equal([50_946_000_000, 52_214_000_001, 10 * TraceText.Second, 12 * TraceText.Second], read.Select(r => r.ArrivalPicoseconds));
        Assert.Equal((5, 6), (read[3].InputTokens, read[3].OutputTokens));
    }

    [Fact]
    public void A_table_of_requests_gives_sessions_priorities_and_ids()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "arrival_s,input_tokens,output_tokens,session,priority,request\n0, 10 ,1,7,-2,5\n0.5,20,2,,1,3\n1,30,3,abc,0,4\n"));
        var trace = TraceRequests.Open(stream);
        Assert.True(trace.TryRead(out var request));
        Assert.Equal((new TraceRequest(0, 10, 1, 7, -2), 5L), (request, trace.RequestId));
        Assert.True(trace.TryRead(out request));
        Assert.Equal((new TraceRequest(TraceText.Second / 2, 20, 2, -1, 1), 3L), (request, trace.RequestId));
        Assert.True(trace.TryRead(out request));
        Assert.True(request.Session > 7);
        Assert.False(trace.TryRead(out _));
        Assert.Equal((TraceFormat.RequestTable, true, 3L), (trace.Format, trace.HasClock, trace.Count));
    }

    [Fact]
    public void A_measured_run_in_order_of_request_is_brought_into_order_of_arrival_with_its_ids()
    {
        // request 10 arrived 12 us before request 9: two replicas, two clocks
        using var stream = new MemoryStream(TraceText.Sample("vllm-run-qwen3-30b-a3b-first-60.csv"));
        var trace = TraceRequests.Open(stream);
        var ids = new List<long>();
        var read = new List<TraceRequest>();
        while (trace.TryRead(out var request))
        {
            ids.Add(trace.RequestId);
            read.Add(request);
        }

        Assert.Equal([8, 10, 9, 11], ids[8..12]);
        Assert.Equal(971_939_000_000, read[9].ArrivalPicoseconds);
        Assert.Equal(read.OrderBy(r => r.ArrivalPicoseconds), read);
        Assert.Equal((60, 57_580, 42_298), (read.Count, read.Sum(r => r.InputTokens), read.Sum(r => r.OutputTokens)));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), ids.Order());
    }

    [Fact]
    public void Stamps_of_mooncake_conversations_are_spread_inside_their_steps_of_three_seconds()
    {
        using var stream = new MemoryStream(TraceText.Sample("mooncake-conversation-first-120.jsonl"));
        var trace = TraceRequests.Open(stream);
        var arrivals = new List<long>();
        long blocks = 0;
        while (trace.TryRead(out var request))
        {
            arrivals.Add(request.ArrivalPicoseconds);
            blocks += trace.PrefixBlocks.Length;
            Assert.Equal((request.InputTokens + 511) / 512, trace.PrefixBlocks.Length);
            Assert.Equal(0ul, trace.PrefixBlocks[0]);
        }

        // ten at 0 s, sixteen at 3 s, three at 5.999 s: 16 share 2.999 s
        Assert.Equal((512, 120), (trace.BlockTokens, arrivals.Count));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 300_000_000_000), arrivals[..10]);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => 3 * TraceText.Second + i * 2_999_000_000_000 / 16), arrivals[10..26]);
        Assert.Equal(5_999_000_000_000, arrivals[26]);
        Assert.Equal(41_999_000_000_000, arrivals[^1]);
        Assert.True(blocks > 3000);
    }

    [Fact]
    public void Stamps_of_a_mooncake_trace_in_milliseconds_stay_within_theirs()
    {
        var read = TraceText.Read(TraceText.Sample("mooncake-synthetic-first-30.jsonl"));
        Assert.Equal([0, 500_000_000, 40_000_000_000, 277_000_000_000], read.Take(4).Select(r => r.ArrivalPicoseconds));
        Assert.Equal((30, 426_266, 6_512), (read.Count, read.Sum(r => r.InputTokens), read.Sum(r => r.OutputTokens)));
    }

    [Fact]
    public void Requests_that_all_come_at_once_stay_there()
    {
        var read = TraceText.Read("{\"timestamp\": 0, \"input_length\": 5, \"output_length\": 1}\n{\"timestamp\": 0, \"input_length\": 6, \"output_length\": 1}\n");
        Assert.All(read, r => Assert.Equal(0, r.ArrivalPicoseconds));
    }

    [Fact]
    public void Blocks_stay_with_their_request_when_stamps_are_spread()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 1, \"hash_ids\": [1, 2]}\n" +
            "{\"timestamp\": 0, \"input_length\": 5, \"output_length\": 1, \"hash_ids\": [3]}\n" +
            "{\"timestamp\": 3000, \"input_length\": 5, \"output_length\": 1, \"hash_ids\": [18446744073709551615]}\n"));
        var trace = TraceRequests.Open(stream);
        Assert.True(trace.PrefixBlocks.IsEmpty);
        var found = new List<ulong[]>();
        while (trace.TryRead(out _))
        {
            found.Add(trace.PrefixBlocks.ToArray());
        }

        Assert.Equal([[1, 2], [3], [ulong.MaxValue]], found);
    }

    [Fact]
    public void Bailian_turns_belong_to_the_session_of_their_first_chat()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(
            "{\"chat_id\": 159, \"parent_chat_id\": -1, \"timestamp\": 61.114, \"input_length\": 20, \"output_length\": 132, \"type\": \"text\", \"turn\": 1, \"hash_ids\": [8, 9]}\n" +
            "{\"chat_id\": 160, \"parent_chat_id\": -1, \"timestamp\": 61.2, \"input_length\": 16, \"output_length\": 1, \"type\": \"text\", \"turn\": 1, \"hash_ids\": [7]}\n" +
            "{\"chat_id\": 161, \"parent_chat_id\": 159, \"timestamp\": 70, \"input_length\": 33, \"output_length\": 2, \"type\": \"text\", \"turn\": 2, \"hash_ids\": [8, 9, 10]}\n" +
            "{\"chat_id\": 200, \"parent_chat_id\": 161, \"timestamp\": 71, \"input_length\": 40, \"output_length\": 3, \"type\": \"text\", \"turn\": 3, \"hash_ids\": [8, 9, 11]}\n"));
        var trace = TraceRequests.Open(stream);
        var read = TraceText.All(trace);
        Assert.Equal((TraceFormat.Bailian, 16), (trace.Format, trace.BlockTokens));
        Assert.Equal([159, 160, 159, 159], read.Select(r => r.Session));
        Assert.Equal(61_114_000_000_000, read[0].ArrivalPicoseconds);
    }

    [Fact]
    public void Serving_sim_stamps_are_nanoseconds()
    {
        var read = TraceText.Read(TraceText.Sample("llmservingsim-sharegpt-first-20.jsonl"));
        Assert.Equal(new TraceRequest(46_926_808_000, 2358, 531), read[0]);
        Assert.Equal((20, 24_725, 13_787), (read.Count, read.Sum(r => r.InputTokens), read.Sum(r => r.OutputTokens)));
    }

    [Fact]
    public void Rounds_of_an_agent_arrive_with_the_last_result_they_answer_and_in_order_over_sessions()
    {
        var read = TraceText.Read(TraceText.Sample("tracelab-6-rounds.jsonl"));

        // the second session of the file is of March, the first of June
        Assert.Equal([9324, 9917, 10058, 32272, 35740, 38592], read.Select(r => r.InputTokens));
        Assert.Equal([444, 94, 59, 931, 1016, 2475], read.Select(r => r.OutputTokens));
        Assert.Equal(2, read.Select(r => r.Session).Distinct().Count());

        // 10:05:59.328 to the last of three results at 10:06:06.704
        Assert.Equal(7_376_000_000_000, read[1].ArrivalPicoseconds);

        // 05:40:20.151 to 05:40:50.938
        Assert.Equal(30_787_000_000_000, read[4].ArrivalPicoseconds - read[3].ArrivalPicoseconds);
    }

    [Fact]
    public void Burst_gpt_requests_that_failed_are_refused_or_left_out_by_count()
    {
        const string text = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45,ChatGPT,1087,0,1087,API log\n46.5,GPT-4,3,4,7,API log\n";
        var fault = Assert.Throws<TraceFormatException>(() => TraceText.Read(text));
        Assert.Equal(3, fault.Line);
        Assert.Contains("1087 input and 0 output tokens", fault.Message);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var trace = TraceRequests.Open(stream, new TraceOptions { SkipEmptyRequests = true });
        Assert.Equal([5 * TraceText.Second, 46_500_000_000_000], TraceText.All(trace).Select(r => r.ArrivalPicoseconds));
        Assert.Equal(1, trace.EmptyRequests);
    }

    [Theory]
    [InlineData("Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,12,1.5,GPT-4,3,4,7,API log\n", TraceFormat.BurstGpt, 12)]
    [InlineData("session,turn_index,agent_depth,input_tokens,output_tokens,tokenizer_of\n4,1,0,67651,529,kimik2.5\n", TraceFormat.RequestTable, 4)]
    [InlineData("input_length,output_length\n67651,529\n", TraceFormat.LengthTable, -1)]
    public void Other_tables_are_known_by_their_columns(string text, TraceFormat format, long session)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var trace = TraceRequests.Open(stream);
        Assert.Equal(format, trace.Format);
        Assert.True(trace.TryRead(out var request));
        Assert.Equal(session, request.Session);
    }

    [Fact]
    public void A_window_leaves_out_what_lies_outside_and_starts_its_clock_anew()
    {
        using var stream = new MemoryStream(TraceText.Vidur(100));
        var trace = TraceRequests.Open(stream, new TraceOptions { FromSeconds = 1, UntilSeconds = 2 });
        var read = TraceText.All(trace);
        Assert.Equal((20, 20L), (read.Count, trace.EarlyRequests));
        Assert.Equal(0, read[0].ArrivalPicoseconds);
        Assert.True(read[^1].ArrivalPicoseconds < TraceText.Second);
        Assert.False(trace.TryRead(out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => TraceText.Read("x", new TraceOptions { FromSeconds = 2, UntilSeconds = 2 }));
    }

    [Fact]
    public void Compressed_text_reads_as_plain_text_does()
    {
        var plain = TraceText.Sample("azure-2023-conv-first-300.csv");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        packed.Position = 0;
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        Assert.Equal(TraceText.Read(plain), TraceText.All(TraceRequests.Open(unpacked)));
    }

    [Theory]
    [InlineData("azure-2023-conv-first-300.csv")]
    [InlineData("mooncake-conversation-first-120.jsonl")]
    [InlineData("vllm-run-qwen3-30b-a3b-first-60.csv")]
    [InlineData("tracelab-6-rounds.jsonl")]
    public void It_does_not_matter_in_what_pieces_the_bytes_come(string sample)
    {
        var bytes = TraceText.Sample(sample);
        var whole = TraceText.Read(bytes);
        foreach (var piece in (int[])[1, 7, 4096])
        {
            using var stream = new PieceStream(bytes, piece);
            Assert.Equal(whole, TraceText.All(TraceRequests.Open(stream)));
        }
    }

    [Fact]
    public void A_line_longer_than_the_buffer_is_read_whole()
    {
        var hashes = string.Join(", ", Enumerable.Range(0, 60_000));
        var line = $"{{\"timestamp\": 0, \"input_length\": {60_000 * 512}, \"output_length\": 1, \"hash_ids\": [{hashes}]}}\n";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(line + line));
        var trace = TraceRequests.Open(stream);
        Assert.True(trace.TryRead(out _));
        Assert.True(trace.TryRead(out _));
        Assert.Equal((60_000, 59_999ul), (trace.PrefixBlocks.Length, trace.PrefixBlocks[^1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reading_a_row_allocates_nothing(bool azure)
    {
        var bytes = azure ? TraceText.Azure(3000) : TraceText.Vidur(30_000);
        Assert.Equal(0, TraceText.LeastAllocated(() => TraceRequests.Open(new MemoryStream(bytes))));
    }

    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
