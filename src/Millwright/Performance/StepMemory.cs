namespace Millwright.Performance;

/// <summary>
/// Times by four whole numbers: a table with places of its own rather than the runtime's, which would be compiled anew at each start of the program. Reading
/// takes no lock. Holds no more than a fixed number of times; those that come later are worked out each time.
/// </summary>
internal sealed class StepMemory
{
    private const int FirstPlaces = 1 << 8;
    private const int MostPlaces = 1 << 17;

    private readonly Lock _lock = new();
    private Entry[] _places = new Entry[FirstPlaces];
    private int _count;

    /// <summary>Looks a time up.</summary>
    /// <param name="key">The numbers.</param>
    /// <param name="value">The time.</param>
    /// <returns>False when it is not known.</returns>
    public bool TryGet(in StepKey key, out long value)
    {
        Entry[] places = Volatile.Read(ref _places);
        for (int place = key.Place(places.Length); ; place = (place + 1) & (places.Length - 1))
        {
            ref Entry entry = ref places[place];
            if (!Volatile.Read(ref entry.IsSet))
            {
                value = 0;
                return false;
            }

            if (entry.Key.IsSame(key))
            {
                value = entry.Value;
                return true;
            }
        }
    }

    /// <summary>Remembers a time, while there is room.</summary>
    /// <param name="key">The numbers.</param>
    /// <param name="value">The time: always the same for the same numbers.</param>
    public void Add(in StepKey key, long value)
    {
        // at least half of the places stay empty, so that a search ends soon
        if (Volatile.Read(ref _count) >= MostPlaces / 2)
        {
            return;
        }

        lock (_lock)
        {
            if (2 * _count >= _places.Length)
            {
                if (_places.Length >= MostPlaces)
                {
                    return;
                }

                Entry[] larger = new Entry[2 * _places.Length];
                foreach (Entry entry in _places)
                {
                    if (entry.IsSet)
                    {
                        Put(larger, entry.Key, entry.Value);
                    }
                }

                Volatile.Write(ref _places, larger);
            }

            _count += Put(_places, key, value) ? 1 : 0;
        }
    }

    private static bool Put(Entry[] places, in StepKey key, long value)
    {
        int place = key.Place(places.Length);
        while (places[place].IsSet)
        {
            if (places[place].Key.IsSame(key))
            {
                return false;
            }

            place = (place + 1) & (places.Length - 1);
        }

        ref Entry entry = ref places[place];
        entry.Key = key;
        entry.Value = value;

        // who sees this sees what was written before
        Volatile.Write(ref entry.IsSet, true);
        return true;
    }

    private struct Entry
    {
        public StepKey Key;
        public long Value;
        public bool IsSet;
    }
}

/// <summary>Four whole numbers that tell a step.</summary>
/// <param name="sequences">Decoding sequences.</param>
/// <param name="tokens">Prompt tokens.</param>
/// <param name="prefix">Mean tokens in front of them.</param>
/// <param name="prompts">Prompts.</param>
internal readonly struct StepKey(int sequences, int tokens, int prefix, int prompts)
{
    private readonly ulong _first = (ulong)(uint)sequences << 32 | (uint)tokens;
    private readonly ulong _second = (ulong)(uint)prefix << 32 | (uint)prompts;

    /// <summary>True for the same numbers.</summary>
    public bool IsSame(in StepKey other) => _first == other._first && _second == other._second;

    /// <summary>Where a search begins in so many places, a power of two.</summary>
    public int Place(int places)
    {
        ulong mixed = (_first ^ _second * 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        return (int)(mixed >> 40) & (places - 1);
    }
}
