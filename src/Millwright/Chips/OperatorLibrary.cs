using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>The operator grids that are at hand. Immutable; safe to share between threads.</summary>
public sealed class OperatorLibrary
{
    private const int Precisions = (int)OperandPrecision.Int4 + 1;
    private const int Families = (int)EngineFamily.Sglang + 1;

    // by operator and system, then engine and precision: a key of all four would be a text for each look-up, and a table keyed by numbers and words
    // together would be compiled anew at each start of the program
    private readonly Dictionary<string, Dictionary<string, OperatorEntry?[]>> _entries = new(StringComparer.Ordinal);
    private readonly List<OperatorEntry> _all = [];

    /// <summary>Makes a library.</summary>
    /// <param name="grids">The grids; of two with the same key the later counts, so that a user's own come after those that ship.</param>
    public OperatorLibrary(IEnumerable<OperatorGrid> grids)
    {
        ArgumentNullException.ThrowIfNull(grids);
        foreach (OperatorGrid grid in grids)
        {
            Add(new OperatorEntry(grid));
        }
    }

    /// <summary>Makes a library of compiled grids, each of which is read when it is first looked up.</summary>
    /// <param name="bytes">What <see cref="OperatorGridBinary.Write(IReadOnlyCollection{OperatorGrid}, Stream)"/> wrote; it must not change.</param>
    /// <exception cref="InvalidDataException">The bytes are no grids, of another format, or damaged.</exception>
    public OperatorLibrary(ReadOnlyMemory<byte> bytes)
    {
        foreach (OperatorEntry entry in OperatorGridBinary.Entries(bytes))
        {
            Add(entry);
        }
    }

    /// <summary>All grids.</summary>
    public IReadOnlyCollection<OperatorGrid> Grids => [.. _all.Select(static entry => entry.Grid)];

    /// <summary>One grid.</summary>
    /// <param name="systemId">Catalog id of a measured system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? Find(string systemId, EngineFamily engine, string operatorName, OperandPrecision precision) =>
        _entries.TryGetValue(operatorName, out Dictionary<string, OperatorEntry?[]>? systems) && systems.TryGetValue(systemId, out OperatorEntry?[]? kinds)
            ? kinds[PlaceOf(engine, precision)]?.Grid
            : null;

    /// <summary>The first grid of an operator at a precision, of whatever system and engine.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>The grid, or null.</returns>
    public OperatorGrid? FindAny(string operatorName, OperandPrecision precision)
    {
        foreach (OperatorEntry entry in _all)
        {
            if (entry.Operator == operatorName && entry.Precision == precision)
            {
                return entry.Grid;
            }
        }

        return null;
    }

    private void Add(OperatorEntry entry)
    {
        if (!_entries.TryGetValue(entry.Operator, out Dictionary<string, OperatorEntry?[]>? systems))
        {
            _entries.Add(entry.Operator, systems = new Dictionary<string, OperatorEntry?[]>(StringComparer.Ordinal));
        }

        if (!systems.TryGetValue(entry.SystemId, out OperatorEntry?[]? kinds))
        {
            systems.Add(entry.SystemId, kinds = new OperatorEntry?[Families * Precisions]);
        }

        int place = PlaceOf(entry.Engine, entry.Precision);
        if (kinds[place] is { } earlier)
        {
            _all[_all.IndexOf(earlier)] = entry;
        }
        else
        {
            _all.Add(entry);
        }

        kinds[place] = entry;
    }

    private static int PlaceOf(EngineFamily engine, OperandPrecision precision) => (int)engine * Precisions + (int)precision;
}
