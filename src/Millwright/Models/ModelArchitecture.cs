using Millwright.Operators;

namespace Millwright.Models;

/// <summary>
/// A language model as its configuration describes it: what it holds, what one step of it asks of a machine, and what a sequence keeps in memory.
/// Its parameters, bytes and operators are those of the text model; a vision encoder and multi-token-prediction modules are told apart.
/// </summary>
/// <example><code>
/// var model = ModelArchitecture.Parse("llama-3.1-70b", File.ReadAllText("config.json"));
/// double cacheBytes = model.KvCacheBytes(contextTokens: 8192, bytesPerElement: 1);
/// </code></example>
public sealed class ModelArchitecture
{
    private readonly LayerGroups _groups;
    private readonly LayerGroups _draftGroups;
    private readonly ParameterCounts _draftParameters;
    private readonly ResidualStream _stream;
    private readonly int _learnedPositions;
    private readonly OperandPrecision? _restBesideFp4Experts;
    private readonly double _fp4Bytes;
    private readonly bool _headBias;

    internal ModelArchitecture(string id, ArchitectureFields fields)
    {
        Id = id;
        Family = fields.Family;
        Layers = fields.Layers;
        VocabularySize = fields.VocabularySize;
        MaxContextTokens = fields.MaxContextTokens;
        TiedEmbedding = fields.TiedEmbedding;
        ReleasedPrecision = fields.Release.Precision;
        _stream = fields.Stream;
        _learnedPositions = fields.LearnedPositions;
        _restBesideFp4Experts = fields.Release.RestBesideFp4Experts;
        _fp4Bytes = fields.Release.Fp4Bytes;
        _groups = new LayerGroups(Layers, HiddenSize);
        DraftLayers = fields.Drafts;
        _draftGroups = new LayerGroups([.. DraftLayers.SelectMany(module => module.Layers)], HiddenSize);
        _draftParameters = CountDraftParameters();
        DraftGroups = DraftLayers.Count > 0 ? new LayerGroups(DraftLayers[0].Layers, HiddenSize) : null;
        Vision = fields.Vision;
        _headBias = fields.HeadBias;
        UnreadFields = fields.UnreadFields;
        ReleasedDensePrecision = fields.Release.Dense;
        ReleasedExpertPrecision = fields.Release.Experts;
        Parameters = CountParameters();
        ArchitectureReader.RequirePlausible(id, Parameters);
    }

    /// <summary>Id that the caller gave.</summary>
    public string Id { get; }

