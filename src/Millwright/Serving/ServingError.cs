using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Serving;

/// <summary>How far a serving point may be off.</summary>
internal static class ServingError
{
    /// <summary>One-sided relative error (p90) of the throughput: the errors of the operator fits, and what borrowing adds.</summary>
    public static double Band(ModelArchitecture model, ChipTimer chip, OperandPrecision precision) =>
        chip.OperatorErrorP90(precision, model.HasExperts) + chip.BorrowedError;
}
