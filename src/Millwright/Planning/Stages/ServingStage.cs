using System.Collections.Concurrent;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Models;
using Millwright.Serving;
using Millwright.Serving.Search;

namespace Millwright.Planning.Stages;

/// <summary>What a chip makes of one workload, as figures.</summary>
internal readonly record struct ServingFigures(
    Figure Output, Figure Input, Figure Cached, Figure PrefillShare, Figure CachedShare, Figure ChipWatts, Figure[] Service, ServingPoint Point)
{
    /// <summary>Output tokens of a call.</summary>
    public Figure OutputTokens => Service[2];
}

/// <summary>Finds the serving point of each workload on the chips bought. Points are kept by their inputs: most runs of a study ask for the same ones.</summary>
internal sealed class ServingStage
{
    /// <summary>Share by which the memory is raised to find what it is worth.</summary>
    public const double MemoryStep = 0.1;

    private readonly string[] _names;
    private readonly Service[] _services;
    private readonly WorkloadInputs[] _inputs;
    private readonly UncertainValue[] _errors;
    private readonly Service[] _larger;
    private readonly ConcurrentDictionary<(int Workload, double Input, double Cached, double Output, double FirstToken, double PerToken), ChosenDeployment> _chosen = new();
    private readonly ConcurrentDictionary<(int Workload, double Input, double Cached, double Output, double FirstToken, double PerToken), ServingPoint> _largerPoints = new();

    public ServingStage(ScenarioInput scenario, CatalogData catalog, SystemRecord system, WorkloadInputs[] inputs, DeploymentSearch? search)
    {
        _inputs = inputs;
        _names = [.. scenario.Workloads.Select(w => w.Name)];
        if (search is null && scenario.Workloads.Count > 0)
        {
            throw new ArgumentException("a scenario with workloads needs a search for their deployments", nameof(search));
        }

        SystemRecord? larger = system.MemoryBytes is { } memory ? system with { MemoryBytes = memory * (1 + MemoryStep) } : null;
        _services = [.. scenario.Workloads.Select(w => Service.Of(w, catalog, system, search!))];
        _larger = larger is null ? [] : [.. scenario.Workloads.Select(w => Service.Of(w, catalog, larger, search!))];
        _errors = new UncertainValue[_services.Length];
        for (int w = 0; w < _errors.Length; w++)
        {
            double band = _services[w].ErrorBand;
            _errors[w] = new UncertainValue(
                new(1 / (1 + band), 1, 1 + band),
                "1",
                Evidence.Derived,
                "error of predictions of this kind on measurements that were held out, docs/accuracy-serving.md",
                "",
                null,
                "serving-error",
                IsStated: false,
                Least: 0);
        }
    }

    public ServingFigures[] Run(FigureBook book)
    {
        ServingFigures[] figures = new ServingFigures[_services.Length];
        for (int w = 0; w < figures.Length; w++)
        {
            int workload = w;
            string name = "workload." + _names[w];
            Figure[] service = _inputs[w].EnterService(book);
            Figure error = book.Input($"workloads.{_names[w]}.throughput_error", _errors[w]);
            EngineRun<ServingPoint> run = book.Run(service, x => Chosen(x, workload).Point);
            ServingPoint point = run.Result;
            string? reason = point.Limit == BatchLimit.Infeasible ? point.Reason : null;
            Figure output = run.Output(name + ".model_output_rate", "tok/s", "output tokens a chip and second at the largest batch within TTFT, TPOT and memory", static p => p.OutputTokensPerChipSecond, reason: reason);
            Figure input = run.Output(name + ".model_input_rate", "tok/s", "uncached input tokens that come with them", static p => p.InputTokensPerChipSecond, reason: reason);
            Figure cached = run.Output(name + ".model_cached_rate", "tok/s", "cached input tokens that come with them", static p => p.CachedTokensPerChipSecond, reason: reason);
            figures[w] = new ServingFigures(
                book.Define(name + ".output_per_chip_second", "tok/s", "modelled rate x throughput_error", output, error, static (r, e) => r * e),
                book.Define(name + ".input_per_chip_second", "tok/s", "modelled rate x throughput_error", input, error, static (r, e) => r * e),
                book.Define(name + ".cached_per_chip_second", "tok/s", "modelled rate x throughput_error", cached, error, static (r, e) => r * e),
                run.Output(name + ".prefill_share", "1", "share of the chip's time that uncached input causes", static p => p.PrefillShare, reason: reason),
                run.Output(name + ".cached_share_of_time", "1", "share of the chip's time that cached input causes", static p => p.CachedShare, reason: reason),
                run.Output(name + ".chip_power", "W", "mean power of a chip at this point", static p => p.ChipWatts, reason: reason ?? (double.IsFinite(point.ChipWatts) ? null : "no rated power of the chip is published")),
                service,
                point);
            run.Output(name + ".time_to_first_token", "s", "prefill of the uncached input, without queueing", static p => p.TimeToFirstTokenSeconds, reason: reason);
            run.Output(name + ".time_per_output_token", "s", "mean step of the batch", static p => p.TimePerOutputTokenSeconds, reason: reason);
            run.Output(name + ".batch", "1", "sequences that decode together on one replica", static p => p.BatchPerReplica, reason: reason);
            run.Output(name + ".chips_per_replica", "1", "chips of one replica", static p => p.ChipsPerReplica, reason: reason);
        }

        return figures;
    }

