using Millwright.Applications;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>What was chosen for a workload.</summary>
/// <param name="Point">What a chip makes of it.</param>
/// <param name="Step">What a step of the chosen replica costs: its model, system, layout and engine; null where nothing meets the limits.</param>
public readonly record struct ChosenDeployment(ServingPoint Point, StepModel? Step);

/// <summary>
/// The search as a plan asks it again and again: one model on one system at one precision, compiled once, for any lengths and limits. It looks at
/// <see cref="SearchSpace.Plan"/>, a stated part of all deployments.
/// </summary>
public sealed class WorkloadSearch
{
    private readonly CompiledDeployments _compiled;
    private readonly ErrorBand _band;
    private readonly string _remark;

    internal WorkloadSearch(CompiledDeployments compiled, ErrorBand band, OperandPrecision asked)
    {
        _compiled = compiled;
        _band = band;
        _remark = RemarkOf(compiled.Chip, asked);
    }

    /// <summary>One-sided relative error (p90) of the throughput, as a fraction.</summary>
    public double ErrorBand => Math.Max(_band.High, 1 / _band.Low) - 1;

    /// <summary>The best point of a workload.</summary>
    /// <param name="lengths">Request lengths.</param>
    /// <param name="firstTokenSeconds">Greatest mean time to first token, s.</param>
    /// <param name="perTokenSeconds">Greatest mean time per output token, s.</param>
    /// <returns>The point; one with <see cref="BatchLimit.Infeasible"/> and the reason in words when nothing meets the limits.</returns>
    public ServingPoint Find(RequestLengths lengths, double firstTokenSeconds, double perTokenSeconds) => Choose(lengths, firstTokenSeconds, perTokenSeconds).Point;

    /// <summary>The best point of a workload, with what its steps cost.</summary>
    /// <param name="lengths">Request lengths.</param>
    /// <param name="firstTokenSeconds">Greatest mean time to first token, s.</param>
    /// <param name="perTokenSeconds">Greatest mean time per output token, s.</param>
    /// <returns>The point and the deployment behind it; no deployment, and the reason in words, when nothing meets the limits.</returns>
    public ChosenDeployment Choose(RequestLengths lengths, double firstTokenSeconds, double perTokenSeconds)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        SearchRequest request = new()
        {
            Model = _compiled.Model,
            Lengths = lengths,
            TimeToFirstTokenLimitSeconds = firstTokenSeconds,
            TimePerOutputTokenLimitSeconds = perTokenSeconds,
            Space = SearchSpace.Plan,
        };
        if (request.Fault is { Length: > 0 } fault)
        {
            return new ChosenDeployment(Infeasible(fault), null);
        }

        TogetherSearch search = new(_compiled, request, new SearchGoal(null, null, lengths.MeanOutputTokens), 1);
        search.Run();
        Spot? best = null;
        foreach (Spot? candidate in search.BestOfCandidate)
        {
            if (candidate is { } spot && (best is not { } known || spot.PerChip > known.PerChip))
            {
                best = spot;
            }
        }

