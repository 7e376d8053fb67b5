using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>Compiles a deployment: cuts each operator of the model over the chips of the layout and gathers their times.</summary>
internal sealed class StepCompiler
{
    private const double ActivationBytes = 2;

    private readonly Deployment _deployment;
    private readonly ModelArchitecture _model;
    private readonly ParallelLayout _layout;
    private readonly PrecisionPlan _precision;
    private readonly OperatorTimes _times;
    private readonly int _tokensPerSequence;
    private readonly StepCurve _byToken = new();
    private readonly StepCurve _byEmitting = new();
    private readonly StepCurve _experts = new();
    private readonly StepCurve _exchange = new();
    private readonly List<Func<double, double, CallTime>> _decode = [];
    private readonly List<Func<double, double, double, CallTime>> _prefill = [];

    public StepCompiler(Deployment deployment, OperatorTimes times, int draftTokens)
    {
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
        _byToken.Add(tokens => _times.Elementwise(tokens * 2 * Hidden * ActivationBytes), 1);
        foreach ((TokenMixer mixer, int layers, IReadOnlyList<Projection> projections) in _model.MixerGroups)
        {
            foreach (Projection projection in projections)
            {
                AddProduct(projection, layers, _byToken);
            }

            AddMixer(mixer, layers);
        }

        foreach ((FeedForward feedForward, int layers, IReadOnlyList<Projection> projections) in _model.FeedForwardGroups)
        {
            foreach (Projection projection in projections)
            {
                AddProduct(projection, layers, _byToken);
            }

            AddFeedForward(feedForward, layers);
        }

        AddStream();
        AddExchanges();
        return new StepParts(_deployment, memory, _tokensPerSequence, _byToken, _byEmitting, _experts, _exchange, [.. _decode], [.. _prefill]);
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
        double weightBytes = columns * inner * WeightFormat.BytesOf(precision);
        curve.Add(tokens => _times.Gemm(precision, weightBytes, tokens, columns, inner), calls * copies);
    }

    private void AddMixer(TokenMixer mixer, double layers)
    {
        int ways = _layout.TensorWays;
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
                AddState(layers, delta.StateBytes / ways, delta.DecodeFlopsPerToken / ways, delta.PrefillFlopsPerToken / ways, GatedDeltaNet.ChunkTokens);
                _byToken.Add(tokens => _times.Elementwise(tokens * delta.ActivationElements / ways * ActivationBytes), layers);
                break;
            case Mamba2Mixer mamba:
                AddState(layers, mamba.StateBytes / ways, mamba.DecodeFlopsPerToken / ways, mamba.PrefillFlopsPerToken / ways, mamba.ChunkTokens);
                _byToken.Add(tokens => _times.Elementwise(tokens * mamba.ActivationElements / ways * ActivationBytes), layers);
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
        double window = attention.WindowTokens > 0 ? attention.WindowTokens : double.PositiveInfinity;
        OperandPrecision cache = _precision.Cache;
        var attended = new AttendedContext(window);
        int drafted = _tokensPerSequence;
        _decode.Add((sequences, context) => Times(_times.DecodeAttention(sequences, Math.Min(context, window), heads * drafted, cacheHeads, width, cache), layers));
        _prefill.Add((prompts, tokens, prefix) => Times(
            _times.PrefillAttention(prompts, tokens, Math.Min(prefix, window), attended.MeanOverPrompt(prefix, tokens), heads, cacheHeads, width, width, false), layers));
        _byToken.Add(tokens => _times.Elementwise(tokens * 2 * (heads + cacheHeads) * width * 2 * ActivationBytes), layers);
    }

