namespace Millwright.Numerics;

/// <summary>
/// A distribution given by its p10, p50 and p90: split lognormal where all three are positive, split normal otherwise. Each half has its own width.
/// </summary>
/// <param name="Low">The tenth percentile.</param>
/// <param name="Mid">The median.</param>
/// <param name="High">The ninetieth percentile.</param>
public readonly record struct SplitDistribution(double Low, double Mid, double High)
{
    /// <summary>The value at a standard normal deviate: -1.2816 gives Low, 0 gives Mid, 1.2816 gives High.</summary>
    /// <param name="deviate">A standard normal deviate.</param>
    /// <returns>The value.</returns>
    public double At(double deviate)
    {
        double edge = deviate < 0 ? Low : High;
        double steps = Math.Abs(deviate) / NormalDistribution.Quantile90;
        return Low > 0 && Mid > 0 ? Mid * Math.Pow(edge / Mid, steps) : Mid + ((edge - Mid) * steps);
    }
}
