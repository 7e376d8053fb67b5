using Millwright.Applications;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Tests.Performance;
using Millwright.Tests.Serving.Search;

namespace Millwright.Tests.Serving;

/// <summary>Runs made with known overheads and factors give these back, and held-out runs are met.</summary>
public sealed class ServingFitTests
{
    private const string First = "hgx-h100";
    private const string Second = "hgx-h200";
    private static readonly EngineFactors s_made = new(HostSeconds: 2e-3, HostSecondsPerSequence: 2e-5, Dense: 1.25, DecodeAttention: 1.2, Prefill: 1.3);
    private static readonly ServingPredictor s_bare = new(SearchCases.Library, EngineCalibration.None);

    // data that is as good as this outweighs the priors
    private static readonly FitSettings s_trusting = new(GroupWeight: 2000, PriorScale: 3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_overheads_and_factors_are_found_and_held_out_runs_are_met()
    {
        ServingFit fit = new(Runs(s_made, [First, Second]), s_bare, "made runs", s_trusting);
        Assert.Empty(fit.Impossible);
        Assert.Empty(fit.Unphysical);
        var (calibration, heldOut) = fit.Fit(null, Stop);
        var found = calibration.FactorsOf(EngineFamily.Vllm, First);
        Assert.Equal(s_made.HostSeconds, found.HostSeconds, 0.15 * s_made.HostSeconds);
        Assert.Equal(s_made.HostSecondsPerSequence, found.HostSecondsPerSequence, 0.25 * s_made.HostSecondsPerSequence);
        Assert.Equal(s_made.Dense, found.DenseAt(OperandPrecision.Fp8), 0.05);
        Assert.Equal(s_made.DecodeAttention, found.DecodeAttention, 0.1);
        Assert.Equal(s_made.Prefill, found.Prefill, 0.1);
        foreach ((HoldOut kind, double[] seconds) in heldOut)
        {
            double[] errors = [.. fit.Runs.Select((run, i) => Math.Abs(seconds[i] / run.TimePerOutputTokenSeconds - 1)).Order()];
            Assert.True(Percentiles.OfSorted(errors, 0.5) < 0.01, $"{kind}: median {Percentiles.OfSorted(errors, 0.5):0.000}");
            Assert.True(Percentiles.OfSorted(errors, 0.9) < 0.05, $"{kind}: p90 {Percentiles.OfSorted(errors, 0.9):0.000}");
        }
    }

    [Fact]
    public void The_fit_counts_its_numbers_and_names_what_it_saw()
    {
        var (calibration, _) = new ServingFit(Runs(s_made, [First, Second]), s_bare, "made runs").Fit(null, Stop);
        Assert.Equal("made runs", calibration.Source);
        // an engine's twelve, its dense products in fp8, and three for each chip
        Assert.Equal(10 + 2 + 1 + 2 * 3, calibration.Parameters);
        Assert.Equal(Runs(s_made, [First, Second]).Count, calibration.Observations);
        Assert.Equal([First, Second], calibration.Systems);
        Assert.Equal(["llama-3.1-70b", "llama-3.1-8b", "qwen3-32b"], calibration.Models);
        Assert.Equal(["", First, Second], calibration.Rows.Select(row => row.SystemId));
    }

    [Fact]
    public void A_held_out_chip_is_not_in_the_fit_that_predicts_it()
    {
        ServingFit fit = new(Runs(s_made, [First, Second]), s_bare, "made runs");
        var calibrations = fit.HoldEachOut(HoldOut.Chip, null, Stop);
        for (int i = 0; i < calibrations.Length; i++)
        {
            Assert.Equal(PredictionKind.ChipNeverSeen, calibrations[i].KindOf(fit.Runs[i].Run.Model.Id, fit.Runs[i].Run.System.Id));
        }

        var byModel = fit.HoldEachOut(HoldOut.Model, null, Stop);
        for (int i = 0; i < byModel.Length; i++)
        {
            Assert.Equal(PredictionKind.ModelNeverSeen, byModel[i].KindOf(fit.Runs[i].Run.Model.Id, fit.Runs[i].Run.System.Id));
        }
    }

    [Fact]
    public void Few_runs_move_the_factors_less_than_many()
    {
        double Found(int runs) => new ServingFit([.. Runs(s_made, [First]).Take(runs)], s_bare, "made runs").Fit(null, Stop).Calibration.FactorsOf(EngineFamily.Vllm, First).Dense;
        var (few, many) = (Found(1), new ServingFit(Runs(s_made, [First, Second]), s_bare, "made runs", s_trusting).Fit(null, Stop).Calibration.FactorsOf(EngineFamily.Vllm, First).Dense);
        Assert.True(Math.Abs(few - 1) < Math.Abs(many - 1), $"{few} and {many}");
    }

    [Fact]
    public void Runs_faster_than_physics_and_runs_that_do_not_fit_are_named_and_left_out()
    {
        var runs = Runs(s_made, [First]).ToList();
        var (kept, _) = new ServingFit(runs, s_bare, "made runs").Fit(null, Stop);
        runs.Add(runs[0] with { Run = runs[0].Run with { Id = "too fast" }, TimePerOutputTokenSeconds = runs[0].TimePerOutputTokenSeconds / 20 });
        runs.Add(new MeasuredRun(Case("llama-3.1-70b", First, new ParallelLayout(), 8) with { Id = "too large", Precision = StepCases.Bf16 }, 0.02));
        ServingFit fit = new(runs, s_bare, "made runs");
        Assert.Equal("too fast", Assert.Single(fit.Unphysical).Run.Id);
        Assert.Equal("too large", Assert.Single(fit.Impossible).Run.Id);
        Assert.Equal(FactorsAlone(kept), FactorsAlone(fit.Fit(null, Stop).Calibration));
    }

    private static string FactorsAlone(EngineCalibration calibration) =>
        new EngineCalibration("", calibration.Rows, [], [], new Dictionary<PredictionKind, ErrorBand>(), 0, 0).ToJson();

    private static List<MeasuredRun> Runs(EngineFactors factors, string[] systems)
    {
        ServingPredictor predictor = new(SearchCases.Library, new EngineCalibration("made", [new EngineFactorsRow(EngineFamily.Vllm, "", factors)], [], [], new Dictionary<PredictionKind, ErrorBand>(), 0, 0));
        List<MeasuredRun> runs = [];
        foreach (string system in systems)
        {
            foreach ((string model, int tensor) in new[] { ("llama-3.1-8b", 1), ("llama-3.1-8b", 2), ("qwen3-32b", 2), ("llama-3.1-70b", 4), ("llama-3.1-70b", 8) })
            {
                foreach (double concurrency in new[] { 1.0, 4, 16, 64, 128 })
                {
                    foreach (double input in new[] { 200.0, 4000 })
                    {
                        var run = Case(model, system, new ParallelLayout(tensor), concurrency) with { Lengths = RequestLengths.FromMeans(input, 500) };
                        var estimate = predictor.Predict(run, out string reason) ?? throw new InvalidOperationException(reason);
                        runs.Add(new MeasuredRun(run with { Id = $"{model} {system} {tensor} {concurrency} {input}" }, estimate.TimePerOutputTokenSeconds, estimate.OutputTokensPerChipSecond));
                    }
                }
            }
        }

        return runs;
    }

    private static ServingCase Case(string model, string system, ParallelLayout layout, double concurrency)
    {
        var deployment = StepCases.Deployment(model, system, layout, StepCases.Fp8);
        return new ServingCase
        {
            Id = "",
            Model = deployment.Model,
            System = deployment.System,
            Layout = layout,
            Precision = deployment.Precision,
            Engine = deployment.Engine,
            Lengths = RequestLengths.FromMeans(1000, 500),
            Load = LoadKind.ClosedLoop,
            Concurrency = concurrency,
        };
    }
}
