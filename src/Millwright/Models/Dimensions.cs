namespace Millwright.Models;

/// <summary>Fields that all families share.</summary>
internal sealed class Dimensions
{
    /// <summary>More layers than this are a mistake in the file.</summary>
    public const int MostLayers = 10_000;

    private Dimensions(ConfigFields outer, ConfigFields text, string family)
    {
        Fields = text;
        Family = family;
        HiddenSize = text.Size(1, "hidden_size", "n_embd");
        Heads = family == "gemma3" ? text.SizeOr("num_attention_heads", GemmaHeads) : text.Size(1, "num_attention_heads", "n_head");
        VocabularySize = family == "gemma3" ? text.SizeOr("vocab_size", GemmaVocabulary) : text.Size("vocab_size");
        MaxContextTokens = family == "gemma3"
            ? text.SizeOr("max_position_embeddings", GemmaContext)
            : text.Size(1, "max_position_embeddings", "n_positions");
        var tiedByDefault = family is "gpt2" or "gemma" or "gemma2" or "gemma3";
        TiedEmbedding = text.FlagOr("tie_word_embeddings", outer.FlagOr("tie_word_embeddings", tiedByDefault));
        Release = ReleaseReader.Read(outer, text);
    }

    // defaults of the Gemma 3 configuration class, which its published files leave out
    private const int GemmaVocabulary = 262_208;
    private const int GemmaHeads = 8;
    private const int GemmaKeyValueHeads = 4;
    private const int GemmaHeadDimension = 256;
    private const int GemmaContext = 131_072;

    /// <summary>The fields of the text model.</summary>
    public ConfigFields Fields { get; }

    /// <summary>Family of the text model.</summary>
    public string Family { get; }

    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize { get; }

    /// <summary>Query heads.</summary>
    public int Heads { get; }

    /// <summary>Vocabulary.</summary>
    public int VocabularySize { get; }

    /// <summary>Longest context.</summary>
    public int MaxContextTokens { get; }

    /// <summary>True when the head shares the embedding.</summary>
    public bool TiedEmbedding { get; }

    /// <summary>Precision as released.</summary>
    public ReleaseFormat Release { get; }

    /// <summary>Number of layers, as the field states it.</summary>
    public int LayerCount
    {
        get
        {
            var layers = Fields.Size(1, "num_hidden_layers", "n_layer");
            return layers <= MostLayers ? layers : throw Fields.Fault("num_hidden_layers", $"must be at most {MostLayers}, found {layers}");
        }
    }

    /// <summary>Key-value heads; as many as query heads where the field is absent.</summary>
    public int KeyValueHeads
    {
        get
        {
            var heads = Fields.SizeOr("num_key_value_heads", Family == "gemma3" ? GemmaKeyValueHeads : Heads);
            return heads <= Heads && Heads % heads == 0
                ? heads
                : throw Fields.Fault("num_key_value_heads", $"must divide num_attention_heads ({Heads}), found {heads}");
        }
    }

    /// <summary>Width of a head; hidden size over heads where the field is absent.</summary>
    public int HeadDimension
    {
        get
        {
            if (Fields.Has("head_dim"))
            {
                return Fields.Size("head_dim");
            }

            if (Family == "gemma3")
            {
                return GemmaHeadDimension;
            }

            return HiddenSize % Heads == 0
                ? HiddenSize / Heads
                : throw Fields.Fault("head_dim", $"is missing, and hidden_size ({HiddenSize}) is not a multiple of num_attention_heads ({Heads})");
        }
    }

    /// <summary>Parameters of query and key norms over all heads together.</summary>
    public double WholeQueryKeyNorm => ((double)Heads + KeyValueHeads) * HeadDimension;

    /// <summary>Reads the shared fields.</summary>
    public static Dimensions Read(ConfigFields outer, ConfigFields text, string family) => new(outer, text, family);

    /// <summary>Experts and those a token uses, checked against each other.</summary>
    public (int Experts, int TopExperts) Experts(params ReadOnlySpan<string> names)
    {
        var experts = Fields.Size(1, names);
        var top = Fields.Size("num_experts_per_tok");
        return top <= experts
            ? (experts, top)
            : throw Fields.Fault("num_experts_per_tok", $"must be at most the number of experts ({experts}), found {top}");
    }

    /// <summary>The multi-token-prediction modules that num_nextn_predict_layers announces, each with one such layer.</summary>
    public IReadOnlyList<DraftModule> ReadDrafts(params IReadOnlyList<ModelLayer> layers)
    {
        var modules = Fields.SizeOr("num_nextn_predict_layers", 0, 0);
        return modules <= MostLayers
            ? [.. Enumerable.Repeat(new DraftModule(layers), modules)]
            : throw Fields.Fault("num_nextn_predict_layers", $"must be at most {MostLayers}, found {modules}");
    }

    /// <summary>The architecture with these dimensions.</summary>
    public ArchitectureFields With(ResidualStream stream, IReadOnlyList<ModelLayer> layers, int learnedPositions = 0) =>
        new(Family, stream, layers, VocabularySize, MaxContextTokens, TiedEmbedding, learnedPositions, Release);

    /// <summary>Layers from a mixer and a feed-forward for each index.</summary>
    public static IReadOnlyList<ModelLayer> Stack(int layers, Func<int, TokenMixer> mixer, Func<int, FeedForward> feedForward)
    {
        var stack = new ModelLayer[layers];
        for (var layer = 0; layer < layers; layer++)
        {
            stack[layer] = new ModelLayer(mixer(layer), feedForward(layer));
        }

        return stack;
    }
}
