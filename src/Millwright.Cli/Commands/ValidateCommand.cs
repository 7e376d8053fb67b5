using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Calibration;
using Millwright.Cli.Output;
using Millwright.Cli.Validation;

namespace Millwright.Cli.Commands;

/// <summary>Holds the product against outside figures.</summary>
internal static class ValidateCommand
{
    /// <summary>The command that writes the page on accuracy.</summary>
    public const string PageCommand = "millwright validate facts --write docs/accuracy.md";

    public static Command Create(Session session)
    {
        Command command = new("validate", "Hold the product against figures that nobody here made.");
        command.Subcommands.Add(Facts(session));
        command.Subcommands.Add(ValidateServingCommand.Create(session));
        command.Subcommands.Add(ValidateRequestsCommand.Create(session));
        command.Subcommands.Add(Operators(session));
        return command;
    }

    private static Command Operators(Session session)
    {
        Argument<string> folder = new("folder") { Description = "Folder with measured operator tables (SYSTEM__SOURCE-VERSION__TABLE.csv.gz)." };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("operators", "Fit operator grids without some shapes and say how far off they are on these; score the shipped grids too.") { folder, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OperatorCalibration calibration = OperatorCalibration.Run(parsed.GetValue(folder)!, Session.LoadCatalog(null), session.Errors, cancellation);
            session.Show(OperatorDocument.Of("validate operators", calibration, ShippedOperators.Load()), jsonFile, htmlFile);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command Facts(Session session)
    {
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Option<string?> write = new("--write") { Description = "Write the page docs/accuracy.md to this file.", HelpName = "FILE" };
        Command command = new("facts", "Run every check against published figures and measurements, and say how far off we are.") { json, html, write };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OutputFile? page = OutputFile.At(parsed.GetValue(write), "--write");
            CatalogData catalog = Session.LoadCatalog(null);
            FactsReport report = FactsReport.Run(catalog, name => FactsReport.Preset(name, catalog));
            TableDocument document = FactsDocument.Of(report);
            session.Show(document, jsonFile, htmlFile);
            page?.Write(DocumentMarkdown.Write(document, PageCommand));
            return report.Checks.All(static c => c.Holds) ? 0 : 1;
        });
        return command;
    }
}
