namespace Millwright.Models;

/// <summary>Families that mix attention with recurrent layers.</summary>
internal static class HybridFamilies
{
    /// <summary>Qwen3.5: Gated DeltaNet layers between gated full-attention layers; a shared expert with its own gate.</summary>
    public static ArchitectureFields ReadQwen(Dimensions d)
    {
        var fields = d.Fields;
        var layers = d.LayerCount;
        var bias = fields.FlagOr("attention_bias", false);
        var attention = new GroupedQueryAttention(
            d.Heads,
            d.KeyValueHeads,
            d.HeadDimension,
            OutputGate: fields.FlagOr("attn_output_gate", true),
            InputBias: bias,
            OutputBias: bias,
            NormParameters: 2 * d.HeadDimension);
        var linear = new GatedDeltaNet(
            fields.Size("linear_num_key_heads"),
            fields.Size("linear_key_head_dim"),
            fields.Size("linear_num_value_heads"),
            fields.Size("linear_value_head_dim"),
            fields.Size("linear_conv_kernel_dim"),
            StateElementBytes(fields, "mamba_ssm_dtype"));
        var (experts, top) = d.Experts("num_experts");
        var shared = fields.SizeOr("shared_expert_intermediate_size", 0, 0);
        var mixture = new MixtureOfExperts(experts, top, fields.Size("moe_intermediate_size"), true, false, false, shared, shared > 0, 0);
        var types = fields.Words("layer_types", layers, "linear_attention", "full_attention");
        var interval = types is null ? fields.Size("full_attention_interval") : 0;
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2),
            Dimensions.Stack(
                layers,
                layer => (types is null ? (layer + 1) % interval == 0 : types[layer] == "full_attention") ? attention : linear,
                _ => mixture));
    }

    /// <summary>Nemotron 3: each layer is one block, a Mamba-2 state, experts, attention or a feed-forward; matrices in pairs.</summary>
    public static ArchitectureFields ReadNemotron(Dimensions d)
    {
        var fields = d.Fields;
        var bias = fields.FlagOr("attention_bias", false);
        var feedForwardBias = fields.FlagOr("mlp_bias", false);
        var layers = new List<ModelLayer>();
        foreach (var block in Blocks(d))
        {
            layers.Add(block switch
            {
                "mamba" => new ModelLayer(ReadState(fields), null),
                "attention" => new ModelLayer(
                    new GroupedQueryAttention(d.Heads, d.KeyValueHeads, d.HeadDimension, InputBias: bias, OutputBias: bias), null),
                "moe" => new ModelLayer(null, ReadMixture(d)),
                _ => new ModelLayer(null, new DenseFeedForward(fields.Size("intermediate_size"), Gated: false, feedForwardBias)),
            });
        }

        return d.With(new ResidualStream(d.HiddenSize, NormsPerLayer: 1), layers);
    }

    private static IEnumerable<string> Blocks(Dimensions d)
    {
        var stated = d.Fields.Has("num_hidden_layers") ? d.LayerCount : (int?)null;
        if (d.Fields.Words("layers_block_type", stated, "mamba", "moe", "attention", "mlp") is { } list)
        {
            return list;
        }

        var pattern = d.Fields.Text("hybrid_override_pattern")
            ?? throw d.Fields.Fault("layers_block_type", "is missing, and so is hybrid_override_pattern; one of them must name each layer");
        if (stated is { } count && pattern.Length != count)
        {
            throw d.Fields.Fault("hybrid_override_pattern", $"must have a letter for each of the {count} layers, found {pattern.Length}");
        }

        return pattern.Select((letter, layer) => letter switch
        {
            'M' => "mamba",
            'E' => "moe",
            '*' => "attention",
            '-' => "mlp",
            _ => throw d.Fields.Fault(
                "hybrid_override_pattern",
                $"has '{letter}' at place {layer + 1}; allowed: M (Mamba-2), E (experts), * (attention), - (feed-forward)"),
        });
    }

    private static Mamba2Mixer ReadState(ConfigFields fields) => new(
        fields.Size("mamba_num_heads"),
        fields.Size("mamba_head_dim"),
        fields.Size("ssm_state_size"),
        fields.Size("n_groups"),
        fields.Size("conv_kernel"),
        fields.SizeOr("chunk_size", 128),
        fields.FlagOr("use_bias", false),
        fields.FlagOr("use_conv_bias", true),
        StateElementBytes(fields, "mamba_ssm_cache_dtype"));

    private static MixtureOfExperts ReadMixture(Dimensions d)
    {
        var fields = d.Fields;
        var (experts, top) = d.Experts("n_routed_experts");
        var shared = fields.SizeOr("n_shared_experts", 0, 0) > 0 ? fields.Size("moe_shared_expert_intermediate_size") : 0;
        return new MixtureOfExperts(
            experts,
            top,
            fields.Size("moe_intermediate_size"),
            Gated: false,
            ExpertBias: false,
            RouterBias: true,
            shared,
            SharedGate: false,
            fields.SizeOr("moe_latent_size", 0));
    }

    private static double StateElementBytes(ConfigFields fields, string name) => fields.Text(name) switch
    {
        null or "float32" => 4,
        "bfloat16" or "float16" => 2,
        var other => throw fields.Fault(name, $"must be float32, bfloat16 or float16, found '{other}'"),
    };
}
