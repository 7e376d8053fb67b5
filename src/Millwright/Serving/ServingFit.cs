using System.Collections.Concurrent;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Serving;

/// <summary>A run and the time per output token that was measured.</summary>
/// <param name="Run">The run: a closed loop with its layout or pools.</param>
/// <param name="TimePerOutputTokenSeconds">Measured mean time per output token, s.</param>
/// <param name="OutputTokensPerChipSecond">Measured output tokens per chip and second; null where they were not.</param>
/// <param name="TimeToFirstTokenSeconds">Measured median or mean time to first token, s; null where it was not.</param>
/// <param name="FirstTokenIsMean">True where that is the mean, which holds the burst at the start of a loop.</param>
public sealed record MeasuredRun(
    ServingCase Run, double TimePerOutputTokenSeconds, double? OutputTokensPerChipSecond = null, double? TimeToFirstTokenSeconds = null, bool FirstTokenIsMean = false);

/// <summary>How strongly a fit follows its data.</summary>
/// <param name="GroupWeight">Weight of all rows of a model on a chip under an engine together, against the priors: what such a group has in common is no
/// more certain for many rows.</param>
/// <param name="PriorScale">Standard deviations of the priors, times this.</param>
/// <param name="PairDeviation">Standard deviation of the logarithm of an engine's factor on one chip or at one precision.</param>
/// <param name="ThroughputWeight">Weight of a throughput against that of a time per output token.</param>
public sealed record FitSettings(double GroupWeight = 5, double PriorScale = 0.6, double PairDeviation = 0.12, double ThroughputWeight = 0.3);

/// <summary>How measured runs are held out of a fit.</summary>
public enum HoldOut
{
    /// <summary>Whole configurations: model, chip, engine, precision and layout.</summary>
    Configuration,

    /// <summary>Whole models.</summary>
    Model,

    /// <summary>Whole chips.</summary>
    Chip,
}

/// <summary>
/// Fits the end-to-end residuals of engines to measured runs: for each engine a host overhead for each step and each sequence and five factors on its
/// operators, and for each engine on each chip three factors more. All are shrunk towards what the operators say (0 and 1), so that little data moves
/// them little. No factor belongs to a row, a curve or a model.
/// </summary>
public sealed class ServingFit
{
    private const int OwnParameters = 10;
    private const int EngineParameters = OwnParameters + 2 * PrecisionFactors.Count;
    private const int PairParameters = 3;

    // means and standard deviations of the priors of log(host), log(host for a sequence), log(factors)
    private static readonly double[] s_engineMeans = [Math.Log(1e-3), Math.Log(1e-5), Math.Log(0.8), 0, 0, 0, 0, 0, Math.Log(0.6), Math.Log(0.85)];
    private static readonly double[] s_engineDeviations = [1, 1, 0.4, 0.2, 0.25, 0.25, 0.25, 0.4, 0.4, 0.2];
    private const int ConfigurationFolds = 5;

    // priors of the time outside the steps, assumptions: of a request, and of each of its input tokens
    private static readonly double[] s_requestMeans = [Math.Log(20e-3), Math.Log(5e-6)];
    private static readonly double[] s_requestDeviations = [1, 1];

    // requests in flight on a replica up to which a first token is taken to tell of the time outside the steps, and not of a queue: an assumption
    private const double FewRequests = 8;

    /// <summary>Least time of a run over the measured times of its kernels.</summary>
    public const double LeastPart = 0.3;

    private readonly Row[] _rows;
    private readonly ConcurrentDictionary<string, EngineFactorsRow[]> _trained = new();
    private readonly string _source;
    private readonly FitSettings _settings;

    /// <summary>Prepares a fit.</summary>
    /// <param name="runs">Measured runs.</param>
    /// <param name="predictor">Compiles their steps.</param>
    /// <param name="source">What the runs are, for the record.</param>
    /// <param name="settings">How strongly the fit follows the runs; null for the defaults, which were chosen by whole models left out.</param>
    public ServingFit(IReadOnlyList<MeasuredRun> runs, ServingPredictor predictor, string source, FitSettings? settings = null)
    {
        _settings = settings ?? new FitSettings();
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(predictor);
        _source = source;
        List<Row> rows = [];
        List<MeasuredRun> impossible = [];
        foreach (MeasuredRun run in runs)
        {
            if (Row.Of(run, predictor, rows.Count) is { } row)
            {
                rows.Add(row);
            }
            else
            {
                impossible.Add(run);
            }
        }

        _rows = [.. rows];
        Impossible = impossible;
    }

    /// <summary>Runs that take part: those whose deployment is possible.</summary>
    public IReadOnlyList<MeasuredRun> Runs => [.. _rows.Select(row => row.Measured)];

