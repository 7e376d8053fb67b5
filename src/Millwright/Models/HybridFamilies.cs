namespace Millwright.Models;

/// <summary>Families that mix attention with recurrent layers.</summary>
internal static class HybridFamilies
{
    /// <summary>Qwen3-Next and Qwen3.5: Gated DeltaNet layers between gated full-attention layers; a shared expert with its own gate.</summary>
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
        var interval = fields.SizeOr("full_attention_interval", d.Family == "qwen3_next" ? 4 : 0);
        if (types is null && interval == 0)
        {
            throw fields.Fault("full_attention_interval", $"is missing; it must be a whole number from 1 to {ConfigFields.LargestSize}");
        }

        var isDense = ExpertFamilies.DenseLayers(d);
        fields.Ignore("intermediate_size");

        // Qwen3-Next is released with one module, which its configuration does not name
        var drafts = fields.SizeOr("mtp_num_hidden_layers", d.Family == "qwen3_next" ? 1 : 0, 0);
        if (drafts > Dimensions.MostLayers)
        {
            throw fields.Fault("mtp_num_hidden_layers", $"must be at most {Dimensions.MostLayers}, found {drafts}");
        }

        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2),
            Dimensions.Stack(
                layers,
                layer => (types is null ? (layer + 1) % interval == 0 : types[layer] == "full_attention") ? attention : linear,
                layer => isDense(layer) ? new DenseFeedForward(fields.Size("intermediate_size"), Gated: true, Bias: false) : mixture)) with
        {
            Drafts = drafts > 0 ? [new DraftModule([.. Enumerable.Repeat(new ModelLayer(attention, mixture), drafts)])] : [],
        };
    }

    /// <summary>Nemotron 3: each layer is one block, a Mamba-2 state, experts, attention or a feed-forward; matrices in pairs.</summary>
    public static ArchitectureFields ReadNemotron(Dimensions d)
    {
        var fields = d.Fields;
        var bias = fields.FlagOr("attention_bias", false);
        var feedForwardBias = fields.FlagOr("mlp_bias", false);

        ModelLayer Layer(string block) => block switch
        {
            "mamba" => new ModelLayer(ReadState(fields), null),
            "attention" => new ModelLayer(
                new GroupedQueryAttention(d.Heads, d.KeyValueHeads, d.HeadDimension, InputBias: bias, OutputBias: bias), null),
            "moe" => new ModelLayer(null, ReadMixture(d)),
            _ => new ModelLayer(null, new DenseFeedForward(fields.Size("intermediate_size"), Gated: false, feedForwardBias)),
        };

        // the inner width of the state is heads x width; a model without feed-forward blocks does not use theirs
        fields.Ignore("expand", "intermediate_size");
        var stated = fields.Has("num_hidden_layers") ? d.LayerCount : (int?)null;
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 1),
            [.. Blocks(d, "layers_block_type", "hybrid_override_pattern", stated).Select(Layer)]) with
        {
            Drafts = fields.SizeOr("num_nextn_predict_layers", 0, 0) > 0
                ? d.ReadDrafts([.. Blocks(d, "mtp_layers_block_type", "mtp_hybrid_override_pattern", null).Select(Layer)])
                : [],
        };
    }

    private static IEnumerable<string> Blocks(Dimensions d, string listName, string patternName, int? stated)
    {
        if (d.Fields.Words(listName, stated, "mamba", "moe", "attention", "mlp") is { } list)
        {
            return list;
        }

        var pattern = d.Fields.Text(patternName)
            ?? throw d.Fields.Fault(listName, $"is missing, and so is {patternName}; one of them must name each layer");
        if (stated is { } count && pattern.Length != count)
        {
            throw d.Fields.Fault(patternName, $"must have a letter for each of the {count} layers, found {pattern.Length}");
        }

        return pattern.Select((letter, layer) => letter switch
        {
            'M' => "mamba",
            'E' => "moe",
            '*' => "attention",
            '-' => "mlp",
            _ => throw d.Fields.Fault(
                patternName,
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
