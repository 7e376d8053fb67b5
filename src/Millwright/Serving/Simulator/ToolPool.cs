using Millwright.Applications.Tasks;
using Millwright.Numerics;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>
/// Sandboxes and CPU cores on which tools of agents run: first come, first served. A use takes one sandbox and its cores from start to end, all tries included; while the first in line does not fit, those
/// behind it wait too. Times of all uses are known when they come, so that the end of each is known at once: the pool keeps a heap of the ends of those that run.
/// </summary>
public sealed class ToolPool
{
    private const int MillicoresOfCore = 1000;

    private readonly PriorityQueue<long, long> _running = new();
    private readonly ToolTally[] _tallies;
    private readonly long? _sandboxes;
    private readonly long? _millicores;
    private long _freeSandboxes;
    private long _freeMillicores;
    private long _lastTime;
    private long _lastStart;

    /// <summary>An idle pool.</summary>
    /// <param name="sandboxes">Uses at once, at least 1; null for as many as come.</param>
    /// <param name="cores">CPU cores, above 0; null for as many as are asked for.</param>
    /// <param name="kinds">Kinds of tools, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument outside its range.</exception>
    public ToolPool(int? sandboxes = null, double? cores = null, int kinds = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sandboxes ?? 1, 1, nameof(sandboxes));
        ArgumentOutOfRangeException.ThrowIfNegative(kinds);
        if (cores is not (null or (> 0 and <= 1e9)))
        {
            throw new ArgumentOutOfRangeException(nameof(cores), cores, "a pool has more than 0 cores and at most 1e9");
        }

        _sandboxes = sandboxes;
        _millicores = cores is { } given ? Millicores(given) : null;
        (_freeSandboxes, _freeMillicores) = (_sandboxes ?? long.MaxValue, _millicores ?? long.MaxValue);
        _tallies = new ToolTally[kinds];
    }

    /// <summary>Sandboxes; null for as many as come.</summary>
    public int? Sandboxes => (int?)_sandboxes;

    /// <summary>CPU cores; null for as many as are asked for.</summary>
    public double? Cores => _millicores / (double)MillicoresOfCore;

    /// <summary>All uses summed.</summary>
    public ToolTally Total { get; private set; }

    /// <summary>Uses by kind.</summary>
    public ReadOnlySpan<ToolTally> Kinds => _tallies;

    /// <summary>Waits for a sandbox and cores, ps, those of 0 included.</summary>
    public QuantileSketch Waiting { get; } = new();

    /// <summary>Greatest number of sandboxes in use at once; counted where sandboxes or cores are limited, else 0.</summary>
    public int MostBusy { get; private set; }

    /// <summary>Starts a use, at once or when there is room for it.</summary>
    /// <param name="timePicoseconds">When it comes, ps; never before the last.</param>
    /// <param name="use">The use.</param>
    /// <returns>When it ends, ps.</returns>
    /// <exception cref="ArgumentException">It comes before the last, or asks for more cores than the pool has.</exception>
    public long Start(long timePicoseconds, in ToolUse use)
    {
        if (timePicoseconds < _lastTime)
        {
            throw new ArgumentException($"a tool use at {timePicoseconds} ps comes after one at {_lastTime} ps; uses must come in order of time", nameof(timePicoseconds));
        }

        long millicores = Millicores(use.Cores);
        if (millicores > _millicores)
        {
            throw new ArgumentException($"a tool needs {use.Cores} cores, and the sandboxes have {Cores}; give them more", nameof(use));
        }

        _lastTime = timePicoseconds;
        long start = timePicoseconds;
        if (_sandboxes is not null || _millicores is not null)
        {
            start = Math.Max(start, _lastStart);
            Free(start);
            while (_freeSandboxes == 0 || _freeMillicores < millicores)
            {
                _running.TryPeek(out _, out start);
                Free(start);
            }

            _lastStart = start;
            _freeSandboxes--;
            _freeMillicores -= millicores;
            _running.Enqueue(millicores, start + use.Picoseconds);
            MostBusy = Math.Max(MostBusy, _running.Count);
        }

        long waited = start - timePicoseconds;
        Waiting.Add(waited);
        ToolTally tally = new(1, use.Tries, use.Failures, use.Failed ? 1 : 0, use.Picoseconds, WideInteger.Product(millicores, use.Picoseconds), waited);
        Total += tally;
        if (use.Kind < _tallies.Length)
        {
            _tallies[use.Kind] += tally;
        }

        return start + use.Picoseconds;
    }

    internal static long Millicores(double cores) => (long)Math.Round(cores * MillicoresOfCore);

    // limits that are not there never run out
    private void Free(long time)
    {
        while (_running.TryPeek(out long millicores, out long end) && end <= time)
        {
            _running.Dequeue();
            _freeSandboxes++;
            _freeMillicores += millicores;
        }
    }
}

/// <summary>Tool uses, summed.</summary>
/// <param name="Uses">Uses.</param>
/// <param name="Tries">Tries.</param>
/// <param name="Failures">Tries that failed.</param>
/// <param name="FailedUses">Uses whose last try failed.</param>
/// <param name="BusyPicoseconds">Time on sandboxes, ps.</param>
/// <param name="MillicorePicoseconds">Thousandths of cores x time, ps.</param>
/// <param name="WaitingPicoseconds">Time of waiting for a sandbox and cores, ps.</param>
public readonly record struct ToolTally(
    long Uses, long Tries, long Failures, long FailedUses, WideInteger BusyPicoseconds, WideInteger MillicorePicoseconds, WideInteger WaitingPicoseconds)
{
    /// <summary>Tries after the first of each use.</summary>
    public long Retries => Tries - Uses;

    /// <summary>Time on sandboxes, s.</summary>
    public double BusySeconds => SimulatedTime.ToSeconds(BusyPicoseconds);

    /// <summary>Core-seconds.</summary>
    public double CoreSeconds => SimulatedTime.ToSeconds(MillicorePicoseconds) / 1000;

    /// <summary>Time of waiting, s.</summary>
    public double WaitingSeconds => SimulatedTime.ToSeconds(WaitingPicoseconds);

    /// <summary>Both together.</summary>
    public static ToolTally operator +(ToolTally left, ToolTally right) => new(
        left.Uses + right.Uses, left.Tries + right.Tries, left.Failures + right.Failures, left.FailedUses + right.FailedUses, left.BusyPicoseconds + right.BusyPicoseconds,
        left.MillicorePicoseconds + right.MillicorePicoseconds, left.WaitingPicoseconds + right.WaitingPicoseconds);
}