    /// <summary>Runs whose model does not fit on the chips that they state: reported, not fitted.</summary>
    public IReadOnlyList<MeasuredRun> Impossible { get; }

    /// <summary>Runs in less than a stated part of their kernels' measured times, which no engine explains: reported, not fitted.</summary>
    public IReadOnlyList<MeasuredRun> Unphysical => [.. _rows.Where(row => !row.IsPhysical).Select(row => row.Measured)];

    /// <summary>Fits all runs, and sets the bands by what it held out.</summary>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <returns>The calibration, and the predictions for each run when it was held out.</returns>
    public (EngineCalibration Calibration, IReadOnlyDictionary<HoldOut, double[]> HeldOutSeconds) Fit(
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Dictionary<HoldOut, double[]> heldOut = [];
        HoldOut[] kinds = [HoldOut.Configuration, HoldOut.Model, HoldOut.Chip];
        for (int i = 0; i < kinds.Length; i++)
        {
            HoldOut kind = kinds[i];
            double from = i;
            heldOut[kind] = Predict(TrainFolds(kind, new Part(progress, from / (kinds.Length + 0.3), 1 / (kinds.Length + 0.3)), cancellationToken));
        }

        Dictionary<PredictionKind, ErrorBand> bands = new()
        {
            [PredictionKind.Measured] = BandOf(MiddlesOf(heldOut[HoldOut.Configuration]).Values),
            [PredictionKind.ModelNeverSeen] = BandOf(MiddlesOf(heldOut[HoldOut.Model]).Values),
            [PredictionKind.ChipNeverSeen] = BandOf(MiddlesOf(heldOut[HoldOut.Chip]).Values),
        };
        EngineCalibration all = Train(_rows);
        progress?.Report(1);
        return (all.With(bands), heldOut);
    }

    /// <summary>For each run a calibration that has not seen its configuration, model or chip, with the band that all other groups make: neither factors nor
    /// band know the run.</summary>
    /// <param name="kind">What is held out.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Calibrations, in the order of <see cref="Runs"/>.</returns>
    public EngineCalibration[] HoldEachOut(HoldOut kind, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        EngineCalibration[] calibrations = TrainFolds(kind, progress, cancellationToken);
        Dictionary<(string, string, bool), double> middles = MiddlesOf(Predict(calibrations));
        Dictionary<((string, string, bool) Group, EngineCalibration Trained), EngineCalibration> banded = [];
        for (int i = 0; i < calibrations.Length; i++)
        {
            ((string, string, bool) Group, EngineCalibration Trained) key = (_rows[i].Group, calibrations[i]);
            if (!banded.TryGetValue(key, out EngineCalibration? own))
            {
                ErrorBand band = BandOf(middles.Where(pair => pair.Key != key.Group).Select(pair => pair.Value));
                banded.Add(key, own = key.Trained.With(Enum.GetValues<PredictionKind>().ToDictionary(each => each, _ => band)));
            }

            calibrations[i] = own;
        }

        return calibrations;
    }

    private EngineCalibration[] TrainFolds(HoldOut kind, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        string[] keys = [.. _rows.Select(row => row.KeyOf(kind))];
        string[] distinct = [.. keys.Distinct().Order(StringComparer.Ordinal)];
        int folds = kind == HoldOut.Configuration ? Math.Min(ConfigurationFolds, distinct.Length) : distinct.Length;
        Dictionary<string, int> fold = distinct.Select((key, i) => (key, i % folds)).ToDictionary(pair => pair.key, pair => pair.Item2);
        EngineCalibration[] calibrations = new EngineCalibration[_rows.Length];
        for (int f = 0; f < folds; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            EngineCalibration trained = Train([.. _rows.Where((_, i) => fold[keys[i]] != f)]);
            for (int i = 0; i < _rows.Length; i++)
            {
                if (fold[keys[i]] == f)
                {
                    calibrations[i] = trained;
                }
            }

            progress?.Report((f + 1.0) / folds);
        }

        return calibrations;
    }

    private double[] Predict(EngineCalibration[] calibrations) =>
        [.. _rows.Select((row, i) => row.Seconds(calibrations[i].FactorsOf(row.Engine, row.SystemId)))];

