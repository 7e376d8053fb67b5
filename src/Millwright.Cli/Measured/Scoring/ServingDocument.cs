using System.Globalization;
using Millwright.Cli.Output;

namespace Millwright.Cli.Measured;

/// <summary>The scores as a document: a short one for the terminal, a full one for the page and the machine.</summary>
internal static class ServingDocument
{
    /// <summary>What must stand where a figure of ours stands beside the name of the benchmark.</summary>
    /// <remarks>Source: MLPerf Results Messaging Guidelines, github.com/mlcommons/policies, sections 1 and 3.</remarks>
    public const string Disclaimer =
        "Figures marked unverified are predictions compared with published results of the MLPerf Inference benchmark (closed division, v4.1 to v6.0). Result not verified by MLCommons Association. "
        + "The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association in the United States and other countries. All rights reserved. "
        + "Unauthorized use strictly prohibited. See www.mlcommons.org for more information.";

    private const int LongestReason = 110;

    /// <summary>The document.</summary>
    /// <param name="report">The scores.</param>
    /// <param name="file">File of the measured rows.</param>
    /// <param name="predictor">What predicted, in words.</param>
    /// <param name="catalogHash">Hash of the catalog.</param>
    /// <param name="full">True for every table.</param>
    public static TableDocument Of(ServingReport report, string file, string predictor, string catalogHash, bool full)
    {
        int rows = report.Predictions.Count;
        int answered = report.Predictions.Count(static p => p.Estimate is not null);
        List<DocumentTable> tables = [full ? Goals(report) : ShortGoals(report)];
        if (report.Peer.Count > 0)
        {
            tables.Add(Peer(report));
        }

        if (full)
        {
            tables.Add(Reported(report));
            tables.Add(Breakdown(report));
            tables.Add(Groups(report));
        }

        tables.Add(Answers(report, full));
        List<string> notes =
        [
            $"Scored: {report.ScoredRows} rows that are ok and the latest of their configuration. Rows with drafted tokens are scored apart: none tells its acceptance, and a catalog figure with a range stands in.",
            $"TPOT is compared by its mean in {report.TpotBasis.Mean} rows, by its median in {report.TpotBasis.Median} that give no mean; the prediction is that of a steady load for both.",
            $"A group is one model, chip and engine. Intervals hold 95 % of {ErrorSummary.Draws} draws that resample whole groups (seed {ErrorSummary.Seed}).",
            "Noise of the data itself: throughput 0.8 %, TPOT 0.5 %, TTFT p50 4.3 % (the same image run again). TTFT of closed loops comes from replaying them, that of all other rows is of an unloaded service; it is reported, not judged.",
        ];
        if (!predictor.Contains("cross-validated", StringComparison.Ordinal) && report.Breakdown.Any(static b => b.By == "seen by the fit"))
        {
            notes.Add("The goals are meant for rows that no fit has seen. The residuals of the engines may have been fitted to these very rows: with --cross-validate each row is predicted by a fit without it.");
        }

        if (report.Predictions.Any(static p => p.Row.IsMlperf))
        {
            notes.Add(Disclaimer);
        }

        return new TableDocument(
            "validate serving",
            "Predicted against measured serving",
            [$"{rows} rows of {Path.GetFileName(file)}: {answered} answered, {rows - answered} not.", $"Predicted by {predictor}; {CommandLine.Tool}, catalog {catalogHash}."],
            tables,
            notes);
    }

    private static DocumentTable Goals(ServingReport report) => new(
        "goals",
        "Goals and what is reached",
        [
            new("what", "what"), new("count", "rows", true), new("groups", "groups", true), new("over_groups", "median over groups", true),
            new("over_groups_low", "from", true), new("over_groups_high", "to", true), new("pooled", "pooled median", true), new("pooled_low", "from", true), new("pooled_high", "to", true),
            new("ninetieth", "p90", true), new("ninetieth_low", "from", true), new("ninetieth_high", "to", true), new("mean", "mean", true), new("bias", "bias", true),
            new("share", "share", true), new("goal", "goal"), new("holds", "holds"), new("peer", "others"),
        ],
        [
            .. report.Goals.Select(static g => (IReadOnlyList<DocumentCell>)
            [
                g.What, Count(g.Count), g.Errors is { } e ? Count(e.Groups) : "", .. Figures(g.Errors), Percent(g.Share), g.Goal, Holds(g.Holds), g.Peer,
            ]),
        ]);

    private static DocumentTable ShortGoals(ServingReport report) => new(
        "goals",
        "Goals and what is reached",
        [
            new("what", "what"), new("count", "rows", true), new("over_groups", "median over groups (95 %)", true), new("pooled", "pooled median (95 %)", true),
            new("ninetieth", "p90 (95 %)", true), new("bias", "bias", true), new("share", "mean or share", true), new("goal", "goal"), new("holds", "holds"),
        ],
        [
            .. report.Goals.Select(static g => (IReadOnlyList<DocumentCell>)
            [
                g.What, Count(g.Count), Ranged(g.Errors?.OverGroups), Ranged(g.Errors?.Pooled), Ranged(g.Errors?.Ninetieth), g.Errors is { } e ? Signed(e.Bias) : "",
                Percent(g.Share ?? g.Errors?.Mean), g.Goal, Holds(g.Holds),
            ]),
        ]);

