using Millwright.Numerics;
using Millwright.Simulation;

namespace Millwright.Serving.Simulator;

/// <summary>Runs requests through replicas behind a router.</summary>
public static class FleetSimulator
{
    private static readonly ulong s_route = RandomStream.KeyOf("simulator.route");
    private static readonly ulong s_second = RandomStream.KeyOf("simulator.route.second");

    /// <summary>Runs to the end of all requests.</summary>
    /// <param name="plan">The replicas and their router.</param>
    /// <param name="requests">Requests in order of arrival; gets what becomes of them.</param>
    /// <param name="progress">Share of the requests that are done.</param>
    /// <param name="cancellation">Stops the run, which then is partial.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">Arrivals that go back in time.</exception>
    public static FleetRun Run(FleetPlan plan, RequestTable requests, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Replicas, 1, nameof(plan));
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Engines, 1, nameof(plan));
        RequestColumn<long> arrivals = requests.ArrivalPicoseconds;
        for (int i = 1; i < arrivals.Length; i++)
        {
            if (arrivals[i] < arrivals[i - 1])
            {
                throw new ArgumentException($"request {i} arrives before the one in front of it", nameof(requests));
            }
        }

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
        ArgumentNullException.ThrowIfNull(intake);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Replicas, 1, nameof(plan));
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Engines, 1, nameof(plan));
        return Run(plan, new RequestTable(), intake, progress, cancellation);
    }

    private static FleetRun Run(FleetPlan plan, RequestTable requests, RequestIntake? intake, IProgress<double>? progress, CancellationToken cancellation)
    {
        ReplicaMonitor[] monitors = new ReplicaMonitor[plan.Replicas];
        for (int i = 0; i < monitors.Length; i++)
        {
            monitors[i] = MonitorOf(plan);
        }

        bool isWhole = true;
        if (plan.Concurrency is { } concurrency)
        {
            while (intake?.Fill(requests, plan) == true && !cancellation.IsCancellationRequested)
            {
                progress?.Report(intake.ShareRead?.Invoke(requests) ?? 0);
            }

            RunClosed(plan, requests, monitors, concurrency, new DoneCount(requests.Count, progress), cancellation);
        }
        else
        {
            isWhole = RunOpen(plan, requests, monitors, intake, progress, cancellation);
        }

        intake?.End(requests);

        ReplicaMonitor all = monitors[0];
        if (monitors.Length > 1)
        {
            all = new ReplicaMonitor(plan.Policy.MaxSequences, plan.KeepsSeries ? new StateSeries() : null);
            foreach (ReplicaMonitor monitor in monitors)
            {
                all.Merge(monitor);
            }
        }

        return new FleetRun(requests, all, monitors, cancellation.IsCancellationRequested && (!isWhole || all.Finished + all.Refused < requests.Count));
    }

    private static ReplicaMonitor MonitorOf(FleetPlan plan) => new(
        plan.Policy.MaxSequences, plan.KeepsSeries ? new StateSeries() : null, plan.KeptSteps > 0 ? new StepLog(plan.KeptSteps) : null, plan.Limits);

    private static ISimulatedReplica ReplicaOf(FleetPlan plan, RequestTable requests, RequestFeed feed, ReplicaMonitor monitor, DoneCount? done, CancellationToken cancellation)
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

    // piece by piece, or all at once; false when it was stopped before the last request was read
    private static bool RunOpen(
        FleetPlan plan, RequestTable requests, ReplicaMonitor[] monitors, RequestIntake? intake, IProgress<double>? progress, CancellationToken cancellation)
    {
        DoneCount? done = intake is null ? new DoneCount(requests.Count, progress) : null;
        OpenFeed[] feeds = new OpenFeed[plan.Replicas];
        ISimulatedReplica[] replicas = new ISimulatedReplica[plan.Replicas];
        for (int i = 0; i < replicas.Length; i++)
        {
            feeds[i] = new OpenFeed(requests, plan.Policy);
            replicas[i] = ReplicaOf(plan, requests, feeds[i], monitors[i], done, cancellation);
        }

        bool looks = plan.Replicas > 1 && plan.Router is not (RouterKind.RoundRobin or RouterKind.Random);
        RandomStream random = new(plan.Seed);
        int from = 0;
        bool more = true;
        while (more && !cancellation.IsCancellationRequested)
        {
            more = intake?.Fill(requests, plan) == true;
            if (looks)
            {
                RouteTogether(plan, requests, from, feeds, replicas, random, cancellation);
            }
            else
            {
                for (int id = from; id < requests.Count; id++)
                {
                    feeds[plan.Router == RouterKind.Random ? Drawn(random, s_route, id, plan.Replicas) : id % plan.Replicas].Add(id);
                }
            }

            // what comes after the piece comes no sooner than its last request: steps that begin before that know all that they need
            long limit = more ? requests.LastArrivalPicoseconds : SimulatedTime.Never;
            if (!looks)
            {
                Side(plan, i => replicas[i].RunUntil(limit));
            }
            else if (!more)
            {
                foreach (ISimulatedReplica replica in replicas)
                {
                    replica.RunUntil(limit);
                }
            }

            from = requests.Count;
            if (intake is not null)
            {
                intake.Release(requests);
                progress?.Report(intake.ShareRead?.Invoke(requests) ?? 0);
            }
        }

        return !more;
    }

    private static void RunClosed(FleetPlan plan, RequestTable requests, ReplicaMonitor[] monitors, int concurrency, DoneCount done, CancellationToken cancellation) => Side(plan, i =>
    {
        // each replica keeps its own share under way; one without a share gets no request
        int used = Math.Min(plan.Replicas, concurrency);
        int share = concurrency / plan.Replicas + (i < concurrency % plan.Replicas ? 1 : 0);
        ClosedFeed feed = new(requests, plan.Policy, share == 0 ? [] : Every(i, used, requests.Count), share);
        ReplicaOf(plan, requests, feed, monitors[i], done, cancellation).RunUntil(SimulatedTime.Never);
    });

    // routers that look at the replicas need all of them at the time of each arrival
    private static void RouteTogether(
        FleetPlan plan, RequestTable requests, int from, OpenFeed[] feeds, ISimulatedReplica[] replicas, RandomStream random, CancellationToken cancellation)
    {
        for (int id = from; id < requests.Count && !cancellation.IsCancellationRequested; id++)
        {
            long time = requests.ArrivalPicoseconds[id];
            int chosen;
            if (plan.Router == RouterKind.PowerOfTwo)
            {
                chosen = Drawn(random, s_route, id, plan.Replicas);
                int other = (chosen + 1 + Drawn(random, s_second, id, plan.Replicas - 1)) % plan.Replicas;
                replicas[chosen].RunUntil(time);
                replicas[other].RunUntil(time);
                chosen = LoadOf(other) < LoadOf(chosen) || (LoadOf(other) == LoadOf(chosen) && other < chosen) ? other : chosen;
            }
            else
            {
                chosen = 0;
                for (int i = 0; i < replicas.Length; i++)
                {
                    replicas[i].RunUntil(time);
                    chosen = LoadOf(i) < LoadOf(chosen) ? i : chosen;
                }
            }

            feeds[chosen].Add(id);
        }

        int LoadOf(int i) => replicas[i].Outstanding + feeds[i].Count;
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

    private static int Drawn(RandomStream random, ulong variable, long draw, int count) => Math.Min(count - 1, (int)(random.Uniform(variable, draw) * count));
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
