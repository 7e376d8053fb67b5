using CsCheck;
using Millwright.Applications;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>What is pruned is proved not to matter: the pruned search finds what brute force finds.</summary>
public sealed class PruningTests
{
    private static readonly string[] Models = ["llama-3.1-8b", "qwen3-30b-a3b", "gpt-oss-20b"];
    private static readonly string[] Systems = ["hgx-h100", "hgx-h200", "hgx-b200"];
    private static readonly EngineFamily[] Engines = [EngineFamily.Vllm, EngineFamily.Sglang, EngineFamily.TensorRtLlm];

    [Fact]
    public void The_pruned_search_has_the_frontier_the_best_and_the_most_frugal_of_brute_force() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Double[5, 14], Gen.Double[3, 11], Gen.Double[-2.5, 1.5], Gen.Double[-5.3, -2]).Holds(
            t =>
            {
                (int model, int system, int chips, double input, double output, double firstToken, double perToken) = t;
                SearchRequest request = SearchCases.Request(
                    Models[model], Math.Exp(input * 0.69), Math.Exp(output * 0.69), Math.Exp(firstToken), Math.Exp(perToken), 1 << chips) with
                {
                    Engines = [Engines[(model + chips) % 3]],
                };
                if (request.Fault.Length > 0)
                {
                    return;
                }

                SearchSpace small = SearchSpace.Full with { TokenBudgets = [2048, 8192], BatchesPerOctave = 2 };
                SystemOffer[] offers = [SearchCases.Offer(Systems[system])];
                SearchAnswer pruned = SearchCases.Find(offers, request with { Space = small });
                SearchAnswer brute = SearchCases.Find(offers, request with { Space = small with { Prunes = false } });
                Assert.Equal(SearchCases.Text(brute.Best), SearchCases.Text(pruned.Best));
                Assert.Equal(brute.MostFrugal?.JoulesPerOutputToken, pruned.MostFrugal?.JoulesPerOutputToken);
                Assert.Equal(
                    brute.Frontier.Select(static p => (p.TimePerOutputTokenSeconds, p.OutputTokensPerChipSecond)),
                    pruned.Frontier.Select(static p => (p.TimePerOutputTokenSeconds, p.OutputTokensPerChipSecond)));
                Assert.Equal(pruned.Together.Settings, brute.Together.Settings);
                Assert.True(pruned.Together.Visited <= brute.Together.Visited);
            },
            iter: 30,
            threads: 1);

    [Fact]
    public void No_integer_batch_of_any_layout_beats_the_best()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-8b", 24000, 400, 6, 0.03, 4) with
        {
            Precisions = [SearchCases.Fp8],
            Space = SearchSpace.Full with { Apart = false, TokenBudgets = [4096] },
        };
        SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h100")], request).Best!;
        SearchChip chip = SearchCases.Chip("hgx-h100");
        double most = 0;
        foreach (ParallelLayout layout in LayoutOptions.All(request.Model, 4, 16, 1))
        {
            Deployment deployment = new(request.Model, chip.System, layout, SearchCases.Fp8, chip.SettingsOf(layout.TensorWays, 4096));
            TogetherCandidate candidate = new(chip, new CompiledDeployment(chip.Compile(deployment, 0)), 4096, request.Lengths, null);
            for (int batch = 1; batch * candidate.Unit <= Math.Min(candidate.MostByMemory, candidate.MostByEngine); batch++)
            {
                ReplicaLoad load = candidate.At(batch * candidate.Unit);
                if (load.Holds && load.TokenSeconds <= 0.03 && load.FirstTokenSeconds <= 6)
                {
                    most = Math.Max(most, 4 / layout.Chips * load.RequestsPerSecond * 400 / 4);
                }
            }
        }

        Assert.True(most > 0);
        Assert.True(best.OutputTokensPerChipSecond >= most * (1 - 1e-12), $"{best.OutputTokensPerChipSecond} of {most}");
    }

    [Theory]
    [InlineData("llama-3.1-70b", "hgx-h200", 8)]
    [InlineData("gpt-oss-120b", "hgx-b200", 8)]
    [InlineData("deepseek-v3", "gb200-nvl72", 16)]
    public void Every_setting_is_timed_rejected_or_pruned(string model, string system, int chips)
    {
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer(system)], SearchCases.Request(model, 2048, 512, 2, 0.04, chips));
        foreach (SearchCounts counts in (SearchCounts[])[answer.Together, answer.Apart])
        {
            Assert.Equal(counts.Settings, counts.Visited + counts.RejectedByMemory + counts.PrunedByProof);
            Assert.True(counts is { Visited: > 0, RejectedByMemory: >= 0, PrunedByProof: > 0 }, counts.ToString());
        }
    }

    [Theory]
    [InlineData("llama-3.1-8b", "hgx-h100", 1, 1, 1)]
    [InlineData("llama-3.1-70b", "hgx-h200", 4, 2, 1)]
    [InlineData("gpt-oss-120b", "hgx-b200", 1, 1, 4)]
    [InlineData("deepseek-v3", "gb200-nvl72", 2, 1, 8)]
    public void Beyond_the_batches_that_are_all_timed_a_larger_one_takes_no_less_time_and_energy(string model, string system, int tensor, int stages, int ranks)
    {
        SearchChip chip = SearchCases.Chip(system);
        ParallelLayout layout = new(tensor, stages, ranks, ranks > 1 ? tensor * ranks : 1);
        Deployment deployment = new(SearchCases.Model(model), chip.System, layout, SearchCases.Fp8, chip.SettingsOf(tensor, 8192));
        TogetherCandidate candidate = new(chip, new CompiledDeployment(chip.Compile(deployment, 0)), 8192, RequestLengths.FromMeans(1500, 700), null);
        double longest = 0;
        double mostEnergy = 0;
        for (int batch = BatchOptions.EachUpTo; batch <= 512; batch += 1 + batch / 8)
        {
            ReplicaLoad load = candidate.At(batch * candidate.Unit);
            double energy = load.JoulesPerToken * load.RequestsPerSecond * load.TokenSeconds;
            Assert.True(load.TokenSeconds >= longest * (1 - TogetherSearch.Ripple), $"batch {batch}: {load.TokenSeconds} after {longest}");
            Assert.True(energy >= mostEnergy * (1 - TogetherSearch.Ripple), $"batch {batch}: {energy} after {mostEnergy}");
            longest = Math.Max(longest, load.TokenSeconds);
            mostEnergy = Math.Max(mostEnergy, energy);
        }
    }

    [Fact]
    public void Curves_that_deployments_share_are_those_that_each_makes_alone()
    {
        SearchChip chip = SearchCases.Chip("hgx-b200");
        StepCurveCache cache = new();
        foreach (PrecisionPlan precision in PrecisionOptions.All(SearchCases.Model("gpt-oss-120b"), chip.Peaks))
        {
            foreach (ParallelLayout layout in LayoutOptions.All(SearchCases.Model("gpt-oss-120b"), 8, 2, 2))
            {
                Deployment deployment = new(SearchCases.Model("gpt-oss-120b"), chip.System, layout, precision, chip.SettingsOf(layout.TensorWays, 8192));
                StepShape shape = new(37, 37 * 900, 3000, 100, 4);
                Assert.Equal(chip.Compile(deployment, 0).Time(shape), chip.Compile(deployment, 0, cache).Time(shape));
            }
        }
    }
}
