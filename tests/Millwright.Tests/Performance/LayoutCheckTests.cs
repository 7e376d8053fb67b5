using CsCheck;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Tests.Performance;

/// <summary>Layouts that can cut a model compile, and others say why and what is near.</summary>
public sealed class LayoutCheckTests
{
    [Theory]
    [InlineData("llama-3.1-70b", 0, 1, 1, 1, "the ways of a layout must be at least 1")]
    [InlineData("llama-3.1-70b", 3, 1, 1, 1, "tensor parallelism of 3 does not divide the 64 heads of llama-3.1-70b; nearest: 2")]
    [InlineData("llama-3.1-70b", 48, 1, 1, 1, "tensor parallelism of 48 does not divide the 64 heads of llama-3.1-70b; nearest: 32")]
    [InlineData("llama-3.1-70b", 1, 81, 1, 1, "81 pipeline stages are more than the 80 layers of llama-3.1-70b")]
    [InlineData("llama-3.1-70b", 1, 1, 1, 2, "llama-3.1-70b has no experts to spread over 2 ways")]
    [InlineData("llama-3.1-70b", 1, 1, 4, 1, "llama-3.1-70b has no experts: attention ranks would be replicas; ask for replicas instead")]
    [InlineData("qwen3-235b-a22b", 4, 1, 1, 3, "expert parallelism of 3 does not divide the 4 chips of a stage; nearest: 2")]
    [InlineData("gpt-oss-120b", 1, 1, 256, 256, "expert parallelism of 256 is more than the 128 experts of gpt-oss-120b")]
    public void What_cannot_be_cut_is_refused_with_the_reason_and_the_nearest_that_can(string model, int tensor, int stages, int ranks, int experts, string reason) =>
        Assert.StartsWith(reason, LayoutCheck.Fault(StepCases.Model(model), new ParallelLayout(tensor, stages, ranks, experts)), StringComparison.Ordinal);

    [Fact]
    public void Tensor_parallelism_that_neither_divides_nor_multiplies_the_cache_heads_is_refused()
    {
        // 40 query heads over 8 cache heads: five ways divide the former and not the latter
        var model = StepCases.Model("qwen3-14b");
        Assert.Equal(8, model.CacheHeads);
        Assert.Equal(
            "tensor parallelism of 5 neither divides the 8 key-value heads of qwen3-14b nor is a multiple of them",
            LayoutCheck.Fault(model, new ParallelLayout(5)));
    }

    [Fact]
    public void Legal_layouts_compile_to_positive_times_and_whole_memory_and_illegal_ones_say_why() =>
        Gen.Select(StepCases.OneOf(StepCases.Models), Gen.Int[1, 17], Gen.Int[1, 4], Gen.Int[1, 9], Gen.Int[1, 17], Gen.Int[1, 3]).Holds(
            (id, tensor, stages, ranks, experts, contexts) =>
            {
                var model = StepCases.Model(id);
                ParallelLayout layout = new(tensor, stages, ranks, experts, contexts);
                string fault = LayoutCheck.Fault(model, layout);
                bool legal = model.Layers.Count >= stages
                    && (model.HasExperts ? layout.StageChips % experts == 0 && experts <= model.RoutedExperts : experts == 1 && ranks == 1);
                if (fault.Length > 0)
                {
                    Assert.Matches($"{id}|chips of a stage", fault);
                    return;
                }

                Assert.True(legal, $"{id} as {layout} was let through");
                Assert.Equal(0, model.CacheHeads % Math.Min(tensor, model.CacheHeads));
                var step = StepCases.Step(id, "gb200-nvl72", layout, StepCases.Fp8);
                double time = step.Time(new StepShape(64, 64 * 2000, 256, 0, 1)).TotalSeconds;
                Assert.True(time > 0 && double.IsFinite(time));
                Assert.Equal(tensor * stages * ranks * contexts, layout.Chips);
                Assert.True(step.Memory.WeightBytes > 0);
            },
            iter: 300);

    [Theory]
    [InlineData(1, 1, 1, 1, 1, "tp1")]
    [InlineData(8, 2, 1, 1, 1, "tp8 pp2")]
    [InlineData(1, 1, 8, 8, 1, "dp8 ep8")]
    [InlineData(2, 1, 4, 8, 1, "tp2 dp4 ep8")]
    [InlineData(4, 1, 1, 1, 2, "tp4 cp2")]
    public void Names_are_short(int tensor, int stages, int ranks, int experts, int contexts, string name) =>
        Assert.Equal(name, new ParallelLayout(tensor, stages, ranks, experts, contexts).ToString());
}
