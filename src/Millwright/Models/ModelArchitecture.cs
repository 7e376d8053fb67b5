using Millwright.Operators;

namespace Millwright.Models;

/// <summary>
/// A language model as its configuration describes it: what it holds, what one step of it asks of a machine, and what a sequence keeps in memory.
/// Vision towers and multi-token-prediction layers are not counted.
/// </summary>
/// <example><code>
/// var model = ModelArchitecture.Parse("llama-3.1-70b", File.ReadAllText("config.json"));
/// double cacheBytes = model.KvCacheBytes(contextTokens: 8192, bytesPerElement: 1);
/// </code></example>
public sealed class ModelArchitecture
{
    // layers of one kind do the same work: their products are worked out once
    private readonly (TokenMixer Mixer, int Layers, IReadOnlyList<Projection> Projections)[] _mixers;
    private readonly (FeedForward FeedForward, int Layers, IReadOnlyList<Projection> Projections)[] _feedForwards;
    private readonly ResidualStream _stream;
    private readonly int _learnedPositions;
    private readonly OperandPrecision? _restBesideFp4Experts;
    private readonly double _fp4Bytes;

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
        _mixers =
        [
            .. Layers.Where(layer => layer.Mixer is not null).GroupBy(layer => layer.Mixer!)
                .Select(group => (group.Key, group.Count(), group.Key.Projections(HiddenSize))),
        ];
        _feedForwards =
        [
            .. Layers.Where(layer => layer.FeedForward is not null).GroupBy(layer => layer.FeedForward!)
                .Select(group => (group.Key, group.Count(), group.Key.Projections(HiddenSize))),
        ];
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
    public int RoutedExperts => _feedForwards.Length == 0 ? 0 : _feedForwards.Max(group => group.FeedForward.RoutedExperts);

    /// <summary>Routed experts of one layer that a token uses; 0 for a dense model.</summary>
    public int ExpertsPerToken => _feedForwards.Length == 0 ? 0 : _feedForwards.Max(group => group.FeedForward.ExpertsPerToken);

    /// <summary>Layers with routed experts.</summary>
    public int ExpertLayers => _feedForwards.Where(group => group.FeedForward.RoutedExperts > 0).Sum(group => group.Layers);

    /// <summary>Blocks that add to the residual stream, of all layers: tensor parallelism sums each over the chips.</summary>
    public int ResidualBlocks => _mixers.Sum(group => group.Layers) + _feedForwards.Sum(group => group.Layers);

    /// <summary>
    /// Cache heads that tensor parallelism can spread without copies: the fewest heads of keys and values, or of states, of any layer; 1 for a
    /// latent or a shared cache.
    /// </summary>
    public int CacheHeads => _mixers.Length == 0 ? 1 : _mixers.Min(group => group.Mixer.CacheHeads);

    internal ParameterCounts Parameters { get; }

    /// <summary>Token mixers, with the layers that have each and the matrices that their tokens pass through.</summary>
    internal IReadOnlyList<(TokenMixer Mixer, int Layers, IReadOnlyList<Projection> Projections)> MixerGroups => _mixers;

    /// <summary>Feed-forwards, with the layers that have each and the matrices that their tokens pass through, routed experts left out.</summary>
    internal IReadOnlyList<(FeedForward FeedForward, int Layers, IReadOnlyList<Projection> Projections)> FeedForwardGroups => _feedForwards;

    /// <summary>What lies around the blocks of every layer.</summary>
    internal ResidualStream Stream => _stream;

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
    public double WeightBytes(OperandPrecision precision)
    {
        var format = FormatOf(precision);
        return Parameters.Kept * WeightFormat.KeptBytes
            + Parameters.Matrices * format.Bytes(WeightRole.Matrix)
            + ExpertWeightBytes(precision);
    }

    /// <summary>Bytes of the routed experts' weights, which expert parallelism spreads.</summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>Bytes; 0 for a dense model.</returns>
    public double ExpertWeightBytes(OperandPrecision precision) =>
        Parameters.ExpertMatrices * FormatOf(precision).Bytes(WeightRole.Expert)
        + (Parameters.Experts - Parameters.ExpertMatrices) * WeightFormat.KeptBytes;

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
        var bytes = 0.0;
        foreach (var (mixer, layers, _) in _mixers)
        {
            bytes += layers * (mixer.CacheElements(contextTokens) * bytesPerElement + mixer.StateBytes);
        }

