using System.Text.Json.Nodes;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Tests.Models;

public sealed class VisionEncoderTests
{
    private const string MistralSmall =
        """{"model_type":"mistral3","spatial_merge_size":2,"multimodal_projector_bias":false,"vision_feature_layer":-1,"image_token_index":10,"projector_hidden_act":"gelu","text_config":{"model_type":"mistral","hidden_size":5120,"intermediate_size":32768,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"vocab_size":131072,"max_position_embeddings":131072,"sliding_window":null},"vision_config":{"model_type":"pixtral","hidden_size":1024,"intermediate_size":4096,"num_hidden_layers":24,"num_attention_heads":16,"head_dim":64,"patch_size":14,"image_size":1540,"num_channels":3}}""";

    private const string QwenTwo =
        """{"model_type":"qwen2_5_vl","hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"vocab_size":152064,"max_position_embeddings":128000,"max_window_layers":28,"sliding_window":32768,"use_sliding_window":false,"tie_word_embeddings":false,"vision_config":{"model_type":"qwen2_5_vl","depth":32,"hidden_size":1280,"intermediate_size":3420,"num_heads":16,"in_chans":3,"out_hidden_size":3584,"patch_size":14,"spatial_patch_size":14,"spatial_merge_size":2,"temporal_patch_size":2,"window_size":112,"fullatt_block_indexes":[7,15,23,31]}}""";

    private const string QwenThree =
        """{"model_type":"qwen3_vl","tie_word_embeddings":false,"text_config":{"model_type":"qwen3_vl_text","hidden_size":4096,"intermediate_size":12288,"num_hidden_layers":36,"num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"vocab_size":151936,"max_position_embeddings":262144,"attention_bias":false},"vision_config":{"model_type":"qwen3_vl","depth":27,"hidden_size":1152,"intermediate_size":4304,"num_heads":16,"in_channels":3,"out_hidden_size":4096,"patch_size":16,"spatial_merge_size":2,"temporal_patch_size":2,"num_position_embeddings":2304,"deepstack_visual_indexes":[8,16,24]}}""";

    private const string GemmaSmall =
        """{"model_type":"gemma3","mm_tokens_per_image":256,"text_config":{"model_type":"gemma3_text","hidden_size":2560,"intermediate_size":10240,"num_hidden_layers":34,"sliding_window":1024},"vision_config":{"model_type":"siglip_vision_model","hidden_size":1152,"intermediate_size":4304,"num_attention_heads":16,"num_hidden_layers":27,"patch_size":14,"image_size":896,"vision_use_head":false}}""";

    [Theory]

    // parameters of the weight files, as the hub shows them
    [InlineData("mistralai/Mistral-Small-3.1-24B-Instruct-2503", MistralSmall, 24_011_361_280)]
    [InlineData("Qwen/Qwen2.5-VL-7B-Instruct", QwenTwo, 8_292_166_656)]
    [InlineData("Qwen/Qwen3-VL-8B-Instruct", QwenThree, 8_767_123_696)]
    [InlineData("google/gemma-3-4b-it", GemmaSmall, 4_300_079_472)]
    public void Text_model_and_encoder_make_the_published_weights(string id, string config, double published)
    {
        var model = ModelArchitecture.Parse(id, config);

        Assert.Equal(published, model.TotalParameters + model.Vision!.Parameters);
        Assert.Empty(model.UnreadFields);
    }

