using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>The search on one system under one engine.</summary>
internal sealed class SystemSearch
{
    /// <summary>Chips of a system that is a single chip: what one host commonly holds.</summary>
    private const int ChipsOfAHost = 8;

    private readonly SearchRequest _request;
    private readonly ErrorBand _band;
    private readonly int _threads;
    private CompiledDeployments? _compiled;

    public SystemSearch(SearchChip chip, SystemOffer offer, SearchRequest request, ErrorBand band, int threads)
    {
        Chip = chip;
        Offer = offer;
        _request = request;
        _band = band;
        _threads = threads;
        (SearchGoal? goal, Fault) = GoalOf(offer, request);
        Goal = goal ?? default;
        MostReplicaChips = Math.Min(
            request.Space.MostReplicaChips,
            Goal.ChipsAtHand ?? Math.Max(2 * ChipsOfAHost, chip.Peaks.ScaleUpDomain));
    }

    public SearchChip Chip { get; }

    public SystemOffer Offer { get; }

    public SearchGoal Goal { get; }

    public int MostReplicaChips { get; }

    /// <summary>Why this system cannot be searched, in words; empty when it can.</summary>
    public string Fault { get; }

    public TogetherSearch? Together { get; private set; }

    public ApartSearch? Apart { get; private set; }

    public ApartSearch? Split { get; private set; }

    /// <summary>The search that a spot of pools apart or split comes from.</summary>
    public ApartSearch PoolsOf(in Spot spot) => (spot.Kind == PoolKind.Split ? Split : Apart)!;

    public CompiledDeployments Compiled => _compiled!;

    public ParetoFront Front { get; } = new();

    public Spot? Best { get; private set; }

    public Spot? MostFrugal { get; private set; }

    public double? UsdPerMillion(in Spot spot) => Offer.UsdPerChipHour is { } price
        ? price / 3600 / Goal.OutputPerChip(spot.Chips, spot.RequestsPerSecond) * 1e6
        : null;

    public void Run() => Run(null);

    /// <summary>True when the first is the better answer: more output for a chip, or fewer chips for the rate; for a power more output in all, since
    /// systems and caps differ in the chips that it feeds.</summary>
    public static bool IsBetter(SystemSearch a, in Spot spotA, SystemSearch b, in Spot spotB)
    {
        if (a._request.PowerWatts is not null && a.Goal.ChipsAtHand is { } chipsA && b.Goal.ChipsAtHand is { } chipsB && chipsA != chipsB)
        {
            double allA = spotA.PerChip * chipsA;
            double allB = spotB.PerChip * chipsB;
            if (allA != allB)
            {
                return allA > allB;
            }
        }

        return TogetherSearch.IsBetter(a.Goal, spotA, spotB);
    }

    /// <summary>What was found for another search holds for this one too: for one whose difference no deployment feels.</summary>
    public void Take(SystemSearch same)
    {
        _compiled = same._compiled;
        Together = same.Together;
        Apart = same.Apart;
        Best = same.Best;
        MostFrugal = same.MostFrugal;
        Take(same.Front, null);
        IsTaken = true;
    }

    /// <summary>True when it is another search with another price.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>What pools apart must do to matter.</summary>
    public SearchNeeds Needs { get; set; } = SearchNeeds.None;

    /// <summary>Most chips of one replica, or of one unit of pools apart.</summary>
    public int MostUnitChips => Math.Max(MostReplicaChips, _request.Space.Apart ? Math.Min(_request.Space.MostReplicaChips, Goal.ChipsAtHand ?? int.MaxValue) : 0);

