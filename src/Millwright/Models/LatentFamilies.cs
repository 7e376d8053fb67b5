namespace Millwright.Models;

/// <summary>Families of latent and compressed attention with routed and shared experts.</summary>
internal static class LatentFamilies
{
    /// <summary>DeepSeek-V2, V3 and V3.2, Kimi-K2, GLM-5: latent attention, some with a sparse indexer.</summary>
    public static ArchitectureFields ReadLatent(Dimensions d)
    {
        var fields = d.Fields;
        var layers = d.LayerCount;
        var attention = new LatentAttention(
            d.Heads,
            fields.SizeOr("q_lora_rank", 0),
            fields.Size("kv_lora_rank"),
            fields.Size("qk_nope_head_dim"),
            fields.Size("qk_rope_head_dim"),
            fields.Size("v_head_dim"),
            fields.FlagOr("attention_bias", false));
        fields.Ignore("head_dim", "num_key_value_heads", "qk_head_dim", "index_skip_topk_offset", "moe_layer_freq");
        var indexers = ReadIndexers(d, layers, attention.QueryRank);
        var mixture = ReadMixture(d);
        var isSparse = SparseLayers(d, layers);
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2),
            Dimensions.Stack(
                layers,
                layer => attention with { Indexer = indexers[layer] },
                layer => isSparse(layer) ? mixture : new DenseFeedForward(fields.Size("intermediate_size"), Gated: true, Bias: false))) with
        {
            // a module scores the context itself
            Drafts = d.ReadDrafts(new ModelLayer(attention with { Indexer = Array.Find(indexers, indexer => indexer is { Scores: true }) }, mixture)),
        };
    }

    /// <summary>DeepSeek-V4: window and compressed context, hyper-connections.</summary>
    public static ArchitectureFields ReadCompressed(Dimensions d)
    {
        // groups of 4 overlap and are chosen by an indexer, groups of 128 are read whole
        const int SparseRatio = 4;
        const int DenseRatio = 128;
        var fields = d.Fields;
        var layers = d.LayerCount;
        var ratios = fields.Numbers("compress_ratios", layers)
            ?? throw fields.Fault("compress_ratios", "is missing; it must be a list of whole numbers");
        var unknown = Array.FindIndex(ratios, ratio => ratio is not (0 or SparseRatio or DenseRatio));
        if (unknown >= 0)
        {
            throw fields.Fault($"compress_ratios[{unknown}]", $"must be 0 (window only), {SparseRatio} or {DenseRatio}, found {ratios[unknown]}");
        }

        var groups = fields.Size("o_groups");
        if ((long)d.Heads * d.HeadDimension % groups != 0)
        {
            throw fields.Fault("o_groups", $"must divide num_attention_heads x head_dim, found {groups}");
        }

        var indexer = new SparseIndexer(fields.Size("index_topk"), fields.Size("index_n_heads"), fields.Size("index_head_dim"));
        var mixture = ReadMixture(d);

        CompressedAttention Attention(int ratio) => new(
            d.Heads,
            d.HeadDimension,
            fields.Size("q_lora_rank"),
            fields.Size("o_lora_rank"),
            groups,
            fields.Size("sliding_window"),
            ratio,
            ratio == SparseRatio ? 2 : 1,
            ratio == SparseRatio ? indexer : null);

        // the rotary part lies within a head, routing by token hash needs no matrix, and the list of ratios goes on with the modules
        fields.Ignore("qk_rope_head_dim", "num_key_value_heads", "num_hash_layers");
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2, Streams: fields.Size("hc_mult")),
            Dimensions.Stack(layers, layer => Attention(ratios[layer]), _ => mixture)) with
        {
            Drafts = d.ReadDrafts(new ModelLayer(Attention(layers < ratios.Length ? ratios[layers] : 0), mixture)),
        };
    }

    /// <summary>Routed and shared experts; the bias that corrects the load of experts came with DeepSeek-V3.</summary>
    public static MixtureOfExperts ReadMixture(Dimensions d)
    {
        var (experts, top) = d.Experts("n_routed_experts");
        var width = d.Fields.Size("moe_intermediate_size");
        var shared = (long)width * d.Fields.SizeOr("n_shared_experts", 0, 0);
        return shared > ConfigFields.LargestSize
            ? throw d.Fields.Fault("n_shared_experts", $"makes the shared experts {shared} wide; at most {ConfigFields.LargestSize} is accepted")
            : new MixtureOfExperts(experts, top, width, true, false, d.Family != "deepseek_v2", (int)shared, false, 0);
    }

    private static Func<int, bool> SparseLayers(Dimensions d, int layers)
    {
        if (d.Fields.Words("mlp_layer_types", layers, "dense", "sparse") is { } types)
        {
            return layer => types[layer] == "sparse";
        }

        var dense = d.Fields.SizeOr("first_k_dense_replace", 0, 0);
        var step = d.Fields.SizeOr("moe_layer_freq", 1);
        return layer => layer >= dense && layer % step == 0;
    }

    private static SparseIndexer?[] ReadIndexers(Dimensions d, int layers, int queryRank)
    {
        var fields = d.Fields;
        var indexers = new SparseIndexer?[layers];
        if (!fields.Has("index_topk"))
        {
            return d.Family is "deepseek_v32" or "glm_moe_dsa"
                ? throw fields.Fault("index_topk", "is missing; it must be a whole number of at least 1")
                : indexers;
        }

        if (queryRank == 0)
        {
            throw fields.Fault("q_lora_rank", "is missing; the indexer takes its queries from the query latent");
        }

        var scoring = new SparseIndexer(fields.Size("index_topk"), fields.Size("index_n_heads"), fields.Size("index_head_dim"));
        var types = fields.Words("indexer_types", layers, "full", "shared");
        if (types is null && fields.SizeOr("index_topk_freq", 1) > 1)
        {
            throw fields.Fault("indexer_types", "is missing; index_topk_freq above 1 needs the list of full and shared layers");
        }

        for (var layer = 0; layer < layers; layer++)
        {
            indexers[layer] = types is null || types[layer] == "full" ? scoring : scoring with { Heads = 0 };
        }

        return indexers;
    }
}
