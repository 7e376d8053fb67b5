using Millwright.Numerics;

namespace Millwright.Serving.Simulator;

/// <summary>
/// The course of running and waiting requests and of the cache over time, in a fixed number of spans: when they are used up, two become one. Means over
/// the time in steps of each span.
/// </summary>
public sealed class StateSeries
{
    /// <summary>Spans.</summary>
    public const int Spans = 512;

    private const long FirstWidth = 1_000_000_000;

    private readonly WideInteger[] _busy = new WideInteger[Spans];
    private readonly WideInteger[] _running = new WideInteger[Spans];
    private readonly WideInteger[] _waiting = new WideInteger[Spans];
    private readonly WideInteger[] _blocks = new WideInteger[Spans];

    /// <summary>Width of a span, ps: a power of two of milliseconds.</summary>
    public long WidthPicoseconds { get; private set; } = FirstWidth;

    /// <summary>Spans that hold something.</summary>
    public int Used { get; private set; }

    /// <summary>Adds a state.</summary>
    /// <param name="from">When it began, ps.</param>
    /// <param name="duration">How long it lasted, ps.</param>
    /// <param name="running">Running requests.</param>
    /// <param name="waiting">Waiting requests.</param>
    /// <param name="blocks">Cache blocks in use.</param>
    public void Add(long from, long duration, int running, int waiting, long blocks)
    {
        long end = from + duration;
        while (end > WidthPicoseconds * Spans)
        {
            Halve();
        }

        while (duration > 0)
        {
            int span = (int)(from / WidthPicoseconds);
            long inside = Math.Min(duration, (span + 1) * WidthPicoseconds - from);
            _busy[span] += inside;
            _running[span] += WideInteger.Product(running, inside);
            _waiting[span] += WideInteger.Product(waiting, inside);
            _blocks[span] += WideInteger.Product(blocks, inside);
            Used = Math.Max(Used, span + 1);
            from += inside;
            duration -= inside;
        }
    }

    /// <summary>Adds the course of another replica.</summary>
    /// <param name="other">The other.</param>
    public void Merge(StateSeries other)
    {
        ArgumentNullException.ThrowIfNull(other);
        while (WidthPicoseconds < other.WidthPicoseconds)
        {
            Halve();
        }

        int step = (int)(WidthPicoseconds / other.WidthPicoseconds);
        for (int i = 0; i < other.Used; i++)
        {
            _busy[i / step] += other._busy[i];
            _running[i / step] += other._running[i];
            _waiting[i / step] += other._waiting[i];
            _blocks[i / step] += other._blocks[i];
            Used = Math.Max(Used, i / step + 1);
        }
    }

    /// <summary>The states in order.</summary>
    /// <returns>Middle of each span in seconds, share of the time in steps, and means over all time.</returns>
    public IEnumerable<StatePoint> Points()
    {
        for (int i = 0; i < Used; i++)
        {
            double width = WidthPicoseconds;
            yield return new StatePoint((i + 0.5) * width / 1e12, (double)_busy[i] / width, (double)_running[i] / width, (double)_waiting[i] / width, (double)_blocks[i] / width);
        }
    }

    private void Halve()
    {
        foreach (WideInteger[] column in (WideInteger[][])[_busy, _running, _waiting, _blocks])
        {
            for (int i = 0; i < Spans; i++)
            {
                column[i] = 2 * i < Spans ? column[2 * i] + column[2 * i + 1] : 0;
            }
        }

        WidthPicoseconds *= 2;
        Used = (Used + 1) / 2;
    }
}

/// <summary>The state of replicas in a span of time.</summary>
/// <param name="Seconds">Middle of the span, s.</param>
/// <param name="Busy">Replicas in a step, mean.</param>
/// <param name="Running">Running requests, mean.</param>
/// <param name="Waiting">Waiting requests, mean.</param>
/// <param name="Blocks">Cache blocks in use, mean.</param>
public readonly record struct StatePoint(double Seconds, double Busy, double Running, double Waiting, double Blocks);
