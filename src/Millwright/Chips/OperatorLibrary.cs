using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The operator grids that are at hand. Immutable; safe to share between threads.</summary>
public sealed class OperatorLibrary
{
    private const int Precisions = (int)OperandPrecision.Int4 + 1;
    private const int Families = (int)EngineFamily.Sglang + 1;

    // by operator and system, then engine and precision: a key of all four would be a text for each look-up, and a table keyed by numbers and words
    // together would be compiled anew at each start of the program
    private readonly Dictionary<string, Dictionary<string, OperatorGrid?[]>> _grids = new(StringComparer.Ordinal);
    private readonly List<OperatorGrid> _all = [];

    /// <summary>Makes a library.</summary>
    /// <param name="grids">The grids; of two with the same key the later counts, so that a user's own come after those that ship.</param>
    public OperatorLibrary(IEnumerable<OperatorGrid> grids)
    {
        ArgumentNullException.ThrowIfNull(grids);
        foreach (OperatorGrid grid in grids)
        {
            if (!_grids.TryGetValue(grid.Operator, out Dictionary<string, OperatorGrid?[]>? systems))
            {
                _grids.Add(grid.Operator, systems = new Dictionary<string, OperatorGrid?[]>(StringComparer.Ordinal));
            }

            if (!systems.TryGetValue(grid.SystemId, out OperatorGrid?[]? kinds))
            {
                systems.Add(grid.SystemId, kinds = new OperatorGrid?[Families * Precisions]);
            }

            int place = PlaceOf(grid.Engine, grid.Precision);
            if (kinds[place] is { } earlier)
            {
                _all[_all.IndexOf(earlier)] = grid;
            }
            else
            {
                _all.Add(grid);
            }

            kinds[place] = grid;
        }
    }

    /// <summary>All grids.</summary>
    public IReadOnlyCollection<OperatorGrid> Grids => _all;

    /// <summary>One grid.</summary>
    /// <param name="systemId">Catalog id of a measured system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? Find(string systemId, EngineFamily engine, string operatorName, OperandPrecision precision) =>
        _grids.TryGetValue(operatorName, out Dictionary<string, OperatorGrid?[]>? systems) && systems.TryGetValue(systemId, out OperatorGrid?[]? kinds)
            ? kinds[PlaceOf(engine, precision)]
            : null;

    private static int PlaceOf(EngineFamily engine, OperandPrecision precision) => (int)engine * Precisions + (int)precision;
}
