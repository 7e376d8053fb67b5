using Millwright.Applications.Tasks;

namespace Millwright.Tests.Applications.Tasks;

/// <summary>Keys of blocks against the tokens themselves: every sequence is written out token by token, and blocks have one key exactly where they hold the same tokens behind the same tokens.</summary>
public sealed class BlockKeyTests
{
    [Theory]
    [InlineData("chat", 16)]
    [InlineData("reasoning", 16)]
    [InlineData("research", 64)]
    [InlineData("browser-agent", 128)]
    [InlineData("coding-agent", 512)]
    public void Blocks_share_a_key_exactly_where_they_hold_the_same_tokens(string name, int blockTokens)
    {
        TaskLaw law = NamedWorkloadTests.Law(name);
        Dictionary<ulong, UInt128> contentOf = [];
        Dictionary<UInt128, ulong> keyOf = [];
        ulong next = 1;
        int shared = 0;
        foreach (AgentTask task in NamedWorkloadTests.Draw(law, 12))
        {
            List<ulong[]> inputs = [];
            List<ulong[]> outputs = [];
            for (int call = 0; call < task.Calls.Length; call++)
            {
                TaskCall known = task.Calls[call];
                List<ulong> input = [];
                if (known.ContextFrom >= 0)
                {
                    TaskCall from = task.Calls[known.ContextFrom];
                    input.AddRange(inputs[known.ContextFrom]);
                    input.AddRange(outputs[known.ContextFrom][(from.OutputContext == from.Context ? 0 : from.ReasoningTokens)..]);
                }
                else
                {
                    // tokens of a prefix have numbers by role and place, all others are new
                    int prefix = task.Contexts[known.Context].FromTokens;
                    input.AddRange(Enumerable.Range(0, prefix).Select(i => (1UL << 60) + ((known.Agent == 0 ? 0UL : 1UL) << 50) + (ulong)i));
                }

                input.AddRange(Enumerable.Range(0, known.NewTokens).Select(_ => next++));
                Assert.Equal(known.InputTokens, input.Count);
                inputs.Add([.. input]);
                outputs.Add([.. Enumerable.Range(0, known.OutputTokens).Select(_ => next++)]);

                ulong[] whole = [.. input, .. outputs[call]];
                var keys = new ulong[whole.Length / blockTokens];
                Assert.Equal(keys.Length, task.BlockKeys(call, blockTokens, whole.Length, keys));
                UInt128 content = 0;
                for (int block = 0; block < keys.Length; block++)
                {
                    for (int i = block * blockTokens; i < (block + 1) * blockTokens; i++)
                    {
                        content = (content ^ (content >> 67)) * 0x9E3779B97F4A7C15 + whole[i] + 1;
                    }

                    Assert.Equal(task.BlockKey(call, block, blockTokens), keys[block]);
                    shared += contentOf.ContainsKey(keys[block]) ? 1 : 0;
                    Assert.True(contentOf.TryAdd(keys[block], content) || contentOf[keys[block]] == content, $"call {call} block {block}: one key, other tokens");
                    Assert.True(keyOf.TryAdd(content, keys[block]) || keyOf[content] == keys[block], $"call {call} block {block}: the same tokens, another key");
                }
            }
        }

        Assert.True(shared > contentOf.Count / 50, "nothing was shared: the test proves little");
    }

    [Fact]
    public void A_summary_shares_the_prefix_and_nothing_else()
    {
        TaskLaw law = NamedWorkloadTests.Law("coding-agent");
        AgentTask task = NamedWorkloadTests.Draw(law, 400).First(t => t.Calls.ToArray().Any(c => c.Follows >= 0 && c.Agent == 0 && c.ContextFrom < 0));
        int cut = Array.FindIndex(task.Calls.ToArray(), c => c.Follows >= 0 && c.Agent == 0 && c.ContextFrom < 0);
        int prefix = task.SharedPrefixTokens / 16;
        Assert.Equal(task.BlockKey(0, prefix - 1, 16), task.BlockKey(cut, prefix - 1, 16));
        Assert.NotEqual(task.BlockKey(cut - 1, prefix + 1, 16), task.BlockKey(cut, prefix + 1, 16));
        Assert.True(task.Calls[cut].InputTokens < task.Calls[cut - 1].InputTokens + task.Calls[cut].NewTokens);
    }

    [Fact]
    public void A_task_that_cannot_be_is_refused()
    {
        AgentTask task = new();
        task.Begin(0, 0, 1, succeeds: true);
        Assert.Throws<InvalidOperationException>(task.Check);
        int context = task.AddContext(new TaskContext(-1, 0, 1));
        Assert.Throws<ArgumentException>(() => task.AddContext(new TaskContext(5, 0, 1)));
        Assert.Throws<ArgumentException>(() => task.AddContext(new TaskContext(-1, 3, 1)));
        Assert.Throws<ArgumentException>(() => task.AddCall(new TaskCall { Follows = -1, Context = context, OutputContext = context, InputTokens = 0, OutputTokens = 1 }));
        Assert.Throws<ArgumentException>(() => task.AddTool(new ToolUse(0, -1, 1)));
        task.AddCall(new TaskCall { Follows = 1, ContextFrom = -1, InputTokens = 1, OutputTokens = 1 });
        task.AddCall(new TaskCall { Follows = 0, ContextFrom = -1, InputTokens = 1, OutputTokens = 1 });
        Assert.Contains("circle", Assert.Throws<InvalidOperationException>(task.Check).Message, StringComparison.Ordinal);
    }
}
