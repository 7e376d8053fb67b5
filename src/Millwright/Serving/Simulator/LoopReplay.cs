using Millwright.Numerics;
using Millwright.Performance;

namespace Millwright.Serving.Simulator;

/// <summary>Replays a closed loop as it was made: so many requests at the start, a new one when one ends, until all are done.</summary>
internal static class LoopReplay
{
    /// <summary>Rounds of a closed loop whose number of requests is not told: an assumption, which holds for the loops of InferenceX (10 requests for each in flight).</summary>
    private const int RoundsOfLoop = 10;

    private const int MostRequests = 20_000;

    private static readonly ulong s_bin = RandomStream.KeyOf("replay.lengths");
    private static readonly ulong s_end = RandomStream.KeyOf("replay.ends");

    /// <summary>
    /// Scatter of the output of requests that are said to be all alike, either way, where an engine decodes on while it works on prompts: an assumption. Without any, those that start in one step end
    /// in one step for ever, and wait for each other's prompts in every round; clients, tokenisers and sockets, which are not modelled, let them drift apart. An engine that stops decoding for prompts
    /// gathers them again, and gets none.
    /// </summary>
    private const double Scatter = 0.05;

    /// <summary>True for a run that can be replayed: prefill and decode together, nothing drafted, nothing cached.</summary>
    public static bool Can(ServingCase run) => run is { Load: LoadKind.ClosedLoop, Layout: not null, Pools: null, Speculation: null } && run.Lengths.CachedShare == 0;

    /// <summary>Requests in flight on a replica.</summary>
    public static int ConcurrencyOf(ServingCase run) => Math.Max(1, (int)Math.Round(run.Concurrency / run.Replicas));

    /// <summary>The requests of one replica with its share of the loop.</summary>
    /// <param name="run">The run.</param>
    /// <param name="longest">Longest request, input and output, tokens.</param>
    public static RequestTable Requests(ServingCase run, out int longest)
    {
        int requests = (int)Math.Clamp((run.Requests ?? RoundsOfLoop * run.Concurrency) / run.Replicas, 1, MostRequests);
        double scatter = run.Engine.ChunkedPrefill ? Scatter : 0;
        RandomStream random = new(0);
        RequestTable table = new();
        longest = 1;
        for (int i = 0; i < requests; i++)
        {
            (double input, double output) = (run.Lengths.MeanInputTokens, run.Lengths.MeanOutputTokens);
            if (run.Histogram is { } bins)
            {
                int bin = Math.Min(bins.InputTokens.Count - 1, (int)(random.Uniform(s_bin, i) * bins.InputTokens.Count));
                (input, output) = (bins.InputTokens[bin], bins.OutputTokens[bin]);
            }
            else
            {
                output *= 1 + scatter * (2 * random.Uniform(s_end, i) - 1);
            }

            int id = table.Add(0, Math.Max(1, (int)Math.Round(input)), Math.Max(1, (int)Math.Round(output)));
            longest = Math.Max(longest, table.InputTokens[id] + table.OutputTokens[id]);
        }

        return table;
    }

    /// <summary>Runs the loop.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">Its step, with the factors of its engine.</param>
    /// <param name="clockOf">What steps cost, given the most sequences and the longest request.</param>
    /// <returns>What happened; null where a request does not fit.</returns>
    public static FleetRun? Run(ServingCase run, StepModel step, Func<StepModel, int, int, StepClock> clockOf)
    {
        RequestTable table = Requests(run, out int longest);
        if (step.Memory.CachePoolBytes * step.Deployment.Layout.AttentionRanks < step.SequenceBytes(longest))
        {
            return null;
        }

        EnginePolicy policy = EnginePolicy.Of(step, longest);
        FleetRun done = FleetSimulator.Run(new FleetPlan(clockOf(step, policy.MaxSequences, longest), policy) { Concurrency = ConcurrencyOf(run) }, table);
        return done.Monitor.Refused > 0 ? null : done;
    }
}
