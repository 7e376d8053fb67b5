using System.Text.Json.Nodes;
using Millwright.Models;

namespace Millwright.Tests.Models;

public sealed class ConfigurationErrorTests
{
    [Theory]
    [InlineData("llama-3.1-8b", "hidden_size", null, "hidden_size", "is missing; it must be a whole number from 1")]
    [InlineData("llama-3.1-8b", "num_hidden_layers", "0", "num_hidden_layers", "from 1 to")]
    [InlineData("llama-3.1-8b", "num_hidden_layers", "-3", "num_hidden_layers", "found -3")]
    [InlineData("llama-3.1-8b", "num_hidden_layers", "1000000", "num_hidden_layers", "at most 10000")]
    [InlineData("llama-3.1-8b", "vocab_size", "\"big\"", "vocab_size", "found \"big\"")]
    [InlineData("llama-3.1-8b", "vocab_size", "12.5", "vocab_size", "found 12.5")]
    [InlineData("llama-3.1-8b", "vocab_size", "1e300", "vocab_size", "found 1e300")]
    [InlineData("llama-3.1-8b", "num_key_value_heads", "5", "num_key_value_heads", "must divide num_attention_heads (32)")]
    [InlineData("llama-3.1-8b", "num_attention_heads", "24", "head_dim", "is not a multiple of num_attention_heads (24)")]
    [InlineData("llama-3.1-8b", "tie_word_embeddings", "\"no\"", "tie_word_embeddings", "must be true or false")]
    [InlineData("llama-3.1-8b", "model_type", "\"lama\"", "model_type", "is 'lama', which is not known; known: deepseek_v2")]
    [InlineData("llama-3.1-8b", "model_type", null, "model_type", "is missing; known:")]
    [InlineData("llama-3.1-8b", "model_type", "7", "model_type", "must be text")]
    [InlineData("llama-3.1-8b", "quantization_config", "{\"quant_method\":\"zip\"}", "quantization_config.quant_method", "is 'zip', which is not known; known: fp8")]
    [InlineData("llama-3.1-8b", "quantization_config", "[]", "quantization_config", "must be an object")]
    [InlineData("gpt-oss-20b", "sliding_window", null, "sliding_window", "is missing")]
    [InlineData("gpt-oss-20b", "layer_types", "[\"full_attention\"]", "layer_types", "an item for each of the 24 layers, found 1")]
    [InlineData("gpt-oss-20b", "layer_types", "\"full\"", "layer_types", "must be a list")]
    [InlineData("gpt-oss-20b", "num_experts_per_tok", "33", "num_experts_per_tok", "at most the number of experts (32)")]
    [InlineData("gpt-oss-20b", "num_local_experts", null, "num_experts", "is missing")]
    [InlineData("deepseek-v3", "kv_lora_rank", null, "kv_lora_rank", "is missing")]
    [InlineData("deepseek-v3.2", "index_topk", null, "index_topk", "is missing")]
    [InlineData("deepseek-v3.2", "q_lora_rank", null, "q_lora_rank", "takes its queries from the query latent")]
    [InlineData("glm-5.2", "indexer_types", null, "indexer_types", "index_topk_freq above 1 needs the list")]
    [InlineData("deepseek-v4-pro", "compress_ratios", null, "compress_ratios", "is missing")]
    [InlineData("deepseek-v4-pro", "compress_ratios", "[4, 128, 2]", "compress_ratios", "an item for each of the 61 layers, found 3")]
    [InlineData("deepseek-v4-pro", "o_groups", "7", "o_groups", "must divide")]
    [InlineData("deepseek-v4-pro", "expert_dtype", "\"fp3\"", "expert_dtype", "must be fp4, fp8 or bfloat16, found 'fp3'")]
    [InlineData("nemotron-3-nano-30b-a3b", "hybrid_override_pattern", "\"MEX\"", "hybrid_override_pattern", "a letter for each of the 52 layers, found 3")]
    [InlineData("nemotron-3-nano-30b-a3b", "hybrid_override_pattern", null, "layers_block_type", "is missing, and so is hybrid_override_pattern")]
    [InlineData("nemotron-3-ultra-550b-a55b", "layers_block_type", "[\"mamba\",\"moo\"]", "layers_block_type[1]", "must be one of mamba, moe, attention, mlp, found \"moo\"")]
    [InlineData("minimax-m2.5", "shared_intermediate_size", "64", "shared_intermediate_size", "must be 0")]
    public void A_bad_field_is_named_with_what_is_allowed(string id, string key, string? value, string field, string words)
    {
        var config = JsonNode.Parse(TestModels.Config(id))!.AsObject();
        config.Remove(key);
        if (value is not null)
        {
            config[key] = JsonNode.Parse(value);
        }

        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString()));

        Assert.Equal(field, exception.Field);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith($"model 'mine': field '{field}' ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_field_of_the_nested_text_model_is_named_with_its_path()
    {
        var config = JsonNode.Parse(TestModels.Config("qwen3.5-122b-a10b"))!;
        config["text_config"]!["linear_num_key_heads"] = 0;

        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString()));

        Assert.Equal("text_config.linear_num_key_heads", exception.Field);
    }

    [Fact]
    public void An_unknown_compression_of_the_cache_is_refused()
    {
        var config = JsonNode.Parse(TestModels.Config("deepseek-v4-flash"))!;
        config["compress_ratios"]![5] = 2;

        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString()));

        Assert.Equal("compress_ratios[5]", exception.Field);
        Assert.Contains("must be 0 (window only), 4 or 128, found 2", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[1, 2]", "must be a JSON object")]
    [InlineData("NaN", "is not valid JSON")]
    [InlineData("{\"model_type\":\"llama\",\"model_type\":\"gpt2\"}", "is not valid JSON")]
    public void Text_that_is_no_configuration_is_refused(string text, string words)
    {
        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", text));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deeply_nested_text_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", 10_000));

        Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", text));
    }

    [Fact]
    public void Sizes_beyond_any_model_are_refused()
    {
        var config = JsonNode.Parse(TestModels.Config("llama-3.1-8b"))!;
        config["intermediate_size"] = 90_000_000;
        config["hidden_size"] = 64_000_000;

        var exception = Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString()));

        Assert.Contains("check the sizes", exception.Message, StringComparison.Ordinal);
    }
}
