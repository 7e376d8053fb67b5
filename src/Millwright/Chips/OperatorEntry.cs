using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>A grid that is at hand, or the bytes that it is read from when it is first asked for. Safe to use from many threads.</summary>
internal sealed class OperatorEntry
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private OperatorGrid? _grid;

    public OperatorEntry(OperatorGrid grid)
    {
        _grid = grid;
        (SystemId, Engine, Operator, Precision) = (grid.SystemId, grid.Engine, grid.Operator, grid.Precision);
    }

    public OperatorEntry(string systemId, EngineFamily engine, string operatorName, OperandPrecision precision, ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        (SystemId, Engine, Operator, Precision) = (systemId, engine, operatorName, precision);
    }

    /// <summary>Catalog id of the measured system.</summary>
    public string SystemId { get; }

    /// <summary>The engine.</summary>
    public EngineFamily Engine { get; }

    /// <summary>The operator.</summary>
    public string Operator { get; }

    /// <summary>The precision.</summary>
    public OperandPrecision Precision { get; }

    /// <summary>The grid; whoever comes second takes what the first has read.</summary>
    public OperatorGrid Grid => Volatile.Read(ref _grid) ?? Read();

    private OperatorGrid Read()
    {
        OperatorGrid grid = OperatorGridBinary.ReadOne(_bytes.Span);
        return Interlocked.CompareExchange(ref _grid, grid, null) ?? grid;
    }
}
