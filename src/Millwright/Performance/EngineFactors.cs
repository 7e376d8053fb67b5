using Millwright.Operators;

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
/// <param name="RequestSeconds">Time of a request outside the engine's steps: connection, tokenising, hand-over and the way back, s.</param>
/// <param name="RequestSecondsPerToken">The same for each input token, s.</param>
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
    double PrefillUse = 1,
    double RequestSeconds = 0,
    double RequestSecondsPerToken = 0)
{
    /// <summary>Factors of products by the precision of their weights, beside those of all; null for none.</summary>
    public PrecisionFactors? ByPrecision { get; init; }

    /// <summary>Factor of dense products at a precision.</summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>The factor.</returns>
    public double DenseAt(OperandPrecision precision) => Dense * (ByPrecision?.Dense[(int)precision] ?? 1);

    /// <summary>Factor of routed experts at a precision.</summary>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>The factor.</returns>
    public double ExpertsAt(OperandPrecision precision) => Experts * (ByPrecision?.Experts[(int)precision] ?? 1);

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
            PrefillUse * other.PrefillUse,
            RequestSeconds + other.RequestSeconds,
            RequestSecondsPerToken + other.RequestSecondsPerToken)
        {
            ByPrecision = ByPrecision is { } own && other.ByPrecision is { } others ? own.Times(others) : ByPrecision ?? other.ByPrecision,
        };
    }
}

/// <summary>Factors of products by the precision of their weights: an engine's kernels of one precision may be better or worse than those measured.</summary>
/// <param name="Dense">Of dense products, one for each <see cref="OperandPrecision"/>.</param>
/// <param name="Experts">Of routed experts, one for each <see cref="OperandPrecision"/>.</param>
public sealed record PrecisionFactors(IReadOnlyList<double> Dense, IReadOnlyList<double> Experts)
{
    /// <summary>Number of precisions.</summary>
    public const int Count = (int)OperandPrecision.Int4 + 1;

    /// <summary>These factors and others together: they multiply.</summary>
    internal PrecisionFactors Times(PrecisionFactors other) =>
        new([.. Dense.Zip(other.Dense, static (a, b) => a * b)], [.. Experts.Zip(other.Experts, static (a, b) => a * b)]);
}
