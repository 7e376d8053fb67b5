using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>
/// One replica under one stream of like requests: continuous batching in the mean. Each finished request is replaced by a new one, so that B decoding
/// sequences of O tokens
/// bring B U / O prompt tokens to each step. They come in chunks: a share of the steps carries one, the other steps only decode.
/// </summary>
internal sealed class ReplicaModel
{
    private readonly ModelArchitecture _model;
    private readonly ChipTimer _chip;
    private readonly ReplicaLayout _layout;
    private readonly ServingDemand _demand;
    private readonly EngineLimits _limits;
    private readonly StepTimer _timer;
    private readonly double _cacheBytesOfSequence;
    private readonly double _cacheBytesOfPrompt;
    private readonly double _cacheShards;

    public ReplicaModel(ModelArchitecture model, ChipTimer chip, ReplicaLayout layout, ServingDemand demand, EngineLimits limits)
    {
        _model = model;
        _chip = chip;
        _layout = layout;
        _demand = demand;
        _limits = limits;
        _timer = new StepTimer(model, chip, layout, demand.Precision);

        var lengths = demand.Lengths;
        _cacheBytesOfSequence = model.KvCacheBytes(lengths.DecodeInputTokens + lengths.DecodeOutputTokens, _timer.CacheBytesPerElement);
        _cacheBytesOfPrompt = model.KvCacheBytes(lengths.MeanInputTokens, _timer.CacheBytesPerElement);

        // tensor parallelism spreads cache heads; when there are fewer heads than chips, chips hold copies
        _cacheShards = layout.Spread == ReplicaSpread.Expert ? layout.Chips : Math.Min(layout.Chips, Math.Max(1, model.CacheHeads));

        var weights = model.WeightBytes(demand.Precision);
        var experts = model.ExpertWeightBytes(demand.Precision);
        WeightBytesPerChip = layout.Spread == ReplicaSpread.Expert ? weights - experts + experts / layout.Chips : weights / layout.Chips;
        ReserveBytesPerChip = limits.PrefillChunkTokens * model.HiddenSize * 2 * limits.ActivationRowsPerToken;
    }

    public ReplicaLayout Layout => _layout;

    /// <summary>Weights on one chip, bytes.</summary>
    public double WeightBytesPerChip { get; }

    /// <summary>Memory kept free for activations on one chip, bytes.</summary>
    public double ReserveBytesPerChip { get; }

    /// <summary>Memory of one chip that is left for the cache, bytes; below 0 when the weights do not fit.</summary>
    public double CacheRoomBytesPerChip => _chip.Peaks.MemoryBytes * _limits.MemoryShare - WeightBytesPerChip - ReserveBytesPerChip;

    /// <summary>Sequences by which a batch grows: one on each rank.</summary>
    public int Unit => _layout.SequenceRanks;

    /// <summary>Most decoding sequences whose cache fits beside the prompts in prefill: one a rank, or as many as come to each step where that is more.</summary>
    public double MostByMemory
    {
        get
        {
            var room = CacheRoomBytesPerChip * _cacheShards;
            var besideOnePrompt = (room - _layout.SequenceRanks * _cacheBytesOfPrompt) / _cacheBytesOfSequence;
            var besideAllPrompts = room / (_cacheBytesOfSequence + PromptsPerSequence * _cacheBytesOfPrompt);
            return Math.Min(besideOnePrompt, besideAllPrompts);
        }
    }

    /// <summary>Most decoding sequences that the engine's settings allow: its own bound, and one full chunk in each step to replace those that
    /// finish.</summary>
    public double MostByEngine => _layout.SequenceRanks * Math.Min(
        _limits.MaxSequencesPerRank,
        Math.Max(1, _limits.PrefillChunkTokens * _demand.Lengths.MeanOutputTokens / _demand.Lengths.UncachedInputTokens));

    // prompts in prefill for each decoding sequence, in the mean
    private double PromptsPerSequence =>
        _demand.Lengths.UncachedInputTokens / Math.Min(_demand.Lengths.UncachedInputTokens, _limits.PrefillChunkTokens) / _demand.Lengths.MeanOutputTokens;