    private static DocumentTable Peer(ServingReport report) => new(
        "peer",
        "TPOT beside another program's answers",
        [
            new("rows", "rows"), new("count", "number", true), new("ours_over_groups", "ours, over groups", true), new("ours_pooled", "ours, pooled median", true), new("ours_ninetieth", "ours, p90", true), new("ours_mean", "ours, mean", true),
            new("theirs_over_groups", "theirs, over groups", true), new("theirs_pooled", "theirs, pooled median", true), new("theirs_ninetieth", "theirs, p90", true), new("theirs_mean", "theirs, mean", true),
        ],
        [
            .. report.Peer.Select(static line => (IReadOnlyList<DocumentCell>)
            [
                line.Rows, Count((line.Ours ?? line.Theirs)?.Rows ?? 0),
                Percent(line.Ours?.OverGroups.Value), Percent(line.Ours?.Pooled.Value), Percent(line.Ours?.Ninetieth.Value), Percent(line.Ours?.Mean),
                Percent(line.Theirs?.OverGroups.Value), Percent(line.Theirs?.Pooled.Value), Percent(line.Theirs?.Ninetieth.Value), Percent(line.Theirs?.Mean),
            ]),
        ]);

    private static DocumentTable Reported(ServingReport report) => new(
        "reported",
        "Reported, not judged",
        [new("what", "what"), .. ErrorColumns()],
        [.. report.Reported.Select(static e => (IReadOnlyList<DocumentCell>)[e.Name, .. Errors(e)])]);

    private static DocumentTable Breakdown(ServingReport report) => new(
        "breakdown",
        "Errors by what rows share (closed loop, but for the scenarios)",
        [new("by", "by"), new("value", "value"), new("measure", "measure"), .. ErrorColumns()],
        [.. report.Breakdown.Select(static line => (IReadOnlyList<DocumentCell>)[line.By, line.Value, line.Measure, .. Errors(line.Errors)])]);

    private static DocumentTable Groups(ServingReport report) => new(
        "groups",
        "Errors by model, chip and engine",
        [new("group", "model | chip | engine"), new("measure", "measure"), new("count", "rows", true), new("median", "median", true), new("bias", "bias", true), new("in_band", "in the band")],
        [
            .. report.Groups.Select(static g => (IReadOnlyList<DocumentCell>)
                [g.Group, g.Measure, Count(g.Errors.Rows), Percent(g.Errors.Median), Signed(g.Errors.Bias), g.Errors.InBand switch { true => "yes", false => "no", _ => "" }]),
        ]);

    private static DocumentTable Answers(ServingReport report, bool full) => new(
        "answers",
        full ? "Rows answered and not, and why" : "Rows answered and not",
        [new("scenario", "scenario"), new("status", "status"), new("reason", "reason"), new("count", "rows", true)],
        [
            .. (full ? report.Answers : [.. report.Answers.GroupBy(static a => (a.Scenario, a.Status)).Select(static g => new AnswerLine(g.Key.Scenario, g.Key.Status, g.Count() == 1 ? g.First().Reason : "", g.Sum(static a => a.Rows)))])
                .Select(static a => (IReadOnlyList<DocumentCell>)[a.Scenario, a.Status, a.Reason.Length > LongestReason ? a.Reason[..LongestReason] + "…" : a.Reason, Count(a.Rows)]),
        ]);

    private static DocumentColumn[] ErrorColumns() =>
    [
        new("count", "rows", true), new("groups", "groups", true), new("over_groups", "median over groups", true), new("pooled", "pooled median", true),
        new("ninetieth", "p90", true), new("mean", "mean", true), new("bias", "bias", true), new("groups_in_band", "groups in band", true),
    ];

    private static DocumentCell[] Errors(ErrorSummary e) =>
        [Count(e.Rows), Count(e.Groups), Percent(e.OverGroups.Value), Percent(e.Pooled.Value), Percent(e.Ninetieth.Value), Percent(e.Mean), Signed(e.Bias), Percent(e.GroupsInBand)];

    private static DocumentCell[] Figures(ErrorSummary? e) => e is null
        ? [.. Enumerable.Repeat(new DocumentCell(""), 11)]
        :
        [
            Percent(e.OverGroups.Value), Percent(e.OverGroups.Low), Percent(e.OverGroups.High), Percent(e.Pooled.Value), Percent(e.Pooled.Low), Percent(e.Pooled.High),
            Percent(e.Ninetieth.Value), Percent(e.Ninetieth.Low), Percent(e.Ninetieth.High), Percent(e.Mean), Signed(e.Bias),
        ];

    private static string Holds(bool? holds) => holds switch { true => "yes", false => "NO", _ => "" };

    private static DocumentCell Ranged(Interval? interval) => interval is { } i
        ? new DocumentCell(string.Create(CultureInfo.InvariantCulture, $"{i.Value * 100:0.0} % ({i.Low * 100:0} to {i.High * 100:0})"), i.Value)
        : "";

    private static DocumentCell Count(int count) => new(count.ToString("#,0", CultureInfo.InvariantCulture), count);

    private static DocumentCell Percent(double? share) => share is { } value ? new DocumentCell((value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %", value) : "";

    private static DocumentCell Signed(double share) => new((share * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %", share);
}
