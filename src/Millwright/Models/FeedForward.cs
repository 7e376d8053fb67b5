namespace Millwright.Models;

/// <summary>The part of a layer that works on each token alone.</summary>
public abstract record FeedForward
{
    /// <summary>Matrices that each token passes through, routed experts left out.</summary>
    internal abstract IReadOnlyList<Projection> Projections(int hiddenSize);

    /// <summary>Matrices of one routed expert; empty for a dense layer.</summary>
    internal abstract IReadOnlyList<Projection> ExpertProjections(int hiddenSize);

    /// <summary>Routed experts.</summary>
    internal virtual int RoutedExperts => 0;

    /// <summary>Routed experts that one token uses.</summary>
    internal virtual int ExpertsPerToken => 0;

    /// <summary>Adds activations and, with experts, their products and the sorting of tokens.</summary>
    internal abstract void AddRest(StepOperatorBuilder builder, int hiddenSize, double calls);
}
