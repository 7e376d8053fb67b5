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
    private const string Everything = "all";

    public static Command Create(Session session)
    {
        Argument<string> file = new("file") { Description = "Measured runs: CSV with the columns of docs/validate-serving.md, plain or .gz." };
        Option<string?> predictions = new("--out") { Description = "Write the prediction of each row to this CSV file.", HelpName = "FILE" };
        Option<string?> peer = new("--peer") { Description = "Another program's answers (CSV: id, status, tpot_ms), to be shown beside ours.", HelpName = "FILE" };
        Option<bool> all = new("--all") { Description = "Score suspect rows and rows that a later run replaced, too." };
        Option<string?> cross = new("--cross-validate")
        {
            Description = "Fit the engines to the rows themselves, and predict each by a fit that has not seen its configuration, model or chip.",
            HelpName = "configuration|model|chip|all",
        };
        cross.AcceptOnlyFromAmong("configuration", "model", "chip", Everything);
        Option<string?> write = new("--write") { Description = "Write the scores to this Markdown file, with plain words on what misses its goal.", HelpName = "FILE" };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Option<string[]> folders = CommonOptions.Catalog();
        Command command = new("serving", "Predict measured serving runs row by row, and score the predictions.") { file, predictions, json, html, peer, all, cross, write, folders };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OutputFile? output = OutputFile.At(parsed.GetValue(predictions), "--out");
            OutputFile? page = OutputFile.At(parsed.GetValue(write), "--write");
            string path = parsed.GetValue(file)!;
            string? other = parsed.GetValue(peer);
            RefuseSame([output, page], path, other, jsonFile, htmlFile);
            IReadOnlyList<ServingRow> rows = ServingRowReader.Read(path);
            PeerAnswers? answers = other is not null ? PeerAnswers.Read(other) : null;
            CatalogData catalog = Session.LoadCatalog(parsed.GetValue(folders));
            ServingCaseReader reader = new(catalog);
            HoldOut?[] kinds = parsed.GetValue(cross) switch
            {
                null => [null],
                Everything => [HoldOut.Configuration, HoldOut.Model, HoldOut.Chip],
                var one => [Enum.Parse<HoldOut>(one, ignoreCase: true)],
            };
            ServingFit? fit = kinds[0] is null ? null : DefaultPredictor.FitOf(rows, reader, Path.GetFileName(path));
            IServingPredictor? others = fit is null ? null : DefaultPredictor.Remembered();
            List<ScoredServing> scored = [];
            foreach (HoldOut? kind in kinds)
            {
                DefaultPredictor predictor = PredictorOf(fit, others, kind, session, cancellation);
                RowPrediction[] predicted;
                using (ProgressLine progress = new(session.Errors, "Predicting"))
                {
                    predicted = RowPrediction.Of(rows, reader, predictor.Predictor, progress, cancellation);
                }

                scored.Add(new ScoredServing(kind, predictor.Name, ServingReport.Of(predicted, parsed.GetValue(all), answers, predictor.Seen, kind)));
            }

            if (output is not null)
            {
                PredictionFile.Write(output, scored[0].Report.Predictions);
            }

            foreach (ScoredServing one in scored)
            {
                session.Show(ServingDocument.Of(one.Report, path, one.Predictor, catalog.Hash, full: false), null, null);
            }

            TableDocument full = scored.Count == 1
                ? ServingDocument.Of(scored[0].Report, path, scored[0].Predictor, catalog.Hash, full: true)
                : ServingAccuracyPage.Of(scored, path, fit, catalog.Hash);
            jsonFile?.Write(DocumentJson.Write(full));
            htmlFile?.Write(DocumentPage.Write(full));
            page?.Write(DocumentMarkdown.Write(ServingAccuracyPage.Of(scored, path, fit, catalog.Hash), PageCommand(path, other, parsed.GetValue(cross), page.FullPath)));
            return Task.FromResult(0);
        });
        return command;
    }

    private static DefaultPredictor PredictorOf(ServingFit? fit, IServingPredictor? others, HoldOut? kind, Session session, CancellationToken cancellation)
    {
        if (fit is null || others is null || kind is not { } holdOut)
        {
            return DefaultPredictor.Create();
        }

        using ProgressLine progress = new(session.Errors, "Fitting");
        return DefaultPredictor.HeldOut(fit, others, holdOut, progress, cancellation);
    }

    // as a reader would type it, without the folders of the machine that wrote the page
    private static string PageCommand(string path, string? peer, string? cross, string page) =>
        $"millwright validate serving {Path.GetFileName(path)}{(cross is null ? "" : $" --cross-validate {cross}")}{(peer is null ? "" : $" --peer {Path.GetFileName(peer)}")} --write {Path.GetFileName(page)}";

    private static void RefuseSame(OutputFile?[] outputs, string input, string? peer, OutputFile? json, OutputFile? html)
    {
        if (outputs is [{ } first, { } second] && first.FullPath == second.FullPath)
        {
            throw new InputException(first.FullPath, 0, 0, "Two outputs name the same file. Give each its own.");
        }

        foreach (OutputFile output in outputs.OfType<OutputFile>())
        {
            RefuseSame(output, input, peer, json, html);
        }
    }

    private static void RefuseSame(OutputFile output, string input, string? peer, OutputFile? json, OutputFile? html)
    {
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
