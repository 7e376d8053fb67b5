using CsCheck;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>
/// More work never takes less time, beyond what the measured grids themselves say: kernels change with the number of rows, and a time may fall by a few per
/// cent where they do. The tables of B200 under vLLM 0.24 scatter more: an fp8 product of one row takes 1.3 to 1.8 times as long as one of eight, and single
/// sizes stand at 2 to 3 times their neighbours.
/// </summary>
public sealed class StepMonotoneTests
{
    /// <summary>Greatest fall of a step's time where the context grows.</summary>
    private const double ContextTolerance = 0.01;

    /// <summary>The same where rows grow.</summary>
    private const double RowTolerance = 0.06;

    /// <summary>The same in the tables that scatter, and there in fp8 from less than sixteen rows.</summary>
    private const double ScatterTolerance = 0.12;
    private const double ScatterTolerance8Bits = 0.5;
    private const double FewRows = 16;

    [Fact]
    public void More_context_is_never_faster() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape.DecodeSequences > 0), Gen.Double[1, 8]).Holds(
            (step, shape, factor) => AssertNotFaster(step, shape, shape with { DecodeContextTokens = shape.DecodeContextTokens * factor }, ContextTolerance),
            iter: 2000);

    [Fact]
    public void More_sequences_of_the_same_context_are_never_faster() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape.DecodeSequences > 0), Gen.Double[1, 8]).Holds(
            (step, shape, factor) => AssertNotFaster(
                step, shape, shape with { DecodeSequences = shape.DecodeSequences * factor, DecodeContextTokens = shape.DecodeContextTokens * factor }),
            iter: 2000);

    [Fact]
    public void More_prompts_are_never_faster() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape.PrefillTokens > 0), Gen.Int[1, 8]).Holds(
            (step, shape, factor) => AssertNotFaster(
                step, shape, shape with { PrefillTokens = shape.PrefillTokens * factor, PrefillSequences = shape.PrefillSequences * factor }),
            iter: 2000);

    [Fact]
    public void A_prompt_beside_decoding_sequences_is_never_free() =>
        Gen.Select(StepCases.AnyStep, StepCases.AnyShape.Where(shape => shape is { DecodeSequences: > 0, PrefillTokens: > 0 })).Holds(
            (step, shape) => AssertNotFaster(step, new StepShape(shape.DecodeSequences, shape.DecodeContextTokens), shape),
            iter: 1000);

    [Fact]
    public void Host_time_adds_to_a_step_and_a_factor_stretches_its_part_alone()
    {
        var step = StepCases.Step("qwen3-235b-a22b", "hgx-h200", new ParallelLayout(8), StepCases.Fp8);
        StepShape shape = new(64, 64 * 3000, 512, 100, 2);
        var bare = step.Time(shape);
        var slower = step.With(new EngineFactors(HostSeconds: 1e-3, HostSecondsPerSequence: 1e-5, Dense: 1.5, DecodeAttention: 1.2, Experts: 1.1, Exchange: 2)).Time(shape);
        Assert.Equal(1e-3 + 64e-5, slower.HostSeconds - bare.HostSeconds, 1e-12);
        Assert.Equal(1.5, slower.Dense.TotalSeconds / bare.Dense.TotalSeconds, 1e-9);
        Assert.Equal(1.2, slower.DecodeAttention.TotalSeconds / bare.DecodeAttention.TotalSeconds, 1e-9);
        Assert.Equal(1.1, slower.Experts.TotalSeconds / bare.Experts.TotalSeconds, 1e-9);
        Assert.Equal(2, slower.Exchange.TotalSeconds / bare.Exchange.TotalSeconds, 1e-9);
        Assert.Equal(bare.PrefillAttention, slower.PrefillAttention);
    }

    [Fact]
    public void The_prefill_factor_stretches_what_prompts_add_and_nothing_of_a_step_without_them()
    {
        var step = StepCases.Step("llama-3.1-70b", "hgx-h200", new ParallelLayout(4), StepCases.Fp8);
        var slow = step.With(new EngineFactors(Prefill: 1.3));
        StepShape decode = new(64, 64 * 3000);
        StepShape mixed = decode with { PrefillTokens = 2048, PrefillSequences = 1 };
        Assert.Equal(step.Time(decode), slow.Time(decode));
        double bare = WithoutExchange(step.Time(mixed)) - WithoutExchange(step.Time(decode));
        double stretched = WithoutExchange(slow.Time(mixed)) - WithoutExchange(slow.Time(decode));
        Assert.Equal(1.3, stretched / bare, 1e-9);
    }

    [Fact]
    public void Launch_stretches_floors_alone()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        StepShape shape = new(16, 16 * 2000);
        var (bare, launched) = (step.Time(shape).Division, step.With(new EngineFactors(Launch: 0.5)).Time(shape).Division);
        Assert.Equal(0.5, launched.FloorSeconds / bare.FloorSeconds, 1e-9);
        Assert.Equal(bare.ComputeSeconds, launched.ComputeSeconds, 1e-12);
        Assert.Equal(bare.MemorySeconds, launched.MemorySeconds, 1e-12);
    }

    [Fact]
    public void Other_settings_of_the_same_engine_change_memory_and_not_time_and_another_engine_is_refused()
    {
        var step = StepCases.Step("llama-3.1-8b", "hgx-h100", new ParallelLayout(), StepCases.Bf16);
        StepShape shape = new(16, 16 * 2000);
        var other = step.With(step.Deployment.Engine with { MaxBatchedTokens = 512, MemoryFraction = 0.5 });
        Assert.Equal(step.Time(shape), other.Time(shape));
        Assert.Equal(0.5 * step.Memory.CapacityBytes, other.Memory.UsableBytes, 1);
        Assert.True(other.Memory.ActivationBytes < step.Memory.ActivationBytes);
        Assert.Throws<ArgumentException>(() => step.With(step.Deployment.Engine with { Family = EngineFamily.Sglang }));
    }

    private static double WithoutExchange(StepTimes time) => time.TotalSeconds - time.Exchange.TotalSeconds;

    private static void AssertNotFaster(StepModel step, StepShape less, StepShape more)
    {
        double rows = (less.DecodeSequences + less.PrefillTokens) / step.Deployment.Layout.AttentionRanks;
        bool scatters = step.Deployment.System.Id == "hgx-b200" && step.Deployment.Engine.Family == EngineFamily.Vllm;
        double tolerance = !scatters ? RowTolerance : rows < FewRows && step.Deployment.Precision.Dense == OperandPrecision.Fp8 ? ScatterTolerance8Bits : ScatterTolerance;
        AssertNotFaster(step, less, more, tolerance);
    }

    private static void AssertNotFaster(StepModel step, StepShape less, StepShape more, double tolerance)
    {
        double small = step.Time(less).TotalSeconds;
        double large = step.Time(more).TotalSeconds;
        Assert.True(large >= small * (1 - tolerance), $"{StepCases.NameOf(step)}: {less} takes {small * 1e6:0.0} us, {more} takes {large * 1e6:0.0} us, {large / small - 1:0.0%}");
    }
}
