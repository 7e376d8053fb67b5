using System.Numerics;
using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>
/// What a replica did, in whole numbers, so that leaps and steps leave the same: times by the number of decoding sequences, prompt steps by their size,
/// and quantiles of latencies. Monitors of replicas add up.
/// </summary>
public sealed class ReplicaMonitor
{
    private const int PromptSizes = 24;

    private readonly StepTally[] _decode;
    private readonly StepTally[] _prompt = new StepTally[PromptSizes];
    private readonly (long ToFirst, long PerToken)[] _longest;

    /// <summary>An empty monitor.</summary>
    /// <param name="mostSequences">Most sequences that decode at once.</param>
    /// <param name="series">Where the course of the queue goes; null for nowhere.</param>
    /// <param name="steps">Where single steps go; null for nowhere.</param>
    /// <param name="limits">Limits of the requests that count as good, by class; a class beyond the last has the last one's. Null for none.</param>
    public ReplicaMonitor(int mostSequences, StateSeries? series = null, StepLog? steps = null, IReadOnlyList<ServiceLimits>? limits = null)
    {
        limits ??= [ServiceLimits.None];
        _longest = new (long, long)[limits.Count];
        for (int i = 0; i < _longest.Length; i++)
        {
            _longest[i] = (ServiceLimits.LongestWithin(limits[i].TimeToFirstTokenSeconds), ServiceLimits.LongestWithin(limits[i].TimePerOutputTokenSeconds));
        }

        _decode = new StepTally[mostSequences + 1];
        Series = series;
        Steps = steps;
    }

    /// <summary>The course of queue, batch and cache; null where it was not asked for.</summary>
    public StateSeries? Series { get; }

    /// <summary>Steps one by one; null where they were not asked for.</summary>
    public StepLog? Steps { get; }

    /// <summary>Steps that only decode, by the number of their sequences.</summary>
    public ReadOnlySpan<StepTally> DecodeSteps => _decode;

    /// <summary>Steps with prompts, by the logarithm of their prompt tokens.</summary>
    public ReadOnlySpan<StepTally> PromptSteps => _prompt;

    /// <summary>Time to first token of finished requests, ps.</summary>
    public QuantileSketch TimeToFirstToken { get; } = new();

    /// <summary>Mean time per output token after the first of finished requests, ps.</summary>
    public QuantileSketch TimePerOutputToken { get; } = new();

    /// <summary>Time between two tokens of a request, each of them, ps.</summary>
    public QuantileSketch InterTokenLatency { get; } = new();

    /// <summary>Time from arrival to last token of finished requests, ps.</summary>
    public QuantileSketch EndToEnd { get; } = new();

    /// <summary>Time from arrival to the first step of finished requests, ps.</summary>
    public QuantileSketch Queueing { get; } = new();

    /// <summary>Time in steps, ps.</summary>
    public WideInteger BusyPicoseconds => Sum(static tally => tally.Picoseconds);

    /// <summary>Running requests x time, ps.</summary>
    public WideInteger RunningPicoseconds { get; private set; }

    /// <summary>Tokens that steps attend to and add, x their time, ps: what the cache holds of running requests.</summary>
    public WideInteger TokenPicoseconds { get; private set; }

    /// <summary>Prompt tokens computed, those computed again included.</summary>
    public long PromptTokens => (long)Sum(static tally => tally.PromptTokens);

    /// <summary>Tokens made, those of requests that are not finished included.</summary>
    public long MadeTokens { get; private set; }

    /// <summary>Input tokens of finished requests.</summary>
    public long FinishedInputTokens { get; private set; }

    /// <summary>Output tokens of finished requests.</summary>
    public long FinishedOutputTokens { get; private set; }

    /// <summary>Finished requests.</summary>
    public long Finished => EndToEnd.Count;

    /// <summary>Finished requests that met the limits.</summary>
    public long Good { get; private set; }

    /// <summary>Refused requests, for whatever reason.</summary>
    public long Refused { get; private set; }

    /// <summary>Those of them that found too many others waiting.</summary>
    public long Shed { get; private set; }

    /// <summary>Those of them that waited too long.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Prompt tokens that were not computed since the cache held them.</summary>
    public long CachedTokens { get; private set; }

    /// <summary>Those of them that came from memory behind the cache.</summary>
    public long FetchedTokens { get; private set; }

    /// <summary>Input tokens of refused requests.</summary>
    public long RefusedInputTokens { get; private set; }

    /// <summary>How often a request was set back.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Greatest number of requests that waited at once.</summary>
    public int MostWaiting { get; private set; }

    /// <summary>Greatest number of cache blocks in use.</summary>
    public long MostBlocks { get; private set; }

    /// <summary>Time of the last token, ps.</summary>
    public long LastPicoseconds { get; private set; }

    /// <summary>Steps of any kind.</summary>
    public long StepCount => (long)Sum(static tally => tally.Steps);

    internal void Decode(long from, long first, long growth, long steps, long duration, int decoding, long made, long context, long stalled, int running, int waiting, long blocks)
    {
        // sums over the steps i of their contexts, context + i decoding, and of these x first + i growth, in whole numbers
        long pairs = WideInteger.Pairs(steps);
        long increment = growth * decoding;
        _decode[decoding].Add(new StepTally(steps, duration, decoding * steps, WideInteger.Progression(context, decoding, steps), 0, 0));
        MadeTokens += made;
        TokenPicoseconds += WideInteger.Product(context, first) * steps + (WideInteger.Product(context, growth) + WideInteger.Product(decoding, first)) * pairs
            + WideInteger.Product(pairs, 2 * steps - 1).DividedBy(3) * increment;
        if (stalled > 0)
        {
            InterTokenLatency.Add(first + stalled, decoding);
            InterTokenLatency.Add(first + growth, growth, steps - 1, decoding);
        }
        else
        {
            InterTokenLatency.Add(first, growth, steps, decoding);
        }

        Common(from, duration, running, waiting, blocks);
        Steps?.Add(new StepEntry(from, duration, steps, decoding, 0, running, waiting, blocks));
    }

