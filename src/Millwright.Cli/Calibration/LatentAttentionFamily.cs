using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>Attention over a latent cache: kernels, absorbed products and the whole block; held-out errors on whole numbers of heads.</summary>
internal sealed class LatentAttentionFamily : IOperatorFamily
{
    private const double Smoothness = 0.01;

    /// <inheritdoc/>
    public string Name => "latent attention";

    /// <inheritdoc/>
    public bool Takes(TableName table) =>
        table is { Table: "generation_mla" or "context_mla" or "mla_generation_module" or "mla_context_module" or "mla_bmm", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks) =>
        table.Table == "mla_bmm" ? FitAbsorbed(table, peaks) : FitAttention(table, peaks);

    private static IReadOnlyList<OperatorFit> FitAttention(TableName table, ChipPeaks peaks)
    {
        bool module = table.Table.EndsWith("_module", StringComparison.Ordinal);
        bool decode = table.Table.Contains("generation", StringComparison.Ordinal);
        MeasuredTable rows = MeasuredTable.Read(
            table.Path, ["batch_size", "isl", "step", "num_heads", "latency_us"], module ? ["kv_cache_dtype", "gemm_type"] : ["kv_cache_dtype"]);
        KernelSet kernels = new();
        for (int i = 0; i < rows.Rows; i++)
        {
            double At(string column) => rows.Numbers(column)[i];
            if (KernelSet.Precision(rows.Words("kv_cache_dtype")[i]) is not { } cache
                || KernelSet.Precision(module ? rows.Words("gemm_type")[i] : "bfloat16") is not { } weights
                || !(At("latency_us") > 0 && At("batch_size") >= 1 && At("isl") >= 1 && At("num_heads") >= 1))
            {
                continue;
            }

            bool narrow = cache != OperandPrecision.Bf16;
            LatentAttentionCall call = new(
                At("batch_size"), decode ? At("isl") + At("step") : At("isl"), At("num_heads"), cache, decode ? 0 : At("step"));
            (string name, IdealTime ideal) = (decode, module) switch
            {
                (true, false) => (LatentAttentionTimes.DecodeName, call.IdealDecode(peaks)),
                (false, false) => (LatentAttentionTimes.PrefillName, call.IdealPrefill(peaks)),
                (true, true) => (narrow ? LatentAttentionTimes.NarrowDecodeModuleName : LatentAttentionTimes.DecodeModuleName, call.IdealDecodeModule(peaks, weights)),
                _ => (narrow ? LatentAttentionTimes.NarrowPrefillModuleName : LatentAttentionTimes.PrefillModuleName, call.IdealPrefillModule(peaks, weights)),
            };
            KernelPoints points = kernels.Of(
                name,
                module ? weights : cache,
                decode ? LatentAttentionTimes.DecodeAxes : LatentAttentionTimes.PrefillAxes,
                Smoothness,
                peaks.FlopsPerSecond(peaks.Multiplies(module ? weights : cache)),
                peaks.MemoryBytesPerSecond);
            KernelPoints.Placement place = decode ? call.PlaceDecode : call.PlacePrefill;
            points.Add(place, ideal, At("latency_us") * 1e-6, HeldOut.Fold(At("num_heads")));
        }

        return kernels.Fit(table);
    }

    private static IReadOnlyList<OperatorFit> FitAbsorbed(TableName table, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["num_tokens", "num_heads", "latency_us"], ["op_name", "bmm_dtype"]);
        KernelSet kernels = new();
        for (int i = 0; i < rows.Rows; i++)
        {
            double At(string column) => rows.Numbers(column)[i];
            string? name = rows.Words("op_name")[i] switch
            {
                "mla_gen_pre" => LatentAttentionTimes.AbsorbName,
                "mla_gen_post" => LatentAttentionTimes.ReleaseName,
                _ => null,
            };
            if (name is null || KernelSet.Precision(rows.Words("bmm_dtype")[i]) is not { } precision || !(At("latency_us") > 0 && At("num_tokens") >= 1))
            {
                continue;
            }

            LatentAttentionCall call = new(At("num_tokens"), 1, At("num_heads"), precision);
            kernels.Of(
                name, precision, LatentAttentionTimes.AbsorbAxes, Smoothness, peaks.FlopsPerSecond(peaks.Multiplies(precision)), peaks.MemoryBytesPerSecond)
                .Add(call.PlaceAbsorb, call.IdealAbsorb(peaks, precision), At("latency_us") * 1e-6, HeldOut.Fold(At("num_heads")));
        }

        return kernels.Fit(table);
    }
}