    /// <summary>Family: the model_type of the text model.</summary>
    public string Family { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<ModelLayer> Layers { get; }

    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize => _stream.HiddenSize;

    /// <summary>Tokens of the vocabulary, padding included.</summary>
    public int VocabularySize { get; }

    /// <summary>Longest context that the configuration allows, tokens.</summary>
    public int MaxContextTokens { get; }

    /// <summary>True when the head uses the matrix of the input embedding.</summary>
    public bool TiedEmbedding { get; }

    /// <summary>Precision of the weights as the configuration says they are released.</summary>
    public OperandPrecision ReleasedPrecision { get; }

    /// <summary>Total parameters: the text model with embedding and head.</summary>
    public double TotalParameters => Parameters.Total;

    /// <summary>Parameters that one token uses: the total less unused experts and an untied input embedding, which is only looked up.</summary>
    public double ActiveParameters => Parameters.Active;

    /// <summary>Parameters of the routed experts.</summary>
    public double RoutedExpertParameters => Parameters.Experts;

    /// <summary>True when some layer has routed experts.</summary>
    public bool HasExperts => RoutedExperts > 0;

    /// <summary>Routed experts of one layer; 0 for a dense model.</summary>
    public int RoutedExperts => _groups.FeedForwards.Count == 0 ? 0 : _groups.FeedForwards.Max(group => group.FeedForward.RoutedExperts);

    /// <summary>Routed experts of one layer that a token uses; 0 for a dense model.</summary>
    public int ExpertsPerToken => _groups.FeedForwards.Count == 0 ? 0 : _groups.FeedForwards.Max(group => group.FeedForward.ExpertsPerToken);

    /// <summary>Layers with routed experts.</summary>
    public int ExpertLayers => _groups.FeedForwards.Where(group => group.FeedForward.RoutedExperts > 0).Sum(group => group.Layers);

    /// <summary>Blocks that add to the residual stream, of all layers: tensor parallelism sums each over the chips.</summary>
    public int ResidualBlocks => _groups.Mixers.Sum(group => group.Layers) + _groups.FeedForwards.Sum(group => group.Layers);

    /// <summary>
    /// Cache heads that tensor parallelism can spread without copies: the fewest heads of keys and values, or of states, of any layer; 1 for a
    /// latent or a shared cache.
    /// </summary>
    public int CacheHeads => _groups.Mixers.Count == 0 ? 1 : _groups.Mixers.Min(group => group.Mixer.CacheHeads);

    /// <summary>Precision of the released matrices of attention and of dense and shared feed-forwards, told apart as finely as operators are.</summary>
    public OperandPrecision ReleasedDensePrecision { get; }

    /// <summary>Precision of the released matrices of routed experts, told apart as finely as operators are.</summary>
    public OperandPrecision ReleasedExpertPrecision { get; }

    /// <summary>Multi-token-prediction modules that the configuration announces, in order; none for most models.</summary>
    public IReadOnlyList<DraftModule> DraftLayers { get; }

    /// <summary>Parameters of all multi-token-prediction modules, without the embedding and head that they share with the model.</summary>
    public double DraftParameters => _draftParameters.Total;

    /// <summary>Parameters of all multi-token-prediction modules that one token uses: without unused experts, embedding and head.</summary>
    public double DraftActiveParameters => _draftParameters.Active;

    /// <summary>The encoder of images; null where the configuration has none, or one of another family.</summary>
    public VisionEncoder? Vision { get; }

    /// <summary>
    /// Fields of the configuration that look like a part of its shape (heads, widths, ranks, sizes, layers, experts) and that no reader of the family
    /// has used: the model may hold something that is not counted.
    /// </summary>
    public IReadOnlyList<string> UnreadFields { get; }

    internal ParameterCounts Parameters { get; }

    /// <summary>Token mixers, with the layers that have each and the matrices that their tokens pass through.</summary>
    internal IReadOnlyList<MixerGroup> MixerGroups => _groups.Mixers;

    /// <summary>Feed-forwards, with the layers that have each and the matrices that their tokens pass through, routed experts left out.</summary>
    internal IReadOnlyList<FeedForwardGroup> FeedForwardGroups => _groups.FeedForwards;

    /// <summary>What lies around the blocks of every layer.</summary>
    internal ResidualStream Stream => _stream;

    /// <summary>The output head.</summary>
    internal Projection Head => new(
        "logits", WeightRole.Kept, HiddenSize, VocabularySize, ProjectionCut.Columns, Vectors: _headBias ? VocabularySize : 0);

    /// <summary>Layers of the first multi-token-prediction module, grouped; null without one.</summary>
    internal LayerGroups? DraftGroups { get; }

    /// <summary>Each product of the layers without routed experts, and the layers that have it.</summary>
    internal IEnumerable<(Projection Projection, int Layers)> LayerProjections =>
        _groups.Mixers.SelectMany(group => group.Projections.Select(projection => (projection, group.Layers)))
            .Concat(_groups.FeedForwards.SelectMany(group => group.Projections.Select(projection => (projection, group.Layers))));

    /// <summary>True when feed-forwards have three matrices.</summary>
    internal bool GatedFeedForward => _groups.FeedForwards.Any(group => group.FeedForward is DenseFeedForward { Gated: true } or MixtureOfExperts { Gated: true });

    /// <summary>Reads a Hugging Face config.json.</summary>
    /// <param name="id">Id of the model, for messages and results.</param>
    /// <param name="configJson">Text of the configuration.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ModelConfigException">The text is not JSON, the family is unknown, or a field is missing or out of range.</exception>
    public static ModelArchitecture Parse(string id, string configJson)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(configJson);
        return new ModelArchitecture(id, ArchitectureReader.Read(id, configJson));
    }

