using System.Text;
using Millwright.Catalog;
using Millwright.Reports.Html;

namespace Millwright.Cli.Claims;

/// <summary>Answered claims as docs/interview.md.</summary>
internal static class InterviewPage
{
    /// <summary>The page, without the hash of the catalog: it changes only where an answer does.</summary>
    /// <param name="answers">The answers, in the order of the claims.</param>
    /// <returns>Markdown with lines ended by "\n".</returns>
    public static string Write(IReadOnlyList<ClaimAnswer> answers)
    {
        StringBuilder page = new();
        Line(page, "# The interview, claim by claim");
        Line(page, "");
        Line(page, "<!-- Written by: millwright claims --write docs/interview.md. Edit catalog/claims.yaml, not this page. -->");
        Line(page, "");
        Line(page, "On 8 October 2025 NVIDIA's chief executive spoke on CNBC about what AI factories cost, who pays for them and who wins. This page takes what he said");
        Line(page, "apart into claims, in our words, and answers each with a figure that anybody can compute again, beside a dated outside figure.");
        Line(page, "");
        Line(page, $"**{Escape(ClaimTables.Tally(answers))}**");
        Line(page, "");
        Line(page, "A verdict with tests is computed: all tests met, it holds; none met, it does not; anything between, it holds in part (so, too, where only the range of our");
        Line(page, "figure, p10 to p90, reaches what was said). A verdict without tests is a judgement and rests on the rows beside it. `not yet` names what is missing for an answer.");
        Line(page, "`millwright claims C7` shows one claim; `millwright catalog show ROW` shows a row with its source; every other command below runs as it stands.");
        Line(page, "");
        Line(page, "## Easily misread");
        Line(page, "");
        foreach (ClaimAnswer answer in answers.Where(static a => a.Claim.Beware.Length > 0))
        {
            Line(page, $"- {Link(answer)}: {Escape(answer.Claim.Beware)}");
        }

        Line(page, "");
        Line(page, "## Verdicts");
        Line(page, "");
        Line(page, "| claim | about | said, in our words | verdict |");
        Line(page, "| --- | --- | --- | --- |");
        foreach (ClaimAnswer answer in answers)
        {
            Line(page, $"| {Link(answer)} | {answer.Claim.Group} | {Escape(answer.Claim.Claim)} | {Escape(answer.VerdictWords)} |");
        }

        foreach (IGrouping<string, ClaimAnswer> group in answers.GroupBy(static a => a.Claim.Group, StringComparer.Ordinal))
        {
            Line(page, "");
            Line(page, "## " + char.ToUpperInvariant(group.Key[0]) + group.Key[1..]);
            foreach (ClaimAnswer answer in group)
            {
                Claim(page, answer);
            }
        }

        return page.ToString();
    }

    private static void Claim(StringBuilder page, ClaimAnswer answer)
    {
        ClaimRecord claim = answer.Claim;
        Line(page, "");
        Line(page, $"### {claim.Id}");
        Line(page, "");
        Line(page, $"**Said:** {Escape(claim.Claim)}{(answer.SaidFigures.Length > 0 ? $" ({Escape(answer.SaidFigures)})" : "")}");
        Line(page, "");
        Line(page, $"**{Escape(Capital(answer.VerdictWords))}.** {Escape(answer.Text)}");
        if (claim.StatusNote.Length > 0)
        {
            Line(page, "");
            Line(page, $"**Since then:** {Escape(claim.StatusNote)}");
        }

        if (claim.Missing.Length > 0)
        {
            Line(page, "");
            Line(page, $"**Not yet:** {Escape(claim.Missing)}");
        }

        if (answer.Figures.Count > 0)
        {
            Line(page, "");
            Line(page, "| figure | value | p10 to p90 | from |");
            Line(page, "| --- | ---: | ---: | --- |");
            foreach (MeasuredFigure figure in answer.Figures)
            {
                Line(page, $"| {Escape(figure.Measure.Label)} | {Escape(figure.Shown)} | {Escape(figure.ShownRange)} | {Origin(figure)} |");
            }
        }

        if (answer.Tests.Count > 0)
        {
            Line(page, "");
            foreach (TestedStatement test in answer.Tests)
            {
                Line(page, $"- {Escape(test.Test.Says)}: {test.Word} ({Escape(test.Figure.Shown)}; asked {Escape(test.Asked)})");
            }
        }

        if (answer.Outside.Count > 0)
        {
            Line(page, "");
            Line(page, "Outside:");
            Line(page, "");
            foreach (OutsideFigure outside in answer.Outside)
            {
                string value = outside.Value.Length > 0 ? ", " + Escape(outside.Value) : "";
                string evidence = outside.Evidence.ToString().ToLowerInvariant();
                Line(page, $"- {Escape(outside.What)}{value}, {outside.Date}, {evidence}: {Row(outside)}");
            }
        }

        if (answer.Commands.Count > 0)
        {
            Line(page, "");
            Line(page, "```");
            foreach (string command in answer.Commands)
            {
                Line(page, "millwright " + command);
            }

            Line(page, "```");
        }
    }

    private static string Origin(MeasuredFigure figure) =>
        figure.Measure.Of.Length > 0 || figure.Measure.Per.Length > 0 ? Escape(figure.Origin) : $"`{figure.Origin}`";

    private static string Row(OutsideFigure outside)
    {
        string address = outside.Source.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);
        return Markup.IsAddress(outside.Source) ? $"[`{outside.Id}`]({address})" : $"`{outside.Id}`";
    }

    private static string Link(ClaimAnswer answer) => $"[{answer.Claim.Id}](#{answer.Claim.Id.ToLowerInvariant()})";

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    // Dollar signs would be read as formulas, bars as columns.
    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("$", "\\$", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal);

    private static void Line(StringBuilder page, string text) => page.Append(text.TrimEnd()).Append('\n');
}
