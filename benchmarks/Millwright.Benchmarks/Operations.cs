using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Finance;
using Millwright.Models;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Planning;
using Millwright.Reports.Pages;
using Millwright.Scenarios;
using Millwright.Serving;
using Millwright.Serving.Search;
using Millwright.Serving.Simulator;
using Millwright.Simulation;
using Millwright.Studies;

namespace Millwright.Benchmarks;

/// <summary>The operations that are timed and budgeted, on the default scenario.</summary>
public sealed class Operations
{
    /// <summary>Calls in one operation on steps.</summary>
    public const int StepCalls = 1000;

    /// <summary>Requests of one simulation.</summary>
    public const int SimulatedRequests = 10_000;

    private const double Sequences = 256;
    private const double MostContext = 32_768;

    private static readonly RequestLengths s_lengths = RequestLengths.FromMeans(1155, 211);
    private readonly CatalogData _catalog = ShippedCatalog.Load();
    private readonly string _path = Path.Combine(AppContext.BaseDirectory, "gigawatt.yaml");
    private readonly string _text;
    private readonly Planner _planner;
    private readonly Plan _plan;
    private readonly ModelArchitecture _model;
    private readonly DeploymentSearch _search = new(ShippedOperators.Load(), ShippedCalibration.Load());
    private readonly DeploymentSearch _alone = new(ShippedOperators.Load(), ShippedCalibration.Load(), threads: 1);
    private readonly WorkloadSearch _workload;
    private readonly SystemOffer[] _h200;
    private readonly SystemOffer[] _gb200;
    private readonly SearchRequest _llamaOnEight;
    private readonly SearchRequest _deepSeekOnSixtyFour;
    private readonly FinanceCase _finance = FiveYearContract();
    private readonly ServingPredictor _predictor = new(ShippedOperators.Load(), ShippedCalibration.Load());
    private readonly OperatorTimes _times;
    private readonly ServingCase _run;
    private readonly StepModel _step;
    private readonly StepCost _cost;
    private readonly FleetPlan _fleet;
    private readonly long[] _arrivals = new long[SimulatedRequests];