    /// <summary>Relative gain in the output of each workload with a share more memory on every chip, its bandwidth unchanged.</summary>
    /// <param name="x">Five numbers a workload: input tokens, cached share, output tokens, TTFT, TPOT.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="point">Its point without the extra memory.</param>
    public double GainFromMemory(double[] x, int workload, ServingPoint point)
    {
        if (_larger.Length == 0 || point.Limit == BatchLimit.Infeasible)
        {
            return 0;
        }

        ServingPoint larger = _largerPoints.GetOrAdd(
            (workload, x[0], x[1], x[2], x[3], x[4]),
            static (key, stage) => stage._larger[key.Workload].ChooseAt(key.Input, key.Cached, key.Output, key.FirstToken, key.PerToken).Point,
            this);
        return (larger.OutputTokensPerChipSecond / point.OutputTokensPerChipSecond) - 1;
    }

    /// <summary>The deployment that was chosen for a workload.</summary>
    /// <param name="x">Input tokens, cached share, output tokens, TTFT, TPOT.</param>
    /// <param name="workload">The workload.</param>
    public ChosenDeployment Chosen(double[] x, int workload) =>
        _chosen.GetOrAdd(
            (workload, x[0], x[1], x[2], x[3], x[4]), static (key, services) => services[key.Workload].ChooseAt(key.Input, key.Cached, key.Output, key.FirstToken, key.PerToken), _services);

    /// <summary>Request lengths of a workload, and the bins behind them; no bins where requests are all alike.</summary>
    /// <param name="x">As above.</param>
    /// <param name="workload">The workload.</param>
    public (RequestLengths Lengths, LengthHistogram? Histogram) Lengths(double[] x, int workload) => (_services[workload].LengthsAt(x[0], x[1], x[2]), _services[workload].Histogram);

    /// <summary>A model on a system, ready to be asked; compiled when it is first asked.</summary>
    private sealed class Service(WorkloadInput workload, ModelArchitecture model, LengthHistogram? histogram, SystemRecord system, DeploymentSearch search)
    {
        private readonly Lazy<(WorkloadSearch? Search, string Reason)> _search = new(() =>
            (search.Prepare(model, system, PrecisionOptions.OperandOf(workload.Precision), out string reason), reason));

        public LengthHistogram? Histogram => histogram;

        public double ErrorBand => _search.Value.Search?.ErrorBand ?? 0;

        public static Service Of(WorkloadInput workload, CatalogData catalog, SystemRecord system, DeploymentSearch search)
        {
            ModelRecord record = catalog.FindModel(workload.Model)
                ?? throw new MissingInputException($"workloads.{workload.Name}.model", $"The catalog has no model called \"{workload.Model}\".");
            return new Service(
                workload, ModelArchitecture.Parse(record.Id, record.ConfigJson), workload.Lengths is { } id ? catalog.FindLengths(id) : null, system, search);
        }

        public ChosenDeployment ChooseAt(double input, double cached, double output, double firstToken, double perToken)
        {
            (WorkloadSearch? found, string reason) = _search.Value;
            return found is null
                ? new ChosenDeployment(new ServingPoint(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, BatchLimit.Infeasible, reason, 0), null)
                : found.Choose(LengthsAt(input, cached, output), firstToken, perToken);
        }

        public RequestLengths LengthsAt(double input, double cached, double output) => histogram is null
            ? RequestLengths.FromMeans(input, output, cached)
            : RequestLengths.FromHistogram(histogram, input, output, cached);
    }
}