    internal void Prompts(long from, long duration, int decoding, long made, long context, int tokens, int prompts, int running, int waiting, long blocks)
    {
        _prompt[BitOperations.Log2((uint)tokens)].Add(new StepTally(1, duration, decoding, context, tokens, prompts));
        TokenPicoseconds += WideInteger.Product(context + tokens, duration);
        MadeTokens += made;
        if (decoding > 0)
        {
            InterTokenLatency.Add(duration, decoding);
        }

        Common(from, duration, running, waiting, blocks);
        Steps?.Add(new StepEntry(from, duration, 1, decoding, tokens, running, waiting, blocks));
    }

    private void Common(long from, long duration, int running, int waiting, long blocks)
    {
        RunningPicoseconds += WideInteger.Product(running, duration);
        MostWaiting = Math.Max(MostWaiting, waiting);
        MostBlocks = Math.Max(MostBlocks, blocks);
        Series?.Add(from, duration, running, waiting, blocks);
    }

    private WideInteger Sum(Func<StepTally, WideInteger> part)
    {
        WideInteger sum = 0;
        foreach (StepTally tally in _decode)
        {
            sum += part(tally);
        }

        foreach (StepTally tally in _prompt)
        {
            sum += part(tally);
        }

        return sum;
    }

    internal void MakeFirst() => MadeTokens++;

    internal void Preempt() => Preemptions++;

    internal void Reuse(int tokens) => CachedTokens += tokens;

    internal void Fetch(int tokens) => FetchedTokens += tokens;

    internal void Refuse(int inputTokens, RequestStatus status)
    {
        Refused++;
        Shed += status == RequestStatus.Shed ? 1 : 0;
        GivenUp += status == RequestStatus.GivenUp ? 1 : 0;
        RefusedInputTokens += inputTokens;
    }

    internal void Finish(int id, RequestTable table)
    {
        (long arrival, long first, long last) = (table.ArrivalPicoseconds[id], table.FirstTokenPicoseconds[id], table.LastTokenPicoseconds[id]);
        int output = table.OutputTokens[id];
        FinishedInputTokens += table.InputTokens[id];
        FinishedOutputTokens += output;
        TimeToFirstToken.Add(first - arrival);
        EndToEnd.Add(last - arrival);
        Queueing.Add(table.ScheduledPicoseconds[id] - arrival);
        long perToken = 0;
        if (output > 1)
        {
            perToken = (last - first) / (output - 1);
            TimePerOutputToken.Add(perToken);
        }

        ref readonly (long ToFirst, long PerToken) longest = ref _longest[Math.Min(table.ClassOf(id), _longest.Length - 1)];
        Good += first - arrival <= longest.ToFirst && perToken <= longest.PerToken ? 1 : 0;
        LastPicoseconds = Math.Max(LastPicoseconds, last);
    }

    /// <summary>Adds what another replica did.</summary>
    /// <param name="other">The other, made for no more sequences.</param>
    public void Merge(ReplicaMonitor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < other._decode.Length; i++)
        {
            _decode[i].Add(other._decode[i]);
        }

        for (int i = 0; i < PromptSizes; i++)
        {
            _prompt[i].Add(other._prompt[i]);
        }

        TimeToFirstToken.Merge(other.TimeToFirstToken);
        TimePerOutputToken.Merge(other.TimePerOutputToken);
        InterTokenLatency.Merge(other.InterTokenLatency);
        EndToEnd.Merge(other.EndToEnd);
        Queueing.Merge(other.Queueing);
        RunningPicoseconds += other.RunningPicoseconds;
        TokenPicoseconds += other.TokenPicoseconds;
        MadeTokens += other.MadeTokens;
        FinishedInputTokens += other.FinishedInputTokens;
        FinishedOutputTokens += other.FinishedOutputTokens;
        Good += other.Good;
        Refused += other.Refused;
        RefusedInputTokens += other.RefusedInputTokens;
        Shed += other.Shed;
        GivenUp += other.GivenUp;
        CachedTokens += other.CachedTokens;
        FetchedTokens += other.FetchedTokens;
        Preemptions += other.Preemptions;
        MostWaiting = Math.Max(MostWaiting, other.MostWaiting);
        MostBlocks = Math.Max(MostBlocks, other.MostBlocks);
        LastPicoseconds = Math.Max(LastPicoseconds, other.LastPicoseconds);
        Series?.Merge(other.Series!);
    }
}

/// <summary>Steps of one kind, summed.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Picoseconds">Their time, ps.</param>
/// <param name="Sequences">Decoding sequences, summed over steps.</param>
/// <param name="ContextTokens">Their contexts, summed over steps.</param>
/// <param name="PromptTokens">Prompt tokens.</param>
/// <param name="Prompts">Prompts, one each time that a part of it was in a step.</param>
public record struct StepTally(long Steps, WideInteger Picoseconds, long Sequences, WideInteger ContextTokens, long PromptTokens, long Prompts)
{
    internal void Add(in StepTally other)
    {
        Steps += other.Steps;
        Picoseconds += other.Picoseconds;
        Sequences += other.Sequences;
        ContextTokens += other.ContextTokens;
        PromptTokens += other.PromptTokens;
        Prompts += other.Prompts;
    }
}
