using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Finds the grid of an operator for a chip and an engine, or the one that stands in for it: the same chip under another engine, then the nearest
/// measured system, then a wider precision.
/// </summary>
internal sealed class OperatorShelf(NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
{
    private static readonly EngineFamily[] Engines = [EngineFamily.TensorRtLlm, EngineFamily.Vllm, EngineFamily.Sglang];

    /// <summary>The engine that is looked up first.</summary>
    public EngineFamily Engine => engine;

    /// <summary>All grids at hand.</summary>
    public OperatorLibrary Library => library;

    /// <summary>The grid at a precision or at the next wider one.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null where nobody in the line measured the operator.</returns>
    public OperatorGrid? Find(string operatorName, OperandPrecision precision)
    {
        for (OperandPrecision? p = precision; p is { } at; p = Wider(at))
        {
            if (FindExact(operatorName, at) is { } grid)
            {
                return grid;
            }
        }

        return null;
    }

    /// <summary>The grid at this precision and no other.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? FindExact(string operatorName, OperandPrecision precision)
    {
        for (string? system = lender.SystemId; system is not null; system = NearestMeasuredSystem.StandIn(system))
        {
            if (library.Find(system, engine, operatorName, precision) is { } own)
            {
                return own;
            }

            foreach (EngineFamily other in Engines)
            {
                if (library.Find(system, other, operatorName, precision) is { } grid)
                {
                    return grid;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The grid at the first of several precisions that somebody in the line measured; where nobody did, of any system: what was measured on one alone,
    /// such as the exchange among the chips of a rack.
    /// </summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precisions">Precisions, the wanted one first.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? FindFirst(string operatorName, params ReadOnlySpan<OperandPrecision> precisions)
    {
        foreach (OperandPrecision precision in precisions)
        {
            if (FindExact(operatorName, precision) is { } grid)
            {
                return grid;
            }
        }

        foreach (OperandPrecision precision in precisions)
        {
            if (library.FindAny(operatorName, precision) is { } grid)
            {
                return grid;
            }
        }

        return null;
    }

    /// <summary>As <see cref="FindFirst"/>, but must succeed.</summary>
    public SmoothGrid Require(string operatorName, params ReadOnlySpan<OperandPrecision> precisions) =>
        (FindFirst(operatorName, precisions) ?? throw new InvalidDataException(
            $"no measured times of '{operatorName}' for '{lender.SystemId}' or those that stand in for it")).LogFactor;

    /// <summary>The precision whose kernels stand in for another's, or null after 16 bits.</summary>
    internal static OperandPrecision? Wider(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => null,
        OperandPrecision.Fp4 => OperandPrecision.Fp8Block,
        OperandPrecision.Fp8Block => OperandPrecision.Fp8,
        _ => OperandPrecision.Bf16,
    };
}
