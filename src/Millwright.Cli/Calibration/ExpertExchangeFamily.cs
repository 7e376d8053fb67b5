using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>The exchange between tokens and their experts; held-out errors on whole (nodes, hidden, top, experts), in a rack on whole numbers of ranks.</summary>
internal sealed class ExpertExchangeFamily : IOperatorFamily
{
    private const double Smoothness = 0.03;
    private const double RanksOfNode = 8;

    // fp8 with a 4-byte scale for each 128 values
    private const double ScaledByte = 1 + 4.0 / 128;

    // the number of streaming processors that DeepEP takes by default
    private const double Processors = 20;

    // normal dispatch over 8 nodes was measured 3 times slower than over 4, against DeepEP's own published 58 to 51 GB/s: doubtful, left out
    private const double DoubtfulNodes = 8;

    /// <inheritdoc/>
    public string Name => "expert exchange";

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "wideep_deepep_ll" or "wideep_deepep_normal" or "trtllm_alltoall", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks) =>
        table.Table == "trtllm_alltoall" ? FitRack(table, peaks) : FitNodes(table, peaks, table.Table == "wideep_deepep_ll");

    private static IReadOnlyList<OperatorFit> FitNodes(TableName table, ChipPeaks peaks, bool fast)
    {
        string[] times = fast
            ? ["dispatch_avg_t_us", "combine_avg_t_us"]
            : ["dispatch_transmit_us", "dispatch_notify_us", "combine_transmit_us", "combine_notify_us", "dispatch_sms", "combine_sms"];
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["node_num", "hidden_size", "num_token", "num_topk", "num_experts", .. times], []);

        // a table over several nodes repeats one node in few rows: that of one node alone tells of it
        bool several = rows.Numbers("node_num").Max() > 1;
        KernelSet kernels = new();
        for (int i = 0; i < rows.Rows; i++)
        {
            double At(string column) => rows.Numbers(column)[i];
            double nodes = At("node_num");
            bool skipped = nodes < 1 || several != nodes > 1 || At("num_token") < 1
                || (!fast && (nodes == DoubtfulNodes || At("dispatch_sms") != Processors || At("combine_sms") != Processors));
            if (skipped)
            {
                continue;
            }

            double dispatch = (fast ? At("dispatch_avg_t_us") : At("dispatch_transmit_us") + At("dispatch_notify_us")) * 1e-6;
            double combine = (fast ? At("combine_avg_t_us") : At("combine_transmit_us") + At("combine_notify_us")) * 1e-6;
            ExpertExchangeCall there = new(
                At("num_token"), At("hidden_size"), At("num_topk"), Math.Min(RanksOfNode * nodes, At("num_experts")), RanksOfNode, ScaledByte, fast);
            int fold = HeldOut.Fold(nodes, At("hidden_size"), At("num_topk"), At("num_experts"));
            string suffix = several ? ExpertExchangeTimes.OverNodes : "";
            string dispatchName = fast ? ExpertExchangeTimes.FastDispatchName : ExpertExchangeTimes.DispatchName;
            string combineName = fast ? ExpertExchangeTimes.FastCombineName : ExpertExchangeTimes.CombineName;
            Add(kernels, dispatchName + suffix, OperandPrecision.Fp8, peaks, there, dispatch, fold);
            Add(kernels, combineName + suffix, OperandPrecision.Bf16, peaks, there with { BytesPerElement = 2 }, combine, fold);
        }

        return kernels.Fit(table);
    }

    private static void Add(
        KernelSet kernels, string name, OperandPrecision precision, ChipPeaks peaks, ExpertExchangeCall call, double seconds, int fold) =>
        kernels.Of(name, precision, ExpertExchangeTimes.NodeAxes, Smoothness, 0, call.Ranks > call.RanksPerDomain ? peaks.ScaleOutBytesPerSecond : peaks.ScaleUpBytesPerSecond)
            .Add(point => call.PlaceNodes(peaks, point), call.Ideal(peaks), seconds, fold);

    private static IReadOnlyList<OperatorFit> FitRack(TableName table, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(
            table.Path, ["num_tokens", "hidden_size", "topk", "moe_ep_size", "latency_us"], ["op_name", "kernel_source", "moe_dtype"]);
        Dictionary<(string Precision, double Tokens, double Hidden, double Top, double Ranks), Dictionary<string, (double Dispatch, double Combine)>> cases = [];
        for (int i = 0; i < rows.Rows; i++)
        {
            var key = (rows.Words("moe_dtype")[i], rows.Numbers("num_tokens")[i], rows.Numbers("hidden_size")[i], rows.Numbers("topk")[i], rows.Numbers("moe_ep_size")[i]);
            if (!cases.TryGetValue(key, out Dictionary<string, (double Dispatch, double Combine)>? kernels))
            {
                cases[key] = kernels = [];
            }

            string source = rows.Words("kernel_source")[i];
            (double dispatch, double combine) = kernels.GetValueOrDefault(source);
            double seconds = rows.Numbers("latency_us")[i] * 1e-6;
            kernels[source] = rows.Words("op_name")[i] switch
            {
                "alltoall_prepare" or "alltoall_dispatch" => (dispatch + seconds, combine),
                "alltoall_combine" => (dispatch, combine + seconds),
                _ => (dispatch, combine),
            };
        }

        KernelSet set = new();
        foreach (var (key, sources) in cases)
        {
            (double dispatch, double combine) = sources.Values.Where(t => t is { Dispatch: > 0, Combine: > 0 }).DefaultIfEmpty().MinBy(t => t.Dispatch + t.Combine);
            if (dispatch <= 0 || KernelSet.Precision(key.Precision) is not { } precision || key.Ranks < 2 || key.Tokens < 1)
            {
                continue;
            }

            ExpertExchangeCall there = new(key.Tokens, key.Hidden, key.Top, key.Ranks, key.Ranks, BytesOf(precision), false);
            ExpertExchangeCall back = there with { BytesPerElement = 2 };
            int fold = (int)Math.Log2(key.Ranks) % HeldOut.Folds;
            set.Of(ExpertExchangeTimes.RackDispatchName, precision, ExpertExchangeTimes.RackAxes, Smoothness, 0, peaks.ScaleUpBytesPerSecond)
                .Add(point => there.PlaceRack(peaks, point), there.Ideal(peaks), dispatch, fold);
            set.Of(ExpertExchangeTimes.RackCombineName, precision, ExpertExchangeTimes.RackAxes, Smoothness, 0, peaks.ScaleUpBytesPerSecond)
                .Add(point => back.PlaceRack(peaks, point), back.Ideal(peaks), combine, fold);
        }

        return set.Fit(table);
    }

    private static double BytesOf(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => 2,
        OperandPrecision.Fp4 => 0.5625,
        _ => 1,
    };
}
