namespace Millwright.Models;

/// <summary>Families whose layers all have attention and one dense feed-forward.</summary>
internal static class DenseFamilies
{
    /// <summary>GPT-2 shape: layer norms, biases everywhere, two matrices, learned positions.</summary>
    public static ArchitectureFields ReadGpt(Dimensions d)
    {
        var inner = d.Fields.Has("n_inner") ? "n_inner" : "intermediate_size";
        var attention = new GroupedQueryAttention(d.Heads, d.KeyValueHeads, d.HeadDimension, InputBias: true, OutputBias: true);
        var feedForward = new DenseFeedForward(d.Fields.SizeOr(inner, 4 * d.HiddenSize), Gated: false, Bias: true);
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: 2, NormBias: true),
            Dimensions.Stack(d.LayerCount, _ => attention, _ => feedForward),
            d.MaxContextTokens);
    }

    /// <summary>Llama shape and its kin: root-mean-square norms, rotary positions, gated feed-forward.</summary>
    public static ArchitectureFields ReadGated(Dimensions d)
    {
        var bias = d.Fields.FlagOr("attention_bias", false);
        var attention = new GroupedQueryAttention(
            d.Heads,
            d.KeyValueHeads,
            d.HeadDimension,
            InputBias: bias || d.Family == "qwen2",
            OutputBias: bias,
            NormParameters: d.Family switch
            {
                "qwen3" or "gemma3" => 2 * d.HeadDimension,
                "olmo2" => d.WholeQueryKeyNorm,
                _ => 0,
            });
        var feedForward = new DenseFeedForward(d.Fields.Size("intermediate_size"), Gated: true, d.Fields.FlagOr("mlp_bias", false));
        var windows = AttentionWindows.Read(d);
        return d.With(
            new ResidualStream(d.HiddenSize, NormsPerLayer: d.Family is "gemma2" or "gemma3" ? 4 : 2),
            Dimensions.Stack(windows.Length, layer => attention with { WindowTokens = windows[layer] }, _ => feedForward));
    }
}
