using System.Collections.Concurrent;
using System.Globalization;
using Millwright.Chips;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Search;

namespace Millwright.Serving;

/// <summary>
/// Predicts runs in the mean: closed loops, open loops and full queues, prefill and decode together or apart. Safe to use from many threads.
/// </summary>
/// <param name="library">Measured operator grids.</param>
/// <param name="calibrationOf">Overheads and factors of the engines and the bands of predictions, for a run.</param>
public sealed class ServingPredictor(OperatorLibrary library, Func<ServingCase, EngineCalibration> calibrationOf) : IServingPredictor
{
    /// <summary>
    /// Requests in flight over those asked for, mean over a closed loop of ten rounds with its start and end. Source: the closed loops of
    /// InferenceX obey Little's law at 0.98 (5th to 95th percentile 0.89 to 1.00).
    /// </summary>
    private const double ClosedLoopUse = 0.98;

    /// <summary>Memory share that a run which was measured must have used, where ours would leave no room.</summary>
    private const double MostMemoryFraction = 0.97;

    /// <summary>Most pipeline stages of a layout that is looked for.</summary>
    private const int MostStages = 8;

    private readonly ConcurrentDictionary<(string System, EngineFamily Engine), OperatorTimes?> _times = new();
    private readonly ConcurrentDictionary<Key, StepModel> _models = new();

    /// <summary>A predictor with one calibration for all runs.</summary>
    /// <param name="library">Measured operator grids.</param>
    /// <param name="calibration">The calibration.</param>
    public ServingPredictor(OperatorLibrary library, EngineCalibration calibration)
        : this(library, _ => calibration)
    {
    }

    /// <inheritdoc/>
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (TimesOf(run, out reason) is not { } times)
        {
            return null;
        }

        List<string> remarks = [];
        if (times.Clock.Lender.Distance != CurveDistance.Measured)
        {
            remarks.Add($"operator times borrowed from {times.Clock.Lender.SystemId}");
        }

        if (run.EngineIsAssumed)
        {
            remarks.Add("version or settings of the engine assumed");
        }

