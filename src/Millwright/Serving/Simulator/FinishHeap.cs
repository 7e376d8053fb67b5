namespace Millwright.Serving.Simulator;

/// <summary>Slots by the step in which they finish, then by request: the first in front. Holds no more than it was made for and allocates nothing.</summary>
internal sealed class FinishHeap(int capacity, long[] finish, int[] request)
{
    private readonly int[] _heap = new int[capacity];

    public int Count { get; private set; }

    public int First => _heap[0];

    public void Add(int slot)
    {
        int place = Count++;
        while (place > 0 && IsBefore(slot, _heap[(place - 1) / 2]))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _heap[place] = slot;
    }

    public int RemoveFirst()
    {
        int first = _heap[0];
        RemoveAt(0);
        return first;
    }

    /// <summary>Takes a slot out, wherever it is.</summary>
    public void Remove(int slot) => RemoveAt(Array.IndexOf(_heap, slot, 0, Count));

    private void RemoveAt(int place)
    {
        int moved = _heap[--Count];
        if (place == Count)
        {
            return;
        }

        // up where it is earlier than its parent, else down
        while (place > 0 && IsBefore(moved, _heap[(place - 1) / 2]))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        while (true)
        {
            int child = 2 * place + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], moved))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = moved;
    }

    private bool IsBefore(int a, int b) => finish[a] < finish[b] || (finish[a] == finish[b] && request[a] < request[b]);
}