    // no number belongs to two engines, so that each is fitted alone
    private EngineCalibration Train(IReadOnlyList<Row> given)
    {
        Row[] rows = [.. given.Where(row => row.IsPhysical)];
        List<EngineFactorsRow> found = [];
        int parameters = 0;
        foreach (IGrouping<EngineFamily, Row> engine in rows.GroupBy(row => row.Engine).OrderBy(group => group.Key))
        {
            EngineFactorsRow[] factors = _trained.GetOrAdd(string.Join(',', engine.Select(row => row.Index)), _ => TrainEngine(engine.Key, [.. engine]));
            found.AddRange(factors);

            // a precision without a run stays as it was
            PrecisionFactors precisions = factors[0].Factors.ByPrecision!;
            parameters += OwnParameters + s_requestMeans.Length + precisions.Dense.Concat(precisions.Experts).Count(static factor => factor != 1) + (factors.Length - 1) * PairParameters;
        }

        return new EngineCalibration(
            _source,
            found,
            [.. rows.Select(row => row.ModelId).Distinct().Order(StringComparer.Ordinal)],
            [.. rows.Select(row => row.SystemId).Distinct().Order(StringComparer.Ordinal)],
            new Dictionary<PredictionKind, ErrorBand>(),
            parameters,
            rows.Length);
    }

    private EngineFactorsRow[] TrainEngine(EngineFamily engine, Row[] rows)
    {
        string[] systems = [.. rows.Select(row => row.SystemId).Distinct().Order(StringComparer.Ordinal)];
        double[] means = new double[EngineParameters + systems.Length * PairParameters];
        double[] deviations = new double[means.Length];
        Array.Fill(deviations, _settings.PairDeviation);
        for (int i = 0; i < EngineParameters; i++)
        {
            deviations[i] = _settings.PairDeviation;
        }

        for (int i = 0; i < OwnParameters; i++)
        {
            means[i] = s_engineMeans[i];
            deviations[i] = s_engineDeviations[i] * _settings.PriorScale;
        }

        int[] pairOf = [.. rows.Select(row => EngineParameters + Array.IndexOf(systems, row.SystemId) * PairParameters)];
        Dictionary<(string, string, bool), int> counts = rows.GroupBy(row => row.Group).ToDictionary(group => group.Key, group => group.Count());

        // times per output token first, then throughputs; a row without one has no weight there
        double[] weights = new double[2 * rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            weights[i] = _settings.GroupWeight / counts[rows[i].Group] * Math.Min(1, counts[rows[i].Group] / 4.0);
            weights[rows.Length + i] = rows[i].HasThroughput ? weights[i] * _settings.ThroughputWeight : 0;
        }

        double[] x = RobustFit.Solve(
            (parameter, residual) => Parallel.For(0, rows.Length, i =>
            {
                (residual[i], residual[rows.Length + i]) = rows[i].LogErrors(EngineOf(parameter, 0).Times(PairOf(parameter, pairOf[i])));
            }),
            2 * rows.Length,
            weights,
            means,
            deviations,
            rounds: 12);
        return
        [
            new EngineFactorsRow(engine, "", WithRequests(EngineOf(x, 0), rows, [.. pairOf.Select(at => PairOf(x, at))], weights)),
            .. systems.Select((system, s) => new EngineFactorsRow(engine, system, PairOf(x, EngineParameters + s * PairParameters))),
        ];
    }

