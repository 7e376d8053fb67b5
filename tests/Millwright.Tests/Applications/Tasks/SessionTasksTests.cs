using System.Text;
using Millwright.Applications;
using Millwright.Applications.Tasks;

namespace Millwright.Tests.Applications.Tasks;

/// <summary>Sessions of real traces as tasks.</summary>
public sealed class SessionTasksTests
{
    [Fact]
    public void Rounds_of_coding_agents_keep_their_tools_and_waits()
    {
        SessionTasks tasks = From(Encoding.UTF8.GetString(TraceText.Sample("tracelab-6-rounds.jsonl")), new() { SharedPrefixTokens = 6000, CoresPerTool = 2 });
        Assert.Equal((2, 6), (tasks.Sessions, tasks.Requests));
        Assert.Equal(["Bash", "WebSearch", "Write", "exec_command", "write_stdin"], tasks.ToolNames);

        // the session of March comes first
        Assert.True(tasks.TryRead(out AgentTask first));
        Assert.Equal(0, first.ArrivalPicoseconds);
        Assert.Equal([9324, 9917, 10058], first.Calls.ToArray().Select(c => c.InputTokens));
        Assert.True(tasks.TryRead(out AgentTask second));
        second.Check();
        Assert.Equal(71 * 86_400L + 19 * 3600 + 34 * 60 + 20, second.ArrivalPicoseconds / TraceText.Second);
        Assert.Equal([32272, 35740, 38592], second.Calls.ToArray().Select(c => c.InputTokens));

        // round 0 ends at 05:40:31.647 and calls Bash (0.86 s) and WebSearch (19.287 s of its own); round 1 is asked at 05:40:50.938, 4 ms after the longer of them
        ReadOnlySpan<ToolUse> used = second.ToolsOf(1);
        Assert.Equal(2, used.Length);
        Assert.Equal((860L * TraceText.Second / 1000, 19_287L * TraceText.Second / 1000), (used[0].Picoseconds, used[1].Picoseconds));
        Assert.Equal((0, 1, 2.0, false), (used[0].Kind, used[1].Kind, used[1].Cores, used[1].Failed));
        Assert.Equal(4L * TraceText.Second / 1000, second.Calls[1].ThinkPicoseconds);

        // 32,272 in and 931 out, then 35,740 in: the output stayed, and 2,537 tokens are new
        Assert.Equal((0, 2537), (second.Calls[1].ContextFrom, second.Calls[1].NewTokens));
        Assert.Equal(second.Calls[0].Context, second.Calls[0].OutputContext);
        Assert.Equal(6000, second.SharedPrefixTokens);
        Assert.Equal(first.BlockKey(0, 9, 512), second.BlockKey(2, 9, 512));
        Assert.NotEqual(first.BlockKey(0, 12, 512), second.BlockKey(2, 12, 512));
        Assert.False(tasks.TryRead(out _));
    }

    [Fact]
    public void Chats_of_Bailian_come_after_the_pause_behind_the_answer()
    {
        const string Trace = """
            {"chat_id": 1, "parent_chat_id": -1, "timestamp": 0.0, "input_length": 30, "output_length": 10, "type": "text", "turn": 1, "hash_ids": [1, 2]}
            {"chat_id": 2, "parent_chat_id": -1, "timestamp": 5.0, "input_length": 20, "output_length": 4, "type": "text", "turn": 1, "hash_ids": [3, 4]}
            {"chat_id": 3, "parent_chat_id": 1, "timestamp": 61.5, "input_length": 60, "output_length": 7, "type": "text", "turn": 2, "hash_ids": [1, 5, 6, 7]}
            """;
        SessionTasks tasks = From(Trace, new() { SecondsToFirstToken = 0.5, SecondsPerOutputToken = 0.1 });
        Assert.True(tasks.TryRead(out AgentTask talk));
        Assert.Equal(2, talk.Calls.Length);
        Assert.Equal(60 * TraceText.Second, talk.Calls[1].ThinkPicoseconds);
        Assert.Equal((0, 20), (talk.Calls[1].Follows, talk.Calls[1].NewTokens));
        Assert.True(tasks.TryRead(out AgentTask alone));
        Assert.Equal((1, 5 * TraceText.Second), (alone.Calls.Length, alone.ArrivalPicoseconds));
        Assert.NotEqual(talk.SessionKey, alone.SessionKey);
    }

