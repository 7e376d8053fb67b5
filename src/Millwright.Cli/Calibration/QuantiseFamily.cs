using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>Kernels that quantise activations with scales found at run time: a grid over (log2 rows, log2 columns), held-out errors on whole
/// columns.</summary>
internal sealed class QuantiseFamily : IOperatorFamily
{
    private static readonly double[] RowNodes = HeldOut.Logs(1, 8, 32, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
    private static readonly double[] ColumnNodes = HeldOut.Logs(32, 128, 512, 1024, 2048, 4096, 8192, 16384, 65536);
    private static readonly double[] Smoothness = [0.01, 0.01];

    /// <inheritdoc/>
    public string Name => OperatorClock.QuantiseOperator;

    /// <inheritdoc/>
    public bool Takes(TableName table) => table is { Table: "computescale", HasPower: false };

    /// <inheritdoc/>
    public IReadOnlyList<OperatorFit> Fit(TableName table, SystemRecord system, ChipPeaks peaks)
    {
        MeasuredTable rows = MeasuredTable.Read(table.Path, ["m", "k", "latency_us"], ["quant_dtype"]);
        List<double[]> points = [];
        List<double> targets = [];
        List<int> folds = [];
        int below = 0;
        for (int i = 0; i < rows.Rows; i++)
        {
            (double m, double k, double seconds) = (rows.Numbers("m")[i], rows.Numbers("k")[i], rows.Numbers("latency_us")[i] * 1e-6);
            if (rows.Words("quant_dtype")[i] != "fp8" || m < 1 || k < 1 || seconds <= 0)
            {
                continue;
            }

            double factor = Math.Log2(seconds / (m * k * OperatorClock.QuantiseBytes(OperandPrecision.Fp8) / peaks.MemoryBytesPerSecond));
            below += factor < 0 ? 1 : 0;
            points.Add([Math.Log2(m), Math.Log2(k)]);
            targets.Add(Math.Max(0, factor));
            folds.Add(HeldOut.Fold(k));
        }

        if (points.Count == 0)
        {
            return [];
        }

        (SmoothGrid grid, double[] errors) = HeldOut.Fit(
            [RowNodes, ColumnNodes], points, targets, folds, Smoothness, (fitted, p) => HeldOut.OfFactor(fitted, targets[p]));
        OperatorGrid shipped = new(
            table.SystemId,
            table.Engine,
            table.EngineVersion,
            Name,
            OperandPrecision.Fp8,
            grid,
            points.Count,
            errors.Average(),
            HeldOut.Percentile(errors, 0.9),
            Provenance.Of(table))
        {
            BytesPerSecond = peaks.MemoryBytesPerSecond,
        };
        return [new OperatorFit(shipped, Name, errors, below, HeldOut.MeanOfFactors(points, targets))];
    }
}
