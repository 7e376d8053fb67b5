namespace Millwright.Performance;

/// <summary>
/// What an engine adds to the times of its operators, fitted to end-to-end measurements: few numbers, each with a meaning. All factors are 1 and all
/// overheads 0 where nothing is known.
/// </summary>
/// <param name="HostSeconds">Time of a step that no operator explains: scheduling, launch of the graph, sampling, s.</param>
/// <param name="HostSecondsPerSequence">The same for each sequence of a step: input preparation, sampling, detokenising, s.</param>
/// <param name="Launch">The fixed time of each kernel against its table: launches that overlap cost less.</param>
/// <param name="Dense">Dense products against their tables.</param>
/// <param name="DecodeAttention">Attention of decoding sequences.</param>
/// <param name="Prefill">All that prompts add to a step.</param>
/// <param name="Experts">Routed experts.</param>
/// <param name="Exchange">Exchanges between chips.</param>
/// <param name="Stall">Share of the prompts' time that decoding sequences wait for, where an engine does not mix them in a step: prompts that come
/// together are worked on before their sequences decode.</param>
/// <param name="PrefillUse">Share of its full-batch rate that a prefill pool reaches, where prefill and decode are apart.</param>
public sealed record EngineFactors(
    double HostSeconds = 0,
    double HostSecondsPerSequence = 0,
    double Launch = 1,
    double Dense = 1,
    double DecodeAttention = 1,
    double Prefill = 1,
    double Experts = 1,
    double Exchange = 1,
    double Stall = 1,
    double PrefillUse = 1)
{
    /// <summary>These factors and others together: overheads add up, factors multiply.</summary>
    /// <param name="other">The others.</param>
    /// <returns>Both.</returns>
    public EngineFactors Times(EngineFactors other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new EngineFactors(
            HostSeconds + other.HostSeconds,
            HostSecondsPerSequence + other.HostSecondsPerSequence,
            Launch * other.Launch,
            Dense * other.Dense,
            DecodeAttention * other.DecodeAttention,
            Prefill * other.Prefill,
            Experts * other.Experts,
            Exchange * other.Exchange,
            Stall * other.Stall,
            PrefillUse * other.PrefillUse);
    }
}
