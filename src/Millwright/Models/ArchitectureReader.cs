using System.Text.Json;

namespace Millwright.Models;

/// <summary>Reads a Hugging Face configuration. Which field means what follows the model code of each family in Hugging Face Transformers.</summary>
internal static class ArchitectureReader
{
    private const double MostParameters = 1e15;

    // wrappers name the whole model and keep the text model under text_config
    private static readonly string[] s_families =
    [
        "deepseek_v2", "deepseek_v3", "deepseek_v32", "deepseek_v4", "gemma", "gemma2", "gemma3", "gemma3_text", "glm4_moe", "glm_moe_dsa", "gpt2",
        "gpt_oss", "granite", "kimi_k2", "kimi_k25", "llama", "llama4", "llama4_text", "minimax_m2", "mistral", "mixtral", "nemotron_h", "olmo2", "olmoe",
        "phi3", "phimoe", "qwen2", "qwen2_5_vl", "qwen2_5_vl_text", "qwen2_moe", "qwen3", "qwen3_5_moe", "qwen3_5_moe_text", "qwen3_moe", "qwen3_next",
        "qwen3_vl", "qwen3_vl_moe", "qwen3_vl_moe_text", "qwen3_vl_text",
    ];

    /// <summary>Reads the configuration.</summary>
    public static ArchitectureFields Read(string id, string configJson)
    {
        using var document = ParseJson(id, configJson);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new ModelConfigException(id, "", "the configuration must be a JSON object");
        }

        var outer = new ConfigFields(id, "", document.RootElement, new HashSet<string>(StringComparer.Ordinal));
        var text = outer.Object("text_config") ?? outer;
        var dimensions = Dimensions.Read(outer, text, FamilyOf(outer, text));
        var fields = dimensions.Family switch
        {
            "gpt2" => DenseFamilies.ReadGpt(dimensions),
            "llama" or "mistral" or "phi3" or "qwen2" or "qwen3" or "gemma" or "gemma2" or "gemma3" or "granite" or "olmo2" => DenseFamilies.ReadGated(dimensions),
            "mixtral" or "qwen2_moe" or "qwen3_moe" or "minimax_m2" or "gpt_oss" or "olmoe" or "phimoe" => ExpertFamilies.ReadUniform(dimensions),
            "llama4" => ExpertFamilies.ReadLlama4(dimensions),
            "glm4_moe" => ExpertFamilies.ReadGlm(dimensions),
            "deepseek_v2" or "deepseek_v3" or "deepseek_v32" or "kimi_k2" or "glm_moe_dsa" => LatentFamilies.ReadLatent(dimensions),
            "deepseek_v4" => LatentFamilies.ReadCompressed(dimensions),
            "qwen3_next" or "qwen3_5_moe" => HybridFamilies.ReadQwen(dimensions),
            _ => HybridFamilies.ReadNemotron(dimensions),
        };
        return fields.Layers.Count > Dimensions.MostLayers
            ? throw text.Fault("num_hidden_layers", $"must be at most {Dimensions.MostLayers}, found {fields.Layers.Count}")
            : fields with { Vision = VisionReader.Read(outer, dimensions.HiddenSize), UnreadFields = [.. outer.UnusedShapes()] };
    }

    /// <summary>Refuses counts beyond what doubles hold exactly.</summary>
    public static void RequirePlausible(string id, ParameterCounts counts)
    {
        if (counts.Total > MostParameters)
        {
            throw new ModelConfigException(
                id, "", $"the fields make {counts.Total:g3} parameters; at most {MostParameters:g1} are accepted: check the sizes");
        }
    }

    private static JsonDocument ParseJson(string id, string configJson)
    {
        try
        {
            return JsonDocument.Parse(configJson.TrimStart('\uFEFF'), new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new ModelConfigException(id, "", $"the configuration is not valid JSON: {exception.Message}", exception);
        }
    }

    private static string FamilyOf(ConfigFields outer, ConfigFields text)
    {
        var found = text.Text("model_type") ?? outer.Text("model_type")
            ?? throw text.Fault("model_type", $"is missing; known: {string.Join(", ", s_families)}");
        if (!s_families.Contains(found))
        {
            throw text.Fault("model_type", $"is '{found}', which is not known; known: {string.Join(", ", s_families)}");
        }

        return found switch
        {
            "gemma3_text" => "gemma3",
            "llama4_text" => "llama4",
            "qwen3_5_moe_text" => "qwen3_5_moe",
            "kimi_k25" => "kimi_k2",
            "qwen2_5_vl" or "qwen2_5_vl_text" => "qwen2",
            "qwen3_vl" or "qwen3_vl_text" => "qwen3",
            "qwen3_vl_moe" or "qwen3_vl_moe_text" => "qwen3_moe",
            _ => found,
        };
    }
}
