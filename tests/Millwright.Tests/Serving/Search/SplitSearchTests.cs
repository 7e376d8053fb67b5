using CsCheck;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>Decode with attention and feed-forward on chips of their own, as the search looks for it.</summary>
public sealed class SplitSearchTests
{
    private static readonly string[] s_models = ["llama-3.1-8b", "qwen3-30b-a3b", "gpt-oss-20b"];
    private static readonly string[] s_systems = ["hgx-h100", "hgx-h200", "hgx-b200"];

    private static SearchSpace Alone { get; } = SearchSpace.Full with
    {
        Together = false,
        Apart = false,
        Split = true,
        TokenBudgets = [8192],
        BatchesPerOctave = 1,
        MostPipelineStages = 1,
        MostContextWays = 1,
        MicroBatches = [1, 3],
    };

    [Fact]
    public void Pruned_it_has_the_frontier_the_best_and_the_most_frugal_of_brute_force() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[3, 6], Gen.Double[8, 13], Gen.Double[5, 10], Gen.Double[-1, 1.5], Gen.Double[-4.5, -2]).Holds(
            t =>
            {
                (int model, int system, int chips, double input, double output, double firstToken, double perToken) = t;
                SearchRequest request = SearchCases.Request(
                    s_models[model], Math.Pow(2, input), Math.Pow(2, output), Math.Exp(firstToken), Math.Exp(perToken), chips) with
                {
                    Precisions = [SearchCases.Fp8],
                };
                if (request.Fault.Length > 0)
                {
                    return;
                }

                SystemOffer[] offers = [SearchCases.Offer(s_systems[system])];
                SearchAnswer pruned = SearchCases.Find(offers, request with { Space = Alone });
                SearchAnswer brute = SearchCases.Find(offers, request with { Space = Alone with { Prunes = false } });
                Assert.Equal(SearchCases.Text(brute.Best), SearchCases.Text(pruned.Best));
                Assert.Equal(brute.MostFrugal?.JoulesPerOutputToken, pruned.MostFrugal?.JoulesPerOutputToken);
                Assert.Equal(
                    brute.Frontier.Select(static p => (p.TimePerOutputTokenSeconds, p.OutputTokensPerChipSecond)),
                    pruned.Frontier.Select(static p => (p.TimePerOutputTokenSeconds, p.OutputTokensPerChipSecond)));
                Assert.Equal(brute.Split.Settings, pruned.Split.Settings);
                Assert.True(pruned.SplitPoolsVisited <= brute.SplitPoolsVisited);
            },
            iter: 12,
            threads: 1);

    [Fact]
    public void No_split_and_integer_batch_made_by_hand_beats_the_best()
    {
        const int Chips = 6;
        SearchRequest request = SearchCases.Request("qwen3-30b-a3b", 3000, 800, 3, 0.02, Chips) with { Precisions = [SearchCases.Fp8], Space = Alone with { MicroBatches = [1, 2, 3, 4] } };
        SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h100")], request).Best!;
        SearchChip chip = SearchCases.Chip("hgx-h100");
        Deployment Of(int ways) => new(request.Model, chip.System, new ParallelLayout(ways), SearchCases.Fp8, chip.SettingsOf(ways, 8192));
        double context = request.Lengths.DecodeInputTokens + request.Lengths.DecodeOutputTokens;
        double most = 0;
        OperatorTimes times = OperatorTimes.Create(chip.System, EngineFamily.Vllm, SearchCases.Library, out _)!;
        EngineFactors factors = SearchCases.Calibration.FactorsOf(EngineFamily.Vllm, "hgx-h100");

        // with the quickest prefill worker there is at no chips at all, and the rate of decode alone: an upper bound that the search must come near to
        foreach (SplitLayout layout in SplitWorkers.OptionsOf(request.Model, Chips - 1))
        {
            for (int ranks = 1; layout.TensorWays * ranks + layout.FeedForwardChips < Chips; ranks++)
            {
                for (int micro = 1; micro <= 4; micro++)
                {
                    SplitStepModel step = SplitStepModel.Compile(Of(layout.TensorWays), layout with { AttentionRanks = ranks, MicroBatches = micro }, times, factors);
                    if (!step.Fits)
                    {
                        continue;
                    }

                    double held = Math.Min(step.Rank.Memory.CachePoolBytes / step.Rank.SequenceBytes(context), step.Rank.Deployment.Engine.MaxSequences);
                    foreach (int option in BatchOptions.UpTo(step.Rank.Deployment.Engine.MaxSequences, 1).Where(option => option * micro <= held))
                    {
                        double batch = option * micro * ranks;
                        double seconds = step.Time(batch, batch * context).TotalSeconds;
                        if (seconds <= 0.02)
                        {
                            double decode = batch / (799 * seconds);
                            double prefill = 0;
                            int left = Chips - step.Layout.Chips;
                            foreach (ParallelLayout pool in LayoutOptions.All(request.Model, left, 1, 1))
                            {
                                StepModel prompt = chip.Compile(new Deployment(request.Model, chip.System, pool, SearchCases.Fp8, chip.SettingsOf(pool.TensorWays, 8192)), 0);
                                prefill = Math.Max(prefill, ApartSearch.MostPrefillUse * new MeanPools(prompt, prompt, new SplitPools(left / pool.Chips, pool, 1, pool), request.Lengths, null, 0).MostRequestsPerSecond);
                            }

                            most = Math.Max(most, Math.Min(decode, prefill) * 800 / Chips);
                        }
                    }
                }
            }
        }

        Assert.True(most > 0);
        Assert.InRange(best.OutputTokensPerChipSecond, most * 0.95, most * (1 + 1e-9));
        Assert.NotNull(best.Pools!.DecodeSplit);
    }

    [Fact]
    public void A_point_says_its_split_and_its_time_is_that_of_the_step()
    {
        SearchRequest request = SearchCases.Request("gpt-oss-120b", 2000, 600, 2, 0.03, 8) with { Precisions = [SearchCases.Fp8], Space = Alone };
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer("hgx-b200")], request);
        SearchChip chip = SearchCases.Chip("hgx-b200");
        OperatorTimes times = OperatorTimes.Create(chip.System, EngineFamily.Vllm, SearchCases.Library, out _)!;
        Assert.NotEmpty(answer.Frontier);
        Assert.All(answer.Frontier.Concat(answer.RunnersUp.Select(static r => r.Point)), point =>
        {
            SplitLayout split = point.Pools!.DecodeSplit!.Value;
            Assert.Empty(split.Fault(request.Model));
            Assert.True(point.Pools.Chips * point.Replicas <= 8);
            Assert.Equal(point.Pools.PrefillWorkers * point.Pools.PrefillLayout.Chips + point.Pools.DecodeWorkers * split.Chips, point.Pools.Chips);
            Assert.Contains($"({split}) decode", point.LayoutName, StringComparison.Ordinal);
            SplitStepModel step = SplitStepModel.Compile(
                new Deployment(request.Model, chip.System, new ParallelLayout(), point.Precision, chip.SettingsOf(split.TensorWays, 8192)),
                split,
                times,
                SearchCases.Calibration.FactorsOf(EngineFamily.Vllm, "hgx-b200"));
            Assert.True(step.Fits);
            double context = request.Lengths.DecodeInputTokens + request.Lengths.DecodeOutputTokens;
            double seconds = step.Time(point.BatchPerReplica, point.BatchPerReplica * context).TotalSeconds;
            Assert.Equal(seconds, point.TimePerOutputTokenSeconds, 1e-9);
            Assert.Equal(1 / point.OutputTokensPerChipSecond, point.ChipTime.TotalSeconds, 1e-6 / point.OutputTokensPerChipSecond);
        });
    }

    [Fact]
    public void Energy_of_a_token_lies_between_the_idle_floor_and_the_rated_power()
    {
        SearchRequest request = SearchCases.Request("gpt-oss-120b", 2000, 600, 2, 0.03, 8) with { Precisions = [SearchCases.Fp8], Space = Alone };
        SearchChip chip = SearchCases.Chip("hgx-b200");
        Assert.All(SearchCases.Find([SearchCases.Offer("hgx-b200")], request).Frontier, point =>
        {
            // chips that no unit uses draw nothing of the token's energy
            double chipSeconds = 1 / point.OutputTokensPerChipSecond * point.Pools!.Chips * point.Replicas / point.Chips;
            Assert.InRange(point.JoulesPerOutputToken, chip.IdleWatts * chipSeconds * (1 - 1e-9), chip.Peaks.RatedWatts * chipSeconds);
        });
    }

    [Fact]
    public void It_is_looked_at_on_request_only_and_then_makes_nothing_worse()
    {
        SearchRequest request = SearchCases.Request("qwen3-30b-a3b", 1024, 512, 1, 0.01, 8) with { Precisions = [SearchCases.Fp8] };
        SearchAnswer without = SearchCases.Find([SearchCases.Offer("hgx-h200")], request);
        Assert.Equal(default, without.Split);
        Assert.DoesNotContain(without.Frontier, static p => p.Pools?.DecodeSplit is not null);
        SearchAnswer with = SearchCases.Find([SearchCases.Offer("hgx-h200")], request with { Space = request.Space with { Split = true } });
        Assert.True(with.Best!.OutputTokensPerChipSecond >= without.Best!.OutputTokensPerChipSecond);
        Assert.Equal(without.Together, with.Together);
        Assert.Equal(without.Apart, with.Apart);
        Assert.Equal(["together", "apart", "split"], with.Dimensions.Single(static d => d.Name == "pools").Options);
        Assert.All(without.Frontier, point => Assert.Contains(with.Frontier, other =>
            other.TimePerOutputTokenSeconds <= point.TimePerOutputTokenSeconds && other.OutputTokensPerChipSecond >= point.OutputTokensPerChipSecond));
    }

    [Fact]
    public void Every_setting_is_timed_rejected_or_pruned_and_threads_change_nothing()
    {
        SearchRequest request = SearchCases.Request("deepseek-v3", 2048, 512, 2, 0.04, 40) with { Precisions = [SearchCases.Fp8], Space = Alone };
        string[] answers =
        [
            .. new[] { 1, 3 }.Select(threads => SearchCases.Text(new DeploymentSearch(SearchCases.Library, SearchCases.Calibration, threads).Find(
                [SearchCases.Offer("gb200-nvl72")], request, TestContext.Current.CancellationToken))),
        ];
        Assert.Equal(answers[0], answers[1]);
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer("gb200-nvl72")], request);
        Assert.Equal(answer.Split.Settings, answer.Split.Visited + answer.Split.RejectedByMemory + answer.Split.PrunedByProof);
        Assert.True(answer.Split is { Visited: > 0, RejectedByMemory: > 0 });
        Assert.NotNull(answer.Best?.Pools?.DecodeSplit);
    }

    [Fact]
    public void Chips_too_few_for_both_kinds_and_a_prefill_replica_are_told()
    {
        SearchAnswer answer = SearchCases.Find(
            [SearchCases.Offer("hgx-h100")], SearchCases.Request("qwen3-30b-a3b", 1024, 512, 1, 0.02, 2) with { Precisions = [SearchCases.Fp8], Space = Alone });
        Assert.Null(answer.Best);
        Assert.Contains("no pools split meet both limits", answer.Nearest!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_skew_reaches_the_search()
    {
        SearchRequest request = SearchCases.Request("deepseek-v3", 4096, 1024, 2, 0.05, 32) with { Precisions = [SearchCases.Fp8], Space = SearchSpace.Full with { Apart = false } };
        double Output(double skew) => SearchCases.Find([SearchCases.Offer("gb200-nvl72")], request with { RoutingSkew = skew }).Best!.OutputTokensPerChipSecond;
        Assert.Equal(SearchCases.Find([SearchCases.Offer("gb200-nvl72")], request).Best!.OutputTokensPerChipSecond, Output(1.01));
        Assert.True(Output(0) > Output(1.01));
        Assert.True(Output(1.01) > Output(2));
        Assert.Contains("skew", (request with { RoutingSkew = 2.1 }).Fault, StringComparison.Ordinal);
        Assert.Contains("skew", (request with { RoutingSkew = double.NaN }).Fault, StringComparison.Ordinal);
    }
}
