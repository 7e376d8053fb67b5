using Millwright.Catalog;
using Millwright.Cli.Output;

namespace Millwright.Cli.Claims;

/// <summary>Answered claims as tables.</summary>
internal static class ClaimTables
{
    // A row of the overview is to be read at a glance.
    private const int FiguresInOverview = 2;

    /// <summary>How many claims got which verdict, in words.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>Such as "59 claims: 20 hold, 12 hold in part, 5 do not hold, 8 depend, 14 not yet."</returns>
    public static string Tally(IReadOnlyList<ClaimAnswer> answers)
    {
        (ClaimVerdict Verdict, string Word)[] kinds =
        [
            (ClaimVerdict.Holds, "hold"), (ClaimVerdict.HoldsInPart, "hold in part"), (ClaimVerdict.DoesNotHold, "do not hold"),
            (ClaimVerdict.DependsOn, "depend on something named"), (ClaimVerdict.NotYet, "cannot be answered yet"),
        ];
        return $"{answers.Count} claims: {string.Join(", ", kinds.Select(k => $"{answers.Count(a => a.Verdict == k.Verdict)} {k.Word}"))}.";
    }

    /// <summary>All answers: an overview, and every figure, test and outside row behind it.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="notes">Lines below.</param>
    /// <returns>The document.</returns>
    public static TableDocument All(IReadOnlyList<ClaimAnswer> answers, IReadOnlyList<string> notes) => new(
        "claims",
        "The interview, claim by claim",
        [Tally(answers)],
        [Overview(answers), Figures(answers), Tests(answers), Outside(answers)],
        notes);

    /// <summary>One answer in full, to read on a terminal.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="notes">Lines below.</param>
    /// <returns>The document.</returns>
    public static TableDocument One(ClaimAnswer answer, IReadOnlyList<string> notes)
    {
        ClaimRecord claim = answer.Claim;
        string figures = answer.SaidFigures.Length > 0 ? $" ({answer.SaidFigures})" : "";
        List<string> summary = [$"{claim.Id}, {claim.Group}: {answer.VerdictWords}", $"Said on {claim.AsOf}: {claim.Claim}{figures}"];
        AddLine(summary, "Ours: ", answer.Text);
        AddLine(summary, "Since then: ", claim.StatusNote);
        AddLine(summary, "Beware: ", claim.Beware);
        AddLine(summary, "Not yet: ", claim.Missing);
        DocumentTable[] tables = [.. new[] { Figures([answer]), Tests([answer]), Outside([answer]) }.Where(static t => t.Rows.Count > 0).Select(WithoutClaim)];
        return new TableDocument($"claims {claim.Id}", $"{claim.Id}: {claim.Claim}", summary, tables, [.. answer.Commands.Select(static c => "millwright " + c), .. notes]);
    }

    /// <summary>The overview: one row for each claim.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>The table.</returns>
    public static DocumentTable Overview(IReadOnlyList<ClaimAnswer> answers) => new(
        "claims",
        "",
        [new("id", "id"), new("group", "about"), new("said", "said, in our words"), new("ours", "ours"), new("outside", "outside"), new("verdict", "verdict")],
        [.. answers.Select(static a => (IReadOnlyList<DocumentCell>)[a.Claim.Id, a.Claim.Group, a.Claim.Claim, OursInShort(a), OutsideInShort(a), a.VerdictWords])]);

    /// <summary>The first of our figures, in short.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>Such as "a gigawatt in all 54.8 B$/GW (50.8 to 61.6 B$/GW)".</returns>
    public static string OursInShort(ClaimAnswer answer) => string.Join(
        "; ",
        answer.Figures.Where(static f => f.Measure.Rows.Count == 0)
            .OrderBy(f => answer.Claim.Tests.Any(t => t.Measure == f.Measure.Name) ? 0 : 1)
            .Take(FiguresInOverview)
            .Select(static f => f.Measure.Label + " " + f.Shown + (f.ShownRange.Length > 0 ? $" ({f.ShownRange})" : "")));

    /// <summary>The first of the outside figures, in short.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>Such as "Bernstein: all-in 35.0 B$/GW (2025-10)".</returns>
    public static string OutsideInShort(ClaimAnswer answer) =>
        string.Join("; ", answer.Outside.Take(FiguresInOverview).Select(static o => $"{o.What}{(o.Value.Length > 0 ? " " + o.Value : "")} ({o.Date})"));

    /// <summary>The measures behind answers.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>The table.</returns>
    public static DocumentTable Figures(IReadOnlyList<ClaimAnswer> answers) => new(
        "figures",
        "Figures",
        [new("claim", "claim"), new("what", "figure"), new("shown", "value"), new("range", "p10 to p90"), new("value", "number", true), new("unit", "unit"), new("origin", "from")],
        [.. answers.SelectMany(static a => a.Figures.Select(f => (IReadOnlyList<DocumentCell>)
            [a.Claim.Id, f.Measure.Label, f.Shown, f.ShownRange, new(f.Shown, f.Value), f.Unit, f.Origin]))]);

    /// <summary>The tests behind answers.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>The table.</returns>
    public static DocumentTable Tests(IReadOnlyList<ClaimAnswer> answers) => new(
        "tests",
        "What must be so for it to hold",
        [new("claim", "claim"), new("says", "test"), new("value", "value"), new("asked", "asked"), new("met", "met")],
        [.. answers.SelectMany(static a => a.Tests.Select(t => (IReadOnlyList<DocumentCell>)[a.Claim.Id, t.Test.Says, t.Figure.Shown, t.Asked, t.Word]))]);

    /// <summary>The outside rows beside answers.</summary>
    /// <param name="answers">The answers.</param>
    /// <returns>The table.</returns>
    public static DocumentTable Outside(IReadOnlyList<ClaimAnswer> answers) => new(
        "outside",
        "Outside figures",
        [new("claim", "claim"), new("row", "row"), new("what", "what"), new("value", "value"), new("date", "date"), new("evidence", "evidence"), new("source", "source")],
        [.. answers.SelectMany(static a => a.Outside.Select(o => (IReadOnlyList<DocumentCell>)
            [a.Claim.Id, o.Id, o.What, o.Value, o.Date, o.Evidence.ToString().ToLowerInvariant(), o.Source]))]);

    private static DocumentTable WithoutClaim(DocumentTable table)
    {
        // On one claim's own screen its id and the bare numbers say nothing new.
        int[] kept = [.. Enumerable.Range(0, table.Columns.Count).Where(i => table.Columns[i].Name is not ("claim" or "unit") && !table.Columns[i].IsNumber)];
        return table with { Columns = [.. kept.Select(i => table.Columns[i])], Rows = [.. table.Rows.Select(row => (IReadOnlyList<DocumentCell>)[.. kept.Select(i => row[i])])] };
    }

    private static void AddLine(List<string> lines, string lead, string text)
    {
        if (text.Length > 0)
        {
            lines.Add(lead + text);
        }
    }
}
