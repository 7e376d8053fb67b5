using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class WeightBytesTests
{
    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Sixteen_bits_take_two_bytes_for_each_parameter(string id)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(2 * model.TotalParameters, model.WeightBytes(OperandPrecision.Bf16), 1);
    }

    [Theory]
    [InlineData(OperandPrecision.Fp8, 1.0)]
    [InlineData(OperandPrecision.Fp4, 0.5625)]
    public void Embedding_head_and_norms_keep_two_bytes(OperandPrecision precision, double matrixBytes)
    {
        // Llama-3.1-70B by hand: q, k, v, o and three feed-forward matrices in each of 80 layers
        const double Matrices = 80.0 * ((2.0 * 8192 * 8192) + (2.0 * 8192 * 1024) + (3.0 * 8192 * 28672));
        const double Kept = (2.0 * 128256 * 8192) + (80 * 2 * 8192) + 8192;

        Assert.Equal((Matrices * matrixBytes) + (Kept * 2), TestModels.Parse("llama-3.1-70b").WeightBytes(precision), 1);
    }

    [Fact]
    public void Mxfp4_release_keeps_all_but_the_experts_in_sixteen_bits()
    {
        // gpt-oss-120b: 36 layers of 128 experts of three matrices 2880 x 2880, 4 bits and a byte for 32
        var model = TestModels.Parse("gpt-oss-120b");
        const double ExpertMatrices = 36.0 * 128 * 3 * 2880 * 2880;

        Assert.Equal((ExpertMatrices * 17 / 32) + ((model.TotalParameters - ExpertMatrices) * 2), model.WeightBytes(OperandPrecision.Fp4), 1);
    }

    [Fact]
    public void Int4_experts_of_a_compressed_release_leave_the_rest_in_sixteen_bits()
    {
        // Kimi-K2.5: 60 layers of 384 experts of three matrices 7168 x 2048
        var model = TestModels.Parse("kimi-k2.5");
        const double Experts = 60.0 * 384 * 3 * 7168 * 2048;

        Assert.Equal((Experts * 0.5625) + ((model.TotalParameters - Experts) * 2), model.WeightBytes(OperandPrecision.Fp4), 1);
        Assert.Equal(Experts, model.RoutedExpertParameters);
    }

    [Fact]
    public void Fp4_experts_of_an_fp8_release_leave_the_rest_in_eight_bits()
    {
        var model = TestModels.Parse("deepseek-v4-flash");
        const double Experts = 43.0 * 256 * 3 * 4096 * 2048;

        var rest = model.WeightBytes(OperandPrecision.Fp4) - (Experts * 17 / 32);

        Assert.Equal(model.WeightBytes(OperandPrecision.Fp8) - Experts, rest, 1);
    }

    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Fewer_bits_take_fewer_bytes_and_experts_are_part_of_the_whole(string id)
    {
        var model = TestModels.Parse(id);
        var bytes = Enum.GetValues<OperandPrecision>().Select(model.WeightBytes).ToArray();

        Assert.True(bytes[0] > bytes[1] && bytes[1] > bytes[2]);
        foreach (var precision in Enum.GetValues<OperandPrecision>())
        {
            var experts = model.ExpertWeightBytes(precision);
            Assert.Equal(model.HasExperts, experts > 0);
            Assert.True(experts < model.WeightBytes(precision));
        }
    }

    [Theory]
    [InlineData("llama-3.1-70b", OperandPrecision.Bf16)]
    [InlineData("deepseek-v3", OperandPrecision.Fp8)]
    [InlineData("minimax-m2.5", OperandPrecision.Fp8)]
    [InlineData("gpt-oss-20b", OperandPrecision.Fp4)]
    [InlineData("kimi-k2.5", OperandPrecision.Fp4)]
    [InlineData("deepseek-v4-pro", OperandPrecision.Fp4)]
    public void Released_precision_is_read(string id, OperandPrecision expected) => Assert.Equal(expected, TestModels.Parse(id).ReleasedPrecision);

    [Theory]
    [InlineData("""{ "quant_method": "fbgemm_fp8" }""", OperandPrecision.Fp8)]
    [InlineData("""{ "quant_method": "modelopt", "quant_algo": "NVFP4" }""", OperandPrecision.Fp4)]
    [InlineData("""{ "quant_method": "awq", "bits": 4 }""", OperandPrecision.Fp4)]
    [InlineData("""{ "quant_method": "compressed-tensors", "config_groups": { "group_0": { "weights": { "num_bits": 8 } } } }""", OperandPrecision.Fp8)]
    public void Quantisation_of_other_releases_is_read(string quantisation, OperandPrecision expected)
    {
        var config = TestModels.Config("llama-3.1-8b").TrimEnd().TrimEnd('}') + $", \"quantization_config\": {quantisation} }}";

        Assert.Equal(expected, ModelArchitecture.Parse("mine", config).ReleasedPrecision);
    }
}
