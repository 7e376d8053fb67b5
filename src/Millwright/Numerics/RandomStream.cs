namespace Millwright.Numerics;

/// <summary>
/// Counter-based random numbers: each draw is a pure function of (seed, variable, draw), so results do not depend on order or on the number of threads.
/// </summary>
/// <remarks>Mixing function: SplitMix64 finaliser applied in three rounds. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</remarks>
/// <param name="seed">The seed of the run.</param>
public readonly struct RandomStream(ulong seed)
{
    /// <summary>A uniform number in the open interval (0, 1).</summary>
    /// <param name="variable">Key of the variable, see <see cref="KeyOf"/>.</param>
    /// <param name="draw">Number of the draw, from 0.</param>
    /// <returns>A number strictly between 0 and 1.</returns>
    public double Uniform(ulong variable, long draw)
    {
        ulong bits = Mix(Mix(Mix(seed ^ 0x9E3779B97F4A7C15UL) ^ variable) ^ (ulong)draw);
        return ((bits >> 11) + 0.5) * (1.0 / 9007199254740992.0);
    }

    /// <summary>A standard normal number: the quantile of <see cref="Uniform"/>.</summary>
    /// <param name="variable">Key of the variable.</param>
    /// <param name="draw">Number of the draw.</param>
    /// <returns>A standard normal deviate.</returns>
    public double Normal(ulong variable, long draw) => NormalDistribution.Quantile(Uniform(variable, draw));

    /// <summary>The key of a variable name: 64-bit FNV-1a over its UTF-16 code units.</summary>
    /// <param name="name">Name of the variable.</param>
    /// <returns>The key.</returns>
    public static ulong KeyOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong hash = 14695981039346656037UL;
        foreach (char c in name)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>SplitMix64 finaliser: a bijection that spreads the bits of a number.</summary>
    /// <param name="z">The number.</param>
    /// <returns>The mixed number.</returns>
    internal static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
