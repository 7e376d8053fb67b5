using System.Globalization;
using Millwright.Cli.Output;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>Scores by a predictor.</summary>
/// <param name="HeldOut">What its fit had not seen; null where nothing was held out.</param>
/// <param name="Predictor">Its name.</param>
/// <param name="Report">The scores.</param>
internal sealed record ScoredServing(HoldOut? HeldOut, string Predictor, ServingReport Report)
{
    /// <summary>What was held out, in words.</summary>
    public string Name => HeldOut switch
    {
        HoldOut.Configuration => "configuration left out",
        HoldOut.Model => "model left out whole",
        HoldOut.Chip => "chip left out whole",
        _ => "nothing left out",
    };
}

/// <summary>The page on the accuracy of predictions of serving: goals by what was held out, what the fit saw, others beside, and in words what is missed.</summary>
internal static class ServingAccuracyPage
{
    /// <summary>The page.</summary>
    /// <param name="scored">Scores, one or more, the mildest hold-out first.</param>
    /// <param name="file">File of the measured rows.</param>
    /// <param name="fit">The fit behind them; null where the shipped calibration predicted.</param>
    /// <param name="catalogHash">Hash of the catalog.</param>
    public static TableDocument Of(IReadOnlyList<ScoredServing> scored, string file, ServingFit? fit, string catalogHash)
    {
        List<DocumentTable> tables = [Missed(scored)];
        HashSet<string> notes = [];
        List<string> ordered = [];
        foreach (ScoredServing one in scored)
        {
            TableDocument full = ServingDocument.Of(one.Report, file, one.Predictor, catalogHash, full: false);
            string key = one.HeldOut?.ToString().ToLowerInvariant() ?? "shipped";
            tables.AddRange(full.Tables
                .Where(static table => table.Name is "goals" or "peer")
                .Select(table => WithOthers(table, one.Report) with { Name = $"{table.Name}_{key}", Caption = $"{table.Caption}: {one.Name}" }));
            ordered.AddRange(full.Notes.Where(notes.Add));
        }

        if (fit is not null)
        {
            tables.Add(Seen(fit));
            ordered.Insert(0, "Closed loops without drafted tokens are fitted and predicted by fits that have not seen them. All other rows (published maxima, MLPerf, open loops, single points, drafted tokens) take no part "
                + "in any fit; the shipped calibration predicts them, which has seen closed loops of some of their chips and models, whatever is left out.");
            ordered.Insert(1, "The band of a group is made by the held-out errors of all other groups. How strongly the fit is shrunk, and what of an engine is modelled, was chosen while looking at errors of these rows, whole models left out: rows that were never here may do worse.");
            ordered.AddRange(Refused($"In less than {100 * ServingFit.LeastPart:0} % of the measured times of their kernels, which no engine explains, so not fitted, but scored", fit.Unphysical));
            ordered.AddRange(Refused("Not fitted, since their model does not fit on the chips they state", fit.Impossible));
        }

        ServingReport first = scored[0].Report;
        TableDocument whole = ServingDocument.Of(first, file, scored[0].Predictor, catalogHash, full: true);
        tables.AddRange(whole.Tables
            .Where(static table => table.Name is "reported" or "breakdown" or "answers")
            .Select(table => table with { Caption = scored.Count > 1 ? $"{table.Caption}: {scored[0].Name}" : table.Caption }));
        return new TableDocument(
            "validate serving",
            "Accuracy of predicted serving",
            [whole.Summary[0], $"Predicted by {string.Join("; ", scored.Select(static one => one.Predictor))}. {CommandLine.Tool}, catalog {catalogHash}."],
            tables,
            ordered);
    }

    private static DocumentTable Missed(IReadOnlyList<ScoredServing> scored)
    {
        List<IReadOnlyList<DocumentCell>> lines = [];
        foreach (ScoredServing one in scored)
        {
            lines.AddRange(one.Report.Goals
                .Where(static goal => goal.Holds == false)
                .Select(goal => (IReadOnlyList<DocumentCell>)[one.Name, goal.What, Words(goal), $"the goal is {goal.Goal}"]));
            foreach (PeerLine line in one.Report.Peer)
            {
                if (line is { Ours: { } ours, Theirs: { } theirs } && Worse(ours, theirs) is { Length: > 0 } worse)
                {
                    lines.Add([one.Name, $"TPOT, {line.Rows} ({ours.Rows} rows)", worse, "the peer is better"]);
                }
            }
        }

        return new DocumentTable(
            "missed",
            lines.Count == 0 ? "Where it is worse than its goal or the peer: nowhere" : "Where it is worse than its goal or the peer",
            [new("held_out", "held out"), new("what", "what"), new("reached", "reached"), new("against", "against")],
            lines);
    }

    // the terminal has no room for what others reach
    private static DocumentTable WithOthers(DocumentTable table, ServingReport report) => table.Name != "goals" ? table : table with
    {
        Columns = [.. table.Columns, new DocumentColumn("peer", "others")],
        Rows = [.. table.Rows.Zip(report.Goals, static (row, goal) => (IReadOnlyList<DocumentCell>)[.. row, goal.Peer])],
    };

    private static string Words(GoalLine goal) => goal switch
    {
        { Share: { } share } => Percent(share),
        { Errors: { } errors } when goal.Goal.StartsWith("mean", StringComparison.Ordinal) => $"mean {Percent(errors.Mean)}",
        { Errors: { } errors } => $"{Percent(errors.OverGroups.Value)} over groups, {Percent(errors.Pooled.Value)} pooled, p90 {Percent(errors.Ninetieth.Value)}",
        _ => "",
    };

    private static string Worse(ErrorSummary ours, ErrorSummary theirs)
    {
        List<string> parts = [];
        Add("over groups", ours.OverGroups.Value, theirs.OverGroups.Value);
        Add("pooled", ours.Pooled.Value, theirs.Pooled.Value);
        Add("p90", ours.Ninetieth.Value, theirs.Ninetieth.Value);
        Add("mean", ours.Mean, theirs.Mean);
        return string.Join(", ", parts);

        void Add(string what, double own, double other)
        {
            if (own > other)
            {
                parts.Add($"{what} {Percent(own)} against {Percent(other)}");
            }
        }
    }

    private static DocumentTable Seen(ServingFit fit) => new(
        "seen",
        "What the fit saw",
        [new("engine", "engine"), new("chip", "chip"), new("together", "runs, together", true), new("apart", "runs, apart", true), new("models", "models")],
        [
            .. fit.Runs.GroupBy(static run => (run.Run.Engine.Family, run.Run.System.Id))
                .OrderBy(static group => group.Key.Family).ThenBy(static group => group.Key.Id, StringComparer.Ordinal)
                .Select(static group => (IReadOnlyList<DocumentCell>)
                [
                    group.Key.Family.ToString(),
                    group.Key.Id,
                    Count(group.Count(static run => run.Run.Pools is null)),
                    Count(group.Count(static run => run.Run.Pools is not null)),
                    string.Join(", ", group.Select(static run => run.Run.Model.Id).Distinct().Order(StringComparer.Ordinal)),
                ]),
        ]);

    private static IEnumerable<string> Refused(string why, IReadOnlyList<MeasuredRun> runs)
    {
        const int Most = 20;
        if (runs.Count > 0)
        {
            yield return $"{why}: {string.Join(", ", runs.Take(Most).Select(static run => run.Run.Id))}{(runs.Count > Most ? $" and {runs.Count - Most} more" : "")}.";
        }
    }

    private static DocumentCell Count(int count) => new(count.ToString("#,0", CultureInfo.InvariantCulture), count);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