    /// <summary>
    /// Bytes of all weights. Matrices take 2 bytes (bf16), 1 (fp8) or 0.5625 (fp4 with its scales; 0.53125 where released as MXFP4);
    /// embedding, norms, biases, router and head keep 2. Models that are released with only their experts in 4 bits keep, at fp4, the rest
    /// as released (bf16 or fp8).
    /// </summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>Bytes.</returns>
    public double WeightBytes(OperandPrecision precision) => BytesOf(Parameters, FormatOf(precision));

    /// <summary>Bytes of the routed experts' weights, which expert parallelism spreads.</summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>Bytes; 0 for a dense model.</returns>
    public double ExpertWeightBytes(OperandPrecision precision) => ExpertBytesOf(Parameters, FormatOf(precision));

    /// <summary>
    /// Bytes of all weights with a precision of their own for routed experts. A matrix weight takes, with its scales, 2 bytes (bf16), 1 (fp8, int8),
    /// 1.00024 (fp8 in blocks of 128 x 128), 0.5625 (NVFP4), 0.53125 (MXFP4) or 0.515625 (int4 in groups of 128); embedding, norms, biases, router and
    /// head keep 2.
    /// </summary>
    /// <param name="dense">Precision of the matrices of attention and of dense and shared feed-forwards.</param>
    /// <param name="experts">Precision of the matrices of routed experts.</param>
    /// <returns>Bytes.</returns>
    public double WeightBytes(OperandPrecision dense, OperandPrecision experts) => BytesOf(Parameters, FormatOf(dense, experts));

    /// <summary>Bytes of the routed experts' weights at a precision of their own; see <see cref="WeightBytes(OperandPrecision, OperandPrecision)"/>.</summary>
    /// <param name="dense">Precision of the other matrices, which does not matter here.</param>
    /// <param name="experts">Precision of the matrices of routed experts.</param>
    /// <returns>Bytes; 0 for a dense model.</returns>
    public double ExpertWeightBytes(OperandPrecision dense, OperandPrecision experts) => ExpertBytesOf(Parameters, FormatOf(dense, experts));

    /// <summary>Bytes of the weights of all multi-token-prediction modules, without the embedding and head that they share with the model.</summary>
    /// <param name="dense">Precision of the matrices of attention and of dense and shared feed-forwards.</param>
    /// <param name="experts">Precision of the matrices of routed experts.</param>
    /// <returns>Bytes; 0 without modules.</returns>
    public double DraftWeightBytes(OperandPrecision dense, OperandPrecision experts) => BytesOf(_draftParameters, FormatOf(dense, experts));

    /// <summary>Bytes that one sequence keeps in the layers of the multi-token-prediction modules; see <see cref="KvCacheBytes"/>.</summary>
    /// <param name="contextTokens">Tokens of the sequence so far, at least 0.</param>
    /// <param name="bytesPerElement">Bytes of one cached element: 2 or 1.</param>
    /// <returns>Bytes; 0 without modules.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite argument.</exception>
    public double DraftKvCacheBytes(double contextTokens, double bytesPerElement)
    {
        Require(contextTokens >= 0 && double.IsFinite(contextTokens), contextTokens, nameof(contextTokens), "at least 0");
        Require(bytesPerElement > 0 && double.IsFinite(bytesPerElement), bytesPerElement, nameof(bytesPerElement), "above 0");
        return _draftGroups.KvCacheBytes(contextTokens, bytesPerElement);
    }

    /// <summary>
    /// Bytes that one sequence keeps at a context length: keys and values (a window's worth in windowed layers, one latent for all heads in latent
    /// attention, one entry for each group of tokens where the cache is compressed, keys of an indexer), and the constant states of recurrent layers.
    /// </summary>
    /// <param name="contextTokens">Tokens of the sequence so far, at least 0.</param>
    /// <param name="bytesPerElement">Bytes of one cached element: 2 or 1. States keep the precision that the configuration states.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite argument.</exception>
    public double KvCacheBytes(double contextTokens, double bytesPerElement)
    {
        Require(contextTokens >= 0 && double.IsFinite(contextTokens), contextTokens, nameof(contextTokens), "at least 0");
        Require(bytesPerElement > 0 && double.IsFinite(bytesPerElement), bytesPerElement, nameof(bytesPerElement), "above 0");
        return _groups.KvCacheBytes(contextTokens, bytesPerElement);
    }

