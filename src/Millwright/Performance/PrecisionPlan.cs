using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>Precision of each kind of operator and of the cache.</summary>
/// <param name="Dense">Matrices of attention and of dense and shared feed-forwards.</param>
/// <param name="Experts">Matrices of routed experts.</param>
/// <param name="Cache">KV cache: <see cref="OperandPrecision.Bf16"/> or <see cref="OperandPrecision.Fp8"/>.</param>
public readonly record struct PrecisionPlan(OperandPrecision Dense, OperandPrecision Experts, OperandPrecision Cache)
{
    /// <summary>Bytes of one cached element: 2 or 1.</summary>
    public double CacheBytesPerElement => Cache == OperandPrecision.Bf16 ? 2 : 1;
}
