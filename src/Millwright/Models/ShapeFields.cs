using System.Text.Json;

namespace Millwright.Models;

/// <summary>Tells by its name whether a field of a configuration can change the shape of a model.</summary>
internal static class ShapeFields
{
    private static readonly string[] s_endings =
    [
        "_heads", "_head", "_dim", "_dims", "_rank", "_ranks", "_size", "_sizes", "_layers", "_layer", "_width", "_blocks", "_streams", "_window", "_types",
        "_pattern", "_type", "_groups", "_mult",
    ];

    private static readonly string[] s_parts = ["expert", "layer", "moe", "mtp", "nextn", "lora", "mamba", "ssm", "kv_", "shared"];

    // names that match by accident: scales, losses, training, and switches of the engine
    private static readonly string[] s_harmlessParts =
    [
        "_eps", "epsilon", "coef", "_alpha", "factor", "norm_topk", "layer_norm", "layernorm", "dropout", "layerdrop", "jitter", "router_", "_scale", "scaling",
        "scoring", "multiplier", "token_id", "_theta", "torch", "initializer",
    ];

    private static readonly string[] s_harmless =
    [
        "model_type", "chunk_size_feed_forward", "ep_size", "problem_type", "rope_type", "position_embedding_type", "transformers_version", "topk_group",
        "n_group", "use_cache", "attn_implementation", "tokenizer_type", "shared_head", "kv_cache_scheme", "expert_dtype", "moe_router_dtype",
    ];

    /// <summary>True when a field that no reader has used may change the shape: its name says so, and its value is not off.</summary>
    public static bool Matter(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return HoldShapes(name);
        }

        return !IsOff(value) && !s_harmless.Contains(name, StringComparer.Ordinal) && !Contains(name, s_harmlessParts)
            && (s_endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) || Contains(name, s_parts));
    }

    /// <summary>True for an object that describes a part of the model.</summary>
    public static bool HoldShapes(string name) => name.EndsWith("_config", StringComparison.Ordinal) && name is not ("quantization_config" or "compression_config");

    private static bool Contains(string name, string[] parts) => parts.Any(part => name.Contains(part, StringComparison.Ordinal));

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        _ => false,
    };
}
