using Millwright.Catalog;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>A row as a run that can be predicted, or why it cannot.</summary>
/// <param name="Row">The row.</param>
/// <param name="Case">The run; null when the row lacks what defines one, or its chip or model is unknown.</param>
/// <param name="Reason">Why there is no run; empty otherwise.</param>
/// <param name="Engine">Name of the engine for tables.</param>
/// <param name="Remarks">What was assumed.</param>
/// <param name="ChipsPerCountedChip">Chips of the run for each chip that the row counts: above 1 where rows count boards.</param>
/// <param name="DraftFigure">The acceptance that was taken for a row with drafted tokens; null for others.</param>
internal sealed record MappedRow(
    ServingRow Row, ServingCase? Case, string Reason, string Engine, IReadOnlyList<string> Remarks, int ChipsPerCountedChip = 1, CatalogFigure? DraftFigure = null);

/// <summary>Reads rows as runs: names by the catalog's aliases, lengths, precision, layout, engine and load by what the sources mean.</summary>
/// <param name="catalog">The catalog.</param>
internal sealed class ServingCaseReader(CatalogData catalog)
{
    private static readonly string[] s_closedLoops = ["closed-loop", "agentic-coding"];

    private readonly MeasuredNames _names = new(catalog);

    /// <summary>Reads one row.</summary>
    public MappedRow Read(ServingRow row)
    {
        List<string> remarks = [];
        SystemRecord? system = _names.System(row.Chip, row.System, out string reason);
        ModelRecord? record = system is null ? null : _names.Model(row.Model, out reason);
        if (system is null || record is null)
        {
            return new MappedRow(row, null, reason, row.Framework, remarks);
        }

        RowEngine engine = RowEngine.Of(row, system);
        RowNotes notes = RowNotes.Of(row.Notes, row.Chip);
        MappedRow Fail(string problem) => new(row, null, problem, engine.Label, remarks);

        if (Load(row, out reason) is not { } load)
        {
            return Fail(reason);
        }

        if (RowLengths.Of(row, catalog, out reason) is not { } lengths)
        {
            return Fail(reason);
        }

        if (RowPrecision.Of(row, notes, record, system, engine.Family, out reason) is not { } precision)
        {
            return Fail(reason);
        }

        ModelArchitecture model = _names.Architecture(record);
        if (RowLayout.Of(row, notes, model, out reason) is not { } layout)
        {
            return Fail(reason);
        }

        Note(remarks, engine.Remark);
        Note(remarks, layout.Remark);
        int boards = system.Kind == "chip" ? system.ChipsPerSystem : 1;
        ParallelLayout decode = layout.Layout ?? layout.Pools?.DecodeLayout ?? new ParallelLayout();
        (Speculation? speculation, CatalogFigure? figure) = Speculation(row, decode, remarks);
        EngineSettings settings = engine.Settings(row, notes, system, decode.TensorWays);
        if (row.IsThroughputMaximum && engine.Family == EngineFamily.TensorRtLlm && notes is { MaxSequences: null, MaxBatchedTokens: null })
        {
            settings = BenchTuning.Of(settings, model, system, precision, decode, lengths.Mean.MeanInputTokens, lengths.Mean.MeanOutputTokens);
        }

        (double? firstLimit, double? tokenLimit) = MlperfLimits.Of(row.Scenario, record.Id);
        ServingCase run = new()
        {
            Id = row.Id,
            Model = model,
            System = system,
            Layout = layout.Layout,
            Replicas = layout.Replicas,
            Chips = layout.Chips * boards,
            Pools = layout.Pools,
            Precision = precision,
            Engine = settings,
            EngineIsAssumed = engine.IsAssumed,
            Lengths = lengths.Mean,
            Histogram = lengths.Histogram,
            Load = load,
            Concurrency = load == LoadKind.ClosedLoop ? row.Concurrency ?? 0 : 0,
            Sessions = row.IsAgentic ? new AgentSessions(row.CacheOffload.Length > 0 && !row.CacheOffload.Equals("none", StringComparison.OrdinalIgnoreCase)) : null,
            RequestRatePerSecond = load == LoadKind.OpenLoop && !row.IsMlperf ? row.RequestRatePerSecond ?? 0 : 0,
            Requests = row.Requests,
            Speculation = speculation,
            TimeToFirstTokenLimitSeconds = firstLimit,
            TimePerOutputTokenLimitSeconds = tokenLimit,
        };
        return new MappedRow(row, run, "", engine.Label, remarks, boards, figure);
    }

    private (Speculation?, CatalogFigure?) Speculation(ServingRow row, in ParallelLayout decode, List<string> remarks)
    {
        if (!row.IsSpeculative)
        {
            return (null, null);
        }

        (Speculation speculation, CatalogFigure figure) = DraftAcceptance.Of(catalog, decode);
        remarks.Add(DraftAcceptance.Words(speculation.DraftTokens, figure));
        return (speculation, figure);
    }

    private static LoadKind? Load(ServingRow row, out string reason)
    {
        reason = "";
        string scenario = row.Scenario.ToLowerInvariant();
        if (s_closedLoops.Contains(scenario, StringComparer.Ordinal))
        {
            reason = row.Concurrency is null ? "the row states no concurrency" : "";
            return row.Concurrency is null ? null : LoadKind.ClosedLoop;
        }

        if (scenario is "max-throughput" or "mlperf-offline")
        {
            return LoadKind.AllAtOnce;
        }

        // the load of these is the most that the limits allow: it is looked for
        if (scenario is "mlperf-server" or "mlperf-interactive")
        {
            return LoadKind.OpenLoop;
        }

        if (scenario.StartsWith("open-loop", StringComparison.Ordinal))
        {
            reason = row.RequestRatePerSecond is null ? "the row states no request rate" : "";
            return row.RequestRatePerSecond is null ? null : LoadKind.OpenLoop;
        }

        // a scenario with a name of its own still is a run where it states its load
        reason = row.Concurrency is null && row.RequestRatePerSecond is null ? $"the scenario \"{CsvTable.Shown(row.Scenario)}\" states no load" : "";
        return row.Concurrency is not null ? LoadKind.ClosedLoop : row.RequestRatePerSecond is not null ? LoadKind.OpenLoop : null;
    }

    private static void Note(List<string> remarks, string remark)
    {
        if (remark.Length > 0)
        {
            remarks.Add(remark);
        }
    }
}