    /// <summary>Runs the search on deployments that were compiled before, or compiles them.</summary>
    public void Run(CompiledDeployments? compiled)
    {
        _compiled = compiled ?? CompiledDeployments.Make(
            _request.Model,
            Chip,
            _request.Precisions ?? PrecisionOptions.All(_request.Model, Chip.Peaks),
            MostReplicaChips,
            _request.Space,
            _request.Speculation?.DraftTokens ?? 0,
            _threads,
            _request.RoutingSkew);
        if (_request.Space.Together)
        {
            Together = new TogetherSearch(_compiled, _request, Goal, _threads);
            Together.Run();
            Take(Together.Front, Together.MostFrugal);
            foreach (Spot? best in Together.BestOfCandidate)
            {
                TakeBest(best);
            }
        }

        if ((Goal.ChipsAtHand ?? int.MaxValue) > 1)
        {
            Apart = _request.Space.Apart ? RunPools(PoolKind.Apart) : null;
            Split = _request.Space.Split ? RunPools(PoolKind.Split) : null;
        }
    }

    private ApartSearch RunPools(PoolKind kind)
    {
        ApartSearch search = new(_compiled!, _request, Goal, Math.Min(_request.Space.MostReplicaChips, Goal.ChipsAtHand ?? int.MaxValue), _threads, kind) { Needs = Needs };
        search.Run();
        Take(search.Front, search.MostFrugal);
        TakeBest(search.Best);
        return search;
    }

    /// <summary>The point of a spot, with what stops it and where its time goes.</summary>
    public SearchPoint PointOf(in Spot spot) => spot.Kind == PoolKind.Together ? TogetherPoint(spot) : ApartPoint(spot);

    private void Take(ParetoFront front, Spot? frugal)
    {
        foreach (Spot spot in front)
        {
            Front.Add(spot);
        }

        MostFrugal = frugal is { } f ? TogetherSearch.MoreFrugal(MostFrugal, f) : MostFrugal;
    }

    private void TakeBest(Spot? spot)
    {
        if (spot is { } s)
        {
            Best = Best is { } best && !TogetherSearch.IsBetter(Goal, s, best) ? best : s;
        }
    }

    private static (SearchGoal?, string) GoalOf(SystemOffer offer, SearchRequest request)
    {
        double output = request.Lengths.MeanOutputTokens;
        if (request.RequestsPerSecond is { } rate)
        {
            return (new SearchGoal(null, rate, output), "");
        }

        if (request.PowerWatts is not { } watts)
        {
            int system = offer.System.ChipsPerSystem > 1 ? offer.System.ChipsPerSystem : ChipsOfAHost;
            return (new SearchGoal(request.Chips ?? system, null, output), "");
        }

        if (offer.WattsPerChip is not { } perChip)
        {
            return (null, $"{offer.System.Name}: no power of a chip with all that it needs is known, so that a power cannot be turned into chips");
        }

        double chips = Math.Floor(watts / perChip);
        return chips >= 1
            ? (new SearchGoal((int)Math.Min(chips, 1e8), null, output), "")
            : (null, FormattableString.Invariant($"{offer.System.Name}: {watts:0} W does not feed one chip of {perChip:0} W"));
    }

    private SearchPoint TogetherPoint(in Spot spot)
    {
        TogetherCandidate candidate = Together!.Candidates[spot.Index];
        MeanMix mix = candidate.Replica.MixAt(spot.Batch);
        double tokensPerStep = spot.RequestsPerSecond * mix.Step.TurnSeconds * _request.Lengths.MeanOutputTokens;
        double scale = spot.Chips / tokensPerStep;
        TokenChipTime busy = TokenChipTime.Of(mix.Decode, mix.DecodeWeight * scale).Plus(TokenChipTime.Of(mix.Prompt, mix.PromptWeight * scale));
        ReplicaLoad next = candidate.At(spot.Batch + candidate.Unit);
        (BatchLimit limit, string detail) = next switch
        {
            { Batch: var batch } when batch > candidate.MostByEngine => (BatchLimit.Engine, $"the engine runs no more than {candidate.Step.Deployment.Engine.MaxSequences} sequences on a rank"),
            { Holds: false } => (BatchLimit.Memory, "the cache of one more sequence does not fit"),
            { TokenSeconds: var seconds } when seconds > _request.TimePerOutputTokenLimitSeconds =>
                (BatchLimit.TimePerOutputToken, FormattableString.Invariant($"one more sequence takes {seconds * 1e3:0.0} ms per output token")),
            { FirstTokenSeconds: var seconds } when seconds > _request.TimeToFirstTokenLimitSeconds =>
                (BatchLimit.TimeToFirstToken, FormattableString.Invariant($"one more sequence takes {seconds:0.00} s to its first token")),
            _ => (BatchLimit.Engine, "larger batches make no more"),
        };
        return Point(spot, candidate.Step.Deployment.Engine, candidate.Deployment.Precision, candidate.Layout, null, busy) with { Limit = limit, LimitDetail = detail };
    }

