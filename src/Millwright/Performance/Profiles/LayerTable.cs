namespace Millwright.Performance.Profiles;

/// <summary>
/// A measured time over one count: a straight line between measured points, since a kernel's work is linear in what it moves and computes; the first
/// point's time below it, since a launch has a floor; the last line beyond the last point. Immutable.
/// </summary>
public sealed class LayerTable
{
    private readonly double[] _counts;
    private readonly double[] _seconds;

    /// <summary>Makes a table.</summary>
    /// <param name="points">Count and time, s, in any order; at least one.</param>
    /// <exception cref="ArgumentException">No point, or two of one count.</exception>
    public LayerTable(IEnumerable<(double Count, double Seconds)> points)
    {
        (double Count, double Seconds)[] sorted = [.. points.OrderBy(static p => p.Count)];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("no points", nameof(points));
        }

        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Count == sorted[i - 1].Count)
            {
                throw new ArgumentException($"two times for {sorted[i].Count}", nameof(points));
            }
        }

        _counts = [.. sorted.Select(static p => p.Count)];
        _seconds = [.. sorted.Select(static p => p.Seconds)];
    }

    internal ReadOnlySpan<double> Counts => _counts;

    internal ReadOnlySpan<double> Seconds => _seconds;

    /// <summary>Time of a count, s.</summary>
    /// <param name="count">The count.</param>
    /// <returns>Seconds.</returns>
    public double At(double count)
    {
        int cell = CellOf(_counts, count);
        return cell < 0 ? _seconds[0] : _seconds[cell] + SlopeOf(cell) * (count - _counts[cell]);
    }

    /// <summary>Slope of a cell, s for one more; 0 before the first point, and no fall beyond the last.</summary>
    internal double SlopeOf(int cell)
    {
        int last = _counts.Length - 1;
        if (cell < 0 || last == 0)
        {
            return 0;
        }

        return cell < last
            ? (_seconds[cell + 1] - _seconds[cell]) / (_counts[cell + 1] - _counts[cell])
            : Math.Max(0, (_seconds[last] - _seconds[last - 1]) / (_counts[last] - _counts[last - 1]));
    }

    /// <summary>The last point at or before a count; -1 for none.</summary>
    internal static int CellOf(ReadOnlySpan<double> counts, double count)
    {
        int low = -1;
        int high = counts.Length;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (counts[middle] <= count)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
