using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>Compiles a deployment: cuts each operator of the model over the chips of the layout and gathers their times.</summary>
internal sealed class StepCompiler
{
    private const double ActivationBytes = OperatorTimes.ActivationBytes;

    /// <summary>Launch of a send to the next stage, s. Source: NVIDIA AIConfigurator (095f58a5), systems/*.yaml, p2p latency 10 us.</summary>
    private const double HandOverSeconds = 10e-6;

    private readonly Deployment _deployment;
    private readonly ModelArchitecture _model;
    private readonly ParallelLayout _layout;
    private readonly PrecisionPlan _precision;
    private readonly OperatorTimes _times;
    private readonly int _tokensPerSequence;
    private readonly StepCurveCache? _cache;
    private readonly StepCurve _byToken;
    private readonly StepCurve _byEmitting;
    private readonly StepCurve _experts;
    private readonly StepCurve _exchange;
    private readonly List<Func<double, double, CallTime>> _decode = [];
    private readonly List<Func<double, double, double, CallTime>> _prefill = [];

    public StepCompiler(Deployment deployment, OperatorTimes times, int draftTokens, StepCurveCache? cache = null)
    {
        _cache = cache;
        (_byToken, _byEmitting, _experts, _exchange) = (cache ?? new StepCurveCache()).Find(deployment);
        _deployment = deployment;
        _model = deployment.Model;
        _layout = deployment.Layout;
        _precision = deployment.Precision;
        _times = times;
        _tokensPerSequence = 1 + draftTokens;
    }

    private double Hidden => _model.HiddenSize;

    private double CacheBytes => _precision.CacheBytesPerElement;

    public StepParts Compile(MemoryPlan memory)
    {
        if (_deployment.Part != LayerPart.FeedForward)
        {
            AddMixers();
        }

        foreach ((FeedForward feedForward, int layers, IReadOnlyList<Projection> projections) in _model.FeedForwardGroups)
        {
            foreach (Projection projection in projections)
            {
                if (_deployment.HoldsOfFeedForward(projection))
                {
                    AddProduct(projection, layers, _byToken);
                }
            }

            if (_deployment.Part != LayerPart.Attention)
            {
                AddFeedForward(feedForward, layers);
            }
        }

        if (_deployment.Part != LayerPart.FeedForward)
        {
            AddStream();
        }

        AddExchanges();
        _cache?.Keep(_deployment, _byToken, _byEmitting, _experts, _exchange);
        return new StepParts(_deployment, memory, _tokensPerSequence, _byToken, _byEmitting, _experts, _exchange, [.. _decode], [.. _prefill]);
    }

