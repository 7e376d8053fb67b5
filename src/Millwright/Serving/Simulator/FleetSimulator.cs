using Millwright.Applications.Tasks;
using Millwright.Numerics;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Runs requests through replicas behind a router.</summary>
public static class FleetSimulator
{
    private static readonly ulong s_route = RandomStream.KeyOf("simulator.route");

    /// <summary>Runs one fleet to the end of all requests.</summary>
    /// <param name="plan">The replicas and their router.</param>
    /// <param name="requests">Requests in order of arrival; gets what becomes of them.</param>
    /// <param name="progress">Share of the requests that are done.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">Arrivals that go back in time.</exception>
    public static FleetRun Run(FleetPlan plan, RequestTable requests, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Run(new ServicePlan([plan]) { Concurrency = plan.Concurrency }, requests, progress, cancellation);
    }

    /// <summary>Runs several fleets to the end of all requests.</summary>
    /// <param name="plan">The fleets and the door to them.</param>
    /// <param name="requests">Requests in order of arrival; gets what becomes of them.</param>
    /// <param name="progress">Share of the requests that are done.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">Arrivals that go back in time, or a plan that contradicts itself.</exception>
    public static FleetRun Run(ServicePlan plan, RequestTable requests, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(requests);
        CheckOrder(requests);
        return Run(plan, requests, null, progress, cancellation);
    }

    /// <summary>Runs to the end of all requests, which are read as they are needed and forgotten when they are done.</summary>
    /// <param name="plan">The replicas and their router.</param>
    /// <param name="intake">The requests.</param>
    /// <param name="progress">Share of the requests that were read.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened; its table holds the requests that were not forgotten.</returns>
    public static FleetRun Run(FleetPlan plan, RequestIntake intake, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Run(new ServicePlan([plan]) { Concurrency = plan.Concurrency }, intake, progress, cancellation);
    }

    /// <summary>Runs several fleets to the end of all requests, which are read as they are needed and forgotten when they are done.</summary>
    /// <param name="plan">The fleets and the door to them.</param>
    /// <param name="intake">The requests.</param>
    /// <param name="progress">Share of the requests that were read.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened; its table holds the requests that were not forgotten.</returns>
    public static FleetRun Run(ServicePlan plan, RequestIntake intake, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(intake);
        return Run(plan, new RequestTable(), intake, progress, cancellation);
    }

    /// <summary>Runs the calls of tasks to the end of all of them.</summary>
    /// <param name="plan">The fleets and the door to them.</param>
    /// <param name="tasks">The tasks in order of arrival.</param>
    /// <param name="planner">Leads tasks through the run; a new one, which then knows what became of them.</param>
    /// <param name="load">How they come.</param>
    /// <param name="progress">Share of the tasks that are done, where their number is known.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened; a request is a call.</returns>
    public static FleetRun Run(
        ServicePlan plan, ITaskStream tasks, TaskPlanner planner, TaskLoad load = default, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(planner);
        RequestTable requests = new();
        return Run(plan, requests, new TaskSource(requests, tasks, planner, load, progress), null, cancellation);
    }

    /// <summary>Runs fleets with requests whose times depend on what became of others.</summary>
    internal static FleetRun Run(ServicePlan plan, RequestTable requests, RequestSource source, DoneCount? done, CancellationToken cancellation)
    {
        foreach (FleetPlan fleet in plan.Fleets.SelectMany(static fleet => fleet.Pools))
        {
            Check(fleet);
        }

        IReadOnlyList<PoolRun> pools = new ServiceLoop(plan, requests, source, done, cancellation).Run();
        return ResultOf(requests, pools, isWhole: source.NextTime == SimulatedTime.Never, cancellation);
    }

