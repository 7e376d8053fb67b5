using Millwright.Chips;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>What crosses in one direction between the chips of attention and those of one feed-forward, which stand in groups: all of one hold an expert.</summary>
internal readonly record struct SplitRows
{
    /// <summary>Counts the elements of a number of tokens.</summary>
    /// <param name="feedForward">The feed-forward.</param>
    /// <param name="hidden">Width of the model.</param>
    /// <param name="groups">Groups of chips that the experts are spread over; those of a dense feed-forward share its tokens.</param>
    /// <param name="tokens">Tokens of all attention chips.</param>
    /// <param name="skew">Skew of routing, as <see cref="ExpertLoad.Busiest"/> defines it.</param>
    public SplitRows(FeedForward feedForward, double hidden, int groups, double tokens, double skew)
    {
        if (feedForward is not MixtureOfExperts mixture)
        {
            SentElements = tokens * hidden;
            TakenElements = tokens / groups * hidden;
            return;
        }

        // a token goes once to each group that has one of its experts
        double width = mixture.LatentSize > 0 ? mixture.LatentSize : hidden;
        double shared = mixture.SharedIntermediateSize > 0 ? hidden : 0;
        double reached = groups == 1 ? 1 : 1 - Math.Pow(1 - 1.0 / groups, mixture.TopExperts);
        double mean = tokens * mixture.TopExperts / groups;
        double busiest = mean > 0 ? Math.Max(1, ExpertLoad.Busiest(tokens, mixture.TopExperts, mixture.Experts, groups, skew).Rows / mean) : 1;
        SentElements = tokens * (groups * reached * width + shared);
        TakenElements = tokens * (Math.Min(1, reached * busiest) * width + shared / groups);
    }

    /// <summary>Elements that leave the attention chips, all together; as many come back.</summary>
    public double SentElements { get; }

    /// <summary>Elements that the busiest group takes; as many leave it.</summary>
    public double TakenElements { get; }
}
