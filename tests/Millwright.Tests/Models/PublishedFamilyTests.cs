using Millwright.Models;

namespace Millwright.Tests.Models;

/// <summary>Families beside those of the catalog: the fields of a published configuration against the parameters that its weight files hold, as the hub shows them.</summary>
public sealed class PublishedFamilyTests
{
    [Theory]
    [InlineData(
        "google/gemma-7b",
        """{"model_type":"gemma","hidden_size":3072,"intermediate_size":24576,"num_hidden_layers":28,"num_attention_heads":16,"num_key_value_heads":16,"head_dim":256,"vocab_size":256000,"max_position_embeddings":8192}""",
        8_537_680_896)]
    [InlineData(
        "google/gemma-2-9b",
        """{"model_type":"gemma2","hidden_size":3584,"intermediate_size":14336,"num_hidden_layers":42,"num_attention_heads":16,"num_key_value_heads":8,"head_dim":256,"vocab_size":256000,"max_position_embeddings":8192,"sliding_window":4096}""",
        9_241_705_984)]
    [InlineData(
        "google/gemma-2-27b",
        """{"model_type":"gemma2","hidden_size":4608,"intermediate_size":36864,"num_hidden_layers":46,"num_attention_heads":32,"num_key_value_heads":16,"head_dim":128,"vocab_size":256000,"max_position_embeddings":8192,"sliding_window":4096}""",
        27_227_128_320)]
    [InlineData(
        "ibm-granite/granite-3.3-8b-instruct",
        """{"model_type":"granite","hidden_size":4096,"intermediate_size":12800,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":49159,"max_position_embeddings":131072,"tie_word_embeddings":true,"attention_bias":false,"mlp_bias":false,"attention_multiplier":0.0078125,"embedding_multiplier":12.0,"residual_multiplier":0.22,"logits_scaling":16.0}""",
        8_170_864_640)]
    [InlineData(
        "allenai/OLMo-2-1124-7B",
        """{"model_type":"olmo2","hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"vocab_size":100352,"max_position_embeddings":4096,"tie_word_embeddings":false,"attention_bias":false}""",
        7_298_617_344)]
    [InlineData(
        "allenai/OLMoE-1B-7B-0924",
        """{"model_type":"olmoe","hidden_size":2048,"intermediate_size":1024,"num_hidden_layers":16,"num_attention_heads":16,"num_key_value_heads":16,"num_experts":64,"num_experts_per_tok":8,"vocab_size":50304,"max_position_embeddings":4096,"tie_word_embeddings":false,"attention_bias":false,"clip_qkv":null}""",
        6_919_161_856)]
    [InlineData(
        "Qwen/Qwen1.5-MoE-A2.7B",
        """{"model_type":"qwen2_moe","hidden_size":2048,"intermediate_size":5632,"moe_intermediate_size":1408,"shared_expert_intermediate_size":5632,"num_hidden_layers":24,"num_attention_heads":16,"num_key_value_heads":16,"num_experts":60,"num_experts_per_tok":4,"decoder_sparse_step":1,"vocab_size":151936,"max_position_embeddings":8192,"max_window_layers":21,"sliding_window":32768,"use_sliding_window":false,"tie_word_embeddings":false}""",
        14_315_784_192)]
    [InlineData(
        "microsoft/Phi-3.5-MoE-instruct",
        """{"model_type":"phimoe","hidden_size":4096,"intermediate_size":6400,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"num_local_experts":16,"num_experts_per_tok":2,"vocab_size":32064,"max_position_embeddings":131072,"sliding_window":131072,"attention_bias":true,"lm_head_bias":true,"tie_word_embeddings":false}""",
        41_873_153_344)]
    [InlineData(
        "deepseek-ai/DeepSeek-V2-Lite",
        """{"model_type":"deepseek_v2","hidden_size":2048,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":27,"num_attention_heads":16,"num_key_value_heads":16,"q_lora_rank":null,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"n_routed_experts":64,"num_experts_per_tok":6,"n_shared_experts":2,"first_k_dense_replace":1,"moe_layer_freq":1,"ep_size":1,"vocab_size":102400,"max_position_embeddings":163840,"tie_word_embeddings":false}""",
        15_706_484_224)]
    [InlineData(
        "deepseek-ai/DeepSeek-V2",
        """{"model_type":"deepseek_v2","hidden_size":5120,"intermediate_size":12288,"moe_intermediate_size":1536,"num_hidden_layers":60,"num_attention_heads":128,"num_key_value_heads":128,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"n_routed_experts":160,"num_experts_per_tok":6,"n_shared_experts":2,"first_k_dense_replace":1,"moe_layer_freq":1,"n_group":8,"topk_group":3,"vocab_size":102400,"max_position_embeddings":163840,"tie_word_embeddings":false}""",
        235_741_434_880)]
    public void Parameters_are_those_of_the_published_weights(string id, string config, double published)
    {
        var model = ModelArchitecture.Parse(id, config);

        Assert.Equal(published, model.TotalParameters);
        Assert.Empty(model.UnreadFields);
        Assert.Empty(model.DraftLayers);
    }

