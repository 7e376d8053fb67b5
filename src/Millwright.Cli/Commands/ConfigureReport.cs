using System.Globalization;
using Millwright.Chips;
using Millwright.Cli.Output;
using Millwright.Reports;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;
using Millwright.Serving.Search;

namespace Millwright.Cli.Commands;

/// <summary>Shows the answer of a search: the answer first, then what it beat, how it was found, and what it hangs on.</summary>
internal sealed class ConfigureReport(
    SearchRequest request,
    IReadOnlyList<SystemOffer> offers,
    SearchAnswer answer,
    IReadOnlyList<WithoutElement> lost,
    IReadOnlyList<SensitivityRow> sensitivity,
    int top,
    string catalogHash)
{
    private const int RowsOfFrontier = 8;

    private string Title => $"{request.Model.Id} on {(Systems.Count > 3 ? $"{Systems.Count} systems" : string.Join(", ", Systems))}";

    private IReadOnlyList<string> Systems => [.. offers.Select(static o => o.System.Id).Distinct()];

    private string Asked => string.Create(
        CultureInfo.InvariantCulture,
        $"{request.Lengths.MeanInputTokens:0} tokens in{(request.Lengths.CachedShare > 0 ? $" ({request.Lengths.CachedShare:P0} cached)" : "")}, {request.Lengths.MeanOutputTokens:0} out; TTFT within {Time(request.TimeToFirstTokenLimitSeconds)}, TPOT within {Time(request.TimePerOutputTokenLimitSeconds)}; {Load}{Skew}");

    private string Skew => request.RoutingSkew == ExpertLoad.UsualSkew || !request.Model.HasExperts
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; routing skew {request.RoutingSkew:0.###}");

    private string Load => request switch
    {
        { Chips: { } chips } => $"{chips} chips",
        { RequestsPerSecond: { } rate } => string.Create(CultureInfo.InvariantCulture, $"{rate:0.###} requests/s on as few chips as possible"),
        { PowerWatts: { } watts } => Humanize.Value(watts, "W"),
        _ => "one system",
    };

    /// <summary>The answer as tables: a screenful, or all of it.</summary>
    public TableDocument Document(bool full = false)
    {
        List<DocumentTable> tables = [];
        if (answer.Best is not null)
        {
            tables.Add(Answers());
            tables.Add(RunnersUp(full ? int.MaxValue : top));
            if (lost.Count > 0)
            {
                tables.Add(Lost());
            }

            if (sensitivity.Count > 0)
            {
                tables.Add(Sensitivity(full));
            }

            tables.Add(Frontier(full ? int.MaxValue : RowsOfFrontier));
        }

        tables.Add(Space(full));
        if (full)
        {
            tables.Add(ByOption());
        }

        return new TableDocument("configure", Title, Summary(), tables, Notes());
    }

    /// <summary>One self-contained page with the picture of the frontier.</summary>
    public string Page()
    {
        HtmlPage page = new HtmlPage(Title).Kicker("Millwright · configure").Subtitle(Asked);
        foreach (string line in Summary().Skip(1))
        {
            page.Lead(line);
        }

        if (answer.Frontier.Count > 0)
        {
            page.Section("frontier", "Output for a chip against output for a user", section => section.Picture(
                "Pareto frontier",
                "Each point is a deployment that no other beats in both. The band holds 80 % of the errors of predictions of this kind. Each further line is the frontier with one element replaced.",
                width => Svg.Lines("Output tokens a second and chip over output tokens a second and user", Lines(), "tok/s", "output tokens a second and user", Markers(), width)));
        }

        foreach (DocumentTable table in Document(full: true).Tables)
        {
            string heading = table.Caption.Length > 0 ? table.Caption : table.Name;
            page.Section(table.Name, heading, section => section.Table(new HtmlTable(
                heading,
                [.. table.Columns.Select(static c => new HtmlColumn(c.Heading, c.IsNumber))],
                [.. table.Rows.Select(static row => new HtmlRow([.. row.Select(static cell => new HtmlCell(cell.Text))]))])));
        }

        page.Section("notes", "Notes", section => section.Points(Notes()));
        return page.Write();
    }

    private List<ChartLine> Lines()
    {
        List<SearchPoint> points = [.. answer.Frontier.OrderBy(static p => p.OutputTokensPerUserSecond)];
        List<ChartLine> lines =
        [
            new(
                "all elements",
                [.. points.Select(static p => p.OutputTokensPerUserSecond)],
                [.. points.Select(static p => p.OutputTokensPerChipSecond)],
                [.. points.Select(static p => p.OutputTokensPerChipSecondLow)],
                [.. points.Select(static p => p.OutputTokensPerChipSecondHigh)]),
        ];
        foreach (WithoutElement without in lost)
        {
            List<SearchPoint> others = [.. without.Answer.Frontier.OrderBy(static p => p.OutputTokensPerUserSecond)];
            if (others.Count > 0)
            {
                lines.Add(new ChartLine(
                    without.Text, [.. others.Select(static p => p.OutputTokensPerUserSecond)], [.. others.Select(static p => p.OutputTokensPerChipSecond)]));
            }
        }

        return lines;
    }

    private List<ChartMarker> Markers() =>
        [new(string.Create(CultureInfo.InvariantCulture, $"TPOT limit {Time(request.TimePerOutputTokenLimitSeconds)}"), 1 / request.TimePerOutputTokenLimitSeconds)];

    private List<string> Summary()
    {
        List<string> lines = [$"{Title}: {Asked}"];
        if (answer.Best is not { } best)
        {
            lines.Add(answer.Nearest is { } nearest ? Sentence(nearest.Message) : "No system could be searched.");
            if (answer.Nearest?.Point is { } point)
            {
                lines.Add($"Nearest: {point.SystemName}, {point.LayoutName}, {PrecisionOptions.NameOf(point.Precision)}: TPOT {Time(point.TimePerOutputTokenSeconds)}, TTFT {Time(point.TimeToFirstTokenSeconds)}.");
            }

            return lines;
        }

        lines.Add($"Best: {best.SystemName}, {ServingOptions.NameOf(best.Engine.Family)}, {best.LayoutName}, {PrecisionOptions.NameOf(best.Precision)}, {Number(best.BatchPerReplica)} sequences a replica, {best.Engine.MaxBatchedTokens} tokens a step.");
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(best.OutputTokensPerChipSecond)} tok/s/chip ({Number(best.OutputTokensPerChipSecondLow)} .. {Number(best.OutputTokensPerChipSecondHigh)}), {Number(best.OutputTokensPerUserSecond)} tok/s/user, TTFT {Time(best.TimeToFirstTokenSeconds)}, {Usd(best)}, {Joules(best)}; {Number(best.RequestsPerSecond)} requests/s on {best.Chips:0} chips."));
        lines.Add($"Held by: {best.LimitDetail}.");
        return lines;
    }

    private DocumentTable Answers()
    {
        List<IReadOnlyList<DocumentCell>> rows = [Row(request.RequestsPerSecond is null ? "most output" : "fewest chips", answer.Best!)];
        if (answer.Cheapest is { } cheapest)
        {
            rows.Add(Row("cheapest", cheapest));
        }

        if (answer.MostFrugal is { } frugal)
        {
            rows.Add(Row("most frugal", frugal));
        }

        return new DocumentTable("answers", "Answers", [new("answer", ""), .. PointColumns()], rows);
    }

    private DocumentTable RunnersUp(int most) => new(
        "runners_up",
        "What it beat, and why",
        [
            new("system", "system"), new("deployment", "deployment"), new("precision", "precision"), new("output_tokens_per_chip_second", "tok/s/chip", true),
            new("output_tokens_per_user_second", "tok/s/user", true), new("why", "why it loses"),
        ],
        [.. answer.RunnersUp.Take(most).Select(static r => (IReadOnlyList<DocumentCell>)
        [
            r.Point.SystemName,
            r.Point.LayoutName,
            PrecisionOptions.NameOf(r.Point.Precision),
            new(Number(r.Point.OutputTokensPerChipSecond), r.Point.OutputTokensPerChipSecond),
            new(Number(r.Point.OutputTokensPerUserSecond), r.Point.OutputTokensPerUserSecond),
            r.Why,
        ])]);

    private DocumentTable Lost() => new(
        "without",
        "What is lost without one element",
        [new("element", "with"), new("deployment", "deployment"), new("output_ratio", "tok/s/chip", true), new("cost_ratio", "$/Mtok", true), new("energy_ratio", "J/token", true)],
        [.. lost.Select(without => (IReadOnlyList<DocumentCell>)
        [
            without.Text,
            without.Answer.Best is { } best ? $"{best.SystemName} {best.LayoutName}, {PrecisionOptions.NameOf(best.Precision)}" : without.Answer.Nearest?.Message ?? "nothing",
            Ratio(without.Answer.Best?.OutputTokensPerChipSecond, answer.Best!.OutputTokensPerChipSecond),
            Ratio(without.Answer.Cheapest?.UsdPerMillionOutputTokens, answer.Cheapest?.UsdPerMillionOutputTokens),
            Ratio(without.Answer.MostFrugal?.JoulesPerOutputToken, answer.MostFrugal?.JoulesPerOutputToken),
        ])]);

    private DocumentTable Sensitivity(bool full)
    {
        IEnumerable<SensitivityRow> rows = full ? sensitivity : sensitivity.OrderByDescending(static r => Math.Abs(r.OutputRatio - 1)).ThenBy(static r => r.What, StringComparer.Ordinal).Take(7);
        return new DocumentTable(
            "sensitivity",
            "What the answer hangs on",
            [new("what", "with"), new("change", "changed by", true), new("output_ratio", "tok/s/chip", true), new("flips", "the choice becomes")],
            [.. rows.Select(static r => (IReadOnlyList<DocumentCell>)
            [
                r.What, Signed(r.Change), Ratio(r.OutputRatio, 1), r.Flips.Length > 0 ? r.Flips : "stands",
            ])]);
    }

    private DocumentTable Frontier(int most)
    {
        IReadOnlyList<SearchPoint> points = answer.Frontier;
        int step = Math.Max(1, (int)Math.Ceiling(points.Count / (double)Math.Min(points.Count, most)));
        return new DocumentTable(
            "frontier",
            points.Count > most ? $"Frontier, {(points.Count + step - 1) / step} of its {points.Count} points" : "Frontier",
            [.. PointColumns()],
            [.. points.Where((_, i) => i % step == 0).Select(static p => (IReadOnlyList<DocumentCell>)[.. Cells(p)])]);
    }

    private DocumentTable Space(bool full)
    {
        List<IReadOnlyList<DocumentCell>> rows = [.. answer.Dimensions.Where(d => full || d.Options.Count > 1 || d.Name.EndsWith(" in all", StringComparison.Ordinal)).Select(d => (IReadOnlyList<DocumentCell>)
        [
            d.Name, Count(d.Name.EndsWith(" in all", StringComparison.Ordinal) ? long.Parse(d.Options[0], CultureInfo.InvariantCulture) : d.Options.Count), d.Name.EndsWith(" in all", StringComparison.Ordinal) ? "" : Short(d.Options, full),
        ])];
        if (answer.Variants.Offered > Systems.Count)
        {
            rows.Add(["systems with caps and networks", Count(answer.Variants.Offered), string.Create(
                CultureInfo.InvariantCulture,
                $"{answer.Variants.Searched} searched, {answer.Variants.Same} as the same system with its own network, {answer.Variants.PrunedByProof} pruned by proof")]);
        }

        if (request.Space.Together)
        {
            rows.Add(["together", Count(answer.Together.Settings), Counted(answer.Together) + string.Create(CultureInfo.InvariantCulture, $"; {answer.Together.Compiled} deployments compiled")]);
        }

        if (answer.Apart.Settings > 0)
        {
            rows.Add(["workers of pools apart", Count(answer.Apart.Settings), Counted(answer.Apart) + string.Create(CultureInfo.InvariantCulture, $"; {answer.PoolsVisited} pools of them")]);
        }

        if (answer.Split.Settings > 0)
        {
            rows.Add(["workers of pools split", Count(answer.Split.Settings), Counted(answer.Split) + string.Create(CultureInfo.InvariantCulture, $"; {answer.SplitPoolsVisited} pools of them")]);
        }

        return new DocumentTable("space", "What was looked at", [new("dimension", "dimension"), new("options", "options", true), new("detail", "")], rows);
    }

    private DocumentTable ByOption() => new(
        "by_option",
        "The best of each option",
        [new("dimension", "dimension"), new("option", "option"), .. PointColumns()],
        [.. answer.ByOption.Select(static row => (IReadOnlyList<DocumentCell>)
            [row.Dimension, row.Option, .. row.Point is { } point ? Cells(point) : PointColumns().Select(static (_, i) => (DocumentCell)(i == 0 ? "nothing within the limits" : ""))])]);

    private List<string> Notes()
    {
        List<string> notes = [];
        if (offers.FirstOrDefault(static o => o.UsdPerChipHour is not null) is { } priced)
        {
            notes.Add($"$/Mtok: per million output tokens with their prompts. Chip-hour of {priced.System.Id}: {priced.UsdPerChipHour!.Value.ToString("0.00", CultureInfo.InvariantCulture)} $ ({priced.CostSource}).");
        }

        notes.Add("J/token: energy of the chips alone, with the share of their prompts. TTFT is the mean without bursts.");
        notes.AddRange(answer.Remarks.Select(Sentence));
        notes.Add($"{CommandLine.Tool}, catalog {catalogHash}");
        return notes;
    }

    private static IReadOnlyList<DocumentCell> Row(string name, SearchPoint point) => [name, .. Cells(point)];

    private static IEnumerable<DocumentColumn> PointColumns() =>
    [
        new("system", "system"), new("deployment", "deployment"), new("precision", "precision"), new("batch", "batch", true),
        new("output_tokens_per_chip_second", "tok/s/chip", true), new("output_tokens_per_user_second", "tok/s/user", true),
        new("ttft_s", "TTFT", true), new("usd_per_million_output_tokens", "$/Mtok", true), new("joules_per_output_token", "J/token", true), new("chips", "chips", true),
    ];

    private static IEnumerable<DocumentCell> Cells(SearchPoint p) =>
    [
        p.SystemName,
        p.LayoutName,
        PrecisionOptions.NameOf(p.Precision),
        new(Number(p.BatchPerReplica), p.BatchPerReplica),
        new(Number(p.OutputTokensPerChipSecond), p.OutputTokensPerChipSecond),
        new(Number(p.OutputTokensPerUserSecond), p.OutputTokensPerUserSecond),
        new(Time(p.TimeToFirstTokenSeconds), p.TimeToFirstTokenSeconds),
        p.UsdPerMillionOutputTokens is { } usd ? new(usd.ToString("0.000", CultureInfo.InvariantCulture), usd) : new("no price"),
        double.IsFinite(p.JoulesPerOutputToken) ? new(Number(p.JoulesPerOutputToken), p.JoulesPerOutputToken) : new("no rated power"),
        new(p.Chips.ToString("0", CultureInfo.InvariantCulture), p.Chips),
    ];

    private static string Counted(SearchCounts counts) => string.Create(
        CultureInfo.InvariantCulture, $"{counts.Visited} timed, {counts.RejectedByMemory} rejected by memory, {counts.PrunedByProof} pruned by proof");

    private static string Short(IReadOnlyList<string> options, bool full) =>
        full || options.Count <= 8 ? string.Join(options.Any(static o => o.Contains(',')) ? "; " : ", ", options) : $"{options[0]} .. {options[^1]}";

    private static DocumentCell Count(long count) => new(count.ToString(CultureInfo.InvariantCulture), count);

    private static DocumentCell Ratio(double? value, double? of) => value is { } a && of is { } b && double.IsFinite(a / b)
        ? new DocumentCell(string.Create(CultureInfo.InvariantCulture, $"{a / b:0.00} x"), a / b)
        : new DocumentCell("");

    private static DocumentCell Signed(double share) => new(string.Create(CultureInfo.InvariantCulture, $"{(share > 0 ? "+" : "")}{share * 100:0} %"), share);

    private static string Usd(SearchPoint point) => point.UsdPerMillionOutputTokens is { } usd ? usd.ToString("0.000", CultureInfo.InvariantCulture) + " $/Mtok" : "no price known";

    private static string Joules(SearchPoint point) => double.IsFinite(point.JoulesPerOutputToken) ? Number(point.JoulesPerOutputToken) + " J/token" : "no rated power known";

    private static string Time(double seconds) => Humanize.Value(seconds, "s");

    private static string Number(double value) => value.ToString(value >= 1000 ? "0" : value >= 100 ? "0.#" : value >= 10 ? "0.0#" : "0.00#", CultureInfo.InvariantCulture);

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".");
}