    // time outside the steps, from what first tokens of loops with few requests take beyond them; all else stays as it was fitted
    private EngineFactors WithRequests(EngineFactors factors, Row[] rows, EngineFactors[] pairs, double[] weights)
    {
        int[] few = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].HasFirstToken)];
        double[] inside = new double[few.Length];
        Parallel.For(0, few.Length, i => inside[i] = rows[few[i]].FirstTokenSeconds(factors.Times(pairs[few[i]])));
        double[] x = RobustFit.Solve(
            (parameter, residual) =>
            {
                for (int i = 0; i < few.Length; i++)
                {
                    Row row = rows[few[i]];
                    double found = inside[i] + Math.Exp(parameter[0]) + Math.Exp(parameter[1]) * row.Measured.Run.Lengths.MeanInputTokens;
                    residual[i] = Math.Log(found / row.Measured.TimeToFirstTokenSeconds!.Value);
                }
            },
            few.Length,
            [.. few.Select(i => weights[i])],
            s_requestMeans,
            [.. s_requestDeviations.Select(deviation => deviation * _settings.PriorScale)],
            rounds: 12);
        return factors with { RequestSeconds = Math.Exp(x[0]), RequestSecondsPerToken = Math.Exp(x[1]) };
    }

    private static EngineFactors EngineOf(double[] x, int at) => new(
        Math.Exp(x[at]),
        Math.Exp(x[at + 1]),
        Math.Exp(x[at + 2]),
        Math.Exp(x[at + 3]),
        Math.Exp(x[at + 4]),
        Math.Exp(x[at + 5]),
        Math.Exp(x[at + 6]),
        Math.Exp(x[at + 7]),
        Math.Exp(x[at + 8]),
        Math.Exp(x[at + 9]))
    {
        ByPrecision = new PrecisionFactors(
            [.. x.AsSpan(at + OwnParameters, PrecisionFactors.Count).ToArray().Select(Math.Exp)],
            [.. x.AsSpan(at + OwnParameters + PrecisionFactors.Count, PrecisionFactors.Count).ToArray().Select(Math.Exp)]),
    };

    private static EngineFactors PairOf(double[] x, int at) =>
        new(Dense: Math.Exp(x[at]), Experts: Math.Exp(x[at + 1]), Prefill: Math.Exp(x[at + 2]));

    // what a model on a chip is off by, together or apart, in the middle of its curves: measured over predicted
    private Dictionary<(string, string, bool), double> MiddlesOf(double[] heldOutSeconds) => _rows
        .Select((row, i) => (row.Group, Ratio: row.Measured.TimePerOutputTokenSeconds / heldOutSeconds[i]))
        .GroupBy(pair => pair.Group)
        .ToDictionary(group => group.Key, group => Percentiles.OfSorted([.. group.Select(pair => pair.Ratio).Order()], 0.5));

    private static ErrorBand BandOf(IEnumerable<double> middles)
    {
        double[] ratios = [.. middles.Order()];
        return ratios.Length == 0 ? new ErrorBand(0.5, 2) : new ErrorBand(Percentiles.OfSorted(ratios, 0.1), Percentiles.OfSorted(ratios, 0.9));
    }

    private sealed class Row
    {
        private readonly Func<EngineFactors, (double Step, double Output, double FirstToken)> _predict;

        private readonly StepModel? _step;

        private Row(MeasuredRun measured, Func<EngineFactors, (double, double, double)> predict, StepModel? step, int index)
        {
            _step = step;
            Index = index;
            Measured = measured;
            _predict = predict;
            IsPhysical = measured.TimePerOutputTokenSeconds > LeastPart * predict(new EngineFactors()).Item1;
        }

        public int Index { get; }

        public MeasuredRun Measured { get; }

        public bool IsPhysical { get; }

        public bool HasFirstToken =>
            Measured.TimeToFirstTokenSeconds is > 0 && Measured.Run.Pools is null && Measured.Run.Concurrency / Measured.Run.Replicas <= FewRequests;

        public bool HasThroughput => Measured.OutputTokensPerChipSecond is > 0;

        public EngineFamily Engine => Measured.Run.Engine.Family;

        public string SystemId => Measured.Run.System.Id;

        public string ModelId => Measured.Run.Model.Id;

        public (string Model, string System, bool Apart) Group => (ModelId, SystemId, Measured.Run.Pools is not null);

        public static Row? Of(MeasuredRun measured, ServingPredictor predictor, int index) =>
            measured.TimePerOutputTokenSeconds > 0 && predictor.ClosedLoopOf(measured.Run) is { } predict
                ? new Row(measured, predict, LoopReplay.Can(measured.Run) ? predictor.BareStepOf(measured.Run, measured.Run.Layout!.Value) : null, index)
                : null;

        public double Seconds(EngineFactors factors) => _predict(factors).Step;

        // within the steps, as the loop is replayed: with the burst of prompts at its start
        public double FirstTokenSeconds(EngineFactors factors)
        {
            if (_step is null || LoopReplay.Run(Measured.Run, _step.With(factors), static (step, sequences, longest) => new StepClock(step, sequences, longest)) is not { } replay)
            {
                return _predict(factors).FirstToken;
            }

            QuantileSketch first = replay.Monitor.TimeToFirstToken;
            return (Measured.FirstTokenIsMean ? first.Mean : first.Quantile(0.5)) / SimulatedTime.PerSecond;
        }

        public (double Step, double Output) LogErrors(EngineFactors factors)
        {
            (double step, double output, _) = _predict(factors);
            return (
                Math.Log(step / Measured.TimePerOutputTokenSeconds),
                Measured.OutputTokensPerChipSecond is > 0 and var measured ? Math.Log(output / measured) : 0);
        }

        public string KeyOf(HoldOut kind) => kind switch
        {
            HoldOut.Model => ModelId,
            HoldOut.Chip => SystemId,
            _ => $"{ModelId}|{SystemId}|{Engine}|{Measured.Run.Precision.Dense}/{Measured.Run.Precision.Experts}|{Measured.Run.Layout?.ToString() ?? $"{Measured.Run.Pools!.PrefillLayout}+{Measured.Run.Pools.DecodeLayout}"}",
        };
    }

    private sealed class Part(IProgress<double>? whole, double from, double size) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(from + value * size);
    }
}
