using System.Globalization;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>Makes the answer of what the searches on each system found.</summary>
internal static class AnswerWriter
{
    public static SearchAnswer Write(IReadOnlyList<SystemSearch> searches, IReadOnlyList<SystemOffer> offers, SearchRequest request, List<string> remarks)
    {
        SystemSearch? bestSearch = null;
        SystemSearch? cheapSearch = null;
        SystemSearch? frugalSearch = null;
        Spot cheapest = default;
        ParetoFront front = new();
        Dictionary<(int, int, int, int, int, double, bool), SystemSearch> owners = [];
        SearchCounts together = default;
        SearchCounts apart = default;
        long pools = 0;
        SearchCounts split = default;
        long splitPools = 0;
        foreach (SystemSearch search in searches)
        {
            if (!search.IsTaken)
            {
                together += search.Together?.Counts ?? default;
                apart += search.Apart?.Counts ?? default;
                pools += search.Apart?.Pairs ?? 0;
                split += search.Split?.Counts ?? default;
                splitPools += search.Split?.Pairs ?? 0;
            }

            if (search.Best is { } best && (bestSearch is null || SystemSearch.IsBetter(search, best, bestSearch, bestSearch.Best!.Value)))
            {
                bestSearch = search;
            }

            // within one system and engine the most output for a chip, or the fewest chips, is also the cheapest
            if (search.Best is { } spot && search.UsdPerMillion(spot) is { } usd && (cheapSearch is null || usd < cheapSearch.UsdPerMillion(cheapest)))
            {
                cheapSearch = search;
                cheapest = spot;
            }

            if (search.MostFrugal is { } frugal && (frugalSearch is null || frugal.JoulesPerToken < frugalSearch.MostFrugal!.Value.JoulesPerToken))
            {
                frugalSearch = search;
            }

            if (search.Offer.UsdPerChipHour is null && search.Chip.Engine == request.Engines[0])
            {
                remarks.Add(search.Offer.HasOwnNetwork
                    ? $"no price of a chip-hour is known for {search.Offer.System.Name}: state it to learn the cost of its tokens"
                    : $"{search.Offer.System.Name} with {NetworkName(search.Offer)}: what this network costs is not known, and so not the cost of its tokens");
            }

            if (search.Chip.Engine == request.Engines[0] && search.Chip.Lender.Distance != Chips.CurveDistance.Measured)
            {
                remarks.Add($"{search.Offer.System.Name}: operators were not measured; those of {search.Chip.Lender.SystemId} stand in, scaled to its peaks");
            }
        }

        SearchPoint? bestPoint = bestSearch?.PointOf(bestSearch.Best!.Value);
        return new SearchAnswer
        {
            Best = bestPoint,
            Cheapest = cheapSearch?.PointOf(cheapest),
            MostFrugal = frugalSearch?.PointOf(frugalSearch.MostFrugal!.Value),
            Frontier = FrontierOf(searches),
            RunnersUp = bestPoint is null ? [] : RunnersUp(searches, bestSearch!, bestPoint),
            ByOption = ByOption(searches, request),
            Dimensions = Dimensions(searches, offers, request),
            Together = together with { Compiled = searches.Where(static s => !s.IsTaken).Sum(static s => (long)s.Compiled.Fitting.Count) },
            Apart = apart with { Compiled = 0 },
            PoolsVisited = pools,
            Split = split with { Compiled = 0 },
            SplitPoolsVisited = splitPools,
            Nearest = bestPoint is null ? NearestOf(searches, request) : null,
            Remarks = [.. remarks.Distinct()],
        };
    }

    private static List<SearchPoint> FrontierOf(IReadOnlyList<SystemSearch> searches)
    {
        // each search has a front of its own: what another system or engine beats falls out
        List<SearchPoint> points = [];
        for (int i = 0; i < searches.Count; i++)
        {
            // a cap or another network may do as well: the first that does is told
            foreach (Spot spot in searches[i].Front)
            {
                if (!searches.Where((other, j) => j != i && (other.Front.Beats(spot.PerUser, spot.PerChip) || (j < i && other.Front.Holds(spot.PerUser, spot.PerChip)))).Any())
                {
                    points.Add(searches[i].PointOf(spot));
                }
            }
        }

        points.Sort(static (a, b) => a.TimePerOutputTokenSeconds.CompareTo(b.TimePerOutputTokenSeconds));
        return points;
    }

