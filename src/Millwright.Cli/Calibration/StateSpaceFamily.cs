using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>
/// Kernels of layers with a recurrent state: the short convolution by the Mamba2 rows, the scan by the Gated DeltaNet rows (the tables hold no scan of
/// Mamba2, and time the convolution of Gated DeltaNet over the key channels alone); held-out errors on whole models.
/// </summary>
internal sealed class StateSpaceFamily : IOperatorFamily
{
    private const double Smoothness = 0.03;

    /// <inheritdoc/>
    public string Name => "state space";

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "gdn" or "mamba2", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        bool scan = table.Table == "gdn";
        MeasuredTable rows = MeasuredTable.Read(
            table.Path,
            ["batch_size", "seq_len", "latency_us", .. (string[])(scan ? ["num_k_heads", "head_k_dim", "num_v_heads", "head_v_dim"] : ["nheads", "head_dim", "n_groups", "d_state"])],
            ["phase", "kernel_source"]);
        KernelSet kernels = new();
        for (int i = 0; i < rows.Rows; i++)
        {
            double At(string column) => rows.Numbers(column)[i];
            bool convolution = rows.Words("kernel_source")[i].StartsWith("causal_conv1d", StringComparison.Ordinal);
            if (convolution == scan || !(At("latency_us") > 0 && At("batch_size") >= 1 && At("seq_len") >= 1))
            {
                continue;
            }

            bool decode = rows.Words("phase")[i] == "generation";
            double seconds = At("latency_us") * 1e-6;
            double tokens = decode ? 1 : At("seq_len");
            if (scan)
            {
                double keys = At("num_k_heads") * At("head_k_dim");
                StateSpaceCall call = new(
                    At("batch_size"), tokens, 2 * keys + At("num_v_heads") * At("head_v_dim"), At("num_v_heads"), At("head_k_dim") * At("head_v_dim"));
                kernels.Of(decode ? StateSpaceTimes.DecodeScanName : StateSpaceTimes.PrefillScanName, OperandPrecision.Bf16, StateSpaceTimes.ScanAxes, Smoothness, peaks.Bf16FlopsPerSecond, peaks.MemoryBytesPerSecond)
                    .Add(call.PlaceScan, call.IdealScan(peaks), seconds, HeldOut.Fold(At("num_v_heads")));
            }
            else
            {
                StateSpaceCall call = new(
                    At("batch_size"), tokens, At("nheads") * At("head_dim") + 2 * At("n_groups") * At("d_state"), At("nheads"), At("head_dim") * At("d_state"));
                kernels.Of(decode ? StateSpaceTimes.DecodeConvolutionName : StateSpaceTimes.PrefillConvolutionName, OperandPrecision.Bf16, StateSpaceTimes.ConvolutionAxes, Smoothness, peaks.Bf16FlopsPerSecond, peaks.MemoryBytesPerSecond)
                    .Add(call.PlaceConvolution, call.IdealConvolution(peaks), seconds, HeldOut.Fold(At("nheads"), At("d_state")));
            }
        }

        return kernels.Fit(table);
    }
}
