using System.CommandLine;
using System.Globalization;
using Millwright.Applications;
using Millwright.Cli.Output;
using Millwright.Reports;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Measures the requests of a whole trace and writes them as a folder that lies over the catalog.</summary>
internal static class LengthsCommand
{
    private const int Bins = 24;

    public static Command Create(Session session)
    {
        Argument<string> trace = new("trace") { Description = "A request trace or a table of lengths: CSV or JSON lines, plain or .gz." };
        Option<string?> id = new("--id") { Description = "Id of the lengths. Left out: the name of the file.", HelpName = "ID" };
        Option<string?> folder = new("--output") { Description = "Folder to write lengths.yaml to, for use with --catalog. Left out: only show what was read.", HelpName = "DIR" };
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("lengths", "Read a request trace whole: means, percentiles, cached share and peak; write it as a folder for --catalog.") { trace, id, folder, json, html };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            string path = parsed.GetValue(trace)!;
            string lengthsId = parsed.GetValue(id) ?? UserLengths.IdOf(path);
            UserLengths.CheckId(lengthsId, path);
            TraceSummary summary = new TraceFile(path).Measure(lengthsId, Bins, session.Errors, cancellation);
            TableDocument document = Document(lengthsId, path, summary);
            if (parsed.GetValue(folder) is { } target)
            {
                string written = UserLengths.Add(target, summary.Histogram);
                document = document with { Notes = [$"Wrote {written}. Use it with --catalog {target}, and lengths: {lengthsId} in a workload."] };
            }

            session.Show(document, jsonFile, htmlFile);
            return Task.FromResult(0);
        });
        return command;
    }

    private static TableDocument Document(string id, string path, TraceSummary summary) => new(
        "lengths",
        $"Request lengths of {Path.GetFileName(path)}",
        [$"{id}, read from {path}"],
        [
            new DocumentTable(
                "trace",
                "",
                [new("requests", "requests", true), new("cached_share", "cached share", true), new("peak_to_mean", "busiest minute over mean", true), new("output_over_input", "output over input", true)],
                [[Number(summary.Requests), Share(summary.Histogram.CachedShare), Number(summary.Histogram.PeakToMean), Number(summary.OutputTokens.Mean / summary.InputTokens.Mean)]]),
            new DocumentTable(
                "tokens",
                "Tokens of a request",
                [new("of", ""), new("mean", "mean", true), new("p50", "p50", true), new("p90", "p90", true), new("p99", "p99", true), new("greatest", "greatest", true)],
                [Row("input", summary.InputTokens), Row("output", summary.OutputTokens)]),
            new DocumentTable(
                "bins",
                $"{summary.Histogram.InputTokens.Count} bins of equal weight, ascending by input",
                [new("bin", "bin", true), new("input_tokens", "mean input", true), new("output_tokens", "mean output", true)],
                [.. summary.Histogram.InputTokens.Select((input, bin) => (IReadOnlyList<DocumentCell>)[Number(bin + 1), Number(input), Number(summary.Histogram.OutputTokens[bin])])]),
        ],
        []);

    private static IReadOnlyList<DocumentCell> Row(string of, TokenStatistics tokens) =>
        [of, Number(tokens.Mean), Number(tokens.P50), Number(tokens.P90), Number(tokens.P99), Number(tokens.Greatest)];

    private static DocumentCell Number(double? value) => value is { } known && double.IsFinite(known)
        ? new DocumentCell(known.ToString(known < 10 ? "0.###" : "#,0.#", CultureInfo.InvariantCulture), known)
        : new DocumentCell("not in the trace");

    private static DocumentCell Share(double? value) => Number(value) with { Text = value is { } known ? Humanize.Value(known, "share") : "not in the trace" };
}
