namespace Millwright.Performance.Profiles;

/// <summary>
/// Measured time of one attention call over a prompt chunk with its prefix and decoding sequences of one context: linear between points in each of the
/// four, as its work is (a chunk's own square bends between points that are apart by a factor of 1.5, which costs under 1 %). The points need not
/// form a grid: each chunk has its own prefixes, each of these its own numbers of sequences, and these their own contexts. Immutable.
/// </summary>
public sealed class AttentionTable
{
    private readonly Node _pure;
    private readonly Node? _mixed;

    /// <summary>Makes a table.</summary>
    /// <param name="rows">Rows: tokens of the chunk (0 for none), its prefix, decoding sequences, their context, time, s.</param>
    /// <exception cref="ArgumentException">No row of decoding sequences alone, or two rows of one point.</exception>
    public AttentionTable(IReadOnlyList<AttentionRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        AttentionRow[] sorted = [.. rows.OrderBy(static r => r.Chunk).ThenBy(static r => r.Prefix).ThenBy(static r => r.Sequences).ThenBy(static r => r.Context)];
        int alone = sorted.TakeWhile(static r => r.Chunk == 0).Count();
        if (alone == 0)
        {
            throw new ArgumentException("no row of decoding sequences alone (prefill_chunk 0)", nameof(rows));
        }

        _pure = Node.Of(sorted.AsSpan(0, alone), 2);
        _mixed = alone < sorted.Length ? Node.Of(sorted.AsSpan(alone), 0) : null;
    }

    /// <summary>Smallest chunk of a prompt that was measured; 0 for none.</summary>
    public double LeastChunk => _mixed is null ? 0 : _mixed.Keys[0];

    /// <summary>Time of a call, s.</summary>
    /// <param name="chunk">New prompt tokens, 0 for none.</param>
    /// <param name="prefix">Tokens in the cache before them.</param>
    /// <param name="sequences">Decoding sequences beside them.</param>
    /// <param name="context">Context of each of these, tokens.</param>
    /// <returns>Seconds; 0 for nothing to do.</returns>
    public double At(double chunk, double prefix, double sequences, double context)
    {
        if (chunk <= 0 || _mixed is null)
        {
            return sequences > 0 ? _pure.At(stackalloc double[] { sequences, context }) : 0;
        }

        return _mixed.At(stackalloc double[] { chunk, prefix, sequences, sequences > 0 ? context : 0 });
    }

    /// <summary>Time over the context of so many sequences that decode alone.</summary>
    /// <param name="sequences">Sequences, at least 1.</param>
    /// <returns>The table: its points are those of the measured numbers of sequences around.</returns>
    public LayerTable Decode(int sequences)
    {
        int cell = LayerTable.CellOf(_pure.Keys, sequences);
        int first = Math.Clamp(cell, 0, Math.Max(0, _pure.Keys.Length - 2));
        SortedSet<double> contexts = [.. _pure.Children![first].Keys];
        if (_pure.Keys.Length > 1)
        {
            contexts.UnionWith(_pure.Children[first + 1].Keys);
        }

        return new LayerTable(contexts.Select(context => (context, At(0, 0, sequences, context))));
    }

    // rows of one value of the coordinates before, by the next coordinate
    private sealed class Node
    {
        public required double[] Keys { get; init; }

        public Node[]? Children { get; init; }

        public double[]? Seconds { get; init; }

        public static Node Of(ReadOnlySpan<AttentionRow> rows, int axis)
        {
            List<double> keys = [];
            List<Node> children = [];
            List<double> seconds = [];
            for (int from = 0; from < rows.Length;)
            {
                double key = rows[from].Coordinate(axis);
                int to = from + 1;
                while (to < rows.Length && rows[to].Coordinate(axis) == key)
                {
                    to++;
                }

                keys.Add(key);
                if (axis < 3)
                {
                    children.Add(Of(rows[from..to], axis + 1));
                }
                else if (to > from + 1)
                {
                    throw new ArgumentException($"two times for {rows[from].Chunk}, {rows[from].Prefix}, {rows[from].Sequences}, {rows[from].Context}", nameof(rows));
                }
                else
                {
                    seconds.Add(rows[from].Seconds);
                }

                from = to;
            }

            return new Node { Keys = [.. keys], Children = axis < 3 ? [.. children] : null, Seconds = axis < 3 ? null : [.. seconds] };
        }

        public double At(ReadOnlySpan<double> point)
        {
            double[] keys = Keys;
            double x = point[0];
            ReadOnlySpan<double> rest = point[1..];
            int cell = LayerTable.CellOf(keys, x);
            if (cell < 0 || keys.Length == 1)
            {
                return Value(0, rest);
            }

            int low = Math.Min(cell, keys.Length - 2);
            double below = Value(low, rest);
            if (keys[low] == x)
            {
                return below;
            }

            double above = Value(low + 1, rest);
            double share = (x - keys[low]) / (keys[low + 1] - keys[low]);
            return share <= 1 ? below + (above - below) * share : above + Math.Max(0, above - below) * (share - 1);
        }

        private double Value(int index, ReadOnlySpan<double> rest) => Children is { } children ? children[index].At(rest) : Seconds![index];
    }
}

/// <summary>A measured attention call.</summary>
/// <param name="Chunk">New prompt tokens, 0 for none.</param>
/// <param name="Prefix">Tokens in the cache before them.</param>
/// <param name="Sequences">Decoding sequences beside them.</param>
/// <param name="Context">Context of each, tokens.</param>
/// <param name="Seconds">Time, s.</param>
public readonly record struct AttentionRow(double Chunk, double Prefix, double Sequences, double Context, double Seconds)
{
    internal double Coordinate(int axis) => axis switch { 0 => Chunk, 1 => Prefix, 2 => Sequences, _ => Context };
}
