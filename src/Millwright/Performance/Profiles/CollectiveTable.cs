namespace Millwright.Performance.Profiles;

/// <summary>Measured times of exchanges between the chips of a deployment, by the bytes of a message. Immutable.</summary>
public sealed class CollectiveTable
{
    /// <summary>Sum over chips; bytes are those of the message.</summary>
    public const string AllReduce = "all_reduce";

    /// <summary>Every chip gets what each holds; bytes are those that one chip holds.</summary>
    public const string AllGather = "all_gather";

    /// <summary>Sum over chips of which each keeps its part; bytes are those that one chip keeps.</summary>
    public const string ReduceScatter = "reduce_scatter";

    private readonly Dictionary<(string Name, int Chips), LayerTable> _tables;

    /// <summary>Makes a table.</summary>
    /// <param name="tables">Time over bytes, by exchange and chips.</param>
    public CollectiveTable(IReadOnlyDictionary<(string Name, int Chips), LayerTable> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        _tables = new Dictionary<(string, int), LayerTable>(tables);
    }

    /// <summary>Times of an exchange between so many chips, or null where it was not measured.</summary>
    /// <param name="name">One of the names of this class.</param>
    /// <param name="chips">Chips.</param>
    /// <returns>Time, s, over bytes.</returns>
    public LayerTable? Find(string name, int chips) => _tables.GetValueOrDefault((name, chips));
}
