namespace Millwright.Models;

/// <summary>Families of grouped-query attention with routed experts.</summary>
internal static class ExpertFamilies
{
    /// <summary>Mixtral, Qwen2-MoE, Qwen3-MoE, MiniMax-M2, OLMoE, Phi-3.5-MoE and gpt-oss.</summary>
    public static ArchitectureFields ReadUniform(Dimensions d)
    {
        var fields = d.Fields;
        var isOss = d.Family == "gpt_oss";
        var (experts, top) = d.Experts("num_experts", "num_local_experts");
        var shared = fields.SizeOr("shared_intermediate_size", 0, 0);
        if (d.Family == "minimax_m2" && shared != 0)
        {
            throw fields.Fault("shared_intermediate_size", $"must be 0 in this family, found {shared}");
        }

        var sharedExpert = d.Family == "qwen2_moe" ? fields.Size("shared_expert_intermediate_size") : 0;

        var mixture = new MixtureOfExperts(
            experts,
            top,
            fields.Size(1, fields.Has("moe_intermediate_size") ? "moe_intermediate_size" : "intermediate_size"),
            Gated: true,
            ExpertBias: isOss,
            RouterBias: isOss || (d.Family == "minimax_m2" && fields.FlagOr("use_routing_bias", true)),
            SharedIntermediateSize: sharedExpert,
            SharedGate: sharedExpert > 0,
            LatentSize: 0);
        fields.Ignore("intermediate_size", "shared_expert_intermediate_size", "mlp_only_layers", "decoder_sparse_step");
        var bias = fields.FlagOr("attention_bias", isOss);
        var attention = new GroupedQueryAttention(
            d.Heads,
            d.KeyValueHeads,
            d.HeadDimension,
            InputBias: bias || d.Family == "qwen2_moe",
            OutputBias: bias,
            NormParameters: QueryKeyNorm(d),
            SinkParameters: isOss ? d.Heads : 0);
        var windows = AttentionWindows.Read(d);
        var isDense = DenseLayers(d);
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2, NormBias: d.Family == "phimoe"),
            Dimensions.Stack(
                windows.Length,
                layer => attention with { WindowTokens = windows[layer] },
                layer => isDense(layer) ? new DenseFeedForward(fields.Size("intermediate_size"), Gated: true, Bias: false) : mixture)) with
        {
            HeadBias = fields.FlagOr("lm_head_bias", false),
        };
    }

    /// <summary>GLM-4.5: first layers dense, the others with routed and shared experts; a module that predicts one more token.</summary>
    public static ArchitectureFields ReadGlm(Dimensions d)
    {
        var fields = d.Fields;
        var layers = d.LayerCount;
        var attention = new GroupedQueryAttention(
            d.Heads,
            d.KeyValueHeads,
            d.HeadDimension,
            InputBias: fields.FlagOr("attention_bias", false),
            NormParameters: fields.FlagOr("use_qk_norm", false) ? 2 * d.HeadDimension : 0);
        var mixture = LatentFamilies.ReadMixture(d);
        var dense = fields.SizeOr("first_k_dense_replace", 0, 0);
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2),
            Dimensions.Stack(
                layers,
                _ => attention,
                layer => layer < dense ? new DenseFeedForward(fields.Size("intermediate_size"), Gated: true, Bias: false) : mixture)) with
        {
            Drafts = d.ReadDrafts(new ModelLayer(attention, mixture)),
        };
    }

    /// <summary>Llama 4: some layers dense, the others with one shared expert as wide as a routed one.</summary>
    public static ArchitectureFields ReadLlama4(Dimensions d)
    {
        var fields = d.Fields;
        var (experts, top) = d.Experts("num_local_experts");
        fields.Ignore("moe_layers");
        var width = fields.Size("intermediate_size");
        var mixture = new MixtureOfExperts(experts, top, width, true, false, false, width, false, 0);
        var bias = fields.FlagOr("attention_bias", false);

        // its query and key norms have no weights
        var attention = new GroupedQueryAttention(d.Heads, d.KeyValueHeads, d.HeadDimension, InputBias: bias, OutputBias: bias);
        var windows = AttentionWindows.Read(d);
        var step = fields.Size("interleave_moe_layer_step");
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2),
            Dimensions.Stack(
                windows.Length,
                layer => attention with { WindowTokens = windows[layer] },
                layer => (layer + 1) % step == 0
                    ? mixture
                    : new DenseFeedForward(fields.Size("intermediate_size_mlp"), Gated: true, Bias: false)));
    }

    private static double QueryKeyNorm(Dimensions d) => d.Family switch
    {
        "qwen3_moe" => 2 * d.HeadDimension,

        // norms over all heads together
        "minimax_m2" when d.Fields.FlagOr("use_qk_norm", true) => d.Fields.Text("qk_norm_type") is null or "per_layer"
            ? d.WholeQueryKeyNorm
            : throw d.Fields.Fault("qk_norm_type", "must be per_layer: one norm over all heads"),
        "olmoe" => d.WholeQueryKeyNorm,
        _ => 0,
    };

    /// <summary>Which layers of a Qwen model are dense.</summary>
    public static Func<int, bool> DenseLayers(Dimensions d)
    {
        if (d.Family is not ("qwen2_moe" or "qwen3_moe" or "qwen3_next"))
        {
            return _ => false;
        }

        var step = d.Fields.SizeOr("decoder_sparse_step", 1);
        var dense = d.Fields.Numbers("mlp_only_layers", null) ?? [];
        return layer => (layer + 1) % step != 0 || dense.Contains(layer);
    }
}
