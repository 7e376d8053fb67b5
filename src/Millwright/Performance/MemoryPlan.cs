namespace Millwright.Performance;

/// <summary>Memory of one chip of a deployment by what it holds, and the cache that is left.</summary>
/// <param name="CapacityBytes">Memory of the chip, bytes.</param>
/// <param name="UsableBytes">What the engine may fill, bytes.</param>
/// <param name="DenseWeightBytes">Weights of attention, dense and shared feed-forwards, embedding and head, bytes.</param>
/// <param name="ExpertWeightBytes">Weights of routed experts, bytes.</param>
/// <param name="ActivationBytes">Activations of the largest step, bytes.</param>
/// <param name="RuntimeBytes">Libraries, captured graphs and communication buffers, bytes.</param>
public readonly record struct MemoryPlan(
    double CapacityBytes,
    double UsableBytes,
    double DenseWeightBytes,
    double ExpertWeightBytes,
    double ActivationBytes,
    double RuntimeBytes)
{
    /// <summary>Weights on the chip, bytes.</summary>
    public double WeightBytes => DenseWeightBytes + ExpertWeightBytes;

    /// <summary>The largest cache, bytes; below 0 when the weights do not fit.</summary>
    public double CachePoolBytes => UsableBytes - WeightBytes - ActivationBytes - RuntimeBytes;

    /// <summary>True when weights, activations and the runtime fit.</summary>
    public bool Fits => CachePoolBytes > 0;
}
