using Millwright.Applications;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>Pools in the mean: what a decode replica and a prefill replica do, and the rate that closes the loop.</summary>
/// <param name="BatchPerWorker">Sequences that decode together on one decode replica.</param>
/// <param name="StepSeconds">Time between two tokens of a sequence, s.</param>
/// <param name="FirstTokenSeconds">Queue, prefill and transfer of the cache, s.</param>
/// <param name="RequestsPerSecond">Requests a second of both pools together.</param>
/// <param name="PrefillUse">Share of the time that prefill replicas work.</param>
internal readonly record struct MeanPoolsState(
    double BatchPerWorker, double StepSeconds, double FirstTokenSeconds, double RequestsPerSecond, double PrefillUse);

/// <summary>Prefill and decode on chips of their own, in the mean; the cache of a prompt moves over the links between them.</summary>
internal sealed class MeanPools
{
    private readonly StepModel _prefill;
    private readonly StepModel _decode;
    private readonly SplitPools _pools;
    private readonly RequestLengths _lengths;
    private readonly double _tokensPerStep;
    private readonly double _transferSeconds;
    private readonly StepShape _fullPrefill;

    public MeanPools(StepModel prefill, StepModel decode, SplitPools pools, RequestLengths lengths, Speculation? speculation, double linkBytesPerSecond)
    {
        _prefill = prefill;
        _decode = decode;
        _pools = pools;
        _lengths = lengths;
        _tokensPerStep = 1 + (speculation?.AcceptedTokens ?? 0);
        ParallelLayout source = prefill.Deployment.Layout;
        double bytes = prefill.SequenceBytes(lengths.MeanInputTokens) * source.StageChips / source.AttentionRanks * source.PipelineStages;
        TransferBytesPerLink = bytes / source.TensorWays;
        _transferSeconds = linkBytesPerSecond > 0 ? TransferBytesPerLink / linkBytesPerSecond : 0;

        double input = Math.Max(1, lengths.UncachedInputTokens);
        double budget = prefill.Deployment.Engine.MaxBatchedTokens;
        double piece = Math.Min(input, budget);
        double prefix = lengths.CachedShare * lengths.PrefillInputTokens + Math.Max(0, input - piece) / 2;
        int stages = source.PipelineStages;
        PromptSeconds = input / piece * prefill.Time(new StepShape(0, 0, piece, prefix, 1)).TotalSeconds;

        // full steps: as many prompts as the budget holds, on every rank and in every stage
        double perRank = Math.Max(1, Math.Floor(budget / piece)) * piece;
        int ranks = source.AttentionRanks;
        _fullPrefill = new StepShape(0, 0, perRank * ranks, prefix, perRank / piece * ranks);
        FullPrefillStep = prefill.Time(_fullPrefill);
        RequestsPerPrefillStep = perRank * ranks / input;
        double full = FullPrefillStep.TotalSeconds;
        MostRequestsPerSecond = prefill.Factors.PrefillUse * pools.PrefillWorkers * stages * (perRank * ranks / full) / input;
    }

    /// <summary>Cache of one prompt that moves over the link of one chip, bytes: the chips of a rank send their parts at once.</summary>
    public double TransferBytesPerLink { get; }

    /// <summary>Time of one prompt alone, s.</summary>
    public double PromptSeconds { get; }

    /// <summary>A step of a prefill replica that is full.</summary>
    public StepTimes FullPrefillStep { get; }

    /// <summary>Requests that a full step of a prefill replica takes in.</summary>
    public double RequestsPerPrefillStep { get; }

    /// <summary>Most requests a second that the prefill pool takes.</summary>
    public double MostRequestsPerSecond { get; }

    /// <summary>Decode steps of one request.</summary>
    public double StepsOfOutput => Math.Max(1, _lengths.MeanOutputTokens - 1) / _tokensPerStep;

    /// <summary>Most sequences that one decode replica holds.</summary>
    public double MostPerWorker
    {
        get
        {
            double pool = _decode.Memory.CachePoolBytes;
            int ranks = _decode.Deployment.Layout.AttentionRanks;
            double byMemory = pool <= 0 ? 0 : ranks * pool / _decode.SequenceBytes(_lengths.HeldTokens(_decode.Deployment.Engine.NoEvict));
            return Math.Min(byMemory, (double)ranks * _decode.Deployment.Engine.MaxSequences);
        }
    }

