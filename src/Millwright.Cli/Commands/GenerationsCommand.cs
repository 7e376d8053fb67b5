using System.CommandLine;
using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Cli.Output;
using Millwright.Models;
using Millwright.Quantities;
using Millwright.Reports;
using Millwright.Reports.Charts;
using Millwright.Reports.Html;
using Millwright.Serving.Search;
using Millwright.Studies;

namespace Millwright.Cli.Commands;

/// <summary>Lines up systems of ten years on one workload, and splits the gain of each generation over what changed.</summary>
internal static class GenerationsCommand
{
    private static readonly (string Name, string Lengths, string Model)[] s_workloads =
    [
        ("chat", "azure-2023-conv", "llama-3.1-70b"),
        ("reasoning", "servegen-deepseek-r1", "llama-3.1-70b"),
        ("coding-agent", "coding-agent", "qwen3-32b"),
    ];

    public static Command Create(Session session)
    {
        Option<string> workload = new("--workload") { Description = "chat, reasoning or coding-agent, or a workload of the scenario gigawatt: its lengths and model.", HelpName = "W", DefaultValueFactory = static _ => "chat" };
        Option<string?> model = new("--model") { Description = "Model of the catalog, or the path of a config.json. Left out: the workload's.", HelpName = "MODEL" };
        Option<double?> input = new("--isl") { Description = "Input tokens of a request. Left out: the workload's.", HelpName = "N" };
        Option<double?> output = new("--osl") { Description = "Output tokens of a request. Left out: the workload's.", HelpName = "N" };
        Option<string> firstToken = new("--ttft") { Description = "Greatest mean time to first token.", HelpName = "TIME", DefaultValueFactory = static _ => "4 s" };
        Option<string> perToken = new("--tpot") { Description = "Greatest mean time per output token.", HelpName = "TIME", DefaultValueFactory = static _ => "50 ms" };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("generations", "Line up systems from DGX-1 to Rubin Ultra and their rivals on one workload, and split each gain over what changed.")
        {
            workload, model, input, output, firstToken, perToken, catalog, json, html,
        };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            (RequestLengths lengths, string modelName) = Workload(parsed.GetValue(workload)!, parsed.GetValue(input), parsed.GetValue(output), data);
            ModelArchitecture architecture = ServingOptions.Model(parsed.GetValue(model) ?? modelName, data);
            double ttft = ServingOptions.Quantity("--ttft", parsed.GetValue(firstToken)!, QuantityKind.Duration);
            double tpot = ServingOptions.Quantity("--tpot", parsed.GetValue(perToken)!, QuantityKind.Duration);
            IReadOnlyList<SystemOffer> offers = ServingOptions.Offers(
                Session.ReadScenario(ServingOptions.SiteOfPrices, [], data), [.. data.Systems.Where(static s => s.Kind is not "cpu")], data, null, PowerBasis.Facility);
            GenerationReport report;
            using (ProgressLine progress = new(session.Errors, "generations"))
            {
                report = GenerationStudy.Run(Session.Search, offers, architecture, lengths, ttft, tpot, progress, cancellation);
            }

            string asked = string.Create(
                CultureInfo.InvariantCulture,
                $"{architecture.Id}, {lengths.MeanInputTokens:0} tokens in, {lengths.MeanOutputTokens:0} out; TTFT within {Humanize.Value(ttft, "s")}, TPOT within {Humanize.Value(tpot, "s")}");
            session.Show(Document(report, asked, data.Hash), jsonFile, null);
            htmlFile?.Write(Page(report, asked, data.Hash));
            return Task.FromResult(0);
        });
        return command;
    }

    private static (RequestLengths Lengths, string Model) Workload(string name, double? input, double? output, CatalogData catalog)
    {
        (string id, string model) = s_workloads.FirstOrDefault(w => w.Name == name) is { Name: not null } known
            ? (known.Lengths, known.Model)
            : FromScenario(name, catalog);
        LengthHistogram histogram = catalog.FindLengths(id) ?? throw new InvalidOperationException($"the catalog lost the lengths {id}");
        double? isl = input is { } i ? ServingOptions.Positive("--isl", i) : null;
        double? osl = output is { } o ? ServingOptions.Positive("--osl", o) : null;
        return (isl is { } x && osl is { } y ? RequestLengths.FromMeans(x, y) : RequestLengths.FromHistogram(histogram, isl, osl), model);
    }

    private static (string Lengths, string Model) FromScenario(string name, CatalogData catalog)
    {
        IReadOnlyList<WorkloadInput> workloads = Session.ReadScenario(ServingOptions.SiteOfPrices, [], catalog).Workloads;
        return workloads.FirstOrDefault(w => w.Name == name) is { Lengths: { } id } found
            ? (id, found.Model)
            : throw ServingOptions.Wrong(
                "--workload",
                $"there is no workload \"{name}\"; there are {string.Join(", ", s_workloads.Select(static w => w.Name).Concat(workloads.Select(static w => w.Name)).Distinct())}");
    }

    private static TableDocument Document(GenerationReport report, string asked, string catalogHash)
    {
        List<string> summary = [$"Generations of systems: {asked}"];
        List<GenerationRow> line = [.. report.Rows.Where(static r => r.InLine && r.Point is not null)];
        if (line.Count > 1 && line[0].Date is { } from && line[^1].Date is { } to)
        {
            summary.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{line[0].Offer.System.Id} ({from:0}) to {line[^1].Offer.System.Id} ({to:0}): {line[^1].Point!.OutputTokensPerChipSecond / line[0].Point!.OutputTokensPerChipSecond:0} x the output of a chip."));
        }

        return new TableDocument(
            "generations",
            "Generations of systems",
            summary,
            [Systems(report), Growth(report), Gains(report), Ranges(report)],
            [
                $"Every system is compared on {GenerationStudy.ChipsCompared} chips, in its narrowest native precision or bf16, prefill and decode together, today's software on each chip.",
                "A factor is the element's part of the gain, averaged over all orders in which the elements can be replaced (Shapley); factors of a step multiply to its gain.",
                "The range of a factor comes from the errors of the mixtures: that of the software's kernels, shared by systems that take them from one measured system, and one for each element that the software was not measured with.",
                "Mixtures that miss a limit count with their nearest point; the last column says how many. $/Mtok: chip-hour of the shipped site filled with the system, at the price of its day.",
                $"{CommandLine.Tool}, catalog {catalogHash}",
            ]);
    }

    private static DocumentTable Systems(GenerationReport report) => new(
        "systems",
        "Systems by date",
        [
            new("date", "date", true), new("system", "system"), new("line", "line"), new("deployment", "deployment"), new("precision", "precision"),
            new("output_tokens_per_chip_second", "tok/s/chip", true), new("low", "p10", true), new("high", "p90", true), new("output_tokens_per_watt_second", "tok/s/W", true),
            new("usd_per_million_output_tokens", "$/Mtok", true), new("joules_per_output_token", "J/token", true), new("remark", "remark"),
        ],
        [.. report.Rows.Select(static r => (IReadOnlyList<DocumentCell>)
        [
            r.Date is { } date ? new(date.ToString("0.0", CultureInfo.InvariantCulture), date) : new(""),
            r.Offer.System.Id,
            r.InLine ? "line" : "",
            r.Point?.Layout.ToString() ?? "",
            r.Point is { } p ? PrecisionOptions.NameOf(p.Precision) : "",
            Cell(r.Point?.OutputTokensPerChipSecond),
            Cell(r.Point?.OutputTokensPerChipSecondLow),
            Cell(r.Point?.OutputTokensPerChipSecondHigh),
            Cell(r.OutputTokensPerWattSecond),
            Cell(r.Point?.UsdPerMillionOutputTokens),
            Cell(r.Point?.JoulesPerOutputToken),
            r.Remark,
        ])]);

    private static DocumentTable Growth(GenerationReport report) => new(
        "growth",
        "Growth a year along the line",
        [new("what", "of"), new("per_year", "a year", true), new("low", "p10", true), new("high", "p90", true), new("points", "systems", true)],
        [.. report.Growth.Select(static g => (IReadOnlyList<DocumentCell>)[g.What, Share(g.PerYear), Share(g.Low), Share(g.High), new(g.Points.ToString(CultureInfo.InvariantCulture), g.Points)])]);

    private static DocumentTable Gains(GenerationReport report) => new(
        "gains",
        "Where each gain comes from: factors of the output of a chip",
        [
            new("from", "from"), new("to", "to"), new("gain", "gain", true), new("low", "p10", true), new("high", "p90", true),
            .. Enum.GetValues<GenerationElement>().Select(static e => new DocumentColumn(KeyOf(e), NameOf(e), true)), new("beyond_limits", "beyond limits", true),
        ],
        [.. report.Gains.Select(static g => (IReadOnlyList<DocumentCell>)
        [
            g.From, g.To, Factor(g.Gain), Factor(g.Low), Factor(g.High), .. Enum.GetValues<GenerationElement>().Select(e => Factor(g.Factors[e])),
            new(string.Create(CultureInfo.InvariantCulture, $"{g.BeyondLimits} of {g.Mixtures}"), g.BeyondLimits),
        ])]);

    private static DocumentTable Ranges(GenerationReport report) => new(
        "gain_ranges",
        "Range of each factor, p10 to p90",
        [
            new("from", "from"), new("to", "to"), new("gain_low", "gain", true), new("gain_high", "", true),
            .. Enum.GetValues<GenerationElement>().SelectMany(static e => (DocumentColumn[])[new(KeyOf(e) + "_low", NameOf(e), true), new(KeyOf(e) + "_high", "", true)]),
        ],
        [.. report.Gains.Select(static g => (IReadOnlyList<DocumentCell>)
        [
            g.From, g.To, Factor(g.Low), Factor(g.High),
            .. Enum.GetValues<GenerationElement>().SelectMany(e => (DocumentCell[])[Factor(g.Bands[e].Low), Factor(g.Bands[e].High)]),
        ])]);

    private static string Page(GenerationReport report, string asked, string catalogHash)
    {
        TableDocument document = Document(report, asked, catalogHash);
        HtmlPage page = new HtmlPage(document.Title).Kicker("Millwright · generations").Subtitle(asked);
        foreach (string line in document.Summary.Skip(1))
        {
            page.Lead(line);
        }

        List<GenerationRow> inLine = [.. report.Rows.Where(static r => r.InLine && r.Point is not null && r.Date is not null)];
        List<GenerationRow> rivals = BestSoFar(report.Rows.Where(static r => !r.InLine && r.Point is not null && r.Date is not null));
        page.Section("by-date", "Output of a chip by date", section => section.Picture(
            "Output tokens a second and chip, as powers of ten",
            "The line of generations with its band, which holds 80 % of the errors of predictions of this kind; of the others, each that was the best of them on its date. Years count from 2000.",
            width => Svg.Lines(
                "Logarithm of output tokens a second and chip over the year of availability",
                [
                    new ChartLine(
                        "line of generations",
                        [.. inLine.Select(static r => r.Date!.Value - 2000)],
                        [.. inLine.Select(static r => Math.Log10(r.Point!.OutputTokensPerChipSecond))],
                        [.. inLine.Select(static r => Math.Log10(r.Point!.OutputTokensPerChipSecondLow))],
                        [.. inLine.Select(static r => Math.Log10(r.Point!.OutputTokensPerChipSecondHigh))]),
                    new ChartLine("best of the others", [.. rivals.Select(static r => r.Date!.Value - 2000)], [.. rivals.Select(static r => Math.Log10(r.Point!.OutputTokensPerChipSecond))]),
                ],
                "",
                "years since 2000",
                [],
                width)));
        page.Section("gain-bars", "Where each gain comes from", section => section.Picture(
            "Parts of each gain, as powers of two",
            "Bars of one step sum to the logarithm of its gain; parts below zero are not drawn.",
            width => Svg.StackedBars(
                "Logarithm of the factor of each element, by step",
                [.. report.Gains.Select(static g => new ChartBar(
                    $"{g.From} to {g.To}",
                    [.. Enum.GetValues<GenerationElement>().Select(e => new ChartPart(NameOf(e), Math.Max(0, Math.Log2(g.Factors[e]))))]))],
                "",
                width)));
        foreach (DocumentTable table in document.Tables)
        {
            page.Section(table.Name, table.Caption, section => section.Table(new HtmlTable(
                table.Caption,
                [.. table.Columns.Select(static c => new HtmlColumn(c.Heading, c.IsNumber))],
                [.. table.Rows.Select(static row => new HtmlRow([.. row.Select(static cell => new HtmlCell(cell.Text))]))])));
        }

        page.Section("notes", "Notes", section => section.Points(document.Notes));
        return page.Write();
    }

    private static List<GenerationRow> BestSoFar(IEnumerable<GenerationRow> rows)
    {
        List<GenerationRow> best = [];
        foreach (GenerationRow row in rows.OrderBy(static r => r.Date))
        {
            if (best.Count == 0 || row.Point!.OutputTokensPerChipSecond > best[^1].Point!.OutputTokensPerChipSecond)
            {
                best.Add(row);
            }
        }

        return best;
    }

    private static string NameOf(GenerationElement element) => element switch
    {
        GenerationElement.ProcessAndPeak => "process, peak",
        GenerationElement.Precision => "precision",
        GenerationElement.Memory => "memory",
        GenerationElement.ScaleUp => "scale-up",
        GenerationElement.ScaleOut => "scale-out",
        GenerationElement.Host => "host",
        _ => "software",
    };

    private static string KeyOf(GenerationElement element) => NameOf(element).Replace(", ", "_", StringComparison.Ordinal).Replace('-', '_');

    private static DocumentCell Cell(double? value) => value is { } number && double.IsFinite(number)
        ? new DocumentCell(number.ToString(number >= 100 ? "0" : number >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture), number)
        : new DocumentCell("");

    private static DocumentCell Factor(double value) => new(string.Create(CultureInfo.InvariantCulture, $"{value:0.00} x"), value);

    private static DocumentCell Share(double value) => new(string.Create(CultureInfo.InvariantCulture, $"{value * 100:+0;-0} %"), value);
}
