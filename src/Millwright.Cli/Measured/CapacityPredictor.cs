using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>
/// Predicts runs by the simple capacity model: one precision, tensor or expert spread, steady load. It knows no pools apart, no drafted tokens and no
/// engine.
/// </summary>
/// <param name="catalog">The catalog, for the operator curves.</param>
internal sealed class CapacityPredictor(CatalogData catalog) : IServingPredictor
{
    private const double NoLimitSeconds = 1e9;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (ChipTimer? Timer, string Reason)> _chips = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        (ChipTimer? chip, reason) = _chips.GetOrAdd(run.System.Id, _ => (ChipTimer.Create(run.System, catalog.OperatorCurves, out string problem), problem));
        if (chip is null)
        {
            return null;
        }

        if (run.Pools is not null)
        {
            reason = "the simple model knows no pools apart";
            return null;
        }

        ServingDemand demand = new(
            run.Lengths, Precision(run.Precision.Experts), run.TimeToFirstTokenLimitSeconds ?? NoLimitSeconds, run.TimePerOutputTokenLimitSeconds ?? NoLimitSeconds);
        EngineLimits limits = new()
        {
            MemoryShare = run.Engine.MemoryFraction,
            PrefillChunkTokens = run.Engine.MaxBatchedTokens,
            MaxSequencesPerRank = run.Engine.MaxSequences,
        };
        ServingPoint point = Point(run, chip, demand, limits);
        reason = point.Limit == BatchLimit.Infeasible ? point.Reason : "";
        if (reason.Length > 0)
        {
            return null;
        }

        double output = point.OutputTokensPerChipSecond;
        double total = output * (1 + run.Lengths.MeanInputTokens / run.Lengths.MeanOutputTokens);
        int chips = run.Layout is { } layout ? layout.Chips * run.Replicas : run.Chips ?? point.ChipsPerReplica;
        return new ServingEstimate(
            point.TimePerOutputTokenSeconds,
            point.TimePerOutputTokenSeconds / (1 + point.ErrorBand),
            point.TimePerOutputTokenSeconds * (1 + point.ErrorBand),
            point.TimeToFirstTokenSeconds,
            total,
            output,
            output * chips / run.Lengths.MeanOutputTokens,
            point.ChipWatts,
            run.Layout ?? new ParallelLayout(point.ChipsPerReplica),
            []);
    }

    private static ServingPoint Point(ServingCase run, ChipTimer chip, ServingDemand demand, EngineLimits limits)
    {
        if (run.Layout is not { } layout)
        {
            return ServingCapacity.Find(run.Model, chip, demand, limits);
        }

        ReplicaLayout replica = new(layout.AttentionRanks > 1 ? ReplicaSpread.Expert : ReplicaSpread.Tensor, layout.StageChips);
        double concurrency = run.Load switch
        {
            LoadKind.ClosedLoop => run.Concurrency / run.Replicas,
            LoadKind.AllAtOnce => Math.Min(run.Requests ?? double.MaxValue, (double)run.Engine.MaxSequences * layout.AttentionRanks),
            _ => Concurrency(run, chip, replica, demand, limits),
        };
        return ServingCapacity.AtConcurrency(run.Model, chip, replica, demand, Math.Max(concurrency, 0.01), limits);
    }

    // The requests in flight at which the replica makes as many as come.
    private static double Concurrency(ServingCase run, ChipTimer chip, ReplicaLayout replica, ServingDemand demand, EngineLimits limits)
    {
        double wanted = run.RequestRatePerSecond / run.Replicas * run.Lengths.MeanOutputTokens / replica.Chips;
        double low = 0.01;
        double high = 4096;
        for (int i = 0; i < 40; i++)
        {
            double middle = Math.Sqrt(low * high);
            ServingPoint point = ServingCapacity.AtConcurrency(run.Model, chip, replica, demand, middle, limits);
            (low, high) = point.OutputTokensPerChipSecond < wanted ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static OperandPrecision Precision(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Fp8Block => OperandPrecision.Fp8,
        OperandPrecision.Mxfp4 or OperandPrecision.Int4 => OperandPrecision.Fp4,
        OperandPrecision.Int8 => OperandPrecision.Fp8,
        _ => precision,
    };
}
