using System.Globalization;
using Millwright.Catalog;
using Millwright.Reports.Html;

namespace Millwright.Cli.Claims;

/// <summary>Answered claims as one self-contained page.</summary>
internal static class ClaimPage
{
    private const int MostInColumn = 2;

    /// <summary>The page.</summary>
    /// <param name="answers">The answers, in the order of the claims.</param>
    /// <param name="foot">The line at the foot: tool, catalog and seed.</param>
    /// <returns>HTML.</returns>
    public static string Write(IReadOnlyList<ClaimAnswer> answers, string foot)
    {
        HtmlPage page = new HtmlPage("The interview, claim by claim")
            .Kicker("Millwright · claims")
            .Subtitle("What NVIDIA's chief executive said on CNBC on 8 October 2025, in our words, and what the figures say")
            .Lead(ClaimTables.Tally(answers));
        ClaimAnswer[] warned = [.. answers.Where(static a => a.Claim.Beware.Length > 0)];
        if (warned.Length > 0)
        {
            page.Section("beware", "Easily misread", section =>
            {
                foreach (ClaimAnswer answer in warned)
                {
                    section.Callout(Tone.Bad, answer.Claim.Id + ".", answer.Claim.Beware);
                }
            });
        }

        page.Section("verdicts", answers.Count == 1 ? "The claim" : "All claims", section => section.Cards(Counts(answers)).Table(Overview(answers)));
        page.Section("detail", "Claim by claim", section =>
        {
            foreach (IGrouping<string, ClaimAnswer> group in answers.GroupBy(static a => a.Claim.Group, StringComparer.Ordinal))
            {
                section.Heading(char.ToUpperInvariant(group.Key[0]) + group.Key[1..]);
                foreach (ClaimAnswer answer in group)
                {
                    string summary = $"{answer.Claim.Id} · {answer.VerdictWords} · {answer.Claim.Claim}";
                    section.Collapsible(summary, inner => Detail(inner, answer), open: answers.Count == 1);
                }
            }
        });
        return page.Foot(foot).Write();
    }

    private static HtmlTable Overview(IReadOnlyList<ClaimAnswer> answers) => new(
        "Choose a verdict to see its claims",
        [new("Claim"), new("Said, in our words"), new("Verdict"), new("Answer"), new("Outside")],
        [.. answers.Select(Row)]) { Filterable = true };

    private static HtmlRow Row(ClaimAnswer answer)
    {
        HtmlCell[] cells =
        [
            new(answer.Claim.Id) { Note = answer.Claim.Group },
            new(answer.Claim.Claim) { Note = answer.SaidFigures },
            new("") { Flag = ClaimAnswer.Words(answer.Verdict), FlagTone = ToneOf(answer.Verdict), Note = Why(answer) },
            answer.Text,
            string.Join("; ", answer.Outside.Take(MostInColumn).Select(static o => $"{o.What} {o.Value}".Trim() + $" ({o.Date})")),
        ];
        return new HtmlRow(cells) { Id = answer.Claim.Id, Group = ClaimAnswer.Words(answer.Verdict) };
    }

    private static IEnumerable<Card> Counts(IReadOnlyList<ClaimAnswer> answers) => answers
        .GroupBy(static a => a.Verdict)
        .OrderBy(static g => g.Key)
        .Select(static g => new Card(ClaimAnswer.Words(g.Key), g.Count().ToString(CultureInfo.InvariantCulture))
        {
            More = [string.Join(", ", g.Select(static a => a.Claim.Id))],
        });

    private static string? Why(ClaimAnswer answer) => answer.Verdict switch
    {
        ClaimVerdict.DependsOn => "on " + answer.Claim.On,
        ClaimVerdict.NotYet => "missing: " + answer.Claim.Missing,
        _ => null,
    };

    private static void Detail(HtmlSection section, ClaimAnswer answer)
    {
        ClaimRecord claim = answer.Claim;
        List<(string Name, HtmlCell Text)> entries =
        [
            ("Said", answer.SaidFigures.Length > 0 ? $"{claim.Claim} ({answer.SaidFigures})" : claim.Claim),
            ("Answer", answer.Text),
            ("Verdict", new HtmlCell("") { Flag = answer.VerdictWords, FlagTone = ToneOf(answer.Verdict) }),
        ];
        if (claim.StatusNote.Length > 0)
        {
            entries.Add(("Since then", claim.StatusNote));
        }

        if (claim.Missing.Length > 0)
        {
            entries.Add(("Not yet", claim.Missing));
        }

        entries.AddRange(answer.Commands.Select(static (c, i) => (i == 0 ? "Ask it" : "", new HtmlCell("millwright " + c) { Code = true })));
        section.Definitions(entries);
        if (answer.Figures.Count > 0)
        {
            section.Table(new HtmlTable(
                "Figures of " + claim.Id,
                [new("Figure"), new("Value", true), new("p10 to p90", true), new("From")],
                [.. answer.Figures.Select(static f => new HtmlRow([f.Measure.Label, f.Shown, f.ShownRange, new HtmlCell(f.Origin) { Code = true }]))]));
        }

        if (answer.Tests.Count > 0)
        {
            section.Table(new HtmlTable(
                $"What must be so for {claim.Id} to hold",
                [new("Test"), new("Value", true), new("Asked", true), new("Met")],
                [.. answer.Tests.Select(static t => new HtmlRow([t.Test.Says, t.Figure.Shown, t.Asked, new HtmlCell("") { Flag = t.Word, FlagTone = ToneOf(t.Outcome) }]))]));
        }

        if (answer.Outside.Count > 0)
        {
            section.Table(new HtmlTable(
                "Outside figures beside " + claim.Id,
                [new("What"), new("Value", true), new("Date"), new("Row and source")],
                [.. answer.Outside.Select(static o => new HtmlRow(
                    [new HtmlCell(o.What) { Evidence = o.Evidence }, o.Value, o.Date, new HtmlCell(o.Id) { Link = Markup.IsAddress(o.Source) ? o.Source : null }]))]));
        }
    }

    private static Tone ToneOf(ClaimVerdict verdict) => verdict switch
    {
        ClaimVerdict.Holds => Tone.Good,
        ClaimVerdict.DoesNotHold => Tone.Bad,
        _ => Tone.Plain,
    };

    private static Tone ToneOf(TestOutcome outcome) => outcome switch
    {
        TestOutcome.Met => Tone.Good,
        TestOutcome.Missed => Tone.Bad,
        _ => Tone.Plain,
    };
}
