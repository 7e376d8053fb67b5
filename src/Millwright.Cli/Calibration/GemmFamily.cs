using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>Dense matrix products: a grid over (log2 m, log2 n, log2 k), held-out errors on whole (n, k).</summary>
internal sealed class GemmFamily : IOperatorFamily
{
    // rows need finer nodes where kernels change their tiles
    private static readonly double[] RowNodes =
        HeldOut.Logs(1, 2, 4, 8, 16, 32, 64, 96, 128, 192, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16384, 32768);

    private static readonly double[] SizeNodes = HeldOut.Logs(32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 65536);
    private static readonly double[] Smoothness = [0.003, 0.01, 0.01];

    /// <inheritdoc/>
    public string Name => OperatorClock.GemmOperator;

    /// <summary>The precision of a dtype of the tables; null for one that the product does not know.</summary>
    public static OperandPrecision? Precision(string dtype) => dtype switch
    {
        "bfloat16" => OperandPrecision.Bf16,
        "fp8" => OperandPrecision.Fp8,
        "fp8_block" => OperandPrecision.Fp8Block,
        "nvfp4" => OperandPrecision.Fp4,
        "int8_wo" => OperandPrecision.Int8,
        "int4_wo" => OperandPrecision.Int4,
        _ => null,
    };

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "gemm", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["m", "n", "k", "latency_us"], ["gemm_dtype"]);
        List<string> types = rows.Words("gemm_dtype");
        return [.. types.Distinct().Order(StringComparer.Ordinal).Where(t => Precision(t) is not null).Select(t => Fit(table, peaks, rows, t))];
    }

    private static OperatorFit Fit(TableName table, ChipPeaks peaks, MeasuredTable rows, string type)
    {
        OperandPrecision precision = Precision(type)!.Value;
        GemmIdeal ideal = GemmIdeal.Of(peaks, precision);
        List<double[]> points = [];
        List<double> targets = [];
        List<int> folds = [];
        List<GemmPoint> measured = [];
        int below = 0;
        for (int i = 0; i < rows.Rows; i++)
        {
            (double m, double n, double k) = (rows.Numbers("m")[i], rows.Numbers("n")[i], rows.Numbers("k")[i]);
            double seconds = rows.Numbers("latency_us")[i] * 1e-6;
            if (rows.Words("gemm_dtype")[i] != type || m < 1 || n < 1 || k < 1 || seconds <= 0)
            {
                continue;
            }

            // the loop that measured may find small weights still in the cache; a step that reads each weight once does not
            double factor = Math.Log2(seconds / ideal.Seconds(m, n, k));
            below += factor < 0 ? 1 : 0;
            points.Add([Math.Log2(m), Math.Log2(n), Math.Log2(k)]);
            targets.Add(Math.Max(0, factor));
            folds.Add(HeldOut.Fold(n, k));
            measured.Add(new GemmPoint(ideal.ComputeSeconds(m, n, k), ideal.MemorySeconds(m, n, k), seconds));
        }

        double[][] axes = [Within(RowNodes, points, 0), Within(SizeNodes, points, 1), Within(SizeNodes, points, 2)];
        (SmoothGrid grid, double[] errors) =
            HeldOut.Fit(axes, points, targets, folds, Smoothness, (fitted, p) => HeldOut.OfFactor(fitted, targets[p]));
        OperatorGrid shipped = new(
            table.SystemId,
            table.Engine,
            table.EngineVersion,
            OperatorClock.GemmOperator,
            precision,
            grid,
            points.Count,
            errors.Average(),
            HeldOut.Percentile(errors, 0.9),
            Provenance.Of(table))
        {
            FlopsPerSecond = ideal.FlopsPerSecond,
            BytesPerSecond = ideal.BytesPerSecond,
        };
        return new OperatorFit(shipped, "gemm " + OperatorNames.Of(precision), errors, below, HeldOut.MeanOfFactors(points, targets), FourParameters.Fit(measured, folds));
    }

    // nodes beyond the measured sizes would be guesses
    private static double[] Within(double[] nodes, List<double[]> points, int axis)
    {
        double least = points.Min(p => p[axis]);
        double most = points.Max(p => p[axis]);
        return [.. nodes.Where(n => n >= least - 1e-9 && n <= most + 1e-9)];
    }
}

/// <summary>One measured product.</summary>
/// <param name="ComputeSeconds">FLOPs over the peak, s.</param>
/// <param name="MemorySeconds">Bytes over the bandwidth, s.</param>
/// <param name="Seconds">Measured time, s.</param>
internal readonly record struct GemmPoint(double ComputeSeconds, double MemorySeconds, double Seconds);