    [Theory]

    // the weight files of GLM-4.5 hold, with the module, copies of embedding and head
    [InlineData(
        "zai-org/GLM-4.5-Air",
        """{"model_type":"glm4_moe","hidden_size":4096,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":46,"num_attention_heads":96,"num_key_value_heads":8,"head_dim":128,"n_routed_experts":128,"num_experts_per_tok":8,"n_shared_experts":1,"first_k_dense_replace":1,"num_nextn_predict_layers":1,"attention_bias":true,"use_qk_norm":false,"n_group":1,"topk_group":1,"vocab_size":151552,"max_position_embeddings":131072,"tie_word_embeddings":false,"partial_rotary_factor":0.5}""",
        true,
        110_468_824_832)]
    [InlineData(
        "zai-org/GLM-4.5",
        """{"model_type":"glm4_moe","hidden_size":5120,"intermediate_size":12288,"moe_intermediate_size":1536,"num_hidden_layers":92,"num_attention_heads":96,"num_key_value_heads":8,"head_dim":128,"n_routed_experts":160,"num_experts_per_tok":8,"n_shared_experts":1,"first_k_dense_replace":3,"num_nextn_predict_layers":1,"attention_bias":true,"use_qk_norm":true,"n_group":1,"topk_group":1,"vocab_size":151552,"max_position_embeddings":131072,"tie_word_embeddings":false,"partial_rotary_factor":0.5}""",
        true,
        358_337_791_296)]
    [InlineData(
        "Qwen/Qwen3-Next-80B-A3B-Instruct",
        """{"model_type":"qwen3_next","hidden_size":2048,"intermediate_size":5120,"moe_intermediate_size":512,"shared_expert_intermediate_size":512,"num_hidden_layers":48,"num_attention_heads":16,"num_key_value_heads":2,"head_dim":256,"num_experts":512,"num_experts_per_tok":10,"decoder_sparse_step":1,"mlp_only_layers":[],"full_attention_interval":4,"linear_conv_kernel_dim":4,"linear_key_head_dim":128,"linear_num_key_heads":16,"linear_num_value_heads":32,"linear_value_head_dim":128,"vocab_size":151936,"max_position_embeddings":262144,"attention_bias":false,"tie_word_embeddings":false,"partial_rotary_factor":0.25}""",
        false,
        81_324_862_720)]
    public void Published_weights_hold_the_model_and_its_module(string id, string config, bool copies, double published)
    {
        var model = ModelArchitecture.Parse(id, config);

        Assert.Single(model.DraftLayers);
        Assert.Empty(model.UnreadFields);
        Assert.Equal(published, model.TotalParameters + model.DraftParameters + (copies ? 2.0 * model.VocabularySize * model.HiddenSize : 0));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(40, true)]
    public void Every_second_layer_of_gemma_2_has_a_window(int layer, bool windowed)
    {
        var model = ModelArchitecture.Parse(
            "gemma-2-9b",
            """{"model_type":"gemma2","hidden_size":3584,"intermediate_size":14336,"num_hidden_layers":42,"num_attention_heads":16,"num_key_value_heads":8,"head_dim":256,"vocab_size":256000,"max_position_embeddings":8192,"sliding_window":4096}""");

        Assert.Equal(windowed ? 4096 : 0, ((GroupedQueryAttention)model.Layers[layer].Mixer!).WindowTokens);
    }

    [Fact]
    public void Queries_that_skip_the_latent_are_cut_by_heads()
    {
        var attention = new LatentAttention(16, 0, 512, 128, 64, 128);

        var projections = attention.Projections(2048);

        Assert.Equal(2048.0 * 16 * 192, Assert.Single(projections, product => product.Name == "query" && product.Cut == ProjectionCut.Columns).MatrixParameters);
        Assert.Equal(2048.0 * 576, Assert.Single(projections, product => product.Cut == ProjectionCut.Whole).MatrixParameters);
    }
}