    private static List<SearchRunnerUp> RunnersUp(IReadOnlyList<SystemSearch> searches, SystemSearch winner, SearchPoint best)
    {
        List<(SystemSearch Search, Spot Spot)> found = [];
        foreach (SystemSearch search in searches)
        {
            // of a cap or another network its best, not each of its deployments again; none of one that changes the price alone
            IEnumerable<Spot> spots = search.IsTaken ? []
                : search.Offer.Variant.Length > 0 && search != winner ? search.Best is { } own ? [own] : []
                : BestOfEach(search);
            foreach (Spot spot in spots)
            {
                if (search != winner || spot != winner.Best)
                {
                    found.Add((search, spot));
                }
            }
        }

        found.Sort((a, b) => Compare(a, b));
        List<SearchRunnerUp> told = [];
        foreach ((SystemSearch search, Spot spot) in found.Take(DeploymentSearch.MostRunnersUp))
        {
            SearchPoint point = search.PointOf(spot);
            told.Add(new SearchRunnerUp(point, Why(point, best)));
        }

        return told;
    }

    private static int Compare((SystemSearch Search, Spot Spot) a, (SystemSearch Search, Spot Spot) b) =>
        SystemSearch.IsBetter(a.Search, a.Spot, b.Search, b.Spot) ? -1 : SystemSearch.IsBetter(b.Search, b.Spot, a.Search, a.Spot) ? 1 : 0;

    // the best token budget of each layout and precision, the best numbers of replicas of each pair of layouts; the winner's own family left to the winner
    private static IEnumerable<Spot> BestOfEach(SystemSearch search)
    {
        Dictionary<(ParallelLayout, PrecisionPlan), Spot> best = [];
        if (search.Together is { } together)
        {
            foreach (Spot? candidate in together.BestOfCandidate)
            {
                if (candidate is { } spot)
                {
                    CompiledDeployment deployment = together.Candidates[spot.Index].Deployment;
                    (ParallelLayout, PrecisionPlan) key = (deployment.Layout, deployment.Precision);
                    if (!best.TryGetValue(key, out Spot known) || TogetherSearch.IsBetter(search.Goal, spot, known))
                    {
                        best[key] = spot;
                    }
                }
            }
        }

        return [.. best.Values, .. search.Apart?.BestOfPair ?? [], .. search.Split?.BestOfPair ?? []];
    }

