using Millwright.Operators;

namespace Millwright.Models;

/// <summary>
/// An encoder of images (Dosovitskiy et al., arXiv 2010.11929): patches embedded, layers of attention among the patches of one image and a
/// feed-forward, then a projector that joins neighbouring patches and brings them to the width of the text model. Engines run it in 16 bits.
/// </summary>
public sealed class VisionEncoder
{
    internal VisionEncoder(
        string family, int layers, int hiddenSize, int intermediateSize, int heads, int patchSize, int imageSize, int patchesPerToken, bool anySize)
    {
        Family = family;
        Layers = layers;
        HiddenSize = hiddenSize;
        IntermediateSize = intermediateSize;
        Heads = heads;
        PatchSize = patchSize;
        ImageSize = imageSize;
        PatchesPerToken = patchesPerToken;
        AnySize = anySize;
    }

    /// <summary>Kind of encoder: siglip, llama4, qwen3-vl, qwen2.5-vl, moonvit or pixtral.</summary>
    public string Family { get; }

    /// <summary>Layers.</summary>
    public int Layers { get; }

    /// <summary>Width of a patch.</summary>
    public int HiddenSize { get; }

    /// <summary>Width inside the feed-forward.</summary>
    public int IntermediateSize { get; }

    /// <summary>Heads of attention.</summary>
    public int Heads { get; }

    /// <summary>Side of a patch, pixels.</summary>
    public int PatchSize { get; }

    /// <summary>Side of the square image that a plain <see cref="TokensPerImage"/> is for, pixels: the one that the encoder is made for.</summary>
    public int ImageSize { get; }

    /// <summary>Patches that make one token of the text model, a square number.</summary>
    public int PatchesPerToken { get; }

    /// <summary>True when images keep their size, false when each is scaled, or cut to tiles, of <see cref="ImageSize"/>.</summary>
    public bool AnySize { get; }

    /// <summary>True for three matrices in the feed-forward, false for two.</summary>
    internal bool Gated { get; init; }

    /// <summary>True when the matrices of the layers have biases.</summary>
    internal bool Bias { get; init; }

    /// <summary>Vectors of one norm: 2 with a bias, 1 without.</summary>
    internal int NormVectors { get; init; }

    /// <summary>Embedding of a patch.</summary>
    internal Projection PatchEmbedding { get; init; }

    /// <summary>Parameters of position tables, class token, and norms outside the layers.</summary>
    internal double OtherParameters { get; init; }

    /// <summary>Products that make tokens of the text model, each for one token.</summary>
    internal IReadOnlyList<Projection> Projector { get; init; } = [];

    /// <summary>Patches beside those of the image.</summary>
    internal int ClassPatches { get; init; }

    /// <summary>Patches of a window of attention; 0 where all layers see the whole image.</summary>
    internal int WindowPatches { get; init; }

    /// <summary>Layers that see the whole image where there are windows.</summary>
    internal int FullLayers { get; init; }

    /// <summary>All parameters: encoder and projector.</summary>
    public double Parameters =>
        Layers * (LayerProjections.Sum(product => product.MatrixParameters + product.Vectors) + 2.0 * NormVectors * HiddenSize)
        + PatchEmbedding.MatrixParameters + PatchEmbedding.Vectors
        + OtherParameters
        + Projector.Sum(product => product.MatrixParameters + product.Vectors);

    /// <summary>Bytes of the weights, 2 for each.</summary>
    public double WeightBytes => Parameters * WeightFormat.KeptBytes;

    /// <summary>Tokens of the text model that one image takes at the size that the encoder is made for.</summary>
    public int TokensPerImage => TokensOf(ImageSize, ImageSize);

    private int MergeSide => (int)Math.Round(Math.Sqrt(PatchesPerToken));

