namespace Millwright.Serving.Simulator;

/// <summary>Requests that wait: a ring that takes new ones at its end and those that were set back at its front.</summary>
internal sealed class WaitingLine
{
    private int[] _ring = new int[64];
    private int _first;

    public int Count { get; private set; }

    public int First => _ring[_first];

    public void Add(int id)
    {
        Grow();
        _ring[(_first + Count) & (_ring.Length - 1)] = id;
        Count++;
    }

    public void AddFirst(int id)
    {
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

    private void Grow()
    {
        if (Count < _ring.Length)
        {
            return;
        }

        int[] larger = new int[2 * _ring.Length];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }

        (_ring, _first) = (larger, 0);
    }
}