    private static string Why(SearchPoint point, SearchPoint best)
    {
        (string Name, double Seconds)[] own = point.ChipTime.Parts();
        (string Name, double Seconds)[] winners = best.ChipTime.Parts();
        int most = 0;
        for (int i = 1; i < own.Length; i++)
        {
            most = own[i].Seconds - winners[i].Seconds > own[most].Seconds - winners[most].Seconds ? i : most;
        }

        double extra = own[most].Seconds - winners[most].Seconds;
        double behind = 1 - point.OutputTokensPerChipSecond / best.OutputTokensPerChipSecond;
        string loss = behind < 0.005
            ? "as good within 0.5 %"
            : extra > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Spent(extra)} more chip time a token on {own[most].Name}")
            : "as much for a chip, slower for a user";
        return $"{loss}; {point.LimitDetail}";
    }

    private static string Spent(double seconds) => seconds >= 1e-3
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} us");

    private static List<BestOfOption> ByOption(IReadOnlyList<SystemSearch> searches, SearchRequest request)
    {
        List<BestOfOption> rows = [];
        if (searches.Count == 0)
        {
            return rows;
        }

        List<(SystemSearch Search, Spot Spot)> all = [.. searches.SelectMany(search => BestOfEach(search).Select(spot => (search, spot)))];
        all.Sort((a, b) => Compare(a, b));
        foreach (PoolKind kind in KindsOf(request.Space))
        {
            Row("pools", NameOf(kind), (_, spot) => spot.Kind == kind);
        }

        foreach (PrecisionPlan precision in searches.SelectMany(static s => s.Compiled.Precisions).Distinct())
        {
            Row("precision", PrecisionOptions.NameOf(precision), (search, spot) => PrecisionOf(search, spot) == precision);
        }

        foreach (int ways in searches.SelectMany(static s => s.Compiled.Layouts.Select(static l => l.TensorWays)).Distinct().Order())
        {
            Row("TP of decode", ways.ToString(CultureInfo.InvariantCulture), (search, spot) => LayoutOf(search, spot).TensorWays == ways);
        }

        if (request.Engines.Count > 1)
        {
            foreach (Operators.EngineFamily engine in request.Engines)
            {
                Row("engine", engine.ToString(), (search, _) => search.Chip.Engine == engine);
            }
        }

        if (searches.Any(static s => s.Offer.PowerCap < 1))
        {
            foreach (double cap in searches.Select(static s => s.Offer.PowerCap).Distinct().Order())
            {
                Row("power cap", CapName(cap), (search, _) => search.Offer.PowerCap == cap);
            }
        }

        if (searches.Any(static s => !s.Offer.HasOwnNetwork))
        {
            foreach (string network in searches.Select(static s => NetworkName(s.Offer)).Distinct())
            {
                Row("network", network, (search, _) => NetworkName(search.Offer) == network);
            }
        }

        foreach (SystemSearch search in searches.DistinctBy(static s => s.Offer.System.Id))
        {
            if (searches.Count > 1)
            {
                Row("system", search.Offer.System.Id, (other, _) => other.Offer.System.Id == search.Offer.System.Id);
            }
        }

        return rows;

        void Row(string dimension, string option, Func<SystemSearch, Spot, bool> holds)
        {
            foreach ((SystemSearch search, Spot spot) in all)
            {
                if (holds(search, spot))
                {
                    rows.Add(new BestOfOption(dimension, option, search.PointOf(spot)));
                    return;
                }
            }

            rows.Add(new BestOfOption(dimension, option, null));
        }
    }

    private static PrecisionPlan PrecisionOf(SystemSearch search, in Spot spot) =>
        spot.Kind == PoolKind.Together ? search.Together!.Candidates[spot.Index].Deployment.Precision : search.PoolsOf(spot).DecodeWorkers[spot.Other].Deployment.Precision;

    private static ParallelLayout LayoutOf(SystemSearch search, in Spot spot) =>
        spot.Kind == PoolKind.Together ? search.Together!.Candidates[spot.Index].Layout : search.PoolsOf(spot).DecodeWorkers[spot.Other].Layout;

    private static IEnumerable<PoolKind> KindsOf(SearchSpace space)
    {
        if (space.Together)
        {
            yield return PoolKind.Together;
        }

        if (space.Apart)
        {
            yield return PoolKind.Apart;
        }

        if (space.Split)
        {
            yield return PoolKind.Split;
        }
    }

    private static string NameOf(PoolKind kind) => kind switch { PoolKind.Together => "together", PoolKind.Apart => "apart", _ => "split" };

    private static List<SearchDimension> Dimensions(IReadOnlyList<SystemSearch> searches, IReadOnlyList<SystemOffer> offers, SearchRequest request)
    {
        List<ParallelLayout> layouts = [.. searches.SelectMany(static s => s.Compiled.Layouts).Distinct()];
        List<SearchDimension> dimensions =
        [
            new("system", [.. offers.Select(static o => o.System.Id).Distinct()]),
            new("power cap", [.. offers.Select(static o => o.PowerCap).Distinct().Order().Select(CapName)]),
            new("network", [.. offers.Select(NetworkName).Distinct()]),
            new("engine", [.. request.Engines.Select(static e => e.ToString())]),
            new("pools", [.. KindsOf(request.Space).Select(NameOf)]),
            new("precision", [.. searches.SelectMany(static s => s.Compiled.Precisions).Distinct().Select(PrecisionOptions.NameOf)]),
            new("TP", Numbers(layouts.Select(static l => l.TensorWays))),
            new("PP", Numbers(layouts.Select(static l => l.PipelineStages))),
            new("attention-DP", Numbers(layouts.Select(static l => l.AttentionRanks))),
            new("EP", Numbers(layouts.Select(static l => l.ExpertWays))),
            new("MoE-TP", Numbers(layouts.Select(static l => l.ExpertTensorWays))),
            new("CP of prefill", Numbers(layouts.Select(static l => l.ContextWays))),
            new("layouts in all", [layouts.Count.ToString(CultureInfo.InvariantCulture)]),
            new("token budget", Numbers(request.Space.TokenBudgets)),
            new("sequences on a rank", searches.Count > 0 ? Numbers(BatchOptions.UpTo(searches[0].Chip.SettingsOf(1, request.Space.TokenBudgets[0]).MaxSequences, request.Space.BatchesPerOctave)) : []),
        ];
        if (request.Space.Split)
        {
            SplitLayout[] splits = [.. searches.SelectMany(static s => s.Split?.SplitLayouts ?? []).Distinct()];
            dimensions.Add(new("TP of split attention", Numbers(splits.Select(static l => l.TensorWays))));
            dimensions.Add(new("ranks of split attention", Numbers(splits.Select(static l => l.AttentionRanks))));
            dimensions.Add(new("EP of split feed-forward", Numbers(splits.Select(static l => l.ExpertWays))));
            dimensions.Add(new("ways of split feed-forward", Numbers(splits.Select(static l => l.FeedForwardWays))));
            dimensions.Add(new("micro-batches", Numbers(splits.Select(static l => l.MicroBatches))));
            dimensions.Add(new("splits in all", [splits.Length.ToString(CultureInfo.InvariantCulture)]));
        }

        return dimensions;
    }

    private static string CapName(double cap) => string.Create(CultureInfo.InvariantCulture, $"{cap * 100:0.#} %");

    private static string NetworkName(SystemOffer offer) => offer.HasOwnNetwork
        ? "as sold"
        : string.Create(CultureInfo.InvariantCulture, $"{offer.System.ScaleOutBytesPerSecond * 8 / 1e9:0.#} Gb/s");

    private static string[] Numbers(IEnumerable<int> values) => [.. values.Distinct().Order().Select(static v => v.ToString(CultureInfo.InvariantCulture))];

    private static NearestDeployment NearestOf(IReadOnlyList<SystemSearch> searches, SearchRequest request)
    {
        SystemSearch? nearest = null;
        Spot least = default;
        double miss = double.PositiveInfinity;
        foreach (SystemSearch search in searches)
        {
            foreach (Spot? candidate in search.Together?.LeastOfCandidate ?? [])
            {
                if (candidate is { } spot && MissOf(spot, request) < miss)
                {
                    (nearest, least, miss) = (search, spot, MissOf(spot, request));
                }
            }
        }

        if (nearest is null && !request.Space.Together)
        {
            return new NearestDeployment(null, $"no pools {string.Join(" or ", KindsOf(request.Space).Select(NameOf))} meet both limits on these chips; prefill and decode together were not looked at");
        }

        if (nearest is null)
        {
            return new NearestDeployment(null, NoRoom(searches, request));
        }

        double token = least.TokenSeconds / request.TimePerOutputTokenLimitSeconds;
        double first = least.FirstTokenSeconds / request.TimeToFirstTokenLimitSeconds;
        string message = token >= first
            ? string.Create(CultureInfo.InvariantCulture, $"no deployment meets {request.TimePerOutputTokenLimitSeconds * 1e3:0.##} ms per output token; the nearest takes {least.TokenSeconds * 1e3:0.##} ms, {(token - 1) * 100:0} % more")
            : string.Create(CultureInfo.InvariantCulture, $"no deployment meets {request.TimeToFirstTokenLimitSeconds:0.###} s to the first token; the nearest takes {least.FirstTokenSeconds:0.###} s, {(first - 1) * 100:0} % more");
        return new NearestDeployment(nearest.PointOf(least), message);
    }

    private static double MissOf(in Spot spot, SearchRequest request) =>
        Math.Max(spot.TokenSeconds / request.TimePerOutputTokenLimitSeconds, spot.FirstTokenSeconds / request.TimeToFirstTokenLimitSeconds);

    private static string NoRoom(IReadOnlyList<SystemSearch> searches, SearchRequest request)
    {
        if (searches.Count == 0)
        {
            return "no system can be searched";
        }

        SystemSearch search = searches[0];
        if (search.Compiled.Fitting.Any(deployment => deployment.Step.Memory.CachePoolBytes > deployment.Step.SequenceBytes(request.Lengths.MeanInputTokens + request.Lengths.MeanOutputTokens)))
        {
            return $"{request.Model.Id} needs several chips of {search.Offer.System.Name}, and no link between them is published that its layouts could use";
        }

        const int MostTried = 512;
        foreach (ParallelLayout layout in LayoutOptions.All(request.Model, MostTried, request.Space.MostPipelineStages, 1).OrderBy(static l => l.Chips))
        {
            foreach (PrecisionPlan precision in search.Compiled.Precisions)
            {
                Deployment deployment = new(request.Model, search.Offer.System, layout, precision, search.Chip.SettingsOf(layout.TensorWays, request.Space.TokenBudgets[0]));
                MemoryPlan memory = MemoryPlanner.Plan(deployment, search.Chip.Peaks);
                double sequence = MemoryPlanner.SequenceBytes(deployment, request.Lengths.MeanInputTokens + request.Lengths.MeanOutputTokens);
                if (memory.CachePoolBytes > sequence)
                {
                    return $"{request.Model.Id} does not fit on {search.MostReplicaChips} chips of {search.Offer.System.Name}; the nearest that fits: {layout.Chips} chips as {layout} in {PrecisionOptions.NameOf(precision)}";
                }
            }
        }

        return $"{request.Model.Id} does not fit on {search.Offer.System.Name}, not even on {MostTried} chips";
    }
}