    [Fact]
    public void Sessions_of_BurstGPT_and_of_a_table_are_read()
    {
        SessionTasks burst = From("Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,7,1,GPT-4,100,20,120,Conversation log\n6,,1,GPT-4,50,5,55,API log\n30,7,1,GPT-4,150,20,170,Conversation log\n");
        Assert.Equal((2, 3), (burst.Sessions, burst.Requests));
        Assert.True(burst.TryRead(out AgentTask talk));
        Assert.Equal((5 * TraceText.Second, 25 * TraceText.Second), (talk.ArrivalPicoseconds, talk.Calls[1].ThinkPicoseconds));

        SessionTasks table = From("session,arrival_s,input_tokens,output_tokens,priority\na,0,10,5,2\nb,0.5,10,5,0\na,4,40,5,2\n");
        Assert.True(table.TryRead(out AgentTask task));
        Assert.Equal([2, 2], task.Calls.ToArray().Select(c => c.Priority));
        Assert.Equal(2, table.Sessions);
    }

    [Fact]
    public void A_table_without_a_clock_takes_arrivals_and_gaps_that_are_given()
    {
        const string Table = """
            session,turn_index,agent_depth,input_tokens,output_tokens,tokenizer_of
            0,0,0,1000,100,kimik2.5
            0,1,0,1500,50,kimik2.5
            1,0,1,700,30,kimik2.5
            0,2,0,1520,90,kimik2.5
            0,3,0,1510,90,kimik2.5
            0,4,0,400,90,kimik2.5
            """;
        ArrivalClock clock = new(ArrivalProcess.Constant, RateProfile.Constant(0.5), 1);
        SessionTasks tasks = SessionTasks.FromTable(Bytes(Table), clock, DrawnValue.Fixed(3), 1, new() { SharedPrefixTokens = 600 });
        Assert.True(tasks.TryRead(out AgentTask task));
        Assert.Equal(2 * TraceText.Second, task.ArrivalPicoseconds);
        Assert.Equal([0, 3, 3, 3, 3], task.Calls.ToArray().Select(c => c.ThinkPicoseconds / TraceText.Second));

        // kept output and new tokens; output not kept; the end cut off; a summary
        Assert.Equal([400, 400, 20, 0, 0], task.Calls.ToArray().Select(c => c.NewTokens));
        Assert.Equal([-1, 0, 1, 2, -1], task.Calls.ToArray().Select(c => c.ContextFrom));
        Assert.Equal(task.Calls[0].Context, task.Calls[0].OutputContext);
        Assert.NotEqual(task.Calls[1].Context, task.Calls[1].OutputContext);
        Assert.Equal(task.BlockKey(2, 93, 16), task.BlockKey(3, 93, 16));
        Assert.Equal(task.BlockKey(3, 24, 16), task.BlockKey(4, 24, 16));
        Assert.NotEqual(task.BlockKey(3, 25, 16), task.BlockKey(4, 25, 16));
        Assert.True(tasks.TryRead(out AgentTask other));
        Assert.Equal((4 * TraceText.Second, 1), (other.ArrivalPicoseconds, other.Calls.Length));
        Assert.False(tasks.TryRead(out _));
    }

    [Theory]
    [InlineData("input_length,output_length\n1,1\n", "clock")]
    [InlineData("arrived_at,num_prefill_tokens,num_decode_tokens\n0,1,1\n", "names no sessions")]
    public void A_trace_without_sessions_or_a_clock_is_refused_in_plain_words(string trace, string words) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => From(trace)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_wrong_line_is_named()
    {
        Assert.Equal(3, Assert.Throws<TraceFormatException>(() => From("session,arrival_s,input_tokens,output_tokens\na,0,10,5\na,x,10,5\n")).Line);
        string round = Encoding.UTF8.GetString(TraceText.Sample("tracelab-6-rounds.jsonl")).Split('\n')[0];
        TraceFormatException fault = Assert.Throws<TraceFormatException>(() => From(round.Replace("\"tool_wall_latency_ms\":860", "\"tool_wall_latency_ms\":-1", StringComparison.Ordinal)));
        Assert.Contains("tool_wall_latency_ms", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => From(round, new() { SharedPrefixTokens = -1 }));
    }

    private static SessionTasks From(string text, SessionOptions? options = null) => SessionTasks.FromTrace(Bytes(text), options);

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