        return bytes;
    }

    /// <summary>
    /// Operators of one step over the whole model. Each weight that the step needs is read once; a product of n rows takes 2 n FLOPs for each
    /// parameter; elementwise operators have bytes only. Only one token of each sequence passes the head.
    /// </summary>
    /// <param name="shape">Sequences and tokens of the step.</param>
    /// <param name="weights">Precision of the weights; see <see cref="WeightBytes"/> for what keeps 16 bits.</param>
    /// <param name="kvBytesPerElement">Bytes of one cached element.</param>
    /// <returns>The operators; empty when the step has no token.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative or not finite part of the shape, or prompt tokens without a sequence.</exception>
    public IReadOnlyList<StepOperator> OperatorsOf(StepShape shape, OperandPrecision weights, double kvBytesPerElement)
    {
        RequireShape(shape);
        Require(kvBytesPerElement > 0 && double.IsFinite(kvBytesPerElement), kvBytesPerElement, nameof(kvBytesPerElement), "above 0");
        var builder = new StepOperatorBuilder(shape, FormatOf(weights), kvBytesPerElement);
        if (builder.Tokens <= 0)
        {
            return [];
        }

        // a look-up reads a row of the embedding, and of the learned positions, and writes their sum to each stream
        var lookUps = 1 + (_learnedPositions > 0 ? 1 : 0) + _stream.Streams;
        builder.Elementwise("embedding", builder.Tokens * lookUps * HiddenSize, 1);
        foreach (var (mixer, layers, projections) in _mixers)
        {
            foreach (var projection in projections)
            {
                builder.Gemm(projection, layers);
            }

            mixer.AddMixing(builder, layers);
        }

        foreach (var (feedForward, layers, projections) in _feedForwards)
        {
            foreach (var projection in projections)
            {
                builder.Gemm(projection, layers);
            }

            feedForward.AddRest(builder, HiddenSize, layers);
        }

        _stream.AddTo(builder, Layers.Count);
        var emitting = shape.DecodeSequences + (shape.PrefillTokens > 0 ? shape.PrefillSequences : 0);
        _stream.AddFinalTo(builder, emitting);
        builder.Gemm(Head, emitting, 1);
        return builder.Operators;
    }

    /// <summary>The output head.</summary>
    internal Projection Head => new("logits", WeightRole.Kept, HiddenSize, VocabularySize, ProjectionCut.Columns);

    private WeightFormat FormatOf(OperandPrecision asked) => new(
        asked == OperandPrecision.Fp4 && _restBesideFp4Experts is { } rest ? rest : asked,
        asked,
        _fp4Bytes);

    private ParameterCounts CountParameters()
    {
        var table = (double)VocabularySize * HiddenSize;
        var kept = (TiedEmbedding ? 1 : 2) * table
            + (double)_learnedPositions * HiddenSize
            + _stream.FinalVectorParameters
            + (_stream.FinalMixer?.MatrixParameters ?? 0)
            + Layers.Count * (_stream.VectorParametersPerLayer + _stream.MixerParametersPerLayer);
        double matrices = 0, experts = 0, expertMatrices = 0, usedExperts = 0;

        void Count(IReadOnlyList<Projection> products, double layers)
        {
            foreach (var projection in products)
            {
                kept += layers * projection.Vectors;
                if (projection.Role == WeightRole.Kept)
                {
                    kept += layers * projection.MatrixParameters;
                }
                else
                {
                    matrices += layers * projection.MatrixParameters;
                }
            }
        }

        foreach (var (mixer, layers, projections) in _mixers)
        {
            Count(projections, layers);
            kept += layers * mixer.VectorParameters;
        }

        foreach (var (feedForward, layers, projections) in _feedForwards)
        {
            Count(projections, layers);
            foreach (var projection in feedForward.ExpertProjections(HiddenSize))
            {
                var all = projection.MatrixParameters + projection.Vectors;
                experts += (double)layers * feedForward.RoutedExperts * all;
                expertMatrices += (double)layers * feedForward.RoutedExperts * projection.MatrixParameters;
                usedExperts += (double)layers * feedForward.ExpertsPerToken * all;
            }
        }

        var total = kept + matrices + experts;
        return new ParameterCounts(total, total - experts + usedExperts - (TiedEmbedding ? 0 : table), kept, matrices, experts, expertMatrices);
    }

    private static void RequireShape(StepShape shape)
    {
        RequireAmount(shape.DecodeSequences, nameof(shape.DecodeSequences));
        RequireAmount(shape.DecodeContextTokens, nameof(shape.DecodeContextTokens));
        RequireAmount(shape.PrefillTokens, nameof(shape.PrefillTokens));
        RequireAmount(shape.PrefillPrefixTokens, nameof(shape.PrefillPrefixTokens));
        RequireAmount(shape.PrefillSequences, nameof(shape.PrefillSequences));
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
