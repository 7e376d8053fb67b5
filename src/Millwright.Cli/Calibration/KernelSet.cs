using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>The points of all kernels of one table, by operator and precision.</summary>
internal sealed class KernelSet
{
    private readonly Dictionary<(string Name, OperandPrecision Precision), (KernelPoints Points, double Flops, double Bytes)> _kernels = [];

    /// <summary>The points of a kernel, new at the first call.</summary>
    /// <param name="name">Name of the operator.</param>
    /// <param name="precision">Its precision.</param>
    /// <param name="axes">Nodes along each coordinate.</param>
    /// <param name="smoothness">Smoothness of each axis.</param>
    /// <param name="flopsPerSecond">Peak that ideal times are computed with, FLOP/s.</param>
    /// <param name="bytesPerSecond">Bandwidth that ideal times are computed with, bytes/s.</param>
    public KernelPoints Of(
        string name, OperandPrecision precision, IReadOnlyList<double[]> axes, double smoothness, double flopsPerSecond, double bytesPerSecond)
    {
        if (!_kernels.TryGetValue((name, precision), out (KernelPoints Points, double Flops, double Bytes) kernel))
        {
            _kernels[(name, precision)] = kernel = (new KernelPoints(name, precision, axes, smoothness), flopsPerSecond, bytesPerSecond);
        }

        return kernel.Points;
    }

    /// <summary>Fits all.</summary>
    /// <param name="table">The table that the points come from.</param>
    /// <returns>One fit for each kernel.</returns>
    public IReadOnlyList<OperatorFit> Fit(TableName table) =>
        [.. _kernels.OrderBy(k => k.Key.Name, StringComparer.Ordinal).ThenBy(k => k.Key.Precision).Select(k => k.Value.Points.Fit(table, k.Value.Flops, k.Value.Bytes))];

    /// <summary>The precision of a name in the tables.</summary>
    /// <param name="name">Such as "fp8_block".</param>
    /// <returns>The precision, or null for one that is not fitted.</returns>
    public static OperandPrecision? Precision(string name) => name switch
    {
        "bfloat16" => OperandPrecision.Bf16,
        "fp8" => OperandPrecision.Fp8,
        "fp8_block" => OperandPrecision.Fp8Block,
        "nvfp4" => OperandPrecision.Fp4,
        "w4a16_mxfp4" or "w4a8_mxfp4_mxfp8" => OperandPrecision.Mxfp4,
        "int4_wo" => OperandPrecision.Int4,
        _ => null,
    };
}
