using Millwright.Numerics;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Finds the grid of an operator for a chip and an engine, or what stands in for it.</summary>
internal sealed class KernelShelf(NearestMeasuredSystem lender, EngineFamily engine, OperatorLibrary library)
{
    private static readonly EngineFamily[] Engines = [EngineFamily.TensorRtLlm, EngineFamily.Vllm, EngineFamily.Sglang];

    /// <summary>
    /// The grid of an operator: for each precision in turn, for the lender and then each system that stands in for it, that of the engine, else of
    /// another engine.
    /// </summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precisions">Precisions, the wanted one first.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? TryFind(string operatorName, params ReadOnlySpan<OperandPrecision> precisions)
    {
        foreach (var precision in precisions)
        {
            for (string? id = lender.SystemId; id is not null; id = NearestMeasuredSystem.StandIn(id))
            {
                if (library.Find(id, engine, operatorName, precision) is { } own)
                {
                    return own;
                }

                foreach (var other in Engines)
                {
                    if (library.Find(id, other, operatorName, precision) is { } grid)
                    {
                        return grid;
                    }
                }
            }
        }

        // what was measured on one system alone, such as the exchange among the chips of a rack
        foreach (var precision in precisions)
        {
            foreach (var grid in library.Grids)
            {
                if (grid.Operator == operatorName && grid.Precision == precision)
                {
                    return grid;
                }
            }
        }

        return null;
    }

    /// <summary>As <see cref="TryFind"/>, but must succeed.</summary>
    public SmoothGrid Find(string operatorName, params ReadOnlySpan<OperandPrecision> precisions) =>
        (TryFind(operatorName, precisions) ?? throw new InvalidDataException(
            $"no measured times of '{operatorName}' for '{lender.SystemId}' or those that stand in for it")).LogFactor;
}
