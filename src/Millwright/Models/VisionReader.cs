namespace Millwright.Models;

/// <summary>Reads the encoder of images from vision_config. Which field means what follows the model code of each family in Hugging Face Transformers.</summary>
internal static class VisionReader
{
    private const int Channels = 3;

    // images of any size: the side that a square is counted at where the configuration names none
    private const int CommonSide = 896;

    /// <summary>Reads the encoder; null where there is none or one of another family.</summary>
    public static VisionEncoder? Read(ConfigFields outer, int textWidth) => outer.Text("model_type") switch
    {
        "gemma3" when outer.Object("vision_config") is { } vision => ReadSiglip(outer, vision, textWidth),
        "llama4" when outer.Object("vision_config") is { } vision => ReadLlama(vision, textWidth),
        "mistral3" when outer.Object("vision_config") is { } vision => ReadPixtral(outer, vision, textWidth),
        "kimi_k25" when outer.Object("vision_config") is { } vision => ReadMoon(vision, textWidth),
        "qwen2_5_vl" when outer.Object("vision_config") is { } vision => ReadWindowed(vision),
        ("qwen3_vl" or "qwen3_vl_moe") when outer.Object("vision_config") is { } vision => ReadQwen(vision, deepStack: true),
        "qwen3_5_moe" when outer.Object("vision_config") is { } vision => ReadQwen(vision, deepStack: false),
        _ => null,
    };

    // SigLIP (arXiv 2303.15343) with its table of positions; patches averaged to mm_tokens_per_image tokens (Gemma 3, arXiv 2503.19786, section 2.1)
    private static VisionEncoder ReadSiglip(ConfigFields outer, ConfigFields vision, int textWidth)
    {
        var width = vision.Size("hidden_size");
        var patch = vision.Size("patch_size");
        var image = vision.Size("image_size");
        var patches = Square(image / patch);
        var tokens = outer.SizeOr("mm_tokens_per_image", 256);
        return new VisionEncoder(
            "siglip", Layers(vision), width, vision.Size("intermediate_size"), vision.Size("num_attention_heads"), patch, image,
            Merged(vision, "image_size", patches, tokens), anySize: false)
        {
            Gated = false,
            Bias = true,
            NormVectors = 2,
            PatchEmbedding = Embedding(patch * patch * PixelChannels(vision), width, bias: true),
            OtherParameters = patches * width + 2.0 * width + width,
            Projector = [new("vision-projector", WeightRole.Kept, width, textWidth, ProjectionCut.Columns)],
        };
    }

    // a class token beside the patches; four patches side by side become one token by two matrices, then one more to the text's width
    private static VisionEncoder ReadLlama(ConfigFields vision, int textWidth)
    {
        var width = vision.Size("hidden_size");
        var patch = vision.Size("patch_size");
        var image = vision.Size("image_size");
        var inner = vision.Size("intermediate_size");
        var patches = Square(image / patch);

        // pixel_shuffle_ratio r merges 1 / r^2 patches; 0.5 is the only one published
        var merged = vision.NumberOr("pixel_shuffle_ratio", 0.5) is var ratio && ratio > 0 && ratio <= 1 && Math.Round(1 / ratio) * ratio == 1
            ? Square((int)Math.Round(1 / ratio))
            : throw vision.Fault("pixel_shuffle_ratio", "must be one part of a whole number, such as 0.5");
        var shuffled = vision.Size("projector_input_dim");
        var output = vision.Size("projector_output_dim");
        vision.Ignore("vision_output_dim", "vision_feature_layer");
        return new VisionEncoder(
            "llama4", Layers(vision), width, inner, vision.Size("num_attention_heads"), patch, image, (int)merged, anySize: false)
        {
            Gated = false,
            Bias = true,
            NormVectors = 2,
            ClassPatches = 1,
            PatchEmbedding = Embedding(patch * patch * PixelChannels(vision), width, bias: false),
            OtherParameters = (patches + 1) * width + width + 4.0 * width,
            Projector =
            [
                new("vision-adapter-up", WeightRole.Kept, merged * width, shuffled, ProjectionCut.Columns),
                new("vision-adapter-down", WeightRole.Kept, shuffled, output, ProjectionCut.Rows),
                new("vision-projector", WeightRole.Kept, output, textWidth, ProjectionCut.Columns),
            ],
        };
    }

    // Pixtral (arXiv 2410.07073, section 2.2): rotary positions, gated feed-forward, no biases; the projector norms, merges squares, and has two matrices
    private static VisionEncoder ReadPixtral(ConfigFields outer, ConfigFields vision, int textWidth)
    {
        var width = vision.Size("hidden_size");
        var patch = vision.Size("patch_size");
        var merged = Square(outer.SizeOr("spatial_merge_size", 2));
        var bias = outer.FlagOr("multimodal_projector_bias", false);
        outer.Ignore("vision_feature_layer", "projector_hidden_act");
        vision.Ignore("head_dim");
        return new VisionEncoder(
            "pixtral", Layers(vision), width, vision.Size("intermediate_size"), vision.Size("num_attention_heads"), patch, vision.Size("image_size"),
            (int)merged, anySize: true)
        {
            Gated = true,
            Bias = false,
            NormVectors = 1,
            PatchEmbedding = Embedding(patch * patch * PixelChannels(vision), width, bias: false),
            OtherParameters = 2.0 * width,
            Projector =
            [
                new("vision-merger", WeightRole.Kept, merged * width, width, ProjectionCut.Whole),
                new("vision-projector-up", WeightRole.Kept, width, textWidth, ProjectionCut.Columns, Vectors: bias ? textWidth : 0),
                new("vision-projector-down", WeightRole.Kept, textWidth, textWidth, ProjectionCut.Rows, Vectors: bias ? textWidth : 0),
            ],
        };
    }

