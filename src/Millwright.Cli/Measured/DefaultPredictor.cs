using Millwright.Catalog;
using Millwright.Performance;
using Millwright.Scenarios;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>What predicts measured runs, with its name: the one place that chooses it.</summary>
/// <param name="Predictor">The predictor.</param>
/// <param name="Name">Its name, for reports.</param>
/// <param name="Seen">What its fit had seen of a row's chip and model, in words; null where it was fitted to no run.</param>
internal sealed record DefaultPredictor(IServingPredictor Predictor, string Name, Func<RowPrediction, string>? Seen)
{
    /// <summary>The step model over the shipped operator grids.</summary>
    /// <param name="calibration">Fitted residuals of the engines.</param>
    public static DefaultPredictor Create(EngineCalibration calibration)
    {
        bool fitted = calibration.Parameters > 0;
        return new DefaultPredictor(
            new ServingPredictor(ShippedOperators.Load(), calibration),
            fitted ? $"the step model with {calibration.Parameters} residuals fitted to {calibration.Observations} points ({calibration.Source})" : "the step model without fitted residuals",
            fitted ? p => p.Mapped.Case is { } run ? Words(calibration.KindOf(run.Model.Id, run.System.Id)) : "no run" : null);
    }

    /// <summary>Reads residuals from a file.</summary>
    /// <param name="path">JSON of a calibration; null for none.</param>
    /// <exception cref="InputException">The file is no calibration.</exception>
    public static EngineCalibration Calibration(string? path)
    {
        try
        {
            return path is null ? EngineCalibration.None : EngineCalibration.Parse(InputBytes.Read(path, "a calibration of engines"));
        }
        catch (InvalidDataException problem)
        {
            throw new InputException(path!, 0, 0, $"This is no calibration: {problem.Message}");
        }
    }

    private static string Words(PredictionKind kind) => kind switch
    {
        PredictionKind.Measured => "chip and model seen",
        PredictionKind.ModelNeverSeen => "model never seen",
        _ => "chip never seen",
    };
}
