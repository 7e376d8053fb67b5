using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>A figure that has a goal.</summary>
/// <param name="What">What was scored.</param>
/// <param name="Errors">The errors; null where the figure is a share.</param>
/// <param name="Share">The share, where it is one.</param>
/// <param name="Count">Rows, pairs or groups behind it.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="Holds">True when it is reached; null where there is nothing to judge.</param>
/// <param name="Peer">What others reach on the same kind of rows; may be empty.</param>
internal sealed record GoalLine(string What, ErrorSummary? Errors, double? Share, int Count, string Goal, bool? Holds, string Peer);

/// <summary>Errors of one measure over the rows that share a value.</summary>
/// <param name="By">What the rows share: "scenario", "chip" and so on.</param>
/// <param name="Value">The value.</param>
/// <param name="Measure">"TPOT" or "throughput".</param>
/// <param name="Errors">The errors.</param>
internal sealed record BreakdownLine(string By, string Value, string Measure, ErrorSummary Errors);

/// <summary>Errors beside those of another program.</summary>
/// <param name="Rows">Which rows.</param>
/// <param name="Ours">Our errors in TPOT; null without a row.</param>
/// <param name="Theirs">Theirs.</param>
internal sealed record PeerLine(string Rows, ErrorSummary? Ours, ErrorSummary? Theirs);

/// <summary>Errors of one group (model, chip, engine).</summary>
/// <param name="Group">The group.</param>
/// <param name="Measure">"TPOT" or "throughput".</param>
/// <param name="Errors">The errors.</param>
internal sealed record GroupLine(string Group, string Measure, GroupErrors Errors);

/// <summary>How many rows of a scenario have which answer.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Status">The status.</param>
/// <param name="Reason">The reason; empty for answered rows.</param>
/// <param name="Rows">Rows.</param>
internal sealed record AnswerLine(string Scenario, string Status, string Reason, int Rows);

/// <summary>Predictions of measured runs, scored.</summary>
internal sealed record ServingReport
{
    private const string Tpot = "TPOT";
    private const string Throughput = "throughput";

    /// <summary>All predictions, in the order of the rows.</summary>
    public required IReadOnlyList<RowPrediction> Predictions { get; init; }

    /// <summary>Rows that count.</summary>
    public required int ScoredRows { get; init; }

    /// <summary>Figures with a goal.</summary>
    public required IReadOnlyList<GoalLine> Goals { get; init; }

    /// <summary>Errors by what rows share.</summary>
    public required IReadOnlyList<BreakdownLine> Breakdown { get; init; }

    /// <summary>Errors by group.</summary>
    public required IReadOnlyList<GroupLine> Groups { get; init; }

    /// <summary>Errors beside a peer's; empty without one.</summary>
    public required IReadOnlyList<PeerLine> Peer { get; init; }

    /// <summary>Answers by scenario.</summary>
    public required IReadOnlyList<AnswerLine> Answers { get; init; }

    /// <summary>Errors that have no goal: TTFT, power, drafted tokens.</summary>
    public required IReadOnlyList<ErrorSummary> Reported { get; init; }

    /// <summary>Rows whose TPOT is compared by mean, and by median where no mean was measured.</summary>
    public required (int Mean, int Median) TpotBasis { get; init; }

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">The predictions.</param>
    /// <param name="all">True to score suspect and replaced rows too.</param>
    /// <param name="peer">Another program's answers, or null.</param>
    /// <param name="seen">What the fit behind the prediction had seen of a row's chip and model, in words; null when not known.</param>
    /// <param name="heldOut">What the fit behind the prediction had not seen; null when nothing was held out. A whole model or chip has a goal of its own.</param>
    public static ServingReport Of(IReadOnlyList<RowPrediction> predictions, bool all, PeerAnswers? peer, Func<RowPrediction, string>? seen, HoldOut? heldOut = null)
    {
        RowPrediction[] scored = [.. predictions.Where(p => all || p.Row.IsScored)];
        RowPrediction[] plain = [.. scored.Where(static p => !p.Row.IsSpeculative)];
        RowPrediction[] together = [.. plain.Where(static p => IsClosedLoop(p) && !p.Row.Apart)];
        return new ServingReport
        {
            Predictions = predictions,
            ScoredRows = scored.Length,
            Goals = MakeGoals(plain, together, heldOut is HoldOut.Model or HoldOut.Chip),
            Breakdown = MakeBreakdown(plain, seen),
            Groups = MakeGroups(plain),
            Peer = peer is null ? [] : MakePeer(plain, peer),
            Answers = MakeAnswers(predictions),
            Reported = [.. MakeReported(scored, plain).OfType<ErrorSummary>()],
            TpotBasis = (plain.Count(static p => p.Row.TimePerOutputTokenMs.Mean is > 0), plain.Count(static p => p.Row.TimePerOutputTokenMs is { Mean: not > 0, Median: > 0 })),
        };
    }

