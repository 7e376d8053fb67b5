using Millwright.Cli.Measured;

namespace Millwright.Cli.Tests.Measured;

public sealed class ScoringTests
{
    [Fact]
    public void Errors_of_a_known_set_are_worked_out_right()
    {
        // group a: errors 10, 20, 30 %; group b: 50 %
        ErrorSummary errors = ErrorSummary.Of("known", [new("a", 100, 110), new("a", 100, 80), new("a", 100, 130), new("b", 10, 5)])!;
        Assert.Equal((4, 2), (errors.Rows, errors.Groups));
        Assert.Equal((0.2 + 0.5) / 2, errors.OverGroups.Value, 1e-12);
        Assert.Equal(0.25, errors.Pooled.Value, 1e-12);
        Assert.Equal(0.3 + 0.7 * 0.2, errors.Ninetieth.Value, 1e-12);
        Assert.Equal(0.275, errors.Mean, 1e-12);
        Assert.Equal(-0.05, errors.Bias, 1e-12);
        Assert.Null(errors.GroupsInBand);
    }

    [Fact]
    public void Intervals_hold_the_value_and_do_not_depend_on_order_or_on_other_lines()
    {
        ScoredPoint[] points = [.. Enumerable.Range(0, 300).Select(static i => new ScoredPoint("g" + i % 17, 100, 100 + i % 41 - 20 + i % 17))];
        ErrorSummary once = ErrorSummary.Of("line", points)!;
        ErrorSummary again = ErrorSummary.Of("line", [.. points.Reverse()])!;
        Assert.Equal(once.Pooled, again.Pooled);
        Assert.Equal(once.OverGroups, again.OverGroups);
        Assert.Equal(once.Ninetieth, again.Ninetieth);
        foreach (Interval interval in new[] { once.Pooled, once.OverGroups, once.Ninetieth })
        {
            Assert.InRange(interval.Value, interval.Low, interval.High);
            Assert.True(interval.Low < interval.High);
        }

        Assert.NotEqual(once.Pooled.Low, ErrorSummary.Of("another line", points)!.Ninetieth.Low);
    }

    [Fact]
    public void One_group_alone_gives_no_spread()
    {
        ErrorSummary errors = ErrorSummary.Of("alone", [new("a", 100, 110), new("a", 100, 130)])!;
        Assert.Equal(new Interval(errors.Pooled.Value, errors.Pooled.Value, errors.Pooled.Value), errors.Pooled);
        Assert.Null(ErrorSummary.Of("none", []));
    }

    // With groups of one row each, the cluster bootstrap is the plain one: the interval of a median has a known width.
    [Fact]
    public void The_interval_of_a_median_has_the_width_that_theory_gives()
    {
        ScoredPoint[] points = [.. Enumerable.Range(0, 400).Select(static i => new ScoredPoint("g" + i, 100, 100 + (i + 0.5) / 4))];
        ErrorSummary errors = ErrorSummary.Of("uniform", points)!;
        // errors are uniform on [0, 1]: the standard error of the median is 1 / (2 sqrt n)
        Assert.Equal(2 * 1.96 / (2 * Math.Sqrt(400)), errors.Pooled.High - errors.Pooled.Low, 0.015);
    }

    [Fact]
    public void A_group_is_in_its_band_when_its_middle_is()
    {
        ErrorSummary errors = ErrorSummary.Of("band", [new("in", 110, 100, 80, 120), new("in", 500, 100, 80, 120), new("in", 100, 100, 80, 120), new("out", 130, 100, 80, 120)])!;
        Assert.Equal(0.5, errors.GroupsInBand);
        Assert.Equal(0.5, errors.RowsInBand);
    }

    [Fact]
    public void A_curve_runs_straight_in_logarithms_and_on_beyond_its_ends()
    {
        (double, double)[] curve = [(10, 1000), (100, 100)];
        Assert.Equal(Math.Sqrt(1e5), ServingCurve.At(curve, Math.Sqrt(1000)), 1e-9);
        Assert.Equal(10, ServingCurve.At(curve, 1000), 1e-9);
        Assert.Equal(10000, ServingCurve.At(curve, 1), 1e-6);
    }

    [Fact]
    public void Chips_are_ordered_where_they_differ_by_more_than_a_tenth()
    {
        ServingCurve slow = Curve("A", "tp8", 100, 100);
        Assert.Equal(new ChipOrder(1, 1), ChipOrder.Of([slow, Curve("B", "tp8", 150, 120)]));
        Assert.Equal(new ChipOrder(1, 0), ChipOrder.Of([slow, Curve("B", "tp8", 150, 80)]));
        Assert.Equal(new ChipOrder(0, 0), ChipOrder.Of([slow, Curve("B", "tp8", 105, 80)]));
        Assert.Equal(new ChipOrder(0, 0), ChipOrder.Of([slow, Curve("A", "tp4", 150, 80)]));
        Assert.Equal(new ChipOrder(0, 0), ChipOrder.Of([slow, Curve("B", "tp8", 150, 80) with { Key = "other" }]));
        Assert.Equal(new ChipOrder(0, 0), ChipOrder.Of([slow, Curve("B", "tp8", 150, 80) with { Measured = [(1, 3), (2, 2)] }]));
    }

