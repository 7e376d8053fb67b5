using Millwright.Models;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>The layouts that can cut a model over at most so many chips.</summary>
internal static class LayoutOptions
{
    /// <summary>Lists every legal layout: heads divide by TP, layers by PP, chips of a stage and experts by EP, the width of an expert by MoE-TP.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mostChips">Most chips of a replica.</param>
    /// <param name="mostStages">Most pipeline stages.</param>
    /// <param name="mostContextWays">Most chips that share a prompt.</param>
    /// <returns>The layouts, in a fixed order from small to large ways.</returns>
    public static List<ParallelLayout> All(ModelArchitecture model, int mostChips, int mostStages, int mostContextWays)
    {
        List<ParallelLayout> layouts = [];
        int layers = model.Layers.Count;
        int mostRanks = model.HasExperts ? mostChips : 1;
        for (int tensor = 1; tensor <= mostChips; tensor++)
        {
            if (LayoutCheck.Fault(model, new ParallelLayout(tensor)).Length > 0)
            {
                continue;
            }

            for (int stages = 1; stages <= mostStages && tensor * stages <= mostChips; stages++)
            {
                if (layers % stages != 0)
                {
                    continue;
                }

                for (int context = 1; context <= mostContextWays && tensor * stages * context <= mostChips; context *= 2)
                {
                    for (int ranks = 1; ranks <= mostRanks && tensor * stages * context * ranks <= mostChips; ranks++)
                    {
                        AddExpertWays(layouts, model, new ParallelLayout(tensor, stages, ranks, 1, context));
                    }
                }
            }
        }

        return layouts;
    }

    private static void AddExpertWays(List<ParallelLayout> layouts, ModelArchitecture model, ParallelLayout layout)
    {
        int chips = layout.StageChips;
        for (int experts = 1; experts <= (model.HasExperts ? chips : 1); experts++)
        {
            ParallelLayout cut = layout with { ExpertWays = experts };
            if (chips % experts == 0 && DividesExperts(model, cut) && LayoutCheck.Fault(model, cut).Length == 0)
            {
                layouts.Add(cut);
            }
        }
    }

    private static bool DividesExperts(ModelArchitecture model, ParallelLayout layout)
    {
        foreach ((FeedForward feedForward, _, _) in model.FeedForwardGroups)
        {
            if (feedForward is MixtureOfExperts mixture
                && (mixture.Experts % layout.ExpertWays != 0 || mixture.ExpertIntermediateSize % layout.ExpertTensorWays != 0))
            {
                return false;
            }
        }

        return true;
    }
}
