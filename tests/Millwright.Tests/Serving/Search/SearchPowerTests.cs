using CsCheck;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Search;

namespace Millwright.Tests.Serving.Search;

/// <summary>One power model for predictions, answers and plans, between the idle floor and the rated power or the cap.</summary>
public sealed class SearchPowerTests
{
    [Fact]
    public void Power_of_any_step_lies_between_the_idle_floor_and_the_cap() =>
        Gen.Select(Gen.Int[0, 2], Gen.Double[0.4, 1], Gen.Double[0, 11], Gen.Double[3, 16], Gen.Double[0, 14]).Holds(
            t =>
            {
                (int which, double cap, double sequences, double context, double prompt) = t;
                string[] systems = ["hgx-h200", "gb200-nvl72", "mi355x"];
                SearchChip chip = SearchChip.Create(
                    SearchCases.Catalog.FindSystem(systems[which])!, EngineFamily.Vllm, SearchCases.Library, SearchCases.Calibration.FactorsOf(EngineFamily.Vllm, systems[which]), out _, cap)!;
                StepModel step = chip.Compile(
                    new Deployment(SearchCases.Model("gpt-oss-120b"), chip.System, new ParallelLayout(2, 2), SearchCases.Fp8, chip.SettingsOf(2, 8192)), 0);
                double decoding = Math.Exp(sequences * 0.69);
                StepShape shape = new(decoding, decoding * Math.Exp(context * 0.69), Math.Exp(prompt * 0.69), 0, 1);
                double watts = step.MeanWatts(chip.Clock, shape, step.Time(shape).TotalSeconds, chip.PowerCap);
                Assert.InRange(watts, chip.IdleWatts * (1 - 1e-12), cap * chip.Peaks.RatedWatts * (1 + 1e-12));
            });

    [Fact]
    public void A_chip_of_a_pipeline_draws_what_one_that_holds_all_layers_draws_at_the_same_work_a_second()
    {
        SearchChip chip = SearchCases.Chip("hgx-h200");
        StepModel Step(int stages) => chip.Compile(
            new Deployment(SearchCases.Model("llama-3.1-70b"), chip.System, new ParallelLayout(2, stages), SearchCases.Fp8, chip.SettingsOf(2, 8192)), 0);

        // the words at both ends lie whole on each stage, so that the bytes of two stages are a little more
        StepShape shape = new(64, 64 * 1500, 400, 0, 1);
        Assert.Equal(Step(1).MeanWatts(chip.Clock, shape, 0.02), Step(2).MeanWatts(chip.Clock, shape, 0.02), 15.0);
        Assert.True(Step(2).MeanWatts(chip.Clock, shape, 0.02) < 0.9 * chip.Peaks.RatedWatts);
    }

    [Fact]
    public void An_answer_takes_the_energy_that_the_prediction_of_its_run_draws()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 1155, 211, 2, 0.04, 8) with { Precisions = [SearchCases.Fp8], Space = SearchSpace.Full with { Apart = false } };
        SearchPoint best = SearchCases.Find([SearchCases.Offer("hgx-h200")], request).Best!;
        ServingCase run = new()
        {
            Id = "answer",
            Model = request.Model,
            System = best.System,
            Engine = best.Engine,
            EngineIsAssumed = false,
            Precision = best.Precision,
            Layout = best.Layout,
            Replicas = 1,
            Lengths = request.Lengths,
            Load = LoadKind.ClosedLoop,

            // Little: requests in flight = their rate x the time of one
            Concurrency = best.RequestsPerSecond / best.Replicas * (best.TimeToFirstTokenSeconds + 210 * best.TimePerOutputTokenSeconds),
        };
        ServingEstimate estimate = new ServingPredictor(SearchCases.Library, _ => SearchCases.Calibration).Predict(run, out _)!;
        Assert.Equal(best.JoulesPerOutputToken * best.OutputTokensPerChipSecond, estimate.ChipWatts, 0.002 * estimate.ChipWatts);
    }

    [Fact]
    public void A_cap_saves_energy_where_compute_binds()
    {
        SearchRequest request = SearchCases.Request("llama-3.1-70b", 8000, 100, 10, 0.1, 8) with { Precisions = [SearchCases.Fp8], Space = SearchSpace.Full with { Apart = false } };
        SearchPoint whole = SearchCases.Find([SearchCases.Offer("hgx-h200")], request).MostFrugal!;
        SearchPoint capped = SearchCases.Find([SearchCases.Offer("hgx-h200") with { PowerCap = 0.7 }], request).MostFrugal!;
        Assert.True(capped.JoulesPerOutputToken < 0.95 * whole.JoulesPerOutputToken, $"{capped.JoulesPerOutputToken} of {whole.JoulesPerOutputToken}");
    }
}
