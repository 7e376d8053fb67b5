namespace Millwright.Models;

/// <summary>The part of a layer that moves information between tokens: attention or a recurrent state.</summary>
public abstract record TokenMixer
{
    /// <summary>Matrices that each token passes through.</summary>
    internal abstract IReadOnlyList<Projection> Projections(int hiddenSize);

    /// <summary>Parameters outside the matrices and their biases: norms, sinks, convolutions.</summary>
    internal abstract double VectorParameters { get; }

    /// <summary>Elements that the cache of one sequence holds in one layer at a context length.</summary>
    internal abstract double CacheElements(double contextTokens);

    /// <summary>Those that it holds where a window is not cut off.</summary>
    internal virtual double WholeCacheElements(double contextTokens) => CacheElements(contextTokens);

    /// <summary>Bytes of one sequence in one layer that do not grow with its context.</summary>
    internal virtual double StateBytes => 0;

    /// <summary>Heads that the cache or state can be spread by.</summary>
    internal abstract int CacheHeads { get; }

    /// <summary>Adds what is not a matrix product: attention, state update, rotary embedding.</summary>
    internal abstract void AddMixing(StepOperatorBuilder builder, double calls);
}
