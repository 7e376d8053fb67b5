using Millwright.Applications;
using Millwright.Operators;

namespace Millwright.Serving;

/// <summary>What is asked of a replica: request lengths, precision and the service objective.</summary>
/// <param name="Lengths">Request lengths.</param>
/// <param name="Precision">Precision of weights and products.</param>
/// <param name="TimeToFirstTokenLimitSeconds">Greatest mean time to first token, s.</param>
/// <param name="TimePerOutputTokenLimitSeconds">Greatest mean time per output token, s.</param>
public sealed record ServingDemand(
    RequestLengths Lengths, OperandPrecision Precision, double TimeToFirstTokenLimitSeconds, double TimePerOutputTokenLimitSeconds)
{
    /// <summary>Precision of the operands that a workload's precision stands for.</summary>
    /// <param name="precision">Precision as a scenario states it.</param>
    /// <returns>The precision of weights and products.</returns>
    public static OperandPrecision OperandOf(ServingPrecision precision) => precision switch
    {
        ServingPrecision.Bf16 => OperandPrecision.Bf16,
        ServingPrecision.Fp8 => OperandPrecision.Fp8,
        _ => OperandPrecision.Fp4,
    };
}