        return run switch
        {
            { Pools: { } pools } => PredictApart(run, pools, times, remarks, out reason),
            { Layout: { } layout } => PredictTogether(run, layout, times, remarks, out reason),
            _ => PredictBest(run, times, remarks, out reason),
        };
    }

    /// <summary>Time per output token, s, output tokens per chip and second, and time to first token within the steps, s, of a closed loop, as a function of the factors of the engine; null when the
    /// run cannot be.</summary>
    internal Func<EngineFactors, (double Step, double Output, double FirstToken)>? ClosedLoopOf(ServingCase run)
    {
        if (run.Load != LoadKind.ClosedLoop || TimesOf(run, out _) is not { } times)
        {
            return null;
        }

        double perRequest = ClosedLoopUse * run.Lengths.MeanOutputTokens;
        if (run.Pools is { } pools)
        {
            if (StepOf(run, pools.PrefillLayout, times, [], out _) is not { } prefill || StepOf(run, pools.DecodeLayout, times, [], out _) is not { } decode)
            {
                return null;
            }

            double link = LinkOf(times, pools);
            MeanPools bare = new(prefill, decode, pools, run.Lengths, run.Speculation, link);
            return !bare.PrefillFits || bare.MostPerWorker < 1 ? null : factors =>
            {
                MeanPoolsState state = new MeanPools(prefill.With(factors), decode.With(factors), pools, run.Lengths, run.Speculation, link)
                    .AtConcurrency(Math.Max(1, run.Concurrency));
                return (state.StepSeconds / Accepted(run), state.RequestsPerSecond * perRequest / pools.Chips, state.FirstTokenSeconds);
            };
        }

        if (run.Layout is not { } layout || StepOf(run, layout, times, [], out _) is not { } step)
        {
            return null;
        }

        MeanReplica replica = new(step, run.Lengths, run.Speculation);
        return Math.Min(replica.MostByMemory, replica.MostByEngine) < 1 ? null : factors =>
        {
            MeanReplica fitted = new(step.With(factors), run.Lengths, run.Speculation);
            MeanStep state = fitted.AtConcurrency(Math.Max(1, run.Concurrency / run.Replicas));
            return (state.StepSeconds / Accepted(run), fitted.RateOf(state) * perRequest / layout.Chips, state.FirstTokenSeconds);
        };
    }

    private ServingEstimate? PredictTogether(ServingCase run, ParallelLayout layout, OperatorTimes times, List<string> remarks, out string reason)
    {
        if (ReplicaOf(run, layout, times, remarks, out double most, out reason) is not { } replica)
        {
            return null;
        }

        MeanStep full = replica.At(most);
        double rate = replica.RateOf(full);
        MeanStep state = run.Load switch
        {
            LoadKind.ClosedLoop => replica.AtConcurrency(Math.Max(1, run.Concurrency / run.Replicas)),
            LoadKind.OpenLoop => replica.AtRate(run.RequestRatePerSecond / run.Replicas),
            _ => run.Requests is { } queued ? replica.At(Math.Min(most, queued / run.Replicas)) : full,
        };
        double served = run.Load == LoadKind.AllAtOnce && run.Requests is { } requests
            ? replica.RateOfQueue(requests / run.Replicas, state)
            : replica.RateOf(state) * (run.Load == LoadKind.ClosedLoop ? ClosedLoopUse : 1);

        double watts = replica.MeanWatts(times.Clock, state);
        return Estimate(run, times, layout, layout.Chips, state.StepSeconds / Accepted(run), state.FirstTokenSeconds, served, rate * run.Replicas, watts, remarks);
    }

    private ServingEstimate? PredictApart(ServingCase run, SplitPools pools, OperatorTimes times, List<string> remarks, out string reason)
    {
        if (StepOf(run, pools.PrefillLayout, times, remarks, out reason) is not { } prefill
            || StepOf(run, pools.DecodeLayout, times, remarks, out reason) is not { } decode)
        {
            return null;
        }

        EngineFactors factors = calibrationOf(run).FactorsOf(run.Engine.Family, run.System.Id);
        double link = LinkOf(times, pools);
        MeanPools mean = new(prefill.With(factors), decode.With(factors), pools, run.Lengths, run.Speculation, link);
        if (!mean.PrefillFits || mean.MostPerWorker < 1)
        {
            reason = DoesNotFit(run, mean.PrefillFits ? decode : prefill);
            return null;
        }

        MeanPoolsState state = run.Load switch
        {
            LoadKind.ClosedLoop => mean.AtConcurrency(Math.Max(1, run.Concurrency)),
            LoadKind.OpenLoop => mean.AtRate(run.RequestRatePerSecond),
            _ => mean.At(mean.MostPerWorker),
        };
        MeanPoolsState full = mean.At(mean.MostPerWorker);

        // prefill replicas work their share of the time and wait the rest; decode replicas always work
        double prefilling = pools.PrefillWorkers * pools.PrefillLayout.Chips;
        double prefillWatts = mean.PrefillWatts(times.Clock, state.PrefillUse);
        double decodeWatts = mean.DecodeWatts(times.Clock, state.BatchPerWorker, state.StepSeconds);
        double watts = (prefilling * prefillWatts + (pools.Chips - prefilling) * decodeWatts) / pools.Chips;
        double served = state.RequestsPerSecond * (run.Load == LoadKind.ClosedLoop ? ClosedLoopUse : 1);
        return Estimate(
            run, times, pools.DecodeLayout, pools.Chips, state.StepSeconds / Accepted(run), state.FirstTokenSeconds, served, full.RequestsPerSecond, watts, remarks);
    }

    // the layout of a run that does not tell its own: the one with the most output on its chips within the limits
    private ServingEstimate? PredictBest(ServingCase run, OperatorTimes times, List<string> remarks, out string reason)
    {
        IReadOnlyList<ServingEstimate> layouts = Layouts(run, times, out reason);
        remarks.Add("layout found by search");
        return layouts.Count == 0 ? null : layouts[0] with { Remarks = [.. remarks] };
    }

    /// <summary>What each legal layout makes of a run that does not tell its own, the most output within the limits first.</summary>
    internal IReadOnlyList<ServingEstimate> LayoutsOf(ServingCase run) => TimesOf(run, out _) is { } times ? Layouts(run, times, out _) : [];

    private List<ServingEstimate> Layouts(ServingCase run, OperatorTimes times, out string reason)
    {
        if (run.Chips is not { } chips || chips < 1)
        {
            reason = "neither a layout nor a number of chips is stated";
            return [];
        }

        List<ServingEstimate> found = [];
        string last = "";
        foreach (ParallelLayout layout in LayoutOptions.All(run.Model, chips, MostStages, 1))
        {
            if (chips % layout.Chips != 0)
            {
                continue;
            }

            ServingCase trial = run with { Replicas = chips / layout.Chips };
            if (BestOf(trial, layout, times, out string why) is { } one)
            {
                found.Add(one);
            }
            else if (why.Length > 0)
            {
                last = why;
            }
        }

        reason = found.Count == 0 ? $"no layout on {chips} chips serves it: {last}" : "";
        return [.. found.OrderByDescending(static one => one.OutputTokensPerChipSecond)];
    }

    /// <summary>The step of a run on a layout with the factors of its engine; null where the run cannot be.</summary>
    internal StepModel? FittedStepOf(ServingCase run, ParallelLayout layout) =>
        TimesOf(run, out _) is { } times && StepOf(run, layout, times, [], out _) is { } step ? step.With(calibrationOf(run).FactorsOf(run.Engine.Family, run.System.Id)) : null;

    /// <summary>The step of a run on a layout without factors; null where the run cannot be.</summary>
    internal StepModel? BareStepOf(ServingCase run, ParallelLayout layout) => TimesOf(run, out _) is { } times ? StepOf(run, layout, times, [], out _) : null;

    /// <summary>The calibration that predicts a run.</summary>
    internal EngineCalibration CalibrationOf(ServingCase run) => calibrationOf(run);

    private ServingEstimate? BestOf(ServingCase run, ParallelLayout layout, OperatorTimes times, out string reason)
    {
        if (ReplicaOf(run, layout, times, [], out double most, out reason) is not { } replica)
        {
            return null;
        }

        double perToken = run.TimePerOutputTokenLimitSeconds ?? double.PositiveInfinity;
        double firstToken = run.TimeToFirstTokenLimitSeconds ?? double.PositiveInfinity;
        MeanStep state = replica.At(most);
        if (!Meets(state))
        {
            double low = 0;
            double high = most;
            for (int i = 0; i < 30; i++)
            {
                double middle = (low + high) / 2;
                (low, high) = Meets(replica.At(middle)) ? (middle, high) : (low, middle);
            }

            state = replica.At(low);
            if (low < 1e-6 * most || !Meets(state))
            {
                reason = "no batch meets the limits";
                return null;
            }
        }

        double served = replica.RateOf(state);
        double watts = replica.MeanWatts(times.Clock, state);
        return Estimate(run, times, layout, layout.Chips, state.StepSeconds / Accepted(run), state.FirstTokenSeconds, served, served * run.Replicas, watts, []);

        bool Meets(MeanStep trial) => trial.StepSeconds / Accepted(run) <= perToken && trial.FirstTokenSeconds <= firstToken;
    }

    // the replica of a run on a layout, and the most sequences that it holds
    private MeanReplica? ReplicaOf(ServingCase run, ParallelLayout layout, OperatorTimes times, List<string> remarks, out double most, out string reason)
    {
        most = 0;
        if (StepOf(run, layout, times, remarks, out reason) is not { } step)
        {
            return null;
        }

        MeanReplica replica = new(step.With(calibrationOf(run).FactorsOf(run.Engine.Family, run.System.Id)), run.Lengths, run.Speculation);
        most = Math.Min(replica.MostByMemory, replica.MostByEngine);
        if (most >= 1)
        {
            return replica;
        }

        reason = DoesNotFit(run, step);
        return null;
    }

    private ServingEstimate Estimate(
        ServingCase run, OperatorTimes times, ParallelLayout layout, int chips, double perToken, double firstToken, double requests, double mostRequests, double watts, List<string> remarks)
    {
        EngineCalibration calibration = calibrationOf(run);
        ErrorBand band = calibration.BandOf(run.Model.Id, run.System.Id, times.Clock.BorrowedError);
        double output = requests * run.Lengths.MeanOutputTokens / chips;
        return new ServingEstimate(
            perToken,
            perToken * band.Low,
            perToken * band.High,
            firstToken,
            output + requests * run.Lengths.MeanInputTokens / chips,
            output,
            mostRequests,
            watts,
            layout,
            [.. remarks]);
    }

    // the cache moves over the scale-up links where both pools share a domain
    private static double LinkOf(OperatorTimes times, SplitPools pools) =>
        Math.Max(times.Peaks.ScaleOutBytesPerSecond, times.Peaks.ScaleUpDomain >= pools.Chips ? times.Peaks.ScaleUpBytesPerSecond : 0);

    private static double Accepted(ServingCase run) => 1 + (run.Speculation?.AcceptedTokens ?? 0);

    private OperatorTimes? TimesOf(ServingCase run, out string reason)
    {
        string why = "";
        OperatorTimes? times = _times.GetOrAdd((run.System.Id, run.Engine.Family), key => OperatorTimes.Create(run.System, key.Engine, library, out why));
        reason = times is not null ? "" : why.Length > 0 ? why : $"{run.System.Name}: its data sheet lacks what a time needs";
        return times;
    }

    private StepModel? StepOf(ServingCase run, ParallelLayout layout, OperatorTimes times, List<string> remarks, out string reason)
    {
        reason = LayoutCheck.Fault(run.Model, layout);
        if (reason.Length > 0)
        {
            return null;
        }

        Deployment deployment = new(run.Model, run.System, layout, run.Precision, run.Engine);
        StepModel step = _models.GetOrAdd(
            new Key(run.Model.Id, run.System.Id, layout, run.Precision, run.Engine, run.Speculation?.DraftTokens ?? 0),
            key => StepModel.Compile(deployment, times, new EngineFactors(), key.DraftTokens));
        double one = step.SequenceBytes(run.Lengths.HeldTokens(run.Engine.NoEvict));
        if (step.Memory.CachePoolBytes < one && run.Engine.MemoryFraction < MostMemoryFraction && (run.Layout is not null || run.Pools is not null))
        {
            // a run that took place had room: its memory share was set higher than the default
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"memory share of {MostMemoryFraction:0.00} assumed, since the engine's default leaves no room"));
            return StepOf(run with { Engine = run.Engine with { MemoryFraction = MostMemoryFraction, MaxBatchedTokens = Math.Min(run.Engine.MaxBatchedTokens, 2048) } }, layout, times, remarks, out reason);
        }

        return step;
    }

    private static string DoesNotFit(ServingCase run, StepModel step)
    {
        MemoryPlan memory = step.Memory;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Model.Id} does not fit on {run.System.Name} as {step.Deployment.Layout}: each chip holds {memory.WeightBytes / 1e9:0.#} GB of weights, "
            + $"{memory.ActivationBytes / 1e9:0.#} GB of activations and {memory.RuntimeBytes / 1e9:0.#} GB of the runtime, and may use {memory.UsableBytes / 1e9:0.#} GB, "
            + $"which leaves no room for the cache of one request");
    }

    private readonly record struct Key(
        string Model, string System, ParallelLayout Layout, PrecisionPlan Precision, EngineSettings Engine, int DraftTokens);
}
