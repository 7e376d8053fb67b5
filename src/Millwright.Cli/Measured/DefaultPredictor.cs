using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Measured;

/// <summary>What predicts measured runs, with its name: the one place that chooses it.</summary>
/// <param name="Predictor">The predictor.</param>
/// <param name="Name">Its name, for reports.</param>
/// <param name="Seen">What its fit had seen of a row's chip and model, in words; null where it was fitted to no run.</param>
internal sealed record DefaultPredictor(IServingPredictor Predictor, string Name, Func<RowPrediction, string>? Seen)
{
    /// <summary>The predictor that ships.</summary>
    public static DefaultPredictor Create()
    {
        EngineCalibration calibration = ShippedCalibration.Load();
        return new DefaultPredictor(new SimulatedPredictor(new ServingPredictor(ShippedOperators.Load(), calibration)), "step model and replayed loops, shipped calibration", row => SeenBy(calibration, row));
    }

    /// <summary>The predictor that ships, which remembers what it has predicted: for several rounds over the same rows.</summary>
    public static IServingPredictor Remembered() => new RememberedPredictor(Create().Predictor);

    /// <summary>A predictor that is fitted to the rows themselves, each row predicted by a fit that has not seen its configuration, model or chip.</summary>
    /// <param name="fit">A fit over the rows.</param>
    /// <param name="others">Predicts the rows that take part in no fit.</param>
    /// <param name="holdOut">What is held out.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static DefaultPredictor HeldOut(ServingFit fit, IServingPredictor others, HoldOut holdOut, IProgress<double> progress, CancellationToken cancellation)
    {
        EngineCalibration shipped = ShippedCalibration.Load();
        EngineCalibration[] calibrations = fit.HoldEachOut(holdOut, progress, cancellation);
        Dictionary<string, EngineCalibration> byRun = [];
        for (int i = 0; i < calibrations.Length; i++)
        {
            byRun[fit.Runs[i].Run.Id] = calibrations[i];
        }

        return new DefaultPredictor(
            new EitherPredictor(run => byRun.ContainsKey(run.Id), new SimulatedPredictor(new ServingPredictor(ShippedOperators.Load(), run => byRun[run.Id])), others),
            $"step model and replayed loops, cross-validated by {holdOut.ToString().ToLowerInvariant()}",
            row => SeenBy(byRun.GetValueOrDefault(row.Row.Id) ?? shipped, row));
    }

    /// <summary>A fit over the rows that can take part: scored closed loops without drafted tokens.</summary>
    public static ServingFit FitOf(IReadOnlyList<ServingRow> rows, ServingCaseReader reader, string source, FitSettings? settings = null)
    {
        List<MeasuredRun> runs = [];
        foreach (ServingRow row in rows)
        {
            if (row.IsScored && !row.IsSpeculative && row.Scenario == "closed-loop"
                && (row.TimePerOutputTokenMs.Mean ?? row.TimePerOutputTokenMs.Median) is > 0 and var milliseconds
                && reader.Read(row).Case is { Load: LoadKind.ClosedLoop } run)
            {
                runs.Add(new MeasuredRun(run, milliseconds / 1e3, row.OutputTokensPerChipSecond, (row.TimeToFirstTokenMs.Median ?? row.TimeToFirstTokenMs.Mean) / 1e3, row.TimeToFirstTokenMs.Median is null));
            }
        }

        return new ServingFit(runs, new ServingPredictor(ShippedOperators.Load(), EngineCalibration.None), source, settings);
    }

    private static string SeenBy(EngineCalibration calibration, RowPrediction row) =>
        row.Mapped.Case is not { } run ? "no run" : calibration.KindOf(run.Model.Id, run.System.Id) switch
        {
            PredictionKind.Measured => "chip and model seen",
            PredictionKind.ModelNeverSeen => "model never seen",
            _ => "chip never seen",
        };
}
