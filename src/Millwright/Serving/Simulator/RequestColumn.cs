namespace Millwright.Serving.Simulator;

/// <summary>A column of a table of requests: a ring that holds the rows from the first one on which is not forgotten.</summary>
/// <typeparam name="TValue">What the column holds.</typeparam>
public readonly ref struct RequestColumn<TValue>
{
    private readonly TValue[] _ring;
    private readonly int _first;

    internal RequestColumn(TValue[] ring, int first, int count)
    {
        _ring = ring;
        _first = first;
        Length = count;
    }

    /// <summary>Number of requests, those that are forgotten included.</summary>
    public int Length { get; }

    /// <summary>The value of a request.</summary>
    /// <param name="id">Number of the request; one that is forgotten has no value any more, and another's may be found.</param>
    public TValue this[int id] => _ring[id & (_ring.Length - 1)];

    /// <summary>The values of all requests that are not forgotten, in their order.</summary>
    /// <returns>A copy.</returns>
    public TValue[] ToArray()
    {
        TValue[] values = new TValue[Length - _first];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = this[_first + i];
        }

        return values;
    }
}
