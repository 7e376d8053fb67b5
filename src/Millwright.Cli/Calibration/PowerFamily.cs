using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>
/// Mean board power of kernels as a share of the limit: a grid over how busy compute and memory are and how long a call lasts, one for each kind of kernel
/// and precision; held-out errors on whole shapes.
/// </summary>
internal sealed class PowerFamily : IOperatorFamily
{
    private static readonly double[] ShareNodes = [-10, -7, -5, -4, -3, -2, -1, 0];
    private static readonly double[] TimeNodes = [1, 3, 5, 7, 9, 11, 14];
    private static readonly double[] Smoothness = [0.02, 0.02, 0.02];

    /// <inheritdoc/>
    public string Name => "power";

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { HasPower: true, Table: "gemm" or "moe" or "context_attention" or "generation_attention" };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        List<PowerRow> rows = table.Table switch
        {
            "gemm" => Products(table, peaks),
            "moe" => Experts(table, peaks),
            _ => Attention(table, peaks),
        };
        string name = table.Table switch
        {
            "gemm" => OperatorClock.GemmPowerOperator,
            "moe" => OperatorClock.ExpertGemmPowerOperator,
            "generation_attention" => OperatorClock.DecodeAttentionPowerOperator,
            _ => OperatorClock.PrefillAttentionPowerOperator,
        };
        return [.. rows.GroupBy(r => r.Precision).OrderBy(g => g.Key).Select(g => Fit(table, name, g.Key, [.. g], peaks))];
    }

    private static OperatorFit Fit(TableName table, string name, OperandPrecision precision, List<PowerRow> rows, ChipPeaks peaks)
    {
        List<double[]> points = [];
        List<double> targets = [];
        foreach (PowerRow row in rows)
        {
            double[] point = new double[PowerCoordinates.Axes];
            PowerCoordinates.Fill(row.ComputeSeconds / row.Seconds, row.MemorySeconds / row.Seconds, row.Seconds, point);
            points.Add(point);
            targets.Add(Math.Log2(row.LimitShare));
        }

        (SmoothGrid grid, double[] errors) = HeldOut.Fit(
            [ShareNodes, ShareNodes, TimeNodes], points, targets, [.. rows.Select(r => r.Fold)], Smoothness, (fitted, p) => Error(fitted, targets[p]));

        // between the floor that this table shows and the limit, also where the grid reaches beyond the points
        double floor = Math.Log2(HeldOut.Percentile([.. rows.Select(r => r.LimitShare)], 0.01));
        SmoothGrid bounded = new(grid.Axes, [.. grid.Values.Select(v => Math.Clamp(v, floor, 0))]);
        OperatorGrid shipped = new(
            table.SystemId, table.Engine, table.EngineVersion, name, precision, bounded, points.Count, errors.Average(), HeldOut.Percentile(errors, 0.9), Provenance.Of(table))
        {
            FlopsPerSecond = peaks.FlopsPerSecond(peaks.Multiplies(precision)),
            BytesPerSecond = peaks.MemoryBytesPerSecond,
        };
        return new OperatorFit(shipped, name, errors, 0, any => points.Select((point, p) => Error(any.LogFactor.At(point), targets[p])).Average());
    }

    private static double Error(double fitted, double measured) => Math.Abs(Math.Pow(2, Math.Min(0, fitted) - measured) - 1);

    private static List<PowerRow> Products(TableName table, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["m", "n", "k", "latency_us", "power_w", "power_limit_w"], ["gemm_dtype"]);
        List<PowerRow> result = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            if (GemmFamily.Precision(rows.Words("gemm_dtype")[i]) is { } precision && Share(rows, i) is { } share)
            {
                (double m, double n, double k) = (rows.Numbers("m")[i], rows.Numbers("n")[i], rows.Numbers("k")[i]);
                GemmIdeal ideal = GemmIdeal.Of(peaks, precision);
                result.Add(new PowerRow(
                    precision, ideal.ComputeSeconds(m, n, k), ideal.MemorySeconds(m, n, k), rows.Numbers("latency_us")[i] * 1e-6, share, HeldOut.Fold(n, k)));
            }
        }

        return result;
    }

    // three products for each expert of a token; the experts that at least one of the pairs hits are read
    private static List<PowerRow> Experts(TableName table, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(
            table.Path,
            ["num_tokens", "hidden_size", "inter_size", "topk", "num_experts", "moe_tp_size", "moe_ep_size", "latency_us", "power_w", "power_limit_w"],
            ["moe_dtype"]);
        List<PowerRow> result = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            OperandPrecision? known = rows.Words("moe_dtype")[i] is "w4a16_mxfp4" ? OperandPrecision.Mxfp4 : GemmFamily.Precision(rows.Words("moe_dtype")[i]);
            if (known is not { } precision || Share(rows, i) is not { } share)
            {
                continue;
            }

            double hidden = rows.Numbers("hidden_size")[i];
            double inter = rows.Numbers("inter_size")[i] / rows.Numbers("moe_tp_size")[i];
            double experts = rows.Numbers("num_experts")[i];
            double groups = rows.Numbers("moe_ep_size")[i];
            double pairs = rows.Numbers("num_tokens")[i] * rows.Numbers("topk")[i];
            double touched = experts * (1 - Math.Pow(1 - 1 / experts, pairs)) / groups;
            GemmIdeal ideal = GemmIdeal.Of(peaks, precision);
            result.Add(new PowerRow(
                precision,
                6 * pairs / groups * hidden * inter / ideal.FlopsPerSecond,
                3 * touched * hidden * inter * ideal.WeightBytes / ideal.BytesPerSecond,
                rows.Numbers("latency_us")[i] * 1e-6,
                share,
                HeldOut.Fold(hidden, inter, rows.Numbers("topk")[i], experts, groups)));
        }

        return result;
    }

    // two products of 2 FLOPs for each pair of query and key that the mask leaves; the cache once, queries and results of prompts too
    private static List<PowerRow> Attention(TableName table, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(
            table.Path,
            ["batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim", "window_size", "step", "latency_us", "power_w", "power_limit_w"],
            ["kv_cache_dtype"]);
        bool decode = table.Table == "generation_attention";
        List<PowerRow> result = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            OperandPrecision? known = rows.Words("kv_cache_dtype")[i] switch { "bfloat16" => OperandPrecision.Bf16, "fp8" => OperandPrecision.Fp8, _ => null };
            if (known is not { } precision || Share(rows, i) is not { } share)
            {
                continue;
            }

            (double batch, double tokens, double before) = (rows.Numbers("batch_size")[i], rows.Numbers("isl")[i], rows.Numbers("step")[i]);
            (double heads, double headSize, double window) = (rows.Numbers("num_heads")[i], rows.Numbers("head_dim")[i], rows.Numbers("window_size")[i]);
            double cacheHeads = rows.Numbers("num_key_value_heads")[i] is > 0 and var given ? given : heads;
            double context = before + tokens;
            double pairs = tokens * (decode ? context : before + tokens / 2);
            double read = context;
            if (window > 0 && window < context)
            {
                pairs = Math.Min(pairs, tokens * window);
                read = Math.Min(context, window + (decode ? 0 : tokens));
            }

            double cacheBytes = 2 * cacheHeads * headSize * read * OperandFormat.Bytes(precision);
            double queryBytes = decode ? 0 : 2 * GemmIdeal.OutputBytes * tokens * heads * headSize;
            result.Add(new PowerRow(
                precision,
                4 * batch * heads * headSize * pairs / peaks.Bf16FlopsPerSecond,
                batch * (cacheBytes + queryBytes) / peaks.MemoryBytesPerSecond,
                rows.Numbers("latency_us")[i] * 1e-6,
                share,
                HeldOut.Fold(heads, cacheHeads, headSize, window)));
        }

        return result;
    }

    private static double? Share(MeasuredTable rows, int i)
    {
        double share = rows.Numbers("power_w")[i] / rows.Numbers("power_limit_w")[i];
        return share > 0 && double.IsFinite(share) && rows.Numbers("latency_us")[i] > 0 ? Math.Min(1, share) : null;
    }

    private readonly record struct PowerRow(
        OperandPrecision Precision, double ComputeSeconds, double MemorySeconds, double Seconds, double LimitShare, int Fold);
}
