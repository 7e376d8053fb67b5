namespace Millwright.Models;

/// <summary>Reads the window of each layer.</summary>
internal static class AttentionWindows
{
    /// <summary>Window of each layer in tokens; 0 for full attention.</summary>
    public static int[] Read(Dimensions d)
    {
        var layers = d.LayerCount;
        var windows = new int[layers];
        var types = d.Fields.Words("layer_types", layers, "full_attention", "sliding_attention", "chunked_attention");
        var isWindowed = Rule(d);
        for (var layer = 0; layer < layers; layer++)
        {
            if (types is null ? isWindowed(layer) : types[layer] != "full_attention")
            {
                windows[layer] = d.Fields.Size(d.Family == "llama4" ? "attention_chunk_size" : "sliding_window");
            }
        }

        return windows;
    }

    // what each family does where no list of layers is given
    private static Func<int, bool> Rule(Dimensions d)
    {
        var fields = d.Fields;
        switch (d.Family)
        {
            case "gemma3":
                var pattern = fields.SizeOr("sliding_window_pattern", 6);
                return layer => (layer + 1) % pattern != 0;
            case "gpt_oss" or "gemma2":
                return layer => layer % 2 == 0;
            case "llama4":
                // layers with rotary positions look at their own chunk, those without at everything
                var rotary = fields.Numbers("no_rope_layers", d.LayerCount);
                var interval = fields.SizeOr("no_rope_layer_interval", 4);
                return layer => rotary is { Length: > 0 } ? rotary[layer] != 0 : (layer + 1) % interval != 0;
            case "qwen2" or "qwen2_moe" or "qwen3" or "qwen3_moe":
                fields.Ignore("sliding_window");
                var first = fields.SizeOr("max_window_layers", 0, 0);
                var used = fields.FlagOr("use_sliding_window", false) && fields.Has("sliding_window");
                return layer => used && layer >= first;
            case "mistral" or "mixtral" or "phi3" or "phimoe":
                return _ => fields.Has("sliding_window");
            default:
                return _ => false;
        }
    }
}
