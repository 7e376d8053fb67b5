using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>
/// Exchanges inside a domain: the engines' own all-reduce in graph mode, and the four operations of NCCL with 16-bit values. A grid over (log2 bytes,
/// log2 chips) with a node at each measured size; held-out errors on whole sizes, every second one.
/// </summary>
internal sealed class ExchangeFamily : IOperatorFamily
{
    private const int BytesPerElement = 2;
    private static readonly double[] Smoothness = [0.0001, 0.0001];

    /// <inheritdoc/>
    public string Name => "exchanges";

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "custom_allreduce" or "nccl", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        bool library = table.Table == "nccl";
        string typeColumn = library ? "nccl_dtype" : "allreduce_dtype";
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["num_gpus", "message_size", "latency_us"], [typeColumn, "?op_name", "?backend"]);
        Dictionary<string, List<Exchange>> byOperator = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            string? name = library ? LibraryOperator(rows.Words("op_name")[i]) : OperatorClock.AllReduceOperator;
            bool wanted = rows.Words(typeColumn)[i] is "half" or "bfloat16" && !rows.Words("backend")[i].EndsWith("_eager", StringComparison.Ordinal);
            if (name is not null && wanted && rows.Numbers("num_gpus")[i] >= 2 && rows.Numbers("latency_us")[i] > 0)
            {
                if (!byOperator.TryGetValue(name, out List<Exchange>? list))
                {
                    byOperator[name] = list = [];
                }

                list.Add(new(rows.Numbers("num_gpus")[i], rows.Numbers("message_size")[i] * BytesPerElement, rows.Numbers("latency_us")[i] * 1e-6));
            }
        }

        return [.. byOperator.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => Fit(table, peaks, o.Key, o.Value))];
    }

    private static string? LibraryOperator(string name) => name switch
    {
        "all_reduce" => OperatorClock.LibraryAllReduceOperator,
        "all_gather" => OperatorClock.AllGatherOperator,
        "reduce_scatter" => OperatorClock.ReduceScatterOperator,
        "alltoall" => OperatorClock.AllToAllOperator,
        _ => null,
    };

    private static OperatorFit Fit(TableName table, ChipPeaks peaks, string name, List<Exchange> exchanges)
    {
        double rate = peaks.ScaleUpBytesPerSecond;
        List<double[]> points = [];
        List<double> targets = [];
        List<int> folds = [];
        double[] sizes = [.. exchanges.Select(e => e.Bytes).Distinct().Order()];
        int below = 0;
        foreach (Exchange exchange in exchanges)
        {
            double ideal = CollectiveIdeal.LinkBytes(exchange.Bytes, exchange.Chips, name) / rate;
            double factor = Math.Log2(exchange.Seconds / ideal);
            below += factor < 0 ? 1 : 0;
            points.Add([Math.Log2(exchange.Bytes), Math.Log2(exchange.Chips)]);
            targets.Add(Math.Max(0, factor));

            // a size is always judged between its neighbours: the grid has no size beyond what was measured
            int place = Array.IndexOf(sizes, exchange.Bytes);
            folds.Add(place == 0 || place == sizes.Length - 1 ? -1 : place % HeldOut.Folds);
        }

        double[][] axes = [HeldOut.Logs(sizes), [.. points.Select(p => p[1]).Distinct().Order()]];
        (SmoothGrid grid, double[] all) = HeldOut.Fit(axes, points, targets, folds, Smoothness, (fitted, p) => HeldOut.OfFactor(fitted, targets[p]));
        double[] errors = [.. all.Where((_, i) => folds[i] >= 0)];
        OperatorGrid shipped = new(
            table.SystemId,
            table.Engine,
            table.EngineVersion,
            name,
            OperandPrecision.Bf16,
            grid,
            points.Count,
            errors.Average(),
            HeldOut.Percentile(errors, 0.9),
            Provenance.Of(table))
        {
            BytesPerSecond = rate,
        };
        return new OperatorFit(shipped, name, errors, below, HeldOut.MeanOfFactors(points, targets));
    }

    private readonly record struct Exchange(double Chips, double Bytes, double Seconds);
}
