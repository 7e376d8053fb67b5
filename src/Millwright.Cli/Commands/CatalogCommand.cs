using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Models;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Lists, shows and checks the catalog, and reads a user's own model.</summary>
internal static class CatalogCommand
{
    public static Command Create(Session session) => new("catalog", "List, show and check what the catalog holds, or read a model of your own.")
    {
        List(session), Show(session), Check(session), AddModel(session),
    };

    private static Command List(Session session)
    {
        Argument<string?> kind = new("kind")
        {
            Description = "systems, models, network, prices, token-prices, lengths, locations, or a table such as facility, energy, finance, deals. Left out: how many of each.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("list", "List the catalog.") { kind, catalog, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            session.Show(CatalogTables.List(data, parsed.GetValue(kind)), jsonFile, htmlFile);
            return 0;
        });
        return command;
    }

    private static Command Show(Session session)
    {
        Argument<string> id = new("id") { Description = "Id of a row, such as vr200-nvl72 or pue-dlc-new." };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("show", "Show one row with its source, date and evidence.") { id, catalog, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            session.Show(CatalogTables.Show(data, parsed.GetValue(id)!), jsonFile, htmlFile);
            return 0;
        });
        return command;
    }

    private static Command Check(Session session)
    {
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("check", "Check the catalog against itself: sources, ranges, prices and references.") { catalog, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            IReadOnlyList<CatalogFinding> findings = CatalogChecker.Check(data);
            int errors = findings.Count(static f => f.Severity == CatalogSeverity.Error);
            session.Show(CatalogTables.Findings(data, findings), jsonFile, htmlFile);
            return errors > 0 ? 2 : 0;
        });
        return command;
    }

    private static Command AddModel(Session session)
    {
        Argument<string> config = new("config") { Description = "A config.json as Hugging Face has it." };
        Option<string?> id = new("--id") { Description = "Id of the model. Left out: the name of the folder or file.", HelpName = "ID" };
        Option<string?> folder = new("--output") { Description = "Folder to write it to, for use with --catalog. Left out: only show what was read.", HelpName = "DIR" };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("add-model", "Read a model from its config.json and count it; write it as a folder for --catalog.") { config, id, folder, json, html };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            string path = parsed.GetValue(config)!;
            string modelId = parsed.GetValue(id) ?? UserModel.IdOf(path);
            ModelArchitecture model = Architecture(path, CatalogYaml.ReadModelConfig(path, modelId));
            TableDocument document = CatalogTables.Model(model);
            if (model.UnreadFields.Count > 0)
            {
                document = document with { Notes = [.. document.Notes, Warning(model.UnreadFields)] };
            }

            if (parsed.GetValue(folder) is { } target)
            {
                string written = UserModel.Add(target, modelId, path).RowFile;
                document = document with { Notes = [.. document.Notes, $"Wrote {written}. Use it with --catalog {target}."] };
            }

            session.Show(document, jsonFile, htmlFile);
            return 0;
        });
        return command;
    }

    private static string Warning(IReadOnlyList<string> fields) =>
        $"Warning: not understood, and so not counted, though the names sound like a part of the shape: {string.Join(", ", fields)}.";

    private static ModelArchitecture Architecture(string path, ModelRecord model)
    {
        try
        {
            return ModelArchitecture.Parse(model.Id, model.ConfigJson);
        }
        catch (ModelConfigException problem)
        {
            throw new InputException(path, 0, 0, problem.Message);
        }
    }
}
