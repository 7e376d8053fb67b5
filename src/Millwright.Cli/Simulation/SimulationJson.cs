using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Millwright.Cli.Commands;
using Millwright.Performance;
using Millwright.Serving.Search;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>Writes the figures of a simulation for machines. Keys stay; what is not known is null; units stand in the names.</summary>
internal static class SimulationJson
{
    private const string Schema = "millwright.simulation/1";

    public static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(SimulationAnswer answer, Stream stream)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("tool", CommandLine.Tool);
            json.WriteString("catalog", answer.CatalogHash);
            json.WriteNumber("seed", answer.Plan.Seed);
            json.WriteBoolean("partial", answer.Report.IsPartial);
            Deployment(json, answer.Deployment);
            Rules(json, answer.Deployment, answer.Plan);
            Load(json, answer);
            Requests(json, answer);
            Latency(json, answer);
            Replicas(json, answer);
            Energy(json, answer);
            Cost(json, answer);
            Pools(json, answer);
            Classes(json, answer);
            if (answer.Tasks is { } tasks)
            {
                SimulationTasks.Write(json, tasks);
            }

            json.WriteEndObject();
        }

        stream.Write(buffer.WrittenSpan);
        stream.Write("\n"u8);
    }

    public static void Deployment(Utf8JsonWriter json, SimulatedDeployment what)
    {
        Deployment deployment = what.Step.Deployment;
        json.WriteStartObject("deployment");
        json.WriteString("model", deployment.Model.Id);
        json.WriteString("system", deployment.System.Id);
        json.WriteString("engine", ServingOptions.NameOf(deployment.Engine.Family));
        json.WriteString("engine_version", deployment.Engine.Version.Length > 0 ? deployment.Engine.Version : EngineDefaults.ReleaseOf(deployment.Engine.Family, "", "").FromVersion);
        json.WriteNumber("tensor_ways", deployment.Layout.TensorWays);
        json.WriteNumber("pipeline_stages", deployment.Layout.PipelineStages);
        json.WriteNumber("attention_ranks", deployment.Layout.AttentionRanks);
        json.WriteNumber("expert_ways", deployment.Layout.ExpertWays);
        json.WriteNumber("replicas", what.Replicas);
        json.WriteNumber("chips", what.Chips);
        json.WriteString("dense_precision", PrecisionOptions.NameOf(deployment.Precision.Dense));
        json.WriteString("expert_precision", PrecisionOptions.NameOf(deployment.Precision.Experts));
        json.WriteString("cache_precision", PrecisionOptions.NameOf(deployment.Precision.Cache));
        json.WriteString("profile", what.ProfileFolder);
        bool predicted = what.Profile is null;
        Number(json, "step_time_p10_over_predicted", predicted ? what.Band.Low : double.NaN);
        Number(json, "step_time_p90_over_predicted", predicted ? what.Band.High : double.NaN);
        json.WriteEndObject();
    }

    public static void Rules(Utf8JsonWriter json, SimulatedDeployment what, FleetPlan plan)
    {
        EnginePolicy policy = plan.Policy;
        json.WriteStartObject("rules");
        json.WriteString("batching", SimulationDocument.NameOf(policy.Batching));
        json.WriteString("router", SimulationDocument.NameOf(plan.Router));
        json.WriteNumber("max_batched_tokens", policy.MaxBatchedTokens);
        json.WriteNumber("max_sequences", policy.MaxSequences);
        json.WriteNumber("max_request_tokens", policy.MaxContextTokens);
        json.WriteNumber("block_tokens", policy.BlockTokens);
        json.WriteNumber("cache_blocks", policy.CacheBlocks);
        json.WriteBoolean("no_evict", policy.NoEvict);
        json.WriteBoolean("asynchronous", policy.Asynchronous);
        json.WriteBoolean("prefix_cache", policy.CachesPrefixes);
        json.WriteString("schedule", SimulationDocument.NameOf(policy.Order));
        Number(json, "draft_tokens", policy.Drafted?.Drafted.DraftTokens ?? double.NaN);
        Number(json, "accepted_tokens", policy.Drafted?.Drafted.AcceptedTokens ?? double.NaN);
        Number(json, "memory_fraction", what.Step.Deployment.Engine.MemoryFraction);
        json.WriteEndObject();
    }

    private static void Load(Utf8JsonWriter json, SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        json.WriteStartObject("load");
        json.WriteString("kind", answer.LoadKind);
        json.WriteString("text", answer.LoadText);
        Number(json, "concurrency", answer.Plan.Concurrency ?? double.NaN);
        Number(json, "mean_input_tokens", answer.MeanInputTokens);
        Number(json, "mean_output_tokens", answer.MeanOutputTokens);
        Number(json, "saturation_requests_per_second", report.SaturationRequestsPerSecond);
        Number(json, "offered_over_saturation", report.OfferedOverSaturation);
        Number(json, "finished_over_saturation", report.RequestsPerSecond / report.SaturationRequestsPerSecond);
        json.WriteEndObject();
    }

    private static void Requests(Utf8JsonWriter json, SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        json.WriteStartObject("requests");
        json.WriteNumber("all", report.Requests);
        json.WriteNumber("finished", report.Finished);
        json.WriteNumber("refused", report.Refused);
        json.WriteNumber("shed", report.Shed);
        json.WriteNumber("given_up", report.GivenUp);
        json.WriteNumber("open", report.Open);
        json.WriteNumber("preemptions", report.Preemptions);
        json.WriteEndObject();
        Number(json, "seconds", report.Seconds);
        json.WriteStartObject("throughput");
        Number(json, "requests_per_second", report.RequestsPerSecond);
        Number(json, "input_tokens_per_second", report.InputTokensPerSecond);
        Number(json, "output_tokens_per_second", report.OutputTokensPerSecond);
        Number(json, "total_tokens_per_second", report.InputTokensPerSecond + report.OutputTokensPerSecond);
        Number(json, "output_tokens_per_chip_second", report.OutputTokensPerSecond / report.Chips);
        Number(json, "total_tokens_per_chip_second", (report.InputTokensPerSecond + report.OutputTokensPerSecond) / report.Chips);
        json.WriteEndObject();
        json.WriteStartObject("goodput");
        Number(json, "ttft_limit_s", answer.Limits.TimeToFirstTokenSeconds);
        Number(json, "tpot_limit_s", answer.Limits.TimePerOutputTokenSeconds);
        Number(json, "requests_per_second", report.GoodRequestsPerSecond);
        Number(json, "share_of_finished", report.GoodRequestsPerSecond / report.RequestsPerSecond);
        json.WriteEndObject();
    }

    private static void Latency(Utf8JsonWriter json, SimulationAnswer answer)
    {
        json.WriteStartObject("latency");
        foreach (LatencyFigures row in SimulationDocument.Latencies(answer.Report))
        {
            LatencySummary latency = row.Figures;
            json.WriteStartObject(row.Key);
            Number(json, "mean_s", latency.Mean);
            Number(json, "p50_s", latency.P50);
            Number(json, "p90_s", latency.P90);
            Number(json, "p99_s", latency.P99);
            Number(json, "p999_s", latency.P999);
            Number(json, "greatest_s", latency.Greatest);
            json.WriteEndObject();
        }

        Number(json, "quantile_error", answer.Report.QuantileError);
        json.WriteEndObject();
    }

    private static void Replicas(Utf8JsonWriter json, SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        json.WriteStartObject("use");
        Number(json, "utilisation", report.Utilisation);
        Number(json, "mean_running", report.MeanRunning);
        json.WriteNumber("most_waiting", report.MostWaiting);
        Number(json, "cache_share", report.CacheUse);
        Number(json, "greatest_cache_share", report.GreatestCacheUse);
        json.WriteNumber("steps", report.Steps);
        json.WriteNumber("prompt_tokens_computed", report.PromptTokens);
        json.WriteNumber("prompt_tokens_cached", report.CachedTokens);
        json.WriteNumber("prompt_tokens_fetched", report.FetchedTokens);
        json.WriteEndObject();
    }

    private static void Energy(Utf8JsonWriter json, SimulationAnswer answer)
    {
        SimulationReport report = answer.Report;
        json.WriteStartObject("energy");
        foreach (PhaseFigures phase in answer.Phases)
        {
            json.WriteStartObject(phase.Name);
            Number(json, "chip_seconds", phase.ChipSeconds);
            Number(json, "joules", phase.Joules);
            Number(json, "chip_watts", phase.ChipWatts);
            json.WriteEndObject();
        }

        Number(json, "joules", report.Joules.Total);
        Number(json, "chip_watts", report.ChipWatts);
        Number(json, "joules_per_output_token", report.JoulesPerOutputToken);
        json.WriteEndObject();
    }

    private static void Cost(Utf8JsonWriter json, SimulationAnswer answer)
    {
        json.WriteStartObject("cost");
        Number(json, "usd_per_chip_hour", answer.UsdPerChipHour ?? double.NaN);
        Number(json, "usd_per_million_output_tokens_reserved", answer.UsdPerMillionReserved ?? double.NaN);
        Number(json, "usd_per_million_output_tokens_used", answer.UsdPerMillionUsed ?? double.NaN);
        json.WriteEndObject();
    }

    private static void Pools(Utf8JsonWriter json, SimulationAnswer answer)
    {
        json.WriteStartArray("pools");
        foreach (PoolReport pool in answer.Report.Pools)
        {
            json.WriteStartObject();
            json.WriteString("name", pool.Name);
            json.WriteString("role", SimulationDocument.NameOf(pool.Role));
            json.WriteNumber("replicas", pool.Replicas);
            json.WriteNumber("chips", pool.Chips);
            json.WriteNumber("finished", pool.Finished);
            Number(json, "utilisation", pool.Utilisation);
            Number(json, "cache_share", pool.CacheUse);
            Number(json, "present_replica_seconds", pool.PresentReplicaSeconds);
            Number(json, "busy_replica_seconds", pool.BusyReplicaSeconds);
            Number(json, "joules", pool.Joules.Total);
            json.WriteNumber("failures", pool.Failures);
            json.WriteNumber("restarts", pool.Restarts);
            Number(json, "transfer_seconds", pool.TransferSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Classes(Utf8JsonWriter json, SimulationAnswer answer)
    {
        json.WriteStartArray("classes");
        foreach (ClassReport one in answer.Classes)
        {
            json.WriteStartObject();
            json.WriteString("name", one.Class.Name);
            json.WriteNumber("priority", one.Class.Priority);
            Number(json, "ttft_limit_s", one.Class.Limits.TimeToFirstTokenSeconds);
            Number(json, "tpot_limit_s", one.Class.Limits.TimePerOutputTokenSeconds);
            json.WriteNumber("requests", one.Requests);
            json.WriteNumber("finished", one.Finished);
            json.WriteNumber("refused", one.Refused);
            json.WriteNumber("good", one.Good);
            Number(json, "ttft_p50_s", one.TimeToFirstToken.P50);
            Number(json, "ttft_p99_s", one.TimeToFirstToken.P99);
            Number(json, "tpot_p50_s", one.TimePerOutputToken.P50);
            Number(json, "tpot_p99_s", one.TimePerOutputToken.P99);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
