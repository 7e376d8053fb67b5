using System.CommandLine;
using Millwright.Cli.Calibration;
using Millwright.Cli.Output;

namespace Millwright.Cli.Commands;

/// <summary>Fits what the product predicts with to measurements.</summary>
internal static class CalibrateCommand
{
    public static Command Create(Session session) => new("calibrate", "Fit what the product predicts with to measurements.") { Operators(session), CalibrateServingCommand.Create(session), CalibrateMineCommand.Create(session) };

    private static Command Operators(Session session)
    {
        Argument<string> folder = new("folder") { Description = "Folder with measured operator tables (SYSTEM__SOURCE-VERSION__TABLE.csv.gz)." };
        Option<string?> target = new("--out") { Description = "Folder to write the fitted grids to. Left out: only show how well they fit.", HelpName = "DIR" };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("operators", "Fit the times and the power of operators to measured tables; errors are of shapes left out of the fit.") { folder, target, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OperatorFiles? files = OperatorFiles.At(parsed.GetValue(target));
            OperatorCalibration calibration = OperatorCalibration.Run(parsed.GetValue(folder)!, Session.LoadCatalog(null), session.Errors, cancellation);
            files?.Write(calibration.Fits);
            session.Show(OperatorDocument.Of("calibrate operators", calibration, shipped: null), jsonFile, htmlFile);
            return Task.FromResult(0);
        });
        return command;
    }
}
