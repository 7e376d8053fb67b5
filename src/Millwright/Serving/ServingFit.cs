using System.Collections.Concurrent;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>A run and the time per output token that was measured.</summary>
/// <param name="Run">The run: a closed loop with its layout or pools.</param>
/// <param name="TimePerOutputTokenSeconds">Measured mean time per output token, s.</param>
public sealed record MeasuredRun(ServingCase Run, double TimePerOutputTokenSeconds);

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
    private const int EngineParameters = 9;
    private const int PairParameters = 3;

    // means and standard deviations of the priors of log(host), log(host for a sequence), log(factors)
    private static readonly double[] s_engineMeans = [Math.Log(1e-3), Math.Log(1e-5), Math.Log(0.8), 0, 0, 0, 0, 0, Math.Log(0.6)];
    private static readonly double[] s_engineDeviations = [1, 1, 0.4, 0.2, 0.25, 0.25, 0.25, 0.4, 0.4];
    private const double PairDeviation = 0.15;

    // weight of a row: 1 / sqrt(rows of its configuration), so that long curves do not drown short ones
    private const double RowWeight = 4;
    private const int ConfigurationFolds = 5;

    private readonly Row[] _rows;
    private readonly ConcurrentDictionary<string, EngineFactorsRow[]> _trained = new();
    private readonly string _source;

    /// <summary>Prepares a fit.</summary>
    /// <param name="runs">Measured runs.</param>
    /// <param name="predictor">Compiles their steps.</param>
    /// <param name="source">What the runs are, for the record.</param>
    public ServingFit(IReadOnlyList<MeasuredRun> runs, ServingPredictor predictor, string source)
    {
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

    /// <summary>Runs faster than their operators could be at their ideal times: reported, not fitted.</summary>
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
            heldOut[kind] = CrossValidate(kind, new Part(progress, from / (kinds.Length + 0.3), 1 / (kinds.Length + 0.3)), cancellationToken);
        }

        Dictionary<PredictionKind, ErrorBand> bands = new()
        {
            [PredictionKind.Measured] = BandOf(heldOut[HoldOut.Configuration]),
            [PredictionKind.ModelNeverSeen] = BandOf(heldOut[HoldOut.Model]),
            [PredictionKind.ChipNeverSeen] = BandOf(heldOut[HoldOut.Chip]),
        };
        EngineCalibration all = Train(_rows);
        progress?.Report(1);
        return (new EngineCalibration(_source, all.Rows, all.Models, all.Systems, bands, all.Parameters, all.Observations), heldOut);
    }

    /// <summary>For each run a calibration that has not seen its configuration, model or chip.</summary>
    /// <param name="kind">What is held out.</param>
    /// <param name="progress">Share of the work that is done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Calibrations, in the order of <see cref="Runs"/>; runs of one fold share theirs.</returns>
    public EngineCalibration[] HoldEachOut(HoldOut kind, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
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

    private double[] CrossValidate(HoldOut kind, IProgress<double> progress, CancellationToken cancellationToken)
    {
        EngineCalibration[] calibrations = HoldEachOut(kind, progress, cancellationToken);
        return [.. _rows.Select((row, i) => row.Seconds(calibrations[i].FactorsOf(row.Engine, row.SystemId)))];
    }

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
            parameters += EngineParameters + (factors.Length - 1) * PairParameters;
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

    private static EngineFactorsRow[] TrainEngine(EngineFamily engine, Row[] rows)
    {
        string[] systems = [.. rows.Select(row => row.SystemId).Distinct().Order(StringComparer.Ordinal)];
        double[] means = new double[EngineParameters + systems.Length * PairParameters];
        double[] deviations = new double[means.Length];
        Array.Fill(deviations, PairDeviation);
        s_engineMeans.CopyTo(means, 0);
        s_engineDeviations.CopyTo(deviations, 0);
        int[] pairOf = [.. rows.Select(row => EngineParameters + Array.IndexOf(systems, row.SystemId) * PairParameters)];
        Dictionary<string, int> counts = rows.GroupBy(row => row.KeyOf(HoldOut.Configuration)).ToDictionary(group => group.Key, group => group.Count());
        double[] weights = [.. rows.Select(row => RowWeight / Math.Sqrt(counts[row.KeyOf(HoldOut.Configuration)]))];
        double[] x = RobustFit.Solve(
            (parameter, residual) => Parallel.For(0, rows.Length, i => residual[i] = rows[i].LogError(
                EngineOf(parameter, 0).Times(PairOf(parameter, pairOf[i])))),
            rows.Length,
            weights,
            means,
            deviations,
            rounds: 12);
        return
        [
            new EngineFactorsRow(engine, "", EngineOf(x, 0)),
            .. systems.Select((system, s) => new EngineFactorsRow(engine, system, PairOf(x, EngineParameters + s * PairParameters))),
        ];
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
        Math.Exp(x[at + 8]));

    private static EngineFactors PairOf(double[] x, int at) =>
        new(Dense: Math.Exp(x[at]), Experts: Math.Exp(x[at + 1]), Prefill: Math.Exp(x[at + 2]));

    private ErrorBand BandOf(double[] heldOutSeconds)
    {
        double[] ratios = [.. _rows.Select((row, i) => row.Measured.TimePerOutputTokenSeconds / heldOutSeconds[i]).Order()];
        return ratios.Length == 0 ? new ErrorBand(0.5, 2) : new ErrorBand(Percentiles.OfSorted(ratios, 0.1), Percentiles.OfSorted(ratios, 0.9));
    }

    private sealed class Row
    {
        private readonly Func<EngineFactors, double> _seconds;

        private Row(MeasuredRun measured, Func<EngineFactors, double> seconds, int index)
        {
            Index = index;
            Measured = measured;
            _seconds = seconds;

            // kernels as fast as three quarters of their measured times, and no host at all: what is faster yet was not that run
            IsPhysical = measured.TimePerOutputTokenSeconds > 0
                && measured.TimePerOutputTokenSeconds > 0.3 * seconds(new EngineFactors());
        }

        public int Index { get; }

        public MeasuredRun Measured { get; }

        public bool IsPhysical { get; }

        public EngineFamily Engine => Measured.Run.Engine.Family;

        public string SystemId => Measured.Run.System.Id;

        public string ModelId => Measured.Run.Model.Id;

        public static Row? Of(MeasuredRun measured, ServingPredictor predictor, int index)
        {
            ServingCase run = measured.Run;
            if (run.Pools is { } pools)
            {
                return predictor.PoolsOf(run, pools) is { } split ? new Row(measured, split, index) : null;
            }

            return run.Layout is { } layout && predictor.ReplicaOf(run, layout) is { } replica ? new Row(measured, replica, index) : null;
        }

        public double Seconds(EngineFactors factors) => _seconds(factors);

        public double LogError(EngineFactors factors) => Math.Log(_seconds(factors) / Measured.TimePerOutputTokenSeconds);

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