    private IReadOnlyList<Projection> LayerProjections =>
    [
        Layer("vision-qkv", HiddenSize, 3 * HiddenSize, ProjectionCut.Columns),
        Layer("vision-attention-output", HiddenSize, HiddenSize, ProjectionCut.Rows),
        Layer("vision-ffn-up", HiddenSize, (Gated ? 2 : 1) * IntermediateSize, ProjectionCut.Columns),
        Layer("vision-ffn-down", IntermediateSize, HiddenSize, ProjectionCut.Rows),
    ];

    /// <summary>Tokens of the text model that one image takes; sides are rounded up to whole tokens.</summary>
    /// <param name="widthPixels">Width, above 0; without effect where images are scaled to one size.</param>
    /// <param name="heightPixels">Height, above 0; without effect where images are scaled to one size.</param>
    /// <returns>Tokens, without those that mark the start, the rows or the end of an image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side that is not above 0.</exception>
    public int TokensOf(int widthPixels, int heightPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(widthPixels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heightPixels, 1);
        return AnySize ? Side(widthPixels) * Side(heightPixels) : Side(ImageSize) * Side(ImageSize);
    }

    /// <summary>Operators of the encoder for images of the size that it is made for; see <see cref="OperatorsOf(double, int, int)"/>.</summary>
    /// <param name="images">Images encoded together, at least 0.</param>
    /// <returns>The operators; empty without an image.</returns>
    public IReadOnlyList<StepOperator> OperatorsOf(double images) => OperatorsOf(images, ImageSize, ImageSize);

    /// <summary>
    /// Operators of the encoder. Each weight is read once; a product of n rows takes 2 n FLOPs for each parameter; attention of w patches takes 4 w
    /// times the width for each patch.
    /// </summary>
    /// <param name="images">Images encoded together, at least 0.</param>
    /// <param name="widthPixels">Width of each, above 0.</param>
    /// <param name="heightPixels">Height of each, above 0.</param>
    /// <returns>The operators; empty without an image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite number of images, or a side that is not above 0.</exception>
    public IReadOnlyList<StepOperator> OperatorsOf(double images, int widthPixels, int heightPixels)
    {
        if (!(images >= 0 && double.IsFinite(images)))
        {
            throw new ArgumentOutOfRangeException(nameof(images), images, "must be at least 0 and finite");
        }

        var tokens = images * TokensOf(widthPixels, heightPixels);
        if (tokens <= 0)
        {
            return [];
        }

        var patches = tokens / images * PatchesPerToken;
        var seen = patches + ClassPatches;
        var format = new WeightFormat(OperandPrecision.Bf16, OperandPrecision.Bf16, WeightFormat.Nvfp4Bytes);
        var builder = new StepOperatorBuilder(new StepShape(0, 0, images * seen, 0, images), format, WeightFormat.KeptBytes);
        builder.Gemm(PatchEmbedding, images * patches, 1);
        builder.Elementwise("vision-positions", builder.Tokens * 3 * HiddenSize, 1, OtherParameters);
        foreach (var product in LayerProjections)
        {
            builder.Gemm(product, Layers);
        }

        var windowed = WindowPatches > 0 ? Layers - FullLayers : 0;
        if (windowed > 0)
        {
            builder.ImageAttention("vision-attention-window", HiddenSize, Math.Min(seen, WindowPatches), windowed);
        }

        if (Layers > windowed)
        {
            builder.ImageAttention("vision-attention", HiddenSize, seen, Layers - windowed);
        }

        builder.Elementwise("vision-norms", builder.Tokens * 4 * HiddenSize, 2 * Layers, NormVectors * HiddenSize);
        builder.Elementwise("vision-activation", builder.Tokens * ((Gated ? 3.0 : 2.0) * IntermediateSize), Layers);
        foreach (var product in Projector)
        {
            builder.Gemm(product, tokens, 1);
        }

        return builder.Operators;
    }

    private int Side(int pixels) => (pixels + PatchSize * MergeSide - 1) / (PatchSize * MergeSide);

    private Projection Layer(string name, int inputs, int outputs, ProjectionCut cut) =>
        new(name, WeightRole.Kept, inputs, outputs, cut, Vectors: Bias ? outputs : 0);
}
