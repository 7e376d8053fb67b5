namespace Millwright.Chips;

/// <summary>The least that one call of an operator can take on a chip: its FLOPs at the peak, and its distinct bytes at the bandwidth.</summary>
/// <param name="ComputeSeconds">FLOPs over the peak, s.</param>
/// <param name="MemorySeconds">Bytes over the memory or link bandwidth, s.</param>
/// <param name="HandlingSeconds">Bytes that the usual implementation moves besides, over the bandwidth, s: no bound, but part of what measured times
/// are divided by.</param>
public readonly record struct IdealTime(double ComputeSeconds, double MemorySeconds, double HandlingSeconds = 0)
{
    /// <summary>
    /// Nominal time of a launch inside a graph, s. It only keeps the reference of tiny calls finite, so that their measured factor is near 1; the
    /// measured floor is nominal launch x factor.
    /// </summary>
    public const double LaunchSeconds = 5e-6;

    /// <summary>No call is faster than this, s.</summary>
    public double BoundSeconds => Math.Max(ComputeSeconds, MemorySeconds);

    /// <summary>What measured times are divided by, s: nominal launch, bound and handling.</summary>
    public double ReferenceSeconds => LaunchSeconds + BoundSeconds + HandlingSeconds;

    /// <summary>What a grid holds for a measured time.</summary>
    /// <param name="measuredSeconds">Measured time, s. One below the bound (operands that stayed in the last-level cache between the repeats of a
    /// benchmark, as those of a serving step do not) counts as the bound.</param>
    /// <returns>log2(time / reference).</returns>
    public double LogFactor(double measuredSeconds) => Math.Log2(Math.Max(measuredSeconds, BoundSeconds) / ReferenceSeconds);

    /// <summary>The time at a factor.</summary>
    /// <param name="logFactor">log2(time / reference).</param>
    /// <returns>Reference x factor, and never less than the bound; divided into launch, compute and memory in the shares of the ideal.</returns>
    public CallTime At(double logFactor)
    {
        var factor = Math.Exp(logFactor * Math.Log(2));
        var total = Math.Max(BoundSeconds, ReferenceSeconds * factor);
        var work = ComputeSeconds + MemorySeconds + HandlingSeconds;
        if (work <= 0)
        {
            return new CallTime(total, 0, 0);
        }

        var floor = Math.Min(total - BoundSeconds, LaunchSeconds * factor);
        var perIdeal = (total - floor) / work;
        return new CallTime(floor, ComputeSeconds * perIdeal, (MemorySeconds + HandlingSeconds) * perIdeal);
    }
}
