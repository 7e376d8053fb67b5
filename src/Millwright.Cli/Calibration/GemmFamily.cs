using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>
/// Dense matrix products: a grid over (log2 m, log2 n, log2 k) and a finer one over (log2 m, log2 n), which make the tiles; held-out errors on whole (n, k).
/// </summary>
internal sealed class GemmFamily : IOperatorFamily
{
    private static readonly double[] RowNodes = HeldOut.Logs(1, 4, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
    private static readonly double[] SizeNodes = HeldOut.Logs(32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 65536);
    private static readonly double[] Smoothness = [0.001, 0.003, 0.003];

    // one row more than the tiles hold begins a new row of tiles, and the libraries choose other tiles: nodes on both sides
    private static readonly double[] TileRowNodes = HeldOut.Logs(
        1, 4, 8, 9, 16, 17, 32, 33, 48, 49, 64, 65, 80, 96, 97, 112, 113, 128, 129, 160, 161, 192, 193, 224, 225, 256, 257, 512, 513, 768, 769, 1024, 1025,
        1280, 1281, 1536, 1537, 1792, 1793, 2048, 2049, 2304, 2305, 2560, 2561, 2816, 2817, 3072, 3073, 3328, 3329, 3584, 3585, 3840, 3841, 4096, 4097, 4353,
        8192, 16384, 32768);

    private static readonly double[] TileColumnNodes = HeldOut.Logs(
        32, 64, 128, 256, 512, 768, 1024, 1536, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, 10240, 12288, 16384, 51200, 65536);

    private static readonly double[] TileSmoothness = [0.003, 0.003];

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
        List<double> bounds = [];
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

            double bound = ideal.Seconds(m, n, k);

            // the loop that measured may find small weights still in the cache; a step that reads each weight once does not
            below += seconds < bound ? 1 : 0;
            points.Add([Math.Log2(m), Math.Log2(n), Math.Log2(k)]);
            targets.Add(GemmTimes.LogFactor(Math.Max(bound, seconds), bound));
            bounds.Add(bound);
            folds.Add(HeldOut.Fold(n, k));
            measured.Add(new GemmPoint(ideal.ComputeSeconds(m, n, k), ideal.MemorySeconds(m, n, k), seconds));
        }

        double[][] axes = [Within(RowNodes, points, 0), Within(SizeNodes, points, 1), Within(SizeNodes, points, 2)];
        double[][] tileAxes = [Within(TileRowNodes, points, 0), Within(TileColumnNodes, points, 1)];
        double Error(double fitted, int p) =>
            Math.Abs(GemmTimes.Seconds(fitted, bounds[p]) / GemmTimes.Seconds(targets[p], bounds[p]) - 1);
        (DetailedFit fit, double[] errors) = HeldOut.Fit(
            folds,
            seen => DetailedFit.To(
                axes, tileAxes, [.. seen.Select(p => points[p])], [.. seen.Select(p => targets[p])], Smoothness, TileSmoothness),
            (fitted, p) => Error(fitted.At(points[p]), p));
        OperatorGrid shipped = new(
            table.SystemId,
            table.Engine,
            table.EngineVersion,
            OperatorClock.GemmOperator,
            precision,
            fit.Coarse,
            points.Count,
            errors.Average(),
            HeldOut.Percentile(errors, 0.9),
            Provenance.Of(table))
        {
            Detail = fit.Detail,
            FlopsPerSecond = ideal.FlopsPerSecond,
            BytesPerSecond = ideal.BytesPerSecond,
        };
        double MeanErrorOf(OperatorGrid grid) => points.Select((point, p) =>
            Error(grid.LogFactor.At(point) + (grid.Detail?.At(point[0], point[1]) ?? 0), p)).Average();
        return new OperatorFit(
            shipped, "gemm " + OperatorNames.Of(precision), errors, below, MeanErrorOf, FourParameters.Fit(measured, folds));
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
