using CsCheck;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>Steps in whole picoseconds against the step model that they are made from.</summary>
public sealed class StepClockTests
{
    [Fact]
    public void A_step_is_within_a_thousandth_of_the_step_model() =>
        (from step in StepCases.AnyStep
         from sequences in Gen.Int[1, 300]
         from context in Gen.Double[1, 15]
         from prompt in Gen.Int[0, 3000]
         from prefix in Gen.Int[0, 5000]
         select (step, sequences, context, prompt, prefix)).Holds(c =>
        {
            int stages = c.step.Deployment.Layout.PipelineStages;
            int ranks = c.step.Deployment.Layout.AttentionRanks;
            StepClock clock = new(c.step, 300, 40_000);
            long tokens = (long)(c.sequences * Math.Pow(2, c.context));
            StepShape shape = new((double)c.sequences / stages, (double)tokens / stages, (double)c.prompt * ranks, c.prefix, c.prompt > 0 ? ranks : 0);
            double exact = c.step.Time(shape).TotalSeconds;
            long rest = c.prompt > 0 ? clock.Mixed(c.sequences, c.prompt, c.prefix, 1) : clock.Decode(c.sequences);
            double found = (rest + clock.Attention(c.sequences, tokens).At(tokens)) / 1e12;
            Assert.True(Math.Abs(found - exact) <= StepCost.Tolerance * exact, $"{StepCases.NameOf(c.step)}: {c.sequences} sequences of {tokens} tokens, {c.prompt} prompt: {found} against {exact}");
        });

    [Fact]
    public void Lines_follow_one_another_without_a_gap()
    {
        StepClock clock = new(StepCases.Step("deepseek-v3", "hgx-h200", new ParallelLayout(1, 1, 8, 8), StepCases.Fp8), 64, 100_000);
        foreach (int sequences in new[] { 1, 8, 9, 64 })
        {
            long context = sequences;
            AttentionSegment line = clock.Attention(sequences, context);
            while (line.To < 64L * 100_000)
            {
                AttentionSegment next = clock.Attention(sequences, line.To);
                Assert.Equal(line.To, next.From);
                long gap = next.BasePicoseconds - line.At(line.To);
                Assert.True(Math.Abs(gap) <= 1e-3 * next.BasePicoseconds, $"{sequences} sequences at {line.To}: {gap} ps of {next.BasePicoseconds}");
                line = next;
            }
        }
    }
}
