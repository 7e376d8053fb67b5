using Millwright.Cli.Output;
using Millwright.Reports;
using Millwright.Serving.Simulator;
using static Millwright.Cli.Simulation.SimulationDocument;

namespace Millwright.Cli.Simulation;

/// <summary>Shows rates that were looked for: what meets the limits and what saturates, and the ladder.</summary>
internal static class RateStudyDocument
{
    /// <summary>The rates as a short document.</summary>
    public static TableDocument Of(RateStudy study) => new(
        "simulate",
        $"{study.Deployment.Step.Deployment.Model.Id} on {study.Deployment.Step.Deployment.System.Id}: rates",
        Summary(study),
        study.Frontier.Count > 0 ? [Rates(study), Frontier(study)] : [Rates(study)],
        [.. Notes(study)]);

    private static List<string> Summary(RateStudy study)
    {
        List<string> lines = [];
        if (study.Found is { } found)
        {
            string limits = Say($"{Limits(study.Limits)} in {study.Percentile * 100:0.##} % of the requests");
            lines.Add(found.Rate > 0
                ? Say($"{found.Rate:0.###} requests/s meet {limits}, {Share(found.Rate, study.Saturation.Rate)} of the {study.Saturation.Rate:0.###} that saturate")
                : Say($"NO RATE meets {limits}: not even {found.Beyond:0.######} requests/s do"));
        }
        else
        {
            lines.Add(Say($"{study.Saturation.Rate:0.###} requests/s saturate"));
        }

        lines.AddRange(What(study.Fleet, study.Plan));
        lines.Add(Say($"{study.Load.Requests.Count:#,0} requests at each rate, {study.Load.MeanInputTokens:#,0.#} tokens in and {study.Load.MeanOutputTokens:#,0.#} out in the mean, {study.Load.Text}"));
        return lines;
    }

    private static DocumentTable Rates(RateStudy study)
    {
        List<IReadOnlyList<DocumentCell>> rows = [];
        string percent = Say($"p{study.Percentile * 100:0.##}");
        if (study.Found is { } found)
        {
            if (study.AtFound is { } at)
            {
                rows.Add(["meets the limits", Rate(found.Rate), Share(found.Rate, study.Saturation.Rate), Latency(at.TimeToFirstTokenSeconds), Latency(at.TimePerOutputTokenSeconds)]);
            }

            if (study.AtBeyond is { } beyond)
            {
                rows.Add(["does not", Rate(found.Beyond), Share(found.Beyond, study.Saturation.Rate), Latency(beyond.TimeToFirstTokenSeconds), Latency(beyond.TimePerOutputTokenSeconds)]);
            }
        }

        rows.Add(["saturates: the backlog begins to grow", Rate(study.Saturation.Rate), Share(1, 1), "", ""]);
        rows.Add(["fullest batches in the mean, without bursts", Rate(study.MeanSaturation), Share(study.MeanSaturation, study.Saturation.Rate), "", ""]);
        return new DocumentTable(
            "rates",
            "",
            [new("rate", ""), new("requests_per_second", "requests/s", true), new("over_saturation", "of saturation", true), new("ttft_s", $"TTFT {percent}", true), new("tpot_s", $"TPOT {percent}", true)],
            rows);
    }

    private static DocumentTable Frontier(RateStudy study)
    {
        List<DocumentColumn> columns =
        [
            new("requests_per_second", "requests/s", true), new("over_saturation", "of saturation", true), new("good_requests_per_second", study.HasLimits ? "goodput" : "finished/s", true),
            new("ttft_p50_s", "TTFT p50", true), new("ttft_p99_s", "p99", true), new("tpot_p50_s", "TPOT p50", true), new("tpot_p99_s", "p99", true),
            new("output_tokens_per_chip_second", "tok/s/chip", true), new("joules_per_output_token", "J/token", true),
        ];
        if (study.UsdPerChipHour is not null)
        {
            columns.Add(new("usd_per_million_output_tokens", "$/Mtok", true));
        }

        return new DocumentTable("frontier", "", columns, [.. study.Frontier.Select(point => Row(study, point))]);
    }

    private static List<DocumentCell> Row(RateStudy study, FrontierPoint point)
    {
        SimulationReport report = point.Report;
        List<DocumentCell> row =
        [
            Rate(point.RequestsPerSecond), Share(point.OverSaturation, 1), Rate(study.HasLimits ? report.GoodRequestsPerSecond : report.RequestsPerSecond),
            Time(report.TimeToFirstToken.P50), Time(report.TimeToFirstToken.P99), Time(report.TimePerOutputToken.P50), Time(report.TimePerOutputToken.P99),
            new(Say($"{report.OutputTokensPerSecond / report.Chips:#,0.#}"), report.OutputTokensPerSecond / report.Chips),
            double.IsFinite(report.JoulesPerOutputToken) ? new(Say($"{report.JoulesPerOutputToken:0.000}"), report.JoulesPerOutputToken) : new("n/a"),
        ];
        if (study.UsdPerChipHour is not null)
        {
            row.Add(study.UsdPerMillion(report) is { } usd ? new(Say($"{usd:0.000}"), usd) : new("n/a"));
        }

        return row;
    }

    private static IEnumerable<string> Notes(RateStudy study)
    {
        yield return Say($"The same requests come at every rate, faster or slower. Rates found hold within {RateSearch.DefaultTolerance * 100:0.#} %; {study.Saturation.Tried + (study.Found?.Tried ?? 0) + study.Frontier.Count} runs.");
        yield return Say($"Saturation: of 100 requests that come, the backlog grows by no more than {RateSearch.DefaultGrowth * 100:0.#} in the last quarter of the arrivals.");
        yield return study.Deployment.ProfileFolder is { } folder
            ? $"Steps take the layer timings of {folder}."
            : Say($"Measured times of deployments of this kind were {study.Deployment.Band.Low:0.00} to {study.Deployment.Band.High:0.00} of those predicted (p10 to p90).");
        yield return Say($"{CommandLine.Tool}, catalog {study.CatalogHash}, seed {study.Plan.Seed}");
    }

    private static DocumentCell Rate(double perSecond) => new(Say($"{perSecond:0.###}"), perSecond);

    private static DocumentCell Latency(double seconds) => double.IsFinite(seconds) ? new(Humanize.Value(seconds, "s"), seconds) : new("not all served");
}
