using CsCheck;
using Millwright.Applications;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Tests.Models;

namespace Millwright.Tests.Serving;

public sealed class ServingCapacityTests
{
    private static readonly ModelArchitecture Llama70 = TestModels.Parse("llama-3.1-70b");
    private static readonly ModelArchitecture DeepSeek = TestModels.Parse("deepseek-r1");
    private static readonly ModelArchitecture GptOss = TestModels.Parse("gpt-oss-120b");

    public static TheoryData<string, string, string, OperandPrecision> Workloads => new()
    {
        { "llama-3.1-70b", "hgx-h100", "azure-2023-conv", OperandPrecision.Fp8 },
        { "llama-3.1-70b", "vr200-nvl72", "azure-2023-conv", OperandPrecision.Fp4 },
        { "deepseek-r1", "hgx-h200", "servegen-deepseek-r1", OperandPrecision.Fp8 },
        { "deepseek-r1", "gb200-nvl72", "mooncake-conversation", OperandPrecision.Fp4 },
        { "gpt-oss-120b", "mi355x", "browser-agent", OperandPrecision.Fp4 },
        { "deepseek-r1", "gb300-nvl72", "coding-agent-tracelab", OperandPrecision.Fp8 },
        { "qwen3-32b", "hgx-h100", "azure-2023-code", OperandPrecision.Bf16 },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_found_point_meets_what_was_asked_and_its_shares_sum_to_one(string modelId, string system, string lengthsId, OperandPrecision precision)
    {
        var model = TestModels.Parse(modelId);
        var chip = TestCatalog.Chip(system);
        var lengths = RequestLengths.FromHistogram(TestCatalog.Lengths.Single(row => row.Id == lengthsId));
        var point = ServingCapacity.Find(model, chip, new ServingDemand(lengths, precision, 6, 0.05));

        Assert.NotEqual(BatchLimit.Infeasible, point.Limit);
        Assert.Equal(1, point.PrefillShare + point.CachedShare + point.DecodeShare, 1e-12);
        Assert.True(point is { PrefillShare: > 0, CachedShare: >= 0, DecodeShare: > 0 });
        Assert.True(point.TimePerOutputTokenSeconds <= 0.05);
        Assert.True(point.TimeToFirstTokenSeconds <= 6);
        Assert.True(point.MemoryUsedBytesPerChip <= chip.Peaks.MemoryBytes * 0.9);
        Assert.InRange(point.ChipWatts, 0.15 * chip.Peaks.RatedWatts, chip.Peaks.RatedWatts);
        Assert.Equal(lengths.CachedShare > 0, point.CachedShare > 0);

        // tokens of the three kinds come in the proportions of the requests
        var requests = point.OutputTokensPerChipSecond / lengths.MeanOutputTokens;
        Assert.Equal(requests * lengths.UncachedInputTokens, point.InputTokensPerChipSecond, point.InputTokensPerChipSecond * 1e-12);
        Assert.Equal(requests * lengths.CachedInputTokens, point.CachedTokensPerChipSecond, 1e-9 * (1 + point.CachedTokensPerChipSecond));

        // a batch of B makes B tokens a step
        Assert.Equal(
            point.BatchPerReplica / point.TimePerOutputTokenSeconds / point.ChipsPerReplica, point.OutputTokensPerChipSecond, point.OutputTokensPerChipSecond * 1e-12);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Same_question_same_bits_on_any_thread(string modelId, string system, string lengthsId, OperandPrecision precision)
    {
        var model = TestModels.Parse(modelId);
        var chip = TestCatalog.Chip(system);
        var demand = new ServingDemand(RequestLengths.FromHistogram(TestCatalog.Lengths.Single(row => row.Id == lengthsId)), precision, 6, 0.05);
        var once = ServingCapacity.Find(model, chip, demand);
        Parallel.For(0, 4, _ => Assert.Equal(once, ServingCapacity.Find(model, chip, demand)));
    }

    [Fact]
    public void A_tighter_time_per_token_never_makes_more()
    {
        foreach (var (model, system) in new[] { (Llama70, "hgx-h200"), (DeepSeek, "gb200-nvl72"), (GptOss, "hgx-b200") })
        {
            var chip = TestCatalog.Chip(system);
            var lengths = RequestLengths.FromMeans(2000, 500, 0.2);
            var last = 0.0;
            for (var limit = 0.004; limit < 0.2; limit *= 1.15)
            {
                var point = ServingCapacity.Find(model, chip, new ServingDemand(lengths, OperandPrecision.Fp8, 5, limit));
                Assert.True(point.OutputTokensPerChipSecond >= last, $"{model.Id} at {limit}");
                last = point.OutputTokensPerChipSecond;
            }

            Assert.True(last > 0);
        }
    }

    [Fact]
    public void A_tighter_time_to_first_token_never_makes_more()
    {
        var chip = TestCatalog.Chip("hgx-h100");
        var last = 0.0;
        for (var limit = 0.05; limit < 20; limit *= 1.3)
        {
            var rate = ServingCapacity.Find(
                Llama70, chip, new ServingDemand(RequestLengths.FromMeans(8000, 500), OperandPrecision.Fp8, limit, 0.1)).OutputTokensPerChipSecond;
            Assert.True(rate >= last);
            last = rate;
        }

        Assert.True(last > 0);
    }

    [Fact]
    public void A_longer_context_never_makes_more() => Gen.Select(Gen.Int[0, 2], Gen.Double[100, 30000], Gen.Double[1.01, 4], Gen.Double[50, 2000], Gen.Double[0, 0.9]).Holds(
        (which, input, factor, output, cached) =>
        {
            var model = new[] { Llama70, DeepSeek, GptOss }[which];
            var chip = TestCatalog.Chip("hgx-b200");
            double Rate(double tokens) => ServingCapacity.Find(
                model, chip, new ServingDemand(RequestLengths.FromMeans(tokens, output, cached), OperandPrecision.Fp8, 10, 0.05)).OutputTokensPerChipSecond;
            Assert.True(Rate(input * factor) <= Rate(input) * (1 + 1e-9));
        },
        iter: 60);

    [Fact]
    public void More_bandwidth_or_memory_never_makes_less()
    {
        var system = TestCatalog.System("hgx-h200");
        var demand = new ServingDemand(RequestLengths.FromMeans(3000, 800), OperandPrecision.Fp8, 5, 0.04);
        var rate = ServingCapacity.Find(Llama70, TestCatalog.Chip(system), demand).OutputTokensPerChipSecond;
        foreach (var better in new[]
        {
            system with { MemoryBytesPerSecond = system.MemoryBytesPerSecond * 1.2 },
            system with { MemoryBytes = system.MemoryBytes * 1.2 },
            system with { ScaleUpBytesPerSecond = system.ScaleUpBytesPerSecond * 1.2 },
            system with { Bf16FlopsPerSecond = system.Bf16FlopsPerSecond * 1.2, Fp8FlopsPerSecond = system.Fp8FlopsPerSecond * 1.2 },
        })
        {
            Assert.True(ServingCapacity.Find(Llama70, TestCatalog.Chip(better), demand).OutputTokensPerChipSecond >= rate);
        }
    }

    [Fact]
    public void Input_from_the_cache_costs_less_than_computed_input_but_not_nothing()
    {
        var chip = TestCatalog.Chip("hgx-h200");
        ServingPoint At(double input, double cached) => ServingCapacity.Find(
            Llama70, chip, new ServingDemand(RequestLengths.FromMeans(input, 300, cached), OperandPrecision.Fp8, 10, 0.05));
        var computed = At(12000, 0);
        var half = At(12000, 0.5);
        Assert.True(half.OutputTokensPerChipSecond > computed.OutputTokensPerChipSecond);
        Assert.True(half.OutputTokensPerChipSecond < At(6000, 0).OutputTokensPerChipSecond);

        // chip-seconds that one token of each kind causes
        Assert.True(half.CachedShare / half.CachedTokensPerChipSecond < half.PrefillShare / half.InputTokensPerChipSecond);
        Assert.Equal(0, computed.CachedShare);
    }

    [Fact]
    public void Memory_is_never_overdrawn_even_when_many_prompts_come_to_each_step()
    {
        var chip = TestCatalog.Chip("gb200-nvl72");
        foreach (var output in new[] { 5.0, 20, 60, 200 })
        {
            var demand = new ServingDemand(RequestLengths.FromMeans(220, output), OperandPrecision.Bf16, 20, 0.5);
            var point = ServingCapacity.Find(Llama70, chip, demand);
            Assert.InRange(point.MemoryUsedBytesPerChip, 0.5 * 0.9 * 186e9, 0.9 * 186e9);
        }
    }

    [Fact]
    public void A_model_that_does_not_fit_is_answered_in_words()
    {
        var point = ServingCapacity.Find(
            DeepSeek, TestCatalog.Chip("hgx-h100"), new ServingDemand(RequestLengths.FromMeans(1000, 200), OperandPrecision.Bf16, 5, 0.1));
        Assert.Equal(BatchLimit.Infeasible, point.Limit);
        Assert.Equal(0, point.OutputTokensPerChipSecond);
        Assert.Contains("deepseek-r1 does not fit on hgx-h100", point.Reason);
        Assert.Contains("8 chips", point.Reason);
    }

    [Fact]
    public void A_time_per_token_out_of_reach_is_answered_in_words()
    {
        var point = ServingCapacity.Find(
            Llama70, TestCatalog.Chip("hgx-h100"), new ServingDemand(RequestLengths.FromMeans(1000, 200), OperandPrecision.Bf16, 5, 0.001));
        Assert.Equal(BatchLimit.Infeasible, point.Limit);
        Assert.Contains("ms per output token", point.Reason);
        Assert.Contains("limit is 1 ms", point.Reason);
    }

    [Fact]
    public void A_time_to_first_token_out_of_reach_is_answered_in_words()
    {
        var point = ServingCapacity.Find(
            Llama70, TestCatalog.Chip("hgx-h100"), new ServingDemand(RequestLengths.FromMeans(100000, 200), OperandPrecision.Fp8, 0.5, 1));
        Assert.Equal(BatchLimit.Infeasible, point.Limit);
        Assert.Contains("s to its first token; the limit is 0.5 s", point.Reason);
    }

    [Fact]
    public void Requests_longer_than_the_model_takes_are_answered_in_words()
    {
        var demand = new ServingDemand(RequestLengths.FromMeans(184000, 800, 0.96), OperandPrecision.Fp8, 5, 0.05);
        var point = ServingCapacity.Find(DeepSeek, TestCatalog.Chip("gb300-nvl72"), demand);
        Assert.Equal(BatchLimit.Infeasible, point.Limit);
        Assert.Contains("184800 tokens is longer than the 163840 tokens", point.Reason);
    }

    [Fact]
    public void A_precision_that_the_chip_lacks_is_told()
    {
        var demand = new ServingDemand(RequestLengths.FromMeans(1000, 300), OperandPrecision.Fp4, 5, 0.05);
        Assert.Contains("stored in fp4 are multiplied in fp8", ServingCapacity.Find(Llama70, TestCatalog.Chip("hgx-h200"), demand).Reason);
    }

    [Fact]
    public void Outputs_of_a_token_and_prompts_of_a_book_still_have_an_answer()
    {
        var chip = TestCatalog.Chip("gb200-nvl72");
        foreach (var (input, output) in new[] { (1.0, 1.0), (130000.0, 1.0), (1.0, 50000.0), (200.0, 1.0) })
        {
            var point = ServingCapacity.Find(GptOss, chip, new ServingDemand(RequestLengths.FromMeans(input, output), OperandPrecision.Fp4, 600, 600));
            Assert.True(point.OutputTokensPerChipSecond > 0 && double.IsFinite(point.OutputTokensPerChipSecond));
            Assert.Equal(1, point.PrefillShare + point.CachedShare + point.DecodeShare, 1e-12);
        }
    }

    [Fact]
    public void The_batch_is_the_greatest_that_meets_the_objective()
    {
        // requests in flight fix the batch: one sequence more breaks the time per token
        var chip = TestCatalog.Chip("hgx-h200");
        var demand = new ServingDemand(RequestLengths.FromMeans(1000, 1000), OperandPrecision.Fp8, 10, 0.03);
        var point = ServingCapacity.Find(Llama70, chip, demand);
        Assert.Equal(BatchLimit.TimePerOutputToken, point.Limit);
        var more = point.BatchPerReplica + 1;
        var inFlight = more * (1 + (point.TimeToFirstTokenSeconds + 1e-3) / (1000 * point.TimePerOutputTokenSeconds));
        var beyond = ServingCapacity.AtConcurrency(Llama70, chip, new ReplicaLayout(ReplicaSpread.Tensor, point.ChipsPerReplica), demand, inFlight);
        Assert.InRange(beyond.BatchPerReplica, more - 0.1, more + 0.1);
        Assert.True(beyond.TimePerOutputTokenSeconds > 0.03);
    }

    [Fact]
    public void In_a_closed_loop_requests_in_flight_are_rate_times_latency()
    {
        var chip = TestCatalog.Chip("hgx-b200");
        var demand = new ServingDemand(RequestLengths.FromMeans(7372.8, 921.6), OperandPrecision.Fp8, 1e9, 1e9);
        var point = ServingCapacity.AtConcurrency(Llama70, chip, new ReplicaLayout(ReplicaSpread.Tensor, 4), demand, 64);
        var requestsPerSecond = point.OutputTokensPerChipSecond * 4 / 921.6;
        Assert.Equal(64, requestsPerSecond * (point.TimeToFirstTokenSeconds + 921.6 * point.TimePerOutputTokenSeconds), 0.01);
    }

    [Theory]
    [InlineData("llama-3.1-70b", ReplicaSpread.Tensor)]
    [InlineData("deepseek-r1", ReplicaSpread.Tensor)]
    [InlineData("deepseek-r1", ReplicaSpread.Expert)]
    public void More_requests_in_flight_never_make_fewer_tokens(string modelId, ReplicaSpread spread)
    {
        // the search relies on it: the largest batch that meets the objective is the best
        var model = TestModels.Parse(modelId);
        var chip = TestCatalog.Chip("hgx-b200");
        Gen.Select(Gen.Double[1, 400], Gen.Double[1.02, 3], Gen.Double[50, 15000], Gen.Double[20, 3000]).Holds(
            (inFlight, factor, input, tokensOut) =>
            {
                var demand = new ServingDemand(RequestLengths.FromMeans(input, tokensOut), OperandPrecision.Fp8, 1e9, 1e9);
                double Rate(double concurrency) =>
                    ServingCapacity.AtConcurrency(model, chip, new(spread, 8), demand, concurrency).OutputTokensPerChipSecond;
                Assert.True(Rate(inFlight * factor) >= Rate(inFlight) * (1 - 1e-5));
            },
            iter: 60);
    }

    [Fact]
    public void More_requests_than_the_cache_holds_wait_outside()
    {
        var chip = TestCatalog.Chip("hgx-h100");
        var demand = new ServingDemand(RequestLengths.FromMeans(30000, 1000), OperandPrecision.Fp8, 1e9, 1e9);
        var layout = new ReplicaLayout(ReplicaSpread.Tensor, 2);
        var full = ServingCapacity.AtConcurrency(Llama70, chip, layout, demand, 1000);
        Assert.Equal(BatchLimit.Memory, full.Limit);
        Assert.True(full.MemoryUsedBytesPerChip <= 0.9 * 80e9);
        Assert.Equal(full.BatchPerReplica, ServingCapacity.AtConcurrency(Llama70, chip, layout, demand, 2000).BatchPerReplica, 1e-3);
    }

    [Fact]
    public void A_borrowed_curve_is_named_and_widens_the_band()
    {
        var demand = new ServingDemand(RequestLengths.FromMeans(1000, 300), OperandPrecision.Fp8, 5, 0.05);
        var measured = ServingCapacity.Find(Llama70, TestCatalog.Chip("hgx-b200"), demand);
        var borrowed = ServingCapacity.Find(Llama70, TestCatalog.Chip("mi355x"), demand);
        Assert.Equal("", measured.Reason);
        Assert.Contains("hgx-b200", borrowed.Reason);
        Assert.True(borrowed.ErrorBand > measured.ErrorBand && measured.ErrorBand > 0);
    }

    [Theory]
    [InlineData(ServingPrecision.Bf16, OperandPrecision.Bf16)]
    [InlineData(ServingPrecision.Fp8, OperandPrecision.Fp8)]
    [InlineData(ServingPrecision.Fp4, OperandPrecision.Fp4)]
    public void A_workload_is_served_at_the_precision_it_states(ServingPrecision stated, OperandPrecision served) =>
        Assert.Equal(served, ServingDemand.OperandOf(stated));

    [Fact]
    public void A_search_allocates_little()
    {
        var chip = TestCatalog.Chip("gb300-nvl72");
        var demand = new ServingDemand(RequestLengths.FromMeans(1268, 1527), OperandPrecision.Fp8, 2, 0.05);
        ServingCapacity.Find(DeepSeek, chip, demand);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ServingCapacity.Find(DeepSeek, chip, demand);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}
