using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Models;
using Millwright.Numerics;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Validation;

/// <summary>A measured serving point and what the product predicts for it.</summary>
/// <param name="Model">Id of the model.</param>
/// <param name="System">Id of the system.</param>
/// <param name="Precision">Precision of weights and products.</param>
/// <param name="Measured">Measured output tokens per chip and second.</param>
/// <param name="Predicted">Predicted output tokens per chip and second.</param>
internal sealed record ServingPrediction(string Model, string System, string Precision, double Measured, double Predicted)
{
    public double Error => (Predicted / Measured) - 1;
}

/// <summary>How far a group of predictions is off.</summary>
/// <param name="Group">What the group holds.</param>
/// <param name="Count">Points in it.</param>
/// <param name="Median">Median of the absolute error.</param>
/// <param name="Mean">Mean of the absolute error.</param>
/// <param name="Ninetieth">90th percentile of the absolute error.</param>
/// <param name="Bias">Median of the error with its sign.</param>
internal sealed record ServingErrors(string Group, int Count, double Median, double Mean, double Ninetieth, double Bias)
{
    public static ServingErrors Of(string group, IEnumerable<ServingPrediction> predictions)
    {
        double[] signed = [.. predictions.Select(static p => p.Error).Order()];
        double[] absolute = [.. signed.Select(Math.Abs).Order()];
        return new ServingErrors(
            group, signed.Length, Percentiles.OfSorted(absolute, 0.5), absolute.Average(), Percentiles.OfSorted(absolute, 0.9), Percentiles.OfSorted(signed, 0.5));
    }
}

/// <summary>Predicted against measured throughput, at the layout and the number of requests in flight of the measurement.</summary>
internal static class ServingFacts
{
    /// <summary>The sample of measured points, as text.</summary>
    public static string Rows()
    {
        using Stream stream = typeof(ServingFacts).Assembly.GetManifestResourceStream("validation/serving-rows.csv")
            ?? throw new InvalidOperationException("The assembly was built without its serving measurements.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Predicts every point of the sample.</summary>
    public static IReadOnlyList<ServingPrediction> Run(CatalogData catalog)
    {
        Dictionary<string, ModelArchitecture> models = [];
        ServingPredictor predictor = new(ShippedOperators.Load(), ShippedCalibration.Load());
        List<ServingPrediction> predictions = [];
        foreach (string line in Rows().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] cells = line.Split(',');
            if (!models.TryGetValue(cells[1], out ModelArchitecture? model))
            {
                ModelRecord record = catalog.FindModel(cells[1]) ?? throw new InvalidOperationException($"The catalog lost the model {cells[1]}.");
                models.Add(cells[1], model = ModelArchitecture.Parse(record.Id, record.ConfigJson));
            }

            SystemRecord system = catalog.FindSystem(cells[2]) ?? throw new InvalidOperationException($"The catalog lost the system {cells[2]}.");
            OperandPrecision precision = cells[4] switch { "bf16" => OperandPrecision.Bf16, "fp8" => OperandPrecision.Fp8, _ => OperandPrecision.Fp4 };
            EngineFamily engine = cells[3] switch { "vLLM" => EngineFamily.Vllm, "SGLang" => EngineFamily.Sglang, _ => EngineFamily.TensorRtLlm };
            int chips = (int)Number(cells[5]);
            ServingCase run = new()
            {
                Id = cells[0],
                Model = model,
                System = system,
                Layout = cells[6] == "expert" ? new ParallelLayout(1, 1, chips, chips) : new ParallelLayout(chips),
                Precision = new PrecisionPlan(precision, precision, precision == OperandPrecision.Bf16 ? OperandPrecision.Bf16 : OperandPrecision.Fp8),
                Engine = EngineDefaults.For(engine, "", "", system.MemoryBytes ?? 0, cells[6] == "expert" ? 1 : chips),
                EngineIsAssumed = true,
                Lengths = RequestLengths.FromMeans(Number(cells[7]), Number(cells[8])),
                Load = LoadKind.ClosedLoop,
                Concurrency = Number(cells[9]),
            };
            ServingEstimate estimate = predictor.Predict(run, out string reason) ?? throw new InvalidOperationException($"{cells[0]}: {reason}");
            predictions.Add(new ServingPrediction(cells[1], cells[2], cells[4], Number(cells[10]), estimate.OutputTokensPerChipSecond));
        }

        return predictions;
    }

    /// <summary>Errors over all points, by system and by precision.</summary>
    public static IReadOnlyList<ServingErrors> Errors(IReadOnlyList<ServingPrediction> predictions) =>
    [
        ServingErrors.Of("all", predictions),
        .. predictions.GroupBy(static p => p.System).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => ServingErrors.Of(g.Key, g)),
        .. predictions.GroupBy(static p => p.Precision).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => ServingErrors.Of(g.Key, g)),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
