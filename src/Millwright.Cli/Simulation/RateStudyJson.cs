using System.Buffers;
using System.Text.Json;
using Millwright.Serving.Simulator;
using static Millwright.Cli.Simulation.SimulationJson;

namespace Millwright.Cli.Simulation;

/// <summary>Writes rates that were looked for, for machines. Keys stay; what is not known is null; units stand in the names.</summary>
internal static class RateStudyJson
{
    private const string Schema = "millwright.rates/1";

    public static void Write(RateStudy study, Stream stream)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("tool", CommandLine.Tool);
            json.WriteString("catalog", study.CatalogHash);
            json.WriteNumber("seed", study.Plan.Seed);
            Deployment(json, study.Deployment);
            Rules(json, study.Deployment, study.Plan);
            Load(json, study);
            Saturation(json, study);
            Found(json, study);
            Frontier(json, study);
            json.WriteEndObject();
        }

        stream.Write(buffer.WrittenSpan);
        stream.Write("\n"u8);
    }

    private static void Load(Utf8JsonWriter json, RateStudy study)
    {
        json.WriteStartObject("load");
        json.WriteString("text", study.Load.Text);
        json.WriteNumber("requests", study.Load.Requests.Count);
        Number(json, "mean_input_tokens", study.Load.MeanInputTokens);
        Number(json, "mean_output_tokens", study.Load.MeanOutputTokens);
        json.WriteEndObject();
    }

    private static void Saturation(Utf8JsonWriter json, RateStudy study)
    {
        json.WriteStartObject("saturation");
        Number(json, "requests_per_second", study.Saturation.Rate);
        Number(json, "beyond_requests_per_second", study.Saturation.Beyond);
        Number(json, "backlog_growth_share", RateSearch.DefaultGrowth);
        Number(json, "mean_without_bursts_requests_per_second", study.MeanSaturation);
        json.WriteEndObject();
    }

    private static void Found(Utf8JsonWriter json, RateStudy study)
    {
        if (study.Found is not { } found)
        {
            json.WriteNull("found");
            return;
        }

        json.WriteStartObject("found");
        Number(json, "percentile", study.Percentile);
        Number(json, "ttft_limit_s", study.Limits.TimeToFirstTokenSeconds);
        Number(json, "tpot_limit_s", study.Limits.TimePerOutputTokenSeconds);
        Number(json, "requests_per_second", found.Rate);
        Number(json, "over_saturation", found.Rate / study.Saturation.Rate);
        Number(json, "ttft_s", study.AtFound?.TimeToFirstTokenSeconds ?? double.NaN);
        Number(json, "tpot_s", study.AtFound?.TimePerOutputTokenSeconds ?? double.NaN);
        Number(json, "beyond_requests_per_second", found.Beyond);
        Number(json, "beyond_ttft_s", study.AtBeyond?.TimeToFirstTokenSeconds ?? double.NaN);
        Number(json, "beyond_tpot_s", study.AtBeyond?.TimePerOutputTokenSeconds ?? double.NaN);
        json.WriteEndObject();
    }

    private static void Frontier(Utf8JsonWriter json, RateStudy study)
    {
        json.WriteStartArray("frontier");
        foreach (FrontierPoint point in study.Frontier)
        {
            SimulationReport report = point.Report;
            json.WriteStartObject();
            Number(json, "requests_per_second", point.RequestsPerSecond);
            Number(json, "over_saturation", point.OverSaturation);
            Number(json, "finished_requests_per_second", report.RequestsPerSecond);
            Number(json, "good_requests_per_second", report.GoodRequestsPerSecond);
            Number(json, "output_tokens_per_second", report.OutputTokensPerSecond);
            Number(json, "output_tokens_per_chip_second", report.OutputTokensPerSecond / report.Chips);
            Number(json, "ttft_p50_s", report.TimeToFirstToken.P50);
            Number(json, "ttft_p99_s", report.TimeToFirstToken.P99);
            Number(json, "tpot_p50_s", report.TimePerOutputToken.P50);
            Number(json, "tpot_p99_s", report.TimePerOutputToken.P99);
            Number(json, "utilisation", report.Utilisation);
            Number(json, "mean_running", report.MeanRunning);
            Number(json, "cache_share", report.CacheUse);
            Number(json, "joules_per_output_token", report.JoulesPerOutputToken);
            Number(json, "usd_per_million_output_tokens_reserved", study.UsdPerMillion(report) ?? double.NaN);
            Number(json, "usd_per_million_output_tokens_used", study.UsdPerMillion(report) * report.Utilisation ?? double.NaN);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
