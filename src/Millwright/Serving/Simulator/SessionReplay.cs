using Millwright.Applications.Tasks;
using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>What a replay of sessions shows of its time.</summary>
/// <param name="RequestsPerSecond">Calls that ended a second.</param>
/// <param name="InputTokensPerSecond">Their input tokens a second, cached ones included.</param>
/// <param name="OutputTokensPerSecond">Their output tokens a second.</param>
/// <param name="StepSeconds">Mean over calls of their mean time per output token, s.</param>
/// <param name="FirstTokenSeconds">Times to first token in order of size, s.</param>
internal sealed record SessionReplayResult(
    double RequestsPerSecond, double InputTokensPerSecond, double OutputTokensPerSecond, double StepSeconds, IReadOnlyList<double> FirstTokenSeconds);

/// <summary>
/// Replays agentic sessions: so many under way, each a line of calls whose context grows, with the prefix cache on. All start with nothing in the cache, and the first half hour counts.
/// </summary>
internal static class SessionReplay
{
    /// <summary>
    /// Calls of a session, and the input that a call adds as a share of the mean input. Source: 220 sessions that the InferenceX AgentX benchmark (v0.3) replays: 3,727 calls, mean input 89,416 tokens, 3,476 of them new.
    /// </summary>
    private const int CallsOfSession = 17;

    private const double NewShare = 3476.0 / 89416;

    /// <summary>The runs of that benchmark last 1,800 s.</summary>
    private const double RunSeconds = 1800;

    private const int SessionsOfEach = 8;

    /// <summary>Contexts of 90,000 tokens are looked up in blocks greater than the engine's: what that leaves uncached is below 0.3 % of a prompt.</summary>
    private const int BlockTokens = 256;

    /// <summary>Memory of the host for the cache, a chip, and its link: assumptions, for rows that tell no more than that it is used (2 TB and eight PCIe 5.0 links of a node).</summary>
    private const double HostBytesOfChip = 256e9;

    private const double LinkBytesPerSecondOfChip = 50e9;

    // pauses between the calls of a session: p25, p50, p75, p90, p99 of the AgentX collection (SemiAnalysis, 13,735 sessions, until September 2026); lines between them
    private static readonly (double Share, double Seconds)[] s_gaps = [(0, 0), (0.25, 0.654), (0.5, 3.792), (0.75, 11.527), (0.9, 28.851), (0.99, 334.186), (1, 334.186)];
    private static readonly ulong s_gap = RandomStream.KeyOf("replay.gaps");

    /// <summary>Replays the sessions of one replica.</summary>
    /// <param name="run">The run, with the mean input and output of its calls.</param>
    /// <param name="step">Its step.</param>
    /// <returns>What happened; null where a call does not fit.</returns>
    public static SessionReplayResult? Run(ServingCase run, StepModel step)
    {
        int output = Math.Max(1, (int)Math.Round(run.Lengths.MeanOutputTokens));
        int added = Math.Max(1, (int)Math.Round(NewShare * run.Lengths.MeanInputTokens));
        int first = Math.Max(1, (int)Math.Round(run.Lengths.MeanInputTokens - added * (CallsOfSession - 1) / 2.0));
        int longest = first + added * (CallsOfSession - 1) + output;
        ParallelLayout layout = step.Deployment.Layout;
        if (step.Memory.CachePoolBytes * layout.AttentionRanks < step.SequenceBytes(longest))
        {
            return null;
        }

        int sessions = LoopReplay.ConcurrencyOf(run);

        // models with a state that runs along: vLLM leaves the prefix cache off unless it is asked for (vllm-project/vllm#46778), SGLang keeps few states (MambaRadixCache V1); the rule was looked for because of scored runs
        bool caches = !(step.SequenceBytes(0) > 0);
        EnginePolicy policy = EnginePolicy.Of(step, longest, blockTokens: BlockTokens) with { CachesPrefixes = caches };
        if (run.Sessions!.UsesHostMemory && policy.CachesPrefixes)
        {
            policy = policy with { Tiers = [new CacheTier("host", HostBytesOfChip * layout.Chips, LinkBytesPerSecondOfChip * layout.Chips, LinkBytesPerSecondOfChip * layout.Chips, 0)] };
        }

        FleetPlan plan = new(new StepClock(step, Math.Min(policy.MaxSequences, Math.Max(sessions, 1)), longest), policy with { MaxSequences = Math.Min(policy.MaxSequences, sessions) });
        FleetRun done = FleetSimulator.Run(new ServicePlan([plan]), new Sessions(sessions * SessionsOfEach, first, added, output), new TaskPlanner(), new TaskLoad(0, sessions));
        return Count(done.Requests);
    }

    private static SessionReplayResult? Count(RequestTable table)
    {
        long end = SimulatedTime.FromSeconds(RunSeconds);
        List<double> first = [];
        double steps = 0;
        double input = 0;
        double output = 0;
        long last = 0;
        for (int i = table.First; i < table.Count; i++)
        {
            if (table.Status[i] != RequestStatus.Finished || table.LastTokenPicoseconds[i] > end)
            {
                continue;
            }

            last = Math.Max(last, table.LastTokenPicoseconds[i]);
            first.Add(SimulatedTime.ToSeconds(table.FirstTokenPicoseconds[i] - table.ArrivalPicoseconds[i]));
            steps += SimulatedTime.ToSeconds(table.LastTokenPicoseconds[i] - table.FirstTokenPicoseconds[i]) / Math.Max(1, table.OutputTokens[i] - 1);
            input += table.InputTokens[i];
            output += table.OutputTokens[i];
        }

        if (first.Count == 0)
        {
            return null;
        }

        // where all sessions ended early the rest of the half hour is empty and does not count
        double seconds = table.Status[table.Count - 1] == RequestStatus.Finished && table.LastTokenPicoseconds[table.Count - 1] < end ? SimulatedTime.ToSeconds(last) : RunSeconds;
        first.Sort();
        return new SessionReplayResult(first.Count / seconds, input / seconds, output / seconds, steps / first.Count, first);
    }

    /// <summary>Like sessions, each with a context of its own.</summary>
    private sealed class Sessions(int count, int first, int added, int output) : ITaskStream
    {
        private readonly RandomStream _random = new(0);
        private int _next;

        public IReadOnlyList<string> ToolNames => [];

        public bool TryRead(out AgentTask task)
        {
            task = new AgentTask();
            if (_next == count)
            {
                return false;
            }

            int number = _next++;
            task.Begin(number, 0, (ulong)number + 1, succeeds: true);
            int context = task.AddContext(new TaskContext(-1, 0, (ulong)number + 1));
            for (int call = 0; call < CallsOfSession; call++)
            {
                task.AddCall(new TaskCall
                {
                    Follows = call - 1,
                    ContextFrom = call - 1,
                    Context = context,
                    OutputContext = context,
                    InputTokens = first + call * added,
                    NewTokens = call == 0 ? first : Math.Max(0, added - output),
                    OutputTokens = output,
                    ThinkPicoseconds = call == 0 ? 0 : SimulatedTime.FromSeconds(Gap((long)number * CallsOfSession + call)),
                    IsLast = call == CallsOfSession - 1,
                });
            }

            return true;
        }

        private double Gap(long draw)
        {
            double share = _random.Uniform(s_gap, draw);
            int i = 1;
            while (s_gaps[i].Share < share)
            {
                i++;
            }

            (double from, double low) = s_gaps[i - 1];
            (double to, double high) = s_gaps[i];
            return low + (high - low) * (share - from) / (to - from);
        }
    }
}
