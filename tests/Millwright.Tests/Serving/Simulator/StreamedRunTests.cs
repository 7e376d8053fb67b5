using CsCheck;
using Millwright.Applications;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Requests that are read and forgotten while the replicas run: the same to the last bit as all of them at once, in memory that does not grow.</summary>
public sealed class StreamedRunTests
{
    [Fact]
    public void Streamed_and_whole_runs_agree_bit_for_bit() => Gen.Select(SimulatorCases.AnyPlan, SimulatorCases.AnyLoad, Gen.Int[1, 9], Gen.Int[0, 20], Gen.Int[1, 3]).Holds(
        (plan, load, piece, kept, threads) =>
        {
            plan = plan with { Threads = threads, KeepsSeries = true, Limits = new ServiceLimits(0.05, 0.02) };
            FleetRun whole = SimulatorCases.Run(plan, SimulatorCases.Table(load));
            List<Row> rows = [];
            FleetRun streamed = FleetSimulator.Run(
                plan,
                new RequestIntake(new Load(load)) { PieceRequests = piece, KeptRequests = kept, Leaving = (requests, id) => rows.Add(Row.Of(requests, id)) },
                cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Range(0, load.Length).Select(id => Row.Of(whole.Requests, id)), rows);
            SimulatorCases.SameSums(whole, streamed);

            // those that wait and blocks in use are taken once for a sum of steps, and sums of steps end at a piece
            Assert.Equal(
                whole.Monitor.Series!.Points().Select(static point => point with { Waiting = 0, Blocks = 0 }),
                streamed.Monitor.Series!.Points().Select(static point => point with { Waiting = 0, Blocks = 0 }));
            Assert.Equal(
                (whole.Requests.Count, whole.Requests.AllInputTokens, whole.Requests.AllOutputTokens, whole.Monitor.LastPicoseconds, whole.Monitor.Good),
                (streamed.Requests.Count, streamed.Requests.AllInputTokens, streamed.Requests.AllOutputTokens, streamed.Monitor.LastPicoseconds, streamed.Monitor.Good));

            if (plan.Concurrency is null)
            {
                Assert.Equal(
                    (whole.Requests.FirstArrivalPicoseconds, whole.Requests.LastArrivalPicoseconds),
                    (streamed.Requests.FirstArrivalPicoseconds, streamed.Requests.LastArrivalPicoseconds));
            }

            // all are done, and forgotten, once more have come than are kept
            Assert.Equal(plan.Concurrency is null && load.Length > kept ? load.Length : 0, streamed.Requests.First);
        },
        iter: 2000);

    [Fact]
    public void Good_requests_are_those_within_both_limits() => Gen.Select(SimulatorCases.AnyPlan, SimulatorCases.AnyLoad, Gen.Double[0, 0.2], Gen.Double[0, 0.05]).Holds(
        (plan, load, first, perToken) =>
        {
            FleetRun run = SimulatorCases.Run(plan with { Limits = new ServiceLimits(first, perToken) }, SimulatorCases.Table(load));
            long good = 0;
            for (int i = 0; i < load.Length; i++)
            {
                long toFirst = run.Requests.FirstTokenPicoseconds[i] - run.Requests.ArrivalPicoseconds[i];
                long each = load[i].Output > 1 ? (run.Requests.LastTokenPicoseconds[i] - run.Requests.FirstTokenPicoseconds[i]) / (load[i].Output - 1) : 0;
                good += run.Requests.Status[i] == RequestStatus.Finished && SimulatedTime.ToSeconds(toFirst) <= first && SimulatedTime.ToSeconds(each) <= perToken ? 1 : 0;
            }

            Assert.Equal(good, run.Monitor.Good);
        },
        iter: 300);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(0.04999999999999999)]
    [InlineData(1e-12)]
    [InlineData(0)]
    [InlineData(86_399.123456789)]
    public void The_longest_time_within_a_limit_reads_as_no_more(double seconds)
    {
        long longest = ServiceLimits.LongestWithin(seconds);
        Assert.True(SimulatedTime.ToSeconds(longest) <= seconds);
        Assert.True(SimulatedTime.ToSeconds(longest + 1) > seconds);
        Assert.Equal(long.MaxValue, ServiceLimits.LongestWithin(double.PositiveInfinity));
        Assert.Equal(-1, ServiceLimits.LongestWithin(double.NaN));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Memory_does_not_grow_with_the_requests(int replicas)
    {
        FleetPlan plan = new(new Millwright.Performance.StepClock(SimulatorCases.Llama, SimulatorCases.Vllm.MaxSequences, SimulatorCases.MaxContext), SimulatorCases.Vllm, replicas);
        Allocated(plan, 60_000);
        long few = Allocated(plan, 60_000);
        long many = Allocated(plan, 600_000);
        Assert.True(many <= few + 100_000, $"60,000 requests allocate {few:#,0} bytes, ten times as many {many:#,0}");
    }

    [Fact]
    public void A_run_that_is_stopped_before_the_last_request_is_read_is_partial()
    {
        using CancellationTokenSource source = new();
        FleetPlan plan = new(new Millwright.Performance.StepClock(SimulatorCases.Llama, SimulatorCases.Vllm.MaxSequences, SimulatorCases.MaxContext), SimulatorCases.Vllm);
        FleetRun run = FleetSimulator.Run(
            plan,
            new RequestIntake(new Even(1000)) { PieceRequests = 100, KeptRequests = 0, ShareRead = requests => Stop(requests) },
            new Ignored(),
            source.Token);
        Assert.True(run.IsPartial);
        Assert.Equal(300, run.Requests.Count);
        Assert.InRange(run.Monitor.Finished, 1, 300);

        double Stop(RequestTable requests)
        {
            if (requests.Count == 300)
            {
                source.Cancel();
            }

            return 0;
        }
    }

    private static long Allocated(FleetPlan plan, int requests)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        FleetRun run = FleetSimulator.Run(plan, new RequestIntake(new Even(requests)) { KeptRequests = 0 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(requests, run.Monitor.Finished);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private readonly record struct Row(int Id, RequestStatus Status, long Arrival, long Scheduled, long First, long Last, int Input, int Output, int Preemptions)
    {
        public static Row Of(RequestTable requests, int id) => new(
            id,
            requests.Status[id],
            requests.ArrivalPicoseconds[id],
            requests.ScheduledPicoseconds[id],
            requests.FirstTokenPicoseconds[id],
            requests.LastTokenPicoseconds[id],
            requests.InputTokens[id],
            requests.OutputTokens[id],
            requests.Preemptions[id]);
    }

    private sealed class Load((long Gap, int Input, int Output)[] load) : IRequestStream
    {
        private int _next;
        private long _now;

        public int BlockTokens => 0;

        public ReadOnlySpan<ulong> PrefixBlocks => default;

        public bool TryRead(out TraceRequest request)
        {
            request = default;
            if (_next == load.Length)
            {
                return false;
            }

            (long gap, int input, int output) = load[_next++];
            _now += gap;
            request = new TraceRequest(_now, input, output);
            return true;
        }
    }

    // 20 requests a second, as even as can be
    private sealed class Even(int requests) : IRequestStream
    {
        private int _next;

        public int BlockTokens => 0;

        public ReadOnlySpan<ulong> PrefixBlocks => default;

        public bool TryRead(out TraceRequest request)
        {
            request = new TraceRequest(_next * (SimulatedTime.PerSecond / 20), 512, 128);
            return _next++ < requests;
        }
    }

    private sealed class Ignored : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }
}