    [Fact]
    public void Regret_is_what_the_chosen_layout_loses()
    {
        ServingCurve[] curves = [Curve("A", "tp1", 100, 90), Curve("A", "tp2", 80, 120), Curve("A", "tp4", 60, 50)];
        LayoutRegret regret = LayoutRegret.Of(curves);
        Assert.Equal(1, regret.Groups);
        Assert.Equal(0.2, regret.Median, 1e-9);
        Assert.Equal(0, LayoutRegret.Of(curves[..2]).Groups);
        Assert.Equal(0, LayoutRegret.Of([Curve("A", "tp1", 100, 190), .. curves[1..]]).Median, 1e-9);
    }

    [Fact]
    public void Rows_that_do_not_count_are_left_out_and_drafted_ones_stand_apart()
    {
        ServingRow row = Sample.Row with { TimePerOutputTokenMs = new(10, 9, null, null), TotalTokensPerChipSecond = 100 };
        RowPrediction[] predictions =
        [
            Sample.Answer(row, Sample.Estimate(11)),
            Sample.Answer(row with { Id = "b", IsLatest = false }, Sample.Estimate(50)),
            Sample.Answer(row with { Id = "c", Quality = "suspect: erratic" }, Sample.Estimate(50)),
            Sample.Answer(row with { Id = "d", Speculation = "mtp" }, Sample.Estimate(20)),
            Sample.Answer(row with { Id = "e", TimePerOutputTokenMs = new(null, 10, null, null) }, Sample.Estimate(8)),
        ];
        ServingReport report = ServingReport.Of(predictions, all: false, null, null);
        ErrorSummary together = report.Goals[0].Errors!;
        Assert.Equal((2, 1), (together.Rows, together.Groups));
        Assert.Equal(0.15, together.Pooled.Value, 1e-12);
        Assert.Equal((1, 1), report.TpotBasis);
        Assert.Equal(3, report.ScoredRows);
        Assert.Equal(1.0, Assert.Single(report.Reported, e => e.Name == "TPOT with drafted tokens, together").Mean, 1e-12);
        Assert.Equal(4, ServingReport.Of(predictions, all: true, null, null).Goals[0].Errors!.Rows);
    }

    [Fact]
    public void A_peer_is_scored_on_the_rows_that_both_answer()
    {
        ServingRow row = Sample.Row with { TimePerOutputTokenMs = new(10, null, null, null) };
        RowPrediction[] predictions = [Sample.Answer(row, Sample.Estimate(11)), Sample.Answer(row with { Id = "b" }, Sample.Estimate(12)), new(Sample.Map(row with { Id = "c" }), null, RowPrediction.Refused, "no"), Sample.Answer(row with { Id = "d" }, Sample.Estimate(30))];
        PeerAnswers peer = new("peer", new Dictionary<string, double?>(StringComparer.Ordinal) { ["a"] = 15, ["b"] = null, ["c"] = 20 });
        IReadOnlyList<PeerLine> lines = ServingReport.Of(predictions, false, peer, null).Peer;
        Assert.Equal((0.1, 0.5), (Math.Round(lines[0].Ours!.Mean, 12), Math.Round(lines[0].Theirs!.Mean, 12)));
        Assert.Equal(1, lines[0].Ours!.Rows);
        Assert.Equal(0.2, Assert.Single(lines, l => l.Rows == "that only we answer").Ours!.Mean, 1e-12);
        Assert.Equal(1.0, Assert.Single(lines, l => l.Rows == "that only they answer").Theirs!.Mean, 1e-12);
    }

    [Fact]
    public void What_the_fit_had_seen_splits_the_errors()
    {
        ServingRow row = Sample.Row with { TimePerOutputTokenMs = new(10, null, null, null) };
        ServingReport report = ServingReport.Of([Sample.Answer(row, Sample.Estimate(11)), Sample.Answer(row with { Id = "b", Chip = "H200-SXM" }, Sample.Estimate(12))], false, null, p => p.Row.Chip == "H200-SXM" ? "chip never seen" : "measured");
        Assert.Equal(["chip never seen", "measured"], report.Breakdown.Where(b => b.By == "seen by the fit").Select(b => b.Value));
    }

    private static ServingCurve Curve(string chip, string layout, double measured, double predicted) =>
        new("k", chip, layout, [(10, measured), (100, measured / 2)], [(12, predicted), (90, predicted / 2)]);
}
