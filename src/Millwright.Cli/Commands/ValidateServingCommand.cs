using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Measured;
using Millwright.Cli.Output;
using Millwright.Scenarios;
using Millwright.Serving;

namespace Millwright.Cli.Commands;

/// <summary>Predicts each measured run of a table and says how far off the predictions are.</summary>
internal static class ValidateServingCommand
{
    public static Command Create(Session session)
    {
        Argument<string> file = new("file") { Description = "Measured runs: CSV with the columns of docs/validate-serving.md, plain or .gz." };
        Option<string?> predictions = new("--out") { Description = "Write the prediction of each row to this CSV file.", HelpName = "FILE" };
        Option<string?> peer = new("--peer") { Description = "Another program's answers (CSV: id, status, tpot_ms), to be shown beside ours.", HelpName = "FILE" };
        Option<bool> all = new("--all") { Description = "Score suspect rows and rows that a later run replaced, too." };
        Option<string?> cross = new("--cross-validate")
        {
            Description = "Fit the engines to the rows themselves, and predict each by a fit that has not seen its configuration, model or chip.",
            HelpName = "configuration|model|chip",
        };
        cross.AcceptOnlyFromAmong("configuration", "model", "chip");
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Option<string[]> folders = CommonOptions.Catalog();
        Command command = new("serving", "Predict measured serving runs row by row, and score the predictions.") { file, predictions, json, html, peer, all, cross, folders };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OutputFile? output = OutputFile.At(parsed.GetValue(predictions), "--out");
            string path = parsed.GetValue(file)!;
            RefuseSame(output, path, parsed.GetValue(peer), jsonFile, htmlFile);
            IReadOnlyList<ServingRow> rows = ServingRowReader.Read(path);
            PeerAnswers? answers = parsed.GetValue(peer) is { } other ? PeerAnswers.Read(other) : null;
            CatalogData catalog = Session.LoadCatalog(parsed.GetValue(folders));
            ServingCaseReader reader = new(catalog);
            DefaultPredictor predictor;
            using (ProgressLine progress = new(session.Errors, "Fitting"))
            {
                predictor = parsed.GetValue(cross) is { } holdOut
                    ? DefaultPredictor.HeldOut(rows, reader, Enum.Parse<HoldOut>(holdOut, ignoreCase: true), Path.GetFileName(path), progress, cancellation)
                    : DefaultPredictor.Create();
            }

            RowPrediction[] predicted;
            using (ProgressLine progress = new(session.Errors, "Predicting"))
            {
                predicted = RowPrediction.Of(rows, reader, predictor.Predictor, progress, cancellation);
            }

            if (output is not null)
            {
                PredictionFile.Write(output, predicted);
            }

            ServingReport report = ServingReport.Of(predicted, parsed.GetValue(all), answers, predictor.Seen);
            session.Show(ServingDocument.Of(report, path, predictor.Name, catalog.Hash, full: false), null, null);
            TableDocument full = ServingDocument.Of(report, path, predictor.Name, catalog.Hash, full: true);
            jsonFile?.Write(DocumentJson.Write(full));
            htmlFile?.Write(DocumentPage.Write(full));
            return Task.FromResult(0);
        });
        return command;
    }

    private static void RefuseSame(OutputFile? output, string input, string? peer, OutputFile? json, OutputFile? html)
    {
        if (output is null)
        {
            return;
        }

        if (output.FullPath == Path.GetFullPath(input) || (peer is not null && output.FullPath == Path.GetFullPath(peer)))
        {
            throw new InputException(output.FullPath, 0, 0, "This is an input, and it would be replaced by an output. Give another path.");
        }

        if (output.FullPath == json?.FullPath || output.FullPath == html?.FullPath)
        {
            throw new InputException(output.FullPath, 0, 0, "Two outputs name the same file. Give each its own.");
        }
    }
}
