using System.CommandLine;
using System.Globalization;
using Millwright.Cli.Measured;
using Millwright.Cli.Output;
using Millwright.Numerics;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Commands;

/// <summary>Fits the overheads and factors of engines to measured runs.</summary>
internal static class CalibrateServingCommand
{
    public static Command Create(Session session)
    {
        Argument<string> file = new("file") { Description = "Measured runs: CSV with the columns of docs/validate-serving.md, plain or .gz." };
        Option<string?> target = new("--out") { Description = "Write the calibration to this JSON file. Left out: only show how well it fits.", HelpName = "FILE" };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("serving", "Fit the overheads and factors of engines to measured runs; errors are of runs left out of the fit.") { file, target, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OutputFile? output = OutputFile.At(parsed.GetValue(target), "--out");
            string path = parsed.GetValue(file)!;
            ServingFit fit = DefaultPredictor.FitOf(ServingRowReader.Read(path), new ServingCaseReader(Session.LoadCatalog(null)), Path.GetFileName(path));
            (EngineCalibration Calibration, IReadOnlyDictionary<HoldOut, double[]> HeldOutSeconds) result;
            using (ProgressLine progress = new(session.Errors, "Fitting"))
            {
                result = fit.Fit(progress, cancellation);
            }

            output?.Write(result.Calibration.ToJson());
            session.Show(DocumentOf(fit, result.Calibration, result.HeldOutSeconds), jsonFile, htmlFile);
            return Task.FromResult(0);
        });
        return command;
    }

    private static TableDocument DocumentOf(ServingFit fit, EngineCalibration calibration, IReadOnlyDictionary<HoldOut, double[]> heldOut)
    {
        DocumentTable errors = new(
            "errors",
            "Time per output token of runs that the fit had not seen",
            [new("held_out", "Held out whole"), new("runs", "Runs", true), new("median", "Median", true), new("p90", "p90", true), new("bias", "Bias", true), new("low", "p10 of measured/predicted", true), new("high", "p90", true)],
            [.. heldOut.Select(pair => ErrorRow(fit, calibration, pair.Key, pair.Value))]);
        DocumentTable factors = new(
            "engines",
            "Overheads and factors; a chip's row multiplies its engine's",
            [
                new("engine", "Engine"), new("system", "Chip"), new("host_us", "Host, us", true), new("host_us_per_sequence", "a sequence", true), new("launch", "Launch", true),
                new("dense", "Dense", true), new("decode_attention", "Decode attention", true), new("prefill", "Prefill", true), new("experts", "Experts", true),
                new("exchange", "Exchange", true), new("stall", "Stall", true),
            ],
            [.. calibration.Rows.Select(FactorRow)]);
        return new TableDocument(
            "calibrate serving",
            "Engines fitted to measured runs",
            [
                string.Create(CultureInfo.InvariantCulture, $"{calibration.Parameters} numbers fitted to {calibration.Observations:N0} runs of {calibration.Source}; none belongs to a run, a curve or a model."),
            ],
            [errors, factors],
            [.. Unphysical(fit)]);
    }

    private static IEnumerable<string> Unphysical(ServingFit fit)
    {
        if (fit.Unphysical is { Count: > 0 } rows)
        {
            yield return $"Not fitted, since they took less than {100 * ServingFit.LeastPart:0} % of the measured times of their kernels: {string.Join(", ", rows.Take(20).Select(static row => row.Run.Id))}{(rows.Count > 20 ? $" and {rows.Count - 20} more" : "")}.";
        }

        if (fit.Impossible is { Count: > 0 } impossible)
        {
            yield return $"Not fitted, since their model does not fit on the chips they state: {string.Join(", ", impossible.Take(20).Select(static row => row.Run.Id))}{(impossible.Count > 20 ? $" and {impossible.Count - 20} more" : "")}.";
        }
    }

    private static DocumentCell[] ErrorRow(ServingFit fit, EngineCalibration calibration, HoldOut kind, double[] seconds)
    {
        double[] signed = [.. fit.Runs.Select((run, i) => seconds[i] / run.TimePerOutputTokenSeconds - 1).Order()];
        double[] absolute = [.. signed.Select(Math.Abs).Order()];
        ErrorBand band = calibration.BandOf(kind switch { HoldOut.Configuration => PredictionKind.Measured, HoldOut.Model => PredictionKind.ModelNeverSeen, _ => PredictionKind.ChipNeverSeen });
        return
        [
            kind.ToString().ToLowerInvariant(),
            new(signed.Length.ToString("N0", CultureInfo.InvariantCulture), signed.Length),
            Percent(Percentiles.OfSorted(absolute, 0.5)),
            Percent(Percentiles.OfSorted(absolute, 0.9)),
            Percent(Percentiles.OfSorted(signed, 0.5)),
            Number(band.Low),
            Number(band.High),
        ];
    }

    private static DocumentCell[] FactorRow(EngineFactorsRow row) =>
    [
        row.Engine.ToString(),
        row.SystemId.Length > 0 ? row.SystemId : "all",
        new((row.Factors.HostSeconds * 1e6).ToString("0", CultureInfo.InvariantCulture), row.Factors.HostSeconds * 1e6),
        new((row.Factors.HostSecondsPerSequence * 1e6).ToString("0.0", CultureInfo.InvariantCulture), row.Factors.HostSecondsPerSequence * 1e6),
        Number(row.Factors.Launch),
        Number(row.Factors.Dense),
        Number(row.Factors.DecodeAttention),
        Number(row.Factors.Prefill),
        Number(row.Factors.Experts),
        Number(row.Factors.Exchange),
        Number(row.Factors.Stall),
    ];

    private static DocumentCell Percent(double value) => new((100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %", value);

    private static DocumentCell Number(double value) => new(value.ToString("0.00", CultureInfo.InvariantCulture), value);
}