    /// <summary>
    /// Operators of one step over the whole model. Each weight that the step needs is read once; a product of n rows takes 2 n FLOPs for each
    /// parameter; elementwise operators have bytes only. Only one token of each sequence passes the head.
    /// </summary>
    /// <param name="shape">Sequences and tokens of the step.</param>
    /// <param name="weights">Precision of the weights; see <see cref="WeightBytes(OperandPrecision)"/> for what keeps 16 bits.</param>
    /// <param name="kvBytesPerElement">Bytes of one cached element.</param>
    /// <returns>The operators; empty when the step has no token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite part of the shape, or prompt tokens without a sequence.</exception>
    public IReadOnlyList<StepOperator> OperatorsOf(StepShape shape, OperandPrecision weights, double kvBytesPerElement) =>
        OperatorsOf(shape, FormatOf(weights), kvBytesPerElement);

    /// <summary>Operators of one step over the whole model, with a precision of their own for routed experts; see the other form.</summary>
    /// <param name="shape">Sequences and tokens of the step.</param>
    /// <param name="dense">Precision of the matrices of attention and of dense and shared feed-forwards.</param>
    /// <param name="experts">Precision of the matrices of routed experts.</param>
    /// <param name="kvBytesPerElement">Bytes of one cached element.</param>
    /// <returns>The operators; empty when the step has no token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite part of the shape, or prompt tokens without a sequence.</exception>
    public IReadOnlyList<StepOperator> OperatorsOf(StepShape shape, OperandPrecision dense, OperandPrecision experts, double kvBytesPerElement) =>
        OperatorsOf(shape, FormatOf(dense, experts), kvBytesPerElement);

    /// <summary>
    /// Operators that draft one further token for each decoding sequence with the first multi-token-prediction module, and the same for the tokens of
    /// a prompt, which fill the module's own cache. Engines that draft several tokens from one module run it that many times.
    /// </summary>
    /// <param name="shape">Sequences and tokens, as in <see cref="OperatorsOf(StepShape, OperandPrecision, double)"/>.</param>
    /// <param name="dense">Precision of the matrices of attention and of dense and shared feed-forwards.</param>
    /// <param name="experts">Precision of the matrices of routed experts.</param>
    /// <param name="kvBytesPerElement">Bytes of one cached element.</param>
    /// <returns>The operators; empty when the model has no module or the step no token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite part of the shape, or prompt tokens without a sequence.</exception>
    public IReadOnlyList<StepOperator> DraftOperatorsOf(
        StepShape shape, OperandPrecision dense, OperandPrecision experts, double kvBytesPerElement)
    {
        var builder = NewBuilder(shape, FormatOf(dense, experts), kvBytesPerElement);
        if (builder.Tokens <= 0 || DraftGroups is not { } groups)
        {
            return [];
        }

        // the look-up, then both inputs read and normed side by side
        builder.Elementwise("embedding", builder.Tokens * 2 * HiddenSize, 1);
        builder.Elementwise("draft-norms", builder.Tokens * 4 * HiddenSize, 1, 2.0 * HiddenSize);
        builder.Gemm(DraftModule.Join(HiddenSize), 1);
        groups.AddTo(builder);
        _stream.AddTo(builder, DraftLayers[0].Layers.Count);
        AddHead(builder);
        return builder.Operators;
    }

    private static StepOperatorBuilder NewBuilder(StepShape shape, WeightFormat format, double kvBytesPerElement)
    {
        RequireShape(shape);
        Require(kvBytesPerElement > 0 && double.IsFinite(kvBytesPerElement), kvBytesPerElement, nameof(kvBytesPerElement), "above 0");
        return new StepOperatorBuilder(shape, format, kvBytesPerElement);
    }

    private IReadOnlyList<StepOperator> OperatorsOf(StepShape shape, WeightFormat format, double kvBytesPerElement)
    {
        var builder = NewBuilder(shape, format, kvBytesPerElement);
        if (builder.Tokens <= 0)
        {
            return [];
        }

        // a look-up reads a row of the embedding, and of the learned positions, and writes their sum to each stream
        var lookUps = 1 + (_learnedPositions > 0 ? 1 : 0) + _stream.Streams;
        builder.Elementwise("embedding", builder.Tokens * lookUps * HiddenSize, 1);
        _groups.AddTo(builder);
        _stream.AddTo(builder, Layers.Count);
        AddHead(builder);
        return builder.Operators;
    }