    [Theory]
    [InlineData("gemma-3-27b", 27_432_406_640)]
    [InlineData("llama-4-scout", 108_641_793_536)]
    public void Encoders_of_the_catalog_make_the_published_weights(string id, double published)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(published, model.TotalParameters + model.Vision!.Parameters);
    }

    [Fact]
    public void The_encoder_of_gemma_is_as_large_as_its_report_says()
    {
        // Gemma 3 technical report, table 1: 417 million; the projector counts apart
        var vision = TestModels.Parse("gemma-3-27b").Vision!;

        Assert.Equal(417e6, vision.Parameters - (1152.0 * 5376) - 1152, 0.5e6);
        Assert.Equal(2 * vision.Parameters, vision.WeightBytes);
    }

    [Fact]
    public void The_encoder_of_kimi_is_as_large_as_its_card_says() =>

        // model card of Kimi-K2.5: MoonViT of 400 million parameters; 54 million of projector beside it
        Assert.InRange(TestModels.Parse("kimi-k2.5").Vision!.Parameters - (4608.0 * (4608 + 7168)), 0.4e9, 0.42e9);

    [Theory]
    [InlineData("gemma-3-27b", 256)]
    [InlineData("llama-4-scout", 144)]
    [InlineData("qwen3.5-397b-a17b", 24 * 24)]
    [InlineData("kimi-k2.5", 32 * 32)]
    public void An_image_takes_the_tokens_of_its_merged_patches(string id, int tokens) => Assert.Equal(tokens, TestModels.Parse(id).Vision!.TokensPerImage);

    [Fact]
    public void Images_of_any_size_take_tokens_by_their_area()
    {
        var vision = ModelArchitecture.Parse("mistral", MistralSmall).Vision!;

        Assert.Equal(55 * 55, vision.TokensPerImage);
        Assert.Equal(37 * 28, vision.TokensOf(1024, 768));
        Assert.Equal(1, vision.TokensOf(1, 1));
        Assert.Equal(256, TestModels.Parse("gemma-3-27b").Vision!.TokensOf(4000, 3000));
        Assert.Throws<ArgumentOutOfRangeException>(() => vision.TokensOf(0, 5));
    }

    [Fact]
    public void Products_take_two_flops_for_each_parameter_and_row()
    {
        var vision = TestModels.Parse("gemma-3-27b").Vision!;

        var operators = vision.OperatorsOf(3);

        // 4096 patches through embedding and layers, 256 tokens through the projector
        const double Layer = (4.0 * 1152 * 1152) + (2.0 * 1152 * 4304);
        var expected = 3 * 2 * ((4096 * ((27 * Layer) + (588.0 * 1152))) + (256 * 1152.0 * 5376));
        Assert.Equal(expected, operators.Where(step => step.Kind == OperatorKind.Gemm).Sum(step => step.Flops * step.Calls));

        // each patch of an image sees all of that image
        var attention = Assert.Single(operators, step => step.Kind == OperatorKind.PrefillAttention);
        Assert.Equal(3 * 4.0 * 1152 * 4096 * 4096 * 27, attention.Flops * attention.Calls);

        // each weight once; the norms of the layers and the tables included
        Assert.Equal(vision.WeightBytes, operators.Sum(step => step.WeightBytes * step.Calls), 1);
    }

    [Fact]
    public void Windows_bound_the_attention_of_all_but_a_few_layers()
    {
        var operators = ModelArchitecture.Parse("qwen", QwenTwo).Vision!.OperatorsOf(1, 1120, 1120);

        var window = Assert.Single(operators, step => step.Name == "vision-attention-window");
        var whole = Assert.Single(operators, step => step.Name == "vision-attention");
        Assert.Equal(28, window.Calls);
        Assert.Equal(4, whole.Calls);
        Assert.Equal(4.0 * 1280 * 6400 * 64, window.Flops);
        Assert.Equal(4.0 * 1280 * 6400 * 6400, whole.Flops);
    }

    [Fact]
    public void No_image_takes_no_operator()
    {
        var vision = TestModels.Parse("llama-4-scout").Vision!;

        Assert.Empty(vision.OperatorsOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => vision.OperatorsOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => vision.OperatorsOf(double.NaN));
        Assert.Null(TestModels.Parse("llama-3.1-8b").Vision);
    }

    [Theory]
    [InlineData("gemma-3-27b", "hidden_size", null, "vision_config.hidden_size")]
    [InlineData("gemma-3-27b", "image_size", "910", "vision_config.image_size")]
    [InlineData("llama-4-scout", "pixel_shuffle_ratio", "0.7", "vision_config.pixel_shuffle_ratio")]
    [InlineData("kimi-k2.5", "merge_kernel_size", "[2, 3]", "vision_config.merge_kernel_size")]
    [InlineData("qwen3.5-397b-a17b", "depth", "20000", "vision_config.depth")]
    public void A_bad_field_is_named(string id, string key, string? value, string field)
    {
        var config = JsonNode.Parse(TestModels.Config(id))!;
        var vision = config["vision_config"]!.AsObject();
        vision.Remove(key);
        if (value is not null)
        {
            vision[key] = JsonNode.Parse(value);
        }

        Assert.Equal(field, Assert.Throws<ModelConfigException>(() => ModelArchitecture.Parse("mine", config.ToJsonString())).Field);
    }
}
