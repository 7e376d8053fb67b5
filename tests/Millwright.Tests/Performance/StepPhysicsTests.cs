using CsCheck;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>No predicted step is faster than what its chips can stream and compute at their peaks.</summary>
public sealed class StepPhysicsTests
{
    /// <summary>The largest last-level cache of the systems tried, bytes: what one step may find there of the last. Source: AMD CDNA 3 and 4 white papers, 256 MB.</summary>
    private const double LastLevelCacheBytes = 256e6;

    [Fact]
    public void No_step_beats_the_bytes_of_its_weights_and_cache_over_the_bandwidth() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape).Holds(
            (step, shape) =>
            {
                var peaks = StepCases.Times(step.Deployment.System.Id, step.Deployment.Engine.Family).Peaks;
                double bytes = Operators(step, shape).Sum(o => o.Calls * LeastWeightBytes(step, o, shape)) + CacheBytes(step, shape);
                double chips = step.Deployment.Layout.Chips;
                double least = (bytes - chips * LastLevelCacheBytes) / (chips * peaks.MemoryBytesPerSecond);
                AssertAtLeast(step, shape, least, "its bytes");
            },
            iter: 3000);

    [Fact]
    public void No_step_beats_the_dense_weights_that_each_chip_holds_over_its_bandwidth() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape).Holds(
            (step, shape) =>
            {
                var (deployment, model) = (step.Deployment, step.Deployment.Model);
                var peaks = StepCases.Times(deployment.System.Id, deployment.Engine.Family).Peaks;

                // a step passes all stages; the embedding is looked up, and the head lies on the last stage
                double embedding = 2.0 * model.HiddenSize * model.VocabularySize * (model.TiedEmbedding ? 1 : 2) / deployment.Layout.TensorWays;
                double bytes = (step.Memory.DenseWeightBytes - embedding) * deployment.Layout.PipelineStages;
                AssertAtLeast(step, shape, (bytes - deployment.Layout.PipelineStages * LastLevelCacheBytes) / peaks.MemoryBytesPerSecond, "the weights that a chip holds");
            },
            iter: 3000);

    [Fact]
    public void No_step_beats_its_arithmetic_over_the_peak() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape).Holds(
            (step, shape) =>
            {
                var peaks = StepCases.Times(step.Deployment.System.Id, step.Deployment.Engine.Family).Peaks;
                double least = Operators(step, shape)
                    .Where(o => o.Kind != OperatorKind.Elementwise)
                    .Sum(o => o.Calls * o.Flops / peaks.FlopsPerSecond(peaks.Multiplies(o.Precision))) / step.Deployment.Layout.Chips;
                AssertAtLeast(step, shape, least, "its arithmetic");
            },
            iter: 3000);

    [Fact]
    public void Times_are_finite_and_add_up_and_no_part_is_negative() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape).Holds(
            (step, shape) =>
            {
                var time = step.Time(shape);
                Assert.True(double.IsFinite(time.TotalSeconds) && time.TotalSeconds > 0, StepCases.NameOf(step));
                var parts = new[] { time.Dense, time.DecodeAttention, time.PrefillAttention, time.Experts, time.Exchange };
                Assert.All(parts, part => Assert.True(part.FloorSeconds >= 0 && part.ComputeSeconds >= 0 && part.MemorySeconds >= 0, $"{StepCases.NameOf(step)}, {shape}: {part}"));
                Assert.Equal(time.TotalSeconds, time.Division.TotalSeconds, 1e-9 * time.TotalSeconds);
            },
            iter: 1000);

    private static IReadOnlyList<StepOperator> Operators(StepModel step, StepShape shape)
    {
        var (model, precision) = (step.Deployment.Model, step.Deployment.Precision);
        return model.OperatorsOf(shape, precision.Dense, precision.Experts, precision.CacheBytesPerElement);
    }

    // tokens may all choose the same experts: those of one token are the fewest that a step reads
    private static double LeastWeightBytes(StepModel step, StepOperator o, StepShape shape)
    {
        if (o.Kind != OperatorKind.ExpertGemm)
        {
            return o.WeightBytes;
        }

        var model = step.Deployment.Model;
        double tokens = shape.DecodeSequences + shape.PrefillTokens;
        double touched = model.RoutedExperts * (1 - Math.Pow(1 - (double)model.ExpertsPerToken / model.RoutedExperts, tokens));
        return o.WeightBytes * Math.Min(1, model.ExpertsPerToken / touched);
    }

    // of models that read all of their cache
    private static double CacheBytes(StepModel step, StepShape shape)
    {
        var (model, precision) = (step.Deployment.Model, step.Deployment.Precision);
        bool sparse = model.Layers.Any(layer => layer.Mixer is LatentAttention { Indexer: not null } or CompressedAttention);
        return sparse || shape.DecodeSequences <= 0 ? 0
            : shape.DecodeSequences * model.KvCacheBytes(shape.DecodeContextTokens / shape.DecodeSequences, precision.CacheBytesPerElement);
    }

    private static void AssertAtLeast(StepModel step, StepShape shape, double least, string what)
    {
        double time = step.Time(shape).TotalSeconds;
        Assert.True(time >= least, $"{StepCases.NameOf(step)}, {shape}: {time * 1e6:0.0} us, where {what} take at least {least * 1e6:0.0} us at the peaks");
    }
}
