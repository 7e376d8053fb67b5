using Millwright.Numerics;

namespace Millwright.Applications.Tasks;

/// <summary>Keys that tell sessions, contexts and blocks apart: mixed by the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), so that keys of unlike things fall together as seldom as random
/// 64-bit numbers do.</summary>
internal static class TaskKey
{
    /// <summary>A key of two numbers.</summary>
    public static ulong Of(ulong first, ulong second) => RandomStream.Mix(first * 0x9E3779B97F4A7C15UL + second);

    /// <summary>Key of a block of a context.</summary>
    public static ulong OfBlock(ulong context, int block, int blockTokens) => Of(context, ((ulong)(uint)blockTokens << 32) | (uint)block);
}
