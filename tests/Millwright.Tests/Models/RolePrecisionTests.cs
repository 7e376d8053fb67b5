using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class RolePrecisionTests
{
    [Theory]
    [InlineData(OperandPrecision.Bf16, 2)]
    [InlineData(OperandPrecision.Fp8, 1)]
    [InlineData(OperandPrecision.Fp8Block, 1 + (4.0 / 16384))]
    [InlineData(OperandPrecision.Fp4, 0.5625)]
    [InlineData(OperandPrecision.Mxfp4, 0.53125)]
    [InlineData(OperandPrecision.Int8, 1)]
    [InlineData(OperandPrecision.Int4, 0.515625)]
    public void Experts_take_the_bytes_of_their_precision_and_the_rest_its_own(OperandPrecision experts, double bytes)
    {
        var model = TestModels.Parse("qwen3-235b-a22b");
        const double Experts = 94.0 * 128 * 3 * 4096 * 1536;

        Assert.Equal((Experts * bytes) + ((model.TotalParameters - Experts) * 2), model.WeightBytes(OperandPrecision.Bf16, experts), 1);
        Assert.Equal(Experts * bytes, model.ExpertWeightBytes(OperandPrecision.Bf16, experts), 1);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void One_precision_for_both_counts_as_before(string id)
    {
        var model = TestModels.Parse(id);
        foreach (var precision in new[] { OperandPrecision.Bf16, OperandPrecision.Fp8 })
        {
            Assert.Equal(model.WeightBytes(precision), model.WeightBytes(precision, precision));
            var shape = new StepShape(3, 3000, 500, 20, 2);
            Assert.Equal(model.OperatorsOf(shape, precision, 1), model.OperatorsOf(shape, precision, precision, 1));
        }
    }

    [Theory]
    [InlineData("gpt-oss-120b", OperandPrecision.Bf16, OperandPrecision.Mxfp4)]
    [InlineData("kimi-k2.5", OperandPrecision.Bf16, OperandPrecision.Int4)]
    [InlineData("deepseek-v3", OperandPrecision.Fp8Block, OperandPrecision.Fp8Block)]
    [InlineData("deepseek-v4-pro", OperandPrecision.Fp8Block, OperandPrecision.Mxfp4)]
    [InlineData("llama-3.1-8b", OperandPrecision.Bf16, OperandPrecision.Bf16)]
    public void The_release_tells_both_precisions(string id, OperandPrecision dense, OperandPrecision experts)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(dense, model.ReleasedDensePrecision);
        Assert.Equal(experts, model.ReleasedExpertPrecision);
    }

    [Fact]
    public void Weights_of_gpt_oss_take_the_bytes_of_its_release()
    {
        // the hub's weight files: 60.8 GiB and 12.8 GiB (OpenAI, gpt-oss model card, table 1)
        Assert.Equal(60.8, Released("gpt-oss-120b") / Math.Pow(2, 30), 0.1);
        Assert.Equal(12.8, Released("gpt-oss-20b") / Math.Pow(2, 30), 0.1);
    }

    [Fact]
    public void Operators_carry_the_precision_of_their_role()
    {
        var operators = TestModels.Parse("gpt-oss-20b").OperatorsOf(new StepShape(4, 400), OperandPrecision.Bf16, OperandPrecision.Mxfp4, 2);

        Assert.All(operators.Where(step => step.Kind == OperatorKind.Gemm), step => Assert.Equal(OperandPrecision.Bf16, step.Precision));
        Assert.All(operators.Where(step => step.Kind == OperatorKind.ExpertGemm), step => Assert.Equal(OperandPrecision.Mxfp4, step.Precision));
    }

    [Theory]

    // inputs are quantised with the weights, or stay in 16 bits where only weights are
    [InlineData(OperandPrecision.Bf16, 2)]
    [InlineData(OperandPrecision.Fp8, 1)]
    [InlineData(OperandPrecision.Fp8Block, 1 + (4.0 / 128))]
    [InlineData(OperandPrecision.Mxfp4, 2)]
    [InlineData(OperandPrecision.Int8, 2)]
    [InlineData(OperandPrecision.Int4, 2)]
    public void Inputs_take_the_bytes_of_what_is_multiplied(OperandPrecision precision, double inputBytes)
    {
        var down = TestModels.Parse("llama-3.1-8b").OperatorsOf(new StepShape(10, 100), precision, precision, 2).Single(step => step.Name == "ffn-down");

        Assert.Equal(10 * ((14336 * inputBytes) + (4096 * 2)), down.OtherBytes);
    }

    private static double Released(string id)
    {
        var model = TestModels.Parse(id);
        return model.WeightBytes(model.ReleasedDensePrecision, model.ReleasedExpertPrecision);
    }
}
