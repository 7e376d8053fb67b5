using System.CommandLine;
using Millwright.Catalog;
using Millwright.Cli.Claims;
using Millwright.Cli.Output;
using Millwright.Quantities;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Answers the claims of the interview with computed figures and dated outside ones.</summary>
internal static class ClaimsCommand
{
    public static Command Create(Session session)
    {
        Argument<string?> id = new("id") { Description = "Id of one claim, such as C7. Left out: all of them.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> write = new("--write") { Description = "Write all claims as a page of Markdown to this file, as docs/interview.md is.", HelpName = "FILE" };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("claims", "Answer the interview claim by claim: what was said, our figure, the outside figure, the verdict.") { id, write, catalog, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            OutputFile? page = OutputFile.At(parsed.GetValue(write), "--write");
            string? wanted = parsed.GetValue(id);
            if (wanted is not null && page is not null)
            {
                throw new InputException("", 0, 0, "--write writes the page of all claims. Leave out the id.");
            }

            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            ClaimRecord[] claims = wanted is null ? [.. data.Claims] : [Find(data, wanted)];
            IReadOnlyList<ClaimAnswer> answers = Answer(session, data, claims, cancellation);
            string foot = $"{CommandLine.Tool}, catalog {data.Hash}, plans with seed 1";
            TableDocument document = ClaimTables.All(answers, [foot]);
            TableDocument shown = wanted is null
                ? document with { Tables = [ClaimTables.Overview(answers)], Notes = ["millwright claims C7 shows one claim in full.", foot] }
                : ClaimTables.One(answers[0], [foot]);
            TerminalTables.Write(shown, session.Output, session.IsTerminal);
            page?.Write(InterviewPage.Write(answers));
            jsonFile?.Write(DocumentJson.Write(document));
            htmlFile?.Write(ClaimPage.Write(answers, foot));
            return Task.FromResult(0);
        });
        return command;
    }

    private static List<ClaimAnswer> Answer(Session session, CatalogData data, ClaimRecord[] claims, CancellationToken cancellation)
    {
        ClaimBook book = new(data, cancellation);
        List<ClaimAnswer> answers = new(claims.Length);
        using ProgressLine progress = new(session.Errors, "answering");
        foreach (ClaimRecord claim in claims)
        {
            answers.Add(book.Answer(claim));
            progress.Report((double)answers.Count / claims.Length);
        }

        return answers;
    }

    private static ClaimRecord Find(CatalogData data, string wanted)
    {
        if (data.Claims.FirstOrDefault(c => string.Equals(c.Id, wanted, StringComparison.OrdinalIgnoreCase)) is { } claim)
        {
            return claim;
        }

        string hint = Spelling.Nearest(wanted, [.. data.Claims.Select(static c => c.Id)]) is { } near ? $" Did you mean {near}?" : "";
        throw new InputException("", 0, 0, $"There is no claim \"{wanted}\"; the claims are C1 to C{data.Claims.Count}.{hint}");
    }
}
