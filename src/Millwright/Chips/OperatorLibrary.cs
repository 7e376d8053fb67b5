using System.Globalization;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The operator grids that are at hand. Immutable; safe to share between threads.</summary>
public sealed class OperatorLibrary
{
    // by words: a table keyed by numbers and words together would be compiled anew at each start of the program
    private readonly Dictionary<string, OperatorGrid> _grids = new(StringComparer.Ordinal);

    /// <summary>Makes a library.</summary>
    /// <param name="grids">The grids; of two with the same key the later counts, so that a user's own come after those that ship.</param>
    public OperatorLibrary(IEnumerable<OperatorGrid> grids)
    {
        ArgumentNullException.ThrowIfNull(grids);
        foreach (OperatorGrid grid in grids)
        {
            _grids[KeyOf(grid.SystemId, grid.Engine, grid.Operator, grid.Precision)] = grid;
        }
    }

    /// <summary>All grids.</summary>
    public IReadOnlyCollection<OperatorGrid> Grids => _grids.Values;

    /// <summary>One grid.</summary>
    /// <param name="systemId">Catalog id of a measured system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? Find(string systemId, EngineFamily engine, string operatorName, OperandPrecision precision) =>
        _grids.GetValueOrDefault(KeyOf(systemId, engine, operatorName, precision));

    private static string KeyOf(string systemId, EngineFamily engine, string operatorName, OperandPrecision precision) =>
        string.Create(CultureInfo.InvariantCulture, $"{systemId}/{(int)engine}/{(int)precision}/{operatorName}");
}