    private void AddLatent(LatentAttention latent, double layers)
    {
        double heads = Math.Max(1, (double)latent.Heads / _layout.TensorWays);
        OperandPrecision cache = _precision.Cache;
        int drafted = _tokensPerSequence;
        double rank = latent.KeyValueRank;
        double rotary = latent.RotaryDimension;
        SparseIndexer? indexer = latent.Indexer;
        double most = indexer is null ? double.PositiveInfinity : indexer.TopTokens;
        var attended = new AttendedContext(most, indexer is not null);
        _decode.Add((sequences, context) => Times(
            _times.LatentDecodeAttention(sequences, Math.Min(context, most), heads * drafted, rank, rotary, cache), layers));
        double keyWidth = latent.ContentDimension + rotary;
        double valueWidth = latent.ValueDimension;
        _prefill.Add((prompts, tokens, prefix) => Times(
            _times.PrefillAttention(prompts, tokens, prefix, attended.MeanOverPrompt(prefix, tokens), heads, heads, keyWidth, valueWidth, true), layers));
        if (indexer is { Scores: true })
        {
            _decode.Add((sequences, context) => Times(_times.DecodeAttention(sequences, context, indexer.Heads * drafted, 0.5, indexer.HeadDimension, OperandPrecision.Fp8), layers));
            var all = new AttendedContext(double.PositiveInfinity);
            _prefill.Add((prompts, tokens, prefix) => Times(
                _times.PrefillAttention(prompts, tokens, prefix, all.MeanOverPrompt(prefix, tokens), indexer.Heads, 1, indexer.HeadDimension, 0, true), layers));
        }

        _byToken.Add(tokens => _times.Elementwise(tokens * 2 * (heads * rotary + rank + rotary + latent.QueryRank) * ActivationBytes), layers);
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
        _decode.Add((sequences, context) => Times(_times.DecodeAttention(sequences, Entries(context), heads * drafted, 0.5, width, cache), layers));
        _prefill.Add((prompts, tokens, prefix) => Times(
            _times.PrefillAttention(prompts, tokens, Math.Min(prefix, attention.WindowTokens), Entries(prefix + tokens / 2), heads, 0.5, width, width, true), layers));
        if (attention.Indexer is { Scores: true } indexer && ratio > 0)
        {
            _decode.Add((sequences, context) => Times(_times.DecodeAttention(sequences, context / ratio, indexer.Heads * drafted, 0.5, indexer.HeadDimension, OperandPrecision.Fp8), layers));
            _prefill.Add((prompts, tokens, prefix) => Times(
                _times.PrefillAttention(prompts, tokens, prefix / ratio, (prefix + tokens / 2) / ratio, indexer.Heads, 1, indexer.HeadDimension, 0, true), layers));
        }

        _byToken.Add(tokens => _times.Elementwise(tokens * 2 * (heads * width + width + attention.QueryRank) * ActivationBytes), layers);
    }

    private void AddState(double layers, double stateBytes, double decodeFlops, double prefillFlops, double chunk)
    {
        int drafted = _tokensPerSequence;
        _decode.Add((sequences, _) => Times(_times.State(sequences * 2 * stateBytes, sequences * drafted * decodeFlops), layers));
        _prefill.Add((prompts, tokens, _) => Times(
            _times.State(prompts * Math.Max(1, tokens / chunk) * 2 * stateBytes, prompts * tokens * prefillFlops), layers));
    }

    private void AddFeedForward(FeedForward feedForward, double layers)
    {
        switch (feedForward)
        {
            case DenseFeedForward dense:
                double elements = (double)dense.IntermediateSize * (dense.Gated ? 3 : 2) / _layout.TensorWays;
                _byToken.Add(tokens => _times.Elementwise(tokens * elements * ActivationBytes), layers);
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
        double bytes = WeightFormat.BytesOf(precision);
        int tensorWays = _layout.ExpertTensorWays;
        int expertWays = _layout.ExpertWays;
        _experts.Add(
            tokens => _times.Experts(tokens, hidden, inner, upMatrices, mixture.TopExperts, mixture.Experts, tensorWays, expertWays, precision, bytes), layers);
        if (mixture.SharedIntermediateSize > 0)
        {
            double sharedElements = mixture.SharedIntermediateSize * (upMatrices + 1.0) / _layout.TensorWays;
            _byToken.Add(tokens => _times.Elementwise(tokens * sharedElements * ActivationBytes), layers);
        }

        // attention ranks send tokens to the chips of their experts, and get the answers back
        if (_layout.AttentionRanks > 1)
        {
            int ranks = _layout.StageChips;
            double sent = precision == OperandPrecision.Bf16 ? ActivationBytes : 1;
            _exchange.Add(tokens => _times.ExpertExchange(tokens / _layout.TensorWays, hidden, mixture.TopExperts, ranks, sent, ActivationBytes), layers);
        }
    }

    private void AddStream()
    {
        ResidualStream stream = _model.Stream;
        int layers = _model.Layers.Count;
        _byToken.Add(tokens => _times.Elementwise(tokens * 4 * Hidden * ActivationBytes), (double)layers * stream.NormsPerLayer);
        if (stream.Mixer is { } mixer)
        {
            AddProduct(mixer, 2.0 * layers, _byToken);
            _byToken.Add(tokens => _times.Elementwise(tokens * 2 * stream.Streams * Hidden * ActivationBytes), 2.0 * layers);
        }

        if (stream.FinalMixer is { } merge)
        {
            AddProduct(merge, 1, _byEmitting);
        }

        AddProduct(_model.Head, 1, _byEmitting);
        _byEmitting.Add(tokens => _times.Elementwise(tokens * 2 * Hidden * ActivationBytes), 1);
    }

    private void AddExchanges()
    {
        int ways = _layout.TensorWays;
        if (ways > 1)
        {
            // each mixer and each feed-forward ends in a sum over the chips; experts of attention ranks bring their own exchange
            double blocks = _model.MixerGroups.Sum(group => group.Layers)
                + _model.FeedForwardGroups.Where(group => _layout.AttentionRanks == 1 || group.FeedForward.RoutedExperts == 0).Sum(group => group.Layers);
            _exchange.Add(tokens => _times.AllReduce(tokens * Hidden * ActivationBytes, ways), blocks);
        }
    }

    private static CallTime Times(in CallTime time, double calls) =>
        new(time.FloorSeconds * calls, time.ComputeSeconds * calls, time.MemorySeconds * calls);
}
