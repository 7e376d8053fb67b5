using System.Text.Json.Nodes;
using Millwright.Models;

namespace Millwright.Tests.Models;

public sealed class ConfigurationVariantTests
{
    [Fact]
    public void Field_names_of_the_first_gpt_are_read()
    {
        // gpt2 of the hub: 124,439,808 parameters
        var model = ModelArchitecture.Parse(
            "gpt2", """{ "model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "n_inner": null, "vocab_size": 50257 }""");

        Assert.Equal(124_439_808, model.TotalParameters);
    }

    [Fact]
    public void Defaults_that_gemma_leaves_out_are_filled_in()
    {
        var config = JsonNode.Parse(TestModels.Config("gemma-3-27b"))!;
        var text = config["text_config"]!.AsObject();
        text.Remove("vocab_size");
        text.Remove("sliding_window_pattern");
        text.Remove("tie_word_embeddings");

        var model = ModelArchitecture.Parse("gemma", config.ToJsonString());

        Assert.Equal(TestModels.Parse("gemma-3-27b").TotalParameters, model.TotalParameters);
        Assert.Equal(TestModels.Parse("gemma-3-27b").KvCacheBytes(50_000, 2), model.KvCacheBytes(50_000, 2));
    }

    [Fact]
    public void A_text_model_without_its_wrapper_counts_the_same()
    {
        var inner = JsonNode.Parse(TestModels.Config("kimi-k2.5"))!["text_config"]!.ToJsonString();

        Assert.Equal(TestModels.Parse("kimi-k2.5").TotalParameters, ModelArchitecture.Parse("kimi", inner).TotalParameters);
    }

    [Fact]
    public void A_byte_order_mark_and_whole_numbers_with_a_point_are_accepted()
    {
        var config = '\uFEFF' + TestModels.Config("llama-3.1-8b").Replace("4096", "4096.0", StringComparison.Ordinal);

        Assert.Equal(TestModels.Parse("llama-3.1-8b").TotalParameters, ModelArchitecture.Parse("llama", config).TotalParameters);
    }

    [Fact]
    public void A_tied_head_saves_one_table()
    {
        var config = JsonNode.Parse(TestModels.Config("llama-3.1-8b"))!;
        config["tie_word_embeddings"] = true;
        var untied = TestModels.Parse("llama-3.1-8b");

        var tied = ModelArchitecture.Parse("llama", config.ToJsonString());

        Assert.Equal(untied.TotalParameters - (128256.0 * 4096), tied.TotalParameters);
        Assert.Equal(untied.ActiveParameters, tied.ActiveParameters);
    }

    [Theory]
    [InlineData(true, 28 - 20)]
    [InlineData(false, 0)]
    public void Qwen_windows_are_used_only_when_switched_on(bool used, int windowedLayers)
    {
        var config = JsonNode.Parse(TestModels.Config("qwen2.5-7b"))!;
        config["use_sliding_window"] = used;
        config["max_window_layers"] = 20;
        config["sliding_window"] = 4096;

        var model = ModelArchitecture.Parse("qwen", config.ToJsonString());

        Assert.Equal(windowedLayers, model.Layers.Count(layer => layer.Mixer is GroupedQueryAttention { WindowTokens: 4096 }));
    }

    [Theory]
    [InlineData("llama-4-scout", 3, 7)]
    [InlineData("gemma-3-27b", 5, 11)]
    [InlineData("gpt-oss-20b", 1, 3)]
    public void Full_attention_comes_last_in_each_group_of_layers(string id, int first, int second)
    {
        var full = TestModels.Parse(id).Layers
            .Select((layer, index) => (layer, index))
            .Where(item => item.layer.Mixer is GroupedQueryAttention { WindowTokens: 0 })
            .Select(item => item.index);

        Assert.Equal([first, second], full.Take(2));
    }

    [Fact]
    public void Layers_without_rotary_positions_are_read_from_their_list()
    {
        var config = JsonNode.Parse(TestModels.Config("llama-4-scout"))!;
        config["text_config"]!["no_rope_layers"] = new JsonArray([.. Enumerable.Range(0, 48).Select(layer => JsonValue.Create(layer % 2))]);

        var model = ModelArchitecture.Parse("scout", config.ToJsonString());

        Assert.All(model.Layers.Index(), item => Assert.Equal(item.Index % 2 == 0 ? 0 : 8192, ((GroupedQueryAttention)item.Item.Mixer!).WindowTokens));
    }

    [Theory]
    [InlineData("deepseek-v3", 58, 256, 8, 1, 122)]
    [InlineData("llama-4-maverick", 24, 128, 1, 8, 96)]
    [InlineData("llama-3.1-70b", 0, 0, 0, 8, 160)]
    [InlineData("nemotron-3-nano-30b-a3b", 23, 128, 6, 2, 52)]
    public void Shape_that_a_parallel_layout_needs_is_told(string id, int expertLayers, int experts, int top, int cacheHeads, int blocks)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(expertLayers, model.ExpertLayers);
        Assert.Equal(experts, model.RoutedExperts);
        Assert.Equal(top, model.ExpertsPerToken);
        Assert.Equal(cacheHeads, model.CacheHeads);
        Assert.Equal(blocks, model.ResidualBlocks);
    }
}