    // MoonViT (Kimi-VL, arXiv 2504.07491, section 2.1): a table of positions of 64 x 64 patches that is stretched, and rotary positions
    private static VisionEncoder ReadMoon(ConfigFields vision, int textWidth)
    {
        var width = vision.Size("vt_hidden_size");
        var patch = vision.Size("patch_size");
        var rows = vision.SizeOr("init_pos_emb_height", 64);
        var columns = vision.SizeOr("init_pos_emb_width", 64);
        var sides = vision.Numbers("merge_kernel_size", null) ?? [2, 2];
        if (sides is not [var side, var other] || side != other || side is < 1 or > 64)
        {
            throw vision.Fault("merge_kernel_size", "must be two equal whole numbers from 1 to 64");
        }

        vision.Ignore("text_hidden_size", "mm_hidden_size", "mm_projector_type", "init_pos_emb_time", "pos_emb_type", "video_attn_type", "merge_type");
        return new VisionEncoder(
            "moonvit", Layers(vision, "vt_num_hidden_layers"), width, vision.Size("vt_intermediate_size"), vision.Size("vt_num_attention_heads"), patch,
            rows * patch, side * side, anySize: true)
        {
            Gated = false,
            Bias = true,
            NormVectors = 2,
            PatchEmbedding = Embedding(patch * patch * Channels, width, bias: true),
            OtherParameters = (double)rows * columns * width + 4.0 * width,
            Projector = Merger(side * side * width, textWidth),
        };
    }

    // Qwen3-VL (arXiv 2511.21631, section 2): two frames of a video share a patch; further mergers feed early layers of the text model
    private static VisionEncoder ReadQwen(ConfigFields vision, bool deepStack)
    {
        var width = vision.Size("hidden_size");
        var patch = vision.Size("patch_size");
        var merged = Square(vision.SizeOr("spatial_merge_size", 2));
        var positions = vision.SizeOr("num_position_embeddings", 2304);
        var output = vision.Size("out_hidden_size");
        var mergers = vision.Numbers("deepstack_visual_indexes", null)?.Length ?? (deepStack ? 3 : 0);
        return new VisionEncoder(
            "qwen3-vl", Layers(vision, "depth"), width, vision.Size("intermediate_size"), vision.Size("num_heads"), patch,
            (int)Math.Sqrt(positions) * patch, (int)merged, anySize: true)
        {
            Gated = false,
            Bias = true,
            NormVectors = 2,
            PatchEmbedding = Embedding(
                (double)patch * patch * vision.SizeOr("in_channels", Channels) * vision.SizeOr("temporal_patch_size", 2), width, bias: true),

            // the norm of the merger lies on patches, those of the further mergers on merged ones
            OtherParameters = (double)positions * width + 2.0 * width + mergers * 2.0 * merged * width,
            Projector = [.. Enumerable.Repeat(Merger(merged * width, output), 1 + mergers).SelectMany(merger => merger)],
        };
    }

    // Qwen2.5-VL (arXiv 2502.13923, section 2.1): windows in all layers but a few
    private static VisionEncoder ReadWindowed(ConfigFields vision)
    {
        var width = vision.Size("hidden_size");
        var patch = vision.Size(1, "patch_size", "spatial_patch_size");
        vision.Ignore("spatial_patch_size");
        var merged = Square(vision.SizeOr("spatial_merge_size", 2));
        return new VisionEncoder(
            "qwen2.5-vl", Layers(vision, "depth"), width, vision.Size("intermediate_size"), vision.Size("num_heads"), patch, CommonSide, (int)merged,
            anySize: true)
        {
            Gated = true,
            Bias = true,
            NormVectors = 1,
            PatchEmbedding = Embedding(
                (double)patch * patch * vision.SizeOr("in_channels", Channels) * vision.SizeOr("temporal_patch_size", 2), width, bias: false),
            OtherParameters = width,
            WindowPatches = (int)Square(vision.SizeOr("window_size", 112) / patch),
            FullLayers = vision.Numbers("fullatt_block_indexes", null)?.Length ?? 4,
            Projector = Merger(merged * width, vision.Size("out_hidden_size")),
        };
    }

    private static IReadOnlyList<Projection> Merger(double merged, int output) =>
    [
        new("vision-merger-up", WeightRole.Kept, merged, merged, ProjectionCut.Columns, Vectors: merged),
        new("vision-merger-down", WeightRole.Kept, merged, output, ProjectionCut.Rows, Vectors: output),
    ];

    private static Projection Embedding(double inputs, int width, bool bias) =>
        new("vision-patch-embedding", WeightRole.Kept, inputs, width, ProjectionCut.Whole, Vectors: bias ? width : 0);

    private static double PixelChannels(ConfigFields vision) => vision.SizeOr("num_channels", Channels);

    private static double Square(double side) => side * side;

    private static int Layers(ConfigFields vision, string name = "num_hidden_layers") =>
        vision.Size(name) is var layers && layers <= Dimensions.MostLayers
            ? layers
            : throw vision.Fault(name, $"must be at most {Dimensions.MostLayers}, found {layers}");

    private static int Merged(ConfigFields vision, string name, double patches, int tokens)
    {
        var merged = patches / tokens;
        var side = Math.Sqrt(merged);
        return side >= 1 && side == Math.Floor(side)
            ? (int)merged
            : throw vision.Fault(name, $"makes {patches} patches, which do not merge in squares to {tokens} tokens");
    }
}