    /// <summary>True when the prefill replicas hold the weights and one prompt.</summary>
    public bool PrefillFits => _prefill.Memory.CachePoolBytes > _prefill.SequenceBytes(_lengths.MeanInputTokens);

    /// <summary>A step of a decode replica with a batch, which its micro-batches share.</summary>
    public StepTimes DecodeStep(double batch)
    {
        double sequences = batch / _decode.Deployment.Layout.PipelineStages;
        return _decode.Time(new StepShape(sequences, sequences * _lengths.DecodeContextTokens));
    }

    /// <summary>Mean board power of a chip of the prefill pool, W: it works on full steps for as much of the time as its engine lets it, and waits the rest.</summary>
    /// <param name="clock">Power of the chip's kernels.</param>
    /// <param name="use">Share of the rate that the pool can take.</param>
    /// <param name="capShare">Cap over the rated power.</param>
    public double PrefillWatts(OperatorClock clock, double use, double capShare = 1)
    {
        double working = Math.Min(1, use * _prefill.Factors.PrefillUse);
        return working * _prefill.MeanWatts(clock, _fullPrefill, FullPrefillStep.TotalSeconds, capShare) + (1 - working) * clock.IdleWatts;
    }

    /// <summary>Mean board power of a chip of the decode pool that always works, W.</summary>
    /// <param name="clock">Power of the chip's kernels.</param>
    /// <param name="batch">Sequences that decode together on one replica.</param>
    /// <param name="stepSeconds">Time of their step, s.</param>
    /// <param name="capShare">Cap over the rated power.</param>
    public double DecodeWatts(OperatorClock clock, double batch, double stepSeconds, double capShare = 1)
    {
        double sequences = batch / _decode.Deployment.Layout.PipelineStages;
        return _decode.MeanWatts(clock, new StepShape(sequences, sequences * _lengths.DecodeContextTokens), stepSeconds, capShare);
    }

    /// <summary>The state at a batch of each decode replica, with the prefill that it needs.</summary>
    public MeanPoolsState At(double batch)
    {
        double step = DecodeStep(batch).TotalSeconds;
        double rate = _pools.DecodeWorkers * batch / (StepsOfOutput * step);
        double use = rate / MostRequestsPerSecond;
        double wait = use < 1 ? PromptSeconds * use / (2 * (1 - use)) : double.PositiveInfinity;
        return new MeanPoolsState(batch, step, wait + PromptSeconds + _transferSeconds, Math.Min(rate, MostRequestsPerSecond), Math.Min(1, use));
    }

    /// <summary>The state of a closed loop with requests in flight over both pools.</summary>
    public MeanPoolsState AtConcurrency(double inFlight)
    {
        double low = 0;
        double high = Math.Min(inFlight / _pools.DecodeWorkers, MostPerWorker);
        for (int i = 0; i < 40 && high - low > 1e-4 * high; i++)
        {
            double batch = (low + high) / 2;
            MeanPoolsState state = At(batch);
            double held = _pools.DecodeWorkers * batch + state.RequestsPerSecond * state.FirstTokenSeconds;
            (low, high) = held <= inFlight ? (batch, high) : (low, batch);
        }

        MeanPoolsState found = At(low);

        // what decode and prefill do not hold waits before the prefill
        double first = inFlight / found.RequestsPerSecond - StepsOfOutput * found.StepSeconds;
        return found with { FirstTokenSeconds = Math.Max(found.FirstTokenSeconds, first) };
    }

    /// <summary>The state at a rate of requests; beyond what the pools can take, that of the fullest batch.</summary>
    public MeanPoolsState AtRate(double requestsPerSecond)
    {
        double low = 0;
        double high = MostPerWorker;
        if (At(high).RequestsPerSecond <= requestsPerSecond)
        {
            return At(high);
        }

        for (int i = 0; i < 30 && high - low > 1e-4 * high; i++)
        {
            double batch = (low + high) / 2;
            (low, high) = At(batch).RequestsPerSecond <= requestsPerSecond ? (batch, high) : (low, batch);
        }

        return At(low);
    }
}
