namespace Millwright.Models;

/// <summary>Layers grouped by kind: those of one kind do the same work, so their products are worked out once.</summary>
internal sealed class LayerGroups
{
    private readonly int _hiddenSize;

    /// <summary>Groups the layers.</summary>
    public LayerGroups(IReadOnlyList<ModelLayer> layers, int hiddenSize)
    {
        _hiddenSize = hiddenSize;
        Mixers =
        [
            .. layers.Where(layer => layer.Mixer is not null).GroupBy(layer => layer.Mixer!)
                .Select(group => new MixerGroup(group.Key, group.Count(), group.Key.Projections(hiddenSize))),
        ];
        FeedForwards =
        [
            .. layers.Where(layer => layer.FeedForward is not null).GroupBy(layer => layer.FeedForward!)
                .Select(group => new FeedForwardGroup(group.Key, group.Count(), group.Key.Projections(hiddenSize))),
        ];
    }

    /// <summary>Each kind of mixer, the layers that have it, and its products.</summary>
    public IReadOnlyList<MixerGroup> Mixers { get; }

    /// <summary>Each kind of feed-forward, the layers that have it, and its products without routed experts.</summary>
    public IReadOnlyList<FeedForwardGroup> FeedForwards { get; }

    /// <summary>Bytes that one sequence keeps in these layers.</summary>
    public double KvCacheBytes(double contextTokens, double bytesPerElement)
    {
        var bytes = 0.0;
        foreach (var (mixer, layers, _) in Mixers)
        {
            bytes += layers * (mixer.CacheElements(contextTokens) * bytesPerElement + mixer.StateBytes);
        }

        return bytes;
    }

    /// <summary>Adds the operators of these layers.</summary>
    public void AddTo(StepOperatorBuilder builder)
    {
        foreach (var (mixer, layers, projections) in Mixers)
        {
            foreach (var projection in projections)
            {
                builder.Gemm(projection, layers);
            }

            mixer.AddMixing(builder, layers);
        }

        foreach (var (feedForward, layers, projections) in FeedForwards)
        {
            foreach (var projection in projections)
            {
                builder.Gemm(projection, layers);
            }

            feedForward.AddRest(builder, _hiddenSize, layers);
        }
    }

    /// <summary>Parameters of these layers, and of the rest beside them: <paramref name="kept"/> keeps 16 bits and is used by each token.</summary>
    public ParameterCounts Count(double kept)
    {
        double matrices = 0, experts = 0, expertMatrices = 0, usedExperts = 0;

        void Add(IReadOnlyList<Projection> products, double layers)
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

        foreach (var (mixer, layers, projections) in Mixers)
        {
            Add(projections, layers);
            kept += layers * mixer.VectorParameters;
        }

        foreach (var (feedForward, layers, projections) in FeedForwards)
        {
            Add(projections, layers);
            foreach (var projection in feedForward.ExpertProjections(_hiddenSize))
            {
                var all = projection.MatrixParameters + projection.Vectors;
                experts += (double)layers * feedForward.RoutedExperts * all;
                expertMatrices += (double)layers * feedForward.RoutedExperts * projection.MatrixParameters;
                usedExperts += (double)layers * feedForward.ExpertsPerToken * all;
            }
        }

        var total = kept + matrices + experts;
        return new ParameterCounts(total, total - experts + usedExperts, kept, matrices, experts, expertMatrices);
    }
}

/// <summary>Layers that have the same mixer.</summary>
/// <param name="Mixer">The mixer.</param>
/// <param name="Layers">How many.</param>
/// <param name="Projections">Its products.</param>
internal sealed record MixerGroup(TokenMixer Mixer, int Layers, IReadOnlyList<Projection> Projections);

/// <summary>Layers that have the same feed-forward.</summary>
/// <param name="FeedForward">The feed-forward.</param>
/// <param name="Layers">How many.</param>
/// <param name="Projections">Its products, without routed experts.</param>
internal sealed record FeedForwardGroup(FeedForward FeedForward, int Layers, IReadOnlyList<Projection> Projections);
