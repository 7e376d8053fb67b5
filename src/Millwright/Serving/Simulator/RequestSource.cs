using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Where the requests of a simulation come from, as time goes on.</summary>
internal abstract class RequestSource
{
    /// <summary>When the next requests come, or the source has something else to do, ps; never when it waits for requests to end.</summary>
    public abstract long NextTime { get; }

    /// <summary>Goes on to a time.</summary>
    /// <param name="time">The time, ps: that of <see cref="NextTime"/>.</param>
    /// <param name="come">Takes the requests that come now, in order.</param>
    public abstract void Advance(long time, List<int> come);

    /// <summary>Tells that a request has ended, whatever became of it.</summary>
    /// <param name="id">The request.</param>
    /// <param name="time">The time, ps.</param>
    public virtual void Ended(int id, long time)
    {
    }
}

/// <summary>Requests at their own times: all of them, or a piece at a time.</summary>
/// <param name="plan">The fleets.</param>
/// <param name="table">The requests.</param>
/// <param name="intake">Where the next piece comes from; null where all are there.</param>
/// <param name="progress">Told the share that was read of an intake.</param>
internal sealed class OpenSource(ServicePlan plan, RequestTable table, RequestIntake? intake, IProgress<double>? progress) : RequestSource
{
    private int _next;
    private bool _more = intake is not null;

    public override long NextTime
    {
        get
        {
            while (_next >= table.Count && _more)
            {
                intake!.Release(table);
                _more = intake.Fill(table, plan);
                progress?.Report(intake.ShareRead?.Invoke(table) ?? 0);
            }

            return _next < table.Count ? table.ArrivalPicoseconds[_next] : SimulatedTime.Never;
        }
    }

    public override void Advance(long time, List<int> come)
    {
        while (NextTime <= time)
        {
            come.Add(_next++);
        }
    }
}

/// <summary>A closed loop: so many requests are under way, and each that ends lets the next one come at once.</summary>
internal sealed class ClosedSource(RequestTable table, int concurrency) : RequestSource
{
    private int _next;
    private int _open = concurrency;
    private long _time;

    public override long NextTime => _open > 0 && _next < table.Count ? _time : SimulatedTime.Never;

    public override void Advance(long time, List<int> come)
    {
        for (; _open > 0 && _next < table.Count; _open--)
        {
            table.Arrive(_next, time);
            come.Add(_next++);
        }
    }

    public override void Ended(int id, long time)
    {
        _open++;
        _time = time;
    }
}
