namespace Millwright.Serving.Simulator;

/// <summary>Requests that wait: a ring that takes new ones at its end and those that were set back at its front, or all of them by priority and arrival.</summary>
/// <param name="table">The requests.</param>
/// <param name="byPriority">True for an order by priority, arrival and number.</param>
internal sealed class WaitingLine(RequestTable table, bool byPriority)
{
    private int[] _ring = new int[64];
    private int _first;

    public int Count { get; private set; }

    public int First => _ring[_first];

    /// <summary>One of those that wait.</summary>
    public int this[int place] => _ring[(_first + place) & (_ring.Length - 1)];

    public void Add(int id)
    {
        Grow();
        int place = byPriority ? PlaceOf(id) : Count;
        Count++;
        for (int i = Count - 1; i > place; i--)
        {
            Set(i, this[i - 1]);
        }

        Set(place, id);
    }

    public void AddFirst(int id)
    {
        if (byPriority)
        {
            Add(id);
            return;
        }

        Grow();
        _first = (_first - 1) & (_ring.Length - 1);
        _ring[_first] = id;
        Count++;
    }

    public void RemoveFirst()
    {
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
    }

    /// <summary>Brings one of those that wait to the front; the others keep their order.</summary>
    public void BringFirst(int place)
    {
        int id = this[place];
        for (int i = place; i > 0; i--)
        {
            Set(i, this[i - 1]);
        }

        Set(0, id);
    }

    /// <summary>True when a request goes before another one.</summary>
    public bool IsBefore(int id, int other) =>
        (table.PriorityOf(id), table.ArrivalPicoseconds[id], id).CompareTo((table.PriorityOf(other), table.ArrivalPicoseconds[other], other)) < 0;

    private int PlaceOf(int id)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (IsBefore(id, this[middle]))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void Set(int place, int id) => _ring[(_first + place) & (_ring.Length - 1)] = id;

    private void Grow()
    {
        if (Count < _ring.Length)
        {
            return;
        }

        int[] larger = new int[2 * _ring.Length];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_ring, _first) = (larger, 0);
    }
}