    /// <summary>The group of a row: model, chip and engine.</summary>
    public static string GroupOf(RowPrediction prediction) => $"{prediction.Row.Model} | {prediction.Row.Chip} | {prediction.Mapped.Engine}";

    /// <summary>The scenario of a row; runs with pools apart are one of their own.</summary>
    public static string ScenarioOf(RowPrediction prediction) => prediction.Row.Scenario + (prediction.Row.Apart && !prediction.Row.Scenario.StartsWith("PD-", StringComparison.Ordinal) ? ", prefill and decode apart" : "");

    private static bool IsClosedLoop(RowPrediction prediction) => prediction.Row.Scenario.Equals("closed-loop", StringComparison.OrdinalIgnoreCase);

    private static List<GoalLine> MakeGoals(RowPrediction[] plain, RowPrediction[] together, bool whole)
    {
        RowPrediction[] apart = [.. plain.Where(static p => IsClosedLoop(p) && p.Row.Apart)];
        RowPrediction[] dense = [.. together.Where(static p => p.Mapped.Case?.Model.HasExperts == false)];
        List<GoalLine> goals = [];
        if (whole)
        {
            Medians("TPOT, together", TpotPoints(together), 0.14, 0.35, "none published");
            Medians("TPOT, together, dense models", TpotPoints(dense), null, null, "none published");
        }
        else
        {
            Medians("TPOT, together", TpotPoints(together), 0.12, 0.35, "AIConfigurator 11.8 % and 35 % where it answers, 17.4 % on its whole sample");
            Medians("TPOT, together, dense models", TpotPoints(dense), 0.07, 0.22, "AIConfigurator 12.1 % and 34 %");
        }

        Medians("throughput per chip, together", ThroughputPoints(together), 0.12, 0.35, "mantile 63 %");
        Medians("TPOT, prefill and decode apart", TpotPoints(apart), 0.15, 0.4, "none published");
        Medians("throughput per chip, prefill and decode apart", ThroughputPoints(apart), 0.15, 0.4, "none published");
        ErrorSummary? most = ErrorSummary.Of("TensorRT-LLM published maxima", ThroughputPoints(plain.Where(static p => p.Row.Scenario == "max-throughput")));
        goals.Add(new GoalLine("TensorRT-LLM published maxima (mean)", most, null, most?.Rows ?? 0, "mean ≤ 12 %", most is null ? null : most.Mean <= 0.12, "AIConfigurator 17.5 %"));
        Medians("MLPerf data centre, offline and server, untuned (unverified)", ThroughputPoints(plain.Where(static p => p.Row.Scenario is "mlperf-offline" or "mlperf-server")), 0.2, 0.4, "none");
        Medians("MLPerf data centre, interactive, untuned (unverified)", ThroughputPoints(plain.Where(static p => p.Row.Scenario is "mlperf-interactive")), null, null, "none");
        Medians("MLPerf data centre, server: request rate at the latency bound, untuned (unverified)", RatePoints(plain.Where(static p => p.Row.Scenario is "mlperf-server")), 0.2, null, "none");
        Medians("MLPerf data centre, interactive: request rate at the latency bound, untuned (unverified)", RatePoints(plain.Where(static p => p.Row.Scenario is "mlperf-interactive")), null, null, "none");
        RowPrediction[] agentic = [.. plain.Where(static p => p.Row.IsAgentic)];
        Medians("agentic coding with prefix caching: throughput", ThroughputPoints(agentic), 0.25, null, "none");
        Medians("agentic coding with prefix caching: TPOT", TpotPoints(agentic), 0.25, null, "none");

        int answered = together.Count(static p => p.Estimate is not null);
        Share("rows answered, together", together.Length == 0 ? double.NaN : (double)answered / together.Length, together.Length, "≥ 97 %", static s => s >= 0.97, "AIConfigurator 68 %");
        ChipOrder order = ChipOrder.Of(ServingCurve.Of(plain.Where(IsClosedLoop), OrderKey));
        Share("chip pairs > 10 % apart at equal tokens/s/user, ordered right", order.Share, order.Pairs, "≥ 90 %", static s => s >= 0.9, "");
        LayoutRegret regret = LayoutRegret.Of(ServingCurve.Of(together, RegretKey));
        Share("chosen layout: median regret against the best measured", regret.Median, regret.Groups, "≤ 5 %", static s => s <= 0.05, "");
        ErrorSummary? band = goals[0].Errors;
        Share("groups inside the 80 % band, TPOT together", band?.GroupsInBand ?? double.NaN, band?.Groups ?? 0, "70 to 90 %", static s => s is >= 0.7 and <= 0.9, "none");
        return goals;

        void Medians(string what, IReadOnlyCollection<ScoredPoint> points, double? median, double? ninetieth, string beside)
        {
            ErrorSummary? errors = ErrorSummary.Of(what, points);
            bool? holds = errors is null || median is null ? null : errors.Pooled.Value <= median && errors.OverGroups.Value <= median && (ninetieth is null || errors.Ninetieth.Value <= ninetieth);
            string limit = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"≤ {median * 100:0} %");
            limit += ninetieth is null ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" and ≤ {ninetieth * 100:0} %");
            goals.Add(new GoalLine(what, errors, null, errors?.Rows ?? 0, median is null ? "none" : limit, holds, beside));
        }

        void Share(string what, double share, int count, string goal, Func<double, bool> holds, string beside) =>
            goals.Add(new GoalLine(what, null, double.IsNaN(share) ? null : share, count, goal, double.IsNaN(share) ? null : holds(share), beside));
    }

    private static List<BreakdownLine> MakeBreakdown(RowPrediction[] plain, Func<RowPrediction, string>? seen)
    {
        List<BreakdownLine> lines = [];
        Add("scenario", ScenarioOf, plain);
        RowPrediction[] loops = [.. plain.Where(IsClosedLoop)];
        Add("chip", static p => p.Row.Chip, loops);
        Add("model", static p => p.Row.Model, loops);
        Add("engine", static p => p.Mapped.Engine, loops);
        Add("precision", static p => p.Row.Precision.Length > 0 ? p.Row.Precision : "bf16 (not stated)", loops);
        if (seen is not null)
        {
            Add("seen by the fit", seen, loops);
        }

        return lines;

        void Add(string by, Func<RowPrediction, string> value, RowPrediction[] rows)
        {
            foreach (IGrouping<string, RowPrediction> group in rows.GroupBy(value, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal))
            {
                foreach ((string measure, IReadOnlyCollection<ScoredPoint> points) in new[] { (Tpot, TpotPoints(group)), (Throughput, ThroughputPoints(group)) })
                {
                    if (ErrorSummary.Of($"{by} {group.Key} {measure}", points) is { } errors)
                    {
                        lines.Add(new BreakdownLine(by, group.Key, measure, errors));
                    }
                }
            }
        }
    }

    private static List<GroupLine> MakeGroups(RowPrediction[] plain) =>
    [
        .. GroupErrors.Of(TpotPoints(plain)).Select(static g => new GroupLine(g.Group, Tpot, g)),
        .. GroupErrors.Of(ThroughputPoints(plain)).Select(static g => new GroupLine(g.Group, Throughput, g)),
    ];

    private static List<PeerLine> MakePeer(RowPrediction[] plain, PeerAnswers peer)
    {
        RowPrediction[] sample = [.. plain.Where(p => peer.Rows.ContainsKey(p.Row.Id) && MeasuredTpot(p.Row) is not null)];
        RowPrediction[] both = [.. sample.Where(p => peer.Rows[p.Row.Id] is not null && p.Estimate is not null)];
        RowPrediction[] oursAlone = [.. sample.Where(p => peer.Rows[p.Row.Id] is null && p.Estimate is not null)];
        RowPrediction[] theirsAlone = [.. sample.Where(p => peer.Rows[p.Row.Id] is not null && p.Estimate is null)];
        return
        [
            Line("all that both answer", both),
            Line("together, that both answer", [.. both.Where(static p => !p.Row.Apart)]),
            Line("together, dense models, that both answer", [.. both.Where(static p => !p.Row.Apart && p.Mapped.Case?.Model.HasExperts == false)]),
            Line("apart, that both answer", [.. both.Where(static p => p.Row.Apart)]),
            new PeerLine("that only we answer", ErrorSummary.Of("peer ours alone", TpotPoints(oursAlone)), null),
            new PeerLine("that only they answer", null, ErrorSummary.Of("peer theirs alone", Theirs(theirsAlone))),
        ];

        PeerLine Line(string name, RowPrediction[] rows) => new(name, ErrorSummary.Of("peer ours " + name, TpotPoints(rows)), ErrorSummary.Of("peer theirs " + name, Theirs(rows)));

        IReadOnlyCollection<ScoredPoint> Theirs(RowPrediction[] rows) =>
            [.. rows.Select(p => new ScoredPoint(GroupOf(p), MeasuredTpot(p.Row)!.Value, peer.Rows[p.Row.Id]!.Value))];
    }

    private static List<AnswerLine> MakeAnswers(IReadOnlyList<RowPrediction> predictions) =>
    [
        .. predictions
            .GroupBy(static p => (Scenario: ScenarioOf(p), p.Status, Reason: p.Status == RowPrediction.Ok ? "" : p.Reason))
            .OrderBy(static g => g.Key.Scenario, StringComparer.Ordinal).ThenBy(static g => g.Key.Status, StringComparer.Ordinal).ThenByDescending(static g => g.Count()).ThenBy(static g => g.Key.Reason, StringComparer.Ordinal)
            .Select(static g => new AnswerLine(g.Key.Scenario, g.Key.Status, g.Key.Reason, g.Count())),
    ];

    private static IEnumerable<ErrorSummary?> MakeReported(RowPrediction[] scored, RowPrediction[] plain)
    {
        RowPrediction[] drafted = [.. scored.Where(static p => p.Row.IsSpeculative)];
        yield return ErrorSummary.Of("TPOT with drafted tokens, together", TpotPoints(drafted.Where(static p => !p.Row.Apart)));
        yield return ErrorSummary.Of("TPOT with drafted tokens, apart", TpotPoints(drafted.Where(static p => p.Row.Apart)));
        yield return ErrorSummary.Of("throughput with drafted tokens", ThroughputPoints(drafted));
        yield return ErrorSummary.Of("TTFT, closed loop, together (median, or mean where no median is told)", Points(
            plain.Where(static p => IsClosedLoop(p) && !p.Row.Apart),
            static p => p.Row.TimeToFirstTokenMs.Median ?? p.Row.TimeToFirstTokenMs.Mean,
            static p => (p.Row.TimeToFirstTokenMs.Median is null ? p.Estimate?.TimeToFirstTokenSeconds : p.Estimate?.TimeToFirstTokenMedianSeconds ?? p.Estimate?.TimeToFirstTokenSeconds) * 1e3));
        yield return ErrorSummary.Of("power of a chip", Points(plain, static p => p.Row.ChipWatts, static p => p.Estimate?.ChipWatts * p.Mapped.ChipsPerCountedChip));
    }

    // Chips are compared where everything else that a buyer states is alike: the engine and the layout may differ.
    private static string OrderKey(RowPrediction p) => $"{p.Row.Model}|{p.Row.InputTokens}|{p.Row.OutputTokens}|{p.Row.Precision}|{p.Row.Apart}";

    private static string RegretKey(RowPrediction p) => $"{p.Row.Model}|{p.Row.Chip}|{p.Mapped.Engine}|{p.Row.InputTokens}|{p.Row.OutputTokens}|{p.Row.Precision}";

    private static double? MeasuredTpot(ServingRow row) => row.TimePerOutputTokenMs.Mean is > 0 and var mean ? mean : row.TimePerOutputTokenMs.Median is > 0 and var median ? median : null;

    private static IReadOnlyCollection<ScoredPoint> TpotPoints(IEnumerable<RowPrediction> rows) =>
    [
        .. rows.Where(static p => p.Estimate is not null && MeasuredTpot(p.Row) is not null).Select(static p => new ScoredPoint(
            GroupOf(p), MeasuredTpot(p.Row)!.Value, p.TimePerOutputTokenMs!.Value, p.Estimate!.TimePerOutputTokenLowSeconds * 1e3, p.Estimate.TimePerOutputTokenHighSeconds * 1e3)),
    ];

    private static IReadOnlyCollection<ScoredPoint> ThroughputPoints(IEnumerable<RowPrediction> rows) => Points(
        rows,
        static p => p.Row.TotalTokensPerChipSecond ?? p.Row.OutputTokensPerChipSecond,
        static p => p.Row.TotalTokensPerChipSecond is not null ? p.TotalTokensPerChipSecond : p.OutputTokensPerChipSecond);

    // the rate that a row states is not read by its prediction: it is looked for
    private static IReadOnlyCollection<ScoredPoint> RatePoints(IEnumerable<RowPrediction> rows) => Points(rows, static p => p.Row.RequestRatePerSecond, static p => p.Estimate?.MaxRequestsPerSecond);

    private static IReadOnlyCollection<ScoredPoint> Points(IEnumerable<RowPrediction> rows, Func<RowPrediction, double?> measured, Func<RowPrediction, double?> predicted) =>
    [
        .. rows.Where(p => p.Estimate is not null && measured(p) is > 0 && predicted(p) is { } value && double.IsFinite(value))
            .Select(p => new ScoredPoint(GroupOf(p), measured(p)!.Value, predicted(p)!.Value)),
    ];
}
