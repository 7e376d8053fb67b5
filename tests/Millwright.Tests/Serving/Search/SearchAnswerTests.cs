using Millwright.Applications;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>The answer: legal, undominated, the same on any number of threads, and never worse with more of anything.</summary>
public sealed class SearchAnswerTests
{
    [Theory]
    [InlineData("llama-3.1-70b", "hgx-h200", 8)]
    [InlineData("deepseek-v3", "gb200-nvl72", 24)]
    [InlineData("qwen3-235b-a22b", "hgx-h100", 16)]
    public void Every_layout_of_the_answer_can_cut_the_model_and_fits_the_chips(string model, string system, int chips)
    {
        SearchRequest request = SearchCases.Request(model, 2048, 512, 3, 0.05, chips);
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer(system)], request);
        Assert.NotNull(answer.Best);
        Assert.All(answer.Frontier.Concat(answer.RunnersUp.Select(static r => r.Point)), point =>
        {
            int unit = point.Pools?.Chips ?? point.Layout.Chips;
            Assert.True(unit * point.Replicas <= chips, point.LayoutName);
            foreach (ParallelLayout layout in (ParallelLayout[])[point.Layout, point.Pools?.PrefillLayout ?? point.Layout])
            {
                Assert.Empty(LayoutCheck.Fault(request.Model, layout));
                Assert.Equal(0, request.Model.Layers.Count % layout.PipelineStages);
                Assert.Equal(0, request.Model.HasExperts ? request.Model.RoutedExperts % layout.ExpertWays : 0);
            }
        });
    }

    [Fact]
    public void No_point_of_the_frontier_beats_another_in_both()
    {
        IReadOnlyList<SearchPoint> front = SearchCases.Find(
            [SearchCases.Offer("hgx-h200"), SearchCases.Offer("hgx-b200")], SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.04, 8)).Frontier;
        Assert.True(front.Count > 5);
        for (int i = 1; i < front.Count; i++)
        {
            Assert.True(front[i].TimePerOutputTokenSeconds >= front[i - 1].TimePerOutputTokenSeconds);
            Assert.True(front[i].OutputTokensPerChipSecond > front[i - 1].OutputTokensPerChipSecond);
        }
    }

    [Fact]
    public void The_answer_does_not_depend_on_threads()
    {
        SearchRequest request = SearchCases.Request("gpt-oss-120b", 1155, 211, 1, 0.02, 8);
        string[] answers =
        [
            .. new[] { 1, 2, 7, -1 }.Select(threads => SearchCases.Text(
                new DeploymentSearch(SearchCases.Library, SearchCases.Calibration, threads).Find(
                [SearchCases.Offer("hgx-b200")], request, TestContext.Current.CancellationToken))),
        ];
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Theory]
    [InlineData(SystemElement.Memory)]
    [InlineData(SystemElement.MemoryBandwidth)]
    [InlineData(SystemElement.Peak)]
    [InlineData(SystemElement.ScaleUpBandwidth)]
    public void More_of_an_element_is_never_worse(SystemElement element)
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 2048, 512, 1, 0.03, 8);
        SystemOffer offer = SearchCases.Offer("hgx-h200");
        double before = 0;
        foreach (double factor in (double[])[0.9, 1, 1.2, 1.5])
        {
            double value = SystemElements.ValueOf(offer.System, element)!.Value * factor;
            SearchAnswer answer = SearchCases.Find([offer with { System = SystemElements.Replace(offer.System, element, value) }], request);
            double output = answer.Best?.OutputTokensPerChipSecond ?? 0;
            Assert.True(output >= before * (1 - 1e-9), $"{element} x {factor}: {output} after {before}");
            before = output;
        }
    }

    [Fact]
    public void A_looser_limit_is_never_worse()
    {
        double before = 0;
        for (int i = 0; i < 6; i++)
        {
            SearchRequest request = SearchCases.Request("llama-3.1-70b", 2048, 512, 0.4 + 0.3 * i, 0.015 + 0.007 * i, 8);
            double output = SearchCases.Find([SearchCases.Offer("hgx-h200")], request).Best?.OutputTokensPerChipSecond ?? 0;
            Assert.True(output >= before, $"{i}: {output} after {before}");
            before = output;
        }

        Assert.True(before > 0);
    }

    [Fact]
    public void A_rate_is_served_on_the_fewest_chips_and_a_greater_one_on_no_fewer()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.04, null);
        double before = 0;
        foreach (double rate in (double[])[0.5, 3, 20, 60])
        {
            SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h200")], request with { RequestsPerSecond = rate }).Best!;
            Assert.True(best.Chips >= before);
            Assert.Equal(rate, best.RequestsPerSecond);
            Assert.Equal(rate * 512 / best.Chips, best.OutputTokensPerChipSecond, 1e-9 * best.OutputTokensPerChipSecond);
            Assert.Equal(best.Chips, best.Replicas * (double)(best.Pools?.Chips ?? best.Layout.Chips));
            before = best.Chips;
        }
    }

    [Fact]
    public void Chip_time_of_a_token_sums_to_what_a_token_takes() => Assert.All(
        SearchCases.Find([SearchCases.Offer("hgx-h200")], SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.04, 8)).RunnersUp,
        static r => Assert.Equal(1 / r.Point.OutputTokensPerChipSecond, r.Point.ChipTime.TotalSeconds, 1e-6 / r.Point.OutputTokensPerChipSecond));

    [Fact]
    public void Pools_apart_do_what_the_mean_of_pools_says()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.04, 8) with { Space = SearchSpace.Full with { Together = false } };
        SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h200")], request).Best!;
        SearchChip chip = SearchCases.Chip("hgx-h200");
        StepModel Step(ParallelLayout layout, int budget) =>
            chip.Compile(new Deployment(request.Model, chip.System, layout, best.Precision, chip.SettingsOf(layout.TensorWays, budget)), 0);
        MeanPools pools = new(
            Step(best.Pools!.PrefillLayout, best.Engine.MaxBatchedTokens), Step(best.Layout, 2048), best.Pools, request.Lengths, null, chip.Peaks.ScaleUpBytesPerSecond);
        MeanPoolsState state = pools.At(best.BatchPerReplica);
        Assert.Equal(state.StepSeconds, best.TimePerOutputTokenSeconds, 1e-9);
        Assert.True(best.RequestsPerSecond / best.Replicas <= state.RequestsPerSecond * (1 + 1e-9));
        Assert.True(best.RequestsPerSecond / best.Replicas <= ApartSearch.MostPrefillUse * pools.MostRequestsPerSecond * (1 + 1e-9));
    }

    [Fact]
    public void Limits_that_nothing_meets_are_answered_with_the_nearest_that_can()
    {
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer("hgx-h100")], SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.0005, 8));
        Assert.Null(answer.Best);
        Assert.Contains("0.5 ms per output token", answer.Nearest!.Message, StringComparison.Ordinal);
        SearchPoint nearest = answer.Nearest.Point!;
        SearchRequest met = SearchCases.Request("llama-3.1-70b", 2048, 512, 2, nearest.TimePerOutputTokenSeconds * 1.0001, 8);
        Assert.NotNull(SearchCases.Find([SearchCases.Offer("hgx-h100")], met).Best);
    }

    [Fact]
    public void A_model_that_does_not_fit_is_answered_with_the_nearest_that_fits()
    {
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer("hgx-h100")], SearchCases.Request("deepseek-v3", 2048, 512, 2, 0.05, 2));
        Assert.Null(answer.Best);
        Assert.Contains("deepseek-v3 does not fit on 2 chips", answer.Nearest!.Message, StringComparison.Ordinal);
        Assert.Contains("nearest that fits", answer.Nearest.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_request_is_refused()
    {
        SearchRequest right = SearchCases.Request("llama-3.1-8b", 100, 100, 1, 0.05, 1);
        Assert.Empty(right.Fault);
        Assert.All(
            (SearchRequest[])
            [
                right with { RequestsPerSecond = 2 }, right with { Chips = 0 }, right with { TimeToFirstTokenLimitSeconds = double.NaN }, right with { TimePerOutputTokenLimitSeconds = 0 },
                right with { Chips = null, PowerWatts = -1 }, right with { Lengths = RequestLengths.FromMeans(1e6, 10) },
            ],
            wrong => Assert.Throws<ArgumentException>(() => SearchCases.Find([SearchCases.Offer("hgx-h100")], wrong)));
    }

    [Fact]
    public void A_plan_finds_what_the_search_finds_in_its_space()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 1155, 211, 2, 0.04, 8) with { Precisions = [SearchCases.Fp8], Space = SearchSpace.Plan };
        SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h200")], request).Best!;
        WorkloadSearch prepared = SearchCases.Search.Prepare(request.Model, SearchCases.Catalog.FindSystem("hgx-h200")!, Millwright.Operators.OperandPrecision.Fp8, out _)!;
        ServingPoint point = prepared.Find(request.Lengths, 2, 0.04);
        Assert.Equal(best.OutputTokensPerChipSecond, point.OutputTokensPerChipSecond, 1e-9 * point.OutputTokensPerChipSecond);
        Assert.Equal(1, point.PrefillShare + point.CachedShare + point.DecodeShare, 1e-12);
        Assert.True(point is { PrefillShare: > 0, DecodeShare: > 0, CachedShare: 0 });
        Assert.Equal(best.JoulesPerOutputToken * best.OutputTokensPerChipSecond, point.ChipWatts, 1e-6 * point.ChipWatts);
    }

    [Fact]
    public void A_capped_chip_makes_no_more_and_draws_no_more_than_its_cap()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 2048, 512, 2, 0.05, 8) with { Precisions = [SearchCases.Fp8], Space = SearchSpace.Full with { Apart = false } };
        double before = 0;
        foreach (double cap in (double[])[0.5, 0.7, 0.9, 1])
        {
            SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h200") with { PowerCap = cap }], request).Best!;
            Assert.True(best.OutputTokensPerChipSecond >= before * (1 - 1e-9));
            Assert.True(best.JoulesPerOutputToken * best.OutputTokensPerChipSecond <= cap * 700 * (1 + 1e-9));
            before = best.OutputTokensPerChipSecond;
        }

        SearchAnswer below = SearchCases.Find([SearchCases.Offer("hgx-h200") with { PowerCap = 0.05 }], request);
        Assert.Null(below.Best);
        Assert.Contains(below.Remarks, static remark => remark.Contains("lies below", StringComparison.Ordinal));
    }
}
