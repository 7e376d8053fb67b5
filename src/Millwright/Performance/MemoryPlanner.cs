using Millwright.Chips;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>What lies in the memory of one chip of a deployment.</summary>
internal static class MemoryPlanner
{
    /// <summary>
    /// Activation buffers, in 16-bit rows of the hidden size for each token of the largest step. An assumption: the residual stream, its quantised
    /// copy, queries, keys and values, and the inner width of the feed-forward twice.
    /// </summary>
    private const double ActivationRowsPerToken = 16;

    /// <summary>Libraries, captured graphs and communication buffers, bytes. Source: NVIDIA AIConfigurator (095f58a5) counts 0.35 GB for NCCL and
    /// more for the rest; an engine's own logs show 1 to 3 GB beside weights and cache.</summary>
    private const double RuntimeBytes = 2e9;

    public static MemoryPlan Plan(Deployment deployment, ChipPeaks peaks) => Plan(deployment, peaks.MemoryBytes);

    public static MemoryPlan Plan(Deployment deployment, double memoryBytes)
    {
        ModelArchitecture model = deployment.Model;
        ParallelLayout layout = deployment.Layout;
        bool holdsMixers = deployment.Part != LayerPart.FeedForward;
        double dense = holdsMixers ? 2 * WeightFormat.KeptBytes * model.HiddenSize * (double)model.VocabularySize / (model.TiedEmbedding ? 2 : 1) / layout.TensorWays : 0;
        double matrixBytes = WeightFormat.BytesOf(deployment.Precision.Dense);
        foreach ((_, int layers, IReadOnlyList<Projection> projections) in model.MixerGroups)
        {
            dense += holdsMixers ? layers * BytesOf(projections, layout, matrixBytes) / layout.PipelineStages : 0;
        }

        double experts = 0;
        foreach ((FeedForward feedForward, int layers, IReadOnlyList<Projection> projections) in model.FeedForwardGroups)
        {
            dense += layers * BytesOf(projections, layout, matrixBytes, deployment) / layout.PipelineStages;
            foreach (Projection expert in deployment.Part == LayerPart.Attention ? [] : feedForward.ExpertProjections(model.HiddenSize))
            {
                experts += (double)layers * feedForward.RoutedExperts * expert.MatrixParameters * WeightFormat.BytesOf(deployment.Precision.Experts)
                    / (layout.ExpertWays * layout.ExpertTensorWays) / layout.PipelineStages;
            }
        }

        double activations = deployment.Engine.MaxBatchedTokens * (double)model.HiddenSize * 2 * ActivationRowsPerToken / layout.TensorWays;
        double fraction = deployment.Engine.MemoryFraction;
        double taken = dense + experts + activations + RuntimeBytes;
        double usable = deployment.Engine.FractionOfFree && taken < memoryBytes ? taken + fraction * (memoryBytes - taken) : memoryBytes * fraction;
        return new MemoryPlan(memoryBytes, usable, dense, experts, activations, RuntimeBytes);
    }

    /// <summary>Cache of one sequence on one chip of its rank, bytes.</summary>
    public static double SequenceBytes(Deployment deployment, double contextTokens)
    {
        ParallelLayout layout = deployment.Layout;
        double bytes = 0;
        var groups = deployment.Model.MixerGroups;
        for (int i = 0; i < groups.Count; i++)
        {
            (TokenMixer mixer, int layers, _) = groups[i];

            // fewer cache heads than chips: chips hold copies
            double share = 1.0 / Math.Min(layout.TensorWays, Math.Max(1, mixer.CacheHeads));
            double elements = deployment.Engine.WholeWindows ? mixer.WholeCacheElements(contextTokens) : mixer.CacheElements(contextTokens);
            bytes += layers * (elements * deployment.Precision.CacheBytesPerElement + mixer.StateBytes) * share;
        }

        return bytes / layout.PipelineStages / layout.ContextWays;
    }

    // matrices of a feed-forward are those that the chips of its deployment hold
    private static double BytesOf(IReadOnlyList<Projection> projections, ParallelLayout layout, double matrixBytes, Deployment? feedForwardOf = null)
    {
        double bytes = 0;
        foreach (Projection projection in projections)
        {
            if (feedForwardOf?.HoldsOfFeedForward(projection) == false)
            {
                continue;
            }

            bytes += projection.MatrixParameters * (projection.Role == WeightRole.Kept ? WeightFormat.KeptBytes : matrixBytes)
                / (projection.Cut == ProjectionCut.Whole ? 1 : layout.TensorWays);
        }

        return bytes;
    }
}