    private static FleetRun Run(ServicePlan plan, RequestTable requests, RequestIntake? intake, IProgress<double>? progress, CancellationToken cancellation)
    {
        FleetRun run;
        if (plan.Concurrency is { } concurrency)
        {
            while (intake?.Fill(requests, plan) == true && !cancellation.IsCancellationRequested)
            {
                progress?.Report(intake.ShareRead?.Invoke(requests) ?? 0);
            }

            DoneCount done = new(requests.Count, progress);
            run = plan.IsApart
                ? RunApart(plan.Fleets[0], requests, monitors => RunClosed(plan.Fleets[0], requests, monitors, concurrency, done, cancellation), cancellation)
                : Run(plan, requests, new ClosedSource(requests, concurrency), done, cancellation);
        }
        else
        {
            run = plan.IsApart
                ? RunApart(plan.Fleets[0], requests, monitors => RunOpen(plan, requests, monitors, intake, progress, cancellation), cancellation)
                : Run(plan, requests, new OpenSource(plan, requests, intake, progress), intake is null ? new DoneCount(requests.Count, progress) : null, cancellation);
        }

        if (plan.Concurrency is null)
        {
            intake?.Release(requests);
        }

        intake?.End(requests);
        return run;
    }

    private static FleetRun RunApart(FleetPlan fleet, RequestTable requests, Func<ReplicaMonitor[], bool> run, CancellationToken cancellation)
    {
        Check(fleet);
        ReplicaMonitor[] monitors = new ReplicaMonitor[fleet.Replicas];
        for (int i = 0; i < monitors.Length; i++)
        {
            monitors[i] = MonitorOf(fleet);
        }

        bool isWhole = run(monitors);
        return ResultOf(requests, [new PoolRun(fleet, Merged(monitors), monitors)], isWhole, cancellation);
    }

    private static FleetRun ResultOf(RequestTable requests, IReadOnlyList<PoolRun> pools, bool isWhole, CancellationToken cancellation)
    {
        ReplicaMonitor all = pools.Count == 1 ? pools[0].Monitor : Merged([.. pools.Select(static pool => pool.Monitor)]);
        return new FleetRun(requests, all, pools, cancellation.IsCancellationRequested && (!isWhole || all.Finished + all.Refused < requests.Count));
    }

    private static void Check(FleetPlan fleet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fleet.Replicas, 1, nameof(fleet));
        ArgumentOutOfRangeException.ThrowIfLessThan(fleet.Engines, 1, nameof(fleet));
        if (fleet.Scaling is { } scaling && (scaling.Least < 1 || scaling.Least > fleet.Replicas || scaling.IntervalPicoseconds < 1 || !(scaling.TargetOutstanding > 0)))
        {
            throw new ArgumentException("scaling needs from 1 to the most replicas, a target above 0 and a time between decisions", nameof(fleet));
        }