    /// <summary>Memory used on one chip, bytes.</summary>
    public double UsedBytesPerChip(in SteadyState state) =>
        WeightBytesPerChip + ReserveBytesPerChip + (state.Batch * _cacheBytesOfSequence + state.PromptsInPrefill * _cacheBytesOfPrompt) / _cacheShards;

    /// <summary>The steady state at a batch.</summary>
    public SteadyState At(double batch)
    {
        var lengths = _demand.Lengths;
        var ranks = _layout.SequenceRanks;
        var uncached = lengths.UncachedInputTokens;

        // a rank works on whole prompts where they fit in a chunk; only when more than one prompt comes to each step does a step hold more of them
        var promptTokensPerStep = batch / ranks * uncached / lengths.MeanOutputTokens;
        var piece = Math.Min(uncached, _limits.PrefillChunkTokens);
        var chunk = Math.Max(piece, promptTokensPerStep);
        var chunkShare = promptTokensPerStep / chunk;

        var context = batch * (lengths.DecodeInputTokens + lengths.DecodeOutputTokens);
        var decode = _timer.Time(new StepShape(batch, context));

        // a prompt token looks back on the cached prefix, and on half of the uncached part in the mean; long requests weigh more
        var cachedBefore = lengths.CachedShare * lengths.PrefillInputTokens;
        var ownBefore = (1 - lengths.CachedShare) * lengths.PrefillInputTokens / 2;
        var prefix = Math.Max(0, cachedBefore + ownBefore - piece / 2);
        var mixed = _timer.Time(new StepShape(batch, context, chunk * ranks, prefix, chunk / piece * ranks));

        // the cache of a prefix is written into the chip's memory once for each request
        var load = new CallTime(
            0, 0, batch / lengths.MeanOutputTokens * lengths.CachedShare * _cacheBytesOfPrompt / _cacheShards / _chip.Peaks.MemoryBytesPerSecond);

        var mean = Blend(decode, mixed, chunkShare, load);
        var added = chunkShare * (mixed.TotalSeconds - decode.TotalSeconds);

        // cached input causes its loading, the prompt's attention to it, and its part of what decode attention reads
        var prefixShare = cachedBefore / Math.Max(double.Epsilon, cachedBefore + ownBefore);
        var cachedPrefill = chunkShare * (mixed.PrefillAttentionSeconds * prefixShare
            + mixed.PrefixExpansionSeconds * Math.Min(1, cachedBefore / Math.Max(1, prefix)));
        var reading = mean.DecodeAttentionSeconds * lengths.DecodeInputTokens / (lengths.DecodeInputTokens + lengths.DecodeOutputTokens);
        var cached = load.TotalSeconds + cachedPrefill + reading * lengths.CachedShare;
        var prefill = added - cachedPrefill + reading * (1 - lengths.CachedShare);

        // half a step until the engine turns to the prompt, then its chunks; a cached prefix comes over the scale-out link while it waits
        var fetch = _chip.Peaks.ScaleOutBytesPerSecond > 0
            ? lengths.CachedShare * _cacheBytesOfPrompt * ranks / _layout.Chips / _chip.Peaks.ScaleOutBytesPerSecond
            : 0;
        var firstToken = mean.TotalSeconds / 2 + fetch + uncached / piece * mixed.TotalSeconds;
        return new SteadyState(batch, mean, firstToken, prefill, cached, batch * PromptsPerSequence);
    }

    /// <summary>Mean power of one chip, W.</summary>
    public double ChipWatts(in SteadyState state) => _chip.MeanWatts(state.Mean.Division, _demand.Precision);

    private static StepTime Blend(in StepTime decode, in StepTime mixed, double share, CallTime load) => new(
        new CallTime(
            Mix(decode.Division.FloorSeconds, mixed.Division.FloorSeconds, share),
            Mix(decode.Division.ComputeSeconds, mixed.Division.ComputeSeconds, share),
            Mix(decode.Division.MemorySeconds, mixed.Division.MemorySeconds, share) + load.MemorySeconds),
        Mix(decode.DecodeAttentionSeconds, mixed.DecodeAttentionSeconds, share),
        share * mixed.PrefillAttentionSeconds,
        share * mixed.PrefixExpansionSeconds,
        Mix(decode.ExchangeSeconds, mixed.ExchangeSeconds, share));

    private static double Mix(double a, double b, double share) => a + share * (b - a);
}
