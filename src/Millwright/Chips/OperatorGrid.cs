using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Measured times of one operator on one chip under one engine, as a smooth grid of log2(time / ideal time). What the coordinates are and what the
/// ideal time is belongs to the class that times the operator.
/// </summary>
/// <param name="SystemId">Catalog id of the measured system.</param>
/// <param name="Engine">Engine whose kernels were timed.</param>
/// <param name="EngineVersion">Its version.</param>
/// <param name="Operator">Name of the operator, such as "gemm" or "decode-attention".</param>
/// <param name="Precision">Precision of the operands, or of the cache for attention.</param>
/// <param name="LogFactor">log2(time / ideal time) over the operator's coordinates.</param>
/// <param name="Points">Measured points that the grid was fitted to.</param>
/// <param name="HeldOutMeanError">Mean absolute relative error on whole shapes that a fit did not see, as a fraction.</param>
/// <param name="HeldOutP90Error">90th percentile of that error, as a fraction.</param>
/// <param name="Source">Table, commit and licence.</param>
public sealed record OperatorGrid(
    string SystemId,
    EngineFamily Engine,
    string EngineVersion,
    string Operator,
    OperandPrecision Precision,
    SmoothGrid LogFactor,
    int Points,
    double HeldOutMeanError,
    double HeldOutP90Error,
    string Source)
{
    /// <summary>
    /// Added to <see cref="LogFactor"/>: a grid over fewer coordinates with finer nodes, such as the rows and columns whose tiles a product is cut into; null
    /// where there is none.
    /// </summary>
    public SmoothGrid? Detail { get; init; }

    /// <summary>Peak that the ideal times of the fit were computed with, FLOP/s; 0 where none was used.</summary>
    public double FlopsPerSecond { get; init; }

    /// <summary>Bandwidth of memory, or of a link, that the ideal times of the fit were computed with, bytes/s; 0 where none was used.</summary>
    public double BytesPerSecond { get; init; }
}