    /// <summary>Prepares what the operations start from.</summary>
    public Operations()
    {
        _text = File.ReadAllText(_path);
        ScenarioInput scenario = ScenarioReader.Read(_path, _catalog);
        _planner = new Planner(scenario, _catalog, _search);
        _plan = PlanStudy.Make(_planner, "benchmark");
        ModelRecord model = _catalog.FindModel("gpt-oss-120b") ?? throw new InvalidOperationException("The catalog has no gpt-oss-120b.");
        _model = ModelArchitecture.Parse(model.Id, model.ConfigJson);
        SystemRecord system = _catalog.FindSystem(scenario.Chips.System) ?? throw new InvalidOperationException("The catalog has no system of the default scenario.");
        _workload = _search.Prepare(_model, system, OperandPrecision.Fp8, out string reason) ?? throw new InvalidOperationException(reason);
        _h200 = [new SystemOffer(SystemOf("hgx-h200"))];
        _gb200 = [new SystemOffer(SystemOf("gb200-nvl72"))];
        _llamaOnEight = RequestOf("llama-3.1-70b", 2048, 512, 1, 0.04, 8);
        _deepSeekOnSixtyFour = RequestOf("deepseek-v3", 8192, 1024, 3, 0.03, 64);
        _run = RunOf("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), 256);
        _times = OperatorTimes.Create(_run.System, _run.Engine.Family, ShippedOperators.Load(), out reason) ?? throw new InvalidOperationException(reason);
        _step = StepModel.Compile(DeploymentOf(_run), _times, new EngineFactors());
        _fleet = LlamaOnOneChip();
        RandomStream random = new(42);
        double now = 0;
        for (int i = 0; i < _arrivals.Length; i++)
        {
            now -= Math.Log(random.Uniform(0, i)) / 20;
            _arrivals[i] = SimulatedTime.FromSeconds(now);
        }

        _cost = StepCost.Compile(_step, new StepShape(Sequences, 0), Sequences, Sequences * MostContext);
    }

    /// <summary>What the last timed steps took together, s: keeps the work from being taken away.</summary>
    public double Seconds { get; private set; }

    /// <summary>Loads the shipped catalog.</summary>
    public object CatalogLoad() => ShippedCatalog.Load();

    /// <summary>Reads and checks the default scenario.</summary>
    public object ScenarioReading() => ScenarioReader.ReadText(_text, _path, _catalog);

    /// <summary>Runs the prepared chain once at the medians.</summary>
    public object PlanWarm() => _planner.Run(static (_, value) => value.Distribution.Mid, recording: true);

    /// <summary>Prepares the chain and runs it once: nothing is kept from an earlier plan.</summary>
    public object PlanFresh() => new Planner(_planner.Scenario, _catalog, _search).Run(static (_, value) => value.Distribution.Mid, recording: true);

    /// <summary>A plan with its 256 draws and the swings of its inputs.</summary>
    public object PlanWithDraws() => PlanStudy.Make(new Planner(_planner.Scenario, _catalog, _search), "benchmark");

    /// <summary>Times of 1,000 steps of DeepSeek-V3 with prompts beside decoding, each summed over its operators.</summary>
    public object StepTimes()
    {
        double sum = 0;
        for (int i = 0; i < StepCalls; i++)
        {
            sum += _step.Time(new StepShape(1 + i, (1 + i) * 3000.0, 512, 0, 1)).TotalSeconds;
        }

        Seconds = sum;
        return this;
    }

    /// <summary>Times of 1,000 steps of one composition, looked up.</summary>
    public object StepCostLookUps()
    {
        double sum = 0;
        for (int i = 0; i < StepCalls; i++)
        {
            sum += _cost.At(Sequences * (100 + 30 * i));
        }

        Seconds = sum;
        return this;
    }

    /// <summary>One composition compiled for look-ups.</summary>
    public object StepCostCompiled() => StepCost.Compile(_step, new StepShape(Sequences, 0), Sequences, Sequences * MostContext);

    /// <summary>One deployment compiled: its operators cut and timed.</summary>
    public object DeploymentCompiled() => StepModel.Compile(DeploymentOf(_run), _times, new EngineFactors());

    /// <summary>One closed loop predicted on a deployment that is compiled.</summary>
    public object RunPredicted() => _predictor.Predict(_run, out string reason) ?? throw new InvalidOperationException(reason);

    /// <summary>10,000 requests of 512 and 128 tokens at 20 a second on Llama-3.1-8B and one H100, from the first to the last.</summary>
    public object Simulation()
    {
        RequestTable requests = new();
        foreach (long arrival in _arrivals)
        {
            requests.Add(arrival, 512, 128);
        }

        return FleetSimulator.Run(_fleet, requests);
    }

    /// <summary>The best serving point of one workload.</summary>
    public object ServingPoint() => _workload.Find(s_lengths, 2, 0.04);

    /// <summary>The deployment of Llama-3.1-70B on 8 H200, over the whole space.</summary>
    public object ConfigureLlama() => _search.Find(_h200, _llamaOnEight);

    /// <summary>The deployment of DeepSeek-V3 on 64 GB200, over the whole space.</summary>
    public object ConfigureDeepSeek() => _search.Find(_gb200, _deepSeekOnSixtyFour);

    /// <summary>The same on the calling thread alone.</summary>
    public object ConfigureLlamaOnOneThread() => _alone.Find(_h200, _llamaOnEight);

    /// <summary>The same on the calling thread alone.</summary>
    public object ConfigureDeepSeekOnOneThread() => _alone.Find(_gb200, _deepSeekOnSixtyFour);

    /// <summary>One project, financed.</summary>
    public object ProjectFinanceCase() => ProjectFinance.Run(_finance);

    /// <summary>The report of a plan.</summary>
    public object HtmlReport() => PlanPage.Write(_plan);

    // Eighteen months of building and five years of a contract: the shape of the default scenario, in round figures.
    private static FinanceCase FiveYearContract()
    {
        const int building = 18;
        const int months = building + 60;
        return new FinanceCase
        {
            ItCapexUsd = Spread(0, building, 40e9 / building, months),
            BuildingCapexUsd = Spread(0, building, 15e9 / building, months),
            RevenueUsd = Spread(building, months, 13.3e9 / 12, months),
            OperatingCostUsd = Spread(building, months, 1.9e9 / 12, months),
            FullPowerMonth = building,
            Debt = new DebtTerms(),
        };
    }

    private static double[] Spread(int from, int to, double amount, int months)
    {
        double[] series = new double[months];
        Array.Fill(series, amount, from, to - from);
        return series;
    }

    private FleetPlan LlamaOnOneChip()
    {
        ModelRecord record = _catalog.FindModel("llama-3.1-8b") ?? throw new InvalidOperationException("The catalog has no llama-3.1-8b.");
        SystemRecord system = SystemOf("hgx-h100");
        EngineSettings engine = EngineDefaults.For(EngineFamily.Vllm, "", "", 80e9, 1) with { MaxBatchedTokens = 2048, MaxSequences = 256 };
        Deployment deployment = new(
            ModelArchitecture.Parse(record.Id, record.ConfigJson), system, new ParallelLayout(), new PrecisionPlan(OperandPrecision.Bf16, OperandPrecision.Bf16, OperandPrecision.Bf16), engine);
        OperatorTimes times = OperatorTimes.Create(system, EngineFamily.Vllm, ShippedOperators.Load(), out string reason) ?? throw new InvalidOperationException(reason);
        StepModel step = StepModel.Compile(deployment, times, ShippedCalibration.Load().FactorsOf(EngineFamily.Vllm, system.Id));
        EnginePolicy policy = EnginePolicy.Of(step, 8192);
        return new FleetPlan(new StepClock(step, policy.MaxSequences, 8192), policy);
    }

    private static Deployment DeploymentOf(ServingCase run) => new(run.Model, run.System, run.Layout!.Value, run.Precision, run.Engine);

    private ServingCase RunOf(string modelId, string systemId, ParallelLayout layout, double concurrency)
    {
        ModelRecord record = _catalog.FindModel(modelId) ?? throw new InvalidOperationException($"The catalog has no {modelId}.");
        SystemRecord system = SystemOf(systemId);
        return new ServingCase
        {
            Id = "benchmark",
            Model = ModelArchitecture.Parse(record.Id, record.ConfigJson),
            System = system,
            Layout = layout,
            Precision = new PrecisionPlan(OperandPrecision.Fp8Block, OperandPrecision.Fp8Block, OperandPrecision.Fp8),
            Engine = EngineDefaults.For(EngineFamily.Sglang, "", "", system.MemoryBytes ?? throw new InvalidOperationException($"{systemId} has no memory."), layout.TensorWays),
            Lengths = s_lengths,
            Load = LoadKind.ClosedLoop,
            Concurrency = concurrency,
        };
    }

    private SystemRecord SystemOf(string id) => _catalog.FindSystem(id) ?? throw new InvalidOperationException($"The catalog has no {id}.");

    private SearchRequest RequestOf(string modelId, double input, double output, double firstToken, double perToken, int chips)
    {
        ModelRecord record = _catalog.FindModel(modelId) ?? throw new InvalidOperationException($"The catalog has no {modelId}.");
        return new SearchRequest
        {
            Model = ModelArchitecture.Parse(record.Id, record.ConfigJson),
            Lengths = RequestLengths.FromMeans(input, output),
            TimeToFirstTokenLimitSeconds = firstToken,
            TimePerOutputTokenLimitSeconds = perToken,
            Chips = chips,
        };
    }
}
