using System.Globalization;
using Millwright.Catalog;
using Millwright.Cli.Measured;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Tests.Measured;

/// <summary>The sample of measured rows that ships with the tests, and small rows and predictors made for one test.</summary>
internal static class Sample
{
    public const string MinimalHeader = "id,scenario,model,chip,framework,precision,isl,osl";

    public static CatalogData Catalog { get; } = ShippedCatalog.Load();

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "tests/Millwright.Cli.Tests/Measured/Data/serving-sample.csv");

    public static string Text { get; } = File.ReadAllText(Path);

    public static IReadOnlyList<ServingRow> Rows { get; } = ServingRowReader.Read(Path);

    /// <summary>A closed-loop row that states everything, to be changed by a test.</summary>
    public static ServingRow Row { get; } = new()
    {
        Line = 2,
        Id = "a",
        Date = "2025-11-18",
        Scenario = "closed-loop",
        Model = "DeepSeek-R1-0528",
        Chip = "B200-SXM",
        Chips = 8,
        Framework = "SGLang",
        FrameworkVersion = "0.5.6.post2",
        Precision = "fp8",
        Speculation = "none",
        TensorWays = 8,
        PipelineStages = 1,
        ExpertWays = 1,
        AttentionDataParallel = false,
        Dataset = "random",
        InputTokens = 1000,
        OutputTokens = 100,
        LengthDistribution = "fixed",
        Concurrency = 16,
    };

    public static MappedRow Map(ServingRow row) => new ServingCaseReader(Catalog).Read(row);

    /// <summary>The run in one line.</summary>
    public static string Describe(MappedRow mapped)
    {
        string head = $"{mapped.Row.Id} | {mapped.Row.Scenario}{(mapped.Row.Apart ? " apart" : "")} | {mapped.Row.Model} on {mapped.Row.Chip} | ";
        if (mapped.Case is not { } run)
        {
            return head + "none: " + mapped.Reason;
        }

        string layout = run.Pools is { } pools ? $"{pools.PrefillWorkers} x ({pools.PrefillLayout}) + {pools.DecodeWorkers} x ({pools.DecodeLayout})"
            : run.Layout is { } one ? $"{run.Replicas} x ({one})" : string.Create(CultureInfo.InvariantCulture, $"best of {run.Chips} chips");
        EngineSettings engine = run.Engine;
        return head + string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Model.Id} on {run.System.Id} | {layout} | {run.Precision.Dense}/{run.Precision.Experts}/{run.Precision.Cache} | {engine.Family} {engine.MaxBatchedTokens} {engine.MaxSequences} {engine.GraphMaxBatch}{(engine.ChunkedPrefill ? " chunked" : "")}{(run.EngineIsAssumed ? " assumed" : "")} | {run.Lengths.MeanInputTokens:0.#} in {run.Lengths.MeanOutputTokens:0.#} out {run.Lengths.CachedShare:0.###} cached | {run.Load} {run.Concurrency:0.#} {run.RequestRatePerSecond:0.#} {run.Requests:0} | {run.TimeToFirstTokenLimitSeconds} {run.TimePerOutputTokenLimitSeconds} | {run.Speculation?.DraftTokens} {run.Speculation?.AcceptedTokens} | {string.Join("; ", mapped.Remarks)}");
    }

    /// <summary>An estimate with a TPOT in ms and total and output tokens per chip and second.</summary>
    public static ServingEstimate Estimate(double tpotMs, double total = 100, double output = 10, double bandFactor = 1.2) => new(
        tpotMs / 1e3, tpotMs / 1e3 / bandFactor, tpotMs / 1e3 * bandFactor, 0.5, total, output, 3, 700, new ParallelLayout(8), []);

    /// <summary>A row answered with an estimate.</summary>
    public static RowPrediction Answer(ServingRow row, ServingEstimate estimate) => new(Map(row), estimate, RowPrediction.Ok, "");
}

/// <summary>Predicts the same for each run; refuses runs on some layout.</summary>
internal sealed class FixedPredictor(ServingEstimate estimate, int refusedTensorWays = 0) : IServingPredictor
{
    public ServingEstimate? Predict(ServingCase run, out string reason)
    {
        bool refused = run.Layout?.TensorWays == refusedTensorWays;
        reason = refused ? "does not divide" : "";
        return refused ? null : estimate;
    }
}