        if (fleet.Decode is not null && (fleet.Link is null || fleet.Engines > 1 || fleet.Decode.Engines > 1))
        {
            throw new ArgumentException("prefill and decode apart need a link, and replicas of one engine each", nameof(fleet));
        }
    }

    private static void CheckOrder(RequestTable requests)
    {
        RequestColumn<long> arrivals = requests.ArrivalPicoseconds;
        for (int i = 1; i < arrivals.Length; i++)
        {
            if (arrivals[i] < arrivals[i - 1])
            {
                throw new ArgumentException($"request {i} arrives before the one in front of it", nameof(requests));
            }
        }
    }

    internal static ReplicaMonitor Merged(IReadOnlyList<ReplicaMonitor> monitors)
    {
        if (monitors.Count == 1)
        {
            return monitors[0];
        }

        ReplicaMonitor all = new(monitors.Max(static monitor => monitor.DecodeSteps.Length - 1), monitors[0].Series is null ? null : new StateSeries());
        foreach (ReplicaMonitor monitor in monitors)
        {
            all.Merge(monitor);
        }

        return all;
    }

    internal static ReplicaMonitor MonitorOf(FleetPlan plan) => new(
        plan.Policy.MaxSequences, plan.KeepsSeries ? new StateSeries() : null, plan.KeptSteps > 0 ? new StepLog(plan.KeptSteps) : null, plan.ClassLimits.Count > 0 ? plan.ClassLimits : [plan.Limits ?? ServiceLimits.None]);

    internal static ISimulatedReplica ReplicaOf(FleetPlan plan, RequestTable requests, RequestFeed feed, ReplicaMonitor monitor, DoneCount? done, CancellationToken cancellation)
    {
        if (plan.Engines == 1)
        {
            return new ReplicaSimulator(plan.Clock, plan.Policy, requests, feed, monitor, done, !plan.EachStep, cancellation);
        }

        ReplicaSimulator[] engines = new ReplicaSimulator[plan.Engines];
        for (int i = 0; i < engines.Length; i++)
        {
            engines[i] = new ReplicaSimulator(plan.Clock, plan.Policy, requests, feed, monitor, done, leaps: false, cancellation);
        }

        return new LockstepReplica(plan.Clock, plan.Policy, feed, engines, cancellation);
    }

    // replicas that share nothing run beside each other, piece by piece or all at once; false when it was stopped before the last request was read
    private static bool RunOpen(
        ServicePlan plan, RequestTable requests, ReplicaMonitor[] monitors, RequestIntake? intake, IProgress<double>? progress, CancellationToken cancellation)
    {
        FleetPlan fleet = plan.Fleets[0];
        DoneCount? done = intake is null ? new DoneCount(requests.Count, progress) : null;
        OpenFeed[] feeds = new OpenFeed[fleet.Replicas];
        ISimulatedReplica[] replicas = new ISimulatedReplica[fleet.Replicas];
        for (int i = 0; i < replicas.Length; i++)
        {
            feeds[i] = new OpenFeed(requests, fleet.Policy);
            replicas[i] = ReplicaOf(fleet, requests, feeds[i], monitors[i], done, cancellation);
        }

        RandomStream random = new(fleet.Seed);
        int from = 0;
        bool more = true;
        while (more && !cancellation.IsCancellationRequested)
        {
            more = intake?.Fill(requests, plan) == true;
            for (int id = from; id < requests.Count; id++)
            {
                feeds[fleet.Router == RouterKind.Random && fleet.Replicas > 1 ? Drawn(random, s_route, id, fleet.Replicas) : id % fleet.Replicas].Add(id);
            }

            // what comes after the piece comes no sooner than its last request: steps that begin before that know all that they need
            long limit = more ? requests.LastArrivalPicoseconds : SimulatedTime.Never;
            Side(fleet, i => replicas[i].RunUntil(limit));
            from = requests.Count;
            if (intake is not null)
            {
                intake.Release(requests);
                progress?.Report(intake.ShareRead?.Invoke(requests) ?? 0);
            }
        }

        return !more;
    }

    private static bool RunClosed(FleetPlan plan, RequestTable requests, ReplicaMonitor[] monitors, int concurrency, DoneCount done, CancellationToken cancellation)
    {
        Side(plan, i =>
        {
            // each replica keeps its own share under way; one without a share gets no request
            int used = Math.Min(plan.Replicas, concurrency);
            int share = concurrency / plan.Replicas + (i < concurrency % plan.Replicas ? 1 : 0);
            ClosedFeed feed = new(requests, plan.Policy, share == 0 ? [] : Every(i, used, requests.Count), share);
            ReplicaOf(plan, requests, feed, monitors[i], done, cancellation).RunUntil(SimulatedTime.Never);
        });
        return true;
    }

    private static void Side(FleetPlan plan, Action<int> run)
    {
        if (plan.Replicas == 1 || plan.Threads == 1)
        {
            for (int i = 0; i < plan.Replicas; i++)
            {
                run(i);
            }

            return;
        }

        Parallel.For(0, plan.Replicas, new ParallelOptions { MaxDegreeOfParallelism = plan.Threads }, run);
    }

    private static IEnumerable<int> Every(int first, int step, int count)
    {
        for (int id = first; id < count; id += step)
        {
            yield return id;
        }
    }

    internal static int Drawn(RandomStream random, ulong variable, long draw, int count) => Math.Min(count - 1, (int)(random.Uniform(variable, draw) * count));
}

/// <summary>Counts requests that are done, over threads.</summary>
internal sealed class DoneCount(int all, IProgress<double>? progress)
{
    private const int Between = 4096;

    private int _done;

    public void Add()
    {
        int done = Interlocked.Increment(ref _done);
        if (progress is not null && done % Between == 0)
        {
            progress.Report((double)done / all);
        }
    }
}
