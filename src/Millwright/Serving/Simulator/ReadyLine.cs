using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Requests on their way to an engine, with the time at which it can look at each: a ring, first in, first out.</summary>
internal sealed class ReadyLine
{
    private int[] _requests = new int[64];
    private long[] _ready = new long[64];
    private int _first;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>When the engine can look at the first one, ps; never without any.</summary>
    public long NextReady { get; private set; } = SimulatedTime.Never;

    /// <summary>Adds one at the end.</summary>
    public void Add(int id, long ready)
    {
        if (Count == _requests.Length)
        {
            Grow();
        }

        int place = (_first + Count) & (_requests.Length - 1);
        _requests[place] = id;
        _ready[place] = ready;
        NextReady = Count++ == 0 ? ready : NextReady;
    }

    /// <summary>Takes the first one; there is one.</summary>
    public int Take()
    {
        int id = _requests[_first];
        _first = (_first + 1) & (_requests.Length - 1);
        NextReady = --Count == 0 ? SimulatedTime.Never : _ready[_first];
        return id;
    }

    private void Grow()
    {
        int[] requests = new int[2 * Count];
        long[] ready = new long[2 * Count];
        int tail = Count - _first;
        Array.Copy(_requests, _first, requests, 0, tail);
        Array.Copy(_requests, 0, requests, tail, _first);
        Array.Copy(_ready, _first, ready, 0, tail);
        Array.Copy(_ready, 0, ready, tail, _first);
        (_requests, _ready, _first) = (requests, ready, 0);
    }
}
