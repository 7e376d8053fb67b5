using System.Numerics;

namespace Millwright.Numerics;

/// <summary>
/// Splits what a set of changes gains together over the changes: each gets its gain, averaged over all orders in which they can be made (Shapley, "A value
/// for n-person games", 1953). The parts sum to the whole, like changes get like parts, and a change that never gains anything gets none.
/// </summary>
public static class ShapleyValues
{
    /// <summary>Most changes that are split exactly.</summary>
    public const int MostChanges = 16;

    /// <summary>Splits the gain.</summary>
    /// <param name="values">Value with each subset of the changes made, by the bits of its place: 2^n of them, [0] with none.</param>
    /// <returns>The part of each change; they sum to values[^1] - values[0].</returns>
    /// <exception cref="ArgumentException">The number of values is no power of two, or too large.</exception>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        if (!BitOperations.IsPow2(values.Length) || values.Length > 1 << MostChanges)
        {
            throw new ArgumentException($"2^n values of at most {MostChanges} changes are wanted, found {values.Length}", nameof(values));
        }

        int changes = BitOperations.Log2((uint)values.Length);
        double[] weights = Weights(changes);
        double[] parts = new double[changes];
        for (int subset = 0; subset < values.Length; subset++)
        {
            double weight = weights[Math.Min(BitOperations.PopCount((uint)subset), Math.Max(0, changes - 1))];
            for (int change = 0; change < changes; change++)
            {
                if ((subset & (1 << change)) == 0)
                {
                    parts[change] += weight * (values[subset | (1 << change)] - values[subset]);
                }
            }
        }

        return parts;
    }

    // |S|! (n - |S| - 1)! / n! for each size of S
    private static double[] Weights(int changes)
    {
        double[] weights = new double[Math.Max(1, changes)];
        for (int size = 0; size < changes; size++)
        {
            double weight = 1.0 / changes;
            for (int i = 1; i <= size; i++)
            {
                weight *= (double)i / (changes - i);
            }

            weights[size] = weight;
        }

        return weights;
    }
}
