using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>Fitted factors of engines: reading and writing, what they know, and what is refused.</summary>
public sealed class EngineCalibrationTests
{
    private static readonly EngineCalibration s_small = new(
        "rows of a test",
        [
            new EngineFactorsRow(EngineFamily.Vllm, "", new EngineFactors(1e-3, 2e-6, 0.7, 1.1, 1.2, 0.9, 1.05, 0.8, 0.5, 0.85) { ByPrecision = AtFp8(1.04, 0.93) }),
            new EngineFactorsRow(EngineFamily.Vllm, "hgx-h100", new EngineFactors(Dense: 1.02, Experts: 0.97, Prefill: 1.1)),
        ],
        ["a", "b"],
        ["hgx-h100", "hgx-b200"],
        new Dictionary<PredictionKind, ErrorBand> { [PredictionKind.Measured] = new(0.9, 1.2), [PredictionKind.ChipNeverSeen] = new(0.7, 1.6) },
        16,
        120);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var read = EngineCalibration.Parse(s_small.ToJson());
        Assert.Equal(s_small.Source, read.Source);
        Assert.Equal(s_small.Parameters, read.Parameters);
        Assert.Equal(s_small.Observations, read.Observations);
        Assert.Equal(s_small.Models, read.Models);
        Assert.Equal(s_small.Systems, read.Systems);
        Assert.Equal(s_small.Bands, read.Bands);
        Assert.Equal(s_small.ToJson(), read.ToJson());
        var (before, after) = (s_small.FactorsOf(EngineFamily.Vllm, "hgx-h100"), read.FactorsOf(EngineFamily.Vllm, "hgx-h100"));
        Assert.Equal(before.HostSeconds, after.HostSeconds, 1e-9);
        Assert.Equal(before.HostSecondsPerSequence, after.HostSecondsPerSequence, 1e-12);
        Assert.Equal(before.Stall, after.Stall, 1e-5);
        Assert.Equal(before.PrefillUse, after.PrefillUse, 1e-5);
        Assert.Equal(before.DenseAt(OperandPrecision.Fp8), after.DenseAt(OperandPrecision.Fp8), 1e-5);
        Assert.Equal(before.ExpertsAt(OperandPrecision.Fp8), after.ExpertsAt(OperandPrecision.Fp8), 1e-5);
    }

    [Fact]
    public void A_factor_of_a_precision_multiplies_that_of_the_operator_and_leaves_other_precisions_alone()
    {
        var pair = s_small.FactorsOf(EngineFamily.Vllm, "hgx-h100");
        Assert.Equal(1.1 * 1.02 * 1.04, pair.DenseAt(OperandPrecision.Fp8), 1e-12);
        Assert.Equal(1.05 * 0.97 * 0.93, pair.ExpertsAt(OperandPrecision.Fp8), 1e-12);
        Assert.Equal(pair.Dense, pair.DenseAt(OperandPrecision.Bf16));
        Assert.Equal(pair.Experts, pair.ExpertsAt(OperandPrecision.Fp4));
        Assert.Equal(1.1, new EngineFactors(Dense: 1.1).DenseAt(OperandPrecision.Fp8));
    }

    [Fact]
    public void A_chips_row_multiplies_its_engines_and_an_unknown_chip_takes_the_engines_own()
    {
        var pair = s_small.FactorsOf(EngineFamily.Vllm, "hgx-h100");
        Assert.Equal(1.1 * 1.02, pair.Dense, 1e-12);
        Assert.Equal(1.05 * 0.97, pair.Experts, 1e-12);
        Assert.Equal(1e-3, pair.HostSeconds);
        Assert.Equal(1.1, s_small.FactorsOf(EngineFamily.Vllm, "hgx-b200").Dense);
        Assert.Equal(new EngineFactors(), s_small.FactorsOf(EngineFamily.Sglang, "hgx-h100"));
    }

    [Fact]
    public void Overheads_add_up_and_factors_multiply()
    {
        var both = new EngineFactors(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).Times(new EngineFactors(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        Assert.Equal(new EngineFactors(2, 4, 9, 16, 25, 36, 49, 64, 81, 100), both);
        Assert.Equal(both, both.Times(new EngineFactors()));
    }

    [Theory]
    [InlineData("a", "hgx-h100", PredictionKind.Measured)]
    [InlineData("c", "hgx-h100", PredictionKind.ModelNeverSeen)]
    [InlineData("a", "mi355x", PredictionKind.ChipNeverSeen)]
    [InlineData("c", "mi355x", PredictionKind.ChipNeverSeen)]
    public void Kind_of_a_prediction_says_what_the_fit_had_seen(string model, string system, PredictionKind kind) => Assert.Equal(kind, s_small.KindOf(model, system));

    [Fact]
    public void A_kind_without_errors_has_the_band_of_a_factor_of_two()
    {
        Assert.Equal(new ErrorBand(0.9, 1.2), s_small.BandOf(PredictionKind.Measured));
        Assert.Equal(new ErrorBand(0.5, 2), s_small.BandOf(PredictionKind.ModelNeverSeen));
        Assert.Equal(new ErrorBand(0.5, 2), EngineCalibration.None.BandOf(PredictionKind.Measured));
    }

    [Theory]
    [InlineData("", "not an engine calibration")]
    [InlineData("[]", "not an engine calibration")]
    [InlineData("{}", "not an engine calibration")]
    [InlineData("{\"bands\":{\"Sometimes\":{\"low\":1,\"high\":1}}}", "Sometimes")]
    [InlineData("{\"bands\":{\"Measured\":{\"low\":0,\"high\":1}}}", "'low' must be above 0")]
    [InlineData("{\"bands\":{\"Measured\":{\"low\":1,\"high\":1e9}}}", "'high' must be above 0")]
    [InlineData("{\"bands\":{\"Measured\":{\"low\":\"x\",\"high\":1}}}", "not an engine calibration")]
    public void Text_that_is_no_calibration_is_refused_in_words(string json, string words)
    {
        var error = Assert.Throws<InvalidDataException>(() => EngineCalibration.Parse(json));
        Assert.StartsWith("not an engine calibration: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"dense\": 1.1", "\"dense\": -1", "'dense' must be above 0")]
    [InlineData("\"host_us\": 1000", "\"host_us\": -5", "'host_us' must be at least 0")]
    [InlineData("\"engine\": \"Vllm\"", "\"engine\": \"Other\"", "Other")]
    [InlineData("\"exchange\": 0.8", "\"exchanges\": 0.8", "not an engine calibration")]
    public void A_number_out_of_range_is_refused_by_name(string good, string bad, string words)
    {
        string text = s_small.ToJson();
        Assert.Contains(good, text, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => EngineCalibration.Parse(text.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_calibration_has_fewer_numbers_than_a_tenth_of_its_points_and_none_for_a_model()
    {
        var shipped = ShippedCalibration.Load();
        Assert.True(shipped.Observations > 10 * shipped.Parameters, $"{shipped.Parameters} numbers for {shipped.Observations} points");
        Assert.Equal(shipped.Parameters, shipped.Rows.Sum(row => row.SystemId.Length == 0 ? 12 + ByPrecision(row.Factors) : 3), 2.0);
        Assert.All(shipped.Rows.Where(row => row.SystemId.Length > 0), row => Assert.Contains(row.SystemId, shipped.Systems));
        Assert.All(Enum.GetValues<PredictionKind>(), kind => Assert.True(shipped.BandOf(kind) is { Low: > 0.5 and < 1, High: > 1 and < 2 }));
    }

    private static int ByPrecision(EngineFactors factors) =>
        factors.ByPrecision is { } precisions ? precisions.Dense.Concat(precisions.Experts).Count(factor => factor != 1) : 0;

    private static PrecisionFactors AtFp8(double dense, double experts) => new(
        [.. Enumerable.Range(0, PrecisionFactors.Count).Select(p => p == (int)OperandPrecision.Fp8 ? dense : 1)],
        [.. Enumerable.Range(0, PrecisionFactors.Count).Select(p => p == (int)OperandPrecision.Fp8 ? experts : 1)]);
}