    private void AddHead(StepOperatorBuilder builder)
    {
        _stream.AddFinalTo(builder, builder.EmittingRows);
        builder.Gemm(Head, builder.EmittingRows, 1);
    }

    // as asked for each role: a 4-bit precision is the one it names
    private static WeightFormat FormatOf(OperandPrecision dense, OperandPrecision experts) => new(dense, experts, WeightFormat.Nvfp4Bytes);

    private WeightFormat FormatOf(OperandPrecision asked) => new(
        asked is OperandPrecision.Fp4 or OperandPrecision.Mxfp4 && _restBesideFp4Experts is { } rest ? rest : asked,
        asked,
        _fp4Bytes);

    /// <summary>Precision of dense matrices and of experts when a precision is asked for the whole model: those that were released with only their experts in
    /// 4 bits keep the rest as released.</summary>
    internal (OperandPrecision Dense, OperandPrecision Experts) PrecisionsAt(OperandPrecision asked)
    {
        // what was released in blocks of fp8 is served in them
        WeightFormat format = FormatOf(asked == OperandPrecision.Fp8 && ReleasedPrecision == OperandPrecision.Fp8Block ? OperandPrecision.Fp8Block : asked);
        return (format.Matrix, format.Expert);
    }

    private static double BytesOf(ParameterCounts counts, WeightFormat format) =>
        counts.Kept * WeightFormat.KeptBytes + counts.Matrices * format.Bytes(WeightRole.Matrix) + ExpertBytesOf(counts, format);

    private static double ExpertBytesOf(ParameterCounts counts, WeightFormat format) =>
        counts.ExpertMatrices * format.Bytes(WeightRole.Expert) + (counts.Experts - counts.ExpertMatrices) * WeightFormat.KeptBytes;

    private ParameterCounts CountParameters()
    {
        var table = (double)VocabularySize * HiddenSize;
        var kept = (TiedEmbedding ? 1 : 2) * table
            + Head.Vectors
            + (double)_learnedPositions * HiddenSize
            + _stream.FinalVectorParameters
            + (_stream.FinalMixer?.MatrixParameters ?? 0)
            + Layers.Count * (_stream.VectorParametersPerLayer + _stream.MixerParametersPerLayer);
        var counts = _groups.Count(kept);
        return counts with { Active = counts.Active - (TiedEmbedding ? 0 : table) };
    }

    private ParameterCounts CountDraftParameters()
    {
        var layers = DraftLayers.Sum(module => module.Layers.Count);
        var kept = DraftLayers.Count * (DraftModule.Join(HiddenSize).MatrixParameters + DraftModule.Norms * _stream.NormWidth)
            + layers * (_stream.VectorParametersPerLayer + _stream.MixerParametersPerLayer);
        return _draftGroups.Count(kept);
    }

    private static void RequireShape(StepShape shape)
    {
        RequireAmount(shape.DecodeSequences, nameof(shape.DecodeSequences));
        RequireAmount(shape.DecodeContextTokens, nameof(shape.DecodeContextTokens));
        RequireAmount(shape.PrefillTokens, nameof(shape.PrefillTokens));
        RequireAmount(shape.PrefillPrefixTokens, nameof(shape.PrefillPrefixTokens));
        RequireAmount(shape.PrefillSequences, nameof(shape.PrefillSequences));
        RequireAmount(shape.DraftedTokens, nameof(shape.DraftedTokens));
        Require(
            shape.PrefillTokens <= 0 || shape.PrefillSequences > 0,
            shape.PrefillSequences,
            nameof(shape.PrefillSequences),
            "above 0 when there are prompt tokens");
        Require(
            shape.DecodeContextTokens <= 0 || shape.DecodeSequences > 0,
            shape.DecodeSequences,
            nameof(shape.DecodeSequences),
            "above 0 when there is decode context");
    }

    private static void RequireAmount(double value, string name) =>
        Require(value >= 0 && double.IsFinite(value), value, name, "at least 0 and finite");

    private static void Require(bool holds, double value, string name, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"must be {allowed}");
        }
    }
}
