using System.Globalization;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>How decode is cut where attention and feed-forward run on chips of their own.</summary>
/// <param name="TensorWays">Chips that share the heads of one attention rank, at least 1.</param>
/// <param name="AttentionRanks">Groups that each hold whole attention weights and their own sequences, at least 1.</param>
/// <param name="ExpertWays">EP: groups that each hold a part of the routed experts, at least 1; 1 for a dense model.</param>
/// <param name="FeedForwardWays">Chips that share each matrix of a dense feed-forward, and each expert (MoE-TP), at least 1.</param>
/// <param name="MicroBatches">Parts of the batch that take turns between the two kinds of chips, at least 1.</param>
public readonly record struct SplitLayout(int TensorWays, int AttentionRanks, int ExpertWays, int FeedForwardWays, int MicroBatches)
{
    /// <summary>Chips that hold attention, caches and the residual stream.</summary>
    public int AttentionChips => TensorWays * AttentionRanks;

    /// <summary>Chips that hold feed-forwards: EP x their ways.</summary>
    public int FeedForwardChips => ExpertWays * FeedForwardWays;

    /// <summary>Chips of both kinds.</summary>
    public int Chips => AttentionChips + FeedForwardChips;

    /// <summary>Layout of the attention chips.</summary>
    public ParallelLayout Attention => new(TensorWays, 1, AttentionRanks);

    /// <summary>Layout of the feed-forward chips: each group of an expert's chips takes its share of the tokens of dense and shared feed-forwards.</summary>
    public ParallelLayout FeedForward => new(FeedForwardWays, 1, ExpertWays, ExpertWays);

    /// <summary>Why a split cannot cut a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The reason in words; empty when it can.</returns>
    public string Fault(ModelArchitecture model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (TensorWays < 1 || AttentionRanks < 1 || ExpertWays < 1 || FeedForwardWays < 1 || MicroBatches < 1)
        {
            return "the ways of a split, its ranks and its micro-batches must be at least 1";
        }

        if (model.FeedForwardGroups.Count == 0 || model.MixerGroups.Count == 0)
        {
            return $"{model.Id} has no feed-forward beside its attention that could run apart";
        }

        if (LayoutCheck.Fault(model, new ParallelLayout(TensorWays)) is { Length: > 0 } fault)
        {
            return fault;
        }

        if (ExpertWays > 1 && !model.HasExperts)
        {
            return $"{model.Id} has no experts to spread over {ExpertWays} ways";
        }

        foreach ((FeedForward feedForward, _, _) in model.FeedForwardGroups)
        {
            if (feedForward is MixtureOfExperts mixture && mixture.Experts % ExpertWays != 0)
            {
                return Say($"expert parallelism of {ExpertWays} does not divide the {mixture.Experts} experts of {model.Id}");
            }

            foreach (int width in WidthsOf(feedForward))
            {
                if (width % FeedForwardWays != 0)
                {
                    return Say($"{FeedForwardWays} ways do not divide the width {width} of a feed-forward of {model.Id}");
                }
            }
        }

        return "";
    }

    /// <summary>Short name, such as "tp2 dp4 attention + ep8 feed-forward in 3 micro-batches".</summary>
    public override string ToString()
    {
        string feedForward = ExpertWays == 1
            ? Say($"tp{FeedForwardWays}")
            : FeedForwardWays == 1 ? Say($"ep{ExpertWays}") : Say($"ep{ExpertWays} tp{FeedForwardWays}");
        return Say($"{Attention} attention + {feedForward} feed-forward in {MicroBatches} micro-batch{(MicroBatches == 1 ? "" : "es")}");
    }

    private static int[] WidthsOf(FeedForward feedForward) => feedForward switch
    {
        DenseFeedForward dense => [dense.IntermediateSize],
        MixtureOfExperts { SharedIntermediateSize: > 0 } mixture => [mixture.ExpertIntermediateSize, mixture.SharedIntermediateSize],
        MixtureOfExperts mixture => [mixture.ExpertIntermediateSize],
        _ => [],
    };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