    private void AddMixers()
    {
        _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 2 * Hidden * ActivationBytes), 1);
        foreach ((TokenMixer mixer, int layers, IReadOnlyList<Projection> projections) in _model.MixerGroups)
        {
            foreach (Projection projection in projections)
            {
                // absorbed in decode, where attention meets the latent itself; a prompt and its prefix are expanded with attention
                if (projection.Name != LatentAttention.ExpansionName)
                {
                    AddProduct(projection, layers, _byToken);
                }
            }

            AddMixer(mixer, layers);
        }
    }

    private void AddProduct(Projection projection, double calls, StepCurve curve)
    {
        int ways = _layout.TensorWays;
        double copies = projection.Copies;
        double columns = projection.Outputs;
        double inner = projection.Inputs;
        switch (projection.Cut)
        {
            case ProjectionCut.Columns when copies > 1:
                copies = Math.Max(1, copies / ways);
                break;
            case ProjectionCut.Columns:
                columns /= ways;
                break;
            case ProjectionCut.Rows:
                inner /= ways;
                break;
        }

        OperandPrecision precision = projection.Role == WeightRole.Kept ? OperandPrecision.Bf16 : _precision.Dense;
        curve.Add(_times.Product(precision, columns, inner), calls * copies);
    }

    private void AddMixer(TokenMixer mixer, double layers)
    {
        int ways = _layout.TensorWays;
        StateSpaceTimes states = _times.States;
        switch (mixer)
        {
            case GroupedQueryAttention attention:
                AddAttention(attention, layers);
                break;
            case LatentAttention latent:
                AddLatent(latent, layers);
                break;
            case CompressedAttention compressed:
                AddCompressed(compressed, layers);
                break;
            case GatedDeltaNet delta:
                AddState((sequences, tokens) => states.GatedDelta(sequences, tokens, Math.Max(1, (double)delta.KeyHeads / ways), Math.Max(1, (double)delta.ValueHeads / ways), delta.KeyDimension, delta.ValueDimension), layers);
                _byToken.Add(tokens => _times.Clock.Elementwise(tokens * delta.ActivationElements / ways * ActivationBytes), layers);
                break;
            case Mamba2Mixer mamba:
                AddState((sequences, tokens) => states.Mamba2(sequences, tokens, Math.Max(1, (double)mamba.Heads / ways), mamba.HeadDimension, Math.Max(1, (double)mamba.Groups / ways), mamba.StateDimension), layers);
                _byToken.Add(tokens => _times.Clock.Elementwise(tokens * mamba.ActivationElements / ways * ActivationBytes), layers);
                break;
            default:
                throw new InvalidOperationException($"no times for a mixer of kind {mixer.GetType().Name}");
        }
    }

    private void AddAttention(GroupedQueryAttention attention, double layers)
    {
        int ways = _layout.TensorWays;
        double heads = Math.Max(1, (double)attention.Heads / ways);
        double cacheHeads = Math.Max(1, (double)attention.KeyValueHeads / ways);
        double width = attention.HeadDimension;
        double window = attention.WindowTokens;
        OperandPrecision cache = _precision.Cache;
        int drafted = _tokensPerSequence;
        DecodeAttentionTimes decode = _times.DecodeAttention;
        PrefillAttentionTimes prefill = _times.PrefillAttention;
        _decode.Add((sequences, context) => decode.At(sequences, context, heads * drafted, cacheHeads, width, cache, window) * layers);
        _prefill.Add((prompts, tokens, prefix) => prefill.At(prompts, tokens, prefix, heads, cacheHeads, width, OperandPrecision.Bf16, cache, window) * layers);
        _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 2 * (heads + cacheHeads) * width * 2 * ActivationBytes), layers);
    }

    private void AddLatent(LatentAttention latent, double layers)
    {
        double heads = Math.Max(1, (double)latent.Heads / _layout.TensorWays);
        OperandPrecision cache = _precision.Cache;
        int drafted = _tokensPerSequence;
        SparseIndexer? indexer = latent.Indexer;
        double most = indexer is null ? double.PositiveInfinity : indexer.TopTokens;
        LatentAttentionTimes times = _times.LatentAttention;
        _decode.Add((sequences, context) => times.Decode(sequences, Math.Max(1, Math.Min(context, most)), heads * drafted, cache) * layers);
        _prefill.Add((prompts, tokens, prefix) => times.Prefill(prompts, tokens, Math.Min(prefix, most), heads, cache) * layers);
        Func<double, CallTime> expansion = _times.Product(_precision.Dense, heads * (latent.ContentDimension + latent.ValueDimension), latent.KeyValueRank);
        _prefill.Add((prompts, tokens, prefix) => expansion(prompts * (tokens + prefix)) * layers);
        if (indexer is { Scores: true })
        {
            AddIndexer(indexer, 1, layers);
        }

        _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 2 * (heads * latent.RotaryDimension + latent.KeyValueRank + latent.RotaryDimension + latent.QueryRank) * ActivationBytes), layers);
    }

    private void AddCompressed(CompressedAttention attention, double layers)
    {
        double heads = Math.Max(1, (double)attention.Heads / _layout.TensorWays);
        double width = attention.HeadDimension;
        OperandPrecision cache = _precision.Cache;
        int drafted = _tokensPerSequence;
        double ratio = attention.CompressionRatio;
        double top = attention.Indexer?.TopTokens ?? double.PositiveInfinity;
        double Entries(double context) => Math.Min(context, attention.WindowTokens) + (ratio > 0 ? Math.Min(context / ratio, top) : 0);

        // one entry is key and value at once: half the bytes of a head of either
        DecodeAttentionTimes decode = _times.DecodeAttention;
        PrefillAttentionTimes prefill = _times.PrefillAttention;
        _decode.Add((sequences, context) => decode.At(sequences, Entries(context), heads * drafted, 0.5, width, cache) * layers);
        _prefill.Add((prompts, tokens, prefix) => prefill.At(prompts, tokens, Entries(prefix), heads, 0.5, width, OperandPrecision.Bf16, cache, Entries(prefix + tokens)) * layers);
        if (attention.Indexer is { Scores: true } indexer && ratio > 0)
        {
            AddIndexer(indexer, ratio, layers);
        }

        _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 2 * (heads * width + width + attention.QueryRank) * ActivationBytes), layers);
    }

    private void AddState(Func<double, double, CallTime> timeOf, double layers)
    {
        int drafted = _tokensPerSequence;
        _decode.Add((sequences, _) => timeOf(sequences, drafted) * layers);
        _prefill.Add((prompts, tokens, _) => timeOf(prompts, tokens) * layers);
    }

    // scores of all entries: each head of the indexer against the one key of an entry, stored in 8 bits
    private void AddIndexer(SparseIndexer indexer, double tokensPerEntry, double layers)
    {
        int drafted = _tokensPerSequence;
        DecodeAttentionTimes decode = _times.DecodeAttention;
        PrefillAttentionTimes prefill = _times.PrefillAttention;
        double width = indexer.HeadDimension;
        _decode.Add((sequences, context) => decode.At(sequences, Math.Max(1, context / tokensPerEntry), indexer.Heads * drafted / 2.0, 0.5, width, OperandPrecision.Fp8) * layers);
        _prefill.Add((prompts, tokens, prefix) => prefill.At(prompts, tokens, prefix, indexer.Heads / 2.0 / tokensPerEntry, 0.5, width, OperandPrecision.Bf16, OperandPrecision.Fp8) * layers);
    }

    private void AddFeedForward(FeedForward feedForward, double layers)
    {
        switch (feedForward)
        {
            case DenseFeedForward dense:
                double elements = (double)dense.IntermediateSize * (dense.Gated ? 3 : 2) / _layout.TensorWays;
                _byToken.Add(tokens => _times.Clock.Elementwise(tokens * elements * ActivationBytes), layers);
                break;
            case MixtureOfExperts mixture:
                AddExperts(mixture, layers);
                break;
        }
    }

    private void AddExperts(MixtureOfExperts mixture, double layers)
    {
        double hidden = mixture.LatentSize > 0 ? mixture.LatentSize : Hidden;
        double inner = mixture.ExpertIntermediateSize;
        int upMatrices = mixture.Gated ? 2 : 1;
        OperandPrecision precision = _precision.Experts;
        int tensorWays = _layout.ExpertTensorWays;
        int expertWays = _layout.ExpertWays;
        bool exchanged = _layout.AttentionRanks > 1;
        double skew = _deployment.RoutingSkew;
        ExpertTimes times = _times.Experts;
        _experts.Add(
            tokens => times.Layer(
                tokens, hidden, inner, mixture.TopExperts, mixture.Experts, tensorWays, expertWays, precision, skew, upMatrices + 1, exchanged, _times.NarrowsActivations(precision), _deployment.Engine.GeneralExperts), layers);
        if (mixture.SharedIntermediateSize > 0)
        {
            double sharedElements = mixture.SharedIntermediateSize * (upMatrices + 1.0) / _layout.TensorWays;
            _byToken.Add(tokens => _times.Clock.Elementwise(tokens * sharedElements * ActivationBytes), layers);
        }

        // attention ranks send tokens to the chips of their experts, and get the answers back
        if (_layout.AttentionRanks > 1 && _deployment.Part == LayerPart.Whole)
        {
            int ranks = _layout.StageChips;
            bool narrow = OperatorTimes.SendsNarrow(precision);
            _exchange.Add(
                tokens => _times.ExpertExchange(tokens / _layout.TensorWays, hidden, mixture.TopExperts, mixture.Experts, ranks, narrow, tokens <= OperatorTimes.MostDecodeTokens), layers);
        }
    }

    private void AddStream()
    {
        ResidualStream stream = _model.Stream;
        int layers = _model.Layers.Count;
        _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 4 * Hidden * ActivationBytes), (double)layers * stream.NormsPerLayer);
        if (stream.Mixer is { } mixer)
        {
            AddProduct(mixer, 2.0 * layers, _byToken);
            _byToken.Add(tokens => _times.Clock.Elementwise(tokens * 2 * stream.Streams * Hidden * ActivationBytes), 2.0 * layers);
        }

        if (stream.FinalMixer is { } merge)
        {
            AddProduct(merge, 1, _byEmitting);
        }

        AddProduct(_model.Head, 1, _byEmitting);
        _byEmitting.Add(tokens => _times.Clock.Elementwise(tokens * 2 * Hidden * ActivationBytes), 1);
    }

    private void AddExchanges()
    {
        int ways = _layout.TensorWays;
        if (ways > 1 && _deployment.Part != LayerPart.Whole)
        {
            AddExchangesOfPart(ways);
        }
        else if (ways > 1)
        {
            // each mixer and each feed-forward ends in a sum over the chips; experts of attention ranks bring their own exchange
            double blocks = _model.MixerGroups.Sum(group => group.Layers)
                + _model.FeedForwardGroups.Where(group => _layout.AttentionRanks == 1 || group.FeedForward.RoutedExperts == 0).Sum(group => group.Layers);
            _exchange.Add(tokens => _times.Clock.AllReduce(tokens * Hidden * ActivationBytes, ways), blocks);
        }

        if (_layout.ContextWays > 1)
        {
            // chips that share a prompt gather each other's keys and values before attention (Llama 3 herd, arXiv 2407.21783, section 3.3.2)
            int context = _layout.ContextWays;
            foreach ((TokenMixer mixer, int layers, _) in _model.MixerGroups)
            {
                double elements = mixer.CacheElements(1) / Math.Min(ways, Math.Max(1, mixer.CacheHeads));
                _exchange.Add(tokens => _times.Clock.AllGather(tokens * context * elements * ActivationBytes, context), layers);
            }
        }

        if (_layout.PipelineStages > 1)
        {
            // each chip hands its part of the stream to its peer in the next stage
            ChipPeaks peaks = _times.Peaks;
            double link = _layout.Chips <= peaks.ScaleUpDomain ? peaks.ScaleUpBytesPerSecond : peaks.ScaleOutBytesPerSecond;
            _exchange.Add(tokens => new CallTime(HandOverSeconds, 0, tokens * Hidden * ActivationBytes / ways / link), _layout.PipelineStages - 1);
        }
    }

    // parts of layers apart: a row crosses between them in as many slices as chips share it, and is put together on the other side
    private void AddExchangesOfPart(int ways)
    {
        if (_deployment.Part == LayerPart.Attention)
        {
            _exchange.Add(tokens => _times.Clock.AllReduce(tokens * Hidden * ActivationBytes, ways), _model.MixerGroups.Sum(static group => group.Layers));
            _exchange.Add(tokens => _times.Clock.AllGather(tokens * Hidden * ActivationBytes, ways), _model.FeedForwardGroups.Sum(static group => group.Layers));
            return;
        }

        // slices gathered before a feed-forward and partial sums scattered after it take as long as one sum over the chips
        int groups = _layout.AttentionRanks;
        double skew = _deployment.RoutingSkew;
        foreach ((FeedForward feedForward, int layers, _) in _model.FeedForwardGroups)
        {
            _exchange.Add(
                tokens => _times.Clock.AllReduce(new SplitRows(feedForward, Hidden, groups, tokens * groups, skew).TakenElements * ActivationBytes, ways), layers);
        }
    }
}
