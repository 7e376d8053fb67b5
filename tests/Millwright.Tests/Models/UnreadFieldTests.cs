using System.Text.Json.Nodes;
using Millwright.Models;

namespace Millwright.Tests.Models;

public sealed class UnreadFieldTests
{
    [Theory]
    [MemberData(nameof(TestModels.AllIds), MemberType = typeof(TestModels))]
    public void Nothing_of_the_shape_of_a_known_model_stays_unread(string id) =>
        Assert.Equal(id == "minimax-m2.5" ? ["use_mtp", "mtp_transformer_layers", "num_mtp_modules"] : [], TestModels.Parse(id).UnreadFields);

    [Theory]
    [InlineData("memory_heads", "4")]
    [InlineData("value_lora_rank", "64")]
    [InlineData("num_null_experts", "8")]
    [InlineData("attention_type", "\"ring\"")]
    [InlineData("moe_every", "2")]
    [InlineData("skip_layers", "[1, 2]")]
    [InlineData("conv_dim", "512")]
    [InlineData("audio_config", "{\"hidden_size\":1280}")]
    public void A_field_that_may_change_the_shape_is_told(string name, string value)
    {
        var config = JsonNode.Parse(TestModels.Config("llama-3.1-8b"))!.AsObject();
        config[name] = JsonNode.Parse(value);

        Assert.Equal([name], ModelArchitecture.Parse("mine", config.ToJsonString()).UnreadFields);
    }

    [Fact]
    public void A_field_of_the_text_model_is_told_with_its_path()
    {
        var config = JsonNode.Parse(TestModels.Config("qwen3.5-122b-a10b"))!;
        config["text_config"]!["linear_memory_dim"] = 7;

        Assert.Equal(["text_config.linear_memory_dim"], ModelArchitecture.Parse("mine", config.ToJsonString()).UnreadFields);
    }

    [Theory]
    [InlineData("rope_scaling", "{\"factor\":8.0,\"rope_type\":\"llama3\"}")]
    [InlineData("rms_norm_eps", "1e-05")]
    [InlineData("layer_norm_epsilon", "1e-05")]
    [InlineData("router_aux_loss_coef", "0.001")]
    [InlineData("num_null_experts", "0")]
    [InlineData("memory_heads", "null")]
    [InlineData("use_memory_layer", "false")]
    [InlineData("initializer_range", "0.02")]
    [InlineData("transformers_version", "\"4.42.3\"")]
    public void A_field_that_is_off_or_harmless_is_not_told(string name, string value)
    {
        var config = JsonNode.Parse(TestModels.Config("llama-3.1-8b"))!.AsObject();
        config[name] = JsonNode.Parse(value);

        Assert.Empty(ModelArchitecture.Parse("mine", config.ToJsonString()).UnreadFields);
    }
}
