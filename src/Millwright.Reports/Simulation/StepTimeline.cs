using System.Text.Json;
using Millwright.Serving.Simulator;

namespace Millwright.Reports.Simulation;

/// <summary>
/// Writes the steps of replicas as a trace that chrome://tracing and Perfetto open: one track a replica with its steps as complete events, and counters of
/// running and waiting requests and of the cache. Format: Trace Event Format (Google, 2016), JSON object form; times in microseconds.
/// </summary>
public static class StepTimeline
{
    private const long Microsecond = 1_000_000;

    /// <summary>Writes the trace.</summary>
    /// <param name="replicas">Replicas that kept their steps.</param>
    /// <param name="name">Name of the process, such as the model and the system.</param>
    /// <param name="cacheBlocks">Cache blocks of a replica.</param>
    /// <param name="stream">Where the bytes go.</param>
    /// <returns>Entries left out, since a replica kept no more.</returns>
    public static long Write(IReadOnlyList<ReplicaMonitor> replicas, string name, long cacheBlocks, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(stream);
        ByteText text = new(stream);
        text.Add("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"u8);
        text.Add("{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\""u8).Add(JsonEncodedText.Encode(name).ToString()).Add("\"}}"u8);
        long leftOut = 0;
        for (int i = 0; i < replicas.Count; i++)
        {
            text.Add(",\n{\"ph\":\"M\",\"pid\":1,\"tid\":"u8).Add(i).Add(",\"name\":\"thread_name\",\"args\":{\"name\":\"replica "u8).Add(i).Add("\"}}"u8);
            if (replicas[i].Steps is { } log)
            {
                Steps(text, i, log, cacheBlocks);
                leftOut += log.LeftOut;
            }
        }

        text.Add("\n]}\n"u8).Flush();
        return leftOut;
    }

    private static void Steps(ByteText text, int replica, StepLog log, long cacheBlocks)
    {
        (int Running, int Waiting, long Permille) last = (-1, -1, -1);
        foreach (StepEntry step in log.Entries)
        {
            text.Add(step.PromptTokens > 0 ? ",\n{\"ph\":\"X\",\"cat\":\"step\",\"name\":\"prompts\""u8 : ",\n{\"ph\":\"X\",\"cat\":\"step\",\"name\":\"decode\""u8);
            text.Add(",\"pid\":1,\"tid\":"u8).Add(replica).Add(",\"ts\":"u8).AddTime(step.FromPicoseconds, Microsecond, 0).Add(",\"dur\":"u8).AddTime(step.Picoseconds, Microsecond, 0);
            text.Add(",\"args\":{\"steps\":"u8).Add(step.Steps).Add(",\"decoding\":"u8).Add(step.Decoding).Add(",\"prompt_tokens\":"u8).Add(step.PromptTokens);
            text.Add(",\"cache_blocks\":"u8).Add(step.Blocks).Add("}}"u8);

            // a counter holds until its next value
            long permille = cacheBlocks > 0 ? step.Blocks * 1000 / cacheBlocks : 0;
            if ((step.Running, step.Waiting) != (last.Running, last.Waiting))
            {
                Counter(text, replica, " requests"u8, step.FromPicoseconds);
                text.Add("\"running\":"u8).Add(step.Running).Add(",\"waiting\":"u8).Add(step.Waiting).Add("}}"u8);
            }

            if (permille != last.Permille)
            {
                Counter(text, replica, " cache"u8, step.FromPicoseconds);
                text.Add("\"percent\":"u8).AddTime(permille, 10, 0).Add("}}"u8);
            }

            last = (step.Running, step.Waiting, permille);
        }
    }

    private static void Counter(ByteText text, int replica, ReadOnlySpan<byte> what, long picoseconds) =>
        text.Add(",\n{\"ph\":\"C\",\"pid\":1,\"name\":\"replica "u8).Add(replica).Add(what).Add("\",\"ts\":"u8).AddTime(picoseconds, Microsecond, 0).Add(",\"args\":{"u8);
}
