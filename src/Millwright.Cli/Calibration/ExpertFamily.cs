using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>
/// The routed experts of a mixture-of-experts layer, balanced and skewed routing together; held-out errors on whole (hidden, inter, top, experts), where
/// there are four or more of them, else on whole (tensor ways, expert ways). Where a table times several kernels for one case, the fastest counts.
/// </summary>
internal sealed class ExpertFamily : IOperatorFamily
{
    private const double Smoothness = 0.05;

    // TensorRT-LLM's kernels for few rows, timed beside the general ones
    private const string SpecialKernel = "min_latency";

    // vLLM's kernel for MXFP4 where its own do not take the layer
    private const string FallbackKernel = "marlin";

    // with fewer shapes, none can be told from the others: whole (tensor ways, expert ways) are held out instead
    private const int LeastShapes = 4;

    /// <inheritdoc/>
    public string Name => ExpertTimes.OperatorName;

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "moe", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(
            table.Path,
            ["num_tokens", "hidden_size", "inter_size", "topk", "num_experts", "moe_tp_size", "moe_ep_size", "latency_us"],
            ["moe_dtype", "distribution", "kernel_source"]);
        Dictionary<ExpertCase, double> fastest = [];
        HashSet<string> withSpecial = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            if (rows.Words("kernel_source")[i].Contains(SpecialKernel, StringComparison.Ordinal))
            {
                withSpecial.Add(rows.Words("moe_dtype")[i]);
            }
        }

        for (int i = 0; i < rows.Rows; i++)
        {
            double At(string column) => rows.Numbers(column)[i];
            double seconds = At("latency_us") * 1e-6;
            if (!(seconds > 0 && At("num_tokens") >= 1 && At("moe_tp_size") >= 1 && At("moe_ep_size") >= 1 && At("topk") >= 1 && At("num_experts") >= 1))
            {
                continue;
            }

            string precision = rows.Words("moe_dtype")[i];
            string kernel = rows.Words("kernel_source")[i];
            bool general = withSpecial.Contains(precision)
                ? !kernel.Contains(SpecialKernel, StringComparison.Ordinal)
                : precision == "w4a16_mxfp4" && kernel.Contains(FallbackKernel, StringComparison.Ordinal);
            ExpertCase key = new(
                precision,
                general,
                At("num_tokens"),
                At("hidden_size"),
                At("inter_size"),
                At("topk"),
                At("num_experts"),
                At("moe_tp_size"),
                At("moe_ep_size"),
                rows.Words("distribution")[i]);
            if (!fastest.TryGetValue(key, out double least) || seconds < least)
            {
                fastest[key] = seconds;
            }
        }

        ILookup<(string, bool), (double, double, double, double)> shapes = fastest.Keys.Select(k => (Key: (k.Precision, k.General), k.Shape)).Distinct().ToLookup(k => k.Key, k => k.Shape);
        KernelSet kernels = new();
        foreach ((ExpertCase measured, double seconds) in fastest)
        {
            if (KernelSet.Precision(measured.Precision) is { } precision && measured.Load is { } load)
            {
                int fold = shapes[(measured.Precision, measured.General)].Count() >= LeastShapes
                    ? HeldOut.Fold(measured.Hidden, measured.Inter, measured.Top, measured.Experts)
                    : HeldOut.Fold(measured.TensorWays, measured.ExpertWays);
                bool narrow = measured.Precision == "w4a8_mxfp4_mxfp8";
                ExpertCall call = new(
                    measured.Hidden, measured.Inter, measured.TensorWays, precision, load, measured.Tokens, measured.Matrices, narrow);
                kernels.Of(
                    narrow ? ExpertTimes.NarrowActivationsOperatorName : measured.General ? ExpertTimes.GeneralOperatorName : ExpertTimes.OperatorName,
                    precision,
                    ExpertTimes.Axes,
                    Smoothness,
                    peaks.FlopsPerSecond(peaks.Multiplies(narrow ? OperandPrecision.Fp8 : precision)),
                    peaks.MemoryBytesPerSecond)
                    .Add(call.Place, call.Ideal(peaks), seconds, fold);
            }
        }

        return kernels.Fit(table);
    }

    private readonly record struct ExpertCase(
        string Precision, bool General, double Tokens, double Hidden, double Inter, double Top, double Experts, double TensorWays, double ExpertWays, string Distribution)
    {
        public (double, double, double, double) Shape => (Hidden, Inter, Top, Experts);

        // the shapes of Nemotron-3, whose experts have no gate: TensorRT-LLM's rows say so in the name of the kernel, vLLM's do not
        public double Matrices => Top == 22 || (Hidden == 2688 && Inter == 1856) ? 2 : 3;

        public ExpertLoad? Load => Distribution switch
        {
            "balanced" => ExpertLoad.Spread(Tokens, Top, Experts, ExpertWays),
            "power_law_1.01" => ExpertLoad.Busiest(Tokens, Top, Experts, ExpertWays, 1.01),
            "power_law_1.2" => ExpertLoad.Busiest(Tokens, Top, Experts, ExpertWays, 1.2),
            _ => null,
        };
    }
}
