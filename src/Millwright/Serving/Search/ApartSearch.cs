using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>A replica of the prefill pool.</summary>
/// <param name="Deployment">Layout and precision.</param>
/// <param name="TokenBudget">Most tokens of a step on a rank.</param>
/// <param name="RequestsPerSecond">Most requests a second.</param>
/// <param name="PromptSeconds">Time of one prompt alone, s.</param>
/// <param name="TransferBytes">Cache of a prompt that moves over one chip's link, bytes.</param>
/// <param name="JoulesPerRequest">Energy of its chips for a request, J.</param>
internal sealed record PrefillWorker(
    CompiledDeployment Deployment, int TokenBudget, double RequestsPerSecond, double PromptSeconds, double TransferBytes, double JoulesPerRequest)
{
    public int Chips => Deployment.Layout.Chips;
}

/// <summary>A replica of the decode pool at one batch.</summary>
/// <param name="Deployment">Layout and precision.</param>
/// <param name="Batch">Sequences that decode together.</param>
/// <param name="TokenSeconds">Time per output token, s.</param>
/// <param name="RequestsPerSecond">Requests a second.</param>
/// <param name="JoulesPerRequest">Energy of its chips for a request, J.</param>
internal sealed record DecodeWorker(CompiledDeployment Deployment, double Batch, double TokenSeconds, double RequestsPerSecond, double JoulesPerRequest)
{
    /// <summary>Attention and feed-forward on chips of their own; null where they share them. The deployment is then attention of one rank.</summary>
    public SplitStepModel? Split { get; init; }

    public int Chips => Split?.Layout.Chips ?? Deployment.Layout.Chips;

    /// <summary>Layout; of the attention chips where feed-forward has others.</summary>
    public ParallelLayout Layout => Split?.Layout.Attention ?? Deployment.Layout;
}

/// <summary>
/// Prefill and decode on chips of their own: every prefill layout and budget, every decode layout and batch, and so many replicas of each that their rates
/// match. Both pools serve one checkpoint: their precision is the same. Decode replicas are whole, or split into attention and feed-forward.
/// </summary>
/// <remarks>
/// A worker is left out only when another of its precision is at least as good in all that a pool takes from it: chips, rate, time, bytes moved, energy. In
/// any pool the other could stand in its place. Of the numbers of replicas only those are looked at where one prefill replica fewer, or one decode replica
/// fewer, would serve less.
/// </remarks>
internal sealed class ApartSearch
{
    /// <summary>Greatest share of the time that a prefill pool may work: beyond it the wait for a free replica grows without bound.</summary>
    public const double MostPrefillUse = 0.95;

    private readonly CompiledDeployments _compiled;
    private readonly SearchRequest _request;
    private readonly SearchGoal _goal;
    private readonly int _threads;
    private readonly int _mostChips;
    private readonly PoolKind _kind;

    public ApartSearch(CompiledDeployments compiled, SearchRequest request, SearchGoal goal, int mostUnitChips, int threads, PoolKind kind = PoolKind.Apart)
    {
        _kind = kind;
        _compiled = compiled;
        _request = request;
        _goal = goal;
        _threads = threads;
        _mostChips = mostUnitChips;
    }

    public List<PrefillWorker> PrefillWorkers { get; } = [];

    public List<DecodeWorker> DecodeWorkers { get; } = [];

    /// <summary>What a pool must make to matter, in output for a chip, or below which energy for a token it must stay: for a system that is proved to be no
    /// faster than another.</summary>
    public SearchNeeds Needs { get; init; } = SearchNeeds.None;

    public ParetoFront Front { get; } = new();

    public Spot? Best { get; private set; }

    public Spot? MostFrugal { get; private set; }

    /// <summary>Best unit of each pair of layouts within both limits, best first.</summary>
    public IReadOnlyList<Spot> BestOfPair { get; private set; } = [];

    public SearchCounts Counts { get; private set; }

