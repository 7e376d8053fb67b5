using Millwright.Chips;

namespace Millwright.Serving;

/// <summary>How far a serving point may be off.</summary>
internal static class ServingError
{
    /// <summary>
    /// 90th percentile of the absolute relative error of the throughput on chips whose operators were measured, over the closed-loop serving
    /// measurements that docs/method-serving.md
    /// names. None of these measurements entered a fit.
    /// </summary>
    public const double MeasuredP90 = 0.43;

    /// <summary>One-sided relative error (p90) of the throughput of a chip, as a fraction: what was found on measured chips, and what borrowing
    /// curves adds.</summary>
    public static double Band(ChipTimer chip) => MeasuredP90 + chip.BorrowedError;
}
