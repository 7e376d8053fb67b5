using CsCheck;
using Millwright.Applications;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>Systems, networks and power caps together: what is left out is proved not to matter.</summary>
public sealed class VariantTests
{
    private static readonly string[] Models = ["llama-3.1-8b", "qwen3-30b-a3b", "gpt-oss-20b"];

    private static readonly SearchSpace Small = SearchSpace.Full with { TokenBudgets = [8192], BatchesPerOctave = 2, MostReplicaChips = 16, MostPipelineStages = 2, MostContextWays = 2 };

    [Fact]
    public void The_best_the_cheapest_and_the_most_frugal_of_all_variants_are_those_of_brute_force() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Double[6, 13], Gen.Double[3, 11], Gen.Double[-1, 2], Gen.Double[-4.6, -2], Gen.Double[0.2, 1], Gen.Int[0, 2]).Holds(
            t =>
            {
                (int model, int chips, double input, double output, double firstToken, double perToken, double price, int goal) = t;
                SearchRequest request = SearchCases.Request(
                    Models[model], Math.Exp(input * 0.69), Math.Exp(output * 0.69), Math.Exp(firstToken), Math.Exp(perToken), goal == 0 ? 4 << chips : null) with
                {
                    RequestsPerSecond = goal == 1 ? 20 : null,
                    PowerWatts = goal == 2 ? 400e3 : null,
                    Precisions = [SearchCases.Fp8],
                };
                if (request.Fault.Length > 0)
                {
                    return;
                }

                List<SystemOffer> offers = [];
                foreach (string system in (string[])["hgx-h200", "hgx-b200", "gb200-nvl72", "l40s"])
                {
                    foreach (double? rate in (double?[])[null, 25e9, 100e9])
                    {
                        foreach (double cap in (double[])[0.6, 0.8, 1])
                        {
                            offers.Add(Variant(system, rate, cap, price));
                        }
                    }
                }

                SearchAnswer pruned = SearchCases.Find(offers, request with { Space = Small });
                SearchAnswer brute = SearchCases.Find(offers, request with { Space = Small with { PrunesVariants = false } });
                Assert.Equal(offers.Count, brute.Variants.Searched);
                Assert.Equal(offers.Count, pruned.Variants.Searched + pruned.Variants.Same + pruned.Variants.PrunedByProof);
                Assert.Equal(brute.Best is null, pruned.Best is null);
                if (brute.Best is null)
                {
                    return;
                }

                AssertSame(Value(brute.Best, request), Value(pruned.Best!, request));
                AssertSame(brute.Cheapest!.UsdPerMillionOutputTokens!.Value, pruned.Cheapest!.UsdPerMillionOutputTokens!.Value);
                AssertSame(brute.MostFrugal!.JoulesPerOutputToken, pruned.MostFrugal!.JoulesPerOutputToken);
            },
            iter: 16,
            threads: 1);

    [Fact]
    public void A_network_that_no_unit_reaches_changes_the_price_alone_and_is_not_searched()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-8b", 1155, 211, 2, 0.03, 8) with { Precisions = [SearchCases.Fp8], Space = Small };
        SearchAnswer answer = SearchCases.Find([SearchCases.Offer("hgx-h200"), Variant("hgx-h200", 25e9, 1, 0.5) with { Variant = "with less" }], request);
        Assert.Equal(new VariantCounts(2, 1, 1, 0), answer.Variants);
        Assert.Equal("hgx-h200", answer.Best!.SystemName);
        Assert.Equal(answer.Best.OutputTokensPerChipSecond, answer.Cheapest!.OutputTokensPerChipSecond);
        Assert.Equal("hgx-h200 with less", answer.Cheapest.SystemName);
        Assert.Equal(answer.Frontier.Count, answer.Frontier.DistinctBy(static p => p.OutputTokensPerChipSecond).Count());
    }

    [Fact]
    public void A_cap_leaves_at_least_its_share_of_the_dynamic_energy_and_the_rest_at_idle() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Double[0.4, 0.95], Gen.Int[1, 500], Gen.Double[5, 13], Gen.Double[4, 11], Gen.Int[0, 2]).Holds(
            t =>
            {
                (int which, int model, double cap, int batch, double input, double output, int ways) = t;
                string system = new[] { "hgx-h200", "hgx-b200", "gb200-nvl72" }[which];
                SearchChip whole = SearchCases.Chip(system);
                SearchChip capped = SearchChip.Create(
                    SearchCases.Catalog.FindSystem(system)!, EngineFamily.Vllm, SearchCases.Library, SearchCases.Calibration.FactorsOf(EngineFamily.Vllm, system), out _, cap)!;
                ReplicaLoad At(SearchChip chip)
                {
                    Deployment deployment = new(SearchCases.Model(Models[model]), chip.System, new ParallelLayout(1 << ways), SearchCases.Fp8, chip.SettingsOf(1 << ways, 8192));
                    return new TogetherCandidate(
                        chip, new CompiledDeployment(chip.Compile(deployment, 0)), 8192, RequestLengths.FromMeans(Math.Exp(0.69 * input), Math.Exp(0.69 * output)), null).At(batch);
                }

                ReplicaLoad before = At(whole);
                ReplicaLoad after = At(capped);
                double idle = whole.IdleWatts / whole.Peaks.RatedWatts;
                double dynamic = (cap - idle) / (1 - idle);
                double idleJoules = whole.IdleWatts * (1 << ways) / (before.RequestsPerSecond * Math.Exp(0.69 * output));
                Assert.True(after.RequestsPerSecond <= before.RequestsPerSecond * (1 + 1e-9));
                Assert.True(
                    after.JoulesPerToken >= (dynamic * before.JoulesPerToken + (1 - dynamic) * idleJoules) * (1 - TogetherSearch.Ripple),
                    $"{after.JoulesPerToken} of {before.JoulesPerToken} and {idleJoules}");
            },
            iter: 600);

    [Fact]
    public void For_a_power_the_best_makes_most_in_all_not_for_a_chip()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-8b", 512, 512, 2, 0.03, null) with { PowerWatts = 1e6, Precisions = [SearchCases.Fp8], Space = Small };
        SystemOffer[] offers = [SearchCases.Offer("hgx-h200") with { WattsPerChip = 1400 }, Variant("hgx-h200", null, 0.6, 1) with { WattsPerChip = 1120 }];
        SearchAnswer answer = SearchCases.Find(offers, request);
        double Total(SystemOffer offer) => SearchCases.Find([offer], request).Best is { } best ? best.OutputTokensPerChipSecond * best.Chips : 0;
        Assert.Equal(offers.Max(Total), answer.Best!.OutputTokensPerChipSecond * answer.Best.Chips, 1e-6 * offers.Max(Total));
        Assert.Equal(offers[1].Variant, answer.Best.Variant);
    }

    private static SystemOffer Variant(string system, double? network, double cap, double price)
    {
        SystemOffer own = SearchCases.Offer(system);
        return own with
        {
            System = network is { } rate ? SystemElements.Replace(own.System, SystemElement.Nic, rate) : own.System,
            HasOwnNetwork = network is null,
            PowerCap = cap,
            Variant = network is null && cap == 1 ? "" : FormattableString.Invariant($"{network / 1e9:0} GB/s at {cap}"),
            UsdPerChipHour = 2 * (1 - 0.3 * price * (1 - cap)) * (network switch { null => 1, 25e9 => 0.97, _ => 1.05 }),
            WattsPerChip = 1500 - (1 - cap) * own.System.ChipWatts,
        };
    }

    private static void AssertSame(double brute, double pruned) => Assert.Equal(brute, pruned, 1e-9 * brute);

    private static double Value(SearchPoint p, SearchRequest request) => request switch
    {
        { PowerWatts: not null } => p.OutputTokensPerChipSecond * p.Chips,
        { RequestsPerSecond: not null } => p.Chips,
        _ => p.OutputTokensPerChipSecond,
    };
}
