using Millwright.Chips;

namespace Millwright.Performance;

/// <summary>Time of one step of a replica, and what it goes to.</summary>
/// <param name="Division">The whole step by what a chip does meanwhile; exchanges between chips count as memory-bound.</param>
/// <param name="DecodeAttentionSeconds">Time in which decode attention works on the cache, without launches, s.</param>
/// <param name="PrefillAttentionSeconds">Time in which prefill attention works, without launches, s.</param>
/// <param name="PrefixExpansionSeconds">Time to expand cached prefixes of a latent cache, s.</param>
/// <param name="ExchangeSeconds">Time of all-reduces or all-to-alls, s.</param>
public readonly record struct StepTime(
    CallTime Division, double DecodeAttentionSeconds, double PrefillAttentionSeconds, double PrefixExpansionSeconds, double ExchangeSeconds)
{
    /// <summary>Whole time, s.</summary>
    public double TotalSeconds => Division.TotalSeconds;
}