    private SearchPoint ApartPoint(in Spot spot)
    {
        PrefillWorker prefill = PoolsOf(spot).PrefillWorkers[spot.Index];
        DecodeWorker decode = PoolsOf(spot).DecodeWorkers[spot.Other];
        ParallelLayout prefillLayout = prefill.Deployment.Layout;
        StepModel prefillStep = prefill.Deployment.Step.With(Chip.SettingsOf(prefillLayout.TensorWays, prefill.TokenBudget));
        MeanPools pools = new(prefillStep, decode.Deployment.Step, new SplitPools(1, prefillLayout, 1, decode.Deployment.Layout), _request.Lengths, _request.Speculation, 0);
        double output = _request.Lengths.MeanOutputTokens;
        double prefillScale = prefillLayout.StageChips / (pools.RequestsPerPrefillStep * output);
        StepTimes decodeStep = pools.DecodeStep(decode.Batch);
        TokenChipTime decoding = decode.Split is { } apart
            ? SplitWorkers.ChipTime(apart, decode.Batch, _request.Lengths, decode.RequestsPerSecond * output)
            : TokenChipTime.Of(decodeStep, decode.Chips / (decode.RequestsPerSecond * decodeStep.TotalSeconds * output));
        TokenChipTime busy = TokenChipTime.Of(pools.FullPrefillStep, prefillScale).Plus(decoding);
        bool prefillBinds = spot.RequestsPerSecond < spot.DecodeWorkers * decode.RequestsPerSecond * (1 - 1e-9);
        SplitPools split = new(spot.PrefillWorkers, prefillLayout, spot.DecodeWorkers, decode.Layout) { DecodeSplit = decode.Split?.Layout };
        (BatchLimit limit, string detail) = prefillBinds
            ? (BatchLimit.TimeToFirstToken, "the prefill pool takes no more requests in time")
            : (BatchLimit.TimePerOutputToken, "the decode pool makes no more at this time per output token");
        return Point(spot, Chip.SettingsOf(prefillLayout.TensorWays, prefill.TokenBudget), decode.Deployment.Precision, decode.Layout, split, busy) with
        {
            Limit = limit,
            LimitDetail = detail,
        };
    }

    private SearchPoint Point(
        in Spot spot, EngineSettings engine, PrecisionPlan precision, ParallelLayout layout, SplitPools? pools, in TokenChipTime busy)
    {
        int replicas = Goal.Replicas(spot.Chips, spot.RequestsPerSecond);
        double perChip = Goal.OutputPerChip(spot.Chips, spot.RequestsPerSecond);
        return new SearchPoint
        {
            System = Offer.System,
            Variant = Offer.Variant,
            Engine = engine,
            Precision = precision,
            Layout = layout,
            Pools = pools,
            Replicas = replicas,
            Chips = Goal.ChipsPaid(spot.Chips, spot.RequestsPerSecond),
            BatchPerReplica = spot.Batch,
            TimePerOutputTokenSeconds = spot.TokenSeconds,
            TimeToFirstTokenSeconds = spot.FirstTokenSeconds,
            RequestsPerSecond = Goal.RequestsPerSecond ?? replicas * spot.RequestsPerSecond,
            OutputTokensPerChipSecond = perChip,
            JoulesPerOutputToken = spot.JoulesPerToken,
            UsdPerMillionOutputTokens = UsdPerMillion(spot),
            Band = _band,
            ChipTime = busy with { IdleSeconds = Math.Max(0, 1 / perChip - busy.TotalSeconds) },
        };
    }
}
