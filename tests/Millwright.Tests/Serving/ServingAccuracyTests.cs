using System.Globalization;
using Millwright.Applications;
using Millwright.Catalog;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Serving;
using Millwright.Tests.Models;

namespace Millwright.Tests.Serving;

/// <summary>Predictions against measured serving points that no fit has seen; the sample and its rule are in Serving/Data/README.md.</summary>
public sealed class ServingAccuracyTests(ITestOutputHelper output)
{
    /// <summary>Median absolute percentage error wanted.</summary>
    private const double Goal = 0.25;

    // ratchets: what was reached, rounded up, by the step model that replaced the capacity link (which reached 0.105 and 0.168 on these rows); they may only fall
    private const double ReachedMedian = 0.13;
    private const double ReachedMean = 0.172;

    [Fact]
    public void Measured_throughput_is_met_no_worse_than_before()
    {
        var models = new Dictionary<string, ModelArchitecture>();
        var catalog = ShippedCatalog.Load();
        var predictor = new ServingPredictor(ShippedOperators.Load(), ShippedCalibration.Load());
        var errors = new List<double>();
        foreach (var line in TestCatalog.Text("serving/serving-rows.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var cells = line.Split(',');
            if (!models.TryGetValue(cells[1], out var model))
            {
                models.Add(cells[1], model = TestModels.Parse(cells[1]));
            }

            var precision = cells[4] switch { "bf16" => OperandPrecision.Bf16, "fp8" => OperandPrecision.Fp8, _ => OperandPrecision.Fp4 };
            var engine = cells[3] switch { "vLLM" => EngineFamily.Vllm, "SGLang" => EngineFamily.Sglang, _ => EngineFamily.TensorRtLlm };
            var (dense, experts) = model.PrecisionsAt(precision);
            var chips = int.Parse(cells[5], CultureInfo.InvariantCulture);
            var system = catalog.FindSystem(cells[2])!;
            var run = new ServingCase
            {
                Id = cells[0],
                Model = model,
                System = system,
                Layout = cells[6] == "expert" ? new ParallelLayout(1, 1, chips, chips) : new ParallelLayout(chips),
                Precision = new PrecisionPlan(dense, experts, precision == OperandPrecision.Bf16 ? OperandPrecision.Bf16 : OperandPrecision.Fp8),
                Engine = EngineDefaults.For(engine, "", "", system.MemoryBytes!.Value, chips),
                EngineIsAssumed = true,
                Lengths = RequestLengths.FromMeans(Number(cells[7]), Number(cells[8])),
                Load = LoadKind.ClosedLoop,
                Concurrency = Number(cells[9]),
            };
            var point = predictor.Predict(run, out var reason) ?? throw new InvalidOperationException(reason);
            var error = point.OutputTokensPerChipSecond / Number(cells[10]) - 1;
            errors.Add(Math.Abs(error));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cells[1],-16} {cells[2],-11} {cells[3],-12} {cells[4]} x{cells[5]} {cells[7]}/{cells[8]} c{cells[9]}: measured {Number(cells[10]):0}, here {point.OutputTokensPerChipSecond:0} tok/s/chip, {error:+0%;-0%}"));
        }

        errors.Sort();
        var (median, mean) = ((errors[19] + errors[20]) / 2, errors.Average());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"40 rows: median error {median:0.0%}, mean {mean:0.0%}, 90th percentile {errors[36]:0.0%}; goal {Goal:0%} median"));
        Assert.Equal(40, errors.Count);
        Assert.True(median <= ReachedMedian, $"median {median:0.000}, reached before {ReachedMedian}");
        Assert.True(mean <= ReachedMean, $"mean {mean:0.000}, reached before {ReachedMean}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