        return best is { } found
            ? new ChosenDeployment(PointOf(search.Candidates[found.Index], found, request), search.Candidates[found.Index].Step)
            : new ChosenDeployment(Infeasible(search, request), null);
    }

    private ServingPoint PointOf(TogetherCandidate candidate, in Spot spot, SearchRequest request)
    {
        RequestLengths lengths = request.Lengths;
        MeanMix mix = candidate.Replica.MixAt(spot.Batch);
        double mean = mix.Step.TurnSeconds;
        double requestsPerChip = spot.RequestsPerSecond / spot.Chips;

        // what prompts add to the steps that hold them; cached input causes their attention to it, and its part of what decode attention reads
        double added = mean - (mix.DecodeWeight + (candidate.Step.Deployment.Engine.ChunkedPrefill ? mix.PromptShare : 0)) * mix.Decode.TotalSeconds;
        double cachedBefore = lengths.CachedShare * lengths.PrefillInputTokens;
        double prefixShare = Math.Min(1, cachedBefore / Math.Max(1, mix.PrefixTokens + candidate.TokenBudget / 2.0));
        double cachedPrefill = Math.Min(Math.Max(0, added), mix.PromptWeight * mix.Prompt.PrefillAttention.TotalSeconds * prefixShare);
        double reading = mix.Decode.DecodeAttention.TotalSeconds * lengths.DecodeInputTokens / lengths.DecodeContextTokens;
        double cached = cachedPrefill + reading * lengths.CachedShare;
        double prefill = Math.Max(0, added) - cachedPrefill + reading * (1 - lengths.CachedShare);
        ReplicaLoad next = candidate.At(spot.Batch + candidate.Unit);
        BatchLimit limit = next.Batch > candidate.MostByEngine ? BatchLimit.Engine
            : !next.Holds ? BatchLimit.Memory
            : next.TokenSeconds > request.TimePerOutputTokenLimitSeconds ? BatchLimit.TimePerOutputToken
            : next.FirstTokenSeconds > request.TimeToFirstTokenLimitSeconds ? BatchLimit.TimeToFirstToken
            : BatchLimit.Engine;
        MemoryPlan memory = candidate.Step.Memory;
        double cacheUse = Math.Min(1, spot.Batch * (1 + mix.Step.FirstTokenSeconds / (candidate.Replica.StepsOfOutput * mean)) / candidate.MostByMemory);
        return new ServingPoint(
            requestsPerChip * lengths.MeanOutputTokens,
            requestsPerChip * lengths.UncachedInputTokens,
            requestsPerChip * lengths.CachedInputTokens,
            prefill / mean,
            cached / mean,
            1 - (prefill + cached) / mean,
            spot.FirstTokenSeconds,
            spot.TokenSeconds,
            spot.Batch,
            spot.Chips,
            memory.WeightBytes + memory.ActivationBytes + memory.RuntimeBytes + cacheUse * memory.CachePoolBytes,
            spot.JoulesPerToken * requestsPerChip * lengths.MeanOutputTokens,
            limit,
            _remark,
            ErrorBand);
    }

    private ServingPoint Infeasible(TogetherSearch search, SearchRequest request)
    {
        Spot? nearest = null;
        double miss = double.PositiveInfinity;
        foreach (Spot? least in search.LeastOfCandidate)
        {
            if (least is { } spot)
            {
                double own = Math.Max(spot.TokenSeconds / request.TimePerOutputTokenLimitSeconds, spot.FirstTokenSeconds / request.TimeToFirstTokenLimitSeconds);
                (nearest, miss) = own < miss ? (spot, own) : (nearest, miss);
            }
        }

        if (nearest is not { } near)
        {
            return Infeasible($"{_compiled.Model.Id} does not fit on one scale-up domain of {_compiled.Chip.System.Name} with room for the cache of a request");
        }

        return Infeasible(near.TokenSeconds / request.TimePerOutputTokenLimitSeconds >= near.FirstTokenSeconds / request.TimeToFirstTokenLimitSeconds
            ? FormattableString.Invariant($"even one request a rank takes {near.TokenSeconds * 1e3:0.##} ms per output token, prefill of its successors included; the limit is {request.TimePerOutputTokenLimitSeconds * 1e3:0.##} ms")
            : FormattableString.Invariant($"even one request a rank takes {near.FirstTokenSeconds:0.###} s to its first token; the limit is {request.TimeToFirstTokenLimitSeconds:0.###} s"));
    }

    private static ServingPoint Infeasible(string reason) => new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, BatchLimit.Infeasible, reason, 0);

    // what a reader should know of a point: borrowed operator times, and operands wider than was asked for
    private static string RemarkOf(SearchChip chip, OperandPrecision asked)
    {
        string borrowed = chip.Lender.Distance == CurveDistance.Measured ? "" : $"operator times borrowed from {chip.Lender.SystemId}";
        OperandPrecision used = chip.Peaks.Multiplies(asked);
        if (used == asked)
        {
            return borrowed;
        }

        string wider = $"weights stored in {PrecisionOptions.NameOf(asked)} are multiplied in {PrecisionOptions.NameOf(used)}, the narrowest that the chip has";
        return borrowed.Length == 0 ? wider : $"{borrowed}; {wider}";
    }
}
