using System.Globalization;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>Whether a layout can cut a model.</summary>
public static class LayoutCheck
{
    /// <summary>Why a layout cannot cut a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layout">The layout.</param>
    /// <returns>The reason with the nearest that can, in words; empty when it can.</returns>
    public static string Fault(ModelArchitecture model, ParallelLayout layout)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (layout.TensorWays < 1 || layout.PipelineStages < 1 || layout.AttentionRanks < 1 || layout.ExpertWays < 1 || layout.ContextWays < 1)
        {
            return $"the ways of a layout must be at least 1, found {layout}";
        }

        foreach ((TokenMixer mixer, _, _) in model.MixerGroups)
        {
            int heads = HeadsOf(mixer);
            if (heads % layout.TensorWays != 0)
            {
                return Say($"tensor parallelism of {layout.TensorWays} does not divide the {heads} heads of {model.Id}; nearest: {NearestDivisor(heads, layout.TensorWays)}");
            }

            int cacheHeads = mixer.CacheHeads;
            if (cacheHeads > 1 && cacheHeads % layout.TensorWays != 0 && layout.TensorWays % cacheHeads != 0)
            {
                return Say($"tensor parallelism of {layout.TensorWays} neither divides the {cacheHeads} key-value heads of {model.Id} nor is a multiple of them");
            }
        }

        if (layout.PipelineStages > model.Layers.Count)
        {
            return Say($"{layout.PipelineStages} pipeline stages are more than the {model.Layers.Count} layers of {model.Id}");
        }

        if (!model.HasExperts)
        {
            if (layout.ExpertWays > 1)
            {
                return $"{model.Id} has no experts to spread over {layout.ExpertWays} ways";
            }

            return layout.AttentionRanks > 1 ? $"{model.Id} has no experts: attention ranks would be replicas; ask for replicas instead" : "";
        }

        if (layout.StageChips % layout.ExpertWays != 0)
        {
            return Say($"expert parallelism of {layout.ExpertWays} does not divide the {layout.StageChips} chips of a stage; nearest: {NearestDivisor(layout.StageChips, layout.ExpertWays)}");
        }

        return layout.ExpertWays > model.RoutedExperts
            ? Say($"expert parallelism of {layout.ExpertWays} is more than the {model.RoutedExperts} experts of {model.Id}")
            : "";
    }

    private static int HeadsOf(TokenMixer mixer) => mixer switch
    {
        GroupedQueryAttention attention => attention.Heads,
        LatentAttention latent => latent.Heads,
        CompressedAttention compressed => compressed.Heads,
        GatedDeltaNet delta => delta.ValueHeads,
        Mamba2Mixer mamba => mamba.Heads,
        _ => 1,
    };

    private static int NearestDivisor(int whole, int wanted)
    {
        int best = 1;
        for (int i = 1; i <= whole; i++)
        {
            if (whole % i == 0 && Math.Abs(i - wanted) < Math.Abs(best - wanted))
            {
                best = i;
            }
        }

        return best;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
