using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>Attention over keys and values, decode and prefill; held-out errors on whole (heads, cache heads, width, window).
/// Where a table times several kernels for one case, the fastest counts.</summary>
internal sealed class AttentionFamily : IOperatorFamily
{
    private const double Smoothness = 0.03;

    /// <inheritdoc/>
    public string Name => "attention";

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "generation_attention" or "context_attention", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        bool decode = table.Table == "generation_attention";
        MeasuredTable rows = MeasuredTable.Read(
            table.Path,
            ["batch_size", "isl", "step", "num_heads", "num_key_value_heads", "head_dim", "window_size", "latency_us"],
            ["attn_dtype", "kv_cache_dtype"]);
        Dictionary<(string, string, double, double, double, double, double, double, double), int> fastest = [];
        List<double> latencies = rows.Numbers("latency_us");
        for (int i = 0; i < rows.Rows; i++)
        {
            double Of(string column) => rows.Numbers(column)[i];
            var key = (rows.Words("attn_dtype")[i], rows.Words("kv_cache_dtype")[i], Of("batch_size"), Of("isl"), Of("step"), Of("num_heads"), Of("num_key_value_heads"), Of("head_dim"), Of("window_size"));
            if (!fastest.TryGetValue(key, out int best) || latencies[i] < latencies[best])
            {
                fastest[key] = i;
            }
        }

        KernelSet kernels = new();
        foreach (int i in fastest.Values)
        {
            double At(string column) => rows.Numbers(column)[i];
            if (KernelSet.Precision(rows.Words("kv_cache_dtype")[i]) is not { } cache
                || KernelSet.Precision(rows.Words("attn_dtype")[i]) is not { } products
                || !(At("latency_us") > 0 && At("batch_size") >= 1 && At("isl") >= 1 && At("num_key_value_heads") >= 1))
            {
                continue;
            }

            double seconds = At("latency_us") * 1e-6;
            int fold = HeldOut.Fold(At("num_heads"), At("num_key_value_heads"), At("head_dim"), At("window_size"));
            if (decode)
            {
                DecodeAttentionCall call = new(
                    At("batch_size"), At("isl") + At("step"), At("num_heads"), At("num_key_value_heads"), At("head_dim"), cache, At("window_size"));
                bool wide = call.Heads > DecodeAttentionTimes.MostQueriesOfCacheHead * call.CacheHeads;
                string decodeName = wide ? DecodeAttentionTimes.WideGroupOperatorName : DecodeAttentionTimes.OperatorName;
                IReadOnlyList<double[]> axes = wide ? DecodeAttentionTimes.WideGroupAxes : DecodeAttentionTimes.Axes;
                kernels.Of(decodeName, cache, axes, Smoothness, PeakOf(peaks, cache), peaks.MemoryBytesPerSecond)
                    .Add(point => call.Place(point), call.Ideal(peaks), seconds, fold);
            }
            else
            {
                PrefillAttentionCall call = new(
                    At("batch_size"), At("isl"), At("step"), At("num_heads"), At("num_key_value_heads"), At("head_dim"), products, cache, At("window_size"));
                string name = products == OperandPrecision.Bf16 && cache != products
                    ? PrefillAttentionTimes.NarrowCacheOperatorName
                    : PrefillAttentionTimes.OperatorName;
                kernels.Of(name, products, PrefillAttentionTimes.Axes, Smoothness, PeakOf(peaks, products), peaks.MemoryBytesPerSecond)
                    .Add(point => call.Place(point), call.Ideal(peaks), seconds, fold);
            }
        }

        return kernels.Fit(table);
    }

    private static double PeakOf(ChipPeaks peaks, OperandPrecision precision) => peaks.FlopsPerSecond(peaks.Multiplies(precision));
}
