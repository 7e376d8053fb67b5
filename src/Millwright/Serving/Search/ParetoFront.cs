using System.Collections;

namespace Millwright.Serving.Search;

/// <summary>A deployment at one load, compactly.</summary>
/// <param name="Kind">Where <paramref name="Index"/> and <paramref name="Other"/> point.</param>
/// <param name="Index">The deployment; for pools apart or split the prefill worker.</param>
/// <param name="Other">For pools apart or split the decode worker; else 0.</param>
/// <param name="PrefillWorkers">Prefill replicas of a unit; 0 for pools together.</param>
/// <param name="DecodeWorkers">Decode replicas of a unit, or 1.</param>
/// <param name="Chips">Chips of one replica, or of one unit of pools.</param>
/// <param name="Batch">Sequences that decode together on a replica.</param>
/// <param name="TokenSeconds">Time per output token, s.</param>
/// <param name="FirstTokenSeconds">Time to first token, s.</param>
/// <param name="RequestsPerSecond">Requests a second of a replica or unit.</param>
/// <param name="PerChip">Output tokens a second and chip at full load.</param>
/// <param name="JoulesPerToken">Energy of the chips for an output token, J.</param>
internal readonly record struct Spot(
    PoolKind Kind,
    int Index,
    int Other,
    int PrefillWorkers,
    int DecodeWorkers,
    int Chips,
    double Batch,
    double TokenSeconds,
    double FirstTokenSeconds,
    double RequestsPerSecond,
    double PerChip,
    double JoulesPerToken)
{
    /// <summary>Output tokens a second that one user sees.</summary>
    public double PerUser => 1 / TokenSeconds;

    /// <summary>A fixed order of spots that are as good: the sooner first token first, then few chips, then as listed.</summary>
    public static int Order(in Spot a, in Spot b)
    {
        int order = a.FirstTokenSeconds.CompareTo(b.FirstTokenSeconds);
        order = order != 0 ? order : a.Chips.CompareTo(b.Chips);
        order = order != 0 ? order : a.Kind.CompareTo(b.Kind);
        order = order != 0 ? order : a.Index.CompareTo(b.Index);
        order = order != 0 ? order : a.Other.CompareTo(b.Other);
        order = order != 0 ? order : a.DecodeWorkers.CompareTo(b.DecodeWorkers);
        order = order != 0 ? order : a.PrefillWorkers.CompareTo(b.PrefillWorkers);
        return order != 0 ? order : a.Batch.CompareTo(b.Batch);
    }
}

/// <summary>Spots of which none is beaten in output for a user and in output for a chip at once, from the fastest for a user to the slowest.</summary>
internal sealed class ParetoFront : IReadOnlyList<Spot>
{
    private readonly List<Spot> _spots = [];

    public int Count => _spots.Count;

    public Spot this[int index] => _spots[index];

    /// <summary>True when some spot is as good in both and better in one.</summary>
    public bool Beats(double perUser, double perChip)
    {
        int at = FirstSlowerThan(perUser);
        if (at == 0)
        {
            return false;
        }

        // of the spots at least as fast for a user, the last has the most for a chip
        Spot best = _spots[at - 1];
        return best.PerChip > perChip || (best.PerChip == perChip && best.PerUser > perUser);
    }

    /// <summary>True when a spot is as good in both.</summary>
    public bool Holds(double perUser, double perChip)
    {
        int at = FirstSlowerThan(perUser);
        return at > 0 && _spots[at - 1].PerUser == perUser && _spots[at - 1].PerChip == perChip;
    }

    /// <summary>Adds a spot unless it is beaten, and drops those that it beats. Of equal spots the first in order stays.</summary>
    public void Add(in Spot spot)
    {
        if (!(spot.PerChip > 0) || !double.IsFinite(spot.PerChip) || Beats(spot.PerUser, spot.PerChip))
        {
            return;
        }

        int at = FirstSlowerThan(spot.PerUser);
        if (at > 0 && _spots[at - 1].PerUser == spot.PerUser && _spots[at - 1].PerChip == spot.PerChip)
        {
            if (Spot.Order(spot, _spots[at - 1]) < 0)
            {
                _spots[at - 1] = spot;
            }

            return;
        }

        // an equal speed with less for a chip stands right before
        int from = at > 0 && _spots[at - 1].PerUser == spot.PerUser ? at - 1 : at;
        int to = at;
        while (to < _spots.Count && _spots[to].PerChip <= spot.PerChip)
        {
            to++;
        }

        _spots.RemoveRange(from, to - from);
        _spots.Insert(from, spot);
    }

    public IEnumerator<Spot> GetEnumerator() => _spots.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _spots.GetEnumerator();

    private int FirstSlowerThan(double perUser)
    {
        int low = 0;
        int high = _spots.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            (low, high) = _spots[middle].PerUser >= perUser ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