    /// <summary>Splits of decode into attention and feed-forward that were looked at, of one precision; none where decode is whole.</summary>
    public IReadOnlyList<SplitLayout> SplitLayouts { get; private set; } = [];

    /// <summary>Pairs of workers and numbers of replicas that were looked at.</summary>
    public long Pairs { get; private set; }

    public void Run()
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _threads };
        IReadOnlyList<PrecisionPlan> precisions = _compiled.Precisions;
        Pool[] pools = new Pool[precisions.Count];
        Parallel.For(0, pools.Length, parallel, i => pools[i] = PoolOf(precisions[i]));

        List<int> prefillFrom = [];
        List<int> decodeFrom = [];
        foreach (Pool pool in pools)
        {
            prefillFrom.Add(PrefillWorkers.Count);
            decodeFrom.Add(DecodeWorkers.Count);
            PrefillWorkers.AddRange(pool.Prefill);
            DecodeWorkers.AddRange(pool.Decode);
            Counts += pool.Counts;
            SplitLayouts = pool.Splits;
        }

        Outcome[] outcomes = new Outcome[pools.Length];
        Parallel.For(0, pools.Length, parallel, i => outcomes[i] = Match(pools[i], prefillFrom[i], decodeFrom[i]));
        Dictionary<(ParallelLayout, ParallelLayout, SplitLayout?, PrecisionPlan), Spot> pairs = [];
        foreach (Outcome outcome in outcomes)
        {
            Pairs += outcome.Pairs;
            foreach (Spot spot in outcome.Front)
            {
                Front.Add(spot);
            }

            foreach (Spot spot in outcome.Best)
            {
                Best = Best is { } best && !TogetherSearch.IsBetter(_goal, spot, best) ? best : spot;
                DecodeWorker decode = DecodeWorkers[spot.Other];
                (ParallelLayout, ParallelLayout, SplitLayout?, PrecisionPlan) key =
                    (PrefillWorkers[spot.Index].Deployment.Layout, decode.Layout, decode.Split?.Layout, decode.Deployment.Precision);
                if (!pairs.TryGetValue(key, out Spot known) || TogetherSearch.IsBetter(_goal, spot, known))
                {
                    pairs[key] = spot;
                }
            }

            MostFrugal = outcome.Frugal is { } frugal ? TogetherSearch.MoreFrugal(MostFrugal, frugal) : MostFrugal;
        }

        List<Spot> all = [.. pairs.Values];
        all.Sort((a, b) => TogetherSearch.IsBetter(_goal, a, b) ? -1 : TogetherSearch.IsBetter(_goal, b, a) ? 1 : 0);
        BestOfPair = all;
    }

    private Pool PoolOf(PrecisionPlan precision)
    {
        List<PrefillWorker> prefill = [];
        List<DecodeWorker> decode = [];
        SearchChip chip = _compiled.Chip;
        IReadOnlyList<int> budgets = _request.Space.TokenBudgets;
        int least = budgets[0];
        int[] options = BatchOptions.UpTo(chip.SettingsOf(1, least).MaxSequences, _request.Space.BatchesPerOctave);
        long visited = 0;
        long memory = 0;
        long pruned = 0;
        int fitting = 0;
        double tokensAfterFirst = Math.Max(1, _request.Lengths.MeanOutputTokens - 1);
        foreach (CompiledDeployment deployment in _compiled.Fitting)
        {
            ParallelLayout layout = deployment.Layout;
            if (deployment.Precision != precision)
            {
                continue;
            }

            fitting++;
            if (layout.Chips >= _mostChips)
            {
                pruned += budgets.Count + (_kind == PoolKind.Apart && layout.ContextWays == 1 ? options.Length : 0);
                continue;
            }

            foreach (int budget in budgets)
            {
                StepModel step = deployment.Step.With(chip.SettingsOf(layout.TensorWays, budget));
                MeanPools alone = new(step, step, new SplitPools(1, layout, 1, layout), _request.Lengths, _request.Speculation, 0);
                if (!alone.PrefillFits)
                {
                    memory++;
                    continue;
                }

                visited++;
                prefill.Add(new PrefillWorker(
                    deployment,
                    budget,
                    alone.MostRequestsPerSecond,
                    alone.PromptSeconds,
                    alone.TransferBytesPerLink,
                    alone.PrefillWatts(chip.Clock, 1, chip.PowerCap) * layout.Chips / alone.MostRequestsPerSecond));
            }

            if (layout.ContextWays > 1 || _kind == PoolKind.Split)
            {
                continue;
            }

            MeanPools pool = new(deployment.Step, deployment.Step, new SplitPools(1, layout, 1, layout), _request.Lengths, _request.Speculation, 0);
            int unit = layout.AttentionRanks * layout.PipelineStages;
            foreach (int option in options)
            {
                double batch = (double)option * unit;
                if (batch > pool.MostPerWorker)
                {
                    memory++;
                    continue;
                }

                visited++;
                StepTimes step = pool.DecodeStep(batch);
                double decoding = pool.StepsOfOutput * step.TotalSeconds;
                double rate = batch / decoding;
                decode.Add(new DecodeWorker(
                    deployment, batch, decoding / tokensAfterFirst, rate, pool.DecodeWatts(chip.Clock, batch, step.TotalSeconds, chip.PowerCap) * layout.Chips / rate));
            }
        }

        long perPrefill = budgets.Count;
        long layouts = _compiled.Layouts.Count;
        long decoders = _kind == PoolKind.Apart ? _compiled.Layouts.Count(static l => l.ContextWays == 1) : 0;
        long settings = layouts * perPrefill + decoders * options.Length;
        IReadOnlyList<SplitLayout> splits = [];
        if (_kind == PoolKind.Split)
        {
            SplitWorkers split = new(_compiled, _request, _mostChips - 1, precision);
            split.Run(options);
            decode = split.Workers;
            settings += split.Settings;
            visited += split.Visited;
            splits = split.Layouts;
        }

        memory = settings - visited - pruned;
        prefill.RemoveAll(worker => worker.PromptSeconds > _request.TimeToFirstTokenLimitSeconds);
        bool prunes = _request.Space.Prunes;
        return new Pool(
            prunes ? Undominated(prefill, InOrder, IsNoWorse) : prefill,
            prunes ? Undominated(decode, InOrder, IsNoWorse) : decode,
            new SearchCounts(settings, visited, memory, pruned, 0, fitting),
            splits);
    }

    // in this order a worker stands behind all that are no worse than it, so that what is kept stays; of like workers the first listed is kept
    private static List<T> Undominated<T>(List<T> workers, Comparison<T> order, Func<T, T, bool> isNoWorse)
    {
        int[] places = [.. Enumerable.Range(0, workers.Count)];
        Array.Sort(places, (a, b) => order(workers[a], workers[b]) is not 0 and int by ? by : a.CompareTo(b));
        List<int> kept = [];
        foreach (int place in places)
        {
            int beater = kept.FindIndex(other => isNoWorse(workers[other], workers[place]));
            if (beater < 0)
            {
                kept.Add(place);
            }
            else if (beater > 0)
            {
                // who beats one often beats the next
                (kept[beater], kept[beater / 2]) = (kept[beater / 2], kept[beater]);
            }
        }

        kept.Sort();
        return [.. kept.Select(place => workers[place])];
    }

    private static int InOrder(PrefillWorker a, PrefillWorker b)
    {
        int order = a.Chips.CompareTo(b.Chips);
        order = order != 0 ? order : b.RequestsPerSecond.CompareTo(a.RequestsPerSecond);
        order = order != 0 ? order : a.PromptSeconds.CompareTo(b.PromptSeconds);
        order = order != 0 ? order : a.TransferBytes.CompareTo(b.TransferBytes);
        return order != 0 ? order : a.JoulesPerRequest.CompareTo(b.JoulesPerRequest);
    }

    private static int InOrder(DecodeWorker a, DecodeWorker b)
    {
        int order = a.Chips.CompareTo(b.Chips);
        order = order != 0 ? order : b.RequestsPerSecond.CompareTo(a.RequestsPerSecond);
        order = order != 0 ? order : a.TokenSeconds.CompareTo(b.TokenSeconds);
        return order != 0 ? order : a.JoulesPerRequest.CompareTo(b.JoulesPerRequest);
    }

    private bool IsNoWorse(PrefillWorker a, PrefillWorker b) =>
        a.Chips <= b.Chips && a.RequestsPerSecond >= b.RequestsPerSecond && a.PromptSeconds <= b.PromptSeconds
        && a.TransferBytes <= b.TransferBytes
        && !(AboveIdle(a.JoulesPerRequest, a.Chips, a.RequestsPerSecond) > AboveIdle(b.JoulesPerRequest, b.Chips, b.RequestsPerSecond));

    private bool IsNoWorse(DecodeWorker a, DecodeWorker b) =>
        a.Chips <= b.Chips && a.RequestsPerSecond >= b.RequestsPerSecond && a.TokenSeconds <= b.TokenSeconds
        && !(AboveIdle(a.JoulesPerRequest, a.Chips, a.RequestsPerSecond) > AboveIdle(b.JoulesPerRequest, b.Chips, b.RequestsPerSecond));

    // chips that wait for the other pool draw their idle power: a quick worker waits longer, so that only the energy above idle tells which is more frugal
    private double AboveIdle(double joulesPerRequest, int chips, double requestsPerSecond) =>
        joulesPerRequest - _compiled.Chip.IdleWatts * chips / requestsPerSecond;

    private Outcome Match(Pool pool, int prefillFrom, int decodeFrom)
    {
        ParetoFront front = new();
        Dictionary<(int, ParallelLayout, SplitLayout?), Spot> best = [];
        Spot? frugal = null;
        long pairs = 0;
        for (int p = 0; p < pool.Prefill.Count; p++)
        {
            PrefillWorker prefill = pool.Prefill[p];
            for (int d = 0; d < pool.Decode.Count; d++)
            {
                DecodeWorker decode = pool.Decode[d];

                // chips for a request of each, at the most that each does
                if (Needs.IsMet(
                    _request.Lengths.MeanOutputTokens / (prefill.Chips / prefill.RequestsPerSecond + decode.Chips / decode.RequestsPerSecond),
                    (prefill.JoulesPerRequest + decode.JoulesPerRequest) / _request.Lengths.MeanOutputTokens) is false)
                {
                    continue;
                }

                for (int y = 1; y <= _request.Space.MostWorkers && prefill.Chips + y * decode.Chips <= _mostChips; y++)
                {
                    if (!Numbers(prefill, decode, y, out int first, out int last))
                    {
                        break;
                    }

                    for (int x = first; x <= last; x++)
                    {
                        int chips = x * prefill.Chips + y * decode.Chips;
                        if (x > _request.Space.MostWorkers || chips > _mostChips)
                        {
                            break;
                        }

                        pairs++;
                        if (SpotOf(prefill, decode, x, y, chips, prefillFrom + p, decodeFrom + d) is not { } spot)
                        {
                            continue;
                        }

                        front.Add(spot);
                        if (spot.TokenSeconds <= _request.TimePerOutputTokenLimitSeconds)
                        {
                            frugal = TogetherSearch.MoreFrugal(frugal, spot);
                            (int, ParallelLayout, SplitLayout?) key = (p, decode.Layout, decode.Split?.Layout);
                            if (!best.TryGetValue(key, out Spot known) || TogetherSearch.IsBetter(_goal, spot, known))
                            {
                                best[key] = spot;
                            }
                        }
                    }
                }
            }
        }

        return new Outcome(front, [.. best.Values], frugal, pairs);
    }

    // numbers of prefill replicas of which none fewer would do, with so many decode replicas of which none fewer would do
    private bool Numbers(PrefillWorker prefill, DecodeWorker decode, int decodeWorkers, out int first, out int last)
    {
        double use = UseWithin(prefill, Math.Min(prefill.TransferBytes / ScaleOut, prefill.TransferBytes / ScaleUp));
        first = 1;
        last = _request.Space.MostWorkers;
        if (use <= 0)
        {
            return false;
        }

        if (_request.Space.Prunes)
        {
            // the link may be the slower one: its use is less, so that the range is widened to both
            double slow = UseWithin(prefill, Math.Max(prefill.TransferBytes / ScaleOut, prefill.TransferBytes / ScaleUp));
            double perWorker = prefill.RequestsPerSecond * use;
            double perSlowWorker = prefill.RequestsPerSecond * Math.Max(slow, 0);
            first = Math.Max(1, (int)Math.Floor((decodeWorkers - 1) * decode.RequestsPerSecond / perWorker));
            last = perSlowWorker > 0
                ? (int)Math.Min(last, Math.Ceiling(decodeWorkers * decode.RequestsPerSecond / perSlowWorker))
                : last;
        }

        return true;
    }

    private double ScaleUp => _compiled.Chip.Peaks.ScaleUpBytesPerSecond > 0 ? _compiled.Chip.Peaks.ScaleUpBytesPerSecond : ScaleOut;

    private double ScaleOut => _compiled.Chip.Peaks.ScaleOutBytesPerSecond > 0 ? _compiled.Chip.Peaks.ScaleOutBytesPerSecond : double.PositiveInfinity;

    // wait = prompt x use / (2 (1 - use)): the most use that leaves the time to first token within its limit
    private double UseWithin(PrefillWorker prefill, double transferSeconds)
    {
        double wait = (_request.TimeToFirstTokenLimitSeconds - prefill.PromptSeconds - transferSeconds) / prefill.PromptSeconds;
        return wait <= 0 ? 0 : double.IsPositiveInfinity(wait) ? MostPrefillUse : Math.Min(MostPrefillUse, 2 * wait / (1 + 2 * wait));
    }

    private Spot? SpotOf(PrefillWorker prefill, DecodeWorker decode, int x, int y, int chips, int prefillIndex, int decodeIndex)
    {
        double link = chips <= _compiled.Chip.Peaks.ScaleUpDomain ? Math.Max(ScaleUp, double.IsFinite(ScaleOut) ? ScaleOut : 0) : ScaleOut;
        double transfer = prefill.TransferBytes / link;
        double most = x * prefill.RequestsPerSecond;
        double use = UseWithin(prefill, transfer);
        double rate = Math.Min(y * decode.RequestsPerSecond, most * use);
        if (!(rate > 0))
        {
            return null;
        }

        double busy = rate / most;
        double wait = prefill.PromptSeconds * busy / (2 * (1 - busy));
        double idle = _compiled.Chip.IdleWatts * (x * prefill.Chips * (1 - busy) + y * decode.Chips * (1 - rate / (y * decode.RequestsPerSecond)));
        double joules = prefill.JoulesPerRequest + decode.JoulesPerRequest + idle / rate;
        return new Spot(
            _kind, prefillIndex, decodeIndex, x, y, chips, decode.Batch, decode.TokenSeconds, wait + prefill.PromptSeconds + transfer, rate,
            _goal.OutputPerChipAtFullLoad(chips, rate), joules / _request.Lengths.MeanOutputTokens);
    }

    private sealed record Pool(List<PrefillWorker> Prefill, List<DecodeWorker> Decode, SearchCounts Counts, IReadOnlyList<SplitLayout> Splits);

    private sealed record Outcome(ParetoFront Front, IReadOnlyList<Spot> Best, Spot? Frugal, long Pairs);
}
