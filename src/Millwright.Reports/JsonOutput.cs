using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Serving.Simulator;

namespace Millwright.Reports;

/// <summary>
/// A plan as JSON, schema "millwright.plan/1": figures, series, checks, market anchors, workloads, confirmations and swings. Values are in inside units and keep every
/// bit of the number; what is not a finite number is null, with a reason.
/// </summary>
public static class JsonOutput
{
    /// <summary>Name and version of the schema.</summary>
    public const string Schema = "millwright.plan/1";

    /// <summary>The plan as JSON text.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>Indented JSON in UTF-8 order of the plan, ending with a line feed.</returns>
    public static string Write(Plan plan)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        WriteTo(plan, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the plan as JSON in UTF-8.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="output">Where the bytes go.</param>
    public static void WriteTo(Plan plan, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(output);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("tool", plan.Tool);
            json.WriteString("catalog_hash", plan.CatalogHash);
            json.WriteNumber("seed", plan.Scenario.Seed);
            json.WriteNumber("draws", plan.Draws);
            json.WriteString("scenario", plan.Scenario.Name);
            json.WriteNumber("base_year", plan.Scenario.BaseYear);
            WriteFigures(json, plan);
            WriteSeries(json, plan);
            WriteChecks(json, plan);
            WriteAnchors(json, plan);
            WriteWorkloads(json, plan);
            WriteConfirmations(json, plan);
            WriteSwings(json, plan);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteFigures(Utf8JsonWriter json, Plan plan)
    {
        var nodes = new Dictionary<string, FigureNode>(StringComparer.Ordinal);
        foreach (FigureNode node in plan.Nodes)
        {
            nodes[node.Name] = node;
        }

        var written = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("figures");
        foreach (PlanFigure figure in plan.Figures)
        {
            if (!written.Add(figure.Name))
            {
                throw new InvalidOperationException($"The plan holds the figure {figure.Name} twice.");
            }

            json.WriteStartObject(figure.Name);
            Number(json, "value", figure.Value);
            json.WriteString("unit", figure.Unit);
            Number(json, "low", figure.Low);
            Number(json, "high", figure.High);
            Number(json, "median", figure.Median);
            json.WriteString("evidence", Name(figure.Evidence));
            if (figure.Basis is PowerBasis basis)
            {
                json.WriteString("power_basis", Name(basis));
            }
            else
            {
                json.WriteNull("power_basis");
            }

            bool none = figure.Value is not double value || !double.IsFinite(value);
            Text(json, "reason", figure.Reason ?? (none ? figure.Value is null ? "no value" : "not a finite number" : null));
            if (nodes.TryGetValue(figure.Name, out FigureNode? node))
            {
                Text(json, "formula", node.Formula.Length == 0 ? null : node.Formula);
                json.WriteStartArray("inputs");
                foreach (int place in node.Inputs)
                {
                    json.WriteStringValue(plan.Nodes[place].Name);
                }

                json.WriteEndArray();
                if (node.Input is UncertainValue input)
                {
                    json.WriteString("source", input.Source);
                    Text(json, "date", input.Date.Length == 0 ? null : input.Date);
                    Text(json, "catalog_id", input.CatalogId);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSeries(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartObject("series");
        foreach (PlanSeries series in plan.Series)
        {
            json.WriteStartObject(series.Name);
            json.WriteString("unit", series.Unit);
            json.WriteString("x_name", series.XName);
            Numbers(json, "x", series.X);
            Numbers(json, "y", series.Y);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteChecks(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartArray("checks");
        foreach (PlanCheck check in plan.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteBoolean("ok", check.Ok);
            json.WriteString("detail", check.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAnchors(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartArray("anchors");
        foreach (MarketAnchor anchor in plan.Anchors)
        {
            json.WriteStartObject();
            json.WriteString("figure", anchor.Figure);
            json.WriteString("label", anchor.Label);
            Number(json, "value", anchor.Value);
            json.WriteString("date", anchor.Date);
            json.WriteString("source", anchor.Source);
            json.WriteString("catalog_id", anchor.CatalogId);
            json.WriteBoolean("outside_market", anchor.OutsideMarket);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWorkloads(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartArray("workloads");
        foreach (PlanWorkload workload in plan.Workloads)
        {
            json.WriteStartObject();
            json.WriteString("name", workload.Name);
            json.WriteString("model", workload.Model);
            Number(json, "chip_share", workload.ChipShare);
            Number(json, "output_tokens_per_second", workload.OutputTokensPerSecond);
            Number(json, "time_to_first_token_seconds", workload.TimeToFirstTokenSeconds);
            Number(json, "time_per_output_token_seconds", workload.TimePerOutputTokenSeconds);
            Number(json, "cost_per_million_uncached_input", workload.CostPerMillionUncachedInput);
            Number(json, "cost_per_million_cached_input", workload.CostPerMillionCachedInput);
            Number(json, "cost_per_million_output", workload.CostPerMillionOutput);
            Number(json, "price_per_million_uncached_input", workload.PricePerMillionUncachedInput);
            Number(json, "price_per_million_cached_input", workload.PricePerMillionCachedInput);
            Number(json, "price_per_million_output", workload.PricePerMillionOutput);
            json.WriteString("bound_by", workload.BoundBy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // empty unless the plan was simulated
    private static void WriteConfirmations(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartArray("confirmations");
        foreach (WorkloadConfirmation confirmation in plan.Confirmations)
        {
            json.WriteStartObject();
            json.WriteString("workload", confirmation.Workload);
            Text(json, "deployment", confirmation.Deployment.Length == 0 ? null : confirmation.Deployment);
            json.WriteString("status", confirmation.Status switch
            {
                ConfirmationStatus.Confirmed => "confirmed",
                ConfirmationStatus.Missed => "missed",
                _ => "not_simulated",
            });
            json.WriteString("verdict", confirmation.Verdict);
            json.WriteNumber("requests", confirmation.Requests);
            Number(json, "requests_per_second", confirmation.RequestsPerSecond);
            Number(json, "saturation_share", confirmation.SaturationShare);
            Latency(json, "time_to_first_token_seconds", confirmation.TimeToFirstToken);
            Latency(json, "time_per_output_token_seconds", confirmation.TimePerOutputToken);
            Number(json, "within_limits", confirmation.WithinLimits);
            Number(json, "holding_requests_per_second", confirmation.HoldingRequestsPerSecond);
            Number(json, "cached_share", confirmation.CachedShare);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Latency(Utf8JsonWriter json, string name, LatencySummary latency)
    {
        json.WriteStartObject(name);
        Number(json, "mean", latency.Mean);
        Number(json, "p50", latency.P50);
        Number(json, "p99", latency.P99);
        json.WriteEndObject();
    }

    private static void WriteSwings(Utf8JsonWriter json, Plan plan)
    {
        json.WriteStartArray("swings");
        foreach (Swing swing in plan.Swings)
        {
            json.WriteStartObject();
            json.WriteString("input", swing.Input);
            Number(json, "low", swing.Low);
            Number(json, "high", swing.High);
            json.WriteBoolean("assumed_range", swing.AssumedRange);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }

    private static string Name(Evidence evidence) => evidence switch
    {
        Evidence.Datasheet => "datasheet",
        Evidence.Read => "read",
        Evidence.Derived => "derived",
        Evidence.Recalled => "recalled",
        _ => "assumption",
    };

    private static string Name(PowerBasis basis) => basis switch
    {
        PowerBasis.It => "IT",
        PowerBasis.Facility => "facility",
        _ => "utility",
    };
}
